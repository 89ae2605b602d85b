package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
)

// TestICS reads calendars back with a reader that isn't ours.
func TestICS(t *testing.T) {
	stamp := time.Date(2026, 6, 15, 14, 0, 0, 0, time.FixedZone("", 7200))
	for what, s := range scenes(t) {
		p := s.plan()
		text := plan.ICS(p, locale.English(), stamp)
		if (text == "") != (len(p.Steps) == 0) {
			t.Errorf("%s: %q", what, text)
		}
		if text == "" {
			continue
		}
		wellFolded(t, what, text)
		calendar, err := ics.ParseCalendar(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		events, ids := calendar.Events(), map[string]bool{}
		if len(events) != len(p.Steps) {
			t.Fatalf("%s: %d events of %d steps", what, len(events), len(p.Steps))
		}
		for i, e := range events {
			from, err1 := e.GetAllDayStartAt()
			until, err2 := e.GetAllDayEndAt()
			at, err3 := e.GetDtStampTime()
			if err1 != nil || err2 != nil || err3 != nil || !from.Equal(p.Steps[i].From) || !until.Equal(from.AddDate(0, 0, 1)) || !at.Equal(stamp) {
				t.Errorf("%s: %v to %v, written %v: %v %v %v", what, from, until, at, err1, err2, err3)
			}
			if ids[e.Id()] || e.Id() == "" || len(e.Alarms()) > 0 {
				t.Errorf("%s: %q once more, or with an alarm", what, e.Id())
			}
			ids[e.Id()] = true
			description := e.GetProperty(ics.ComponentPropertyDescription).Value
			for _, f := range p.Steps[i].Files {
				if !strings.Contains(description, strings.TrimSuffix(strings.ReplaceAll(f.Text, "\r\n", "\n"), "\n")) {
					t.Errorf("%s: the policy is not in\n%s", what, description)
				}
			}
			for _, r := range p.Steps[i].Publish {
				if !strings.Contains(description, r.Data) {
					t.Errorf("%s: %q is not in\n%s", what, r.Data, description)
				}
			}
		}
	}
}

// wellFolded holds a text to RFC 5545 §3.1.
func wellFolded(t *testing.T, what, text string) {
	t.Helper()
	if !strings.HasSuffix(text, "\r\n") || strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.Count(text, "\r") != strings.Count(text, "\r\n") {
		t.Errorf("%s: a line doesn't end in CRLF", what)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || line == "" || !utf8.ValidString(line) {
			t.Errorf("%s: %d octets: %q", what, len(line), line)
		}
	}
}

// A later plan for the same domain has the same events, on other days.
func TestICSMoves(t *testing.T) {
	s := scenes(t)["move"]
	uids := func(p plan.Plan) (all []string) {
		calendar, err := ics.ParseCalendar(strings.NewReader(plan.ICS(p, locale.English(), start)))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range calendar.Events() {
			all = append(all, e.Id())
		}
		return all
	}
	p := s.plan()
	s.more = func(in *plan.Input) { in.Start = start.AddDate(0, 1, 0) }
	if a, b := uids(p), uids(s.plan()); !slices.Equal(a, b) || p.Steps[0].From.Equal(s.plan().Steps[0].From) {
		t.Errorf("%q, later %q", a, b)
	}
}

// Lines break between characters of any length, wherever they fall, and what a
// calendar gives special meaning is written so that it has none.
func TestICSText(t *testing.T) {
	for shift := range 80 {
		text := strings.Repeat("x", shift) + `ä€𝄞\n,;:"` + strings.Repeat("ä€𝄞", 40) + "\nend"
		l := locale.English()
		l.UI.Plan.Steps = locale.Terms{{Key: "step.down-host", Text: text}}
		p := plan.Plan{ID: plan.Down, Domain: name("example.com"), Steps: []plan.Step{{Phrase: check.Phrase{Key: "step.down-host"}, From: start}}}
		written := plan.ICS(p, l, start)
		wellFolded(t, text, written)
		calendar, err := ics.ParseCalendar(strings.NewReader(written))
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.Events()[0].GetProperty(ics.ComponentPropertySummary).Value; got != "example.com: "+text {
			t.Errorf("%q is read back as %q", text, got)
		}
	}
}

// TestMarkdown holds documents to their form: what is to be copied stands in
// fences, and no text has a place left open.
func TestMarkdown(t *testing.T) {
	for what, s := range scenes(t) {
		p := s.plan()
		text := plan.Markdown(p, locale.English())
		if strings.ContainsAny(text, "{}\r") || strings.Contains(text, "\n\n\n") || strings.Contains(text, "step.") || strings.Contains(text, "note.") {
			t.Errorf("%s:\n%s", what, text)
		}
		fences := strings.Split(text, "\n```\n")
		if len(fences)%2 == 0 {
			t.Fatalf("%s: a fence stays open", what)
		}
		inside := ""
		for i := 1; i < len(fences); i += 2 {
			inside += fences[i] + "\n"
		}
		items := 0
		for _, step := range p.Steps {
			items += len(step.Checks)
			for _, r := range append(slices.Clone(step.Publish), step.Remove...) {
				if !strings.Contains(inside, r.Name.FQDN()+"\t") || !strings.Contains(inside, r.Data) {
					t.Errorf("%s: no %v in\n%s", what, r, inside)
				}
			}
			for _, f := range step.Files {
				if !strings.Contains(inside, strings.ReplaceAll(f.Text, "\r\n", "\n")) {
					t.Errorf("%s: no %q in\n%s", what, f.Text, inside)
				}
			}
		}
		if n := strings.Count(text, "\n- [ ] "); n != items || strings.Count(text, "\n## ") < len(p.Steps) {
			t.Errorf("%s: %d of %d checks in\n%s", what, n, items, text)
		}
	}
}

// TestWholeDocument is one plan as a reader has it.
func TestWholeDocument(t *testing.T) {
	s := scenes(t)["down"]
	s.want.Domain, s.want.Web = name("example.com"), compose.Web{}
	want := `# Take MTA-STS down: example.com

A policy that just disappears is still enforced by who has it. This plan ends it first.

Any hour of a day will do, and so will any later day: then all that follows comes later, too.

## Know first

- Senders are taken to keep a policy for 7 days at most. If a longer ` + "`max_age`" + ` was served within the last year, that one counts.

## 1. Serve a policy of mode none

**Not before 2026-06-15**

`
	got := plan.Markdown(s.plan(), locale.English())
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, part := range []string{
		"Serve at https://mta-sts.example.com/.well-known/mta-sts.txt:\n\n```\nversion: STSv1\nmode: none\nmax_age: 86400\n```\n",
		"Publish:\n\n```\n_mta-sts.example.com.\t3600\tIN\tTXT\t\"v=STSv1; id=94815eb6141fb6e55268;\"\n```\n",
		"Remove in the same change:\n\n```\n_mta-sts.example.com.\tIN\tTXT\t\"v=STSv1; id=20260101T000000;\"\n```\n",
		"- 7 days until no sender keeps a policy from before (`max_age`)\n",
		"Remove:\n\n```\nmta-sts.example.com.\tIN\tA\t192.0.2.80\n```\n\nStop serving https://mta-sts.example.com/.well-known/mta-sts.txt\n\nGo on when:\n\n- [ ] What is removed here isn't found any more.\n",
		"Sources: RFC 8461 §8.3, RFC 8461 §5, RFC 8461 §8.1\n",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no\n%s\nin\n%s", part, got)
		}
	}
}

// TestWordsAreFilled has all phrases of all plans, and all reasons, filled.
func TestWordsAreFilled(t *testing.T) {
	w := locale.English().UI.Plan
	said := func(terms locale.Terms, p check.Phrase) {
		if text := locale.Fill(terms.Of(p.Key), p.Args); text == p.Key || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: %q with %v", p.Key, text, p.Args)
		}
	}
	broken := newWorld(t).server(10, "mx1.example.com", 60, nil).policy(60, enforced(3600, "mx2.example.com")).report()
	for _, s := range scenes(t) {
		p := s.plan()
		for _, n := range p.Notes {
			said(w.Notes, n)
		}
		for _, step := range p.Steps {
			said(w.Steps, step.Phrase)
			said(w.Texts, step.Phrase)
			for _, x := range step.Waits {
				said(w.Waits, x.Phrase)
			}
			for _, c := range step.Checks {
				said(w.Asks, c.Phrase)
			}
			for _, r := range plan.Verify(step, broken).Reasons {
				said(w.Whys, r.Phrase)
			}
		}
	}
}

// hosted is a domain whose policy a company hosts.
func hosted(t *testing.T) *world {
	w := newWorld(t).server(10, "mx1.example.com", 3600, certificate(t, start.AddDate(0, 0, 60), "mx1.example.com"))
	w.file = enforced(604800, "mx1.example.com").String()
	return w.add("_mta-sts.example.com", doh.TypeCNAME, 3600, "_mta-sts.host.example.").add("mta-sts.example.com", doh.TypeCNAME, 3600, "mta-sts.host.example.").
		add("_mta-sts.host.example", doh.TypeTXT, 3600, "v=STSv1; id=20260101T000000;").add("mta-sts.host.example", doh.TypeA, 3600, "192.0.2.80")
}

// A policy that a company hosts is changed there, and only its aliases go in the
// end.
func TestHosted(t *testing.T) {
	w := want("mx1.example.com")
	w.Web = compose.Web{}
	for _, asked := range []bool{false, true} {
		if asked {
			w.Mode, w.Hosted = 0, compose.Hosted{Record: name("_mta-sts.host.example"), Policy: name("mta-sts.host.example")}
		}
		p := plan.Make(plan.Down, plan.Input{Want: w, Report: hosted(t).report(), Start: start})
		if len(p.Steps) != 3 {
			t.Fatal(dates(p))
		}
		first, last := p.Steps[0], p.Steps[2]
		if !first.Hosted || len(first.Files) != 1 || len(first.Publish)+len(first.Remove) > 0 || !strings.Contains(first.Files[0].Text, "mode: none\r\n") ||
			len(last.Remove) != 1 || last.Remove[0].Type != doh.TypeCNAME || last.Remove[0].Name != name("mta-sts.example.com") {
			t.Errorf("%+v", p.Steps)
		}
		if text := plan.Markdown(p, locale.English()); !strings.Contains(text, "Have the company that hosts the policy serve at https://mta-sts.example.com/") {
			t.Error(text)
		}
	}
	w.Hosted, w.MX = compose.Hosted{Record: name("_mta-sts.host.example"), Policy: name("mta-sts.host.example"), Reports: name("reports.host.example")}, nil
	w.RUA = nil
	p := plan.Make(plan.First, plan.Input{Want: w, Start: start, Report: newWorld(t).server(10, "mx1.example.com", 60, nil).report()})
	if got := dates(p); got != "first-reports 26-06-15\nfirst-testing 26-06-15\nfirst-watch 26-07-03\nfirst-enforce 26-07-03\nfirst-longer 26-07-20" {
		t.Error(got)
	}
	if s := p.Steps[1]; !s.Hosted || len(s.Publish) != 2 || s.Publish[0].Type != doh.TypeCNAME || len(p.Steps[3].Publish) > 0 || !p.Steps[3].Hosted {
		t.Errorf("%+v", p.Steps)
	}
}

// What is published already stays: an id under which the policy is the same, an
// alias to a web server, a request for reports at a mail server.
func TestStays(t *testing.T) {
	chain := certificate(t, start.AddDate(0, 0, 60), "mx1.example.com")
	world := newWorld(t).server(10, "mx1.example.com", 3600, chain).policy(3600, enforced(12*7*86400, "mx1.example.com")).
		add("_smtp._tls.example.com", doh.TypeTXT, 60, "v=TLSRPTv1;rua=mailto:tls@example.net").add("_smtp._tls.mx1.example.com", doh.TypeTXT, 60, "v=TLSRPTv1;rua=mailto:others@example.net").
		add("_25._tcp.mx1.example.com", doh.TypeCNAME, 7200, "tlsa.example.com.").add("tlsa.example.com", doh.TypeTLSA, 7200, of(t, chain, 3, 1, 1).String())
	w := want("mx1.example.com")
	w.Web, w.TLSA = compose.Web{}, []compose.HostTLSA{{Host: name("mx1.example.com")}}
	w.TLSA[0].Records = append(w.TLSA[0].Records, of(t, certificate(t, start, "mx1.example.com"), 3, 1, 1))
	if p := plan.Make(plan.First, plan.Input{Want: w, Report: world.report(), Start: start}); dates(p) != "note.enforced" {
		t.Error(dates(p))
	}
	p := plan.Make(plan.Rollover, plan.Input{Want: w, Report: world.report(), Start: start})
	if len(p.Steps) != 3 || p.Steps[0].Publish[0].Name != name("tlsa.example.com") || p.Steps[2].Remove[0].Name != name("tlsa.example.com") {
		t.Errorf("%+v", p)
	}
	// The TTL of the longer way counts, the alias's.
	if got := p.Steps[1].Waits[1].Length; got != 4*time.Hour {
		t.Error(got)
	}
}

// A domain without MX records that is its own mail server gets one beside the new
// ones, for as long as senders may not know of those.
func TestImplicit(t *testing.T) {
	w := newWorld(t)
	w.chains[w.domain] = certificate(t, start.AddDate(0, 0, 60), "example.com")
	p := plan.Make(plan.Move, plan.Input{Want: want("mx.example.net"), Report: w.report(), Start: start})
	add := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Key == "step.move-add" })
	if add < 0 || len(p.Steps[add].Publish) != 2 || p.Steps[add].Publish[0].Data != "10 example.com." || p.Steps[add].Publish[1].Data != "20 mx.example.net." {
		t.Errorf("%+v", p)
	}
	for _, s := range p.Steps {
		w.do(s)
	}
	if hosts := w.hosts(); !slices.Equal(hosts, []dnsname.Name{name("mx.example.net")}) {
		t.Error(hosts)
	}
}
