package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/lab"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/resolve"
	"github.com/sealane/sealane/proxy/world"
)

// labZone is the top-level name that the lab answers for (RFC 6761 §6.2).
func labZone() dnsname.Name { return dnsname.MustParse("test") }

// networks are what one process looks at: the internet, and the lab when it
// runs here.
type networks struct {
	internet *observe.Network
	lab      *lab.Lab
	labNet   *observe.Network
	anchors  []dnssec.Anchor
}

// networks makes them from the flags; close stops the lab. The log hears what becomes
// wrong later.
func (p *program) networks(w *worldFlags, withLab bool, log *slog.Logger) (*networks, error) {
	anchors, err := p.anchors(w)
	if err != nil {
		return nil, err
	}
	roots, resolverRoots, err := p.rootPools(w)
	if err != nil {
		return nil, err
	}
	if w.allowPrivate {
		fmt.Fprintln(p.err, p.cli.PrivateOn)
	}
	n := &networks{anchors: anchors}
	n.internet = &observe.Network{
		Roots: roots, EHLO: w.ehlo, Port25: &observe.Port25{},
		SMTPPort: uint16(w.smtpPort), HTTPSPort: uint16(w.httpsPort), DNSPort: 53,
	}
	if err := p.resolver(w, resolverRoots, n.internet); err != nil {
		return nil, err
	}
	if w.morePorts {
		n.internet.SubmissionsPort, n.internet.HTTPPort = 465, 80
	}
	if n.internet.OptOut, err = p.optOut(w.optOut, log); err != nil {
		return nil, err
	}
	guard := observe.Guard{AllowPrivate: w.allowPrivate, Ports: n.internet.Ports()}
	n.internet.Dial = guard.Dial
	if !withLab {
		return n, nil
	}
	if n.lab, err = lab.Start(time.Now()); err != nil {
		return nil, errWords(p.say(p.cli.LabFailed, "value", err.Error()))
	}
	n.labNet = n.lab.Network()
	n.anchors = append(n.anchors, n.lab.Anchor())
	return n, nil
}

// optOut reads the list of those who asked not to be reached; nil without one.
// What becomes wrong with it later is logged, in the form that the operator chose.
func (p *program) optOut(file string, log *slog.Logger) (*observe.OptOut, error) {
	if file == "" {
		return nil, nil
	}
	list, err := observe.ReadOptOut(file, func(err error) { log.Error("opt-out list stays as it was", "fault", err) })
	var line *observe.OptOutError
	switch {
	case errors.As(err, &line):
		return nil, errWords(p.say(p.cli.BadOptOut, "name", file, "count", strconv.Itoa(line.Line), "value", line.Text))
	case err != nil:
		return nil, p.badFile(file, err)
	}
	return list, nil
}

// resolver has a network ask the resolvers of the flags, or the system's. A machine
// without any still runs the lab: then each question fails by our own fault.
func (p *program) resolver(w *worldFlags, roots *x509.CertPool, n *observe.Network) error {
	upstreams := w.resolvers
	if len(upstreams) == 0 {
		// An unreadable file is the same as none.
		upstreams, _ = resolve.System("/etc/resolv.conf")
	}
	r, err := resolve.New(roots, upstreams...)
	switch {
	case errors.Is(err, resolve.ErrNoUpstream):
		n.Exchange = func(context.Context, []byte) ([]byte, error) {
			return nil, &probe.Failure{Class: probe.NoResolver, Detail: err.Error()}
		}
		return nil
	case err != nil:
		return errWords(p.say(p.cli.BadResolver, "value", withoutSecret(strings.Join(upstreams, ", "))))
	}
	n.Exchange, n.Further, n.Known = r.Exchange, r.Further(), r.Known
	return nil
}

// route gives the network that a name belongs to.
func (n *networks) route(name dnsname.Name) *observe.Network {
	if n.labNet != nil && name.Within(labZone()) {
		return n.labNet
	}
	return n.internet
}

func (n *networks) close() {
	if n.lab != nil {
		n.lab.Close()
	}
}

// world gives what one check asks, with the trust anchors of its resolvers, and
// what ends it.
func (p *program) world(w *worldFlags, withLab bool) (check.World, []dnssec.Anchor, func(), error) {
	n, err := p.networks(w, withLab, slog.New(slog.NewTextHandler(p.err, nil)))
	if err != nil {
		return nil, nil, nil, err
	}
	return &world.World{Route: n.route}, n.anchors, n.close, nil
}
