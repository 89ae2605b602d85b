package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/locale"
)

// planned is a page with a plan for a domain that nobody has looked at.
func planned(id string) *Maker {
	m := newMakerBench()
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMode, "testing")
	m.Type(compose.FieldMX, "mx.example.com")
	m.Type(compose.FieldRUA, "tls@example.net")
	m.Choose(planParameter, id)
	return m
}

// A plan begins on the day that is chosen, and a mistake leaves the last one.
func TestPlanBegins(t *testing.T) {
	m := planned("first")
	first := func() string {
		p, _ := m.plan()
		return p.Steps[0].From.Format(time.DateOnly)
	}
	if got := first(); got != began.Format(time.DateOnly) || m.Written[compose.FieldStart] != 1 {
		t.Errorf("begins on %s", got)
	}
	m.Type(compose.FieldStart, "2027-02-03")
	if got := first(); got != "2027-02-03" {
		t.Errorf("begins on %s", got)
	}
	m.Type(compose.FieldStart, "2027-02-31")
	if got := first(); got != "2027-02-03" || m.Behind || len(m.Made.Records) == 0 {
		t.Errorf("begins on %s, records behind %v", got, m.Behind)
	}
	if _, shown := m.Fault(compose.FieldStart); !shown {
		t.Error("the mistake isn't shown")
	}
}

// A plan stays that of the check which it was made from while others see how far it
// is, and the next visit has it again.
func TestPlanStays(t *testing.T) {
	b := newBench()
	m := NewMaker(b.Door)
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldRUA, "tls@example.net")
	m.Choose(planParameter, "first")
	seen := facts("example.com", true)
	m.Verified(m.Verify().ID, seen)
	if m.Looking || m.Report.Domain.IsZero() || len(b.remembered) != 1 {
		t.Fatalf("looking %v, %d remembered", m.Looking, len(b.remembered))
	}
	later := seen
	later.At = began.AddDate(0, 0, 9)
	run := m.Verify()
	if m.Looking || !m.Verifying {
		t.Error("the plan is made anew")
	}
	m.Verified(run.ID+1, later)
	if !m.Seen.At.Equal(began) {
		t.Error("a check that was given up counts")
	}
	m.Verified(run.ID, later)
	if !m.Report.At.Equal(began) || !m.Seen.At.Equal(later.At) || len(b.remembered) != 1 {
		t.Errorf("plan of %v, seen %v", m.Report.At, m.Seen.At)
	}
	b.recalled = &seen
	again := NewMaker(b.Door)
	again.Navigate(m.Query())
	if !again.Report.At.Equal(began) || !again.Seen.Domain.IsZero() {
		t.Errorf("the next visit has a plan of %v", again.Report.At)
	}
	m.Type(compose.FieldDomain, "example.org")
	if !m.Report.Domain.IsZero() || !m.Seen.Domain.IsZero() {
		t.Error("another domain has this one's plan")
	}
}

// Each plan shows the fields that it goes by, and each step what to check, a button
// for it, and what came of that.
func TestPlanIsShown(t *testing.T) {
	for id, fields := range map[string]string{"first": "start", "rollover": "start", "down": "start longest", "move": "start to longest", "microsoft": "start to longest"} {
		m := planned(id)
		page := app.HTMLString(&Make{M: newBench().Machine, Maker: m, Lang: locale.English()})
		for _, f := range []string{"start", "to", "longest"} {
			if got, want := strings.Contains(page, `data-field="`+f+`"`), strings.Contains(" "+fields+" ", " "+f+" "); got != want {
				t.Errorf("%s: field %s is there: %v", id, f, got)
			}
		}
		p, _ := m.plan()
		if got := strings.Count(page, `data-act="check `); got != len(p.Steps) || !strings.Contains(page, `data-act="plan-look"`) || strings.Contains(page, " data-instead") != (len(p.Steps) > 0) {
			t.Errorf("%s: %d buttons for %d steps", id, got, len(p.Steps))
		}
	}
	m := planned("first")
	m.Verified(m.Verify().ID, facts("example.com", true))
	page := app.HTMLString(&Make{M: newBench().Machine, Maker: m, Lang: locale.English()})
	if !strings.Contains(page, `data-state="unknown"`) && !strings.Contains(page, `data-state="not-yet"`) {
		t.Error("nothing is said of a step")
	}
}
