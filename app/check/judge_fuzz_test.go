package check

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/probe"
)

// judgeSeeds are Facts that reach many rules.
func judgeSeeds(t testing.TB) []Facts {
	seeds := []Facts{sound(t).factsNow(), {}, newScenario(t, "example.com").factsNow()}
	for _, build := range []func(s *scenario){
		func(s *scenario) {
			s.mx(0, "mx.example.net").address("mx.example.net").mx(5, "mx.example.com").address("mx.example.com", "192.0.2.1")
			servers(answering(nextKey), answering(), quiet, referring, dead)(s)
		},
		func(s *scenario) {
			s.mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1")
			s.add("_25._tcp.mx.example.com", tlsaType, "CNAME t.example.net.", nextKey, "1 1 1 00", `\# 1 03`)
			chain, trust := scenarioChain(t, certificate{names: []string{"*.example.org"}, leafOnly: true})
			a := spoken("192.0.2.1", chain, trust)
			s.probe("mx.example.com", a, probe.Address{Stage: probe.StageConnect, Failure: &probe.Failure{Class: probe.ConnectTimeout}})
		},
		func(s *scenario) {
			s.mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1").servfail("_25._tcp.mx.example.com", tlsaType, 9)
			s.status("mx.example.com", 1, dnssec.Insecure)
			s.txt("_mta-sts.example.com", "v=STSv1; id=a-b", "v=STSv1; id=1").policy("version: STSv1\nmode: testing\nmx: *.com\n")
		},
	} {
		s := newScenario(t, "example.com")
		build(s)
		seeds = append(seeds, s.factsNow())
	}
	before := seeds[4]
	with := seeds[0]
	with.Previous = &before
	return append(seeds, with)
}

func TestJudgeSeeds(t *testing.T) {
	codes := map[Code]bool{}
	seeds := judgeSeeds(t)
	if len(seeds) != 7 {
		t.Errorf("%d seeds, want 7", len(seeds))
	}
	for _, f := range seeds {
		for _, finding := range judgeWhole(t, f).Findings {
			codes[finding.Code] = true
		}
	}
	t.Logf("the seeds reach %d codes", len(codes))
	if len(codes) < 30 {
		t.Errorf("the seeds reach only %d codes", len(codes))
	}
}

// judgeWhole judges facts and holds the report to what every report keeps.
func judgeWhole(t *testing.T, f Facts) Report {
	r := Judge(f, scenarioNow)
	again := Judge(f, scenarioNow)
	key := func(f Finding) string { return string(f.Code) + " " + f.Subject }
	if !slices.EqualFunc(r.Findings, again.Findings, func(a, b Finding) bool { return key(a) == key(b) && a.Level == b.Level }) {
		t.Fatalf("two judgings differ:\n%v\n%v", codesOf(r), codesOf(again))
	}
	for _, f := range r.Findings {
		if _, known := f.Code.Lookup(); !known {
			t.Fatalf("%s is not in the catalogue", f.Code)
		}
		if f.Level == Unknown {
			t.Fatalf("%s has no level", f.Code)
		}
		if f.Subject == "" && !r.Domain.IsZero() {
			t.Fatalf("%s has no subject", f.Code)
		}
	}
	return r
}

// FuzzJudge judges whatever reads as Facts.
func FuzzJudge(f *testing.F) {
	for _, facts := range judgeSeeds(f) {
		text, err := json.Marshal(facts)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var facts Facts
		if json.Unmarshal(text, &facts) == nil {
			judgeWhole(t, facts)
		}
	})
}

// FuzzJudgeMutated changes single octets of answers, chains and bodies, and
// drops, moves and repeats parts.
func FuzzJudgeMutated(f *testing.F) {
	for i := range 7 {
		f.Add(uint8(i), []byte{0, 1, 2, 3, 9, 8, 7, 6})
		f.Add(uint8(i), []byte("drop and move some parts of it all"))
	}
	f.Fuzz(func(t *testing.T, which uint8, changes []byte) {
		seeds := judgeSeeds(t)
		facts := seeds[int(which)%len(seeds)]
		for len(changes) >= 4 {
			mutate(&facts, changes[:4])
			changes = changes[4:]
		}
		judgeWhole(t, facts)
	})
}

// mutate makes one change, chosen by four octets.
func mutate(f *Facts, by []byte) {
	var parts []*[]byte
	for i := range f.Lookups {
		parts = append(parts, &f.Lookups[i].Wire)
	}
	if f.Policy != nil {
		parts = append(parts, &f.Policy.Policy.Body)
	}
	for i := range f.Hosts {
		for k := range f.Hosts[i].STARTTLS.Addresses {
			if tls := f.Hosts[i].STARTTLS.Addresses[k].TLS; tls != nil {
				for c := range tls.Chain {
					parts = append(parts, &tls.Chain[c])
				}
			}
		}
	}
	for i := range f.Authorities {
		for k := range f.Authorities[i].Nameservers.Servers {
			answers := f.Authorities[i].Nameservers.Servers[k].Answers
			for a := range answers {
				parts = append(parts, &answers[a].Wire)
			}
		}
	}
	if len(parts) == 0 {
		return
	}
	part := parts[int(by[1])%len(parts)]
	switch by[0] % 8 {
	case 0:
		if len(f.Lookups) > 0 {
			f.Lookups = slices.Delete(slices.Clone(f.Lookups), int(by[1])%len(f.Lookups), int(by[1])%len(f.Lookups)+1)
		}
	case 1:
		*part = (*part)[:int(by[2])*len(*part)/256]
	case 2:
		other := parts[int(by[2])%len(parts)]
		*part, *other = *other, *part
	case 3:
		if len(f.Hosts) > 0 {
			h := &f.Hosts[int(by[1])%len(f.Hosts)]
			h.STARTTLS.Addresses = append(slices.Clone(h.STARTTLS.Addresses), h.STARTTLS.Addresses...)
		}
	case 4:
		if len(f.Lookups) > 0 {
			l := &f.Lookups[int(by[1])%len(f.Lookups)]
			l.Verdict.Status = dnssec.Status(by[2])
		}
	default:
		if len(*part) > 0 {
			changed := slices.Clone(*part)
			changed[(int(by[2])<<8|int(by[3]))%len(changed)] ^= by[0] | 1
			*part = changed
		}
	}
	f.At = f.At.Add(time.Duration(by[3]) * time.Hour)
}
