package resolve

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// TestAnswersAreKept asks for the same thing often, and for other things.
func TestAnswersAreKept(t *testing.T) {
	var asked, failing atomic.Int32
	r, err := New(nil, server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		m := answer(q, "good")
		if q.Question[0].Name == name.FQDN() { // else it is asked whether the resolver works
			asked.Add(1)
			if m.Rcode = int(failing.Load()); m.Rcode != 0 {
				m.Answer = nil
			}
		}
		w.WriteMsg(m)
	}))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(id byte, typ doh.Type, cd bool) []byte {
		t.Helper()
		query := doh.Query(name, typ, cd)
		query[1] = id
		wire, err := r.Exchange(context.Background(), query)
		if err != nil || wire[1] != id {
			t.Fatalf("%x %v", wire, err)
		}
		return wire
	}
	failing.Store(dns.RcodeServerFailure)
	ask(1, doh.TypeTXT, false)
	ask(1, doh.TypeTXT, false)
	if asked.Load() != 4 { // each of them twice
		t.Error("a failure was kept")
	}
	failing.Store(0)
	asked.Store(2)
	first, again := ask(1, doh.TypeTXT, false), ask(2, doh.TypeTXT, false)
	if asked.Load() != 3 || !bytes.Equal(first[2:], again[2:]) {
		t.Errorf("asked %d times", asked.Load())
	}
	clear(again) // what was given is the asker's own
	ask(3, doh.TypeTXT, true)
	ask(3, doh.TypeMX, false)
	if asked.Load() != 5 {
		t.Error("the answer to another question")
	}
	if !bytes.Equal(first[2:], ask(4, doh.TypeTXT, false)[2:]) {
		t.Error("an asker changed what is kept")
	}
}

// TestAnswersAge looks at one answer over its time.
func TestAnswersAge(t *testing.T) {
	query := doh.Query(name, doh.TypeTXT, false)
	response := func(ttl uint32) []byte {
		var q dns.Msg
		if err := q.Unpack(query); err != nil {
			t.Fatal(err)
		}
		m := answer(&q, "good")
		m.Answer[0].Header().Ttl = ttl
		m.Extra = []dns.RR{addressRecord()}
		m.SetEdns0(1232, true)
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return wire
	}
	start := time.Unix(1_800_000_000, 0)
	for _, c := range []struct {
		ttl   uint32
		after time.Duration
		want  int // the TTL given, -1 for no answer
	}{
		{60, 0, 60}, {60, 900 * time.Millisecond, 60}, {60, 2500 * time.Millisecond, 58}, {60, answerAge - 1, 56},
		{60, answerAge, -1}, {3, 2 * time.Second, 1}, {3, 3 * time.Second, -1}, {0, 0, -1},
	} {
		a := &answers{}
		a.put(query, response(c.ttl), start)
		wire := a.get(query, start.Add(c.after))
		got := -1
		if wire != nil {
			var m dns.Msg
			if err := m.Unpack(wire); err != nil {
				t.Fatal(err)
			}
			got = int(m.Answer[0].Header().Ttl)
			if !m.IsEdns0().Do() || m.Extra[0].Header().Ttl != 60-(c.ttl-uint32(got)) {
				t.Errorf("TTL %d after %v: additional records\n%v", c.ttl, c.after, m.Extra)
			}
		}
		if got != c.want {
			t.Errorf("TTL %d after %v: %d, want %d", c.ttl, c.after, got, c.want)
		}
	}
}

// TestAnswersAreBounded puts in more than is kept.
func TestAnswersAreBounded(t *testing.T) {
	a := &answers{}
	now := time.Unix(1_800_000_000, 0)
	for i := range 5 * mostAnswers {
		m := new(dns.Msg).SetQuestion(fmt.Sprintf("n%d.example.", i), dns.TypeTXT)
		query, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		response, err := answer(m, "good").Pack()
		if err != nil {
			t.Fatal(err)
		}
		a.put(query, response, now)
		if a.get(query, now) == nil {
			t.Fatalf("%d isn't kept", i)
		}
	}
	if n := len(a.newer) + len(a.older); n > 2*mostAnswers {
		t.Errorf("%d are kept", n)
	}
	large := make([]byte, answerOctets+1)
	if a.put(large, large, now); a.get(large, now) != nil {
		t.Error("a large one is kept")
	}
}

// FuzzMessages reads what a peer may send: nothing panics, and what is kept keeps its
// length.
func FuzzMessages(f *testing.F) {
	query := doh.Query(name, doh.TypeTXT, true)
	var q dns.Msg
	if err := q.Unpack(query); err != nil {
		f.Fatal(err)
	}
	response, err := answer(&q, "good").Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(query, response)
	f.Add([]byte("\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\xc0\x0c\x00\x10\x00\x01"), append(response, 0xc0))
	f.Fuzz(func(t *testing.T, query, response []byte) {
		allowed, lifetime := Allowed(query), Lifetime(response)
		belongs(response, query)
		if allowed != nil {
			return
		}
		a, now := &answers{}, time.Unix(1_800_000_000, 0)
		a.put(query, response, now)
		wire := a.get(query, now)
		if kept := lifetime > 0 && len(response) <= answerOctets; (wire != nil) != kept || kept && !bytes.Equal(wire[2:], response[2:]) {
			t.Errorf("lifetime %d: %x of %x", lifetime, wire, response)
		}
		if late := a.get(query, now.Add(2*time.Second)); late != nil && len(late) != len(response) {
			t.Errorf("%d octets of %d", len(late), len(response))
		}
	})
}
