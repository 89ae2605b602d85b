package ui

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/tlsrpt"
)

// reportFile is a report of one failure, as a file.
func reportFile(name, id string) File {
	text := fmt.Sprintf(`{"organization-name":"Example","contact-info":"a@example.net","report-id":%q,
"date-range":{"start-datetime":"2026-11-20T00:00:00Z","end-datetime":"2026-11-20T23:59:59Z"},
"policies":[{"policy":{"policy-type":"sts","policy-domain":"example.com","policy-string":["version: STSv1","mode: testing","mx: mx1.example.com","max_age: 86400"],"mx-host":["mx1.example.com"]},
"summary":{"total-successful-session-count":9,"total-failure-session-count":1},
"failure-details":[{"result-type":"certificate-expired","sending-mta-ip":"192.0.2.1","receiving-mx-hostname":"mx1.example.com","receiving-ip":"192.0.2.25","failed-session-count":1}]}]}`, id)
	return textFile(name, text)
}

// these are files that are dropped together.
func these(files ...File) Files {
	return Files{Len: len(files), Read: func(_ context.Context, from, n int) func() []File {
		return func() []File { return files[from : from+n] }
	}}
}

func textFile(name, text string) File {
	return File{name, io.NopCloser(strings.NewReader(text))}
}

// ticking is a door whose clock goes on with every look at it.
func ticking(tick time.Duration) (door Door, breaths *int) {
	now, n := time.Time{}, 0
	door = Closed()
	door.Now = func() time.Time {
		now = now.Add(tick)
		return now
	}
	door.Breathe = func() { n++ }
	return door, &n
}

func TestReporterReads(t *testing.T) {
	door, breaths := ticking(4 * time.Millisecond)
	r := NewReporter(door)
	files := []File{reportFile("a.json", "1"), reportFile("b.json", "2"), reportFile("again.json", "1"), textFile("c.json", "{\n[")}
	if !r.Add(these(files...)) {
		t.Fatal("nobody is to read")
	}
	if r.Add(these(reportFile("d.json", "3"))) {
		t.Error("two are to read at once")
	}
	shown := 0
	r.Watch(func() { shown++ })
	r.Read()
	r.Look()
	s := r.Sums
	if s.Reports != 4 || s.Duplicates != 1 || s.Unread != 1 || s.Total != (reports.Counts{Successful: 27, Failed: 3, Detailed: 3}) {
		t.Errorf("%d reports, %d twice, %d unread, %+v", s.Reports, s.Duplicates, s.Unread, s.Total)
	}
	if s.Running || s.Stopped || s.Files != 5 || s.OfFiles != 5 || s.Octets == 0 {
		t.Errorf("at the end: %+v", s.Progress)
	}
	if *breaths == 0 || shown == 0 {
		t.Errorf("%d breaths, shown %d times", *breaths, shown)
	}
	if line := s.Unreads[0].Err.Line; line != 2 {
		t.Errorf("stopped at line %d", line)
	}
}

func TestReporterStops(t *testing.T) {
	door, _ := ticking(stretch)
	r := NewReporter(door)
	r.Add(these(reportFile("a.json", "1"), reportFile("b.json", "2"), reportFile("c.json", "3")))
	r.Door.Breathe = func() { r.Stop() }
	r.Read()
	r.Look()
	if s := r.Sums; s.Running || !s.Stopped || s.Files >= 3 || s.OfFiles != 3 {
		t.Errorf("stopped: %+v", s.Progress)
	}
	r.Door.Breathe = func() {}
	read := r.Sums.Files
	if !r.Add(these(reportFile("c.json", "3"))) {
		t.Fatal("nothing goes on")
	}
	r.Read()
	r.Look()
	if s := r.Sums; s.Stopped || s.Files != read+1 || s.OfFiles != read+1 {
		t.Errorf("after that: %+v", s.Progress)
	}
	r.Clear()
	if s := r.Sums; s.Reports != 0 || s.OfFiles != 0 || s.Total != (reports.Counts{}) {
		t.Errorf("cleared: %+v", s)
	}
}

// What is cleared while it is read counts no more, and what comes then does.
func TestReporterClearedWhileReading(t *testing.T) {
	door, _ := ticking(stretch)
	r := NewReporter(door)
	r.Add(these(reportFile("a.json", "1"), reportFile("b.json", "2")))
	once := false
	r.Door.Breathe = func() {
		if !once {
			once = true
			r.Clear()
			r.Add(these(reportFile("c.json", "3")))
		}
	}
	r.Read()
	r.Look()
	if s := r.Sums; s.Reports != 1 || s.Files != 1 || s.OfFiles != 1 || s.Running {
		t.Errorf("%d reports, %+v", s.Reports, s.Progress)
	}
}

// A reading that is stopped before it has begun, or while something is added, takes nothing of
// what comes then, and doesn't call it stopped.
func TestReporterStoppedAndAdded(t *testing.T) {
	door, _ := ticking(stretch)
	r := NewReporter(door)
	r.Add(these(reportFile("a.json", "1")))
	r.Stop()
	r.Read()
	if r.Look(); !r.Sums.Stopped || r.Sums.Files != 0 || r.Sums.OfFiles != 1 {
		t.Errorf("stopped before it began: %+v", r.Sums.Progress)
	}
	if !r.Add(these(reportFile("b.json", "2"), reportFile("c.json", "3"))) {
		t.Fatal("nobody reads on")
	}
	r.Read()
	if r.Look(); r.Sums.Stopped || r.Sums.Files != 2 || r.Sums.OfFiles != 2 || r.Sums.Reports != 2 {
		t.Errorf("what came then: %d reports, %+v", r.Sums.Reports, r.Sums.Progress)
	}
	for _, clear := range []bool{false, true} {
		r, once := NewReporter(door), false
		r.Add(these(reportFile("a.json", "1"), reportFile("b.json", "2"), reportFile("d.json", "4")))
		r.Door.Breathe = func() {
			if once {
				return
			}
			if once = true; clear {
				r.Clear()
			} else {
				r.Stop()
			}
			r.Add(these(reportFile("c.json", "3")))
		}
		r.Read()
		if r.Look(); r.Sums.Stopped || r.Sums.Running || r.Sums.Files != r.Sums.OfFiles || r.Sums.Files != r.Sums.Reports || clear && r.Sums.Files != 1 {
			t.Errorf("cleared %v: %d reports, %+v", clear, r.Sums.Reports, r.Sums.Progress)
		}
	}
	r.Stop()
	if r.Look(); r.Sums.Stopped {
		t.Error("stopped, though nothing was left")
	}
}

// Who comes back to the page finds what was read till then, and nobody reading.
func TestReporterLeft(t *testing.T) {
	door, _ := ticking(stretch)
	r, looks := NewReporter(door), 0
	r.Watch(func() { looks++ })
	r.Add(these(reportFile("a.json", "1"), reportFile("b.json", "2"), reportFile("c.json", "3")))
	r.Door.Breathe = r.Leave
	r.Read()
	was := looks
	r.Door.Breathe = func() {}
	r.Watch(func() { looks++ })
	if r.Look(); r.Sums.Running || !r.Sums.Stopped || r.Sums.Files == 3 {
		t.Errorf("come back: %+v", r.Sums.Progress)
	}
	if r.Add(these(reportFile("c.json", "3"))); !r.progress.Running {
		t.Fatal("nobody reads on")
	}
	if r.Read(); looks == was {
		t.Error("nobody is told who watches now")
	}
}

func TestReporterViews(t *testing.T) {
	r := NewReporter(Closed())
	r.Add(these(reportFile("a.json", "1"), textFile("b.json", "nothing")))
	r.Read()
	for _, view := range views {
		r.Show(view)
		s := r.Sums
		if n := len(s.Groups) + len(s.Policies) + len(s.Failures); (n == 0) != (view == viewLog) {
			t.Errorf("%s: %d lines", view, n)
		}
		if _, content := r.CSV(); len(content) == 0 {
			t.Errorf("%s: no CSV", view)
		}
	}
	r.Narrow(&r.Filter.From, "2026-11-21")
	if r.Sums.Total != (reports.Counts{}) {
		t.Errorf("of another day: %+v", r.Sums.Total)
	}
}

// Pages of a list have no more and no less than its lines, whatever is pressed.
func TestReporterTurns(t *testing.T) {
	r, n := NewReporter(Closed()), perPage("x")
	for _, c := range []struct{ all, by, first, end int }{
		{0, 0, 0, 0}, {0, 1, 0, 0}, {1, -1, 0, 1}, {2*n + 5, 1, n, 2 * n}, {2*n + 5, 1, 2 * n, 2*n + 5},
		{2*n + 5, 1, 2 * n, 2*n + 5}, {2*n + 5, -1, n, 2 * n}, {n + 1, 1, n, n + 1}, {n, 0, 0, n},
	} {
		r.Turn("x", c.all, c.by)
		if first, end := r.Shown("x", c.all); first != c.first || end != c.end {
			t.Errorf("of %d, by %d: %d to %d, want %d to %d", c.all, c.by, first, end, c.first, c.end)
		}
	}
	if r.Turn("x", n, -1); r.pages["x"] != 0 {
		t.Errorf("before the first page: %d", r.pages["x"])
	}
	r.Turn("x", 3*n, 1)
	r.Narrow(&r.Filter.Domain, "example.com")
	if first, _ := r.Shown("x", 45); first != 0 {
		t.Errorf("after a filter: from %d", first)
	}
}

func TestOutcome(t *testing.T) {
	failure := reports.Failure{Domain: "example.com", FailureDetail: tlsrpt.FailureDetail{Result: "certificate-expired", ReceivingMX: "MX1.example.com."}}
	host := func(names ...string) (all []check.HostView) {
		for _, n := range names {
			all = append(all, check.HostView{Host: dnsname.MustParse(n)})
		}
		return all
	}
	expired := check.Finding{Code: "cert.expired", Level: check.Error, Subject: "mx1.example.com 192.0.2.1"}
	whole := check.Progress{Done: true}
	for name, c := range map[string]struct {
		report check.Report
		want   Outcome
	}{
		"there":           {check.Report{Hosts: host("mx1.example.com"), Findings: []check.Finding{expired}}, Failing},
		"of another host": {check.Report{Hosts: host("mx1.example.com", "mx2.example.com"), Findings: []check.Finding{{Code: "cert.expired", Level: check.Error, Subject: "mx2.example.com"}}, Progress: whole}, Mended},
		"of another kind": {check.Report{Hosts: host("mx1.example.com"), Findings: []check.Finding{{Code: "cert.self-signed", Level: check.Error, Subject: "mx1.example.com"}}, Progress: whole}, Mended},
		"gone":            {check.Report{Hosts: host("mx9.example.com"), Progress: whole}, Gone},
		"not ended":       {check.Report{Hosts: host("mx1.example.com")}, Unsure},
		"blind":           {check.Report{Blind: true, Progress: whole}, Unsure},
		"not all seen":    {check.Report{Hosts: host("mx1.example.com"), Progress: whole, NotChecked: []check.NotChecked{{Phrase: check.Phrase{Key: "not-checked.no-proxy"}}}}, Unsure},
	} {
		k := checks{made: map[string]Checked{"example.com": {c.report, true}}}
		if got, _ := k.Of(failure); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	k := checks{made: map[string]Checked{"example.com": {}}}
	if got, _ := k.Of(failure); got != Asking {
		t.Errorf("while it runs: %s", got)
	}
	failure.Result = "something-else"
	k.made["example.com"] = Checked{check.Report{Progress: whole}, true}
	if got, _ := k.Of(failure); got != Unsure {
		t.Errorf("a result without a finding: %s", got)
	}
}

// The worst kinds of hints have marks of their own, and each has words for what it names.
func TestHintsAreShown(t *testing.T) {
	for i, kind := range reports.HintKinds() {
		if level := hintLevels[kind]; (level == "") != (i >= len(hintLevels)) || i > 0 && level == "error" && hintLevels[reports.HintKinds()[i-1]] != "error" {
			t.Errorf("%s, the %d., is marked %q", kind, i, level)
		}
	}
	r := NewReporter(Closed())
	r.Add(these(reportFile("a.json", "1")))
	r.Read()
	r.Look()
	b := newBench()
	p := &Reports{M: b.Machine, R: r, Lang: locale.English()}
	if n := len(r.Sums.Hints); n != 1 || r.Sums.Hints[0].Kind != reports.FailureInTesting || len(p.hints()) == 0 {
		t.Errorf("of a failure in testing: %+v", r.Sums.Hints)
	}
	was := r.Sums.Hints
	if r.Show(viewLog); len(r.Sums.Hints) != len(was) {
		t.Error("another view has lost them")
	}
	if r.Narrow(&r.Filter.Domain, "nobody.example"); len(r.Sums.Hints) != 0 {
		t.Errorf("of nobody: %+v", r.Sums.Hints)
	}
}

// Every result type has words, and a finding behind it.
func TestResultsAreExplained(t *testing.T) {
	b := newBench()
	p := &Reports{M: b.Machine, R: NewReporter(Closed()), Lang: locale.English()}
	for _, result := range tlsrpt.ResultTypes() {
		if said := p.Lang.UI.Reports.Results.Of(result); said == result {
			t.Errorf("%s has no words", result)
		}
		if len(causes(result)) == 0 {
			t.Errorf("no finding is reported as %s", result)
		}
	}
	if n := len(p.Lang.UI.Reports.Results); n != len(tlsrpt.ResultTypes()) || n >= tones {
		t.Errorf("%d results have words", n)
	}
}

func TestComparePolicy(t *testing.T) {
	today := func(body string) check.Report {
		return check.Report{Record: check.RecordView{State: check.Found}, Policy: check.PolicyView{Fetched: &check.Fetched{Policy: probe.Policy{Status: 200, Body: []byte(body)}}}}
	}
	seen := reports.Policy{Type: "sts", Domain: "example.com", Strings: []string{"version: STSv1", "mode: testing", "mx: mx1.example.com", "mx: mx2.example.com", "max_age: 86400"}}
	for name, c := range map[string]struct {
		report check.Report
		known  bool
		ops    []lint.Op
	}{
		"same, in another order": {today("version: STSv1\r\nmode:testing\r\nmax_age: 86400\r\nmx: mx2.example.com\r\nmx: mx1.example.com\r\n"), true, []lint.Op{lint.Keep, lint.Keep, lint.Keep, lint.Keep, lint.Keep}},
		"mode":                   {today("version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: mx2.example.com\nmax_age: 86400\n"), true, []lint.Op{lint.Keep, lint.Delete, lint.Keep, lint.Keep, lint.Keep, lint.Insert}},
		"none any more":          {check.Report{Record: check.RecordView{State: check.NXDomain}}, true, []lint.Op{lint.Delete, lint.Delete, lint.Delete, lint.Delete, lint.Delete}},
		"not seen":               {check.Report{Record: check.RecordView{State: check.Blind}}, false, nil},
	} {
		k := checks{made: map[string]Checked{"example.com": {c.report, true}}}
		lines, known := k.Compare(seen)
		if known != c.known {
			t.Errorf("%s: known %v", name, known)
		}
		var ops []lint.Op
		for _, l := range lines {
			ops = append(ops, l.Op)
		}
		if known && !slices.Equal(ops, c.ops) {
			t.Errorf("%s: %v", name, lines)
		}
	}
}

// A policy whose text nobody tells is neither the same nor another; TLSA records are held to
// those of the hosts that the report names.
func TestComparePolicyOfHosts(t *testing.T) {
	host := func(name string, records ...string) check.HostView {
		h := check.HostView{Host: dnsname.MustParse(name), TLSAState: check.Found}
		for _, text := range records {
			r, err := dane.ParseText(text)
			if err != nil {
				t.Fatal(err)
			}
			h.TLSA = append(h.TLSA, check.TLSAView{Record: r})
		}
		return h
	}
	a, b := "3 1 1 "+strings.Repeat("aa", 32), "3 1 1 "+strings.Repeat("bb", 32)
	two := check.Report{Record: check.RecordView{State: check.NXDomain}, Hosts: []check.HostView{host("mx1.example.com", a), host("mx2.example.com", b)}}
	k := checks{made: map[string]Checked{"example.com": {two, true}, "mx2.example.com": {two, true}}}
	for name, c := range map[string]struct {
		seen  reports.Policy
		known bool
		ops   []lint.Op
	}{
		"no policy told":       {reports.Policy{Type: "sts", Domain: "example.com"}, false, nil},
		"no records told":      {reports.Policy{Type: "tlsa", Domain: "example.com"}, false, nil},
		"of one host":          {reports.Policy{Type: "tlsa", Domain: "example.com", Strings: []string{a}, MXHosts: []string{"MX1.example.com."}}, true, []lint.Op{lint.Keep}},
		"changed since":        {reports.Policy{Type: "tlsa", Domain: "example.com", Strings: []string{b}, MXHosts: []string{"mx1.example.com"}}, true, []lint.Op{lint.Delete, lint.Insert}},
		"of the host as such":  {reports.Policy{Type: "tlsa", Domain: "mx2.example.com", Strings: []string{b}}, true, []lint.Op{lint.Keep}},
		"of nobody knows whom": {reports.Policy{Type: "tlsa", Domain: "example.com", Strings: []string{a}}, true, []lint.Op{lint.Keep}},
	} {
		lines, known := k.Compare(c.seen)
		var ops []lint.Op
		for _, l := range lines {
			ops = append(ops, l.Op)
		}
		if known != c.known || !slices.Equal(ops, c.ops) {
			t.Errorf("%s: %v, known %v", name, lines, known)
		}
	}
}

// However many results there are, a bar has only as many pieces as can be told apart, and
// they are all of it.
func TestPiecesAreFew(t *testing.T) {
	g := reports.Group{Counts: reports.Counts{Failed: 1000}}
	for i := range 500 {
		g.Results = append(g.Results, reports.Result{Type: itoa(i), Failed: 1})
		g.Detailed++
	}
	all, sum := pieces(g), uint64(0)
	for _, r := range all {
		sum += r.Failed
	}
	if len(all) != tones+1 || sum != 1000 {
		t.Errorf("%d pieces, %d in all", len(all), sum)
	}
	if len(g.Results) != 500 || g.Results[tones-1].Type != itoa(tones-1) {
		t.Error("the group has changed")
	}
}

func TestFigures(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1\u00a0000", 1234567: "1\u00a0234\u00a0567"} {
		if got := count(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := tenths(99.97); got != "99.9" {
		t.Errorf("what is less than all is called %s", got)
	}
}
