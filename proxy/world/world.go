// Package world is the native check.World: the same observers that serve the
// page, called directly (RFC 8461 §3.3, RFC 3207).
package world

import (
	"context"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/panics"
)

// World asks the networks themselves. Its errors are *probe.Failure.
type World struct {
	// Route gives the network that a name belongs to; nil where there is none.
	Route func(dnsname.Name) *observe.Network
	// Recovered is told of a panic in a network, which then is a failure of our own.
	// While it is nil, that ends the process: a check asks from goroutines that
	// nobody else recovers.
	Recovered func(*panics.Recovered)
}

var _ check.World = (*World)(nil)

// Exchange sends a query to a resolver of the network that its question belongs
// to.
func (w *World) Exchange(ctx context.Context, query []byte, resolver int) (response []byte, err error) {
	defer w.recover(&err)
	name, _, ok := doh.Question(query)
	if !ok {
		return nil, &probe.Failure{Class: probe.BadRequest, Detail: "no question"}
	}
	n, err := w.network(name)
	if err != nil {
		return nil, err
	}
	switch {
	case resolver == 0:
		return n.Exchange(ctx, query)
	case resolver <= len(n.Further):
		return n.Further[resolver-1](ctx, query)
	}
	return nil, check.ErrNoResolver
}

// Policy fetches the policy file of d.
func (w *World) Policy(ctx context.Context, d dnsname.Name) (p probe.Policy, err error) {
	defer w.recover(&err)
	n, err := w.network(d)
	if err != nil {
		return p, err
	}
	p = n.Policy(ctx, d)
	return p, own(p.Failure)
}

// STARTTLS speaks with every address of a mail host, or makes the asides.
func (w *World) STARTTLS(ctx context.Context, mx dnsname.Name, asides ...probe.AsideKind) (s probe.STARTTLS, err error) {
	defer w.recover(&err)
	n, err := w.network(mx)
	if err != nil {
		return s, err
	}
	s = n.STARTTLS(ctx, mx, asides...)
	return s, own(s.Failure)
}

// Nameservers puts questions to each authoritative server of a zone.
func (w *World) Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) (s probe.Nameservers, err error) {
	defer w.recover(&err)
	n, err := w.network(zone)
	if err != nil {
		return s, err
	}
	s = n.Nameservers(ctx, zone, questions)
	return s, own(s.Failure)
}

// network is Route with a failure where there is no network.
func (w *World) network(name dnsname.Name) (*observe.Network, error) {
	if n := w.Route(name); n != nil {
		return n, nil
	}
	return nil, &probe.Failure{Class: probe.Unavailable, Detail: "no network has this name"}
}

// recover makes an error of a panic, where somebody is told of it.
func (w *World) recover(err *error) {
	if w.Recovered == nil {
		return
	}
	if r := panics.From(recover()); r != nil {
		w.Recovered(r)
		*err = &probe.Failure{Class: probe.Unavailable, Detail: "a fault of the program"}
	}
}

// own makes an error of a fault of our own side. What the asked side met is
// no error: it is the observation.
func own(f *probe.Failure) error {
	if f != nil && f.Class.Own() {
		return f
	}
	return nil
}
