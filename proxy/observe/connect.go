package observe

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// connect dials one address over TCP.
func (n *Network) connect(ctx context.Context, ip netip.Addr, port uint16, limit time.Duration) (net.Conn, *probe.Failure) {
	return n.connectOver(ctx, "tcp", ip, port, limit)
}

// connectOver dials one address. The connection given ends whatever it waits
// for when ctx is done.
func (n *Network) connectOver(ctx context.Context, network string, ip netip.Addr, port uint16, limit time.Duration) (net.Conn, *probe.Failure) {
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
