package world

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/panics"
)

var lab, public = dnsname.MustParse("perfect.test"), dnsname.MustParse("example.com")

// network has a resolver that gives every question one response code.
func network(rcode int) *observe.Network {
	return &observe.Network{
		Exchange: func(_ context.Context, query []byte) ([]byte, error) {
			var q dns.Msg
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			return new(dns.Msg).SetRcode(&q, rcode).Pack()
		},
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, observe.ErrReserved },
	}
}

func TestWorldRoutes(t *testing.T) {
	w := &World{
		Route: func(n dnsname.Name) *observe.Network {
			if n.Within(dnsname.MustParse("test")) {
				return network(dns.RcodeNameError)
			}
			return network(dns.RcodeServerFailure)
		},
	}
	ctx := context.Background()
	for _, c := range []struct {
		name  dnsname.Name
		rcode int
		class probe.Class
	}{{lab, doh.RcodeNXDomain, probe.DNSNotFound}, {public, doh.RcodeServFail, probe.DNSFailed}} {
		wire, err := w.Exchange(ctx, doh.Query(c.name, doh.TypeMX, true), 0)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := doh.Parse(wire); err != nil || a.Rcode != c.rcode {
			t.Errorf("%s: %+v %v", c.name, a, err)
		}
		// What the domain's side met is an observation, not an error.
		p, err := w.Policy(ctx, c.name)
		if err != nil || p.Failure == nil || p.Failure.Class != c.class {
			t.Errorf("%s: %+v %v", c.name, p, err)
		}
		s, err := w.STARTTLS(ctx, c.name)
		if err != nil || s.Failure == nil || s.Failure.Class != c.class {
			t.Errorf("%s: %+v %v", c.name, s, err)
		}
	}
}

func TestWorldOwnFaultsAreErrors(t *testing.T) {
	dead := network(0)
	dead.Exchange = func(context.Context, []byte) ([]byte, error) { return nil, &probe.Failure{Class: probe.NoResolver} }
	ctx := context.Background()
	for _, c := range []struct {
		network *observe.Network
		class   probe.Class
	}{{dead, probe.NoResolver}, {nil, probe.Unavailable}} {
		w := &World{Route: func(dnsname.Name) *observe.Network { return c.network }}
		_, exchange := w.Exchange(ctx, doh.Query(public, doh.TypeMX, true), 0)
		_, policy := w.Policy(ctx, public)
		_, starttls := w.STARTTLS(ctx, public)
		for _, err := range []error{exchange, policy, starttls} {
			var f *probe.Failure
			if !errors.As(err, &f) || f.Class != c.class {
				t.Errorf("%v, want class %s", err, c.class)
			}
		}
	}
	_, err := (&World{}).Exchange(ctx, []byte("no question"), 0)
	var f *probe.Failure
	if !errors.As(err, &f) || f.Class != probe.BadRequest {
		t.Errorf("%v", err)
	}
}

// TestPanicIsAFailureOfOurs: whatever is asked of a network that is broken, who is
// told hears of it and the asker learns nothing of the domain.
func TestPanicIsAFailureOfOurs(t *testing.T) {
	broken := network(0)
	broken.Exchange = func(context.Context, []byte) ([]byte, error) { panic("broken") }
	var told []any
	w := &World{
		Route:     func(dnsname.Name) *observe.Network { return broken },
		Recovered: func(r *panics.Recovered) { told = append(told, r.Value) },
	}
	ctx := t.Context()
	_, exchange := w.Exchange(ctx, doh.Query(public, doh.TypeMX, true), 0)
	_, policy := w.Policy(ctx, public)
	_, starttls := w.STARTTLS(ctx, public)
	_, nameservers := w.Nameservers(ctx, public, []probe.Question{{Name: public, Type: 15}})
	for _, err := range []error{exchange, policy, starttls, nameservers} {
		var f *probe.Failure
		if !errors.As(err, &f) || f.Class != probe.Unavailable {
			t.Errorf("%v", err)
		}
	}
	if !slices.Equal(told, []any{"broken", "broken", "broken", "broken"}) {
		t.Errorf("told of %v", told)
	}
}
