package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// gathered runs a gathering in a paced world.
func gathered(t *testing.T, w *pacedWorld, domain string) (f Facts) {
	synctest.Test(t, func(t *testing.T) {
		f = gatherAsSaid(t.Context(), w, dnsname.MustParse(domain), nil)
	})
	return f
}

// TestServersAreAsked holds what is put to the servers of which zones.
func TestServersAreAsked(t *testing.T) {
	w := paced()
	gathered(t, w, "example.com")
	text := func(questions []probe.Question) string {
		var all []string
		for _, q := range questions {
			all = append(all, doh.Type(q.Type).String()+" "+q.Name.String())
		}
		return strings.Join(all, ", ")
	}
	want := "MX example.com, DNSKEY example.com"
	for i := range 5 {
		want += fmt.Sprintf(", TLSA _25._tcp.mx%d.example.com", i+1)
	}
	if got := text(w.zones["example.com"]); got != want {
		t.Errorf("example.com: %s", got)
	}
	if got := text(w.zones["example.net"]); got != "DNSKEY example.net, TLSA _25._tcp.mx.example.net" {
		t.Errorf("example.net: %s", got)
	}
}

// TestServersAreBounded holds how much is put to servers, however many hosts and
// zones a domain has.
func TestServersAreBounded(t *testing.T) {
	w := paced()
	for i := range 15 {
		owner := fmt.Sprintf("_25._tcp.mx.zone%d.example.", i)
		w.zone["example.com MX"] = append(w.zone["example.com MX"], fmt.Sprintf("example.com. 60 MX 5 mx.zone%d.example.", i),
			fmt.Sprintf("example.com. 60 MX 1 in%d.example.com.", i))
		w.zone[fmt.Sprintf("_25._tcp.mx.zone%d.example TLSA", i)] = []string{owner + " 60 TLSA " + nextKey,
			fmt.Sprintf("%s 60 RRSIG TLSA 13 5 60 20300101000000 20200101000000 1 zone%d.example. AAAA", owner, i)}
	}
	f := gathered(t, w, "example.com")
	if len(f.Authorities) > 1+maxFurtherZones || len(w.zones["example.com"]) != probe.MaxQuestions {
		t.Errorf("%d zones, %d questions", len(f.Authorities), len(w.zones["example.com"]))
	}
}

// TestWrongNamesOnlyWhenEmpty holds that the usual wrong names are asked for only
// where the right one has nothing, and of few hosts.
func TestWrongNamesOnlyWhenEmpty(t *testing.T) {
	wrong := func(w *pacedWorld) (all []string) {
		for question := range w.asked {
			for _, label := range slices.Concat(wrongTLSALabels, wrongProtocolLabels, wrongRecordNames, wrongReportingNames, []string{wildcardLabel}) {
				if strings.HasPrefix(question, label+".") && question != wildcardLabel+".example.com MX" && !strings.HasSuffix(question, " A") && !strings.HasSuffix(question, " AAAA") {
					all = append(all, question)
				}
			}
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	full := paced()
	gathered(t, full, "example.com")
	if got := wrong(full); len(got) > 0 {
		t.Errorf("nothing is missing: %v", got)
	}
	empty := paced()
	for k := range empty.zone {
		if strings.HasSuffix(k, "TLSA") || strings.HasSuffix(k, "TXT") {
			delete(empty.zone, k)
		}
	}
	for i := range 20 {
		h := fmt.Sprintf("in%d.example.com", i)
		empty.zone["example.com MX"] = append(empty.zone["example.com MX"], "example.com. 60 MX 95 "+h+".")
		empty.zone[h+" A"] = []string{h + ". 60 A 192.0.2.1"}
	}
	f := gathered(t, empty, "example.com")
	got := wrong(empty)
	if want := maxGuessed*len(slices.Concat(wrongTLSALabels, wrongProtocolLabels)) + len(wrongRecordNames) + len(wrongReportingNames); len(got) != want {
		t.Errorf("%d wrong names, want %d: %v", len(got), want, got)
	}
	t.Logf("20 hosts and nothing published: %d questions", f.Asked)
	if f.Asked > 170 {
		t.Errorf("%d questions", f.Asked)
	}
}

// TestEmptyIsAsQuick holds a domain where everything is missing to its longest
// chain too: the wrong names are asked for while the hosts are probed.
func TestEmptyIsAsQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := paced()
		for k := range w.zone {
			if strings.HasSuffix(k, "TLSA") || strings.HasSuffix(k, "TXT") {
				delete(w.zone, k)
			}
		}
		start := time.Now()
		gatherAsSaid(t.Context(), w, dnsname.MustParse("deep.below.example.com"), nil)
		gatherAsSaid(t.Context(), w, dnsname.MustParse("example.com"), nil)
		// The first has no mail host: its longest chain ends with the policy.
		total, chain := time.Since(start), 2*paceDNS+paceProbe+max(pacePolicy+paceDNS, paceDNS+paceProbe)
		if ratio := float64(total) / float64(chain); ratio > 1.05 {
			t.Errorf("%v, longest chains %v: ratio %.3f", total, chain, ratio)
		}
	})
}

// TestZoneOfTheServers holds which zone a domain is taken to be in.
func TestZoneOfTheServers(t *testing.T) {
	soa := func(zone string) func(s *scenario) {
		return func(s *scenario) {
			s.auth[scenarioKey(s.domain, doh.TypeSOA)] = []string{zone + ". 60 SOA a. b. 1 1 1 1 1"}
		}
	}
	const own = "a. b. 1 1 1 1 1"
	for name, c := range map[string]struct {
		change func(s *scenario)
		want   string
	}{
		"its own":       {func(s *scenario) { s.add("mail.example.com", doh.TypeSOA, own) }, "mail.example.com"},
		"the one above": {soa("example.com"), "example.com"},
		"not shown":     {func(*scenario) {}, ""},
		"not one above": {soa("example.net"), ""},
		"fails validation": {func(s *scenario) {
			s.add("mail.example.com", doh.TypeSOA, own).status("mail.example.com", doh.TypeSOA, dnssec.Bogus)
		}, "mail.example.com"},
	} {
		s := newScenario(t, "mail.example.com").mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1").none("mail.example.com", doh.TypeSOA)
		c.change(s)
		var zones []string
		synctest.Test(t, func(t *testing.T) {
			for _, a := range gatherAsSaid(t.Context(), replayed{s.factsNow(), 1}, s.facts.Domain, nil).Authorities {
				zones = append(zones, a.Zone.String())
			}
		})
		if got := strings.Join(zones, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	null := newScenario(t, "mail.example.com").add("mail.example.com", doh.TypeMX, "0 .").add("mail.example.com", doh.TypeSOA, own)
	synctest.Test(t, func(t *testing.T) {
		if f := gatherAsSaid(t.Context(), replayed{null.factsNow(), 1}, null.facts.Domain, nil); len(f.Authorities) > 0 {
			t.Errorf("no mail: %d zones asked", len(f.Authorities))
		}
	})
}
