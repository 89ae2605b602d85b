package resolve

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// ports notes from where a server is asked, and answers.
type ports struct {
	mu   sync.Mutex
	from map[string]int
}

func (p *ports) answer(w dns.ResponseWriter, q *dns.Msg) {
	p.mu.Lock()
	p.from[w.RemoteAddr().String()]++
	p.mu.Unlock()
	w.WriteMsg(answer(q, "good"))
}

// TestSocketsAreUsedAgainAndGivenUp asks one after another: ports are used for
// more than one query, and none for long.
func TestSocketsAreUsedAgainAndGivenUp(t *testing.T) {
	p := &ports{from: map[string]int{}}
	r := resolver(t, server(t, p.answer))
	const queries = 5 * socketQueries
	for range queries {
		wire, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
		wantText(t, wire, err, "good")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.from) > queries/4 {
		t.Errorf("%d ports for %d queries", len(p.from), queries)
	}
	for port, times := range p.from {
		if times > socketQueries {
			t.Errorf("%s asked %d times", port, times)
		}
	}
}

// TestSocketsCarryOneQueryAtATime asks together: no port has two questions open.
func TestSocketsCarryOneQueryAtATime(t *testing.T) {
	var mu sync.Mutex
	open := map[string]int{}
	r := resolver(t, server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		mu.Lock()
		open[w.RemoteAddr().String()]++
		if open[w.RemoteAddr().String()] > 1 {
			t.Error("two questions open on one port")
		}
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		open[w.RemoteAddr().String()]--
		mu.Unlock()
		w.WriteMsg(answer(q, "good"))
	}))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for range 10 {
				if _, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// TestLateAnswerIsNotTheNextOnes lets the answer to a question come after its asker
// has left, and asks again.
func TestLateAnswerIsNotTheNextOnes(t *testing.T) {
	first := true
	r := resolver(t, server(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if first {
			first = false
			w.WriteMsg(answer(q, "good"))
			w.WriteMsg(answer(q, "twice")) // waits on the socket for the next
			return
		}
		w.WriteMsg(answer(q, "next"))
	}))
	wire, err := r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "good")
	wire, err = r.Exchange(context.Background(), doh.Query(name, doh.TypeTXT, true))
	wantText(t, wire, err, "next")
}

// TestSocketsAgeAndClose looks at the idle ones themselves.
func TestSocketsAgeAndClose(t *testing.T) {
	s := &sockets{address: server(t, func(w dns.ResponseWriter, q *dns.Msg) { w.WriteMsg(answer(q, "good")) })}
	query := doh.Query(name, doh.TypeTXT, true)
	if _, err := s.exchange(context.Background(), query); err != nil || len(s.idle) != 1 {
		t.Fatalf("%v, %d idle", err, len(s.idle))
	}
	old := s.idle[0]
	old.opened = old.opened.Add(-socketAge)
	if _, err := s.exchange(context.Background(), query); err != nil || old.queries != 1 {
		t.Errorf("%v, an old socket was asked %d times", err, old.queries)
	}
	s.close()
	if _, err := old.conn.Write(query); err == nil {
		t.Error("an old socket is open")
	}
	if len(s.idle) != 1 || s.idle[0] == old {
		t.Errorf("%d idle", len(s.idle))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d := s.idle[0]
	if _, err := s.exchange(ctx, query); err == nil {
		t.Error("an answer for who has left")
	}
	if _, err := d.conn.Write(query); err == nil || len(s.idle) != 0 {
		t.Error("the socket of who has left is kept")
	}
}

func TestBelongs(t *testing.T) {
	query, err := new(dns.Msg).SetQuestion("a\\255.Example.", dns.TypeHTTPS).Pack()
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		change func(m *dns.Msg)
		want   bool
	}{
		"the answer":     {func(*dns.Msg) {}, true},
		"another case":   {func(m *dns.Msg) { m.Question[0].Name = "A\\255.eXAMPLE." }, true},
		"another octet":  {func(m *dns.Msg) { m.Question[0].Name = "a\\254.example." }, false},
		"another length": {func(m *dns.Msg) { m.Question[0].Name = "a\\255.example.com." }, false},
		"type 65 as 97":  {func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeHTTPS + 'a' - 'A' }, false},
		"another class":  {func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }, false},
		"a query":        {func(m *dns.Msg) { m.Response = false }, false},
		"another opcode": {func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }, false},
		"another ID":     {func(m *dns.Msg) { m.Id++ }, false},
		"no question":    {func(m *dns.Msg) { m.Question = nil }, false},
	} {
		var m dns.Msg
		if err := m.Unpack(query); err != nil {
			t.Fatal(err)
		}
		m.Response = true
		c.change(&m)
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got := belongs(wire, query); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
		for i := range wire {
			belongs(wire[:i], query) // whatever it says, it doesn't panic
		}
		for i := range query {
			if belongs(wire, query[:i]) {
				t.Errorf("%s belongs to %d octets of a query", what, i)
			}
		}
	}
}
