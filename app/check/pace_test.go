package check

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// What one question takes in the paced world.
const (
	paceDNS    = 50 * time.Millisecond
	pacePolicy = 200 * time.Millisecond
	paceProbe  = 300 * time.Millisecond
	paceDead   = 10 * time.Second
)

// pacedWorld answers from a zone after a fixed time; the names of dead answer
// nothing and fail after paceDead.
type pacedWorld struct {
	zone   map[string][]string // "name type" → records
	dead   []string            // DNS names, and mail hosts as "probe:name"
	denied string              // the SOA beside what isn't there, "" for none

	mu    sync.Mutex
	asked map[string]int
	zones map[string][]probe.Question // put to the servers of a zone
}

func (w *pacedWorld) isDead(name string) bool {
	for _, d := range w.dead {
		if name == d || !strings.HasPrefix(d, "probe:") && strings.HasSuffix(name, "."+d) {
			return true
		}
	}
	return false
}

func (w *pacedWorld) Exchange(ctx context.Context, query []byte, _ int) ([]byte, error) {
	var q dns.Msg
	if err := q.Unpack(query); err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(q.Question[0].Name, ".")
	k := name + " " + dns.TypeToString[q.Question[0].Qtype]
	w.mu.Lock()
	w.asked[k]++
	w.mu.Unlock()
	if w.isDead(name) {
		time.Sleep(paceDead)
		return nil, &probe.Failure{Class: probe.DNSTimeout}
	}
	time.Sleep(paceDNS)
	var r dns.Msg
	r.SetReply(&q)
	r.AuthenticatedData = true
	for _, text := range w.zone[k] {
		rr, err := dns.NewRR(text)
		if err != nil {
			return nil, err
		}
		r.Answer = append(r.Answer, rr)
	}
	if len(r.Answer) == 0 && w.denied != "" {
		soa, err := dns.NewRR(w.denied)
		if err != nil {
			return nil, err
		}
		r.Ns = append(r.Ns, soa)
	}
	return r.Pack()
}

func (w *pacedWorld) Policy(ctx context.Context, d dnsname.Name) (probe.Policy, error) {
	time.Sleep(pacePolicy)
	return probe.Policy{Status: 200, ContentType: []string{"text/plain"},
		Body: []byte("version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 604800\r\n")}, nil
}

func (w *pacedWorld) Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) (probe.Nameservers, error) {
	w.mu.Lock()
	w.zones[zone.String()] = questions
	w.mu.Unlock()
	time.Sleep(paceProbe)
	return probe.Nameservers{Zone: zone}, nil
}

func (w *pacedWorld) STARTTLS(ctx context.Context, mx dnsname.Name, _ ...probe.AsideKind) (probe.STARTTLS, error) {
	s := probe.STARTTLS{Host: mx, Addresses: []probe.Address{{IP: netip.MustParseAddr("192.0.2.1"), Stage: probe.StageEHLO,
		Banner: probe.Reply{Code: 220}, EHLO: probe.Reply{Code: 250, Lines: []string{mx.String()}}}}}
	if w.isDead("probe:" + mx.String()) {
		time.Sleep(paceDead)
		s.Addresses[0] = probe.Address{Stage: probe.StageConnect, Failure: &probe.Failure{Class: probe.ConnectTimeout}}
		return s, nil
	}
	time.Sleep(paceProbe)
	return s, nil
}

// paced makes a domain with five mail hosts of two addresses each and a sixth in
// another zone.
func paced(dead ...string) *pacedWorld {
	w := &pacedWorld{dead: dead, asked: map[string]int{}, zones: map[string][]probe.Question{}, zone: map[string][]string{
		". SOA":                      {". 60 SOA a. b. 1 1 1 1 1"},
		"_mta-sts.example.com TXT":   {`_mta-sts.example.com. 60 TXT "v=STSv1; id=1"`},
		"_smtp._tls.example.com TXT": {`_smtp._tls.example.com. 60 TXT "v=TLSRPTv1; rua=mailto:a@example.com"`},
	}}
	for i := range 5 {
		h := fmt.Sprintf("mx%d.example.com", i+1)
		w.zone["example.com MX"] = append(w.zone["example.com MX"], fmt.Sprintf("example.com. 60 MX %d %s.", 10*i, h))
		w.zone[h+" A"] = []string{fmt.Sprintf("%s. 60 A 192.0.2.%d", h, i+1)}
		w.zone[h+" AAAA"] = []string{fmt.Sprintf("%s. 60 AAAA 2001:db8::%d", h, i+1)}
		w.zone["_25._tcp."+h+" TLSA"] = []string{"_25._tcp." + h + ". 60 TLSA 3 1 1 " + strings.Repeat("ab", 32)}
	}
	w.zone["_25._tcp.mx1.example.com TLSA"] = append(w.zone["_25._tcp.mx1.example.com TLSA"],
		"_25._tcp.mx1.example.com. 60 RRSIG TLSA 13 5 60 20300101000000 20200101000000 1 example.com. AAAA")
	const other, owner = "mx.example.net", "_25._tcp.mx.example.net."
	w.zone["example.com MX"] = append(w.zone["example.com MX"], "example.com. 60 MX 90 "+other+".")
	w.zone["example.com DNSKEY"] = []string{"example.com. 60 DNSKEY 257 3 13 AAAA"}
	w.zone["example.com SOA"] = []string{"example.com. 60 SOA a. b. 1 1 1 1 1"}
	w.zone[other+" A"] = []string{other + ". 60 A 192.0.2.99"}
	w.zone["_25._tcp."+other+" TLSA"] = []string{owner + " 60 TLSA 3 1 1 " + strings.Repeat("ab", 32),
		owner + " 60 RRSIG TLSA 13 5 60 20300101000000 20200101000000 1 example.net. AAAA"}
	return w
}

// TestPace holds the whole check to its longest chain of dependent questions:
// MX, then addresses, then the probe.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := paced()
		start := time.Now()
		f := gatherAsSaid(t.Context(), w, dnsname.MustParse("example.com"), nil)
		total, chain := time.Since(start), 2*paceDNS+paceProbe
		ratio := float64(total) / float64(chain)
		t.Logf("whole check %v, longest chain %v, ratio %.3f (limit 1.05), %d questions", total, chain, ratio, f.Asked)
		if ratio > 1.05 {
			t.Errorf("ratio %.3f", ratio)
		}
		if !f.Done || f.Asked != f.Answered || len(f.Hosts) != 6 || f.Policy == nil || len(f.Authorities) != 2 {
			t.Errorf("incomplete: done %v, %d of %d, %d hosts, %d zones", f.Done, f.Answered, f.Asked, len(f.Hosts), len(f.Authorities))
		}
		for k, n := range w.asked {
			if n != 1 {
				t.Errorf("%s asked %d times", k, n)
			}
		}
	})
}

// TestSigningIsAsked asks how a zone is signed only when it has keys, wherever
// its apex is, and in no more time.
func TestSigningIsAsked(t *testing.T) {
	const key = ". 60 DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
	types := []string{"NSEC3PARAM", "CDS", "CDNSKEY"}
	for _, c := range []struct{ domain, zone, signed string }{
		{"example.com", "example.com", "example.com"}, {"example.com", "example.com", ""}, {"example.com", "com", "com"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := paced()
			delete(w.zone, "example.com DNSKEY")
			delete(w.zone, "example.com SOA")
			w.zone[c.zone+" SOA"] = []string{c.zone + ". 60 SOA a. b. 1 1 1 1 1"}
			if c.zone != c.domain {
				w.denied = w.zone[c.zone+" SOA"][0]
			}
			delete(w.zone, c.domain+" DNSKEY")
			if c.signed != "" {
				w.zone[c.signed+" DNSKEY"] = []string{c.signed + key}
			}
			start := time.Now()
			gatherAsSaid(t.Context(), w, dnsname.MustParse(c.domain), nil)
			if took := time.Since(start); took > (2*paceDNS+paceProbe)*105/100 {
				t.Errorf("%+v: took %v", c, took)
			}
			for _, typ := range append(types, "DS", "DNSKEY", "SOA") {
				want := 0
				if c.signed != "" || !slices.Contains(types, typ) {
					want = 1
				}
				if got := w.asked[c.zone+" "+typ]; got != want {
					t.Errorf("%+v: %s asked %d times, want %d", c, typ, got, want)
				}
			}
		})
	}
}

// TestPaceWithDeadServers kills the name server of one mail host and another
// mail host itself: whatever doesn't depend on them is judged in its own time.
func TestPaceWithDeadServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const deadDNS, deadHost = "mx3.example.com", "mx4.example.com"
		w := paced(deadDNS, "probe:"+deadHost)
		start := time.Now()
		seen := map[string]time.Duration{}
		f := gatherAsSaid(t.Context(), w, dnsname.MustParse("example.com"), func(f Facts) {
			for _, found := range Judge(f, start).Findings {
				k := string(found.Code) + " " + found.Subject
				if _, known := seen[k]; !known {
					seen[k] = time.Since(start)
				}
			}
		})
		worst, counted := 0.0, 0
		for _, found := range Judge(f, start).Findings {
			if !ownChain(found.Subject) {
				continue
			}
			counted++
			ratio := float64(seen[string(found.Code)+" "+found.Subject]) / float64(2*paceDNS+paceProbe)
			worst = max(worst, ratio)
			if ratio > 1.05 {
				t.Errorf("%s about %s came at %.2f of its own chain", found.Code, found.Subject, ratio)
			}
		}
		t.Logf("%d findings about the other hosts, the latest at %.3f of its own chain (limit 1.05); all done after %v",
			counted, worst, time.Since(start))
		if counted < 3 {
			t.Errorf("only %d findings about the living hosts", counted)
		}
	})
}

// ownChain tells whether a finding's subject is a host that lives.
func ownChain(subject string) bool {
	for _, h := range []string{"mx1", "mx2", "mx5"} {
		if strings.HasPrefix(subject, h+".example.com") {
			return true
		}
	}
	return false
}

// TestGatherGivesUp ends a check in the middle: what was known stays, nothing
// hangs, and nothing unknown counts as a fault.
func TestGatherGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
		defer cancel()
		f := gatherAsSaid(ctx, paced(), dnsname.MustParse("example.com"), nil)
		if f.Done {
			t.Error("a check given up says that it is done")
		}
		if got := len(f.Lookups); got == 0 {
			t.Error("nothing kept")
		}
	})
}
