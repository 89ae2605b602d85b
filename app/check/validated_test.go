package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// signedWorld is the paced world with zones that are really signed, and one way
// to answer for each resolver.
type signedWorld struct {
	*pacedWorld
	resolvers []func(query []byte) ([]byte, error)
}

func (w signedWorld) Exchange(ctx context.Context, query []byte, resolver int) ([]byte, error) {
	if resolver >= len(w.resolvers) {
		return nil, ErrNoResolver
	}
	time.Sleep(paceDNS)
	return w.resolvers[resolver](query)
}

// signedZones has the records of the paced world in signed zones below a root of
// their own, and the anchor of that root. The zones of unsigned have no DS.
func signedZones(t testing.TB, unsigned ...string) (zone.Internet, dnssec.Anchor) {
	t.Helper()
	origins := []string{"example.com", "example.net", "com", "net", "."}
	zones := map[string]*zone.Zone{}
	for _, o := range origins {
		zones[o] = zone.New(dnsname.MustParse(o))
		add(t, zones[o], "@ SOA a. b. 1 7200 3600 1209600 60")
	}
	w := paced()
	for _, records := range w.zone {
		for _, line := range records {
			owner, _, _ := strings.Cut(line, " ")
			o := origins[0]
			if strings.HasSuffix(owner, "example.net.") {
				o = origins[1]
			}
			if !strings.Contains(line, "RRSIG") && !strings.Contains(line, "DNSKEY") && !strings.Contains(line, "SOA") {
				add(t, zones[o], absolute(line))
			}
		}
	}
	from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -1) // synctest's clock
	random := rand.NewChaCha8([32]byte{1})
	var anchor dnssec.Anchor
	for _, o := range origins {
		k, err := zone.GenerateKey(dnsname.MustParse(o), random)
		if err != nil {
			t.Fatal(err)
		}
		if err := zones[o].Sign(k, from, from.AddDate(0, 1, 0)); err != nil {
			t.Fatal(err)
		}
		ds := k.DS().String()
		anchor = dnssec.Anchor{Zone: dnsname.Root, Record: ds}
		above := strings.TrimPrefix(strings.TrimPrefix(o, "example"), ".")
		if above == o {
			above = "."
		}
		if o == "." {
			break
		}
		add(t, zones[above], o+". NS a.")
		if len(unsigned) == 0 || unsigned[0] != o {
			add(t, zones[above], ds)
		}
	}
	var all []*zone.Zone
	for _, z := range zones {
		all = append(all, z)
	}
	return zone.NewInternet(all...), anchor
}

func absolute(line string) string {
	owner, rest, _ := strings.Cut(line, " ")
	return strings.TrimSuffix(owner, ".") + ". " + rest
}

func add(t testing.TB, z *zone.Zone, line string) {
	t.Helper()
	if err := z.Add(line); err != nil {
		t.Fatal(err)
	}
}

// honest answers from the zones; stripped as one that does not know DNSSEC; lying
// with another mail host and the AD bit.
func honest(i zone.Internet) func([]byte) ([]byte, error) {
	return func(query []byte) ([]byte, error) { return i.Exchange(context.Background(), query) }
}

func altered(i zone.Internet, edit func(*dns.Msg)) func([]byte) ([]byte, error) {
	return func(query []byte) ([]byte, error) {
		wire, err := i.Exchange(context.Background(), query)
		if err != nil {
			return nil, err
		}
		m := new(dns.Msg)
		if err := m.Unpack(wire); err != nil {
			return nil, err
		}
		edit(m)
		return m.Pack()
	}
}

func stripped(m *dns.Msg) {
	for _, section := range []*[]dns.RR{&m.Answer, &m.Ns} {
		var kept []dns.RR
		for _, rr := range *section {
			if typ := rr.Header().Rrtype; typ != dns.TypeRRSIG && typ != dns.TypeNSEC {
				kept = append(kept, rr)
			}
		}
		*section = kept
	}
}

func lying(m *dns.Msg) {
	m.AuthenticatedData = true
	for _, rr := range m.Answer {
		if mx, ok := rr.(*dns.MX); ok {
			mx.Mx = "mx.attacker.example."
		}
	}
}

// TestPaceValidated holds the check of the paced domain, its answers validated
// from the root down, to the longest chain of questions. Nothing is asked twice.
func TestPaceValidated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		zones, anchor := signedZones(t)
		w := signedWorld{paced(), nil}
		asked := map[string]int{}
		w.resolvers = append(w.resolvers, func(query []byte) ([]byte, error) {
			m := new(dns.Msg)
			_ = m.Unpack(query)
			w.mu.Lock()
			asked[fmt.Sprint(m.Question[0].Name, m.Question[0].Qtype, m.CheckingDisabled)]++
			w.mu.Unlock()
			return honest(zones)(query)
		})
		start := time.Now()
		f := Gather(t.Context(), w, dnsname.MustParse("example.com"), start, nil, anchor)
		total, chain := time.Since(start), 2*paceDNS+paceProbe
		ratio := float64(total) / float64(chain)
		t.Logf("whole check with validation %v, longest chain %v, ratio %.3f (limit 1.10), %d questions", total, chain, ratio, f.Asked)
		if ratio > 1.10 {
			t.Errorf("ratio %.3f", ratio)
		}
		secure := 0
		for _, l := range f.Lookups {
			if l.Verdict.Status == dnssec.Secure {
				secure++
			} else if !l.Chain && !l.CD {
				t.Errorf("%s %s: %s %s", l.Name, l.Type, l.Verdict.Status, l.Verdict.Reason)
			}
		}
		if secure < 40 || len(f.Zones) != 5 {
			t.Errorf("%d lookups are secure, by %d zones", secure, len(f.Zones))
		}
		for k, n := range asked {
			if n != 1 {
				t.Errorf("%s asked %d times", k, n)
			}
		}
	})
}

// TestLyingResolver catches one that vouches for what it made up.
func TestLyingResolver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		zones, anchor := signedZones(t)
		w := signedWorld{paced(), []func([]byte) ([]byte, error){altered(zones, lying)}}
		now := time.Now()
		f := Gather(t.Context(), w, dnsname.MustParse("example.com"), now, nil, anchor)
		r := Judge(f, now)
		if !hasCode(r, "dnssec.resolver-disagrees") || !hasCode(r, "dnssec.rrsig-invalid") || len(r.Hosts) > 0 {
			t.Errorf("%v, %d hosts", codesOf(r), len(r.Hosts))
		}
	})
}

// TestNextResolver passes over resolvers that can't be used for validation, says
// so, and stays with the last when none can.
func TestNextResolver(t *testing.T) {
	zones, anchor := signedZones(t)
	strips, works := altered(zones, stripped), honest(zones)
	silent := func([]byte) ([]byte, error) { return nil, context.DeadlineExceeded }
	garbled := func(query []byte) ([]byte, error) {
		wire, err := honest(zones)(query)
		if err == nil {
			wire[0]++ // another ID
		}
		return wire, err
	}
	for _, c := range []struct {
		name      string
		resolvers []func([]byte) ([]byte, error)
		used      int
		validated bool
	}{
		{"the first", []func([]byte) ([]byte, error){works, strips}, 0, true},
		{"the second, after one that strips", []func([]byte) ([]byte, error){strips, works}, 1, true},
		{"the third, after a silent and a garbled one", []func([]byte) ([]byte, error){silent, garbled, works}, 2, true},
		{"none", []func([]byte) ([]byte, error){strips, strips}, 0, false},
		{"the first, where it alone answers", []func([]byte) ([]byte, error){strips, silent}, 0, false},
		{"one that strips", []func([]byte) ([]byte, error){strips}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := time.Now()
				f := Gather(t.Context(), signedWorld{paced(), c.resolvers}, dnsname.MustParse("example.com"), now, nil, anchor)
				r := Judge(f, now)
				if f.Resolver != c.used || !f.Done || hasCode(r, "dnssec.secure") != c.validated || hasCode(r, "dnssec.not-validated-by-tool") == c.validated {
					t.Errorf("resolver %d, done %v: %v", f.Resolver, f.Done, codesOf(r))
				}
				told := false
				for _, n := range r.NotChecked {
					told = told || n.Key == "not-checked.dnssec-resolver-unfit"
				}
				if told != (c.used > 0) && c.validated {
					t.Errorf("what was passed over: told %v, want %v", told, c.used > 0)
				}
				for _, x := range r.Findings {
					if x.Level == Error && x.Code.Group() == "dnssec" {
						t.Errorf("the resolver's fault is held against the domain: %s", x.Code)
					}
				}
			})
		})
	}
}

func hasCode(r Report, code Code) bool {
	for _, f := range r.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}
