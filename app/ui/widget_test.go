package ui

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
)

func TestSummaryOfAReport(t *testing.T) {
	r := fixture()
	s := Summarize(&r, locale.English())
	if s.Domain != "example.com" || s.Level != "error" || s.Complete ||
		s.Findings["error"] != 1 || s.Findings["warning"] != 1 || s.Findings["notice"] != 1 || s.Findings["ok"] != 1 ||
		s.Senders["gmail"] != "delivers" || s.Senders["exchange-online"] != "defers" ||
		s.Headline != "Protected by MTA-STS. DANE is published but broken." {
		t.Errorf("%+v", s)
	}
	// Nothing known is nothing known.
	if s := Summarize(&check.Report{Blind: true}, locale.English()); s.Complete || s.Level != "unknown" || len(s.Findings) != 0 {
		t.Errorf("of nothing: %+v", s)
	}
}

// The page around a frame is told of a check that is done, once, and of no other.
func TestTell(t *testing.T) {
	for name, c := range map[string]struct {
		framed, done bool
		state        State
		want         int
	}{
		"done": {true, true, Done, 1}, "not in a frame": {false, true, Done, 0}, "running": {true, true, Running, 0}, "stopped": {true, false, Done, 0},
	} {
		b := newBench()
		var told []string
		b.Door.Tell = func(s string) { told = append(told, s) }
		b.State, b.Facts, b.Report = c.state, facts("example.com", c.done), fixture()
		(&Page{M: b.Machine, Lang: locale.English(), Framed: c.framed}).tell()
		if len(told) != c.want {
			t.Errorf("%s: told %v", name, told)
		}
		var s Summary
		if c.want == 1 && (json.Unmarshal([]byte(told[0]), &s) != nil || s.Domain != "example.com") {
			t.Errorf("%s: told %v", name, told)
		}
	}
}

func TestFramedPages(t *testing.T) {
	b := newBench()
	b.Config.Lab = nil
	page := func() string { return app.HTMLString(&Page{M: b.Machine, Lang: locale.English(), Framed: true}) }
	idle := page()
	for _, absent := range []string{`class="top"`, `class="intro"`, `data-evidence`, `class="examples"`} {
		if strings.Contains(idle, absent) {
			t.Errorf("%s in a frame", absent)
		}
	}
	for _, want := range []string{`action="/widget"`, `name="d"`} {
		if !strings.Contains(idle, want) {
			t.Errorf("no %s in a frame:\n%s", want, idle)
		}
	}
	b.Navigate("example.com")
	b.State, b.Report, b.Facts = Done, fixture(), facts("example.com", true)
	shown := page()
	for _, want := range []string{`data-state="done"`, `href="/?d=example.com"`, `data-code="dane.mismatch"`, `data-sender="gmail"`, `data-not-checked=`} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %s in the report of a frame", want)
		}
	}
	maker := NewMaker(b.Door)
	made := app.HTMLString(&Make{M: b.Machine, Maker: maker, Lang: locale.English(), Framed: true})
	if !strings.Contains(made, `action="/widget/make"`) || !strings.Contains(made, `href="/make"`) || strings.Contains(made, `class="top"`) {
		t.Errorf("the form in a frame:\n%s", made)
	}
}
