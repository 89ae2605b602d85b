package ui

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/locale"
)

const deferredLine = "postfix/smtp[1]: A: to=<u@example.com>, relay=mx1.example.com[192.0.2.25]:25, dsn=4.7.5, status=deferred (Server certificate not trusted)\n"

func TestErrorsAreToldFromDomains(t *testing.T) {
	for text, want := range map[string]bool{
		"example.com": false, "postmaster@example.com": false, "https://example.com/x": false, "a mail domain": false, "": false,
		"dane-required.example.com": false, "sts-policy-invalid.test": false, "validation-failure.example": false,
		strings.Repeat("a23456789.", 26) + "com": false,
		deferredLine:                             true, "STSFetchResult.NONE": true, " STSFetchResult.NONE\n": true, "validation-failure": true,
		strings.Repeat("no text of any software ", 20): true,
	} {
		b := newBench()
		b.Typed = text
		b.Submit()
		if got := b.Pasted != ""; got != want {
			t.Errorf("%.40q is an error text: %t, want %t", text, got, want)
		}
	}
}

func TestPasteLeavesTheFieldEmpty(t *testing.T) {
	b := newBench()
	b.Typed = deferredLine
	b.Submit()
	if got := b.Paste(); got != deferredLine || b.Typed != "" || b.Wrong != "" {
		t.Errorf("taken %q, left %q, %s", got, b.Typed, b.Wrong)
	}
	if again := b.Paste(); again != "" {
		t.Errorf("taken twice: %q", again)
	}
}

func TestOneReportWeighsEveryIncidentOfADomain(t *testing.T) {
	b := newBench()
	x := NewExplainer(b.Machine)
	x.Put(deferredLine + strings.ReplaceAll(deferredLine, "example.com", "example.org"))
	if len(x.Incidents) != 2 || !x.Incidents[0].Open || x.Incidents[1].Open {
		t.Fatalf("incidents %+v", x.Incidents)
	}
	run := x.Check(&x.Incidents[0])
	if run == nil || run.Domain.String() != "example.com" {
		t.Fatalf("run %+v", run)
	}
	if again := x.Check(&x.Incidents[0]); again != nil {
		t.Error("the check under way is begun again")
	}
	b.Finished(run.ID, facts("example.com", true))
	if r, known := x.report(run.Domain); !known || r.Domain != run.Domain {
		t.Errorf("report %+v, %t", r.Domain, known)
	}
	if _, known := x.report(x.Incidents[1].read.Domain); known {
		t.Error("a report of the other domain is known")
	}
	other := x.Check(&x.Incidents[1])
	if r, known := x.report(run.Domain); other == nil || !known || r.Domain != run.Domain {
		t.Error("the check of another domain loses the first report")
	}
	b.Leave()
	if _, known := x.report(other.Domain); known {
		t.Error("a check that was given up is taken for a report")
	}
}

func TestNothingIsStruckBeforeACheck(t *testing.T) {
	x := NewExplainer(newBench().Machine)
	x.Put(deferredLine)
	causes := x.Weighed(&x.Incidents[0])
	if len(causes) < 2 {
		t.Fatalf("%d causes", len(causes))
	}
	for _, c := range causes {
		if c.State != explain.Open {
			t.Errorf("%s is %d", c.ID, c.State)
		}
	}
}

func TestWhatTheVisitorSaysHoldsWhileTheTextGrows(t *testing.T) {
	b := newBench()
	x := NewExplainer(b.Machine)
	x.Text = "450 4.7.5 TLS"
	x.Changed()
	i := &x.Incidents[0]
	if len(i.read.Answers) < 2 || x.Match(i).Ask == "" {
		t.Fatalf("nothing is asked: %+v", i.read)
	}
	if x.Check(i) != nil || i.Wrong != "empty" {
		t.Errorf("without a domain: wrong is %q", i.Wrong)
	}
	i.Answer, i.Typed = i.read.Answers[1].ID, "example.com"
	x.Text += " fehlgeschlagen"
	x.Changed()
	i = &x.Incidents[0]
	if m := x.Match(i); m.Form != i.read.Answers[1].Form || m.Ask != "" || m.Domain.String() != "example.com" {
		t.Errorf("the match is %+v", m)
	}
	if run := x.Check(i); run == nil || i.Wrong != "" {
		t.Errorf("run %+v, wrong %q", run, i.Wrong)
	}
	x.Put("Some other text")
	if len(x.Incidents) != 0 || x.Written != 1 {
		t.Errorf("%d incidents, written %d times", len(x.Incidents), x.Written)
	}
}

func TestFilesOfAnySortAreTaken(t *testing.T) {
	x := NewExplainer(newBench().Machine)
	x.Take([]byte("\xff\xfe" + deferredLine))
	was := x.Text
	if len(x.Incidents) != 1 || x.Fault != "" || !strings.HasPrefix(was, "\uFFFD") {
		t.Errorf("%d incidents in %q", len(x.Incidents), x.Text)
	}
	for fault, content := range map[string][]byte{"too-large": nil, "empty": {}} {
		if x.Take(content); x.Fault != fault || x.Text != was || x.Machine == nil {
			t.Errorf("%s: %q, %q", fault, x.Fault, x.Text)
		}
		if locale.English().UI.Explain.Fault.Of(fault) == fault {
			t.Errorf("%s has no words", fault)
		}
	}
	if x.Put("nothing"); x.Fault != "" {
		t.Errorf("the fault of a file stays: %s", x.Fault)
	}
}

func TestAReplayWeighsNothing(t *testing.T) {
	b := newBench()
	b.Domain, b.State, b.Replay, b.Report = facts("example.com", true).Domain, Done, true, check.Report{Domain: facts("example.com", true).Domain}
	if _, known := NewExplainer(b.Machine).report(b.Domain); known {
		t.Error("saved evidence is taken for a check")
	}
}
