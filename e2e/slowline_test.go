package e2e

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// slowLine is a line to a server that all connections share: what a page and its
// worker ask for at once goes through it in turn, which the browser's own emulation,
// one for each of them, leaves out.
type slowLine struct {
	rate  float64       // octets a second, each way
	delay time.Duration // one way

	mu   sync.Mutex
	free map[bool]time.Time // when the line down (true) or up has sent all that it has
}

// slowed puts a line of 10 Mbit/s and 40 ms there and back before a server, and gives the
// server as it is reached through it.
func slowed(t *testing.T, s *server) *server {
	t.Helper()
	l := &slowLine{rate: 10e6 / 8, delay: 20 * time.Millisecond, free: map[bool]time.Time{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	target := strings.TrimPrefix(s.Origin, "http://")
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go l.connect(near, target)
		}
	}()
	return &server{process: s.process, Origin: "http://" + listener.Addr().String()}
}

// connect joins a browser's connection with one to the server. What TCP says before
// the first octet takes its time, too.
func (l *slowLine) connect(near net.Conn, target string) {
	time.Sleep(2 * l.delay)
	far, err := net.Dial("tcp", target)
	if err != nil {
		_ = near.Close()
		return
	}
	go l.carry(far, near, false)
	l.carry(near, far, true)
}

// parcel is a piece of a stream and when it arrives.
type parcel struct {
	octets []byte
	at     time.Time
}

// carry brings what comes from one end to the other, late. More than the line holds is
// not read ahead, as the window of TCP has it.
func (l *slowLine) carry(to, from net.Conn, down bool) {
	under := make(chan parcel, 64)
	go func() {
		for p := range under {
			time.Sleep(time.Until(p.at))
			if _, err := to.Write(p.octets); err != nil {
				break
			}
		}
		_ = to.Close()
		for range under { // until the other end has noticed
		}
	}()
	defer close(under)
	for {
		octets := make([]byte, 1400)
		n, err := from.Read(octets)
		if n > 0 {
			sent := l.send(n, down)
			under <- parcel{octets[:n], sent.Add(l.delay)}
			// A sleep that lasts too long must not leave the line idle.
			time.Sleep(time.Until(sent) - l.delay)
		}
		if err != nil {
			if err != io.EOF {
				_ = to.Close()
			}
			return
		}
	}
}

// send takes the line for n octets and gives when the last has left.
func (l *slowLine) send(n int, down bool) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	begin := l.free[down]
	if now := time.Now(); begin.Before(now) {
		begin = now
	}
	l.free[down] = begin.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	return l.free[down]
}
