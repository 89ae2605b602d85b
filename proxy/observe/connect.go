package observe

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// visitor is a connection with the turn at its address: closing it gives the
// turn on.
type visitor struct {
	*attended
	leave func()
	began time.Time // when it was dialed
	late  bool      // others were before it
}

// Close closes the connection and gives the turn on.
func (v *visitor) Close() error {
	defer v.leave()
	return v.attended.Close()
}

// connect waits for the turn at an address and dials it over TCP, all before
// end; l bounds the dialing.
func (n *Network) connect(ctx context.Context, ip netip.Addr, port uint16, end time.Time, l limits) (*visitor, *probe.Failure) {
	if f := n.kept(ip, port); f != nil {
		return nil, f
	}
	if f := n.spared(ctx, ip); f != nil {
		return nil, f
	}
	pause := l.pause
	if n.Near {
		pause = 0
	}
	waiting, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	leave, late := n.gate.enter(waiting, ip, pause)
	switch {
	case leave != nil:
	case ctx.Err() != nil:
		return nil, &probe.Failure{Class: probe.Canceled}
	default:
		return nil, outOfTime("to wait for others at this address")
	}
	v := &visitor{leave: leave, began: time.Now(), late: late}
	defer func() {
		if v.attended == nil {
			leave()
		}
	}()
	limit := min(l.connect, end.Sub(v.began))
	var failure *probe.Failure
	if v.attended, failure = n.dial(ctx, "tcp", ip, port, limit); failure != nil {
		return nil, cut(failure, end, late || limit < l.connect)
	}
	return v, nil
}

// kept tells why an address or a port isn't reached from here at all, if so.
func (n *Network) kept(ip netip.Addr, port uint16) *probe.Failure {
	switch {
	case port == 0:
		return &probe.Failure{Class: probe.Limited, Detail: "this service isn't looked at from here"}
	case n.OptOut.address(ip):
		return optedOut(ip.String())
	}
	return nil
}

// spared tells that an address was visited often enough for now, if so.
func (n *Network) spared(ctx context.Context, ip netip.Addr) *probe.Failure {
	if n.MayVisitAddress == nil || n.MayVisitAddress(ctx, ip) {
		return nil
	}
	return &probe.Failure{Class: probe.Limited, Detail: ip.String() + " was visited often enough for now"}
}

// dial dials one address. The connection given ends whatever it waits for when
// ctx is done.
func (n *Network) dial(ctx context.Context, network string, ip netip.Addr, port uint16, limit time.Duration) (*attended, *probe.Failure) {
	dialing, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := n.Dial(dialing, network, netip.AddrPortFrom(ip, port).String())
	if err != nil {
		return nil, failed(ctx, err, probe.ConnectTimeout, probe.Unavailable)
	}
	a := &attended{Conn: conn, ctx: ctx}
	a.stop = context.AfterFunc(ctx, func() { conn.SetDeadline(longPast) })
	return a, nil
}

// longPast is a deadline that has passed on every clock.
var longPast = time.Unix(1, 0)

// attended is a connection that lasts no longer than the asker waits.
type attended struct {
	net.Conn
	ctx  context.Context
	stop func() bool
}

// SetDeadline sets t, or longPast when nobody waits any more: a deadline set
// late must not undo the one that the asker's leaving set.
func (a *attended) SetDeadline(t time.Time) error {
	if err := a.Conn.SetDeadline(t); err != nil || a.ctx.Err() == nil {
		return err
	}
	return a.Conn.SetDeadline(longPast)
}

// Close closes the connection and forgets the asker.
func (a *attended) Close() error {
	a.stop()
	return a.Conn.Close()
}

// earlier is the end, or the moment d from now when that comes first.
func earlier(end time.Time, d time.Duration) time.Time {
	if soon := time.Now().Add(d); soon.Before(end) {
		return soon
	}
	return end
}

// outOfTime says that our own time was over.
func outOfTime(detail string) *probe.Failure {
	return &probe.Failure{Class: probe.Limited, Detail: "no time left " + detail}
}

// cut takes a timeout for our own when it came with the end of a time that was
// short: cut by what else there was to do.
func cut(f *probe.Failure, end time.Time, short bool) *probe.Failure {
	if f == nil || !short || time.Now().Before(end) {
		return f
	}
	switch f.Class {
	case probe.ConnectTimeout, probe.TLSTimeout, probe.ReplyTimeout:
		return outOfTime("in the middle: " + f.Detail)
	}
	return f
}
