package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/senders"
	"github.com/sealane/sealane/proxy/lab"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/world"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

// TestLabDomains holds the native check of every lab domain to the codes that
// its file states: all of them, and no other.
func TestLabDomains(t *testing.T) {
	l, err := lab.Start(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	network := l.Network()
	asks := &world.World{
		Route: func(dnsname.Name) *observe.Network { return network },
	}
	domains, err := lab.Domains()
	if err != nil {
		t.Fatal(err)
	}
	if len(domains) < 80 {
		t.Errorf("%d domains, fewer than 80", len(domains))
	}
	fired := make(chan []string, len(domains))
	t.Run("domains", func(t *testing.T) {
		for _, d := range domains {
			t.Run(d.Name.String(), func(t *testing.T) {
				t.Parallel()
				fired <- checkLabDomain(t, asks, d, l.Anchor())
			})
		}
	})
	close(fired)
	all := map[string]bool{}
	for codes := range fired {
		for _, c := range codes {
			all[c] = true
		}
	}
	t.Logf("%d domains, %d codes fired", len(domains), len(all))
}

func checkLabDomain(t *testing.T, asks check.World, d lab.Domain, anchor dnssec.Anchor) []string {
	said := map[string]check.Level{}
	outcomes := map[senders.ID][]senders.Outcome{}
	facts := check.Gather(t.Context(), asks, d.Name, time.Now(), func(part check.Facts) {
		r := check.Judge(part, time.Now())
		for _, v := range r.Senders {
			outcomes[v.Sender] = append(outcomes[v.Sender], v.Outcome)
		}
		for _, f := range r.Findings {
			k := string(f.Code) + " about " + f.Subject
			said[k] = max(said[k], f.Level)
		}
	}, anchor)
	report := check.Judge(facts, facts.At)
	keepWord(t, said, report)
	got := codesOf(report)
	if diff := cmp.Diff(d.Codes, got); diff != "" {
		t.Errorf("file (-) and check (+) differ:\n%s", diff)
		for _, f := range report.Findings {
			t.Logf("%s %s %s %v", f.Level, f.Code, f.Subject, f.Args)
		}
	}
	keepOutcomes(t, outcomes, report)
	if diff := cmp.Diff(d.Senders, outcomesOf(report)); diff != "" {
		t.Errorf("senders, file (-) and check (+) differ:\n%s", diff)
	}
	if !facts.Done {
		t.Error("the check did not end")
	}
	sayEverything(t, report)
	replay(t, facts, report)
	return got
}

// keepWord holds the report to what was said on the way to it: no warning and
// no error is taken back, but for one that became another about the host.
func keepWord(t *testing.T, said map[string]check.Level, r check.Report) {
	for _, f := range r.Findings {
		if k := string(f.Code) + " about " + f.Subject; said[k] <= f.Level {
			delete(said, k)
		}
		delete(said, strings.TrimSuffix(string(f.Code), "-some")+" about "+f.Subject)
	}
	for k, level := range said {
		if level >= check.Warning {
			t.Errorf("%s was said at level %v and taken back", k, level)
		}
	}
}

// codesOf are the report's codes, sorted, each once.
func codesOf(r check.Report) []string {
	var codes []string
	for _, f := range r.Findings {
		codes = append(codes, string(f.Code))
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// keepOutcomes holds the senders to what was said on the way: what was once
// known is not taken back.
func keepOutcomes(t *testing.T, said map[senders.ID][]senders.Outcome, r check.Report) {
	for _, v := range r.Senders {
		for _, o := range said[v.Sender] {
			if o != senders.Unknown && o != v.Outcome {
				t.Errorf("%s: %v was said, and %v in the end", v.Sender, o, v.Outcome)
				break
			}
		}
	}
}

// outcomesOf are the outcomes as a lab file writes them.
func outcomesOf(r check.Report) []string {
	var all []string
	for _, v := range r.Senders {
		all = append(all, strings.Join(append([]string{string(v.Sender), v.Outcome.String()}, v.Codes...), " "))
	}
	return all
}

// sayEverything holds every text of a report to being there and being filled.
func sayEverything(t *testing.T, r check.Report) {
	words := locale.English()
	whole := func(what, text string, args map[string]string) {
		all := map[string]string{"domain": r.Domain.String(), "subject": "x"}
		for k, v := range args {
			all[k] = v
		}
		if filled := locale.Fill(text, all); text == "" || slices.Contains([]byte(filled), '{') && !slices.Contains([]byte(text), '\\') {
			t.Errorf("%s: %q is empty or has a gap (args %v)", what, filled, args)
		}
	}
	for _, f := range r.Findings {
		w, ok := words.Finding(string(f.Code))
		if !ok {
			t.Errorf("no words for %s", f.Code)
			continue
		}
		for _, text := range []string{w.Title, w.Consequence, w.Cause, w.Fix} {
			whole(string(f.Code), text, f.Args)
		}
	}
	phrases := r.Headline
	for _, n := range r.NotChecked {
		phrases = append(phrases, n.Phrase)
	}
	for _, s := range r.Lane {
		phrases = append(phrases, s.Phrase)
	}
	for _, v := range r.Senders {
		keys := []string{"sender." + string(v.Sender), "outcome." + v.Outcome.String()}
		if v.Reason != "" {
			keys = append(keys, "reason."+v.Reason)
		}
		for _, s := range v.Steps {
			keys = append(keys, "reason."+s.Reason)
		}
		for _, key := range keys {
			phrases = append(phrases, check.Phrase{Key: key})
		}
	}
	for _, p := range phrases {
		text, _ := words.Phrase(p.Key)
		args := p.Args
		if len(p.Senders) > 0 {
			args = map[string]string{"senders": locale.Senders(words, p.Senders)}
		}
		whole(p.Key, text, args)
	}
}

// replay saves the evidence and judges it again: the same findings.
func replay(t *testing.T, f check.Facts, r check.Report) {
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	back, err := check.ReadFacts(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Findings, check.Judge(back, back.At).Findings); diff != "" {
		t.Errorf("the saved evidence gives another report:\n%s", diff)
	}
	if diff := cmp.Diff(r.Senders, check.Judge(back, back.At).Senders); diff != "" {
		t.Errorf("the saved evidence gives other senders:\n%s", diff)
	}
}

// BenchmarkJudgeOfLab judges the lab domain with the most evidence.
func BenchmarkJudgeOfLab(b *testing.B) {
	l, err := lab.Start(time.Now())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	network := l.Network()
	asks := &world.World{Route: func(dnsname.Name) *observe.Network { return network }}
	domains, err := lab.Domains()
	if err != nil {
		b.Fatal(err)
	}
	var largest check.Facts
	most := 0
	for _, d := range domains {
		f := check.Gather(b.Context(), asks, d.Name, time.Now(), nil, l.Anchor())
		if text, _ := json.Marshal(f); len(text) > most {
			largest, most = f, len(text)
		}
	}
	b.Run(largest.Domain.String(), func(b *testing.B) {
		for b.Loop() {
			check.Judge(largest, time.Now())
		}
	})
}
