package resolve

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// again is when a query over UDP is sent a second time: packets get lost.
const again = 1500 * time.Millisecond

// A socket carries one query at a time, so that a forger has to guess its port and
// an ID as ever (RFC 5452 §4.4, §9.2), and is given up for one with another port
// before anybody finds that out.
const (
	socketQueries = 64
	socketAge     = 2 * time.Second
	idleSockets   = 32
)

// sockets are those to one resolver that carry no query now.
type sockets struct {
	address string
	mu      sync.Mutex
	idle    []*datagrams // the last used behind
	sweep   *time.Timer  // closes the old ones, set while there are any
}

// datagrams is one UDP socket, connected to the resolver: the system passes on
// nothing of others.
type datagrams struct {
	conn    net.Conn
	opened  time.Time
	queries int
	buffer  []byte
}

// exchange sends the query twice at most, and passes over whatever isn't the answer
// to it: anybody may send to the port, and an answer to the query before may be
// late.
func (s *sockets) exchange(ctx context.Context, query []byte) ([]byte, error) {
	d, err := s.take(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { d.conn.SetDeadline(longPast) })
	response, err := d.exchange(ctx, query)
	if !stop() || err != nil {
		d.conn.Close()
		return response, err
	}
	s.keep(d)
	return response, nil
}

// longPast is a deadline that has passed on every clock.
var longPast = time.Unix(1, 0)

// take gives an idle socket, or opens one.
func (s *sockets) take(ctx context.Context) (*datagrams, error) {
	s.mu.Lock()
	if last := len(s.idle) - 1; last >= 0 && !s.idle[last].worn() {
		d := s.idle[last]
		s.idle = s.idle[:last]
		s.mu.Unlock()
		return d, nil
	}
	s.mu.Unlock()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "udp", s.address)
	if err != nil {
		return nil, err
	}
	return &datagrams{conn: conn, opened: time.Now(), buffer: make([]byte, probe.MaxDNSMessage)}, nil
}

// worn tells whether a socket has had its time.
func (d *datagrams) worn() bool {
	return d.queries >= socketQueries || time.Since(d.opened) > socketAge
}

// keep takes a socket back.
func (s *sockets) keep(d *datagrams) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.worn() || len(s.idle) >= idleSockets {
		d.conn.Close()
		return
	}
	s.idle = append(s.idle, d)
	if s.sweep == nil {
		s.sweep = time.AfterFunc(socketAge, s.close)
	}
}

// close closes the idle sockets that have had their time.
func (s *sockets) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.idle[:0]
	for _, d := range s.idle {
		if d.worn() {
			d.conn.Close()
		} else {
			kept = append(kept, d)
		}
	}
	clear(s.idle[len(kept):])
	s.idle, s.sweep = kept, nil
	if len(kept) > 0 {
		s.sweep = time.AfterFunc(socketAge, s.close)
	}
}

// exchange waits for the answer until ctx ends, which then ends the socket's deadline.
func (d *datagrams) exchange(ctx context.Context, query []byte) ([]byte, error) {
	d.queries++
	response, err := d.once(ctx, query, time.Now().Add(again))
	var late net.Error
	if ctx.Err() == nil && errors.As(err, &late) && late.Timeout() {
		return d.once(ctx, query, time.Time{})
	}
	return response, err
}

// once sends the query and reads up to its answer.
func (d *datagrams) once(ctx context.Context, query []byte, until time.Time) ([]byte, error) {
	if _, err := d.conn.Write(query); err != nil {
		return nil, err
	}
	d.conn.SetReadDeadline(until)
	if err := ctx.Err(); err != nil { // whose deadline that one may have undone
		return nil, err
	}
	for {
		n, err := d.conn.Read(d.buffer)
		if err != nil {
			return nil, err
		}
		if belongs(d.buffer[:n], query) {
			return bytes.Clone(d.buffer[:n]), nil
		}
	}
}
