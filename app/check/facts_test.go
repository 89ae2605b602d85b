package check

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// TestFactsRoundTrip saves evidence and judges it again: the same report.
func TestFactsRoundTrip(t *testing.T) {
	f := sound(t).factsNow()
	previous := f
	f.Previous = &previous
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadFacts(text)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(again)); diff != "" {
		t.Error(diff)
	}
	first, second := Judge(f, f.At), Judge(back, back.At)
	if diff := cmp.Diff(first.Findings, second.Findings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(first.Headline, second.Headline); diff != "" {
		t.Error(diff)
	}
}

func TestReadFactsRefuses(t *testing.T) {
	for _, text := range []string{
		"", "null", "[]", "{", `{"version":1}`, `{"version":2,"domain":"example.com"}`, `{"version":1,"domain":"exa mple"}`,
		`{"version":1,"domain":"example.com","lookups":7}`,
	} {
		if _, err := ReadFacts([]byte(text)); !errors.Is(err, ErrFacts) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ReadFacts([]byte(`{"version":1,"domain":"example.com"}`)); err != nil {
		t.Errorf("the least there can be: %v", err)
	}
}

// deafWorld errs at everything, by our own fault.
type deafWorld struct{ class probe.Class }

func (w deafWorld) Exchange(context.Context, []byte, int) ([]byte, error) {
	return nil, &probe.Failure{Class: w.class}
}

func (w deafWorld) Policy(context.Context, dnsname.Name) (probe.Policy, error) {
	return probe.Policy{}, &probe.Failure{Class: w.class}
}

func (w deafWorld) Nameservers(context.Context, dnsname.Name, []probe.Question) (probe.Nameservers, error) {
	return probe.Nameservers{}, &probe.Failure{Class: w.class}
}

func (w deafWorld) STARTTLS(context.Context, dnsname.Name, ...probe.AsideKind) (probe.STARTTLS, error) {
	return probe.STARTTLS{}, &probe.Failure{Class: w.class}
}

// TestUnknownIsNotFailed asks worlds where everything errs: not one finding
// against the domain.
func TestUnknownIsNotFailed(t *testing.T) {
	for _, class := range []probe.Class{
		probe.NoProxy, probe.Unavailable, probe.Blocked, probe.Limited, probe.Canceled, probe.BadRequest, probe.NoResolver,
		probe.BadResponse, probe.OptedOut, probe.DNSTimeout,
	} {
		f := gatherAsSaid(t.Context(), deafWorld{class}, dnsname.MustParse("example.com"), nil)
		r := Judge(f, scenarioNow)
		for _, found := range r.Findings {
			if found.Level > Notice {
				t.Errorf("%s: %s at level %s", class, found.Code, found.Level)
			}
		}
		if !r.Blind || len(r.NotChecked) == 0 {
			t.Errorf("%s: blind %v, %d not checked", class, r.Blind, len(r.NotChecked))
		}
	}
}

// TestOwnFaultsOnly keeps the DNS and takes proxy and probes away: what DNS
// says stands, the rest is not checked.
func TestOwnFaultsOnly(t *testing.T) {
	for _, class := range []probe.Class{probe.NoProxy, probe.Unavailable, probe.Blocked, probe.Limited, probe.OptedOut} {
		s := sound(t)
		s.facts.Policy = &Fetched{Failure: &probe.Failure{Class: class}}
		for i := range s.facts.Hosts {
			s.facts.Hosts[i].STARTTLS.Addresses = nil
			s.facts.Hosts[i].Failure = &probe.Failure{Class: class}
		}
		r := s.report()
		for _, found := range r.Findings {
			if found.Level > Notice {
				t.Errorf("%s: %s at level %s about %s", class, found.Code, found.Level, found.Subject)
			}
		}
	}
}

// TestWithoutProxy holds that where there is no proxy all that only one can see
// is said in one line, to be mended in one way, and nothing else is.
func TestWithoutProxy(t *testing.T) {
	none := &probe.Failure{Class: probe.NoProxy}
	s := sound(t)
	s.facts.Policy = &Fetched{Failure: none}
	s.facts.Authorities = []Authority{{Zone: s.facts.Domain, Failure: none}}
	for i := range s.facts.Hosts {
		s.facts.Hosts[i].STARTTLS.Addresses = nil
		s.facts.Hosts[i].Failure = none
		s.facts.Deeper = append(s.facts.Deeper, Probed{Host: s.facts.Hosts[i].Host, Failure: none})
	}
	r := s.report()
	for _, found := range r.Findings {
		switch found.Code.Group() {
		case "sts-policy-fetch", "sts-policy", "starttls", "tls", "cert":
			t.Errorf("%s of what nobody saw", found.Code)
		}
		if found.Level > Notice {
			t.Errorf("%s at level %s about %s", found.Code, found.Level, found.Subject)
		}
	}
	said := 0
	for _, n := range r.NotChecked {
		switch n.Key {
		case "not-checked.no-proxy":
			said++
		case "not-checked.policy-unavailable", "not-checked.probe-unavailable", "not-checked.nameservers", "not-checked.asides":
			t.Errorf("%s, too", n.Key)
		}
	}
	if said != 1 || r.Complete() || r.Policy.State != Blind {
		t.Errorf("said %d times; complete: %v; policy %v", said, r.Complete(), r.Policy.State)
	}
}

func TestLevelText(t *testing.T) {
	for l := Unknown; l <= Error; l++ {
		text, _ := l.MarshalText()
		var back Level
		if err := back.UnmarshalText(text); err != nil || back != l {
			t.Errorf("%s reads back as %s: %v", l, back, err)
		}
	}
	var l Level
	if err := l.UnmarshalText([]byte("fatal")); !errors.Is(err, ErrLevel) {
		t.Errorf("no error for an unknown level: %v", err)
	}
}

// TestCatalogue holds every entry to its form.
func TestCatalogue(t *testing.T) {
	entries := Catalogue()
	seen := map[Code]bool{}
	for _, e := range entries {
		switch {
		case seen[e.Code]:
			t.Errorf("%s stands twice", e.Code)
		case len(e.RFC) == 0 || e.RFC[0].RFC == 0:
			t.Errorf("%s cites nothing", e.Code)
		case e.Who == "":
			t.Errorf("%s: who can mend it?", e.Code)
		case e.Level == Unknown && e.LevelIn == nil:
			t.Errorf("%s has no level", e.Code)
		}
		seen[e.Code] = true
		if got, ok := e.Code.Lookup(); !ok || got.Code != e.Code {
			t.Errorf("%s is not found by its code", e.Code)
		}
	}
	for _, e := range entries {
		for _, cause := range e.DependsOn {
			if !seen[cause] {
				t.Errorf("%s depends on %s, which there is not", e.Code, cause)
			}
		}
	}
	t.Logf("%d codes", len(entries))
	if len(entries) < 70 {
		t.Errorf("%d codes, fewer than 70", len(entries))
	}
}
