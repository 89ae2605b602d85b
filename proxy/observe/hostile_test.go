package observe

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// hostile is a peer that means harm, or is broken as if it did.
type hostile struct {
	name    string
	network func(t *testing.T) *Network // that faces it
	look    func(n *Network) (seen string, f *probe.Failure)
	seen    string
	class   probe.Class
}

// What a look at a hostile peer may cost.
const (
	hostileTime   = 3 * time.Second // quick limits, with others beside it on the machine
	hostileMemory = 48 << 20        // octets allocated in all, the peer's own included
)

// TestHostilePeers: whatever a peer does, the look at it ends, says what it met
// and leaves nothing behind.
func TestHostilePeers(t *testing.T) {
	all := slices.Concat(hostileMail(), hostileTLS(), hostileCertificates(), hostileWeb(), hostileHTTP2(), hostileDNS())
	for _, h := range all {
		t.Run(h.name, func(t *testing.T) {
			tidy(t)
			n := h.network(t)
			n.limits.policy, n.limits.others = 400*time.Millisecond, 100*time.Millisecond
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			seen, f := h.look(n)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			wantFailure(t, f, h.class)
			if f != nil && strings.Contains(f.Detail, "->") {
				t.Errorf("tells our own address: %s", f.Detail)
			}
			if seen != h.seen {
				t.Errorf("saw %q, want %q", seen, h.seen)
			}
			if took > hostileTime {
				t.Errorf("took %v", took)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > hostileMemory {
				t.Errorf("allocated %d MiB", grown>>20)
			}
			if n.gate.remembered() > 1 {
				t.Errorf("%d addresses remembered", n.gate.remembered())
			}
		})
	}
	t.Logf("%d hostile peers", len(all))
}

// tidy fails the test when goroutines, files or memory are left over at its end.
func tidy(t *testing.T) {
	t.Helper()
	settle()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	files := openFiles(t)
	t.Cleanup(func() {
		for range 1000 {
			if openFiles(t) <= files {
				break
			}
			time.Sleep(2 * time.Millisecond)
		}
		if now := openFiles(t); now > files {
			t.Errorf("%d files open, %d before", now, files)
		}
		settle()
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		if left := int64(after.HeapAlloc) - int64(before.HeapAlloc); left > 2<<20 {
			t.Errorf("%d KiB left", left>>10)
		}
	})
	settled(t) // before what was registered above
}

// settle collects garbage, pools included: those last for one collection.
func settle() {
	runtime.GC()
	runtime.GC()
}

// openFiles counts this process's open files.
func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system doesn't list open files: ", err)
	}
	return len(all)
}

// atMail looks at a mail host: stage and length of the chain.
func atMail(n *Network) (string, *probe.Failure) {
	a := n.STARTTLS(context.Background(), host).Addresses[0]
	size, chain := 0, -1
	for _, l := range a.Dialogue {
		size += len(l.Text)
	}
	if size > probe.MaxDialogue || len(a.EHLO.Lines) > probe.MaxReplyLines {
		return fmt.Sprintf("%d octets of dialogue, %d lines", size, len(a.EHLO.Lines)), a.Failure
	}
	if a.TLS == nil {
		return string(a.Stage), a.Failure
	}
	chain = len(a.TLS.Chain)
	return fmt.Sprint(a.Stage, " ", chain), a.Failure
}

// atPolicy looks at a policy host: status, whether the body was cut, the chain.
func atPolicy(n *Network) (string, *probe.Failure) {
	p := n.Policy(context.Background(), domain)
	if p.TLS == nil {
		return fmt.Sprint(p.Status), p.Failure
	}
	return fmt.Sprint(p.Status, " ", p.Truncated, " ", len(p.TLS.Chain)), p.Failure
}

// aside makes one aside: stage.
func aside(kind probe.AsideKind) func(n *Network) (string, *probe.Failure) {
	return func(n *Network) (string, *probe.Failure) {
		a := n.STARTTLS(context.Background(), host, kind).Addresses[0].Asides[0]
		return string(a.Stage), a.Failure
	}
}
