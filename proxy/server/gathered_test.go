package server

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// calls is a connection that counts its writes and closings.
type calls struct {
	net.Conn
	writes, closed atomic.Int32
}

func (c *calls) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

func (c *calls) Close() error {
	c.closed.Add(1)
	return c.Conn.Close()
}

// patience of the connections under test.
const patience = 20 * time.Second

// onLine runs a test on both ends of a line that takes what is read, and no more.
func onLine(t *testing.T, do func(g *gathered, under *calls, peer net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		end, peer := net.Pipe()
		under := &calls{Conn: end}
		g := gather(under, patience)
		g.gathers.Store(true)
		do(g, under, peer)
		end.Close()
		peer.Close()
	})
}

// What is written arrives in order, whatever the pieces are.
func TestGathered(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		var sent bytes.Buffer
		go func() {
			for range 500 {
				piece := make([]byte, rand.IntN(3000))
				for i := range piece {
					piece[i] = byte(rand.Uint32())
				}
				sent.Write(piece)
				if n, err := g.Write(piece); n != len(piece) || err != nil {
					t.Errorf("%d of %d written, %v", n, len(piece), err)
				}
				clear(piece) // the caller's again
			}
			g.Close()
		}()
		got, err := io.ReadAll(peer)
		if err != nil || !bytes.Equal(got, sent.Bytes()) {
			t.Errorf("%d octets of %d, %v", len(got), sent.Len(), err)
		}
		synctest.Wait()
		if under.closed.Load() != 1 {
			t.Errorf("closed %d times", under.closed.Load())
		}
		if cap(g.waiting) > gatheredKept {
			t.Errorf("%d octets are kept", cap(g.waiting))
		}
	})
}

// What is written while the line is busy leaves by one write.
func TestGatheredTogether(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		g.Write([]byte("before"))
		synctest.Wait()
		g.Write([]byte("header "))
		g.Write([]byte("body"))
		for _, want := range []string{"before", "header body"} {
			b := make([]byte, 20)
			if n, err := peer.Read(b); string(b[:n]) != want || err != nil {
				t.Errorf("%q, %v, want %q", b[:n], err, want)
			}
		}
		if n := under.writes.Load(); n != 2 {
			t.Errorf("%d writes", n)
		}
	})
}

// A peer that doesn't read is written to within bounds, as long as its patience is; then
// writes fail, and go on failing.
func TestGatheredUnread(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		began, taken := time.Now(), 0
		var err error
		for err == nil {
			var n int
			n, err = g.Write(make([]byte, 1000))
			taken += n
		}
		if took := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || took != patience || taken > 2*gatheredOctets {
			t.Errorf("%v after %v and %d octets", err, took, taken)
		}
		if _, err := g.Write([]byte("more")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("then %v", err)
		}
		if g.Close(); under.closed.Load() != 1 {
			t.Error("not closed")
		}
	})
}

// What was taken leaves after a deadline that has passed and after Close, which
// crypto/tls sets and calls behind its last alert; nothing else is taken or read.
func TestGatheredFarewell(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		g.Write([]byte("close_notify"))
		if err := g.SetWriteDeadline(time.Now()); err != nil {
			t.Error(err)
		}
		if _, err := g.Write([]byte("more")); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("taken after the deadline: %v", err)
		}
		if err := g.Close(); err != nil || under.closed.Load() != 0 {
			t.Errorf("%v, closed %d times", err, under.closed.Load())
		}
		if _, err := g.Write([]byte("more")); err == nil {
			t.Error("taken after Close")
		}
		if _, err := g.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read after Close: %v", err)
		}
		for what, err := range map[string]error{"Close": g.Close(), "SetDeadline": g.SetDeadline(time.Time{}), "SetReadDeadline": g.SetReadDeadline(time.Time{})} {
			if !errors.Is(err, net.ErrClosed) {
				t.Errorf("%s once it is closed: %v", what, err)
			}
		}
		if got, err := io.ReadAll(peer); string(got) != "close_notify" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if synctest.Wait(); under.closed.Load() != 1 {
			t.Errorf("closed %d times", under.closed.Load())
		}
	})
}

// Close waits for nobody, and gives a peer that doesn't read a while.
func TestGatheredLinger(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		blocked := make(chan error)
		go func() {
			var err error
			for err == nil {
				_, err = g.Write(make([]byte, 1000))
			}
			blocked <- err
		}()
		synctest.Wait()
		began := time.Now()
		if err := g.Close(); err != nil || time.Since(began) != 0 {
			t.Errorf("%v in %v", err, time.Since(began))
		}
		if err := <-blocked; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the writer: %v", err)
		}
		time.Sleep(patience - time.Millisecond)
		if synctest.Wait(); under.closed.Load() != 0 {
			t.Error("closed already")
		}
		time.Sleep(2 * time.Millisecond)
		if synctest.Wait(); under.closed.Load() != 1 {
			t.Error("still open")
		}
	})
}

// An error of the line is one of the next write.
func TestGatheredBroken(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		peer.Close()
		g.Write([]byte("lost"))
		synctest.Wait()
		if _, err := g.Write([]byte("more")); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%v", err)
		}
	})
}

// A peer that reads slowly is waited for each time anew.
func TestGatheredSlow(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		go func() {
			for range 40 {
				if _, err := g.Write(make([]byte, gatheredOctets)); err != nil {
					t.Error(err)
				}
			}
			g.Close()
		}()
		got := 0
		for b := make([]byte, gatheredOctets); ; {
			time.Sleep(patience / 4)
			n, err := peer.Read(b)
			if got += n; err != nil {
				break
			}
		}
		if got != 40*gatheredOctets {
			t.Errorf("%d octets", got)
		}
	})
}

// There is always room for a last alert, and then no more.
func TestGatheredAlert(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		began := time.Now()
		g.Write(make([]byte, 100))
		synctest.Wait()
		g.Write(make([]byte, gatheredOctets))
		alerts := 0
		for time.Since(began) == 0 {
			if _, err := g.Write(make([]byte, gatheredAlert)); err == nil {
				alerts++
			}
		}
		if alerts != gatheredRoom/gatheredAlert {
			t.Errorf("%d alerts found room", alerts)
		}
	})
}

// What offers no HTTP/2 is written to as it comes.
func TestGatheredNot(t *testing.T) {
	onLine(t, func(g *gathered, under *calls, peer net.Conn) {
		g.gathers.Store(false)
		go io.Copy(io.Discard, peer)
		g.Write([]byte("one"))
		g.Write([]byte("two"))
		if n := under.writes.Load(); n != 2 || g.writing {
			t.Errorf("%d writes", n)
		}
	})
}
