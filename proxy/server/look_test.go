package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/share"
)

// counting is a network that counts what is resolved and takes a second for it.
func counting(n *observe.Network, asked *atomic.Int32) *observe.Network {
	exchange := n.Exchange
	n.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
		asked.Add(1)
		select {
		case <-time.After(time.Second):
			return exchange(ctx, query)
		case <-ctx.Done():
			return nil, &probe.Failure{Class: probe.Canceled}
		}
	}
	return n
}

// Concurrent askers share one observation, and who comes within a minute gets it with
// its age; the lab's is made anew.
func TestObservationsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		var m metered
		s := start(t, func(c *Config) {
			internet, lab := counting(network("internet"), &asked), counting(network("lab"), &asked)
			lab.Near = true
			c.Meter = &m
			c.Route = func(n dnsname.Name) *observe.Network {
				if n.Within(top) {
					return lab
				}
				return internet
			}
		})
		get := func(target string) (age string) {
			r := ask(s, httptest.NewRequest(http.MethodGet, target, nil))
			var p probe.STARTTLS
			if err := json.NewDecoder(r.Body).Decode(&p); err != nil || r.StatusCode != 200 || len(p.Addresses) != 1 || r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %v %+v", target, r.StatusCode, err, p)
			}
			return r.Header.Get("Age")
		}
		const target = "/v1/starttls?host=mx.example.com&aside=rsa&aside=dhe"
		var ages sync.Map
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() { ages.Store(i, get(target)) })
		}
		all.Wait()
		fresh, shared := 0, 0
		ages.Range(func(_, age any) bool {
			switch age {
			case "":
				fresh++
			case "0":
				shared++
			}
			return true
		})
		if fresh != 1 || shared != 4 || asked.Load() != 2 {
			t.Errorf("%d fresh, %d shared, %d questions", fresh, shared, asked.Load())
		}
		time.Sleep(42 * time.Second)
		for _, c := range []struct {
			target, age string
			asked       int32
		}{
			{target, "42", 2}, {"/v1/starttls?aside=dhe&host=MX.Example.com.&aside=rsa", "42", 2},
			{"/v1/starttls?host=mx.example.com&aside=rsa", "", 4}, {"/v1/starttls?host=mx.example.com", "", 6}, {"/v1/starttls?host=mx.example.com", "0", 6},
			{"/v1/starttls?host=mx.perfect.test", "", 8}, {"/v1/starttls?host=mx.perfect.test", "", 10},
		} {
			if age := get(c.target); age != c.age || asked.Load() != c.asked {
				t.Errorf("%s: age %q, %d questions; want %q, %d", c.target, age, asked.Load(), c.age, c.asked)
			}
		}
		time.Sleep(20 * time.Second)
		if age := get(target); age != "" || asked.Load() != 12 {
			t.Errorf("after a minute: age %q, %d questions", age, asked.Load())
		}
		m.want(t, "shared", map[string]int{"/v1/starttls": 7})
		m.want(t, "answered", map[string]int{"/v1/starttls 200": 13})
		m.want(t, "failed", map[string]int{"/v1/starttls " + string(probe.AddressReserved): 8})
	})
}

// Name servers' questions are told apart.
func TestQuestionsAreTold(t *testing.T) {
	s := start(t, nil)
	for _, kind := range []string{"MX", "TXT"} {
		var ns probe.Nameservers
		r := get(s, "/v1/nameservers?zone=example.com&question="+url.QueryEscape(kind+" example.com"))
		if err := json.NewDecoder(r.Body).Decode(&ns); err != nil || len(ns.Servers) != 1 || r.Header.Get("Age") != "" {
			t.Errorf("%v %+v", err, ns)
		} else if got := ns.Servers[0].Answers[0].Type; got != map[string]uint16{"MX": 15, "TXT": 16}[kind] {
			t.Errorf("%s: type %d", kind, got)
		}
	}
}

// What ended by a fault of our own, in whole or in part, is tried again at once.
func TestOwnFaultsAreNotKept(t *testing.T) {
	var asked atomic.Int32
	for what, n := range map[string]*observe.Network{
		"no resolver": {Exchange: func(context.Context, []byte) ([]byte, error) {
			asked.Add(1)
			return nil, &probe.Failure{Class: probe.NoResolver}
		}},
		"port 25 blocked": func() *observe.Network {
			n := network("")
			n.Port25 = &observe.Port25{}
			n.Port25.Force(probe.EgressBlocked)
			exchange := n.Exchange
			n.Exchange = func(ctx context.Context, q []byte) ([]byte, error) { asked.Add(1); return exchange(ctx, q) }
			n.Dial = unreachable
			return n
		}(),
	} {
		s := start(t, func(c *Config) { c.Route = func(dnsname.Name) *observe.Network { return n } })
		asked.Store(0)
		first := get(s, "/v1/starttls?host=mx.example.com")
		before := asked.Load()
		second := get(s, "/v1/starttls?host=mx.example.com")
		if before == 0 || asked.Load() != 2*before || second.Header.Get("Age") != "" || first.StatusCode != second.StatusCode {
			t.Errorf("%s: %d questions, then %d", what, before, asked.Load())
		}
	}
}

// optOut is the list of one line.
func optOut(t *testing.T, line string) *observe.OptOut {
	t.Helper()
	file := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := observe.ReadOptOut(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Who asked not to be reached isn't, whoever asks; where that is one address only, the
// rest is an answer, and as good as any.
func TestOptedOut(t *testing.T) {
	of := func(line string) *Server {
		n := network("internet")
		n.OptOut = optOut(t, line)
		n.Dial = func(context.Context, string, string) (net.Conn, error) { t.Error("dialed"); return nil, net.ErrClosed }
		return start(t, func(c *Config) { c.Route = func(dnsname.Name) *observe.Network { return n } })
	}
	s := of("example.com")
	for _, target := range []string{"/v1/policy?domain=example.com", "/v1/starttls?host=MX.example.com.", "/v1/nameservers?zone=example.com&question=MX+example.com"} {
		wantProblem(t, get(s, target), 403, "opted-out", probe.OptedOut)
	}
	s = of("192.0.2.0/24")
	wantProblem(t, get(s, "/v1/policy?domain=example.com"), 403, "opted-out", probe.OptedOut)
	for _, age := range []string{"", "0"} {
		var p probe.STARTTLS
		r := get(s, "/v1/starttls?host=mx.example.com")
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil || len(p.Addresses) != 1 || p.Addresses[0].Failure.Class != probe.OptedOut || r.Header.Get("Age") != age {
			t.Errorf("%v %+v, age %q", err, p, r.Header.Get("Age"))
		}
	}
}

// An observation that replicas made is taken as it is.
func TestOthersObservations(t *testing.T) {
	keep := share.NewLocal(1 << 20)
	one, two := start(t, func(c *Config) { c.Keep = keep }), start(t, func(c *Config) { c.Keep = keep })
	read := func(r *http.Response) string { b, _ := io.ReadAll(r.Body); return string(b) }
	first, second := get(one, "/v1/policy?domain=example.com"), get(two, "/v1/policy?domain=example.com")
	if first.Header.Get("Age") != "" || second.Header.Get("Age") != "0" || read(first) != read(second) {
		t.Error("not shared")
	}
}

// A panic in an observation, wherever it happens in that, is a problem for each who
// waits for it, is logged with its stack, and ends nothing else: what comes after has
// its places.
func TestPanicInAnObservation(t *testing.T) {
	exchange := func(context.Context, []byte) ([]byte, error) { time.Sleep(time.Second); panic("broken") }
	dial := func(context.Context, string, string) (net.Conn, error) { time.Sleep(time.Second); panic("broken") }
	for _, plant := range []func(*observe.Network){
		func(n *observe.Network) { n.Exchange = exchange },
		func(n *observe.Network) { n.Dial = dial },
	} {
		for _, target := range []string{
			"/v1/policy?domain=example.com", "/v1/starttls?host=mx.example.com", "/v1/starttls?host=mx.example.com&aside=https&aside=rsa",
			"/v1/nameservers?zone=example.com&question=MX+example.com",
		} {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				n := network("internet")
				healthy := n.Dial
				s := start(t, func(c *Config) {
					c.Log = slog.New(slog.NewJSONHandler(&log, nil))
					c.Route = func(dnsname.Name) *observe.Network { return n }
				})
				resolve := n.Exchange
				plant(n)
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() { wantProblem(t, get(s, target), 500, "internal", probe.Unavailable) })
				}
				all.Wait()
				var line struct{ Fault, Stack string }
				lines := bytes.Split(bytes.TrimSpace(log.Bytes()), []byte("\n"))
				if json.Unmarshal(lines[0], &line); len(lines) != 3 || line.Fault != "broken" || !strings.Contains(line.Stack, "TestPanicInAnObservation") {
					t.Errorf("%s: %d lines, %+v", target, len(lines), line)
				}
				n.Exchange, n.Dial = resolve, healthy
				if r := get(s, target); r.StatusCode != 200 || s.probes.taken() != 0 {
					t.Errorf("%s: afterwards %d, %d places taken", target, r.StatusCode, s.probes.taken())
				}
			})
		}
	}
}

// Who asks the same question at the same time shares one answer, each under their own
// ID; another letter's case, flag or name is another question.
func TestSameQuestionsAreAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		s := start(t, func(c *Config) {
			n := network("internet")
			n.Exchange = func(_ context.Context, query []byte) ([]byte, error) {
				asked.Add(1)
				time.Sleep(time.Second)
				return append([]byte(nil), query...), nil
			}
			c.Route = func(dnsname.Name) *observe.Network { return n }
		})
		query := doh.Query(dnsname.MustParse("example.com"), doh.TypeTXT, false)
		upper := append([]byte(nil), query...)
		upper[13] = 'E'
		var all sync.WaitGroup
		for i := range 40 {
			for _, q := range [][]byte{query, upper, doh.Query(dnsname.MustParse("example.com"), doh.TypeTXT, true)} {
				q = append([]byte(nil), q...)
				q[1] = byte(i)
				all.Go(func() {
					r := ask(s, httptest.NewRequest(http.MethodGet, relayed(q), nil))
					if got, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !bytes.Equal(got, q) {
						t.Errorf("%d %v: %x for %x", r.StatusCode, err, got, q)
					}
				})
			}
		}
		if all.Wait(); asked.Load() != 3 {
			t.Errorf("asked %d times, want 3", asked.Load())
		}
	})
}

// A question goes on when nobody waits for it any more, and counts as long as it does.
func TestQuestionsOfThoseWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		answer := make(chan struct{})
		s := start(t, func(c *Config) {
			n := network("internet")
			n.Exchange = func(_ context.Context, query []byte) ([]byte, error) { // of those who don't listen
				most.Store(max(most.Load(), running.Add(1)))
				<-answer
				running.Add(-1)
				return query, nil
			}
			c.Queries = 5
			c.Route = func(dnsname.Name) *observe.Network { return n }
		})
		for i := range 20 {
			ctx, leave := context.WithCancel(t.Context())
			query := doh.Query(dnsname.MustParse("example"+string(rune('a'+i))+".com"), doh.TypeTXT, false)
			go ask(s, httptest.NewRequestWithContext(ctx, http.MethodGet, relayed(query), nil))
			synctest.Wait()
			leave()
			synctest.Wait()
		}
		if s.queries.taken() != 0 || s.asking.taken() != 5 || most.Load() != 5 {
			t.Errorf("%d askers, %d places, %d at once", s.queries.taken(), s.asking.taken(), most.Load())
		}
		close(answer)
		if synctest.Wait(); s.asking.taken() != 0 {
			t.Errorf("%d places are still taken", s.asking.taken())
		}
	})
}
