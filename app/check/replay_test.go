package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// replayed is a World that gives the answers of Facts again, each after a time
// of its own, so that they arrive in another order. What the Facts don't hold
// is denied authentically.
type replayed struct {
	facts Facts
	seed  uint64
}

// wait takes a time that depends on the question and the seed alone.
func (w replayed) wait(question string) {
	h := w.seed
	for _, c := range []byte(question) {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	time.Sleep(time.Duration(rand.New(rand.NewPCG(h, w.seed)).IntN(4000)) * time.Millisecond)
}

func (w replayed) Exchange(_ context.Context, query []byte, _ int) ([]byte, error) {
	var q dns.Msg
	if err := q.Unpack(query); err != nil {
		return nil, err
	}
	name, typ := q.Question[0].Name, doh.Type(q.Question[0].Qtype)
	w.wait(fmt.Sprint(name, typ, q.CheckingDisabled))
	return w.answer(query)
}

// answer gives the answer at once.
func (w replayed) answer(query []byte) ([]byte, error) {
	var q dns.Msg
	if err := q.Unpack(query); err != nil {
		return nil, err
	}
	name, typ := q.Question[0].Name, doh.Type(q.Question[0].Qtype)
	for _, l := range w.facts.Lookups {
		if l.Name.FQDN() != name || l.Type != typ || l.CD != q.CheckingDisabled {
			continue
		}
		if l.Failure != nil {
			return nil, l.Failure
		}
		return l.Wire, nil
	}
	var r dns.Msg
	r.SetRcode(&q, dns.RcodeNameError)
	r.AuthenticatedData = true
	return r.Pack()
}

func (w replayed) Policy(context.Context, dnsname.Name) (probe.Policy, error) {
	w.wait("policy")
	if w.facts.Policy == nil {
		return probe.Policy{Failure: &probe.Failure{Class: probe.DNSNotFound}}, nil
	}
	if f := w.facts.Policy.Failure; f != nil {
		return w.facts.Policy.Policy, f
	}
	return w.facts.Policy.Policy, nil
}

func (w replayed) Nameservers(_ context.Context, zone dnsname.Name, _ []probe.Question) (probe.Nameservers, error) {
	w.wait("servers " + zone.String())
	for _, a := range w.facts.Authorities {
		if a.Zone == zone && a.Failure == nil {
			return a.Nameservers, nil
		}
	}
	return probe.Nameservers{Zone: zone}, &probe.Failure{Class: probe.Unavailable}
}

func (w replayed) STARTTLS(_ context.Context, mx dnsname.Name, asides ...probe.AsideKind) (probe.STARTTLS, error) {
	w.wait(fmt.Sprint("probe ", mx, len(asides)))
	hosts := w.facts.Hosts
	if len(asides) > 0 {
		hosts = w.facts.Deeper
	}
	for _, h := range hosts {
		if h.Host == mx && h.Failure != nil {
			return h.STARTTLS, h.Failure
		} else if h.Host == mx {
			return h.STARTTLS, nil
		}
	}
	return probe.STARTTLS{Host: mx}, &probe.Failure{Class: probe.Unavailable}
}

// gatherAsSaid is Gather that takes the resolver's word for what is secure, or
// the verdicts replayed.
func gatherAsSaid(ctx context.Context, world World, d dnsname.Name, learned func(Facts)) Facts {
	g := newGatherer(ctx, world, d, scenarioNow, learned)
	g.facts.Trusted = dnsname.Root
	before, _ := world.(replayed)
	g.validate = func(k key, q *question) (dnssec.Verdict, []dnssec.Zone) {
		<-q.back
		for _, l := range before.facts.Lookups {
			if l.Name == k.name && l.Type == k.typ && l.Verdict.Source == dnssec.Validated {
				return l.Verdict, before.facts.Zones
			}
		}
		return q.answer.said(), nil
	}
	g.gather()
	return g.finish()
}

// refined are findings that may turn into another, as urgent or a warning, when the
// other hosts or the probe are there: waiting for those would keep a fault of
// one host back until a dead one is given up.
var refined = map[Code]Code{
	"starttls.not-offered":  "starttls.not-offered-some",
	"dane.mismatch-all":     "dane.mismatch-some-mx",
	"tlsa.selector-cert-ee": "dane.acme-selector0",
	"tlsa.lookup-servfail":  "tlsa.nameserver-drops-tlsa",
	"tlsa.lookup-timeout":   "tlsa.nameserver-drops-tlsa",
}

// steady gathers the facts again in another order and fails when something
// that was said on the way is not said at the end, or less loudly.
func steady(t *testing.T, f Facts, seed uint64) {
	t.Helper()
	if runtime.GOOS == "js" && seed > 0 {
		return // one order will do there: it holds the rules, not the build
	}
	loudest, whole := map[string]Level{}, map[string]Level{}
	synctest.Test(t, func(t *testing.T) {
		all := gatherAsSaid(t.Context(), replayed{f, seed}, f.Domain, func(part Facts) {
			part.Previous = f.Previous
			for _, x := range Judge(part, scenarioNow).Findings {
				k := string(x.Code) + " about " + x.Subject
				loudest[k] = max(loudest[k], x.Level)
			}
		})
		all.Previous = f.Previous
		for _, x := range Judge(all, scenarioNow).Findings {
			k := string(x.Code) + " about " + x.Subject
			whole[k] = x.Level
			if loudest[k] <= x.Level {
				delete(loudest, k)
			}
		}
	})
	for k, level := range loudest {
		code, subject, _ := strings.Cut(k, " about ")
		better, ok := refined[Code(code)]
		if ok && max(whole[string(better)+" about "+subject], whole[string(better)+" about "+f.Domain.String()]) >= Warning {
			continue
		}
		if level >= Warning {
			t.Errorf("%s (seed %d): %s was said at level %v and taken back", f.Domain, seed, k, level)
		}
	}
}
