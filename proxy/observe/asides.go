package observe

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/panics"
)

// enoughUnmet is how many visits may go without a greeting before an address
// is left alone.
const enoughUnmet = 2

// asides makes further visits to the first address of each family.
func (n *Network) asides(ctx context.Context, host dnsname.Name, addresses []netip.Addr, kinds []probe.AsideKind, l limits) []probe.Address {
	addresses = firstOfEach(addresses)
	seen := make([]probe.Address, len(addresses))
	var all panics.Group
	for i, ip := range addresses {
		all.Go(func() {
			t := &tour{n: n, host: host, ip: ip, limits: l, end: time.Now().Add(l.address)}
			seen[i] = probe.Address{IP: ip, Asides: t.visit(ctx, kinds)}
		})
	}
	all.Wait()
	return seen
}

// firstOfEach gives the first address of each family.
func firstOfEach(addresses []netip.Addr) (first []netip.Addr) {
	for _, ip := range addresses {
		if len(first) == 0 || len(first) == 1 && first[0].Is4() != ip.Is4() {
			first = append(first, ip)
		}
	}
	return first
}

// tour is the asides to one address, one after another.
type tour struct {
	n      *Network
	host   dnsname.Name
	ip     netip.Addr
	limits limits
	end    time.Time      // of all
	unmet  int            // visits to port 25 that met no greeting
	left   *probe.Failure // why port 25 is left alone, nil while it isn't
}

// visit makes each aside once. One that isn't made has a failure that says so.
func (t *tour) visit(ctx context.Context, kinds []probe.AsideKind) []probe.Aside {
	all := make([]probe.Aside, 0, len(kinds))
	for _, kind := range kinds {
		a := probe.Aside{Kind: kind, Stage: probe.StageConnect}
		if t.left != nil && onPort25(kind) {
			a.Failure = t.left
		} else if ctx.Err() != nil {
			a.Failure = &probe.Failure{Class: probe.Canceled}
		} else if !time.Now().Before(t.end) {
			a.Failure = outOfTime("")
		} else {
			t.aside(ctx, &a)
		}
		all = append(all, a)
	}
	return all
}

// aside makes one visit and draws what follows for the next.
func (t *tour) aside(ctx context.Context, a *probe.Aside) {
	switch a.Kind {
	case probe.HTTPS:
		a.Failure = t.atPort(ctx, t.n.HTTPSPort, a)
	case probe.Submissions:
		a.Failure = t.atPort(ctx, t.n.SubmissionsPort, a)
	default:
		a.Failure = t.atMail(ctx, a)
	}
	f := a.Failure
	if f == nil {
		return
	}
	a.Failure = cut(f, t.end, true)
	if !onPort25(a.Kind) {
		return
	}
	met := a.Stage != probe.StageConnect && a.Stage != probe.StageBanner
	// A refusal of banner or EHLO is a word to go away.
	if turned := f.Class == probe.ReplyNegative && (!met || a.Stage == probe.StageEHLO); turned || f.Class == probe.AddressReserved {
		t.left = f
	} else if !met {
		if t.unmet++; t.unmet >= enoughUnmet {
			t.left = f
		}
	}
}

func onPort25(kind probe.AsideKind) bool { return kind != probe.HTTPS && kind != probe.Submissions }

// atPort is a handshake on a port where TLS comes first.
func (t *tour) atPort(ctx context.Context, port uint16, a *probe.Aside) *probe.Failure {
	conn, failure := t.n.connect(ctx, t.ip, port, t.end, t.limits)
	if failure != nil {
		return failure
	}
	defer conn.Close()
	a.Stage = probe.StageHandshake
	conn.SetDeadline(earlier(t.end, t.limits.handshake))
	v := &visit{n: t.n, ctx: ctx, host: t.host}
	below := &tap{Conn: conn}
	secure, seen, failure := t.n.handshakeOver(ctx, below, v.config())
	a.TLS, a.Hello = seen, helloIn(below)
	if failure != nil {
		return failure
	}
	secure.Close()
	a.Stage = probe.StageDone
	return nil
}

// atMail is a visit to port 25.
func (t *tour) atMail(ctx context.Context, a *probe.Aside) *probe.Failure {
	conn, failure := t.n.connectMail(ctx, t.host, t.ip, t.end, t.limits)
	if failure != nil {
		return failure
	}
	defer conn.Close()
	seen := probe.Address{Stage: probe.StageConnect}
	v := &errand{aside: a}
	v.visit = visit{n: t.n, ctx: ctx, host: t.host, limits: t.limits, seen: &seen, since: conn.began}
	v.talk = speak(conn, conn.began, t.end)
	failure = v.run()
	a.Stage, a.EHLO = seen.Stage, seen.EHLO
	return failure
}

// helloIn reads the ServerHello that a tap heard; nil without one, and with TLS
// 1.3.
func helloIn(t *tap) *probe.ServerHello {
	f, _ := readFlight(bytes.NewReader(t.heard))
	return f.hello
}

// flightFailed is failed for a flight read by ourselves.
func flightFailed(ctx context.Context, err error) *probe.Failure {
	var alert alertError
	f := failed(ctx, err, probe.TLSTimeout, probe.TLSFailed)
	switch {
	case f.Class != probe.TLSFailed:
	case errors.As(err, &alert) && alert == protocolVersion:
		f.Class = probe.TLSVersion
	case errors.As(err, &alert):
		f.Class, f.Alert = probe.TLSAlert, uint8(alert)
	case errors.Is(err, errNotTLS):
		f.Class = probe.ReplyMalformed
	}
	return f
}
