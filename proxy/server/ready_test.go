package server

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
)

func TestReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		egress, n := probe.EgressUnknown, network("")
		exchange := n.Exchange
		s := start(t, func(c *Config) {
			c.Port25 = func() probe.Egress { return egress }
			c.Route = func(of dnsname.Name) *observe.Network {
				if of != dnsname.Root {
					t.Errorf("asked for %s", of)
				}
				return n
			}
		})
		answers := func(ctx context.Context, q []byte) ([]byte, error) { asked.Add(1); return exchange(ctx, q) }
		silent := func(ctx context.Context, q []byte) ([]byte, error) {
			asked.Add(1)
			<-ctx.Done()
			return nil, &probe.Failure{Class: probe.NoResolver}
		}
		refuses := func(ctx context.Context, q []byte) ([]byte, error) {
			wire, err := answers(ctx, q)
			wire[3] |= 5
			return wire, err
		}
		for i, c := range []struct {
			exchange func(context.Context, []byte) ([]byte, error)
			egress   probe.Egress
			then     time.Duration
			status   int
			want     readyState
			asked    int32
		}{
			{answers, "", 0, 200, readyState{Ready: true, Resolver: "answers", Port25: "unknown"}, 1},
			{silent, probe.EgressOpen, 4 * time.Second, 200, readyState{Ready: true, Resolver: "answers", Port25: "open"}, 1}, // kept
			{silent, probe.EgressBlocked, 2 * time.Second, 503, readyState{Ready: false, Resolver: "silent", Port25: "blocked"}, 2},
			{answers, probe.EgressBlocked, 6 * time.Second, 200, readyState{Ready: true, Resolver: "answers", Port25: "blocked"}, 3},
			{refuses, probe.EgressOpen, 6 * time.Second, 503, readyState{Ready: false, Resolver: "silent", Port25: "open"}, 4},
		} {
			time.Sleep(c.then)
			n.Exchange, egress = c.exchange, c.egress
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					var got readyState
					r := get(s, "/readyz")
					if err := json.NewDecoder(r.Body).Decode(&got); err != nil || got != c.want || r.StatusCode != c.status {
						t.Errorf("step %d: %d %+v %v", i, r.StatusCode, got, err)
					}
				})
			}
			all.Wait()
			if asked.Load() != c.asked {
				t.Errorf("step %d: %d questions", i, asked.Load())
			}
		}
		n.Exchange = answers
		s.drain.begin()
		var got readyState
		r := get(s, "/readyz")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || got.Ready || !got.Ending || r.StatusCode != 503 {
			t.Errorf("about to end: %d %+v %v", r.StatusCode, got, err)
		}
	})
}

func TestVisitsPage(t *testing.T) {
	s := start(t, func(c *Config) {
		c.Visits = Visits{Name: "probe.example", Contact: "<post@example.com>"}
		c.ProbeRates.Target = limits.Rate{Burst: 7, Every: 90 * time.Second}
	})
	bare := start(t, func(c *Config) { c.Site = nil })
	for what, c := range map[string]struct {
		s            *Server
		target       string
		wants, lacks []string
	}{
		"named":          {s, "/probes", []string{"<code>EHLO probe.example</code>", "&lt;post@example.com&gt;", "7 requests", "1m30s", observe.UserAgent}, []string{"whois", "<post", "{", "`"}},
		"nameless":       {bare, "/probes", []string{"whois"}, []string{"{", "`"}},
		"the name leads": {bare, "/", []string{"whois"}, nil},
	} {
		r := get(c.s, c.target)
		body, _ := io.ReadAll(r.Body)
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/html; charset=utf-8" || r.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d %v", what, r.StatusCode, r.Header)
		}
		for _, w := range c.wants {
			if !strings.Contains(string(body), w) {
				t.Errorf("%s lacks %q", what, w)
			}
		}
		for _, l := range c.lacks {
			if strings.Contains(string(body), l) {
				t.Errorf("%s has %q", what, l)
			}
		}
	}
	if r := get(s, visitsStyle); r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style: %d %v", r.StatusCode, r.Header)
	}
}
