package ui

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
)

// bench is a machine over a door that notes what is asked of it.
type bench struct {
	*Machine
	clock      time.Time
	copied     []string
	remembered []check.Facts
	recalled   *check.Facts
}

var began = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

func newBench() *bench {
	b := &bench{clock: began}
	door := Closed()
	door.Now = func() time.Time { return b.clock }
	door.Copy = func(text string) bool { b.copied = append(b.copied, text); return text != "refuse" }
	door.Remember = func(f check.Facts) { b.remembered = append(b.remembered, f) }
	door.Recall = func(dnsname.Name) *check.Facts { return b.recalled }
	door.ToASCII = func(s string) (string, error) {
		for i := range len(s) {
			if s[i] >= 0x80 {
				return "", errors.New("no IDNA here")
			}
		}
		return s, nil
	}
	b.Machine = NewMachine(door)
	return b
}

func facts(domain string, done bool) check.Facts {
	return check.Facts{Version: check.FactsVersion, Domain: dnsname.MustParse(domain), At: began, Asked: 3, Answered: 2, Done: done}
}

func TestNavigateStartsACheckOnce(t *testing.T) {
	b := newBench()
	run := b.Navigate("Example.COM")
	if run == nil || run.Domain.String() != "example.com" || b.State != Running {
		t.Fatalf("run %+v, state %s", run, b.State)
	}
	if b.Typed != "Example.COM" || b.Field != 1 {
		t.Errorf("field %q written %d times", b.Typed, b.Field)
	}
	if again := b.Navigate("example.com"); again != nil {
		t.Error("the same domain is checked twice")
	}
	if other := b.Navigate("example.org"); other == nil || run.Context.Err() == nil {
		t.Error("another domain doesn't end the first check")
	}
}

func TestWrongInputAsksNothing(t *testing.T) {
	for input, kind := range map[string]string{"": "empty", "...": "empty-label", "192.0.2.1": "ip-address", "a b@c d": ""} {
		b := newBench()
		b.Typed = input
		if d := b.Submit(); !d.IsZero() || b.Wrong == "" || b.State != Idle {
			t.Errorf("%q: domain %q, wrong %q, state %s", input, d, b.Wrong, b.State)
		}
		if kind != "" && b.Wrong != kind {
			t.Errorf("%q: wrong %q, want %q", input, b.Wrong, kind)
		}
		if b.Typed != input {
			t.Errorf("%q is lost: %q", input, b.Typed)
		}
	}
}

func TestNavigateToWrongInputShowsIt(t *testing.T) {
	b := newBench()
	b.Navigate("example.com")
	if run := b.Navigate("192.0.2.1"); run != nil || b.Wrong != "ip-address" || b.Typed != "192.0.2.1" || b.State != Idle {
		t.Errorf("run %v, wrong %q, typed %q, state %s", run, b.Wrong, b.Typed, b.State)
	}
}

func TestSubmitSaysWhatItMade(t *testing.T) {
	b := newBench()
	b.Typed = "postmaster@example.com"
	if d := b.Submit(); d.String() != "example.com" || b.Reading == nil || b.Reading.Form != dnsname.FormAddress {
		t.Fatalf("domain %q, reading %+v", d, b.Reading)
	}
	if b.Navigate("example.com") == nil || b.Typed != "postmaster@example.com" || b.Reading == nil {
		t.Error("what was typed, or what was made of it, is lost when the check starts")
	}
	b.Navigate("example.org")
	if b.Reading != nil || b.Typed != "example.org" {
		t.Errorf("the reading of the last input stays: %+v, %q", b.Reading, b.Typed)
	}
}

func TestFactsOfAnOldRunAreDropped(t *testing.T) {
	b := newBench()
	old := b.Navigate("example.com")
	b.Navigate("example.org")
	b.Learned(old.ID, facts("example.com", false))
	b.Finished(old.ID, facts("example.com", true))
	if b.State != Running || b.Facts.Domain.String() != "example.org" || len(b.remembered) != 0 {
		t.Errorf("state %s, facts of %q, %d remembered", b.State, b.Facts.Domain, len(b.remembered))
	}
}

func TestACheckRunsThrough(t *testing.T) {
	b := newBench()
	earlier := facts("example.com", true)
	b.recalled = &earlier
	run := b.Navigate("example.com")
	rev := b.Rev
	b.Learned(run.ID, facts("example.com", false))
	if b.Rev == rev || b.Report.Progress.Answered != 2 || b.Facts.At != began {
		t.Errorf("rev %d, progress %+v, at %v", b.Rev, b.Report.Progress, b.Facts.At)
	}
	if b.Facts.Previous == nil {
		t.Error("the earlier check isn't there to compare with")
	}
	b.clock = b.clock.Add(1500 * time.Millisecond)
	b.Finished(run.ID, facts("example.com", true))
	if b.State != Done || b.Took != 1500*time.Millisecond {
		t.Errorf("state %s, took %v", b.State, b.Took)
	}
	if len(b.remembered) != 1 || b.remembered[0].Previous != nil {
		t.Errorf("remembered %d, with a previous one inside", len(b.remembered))
	}
	if b.Navigate("example.com") != nil {
		t.Error("coming back asks again")
	}
	if b.Again() == nil || b.State != Running {
		t.Error("asking again doesn't")
	}
}

func TestStopKeepsWhatWasFound(t *testing.T) {
	b := newBench()
	run := b.Navigate("example.com")
	b.Learned(run.ID, facts("example.com", false))
	b.Stop()
	if b.State != Done || run.Context.Err() == nil || b.Report.Progress.Answered != 2 || b.Facts.Done {
		t.Errorf("state %s, progress %+v", b.State, b.Report.Progress)
	}
	b.Finished(run.ID, facts("example.com", true))
	if b.Facts.Done {
		t.Error("a stopped run still speaks")
	}
}

func TestLeaveMakesTheNextVisitAskAgain(t *testing.T) {
	b := newBench()
	b.Navigate("example.com")
	b.Leave()
	if b.State != Idle || b.Navigate("example.com") == nil {
		t.Error("a check that was left can't be started again")
	}
}

func TestEvidenceRoundTrip(t *testing.T) {
	b := newBench()
	run := b.Navigate("example.com")
	b.Finished(run.ID, facts("example.com", true))
	name, content := b.Evidence()
	if name != "sealane-example.com-20261122-040000.json" {
		t.Errorf("file name %q", name)
	}
	other := newBench()
	other.clock = other.clock.AddDate(1, 0, 0)
	other.Load(content)
	if !other.Replay || other.State != Done || other.Domain.String() != "example.com" || other.Typed != "example.com" {
		t.Fatalf("replay %v, state %s, domain %q", other.Replay, other.State, other.Domain)
	}
	if !other.Report.At.Equal(b.Report.At) {
		t.Errorf("judged at %v, not at %v", other.Report.At, b.Report.At)
	}
	if other.Navigate("example.com") == nil {
		t.Error("a replay keeps a real check from starting")
	}
}

func TestLoadRefusesWhatIsNoEvidence(t *testing.T) {
	newer, _ := json.Marshal(check.Facts{Version: check.FactsVersion + 1, Domain: dnsname.MustParse("example.com")})
	for name, c := range map[string]struct {
		content []byte
		fault   string
	}{
		"too large":       {nil, "too-large"},
		"empty":           {[]byte{}, "bad"},
		"no JSON":         {[]byte("v=STSv1"), "bad"},
		"no domain":       {[]byte(`{"version":1}`), "bad"},
		"another version": {newer, "bad"},
	} {
		b := newBench()
		b.Navigate("example.org")
		b.Load(c.content)
		if b.Fault != c.fault || b.Domain.String() != "example.org" || b.State != Running {
			t.Errorf("%s: fault %q, domain %q, state %s", name, b.Fault, b.Domain, b.State)
		}
	}
}

func TestToggleGoesByKey(t *testing.T) {
	b := newBench()
	b.Toggle("a")
	b.Toggle("b")
	b.Toggle("a")
	if b.IsOpen("a") || !b.IsOpen("b") {
		t.Error("folds are mixed up")
	}
}

func TestCopySaysWhenItCannot(t *testing.T) {
	b := newBench()
	b.Copy("one", "text")
	if b.Copied != "one" || b.CopyFailed {
		t.Errorf("copied %q, failed %v", b.Copied, b.CopyFailed)
	}
	b.Copy("two", "refuse")
	if b.Copied != "two" || !b.CopyFailed || len(b.copied) != 2 {
		t.Errorf("copied %q, failed %v", b.Copied, b.CopyFailed)
	}
}
