package server

import (
	"crypto/tls"
	"net"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// gathered is a connection that, once it gathers, has writes return at once and leave
// together: net/http writes the header and the body of an answer over HTTP/2 one by one,
// and so would each cost a call of the system, which takes longer than all else that an
// answer costs. What was taken is written in order, by one goroutine at a time.
//
// As with the system's own buffer, an error shows at a later write, and Close sends what
// was taken first. A peer that takes nothing has its patience, when somebody waits to
// write and after Close: over HTTP/2 net/http itself waits for ever.
type gathered struct {
	net.Conn
	patience time.Duration

	gathers atomic.Bool
	mu      sync.Mutex
	moved   sync.Cond // waiting has been taken, or nothing is any more
	waiting []byte
	writing bool  // a goroutine does
	err     error // why no more is taken
	closed  bool
}

// Limits of what a connection gathers and of the memory for it that it keeps, in
// octets. There is room for the last alert of TLS, which is short: net/http waits for
// it, and gives it less time than the rest may need.
const (
	gatheredOctets = 16 << 10 // and as many are being written
	gatheredRoom   = 256
	gatheredAlert  = 64
	gatheredKept   = 2 << 10
)

func gather(conn net.Conn, patience time.Duration) *gathered {
	g := &gathered{Conn: conn, patience: patience}
	g.moved.L = &g.mu
	return g
}

// gathering has the connections of clients that offer HTTP/2 gather.
func gathering(config *tls.Config) {
	before := config.GetConfigForClient
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if g, is := hello.Conn.(*gathered); is && slices.Contains(hello.SupportedProtos, "h2") {
			g.gathers.Store(true)
		}
		if before == nil {
			return nil, nil // the same
		}
		return before(hello)
	}
}

// Write takes octets, and waits only while many are there.
func (g *gathered) Write(p []byte) (int, error) {
	if !g.gathers.Load() {
		return g.Conn.Write(p)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.full(p) && g.err == nil {
		_ = g.Conn.SetWriteDeadline(time.Now().Add(g.patience))
		for g.full(p) && g.err == nil {
			g.moved.Wait()
		}
		if g.err == nil {
			_ = g.Conn.SetWriteDeadline(time.Time{})
		}
	}
	if g.err != nil {
		return 0, g.err
	}
	g.waiting = append(g.waiting, p...)
	if !g.writing {
		g.writing = true
		go g.write()
	}
	return len(p), nil
}

// full tells whether a write has to wait.
func (g *gathered) full(p []byte) bool {
	most := gatheredOctets
	if len(p) <= gatheredAlert {
		most += gatheredRoom
	}
	return len(g.waiting) > 0 && len(g.waiting)+len(p) > most
}

// write writes what waits until nothing does, and closes the connection if it is to
// be. It lets others run first: they may have more.
func (g *gathered) write() {
	runtime.Gosched()
	var spare []byte
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.waiting) > 0 {
		now := g.waiting
		g.waiting = spare[:0]
		g.moved.Broadcast()
		g.mu.Unlock()
		_, err := g.Conn.Write(now)
		spare = now
		g.mu.Lock()
		if err != nil {
			g.waiting, g.err = nil, err
			g.moved.Broadcast()
		}
	}
	g.writing = false
	if g.waiting = nil; cap(spare) <= gatheredKept {
		g.waiting = spare[:0]
	}
	if g.closed {
		_ = g.Conn.Close()
	}
}

// SetWriteDeadline sets when writes fail. One that has passed ends the taking alone:
// crypto/tls sets it behind its last alert (RFC 8446 §6.1), which is to leave still.
func (g *gathered) SetWriteDeadline(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return net.ErrClosed
	case g.writing && !t.IsZero() && !t.After(time.Now()):
		g.stop(os.ErrDeadlineExceeded)
		return nil
	}
	return g.Conn.SetWriteDeadline(t)
}

// SetReadDeadline sets when reads fail.
func (g *gathered) SetReadDeadline(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return net.ErrClosed
	}
	return g.Conn.SetReadDeadline(t)
}

// SetDeadline sets when reads and writes fail.
func (g *gathered) SetDeadline(t time.Time) error {
	if err := g.SetReadDeadline(t); err != nil {
		return err
	}
	return g.SetWriteDeadline(t)
}

// Close ends reading and taking, and the connection once what was taken has left.
func (g *gathered) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return net.ErrClosed
	case !g.writing:
		g.closed = true
		g.stop(net.ErrClosed)
		return g.Conn.Close()
	}
	g.closed = true
	g.stop(net.ErrClosed)
	_ = g.Conn.SetReadDeadline(time.Unix(1, 0))
	return g.Conn.SetWriteDeadline(time.Now().Add(g.patience))
}

// stop takes no more.
func (g *gathered) stop(why error) {
	if g.err == nil {
		g.err = why
	}
	g.moved.Broadcast()
}
