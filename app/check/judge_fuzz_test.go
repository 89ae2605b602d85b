package check

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
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
	return append(seeds, with, visited(t), unproven(t))
}

// visited is Facts with asides of every kind, other fetches of every kind, CAA
// records and answers of name servers, most of them with something amiss.
func visited(t testing.TB) Facts {
	s := sound(t).txt("_mta-sts.example.com", "v=STSv1; id=2").add("example.com", doh.TypeCAA, `0 issue "ca.example"`)
	s.none("mx1.example.com", doh.TypeCAA).none("mx2.example.com", doh.TypeCAA)
	chain := s.facts.Hosts[0].STARTTLS.Addresses[0].TLS.Chain
	asides := soundAsides(chain)
	asides[1] = shakes(probe.OnlyRSA, rsaChain(t))
	for _, kind := range []probe.AsideKind{probe.OnlyDHE, probe.OldTLS, probe.SSL3} {
		asides = append(asides, answers(kind, func(h *probe.ServerHello) { h.Version, h.DHBits, h.Compression, h.Group = ssl3, 512, 1, 1 }))
	}
	asides = append(asides, replies(probe.Injection, 250, "ok"), shakes(probe.HTTPS, chain), shakes(probe.Submissions, chain))
	s.deeper("mx1.example.com", []string{"192.0.2.1", "2001:db8::1"}, asides)
	s.deeper("mx2.example.com", []string{"192.0.2.2"}, []probe.Aside{notOffered, fails(probe.NoSNI, probe.TLSAlert, 112)})
	broken := &s.facts.Hosts[1].STARTTLS.Addresses[0]
	*broken = probe.Address{IP: broken.IP, Stage: probe.StageHandshake, EHLO: broken.EHLO, StartTLS: broken.StartTLS, Failure: &probe.Failure{Class: probe.TLSAlert, Alert: 40}}
	p := &s.facts.Policy.Policy
	p.Status, p.Body = 404, nil
	for _, kind := range []probe.OtherKind{probe.OtherAddress, probe.OtherSNI, probe.OtherAgent, probe.OtherPath, probe.OtherHost, probe.OtherPlain} {
		p.Others = append(p.Others, other(kind, policyURL, at6)(t))
	}
	f := s.factsNow()
	zone := f.Domain
	f.Authorities = []Authority{{Zone: zone, Nameservers: probe.Nameservers{Zone: zone, Servers: []probe.Nameserver{{
		Host: zone.Child("ns"), IP: scenarioIP("192.0.2.53"),
		Answers: []probe.DirectAnswer{{Question: probe.Question{Name: zone, Type: 15}, Wire: f.Lookups[1].Wire}},
	}}}}}
	return f
}

func TestJudgeSeeds(t *testing.T) {
	codes := map[Code]bool{}
	seeds := judgeSeeds(t)
	if len(seeds) != 9 {
		t.Errorf("%d seeds, want 9", len(seeds))
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
	for i := range 9 {
		f.Add(uint8(i), []byte{0, 1, 2, 3, 9, 8, 7, 6})
		f.Add(uint8(i), []byte("drop and move some parts of it all"))
	}
	var seeds [][]byte
	for _, facts := range judgeSeeds(f) {
		text, err := json.Marshal(facts)
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, text)
	}
	f.Fuzz(func(t *testing.T, which uint8, changes []byte) {
		var facts Facts // a copy of its own
		if err := json.Unmarshal(seeds[int(which)%len(seeds)], &facts); err != nil {
			t.Fatal(err)
		}
		for len(changes) >= 4 {
			mutate(&facts, changes[:4])
			changes = changes[4:]
		}
		judgeWhole(t, facts)
	})
}

// changeable lists the octets and the asides of facts that mutate may change.
func changeable(f *Facts) (parts []*[]byte, asides []*probe.Aside) {
	for i := range f.Lookups {
		parts = append(parts, &f.Lookups[i].Wire)
	}
	chain := func(t *probe.TLS) {
		if t != nil {
			for c := range t.Chain {
				parts = append(parts, &t.Chain[c])
			}
		}
	}
	if f.Policy != nil {
		parts = append(parts, &f.Policy.Policy.Body)
		for i := range f.Policy.Policy.Others {
			o := &f.Policy.Policy.Others[i]
			parts = append(parts, &o.Body)
			chain(o.TLS)
		}
	}
	for _, hosts := range [][]Probed{f.Hosts, f.Deeper} {
		for i := range hosts {
			for k := range hosts[i].STARTTLS.Addresses {
				a := &hosts[i].STARTTLS.Addresses[k]
				chain(a.TLS)
				for n := range a.Asides {
					asides = append(asides, &a.Asides[n])
					chain(a.Asides[n].TLS)
				}
			}
		}
	}
	for i := range f.Authorities {
		for k := range f.Authorities[i].Nameservers.Servers {
			answers := f.Authorities[i].Nameservers.Servers[k].Answers
			for n := range answers {
				parts = append(parts, &answers[n].Wire)
			}
		}
	}
	return parts, asides
}

// mutate makes one change, chosen by four octets.
func mutate(f *Facts, by []byte) {
	parts, asides := changeable(f)
	if len(parts) == 0 {
		return
	}
	part := parts[int(by[1])%len(parts)]
	switch by[0] % 10 {
	case 8:
		if len(asides) > 0 {
			mutateAside(asides[int(by[1])%len(asides)], by)
		}
	case 9:
		if f.Policy != nil && len(f.Policy.Policy.Others) > 0 {
			o := &f.Policy.Policy.Others[int(by[1])%len(f.Policy.Policy.Others)]
			o.Kind, o.Status = probe.OtherKind(by[2:3]), int(by[3])*4
		}
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
			if len(h.STARTTLS.Addresses) > 4*probe.MaxAddresses {
				break // doubled often enough
			}
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

// mutateAside changes one aside.
func mutateAside(a *probe.Aside, by []byte) {
	kinds := probe.AsideKinds()
	switch by[2] % 6 {
	case 0:
		a.Kind = kinds[int(by[3])%len(kinds)]
	case 1:
		a.TLS = nil
	case 2:
		a.Stage, a.Failure = probe.StageHandshake, &probe.Failure{Class: probe.TLSAlert, Alert: by[3]}
	case 3:
		a.Hello = &probe.ServerHello{Version: 0x0300 + uint16(by[3]%8), Compression: by[3], DHBits: int(by[3]) * 16, Group: uint16(by[3])}
	case 4:
		a.Reply = probe.Reply{Code: int(by[3]) * 4, Lines: []string{"TLS"}}
	default:
		a.EHLO = probe.Reply{Code: 250}
	}
}
