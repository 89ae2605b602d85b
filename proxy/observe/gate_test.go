package observe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// remembered is how many addresses a gate holds.
func (g *gate) remembered() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.doors)
}

func TestGateTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		ip := netip.MustParseAddr("192.0.2.1")
		start := time.Now()
		var came []string
		var all sync.WaitGroup
		for i := range 5 {
			to := ip
			if i%2 == 1 {
				to = netip.MustParseAddr("::ffff:192.0.2.1") // the same
			}
			all.Go(func() {
				leave, waited := g.enter(context.Background(), to, time.Second)
				came = append(came, fmt.Sprint(i, waited, time.Since(start)))
				time.Sleep(10 * time.Second)
				leave()
				leave() // says nothing new
			})
			synctest.Wait()
		}
		other, waited := g.enter(context.Background(), netip.MustParseAddr("192.0.2.2"), 0)
		if waited || time.Since(start) != 0 {
			t.Error("another address waits")
		}
		other()
		all.Wait()
		if want := []string{"0 false 0s", "1 true 11s", "2 true 22s", "3 true 33s", "4 true 44s"}; !slices.Equal(came, want) {
			t.Errorf("came %q", came)
		}
		if g.remembered() != 1 {
			t.Error("no pause behind the last visit")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if g.remembered() != 0 {
			t.Errorf("%d addresses remembered", g.remembered())
		}
	})
}

func TestGateEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		ip := netip.MustParseAddr("2001:db8::1")
		leave, _ := g.enter(context.Background(), ip, 0)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		start := time.Now()
		if late, waited := g.enter(ctx, ip, 0); late != nil || !waited || time.Since(start) != time.Minute {
			t.Errorf("a turn after %v", time.Since(start))
		}
		leave()
		if g.remembered() != 0 {
			t.Error("remembered for ever")
		}
		if again, waited := g.enter(context.Background(), ip, 0); again == nil || waited {
			t.Error("who left waiting has the turn")
		}
	})
}

// TestOneAtATime: whatever is asked for at the same time, an address sees one
// connection at a time, with a pause between.
func TestOneAtATime(t *testing.T) {
	settled(t)
	m := healthy(t)
	var together, visits atomic.Int32
	var left atomic.Int64
	const pause = 20 * time.Millisecond
	n := facing(netip.MustParseAddrPort("127.0.0.1:1"))
	to := serve(t, m.handle)
	n.SMTPPort, n.HTTPSPort, n.SubmissionsPort = to.Port(), to.Port(), to.Port()
	n.limits.pause, n.limits.address, n.limits.policy = pause, 5*time.Second, 5*time.Second
	direct := Guard{AllowPrivate: true, Ports: n.Ports()}
	n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if together.Add(1) > 1 {
			t.Error("two at a time")
		}
		if since := time.Now().UnixNano() - left.Load(); since < int64(pause) {
			t.Errorf("%v after another", time.Duration(since))
		}
		visits.Add(1)
		conn, err := direct.Dial(ctx, network, address)
		return &leaving{Conn: conn, left: func() {
			left.Store(time.Now().UnixNano())
			together.Add(-1)
		}}, err
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { wantFailure(t, n.STARTTLS(context.Background(), host).Addresses[0].Failure, "") })
		all.Go(func() { n.STARTTLS(context.Background(), host, probe.NoSNI, probe.Submissions, probe.HTTPS) })
	}
	all.Go(func() { n.Policy(context.Background(), domain) })
	all.Wait()
	if visits.Load() < 3+3*3+1 {
		t.Errorf("%d visits", visits.Load())
	}
	time.Sleep(2 * pause)
	if n.gate.remembered() != 0 {
		t.Errorf("%d addresses remembered", n.gate.remembered())
	}
}

// leaving tells when a connection is closed.
type leaving struct {
	net.Conn
	left func()
	once sync.Once
}

func (l *leaving) Close() error {
	defer l.once.Do(l.left)
	return l.Conn.Close()
}

// TestTurnThatDoesNotCome: the wait and what it took from the visit are our own
// fault.
func TestTurnThatDoesNotCome(t *testing.T) {
	settled(t)
	m := healthy(t)
	m.ehlo = func(c net.Conn) { time.Sleep(300 * time.Millisecond); text("250-x", "250 STARTTLS")(c) }
	n := facing(serve(t, m.handle))
	n.limits.address = 500 * time.Millisecond
	for _, held := range []time.Duration{n.limits.address - 150*time.Millisecond, 2 * n.limits.address} {
		leave, _ := n.gate.enter(context.Background(), netip.MustParseAddr("127.0.0.1"), 0)
		back := time.AfterFunc(held, leave)
		start := time.Now()
		a := n.STARTTLS(context.Background(), host).Addresses[0]
		wantFailure(t, a.Failure, probe.Limited)
		if took := time.Since(start); took > n.limits.address+300*time.Millisecond {
			t.Errorf("waited %v", took)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		if held > n.limits.address {
			wantFailure(t, n.STARTTLS(ctx, host).Addresses[0].Failure, probe.Canceled)
		}
		cancel()
		if back.Stop() {
			leave()
		}
	}
	if n.gate.remembered() != 0 {
		t.Error("remembered for ever")
	}
}

// TestFourAtOnce: of one host no more addresses are visited at the same time, and
// what its time doesn't reach is our own fault.
func TestFourAtOnce(t *testing.T) {
	settled(t)
	n := facing(netip.MustParseAddrPort("127.0.0.1:25"))
	var addresses []string
	for i := range probe.MaxAddresses {
		addresses = append(addresses, fmt.Sprintf("127.0.0.%d", i+1))
	}
	n.Exchange = zone{addresses: addresses}.Exchange
	n.limits.address, n.limits.connect = 200*time.Millisecond, 150*time.Millisecond
	var together, most atomic.Int32
	n.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if now := together.Add(1); now > most.Load() {
			most.Store(now)
		}
		<-ctx.Done()
		together.Add(-1)
		return nil, ctx.Err()
	}
	count := map[probe.Class]int{}
	for _, a := range n.STARTTLS(context.Background(), host).Addresses {
		count[a.Failure.Class]++
	}
	// Two rounds fit into twice an address's time, the third is cut, the fourth isn't begun.
	if most.Load() != 4 || count[probe.ConnectTimeout] != 8 || count[probe.Limited] != 8 {
		t.Errorf("%d at once, %v", most.Load(), count)
	}
}
