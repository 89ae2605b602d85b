package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
)

// aCheck is what a page asks for a domain with five mail servers: the policy, four
// visits of each server, three zones' name servers, and queries.
func aCheck(domain string) (targets []string) {
	targets = append(targets, "/v1/policy?domain="+domain)
	for i := range 5 {
		for _, asides := range []string{"", "&aside=no-sni&aside=rsa&aside=ecdsa", "&aside=dhe&aside=old-tls&aside=ssl3", "&aside=https"} {
			targets = append(targets, fmt.Sprintf("/v1/starttls?host=mx%d.%s%s", i, domain, asides))
		}
	}
	for i := range 3 {
		targets = append(targets, fmt.Sprintf("/v1/nameservers?zone=z%d.%s&question=%s", i, domain, url.QueryEscape(fmt.Sprintf("MX z%d.%s", i, domain))))
	}
	for i := range 12 {
		for _, t := range []doh.Type{doh.TypeA, doh.TypeMX, doh.TypeTXT, doh.TypeDS, doh.TypeDNSKEY} {
			targets = append(targets, relayed(doh.Query(dnsname.MustParse(fmt.Sprintf("n%d.%s", i, domain)), t, true)))
		}
	}
	return targets
}

// A whole check passes at once, and three a minute do so for an hour.
func TestChecksPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, nil)
		for minute := range 60 {
			for turn := range 3 {
				var all sync.WaitGroup
				for _, target := range aCheck(fmt.Sprintf("d%d-%d.example", minute, turn)) {
					all.Go(func() {
						if r := ask(s, from("192.0.2.1:1000", target)); r.StatusCode != http.StatusOK {
							t.Errorf("minute %d: %s: status %d", minute, target, r.StatusCode)
						}
					})
				}
				all.Wait()
				if t.Failed() {
					return
				}
			}
			time.Sleep(time.Minute)
		}
	})
}

// few are rates that are soon used up.
func few(client, target, all int) Rates {
	rate := func(burst int) limits.Rate { return limits.Rate{Burst: burst, Every: 10 * time.Second} }
	return Rates{rate(client), rate(target), rate(all)}
}

func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m metered
		s := start(t, func(c *Config) {
			c.ProbeRates, c.QueryRates, c.Meter = few(3, 2, 8), few(2, 10, 10), &m
		})
		probing := func(client, host string, aside string) *http.Response {
			return ask(s, from(client+":1", "/v1/starttls?host="+host+".example&aside="+aside))
		}
		wantFields := func(r *http.Response, policy, now, retry string) {
			t.Helper()
			if h := r.Header; h.Get("RateLimit-Policy") != policy || h.Get("RateLimit") != now || h.Get("Retry-After") != retry {
				t.Errorf("%q %q %q", h.Get("RateLimit-Policy"), h.Get("RateLimit"), h.Get("Retry-After"))
			}
		}
		const client = `"client";q=3;w=30`
		wantFields(probing("192.0.2.1", "a", "rsa"), client, `"client";r=2;t=10`, "")
		probing("192.0.2.1", "a", "dhe")
		r := probing("192.0.2.1", "a", "ecdsa") // the third of this target
		wantFields(r, client+`, "target";q=2;w=20`, `"client";r=0;t=10, "target";r=0;t=10`, "10")
		wantProblem(t, r, 429, "too-many-requests", probe.Limited)
		time.Sleep(2500 * time.Millisecond)
		r = probing("192.0.2.1", "b", "rsa")
		wantFields(r, client, `"client";r=0;t=8`, "8")
		wantProblem(t, r, 429, "too-many-requests", probe.Limited)
		for i, c := range []string{"192.0.2.2", "2001:db8:0:100::1", "2001:db8:0:1ff::1", "2001:db8:0:200::1", "192.0.2.3", "192.0.2.4"} {
			if c[4] == ':' || c[0] == '2' {
				c = "[" + c + "]"
			}
			if r := probing(c, "c"+strconv.Itoa(i), "rsa"); r.StatusCode != 200 {
				t.Errorf("%s: status %d", c, r.StatusCode)
			}
		}
		r = probing("192.0.2.5", "d", "rsa") // a second later: one address is visited with pauses
		wantFields(r, client+`, "all";q=8;w=80`, `"client";r=2;t=10, "all";r=0;t=7`, "7")
		wantProblem(t, r, 503, "busy", probe.Limited)
		wantProblem(t, get(s, "/v1/starttls?host=e.example"), 429, "too-many-requests", probe.Limited) // httptest's own 192.0.2.1
		query := relayed(doh.Query(name, doh.TypeMX, true))
		for range 2 {
			if r := ask(s, from("192.0.2.1:1", query)); r.StatusCode != 200 {
				t.Errorf("a query is counted as a probe: status %d", r.StatusCode)
			}
		}
		wantProblem(t, ask(s, from("192.0.2.1:1", query)), 429, "too-many-requests", probe.Limited)
		m.want(t, "refused", map[string]int{"/v1/starttls target": 1, "/v1/starttls client": 2, "/v1/starttls all": 1, "/dns-query client": 1})
	})
}

// Any number of names that lead to one address don't bring it more visits.
func TestAddressesAreSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dialed atomic.Int32
		n := network("internet")
		n.Dial = func(context.Context, string, string) (net.Conn, error) {
			dialed.Add(1)
			return nil, observe.ErrReserved
		}
		s := start(t, func(c *Config) {
			c.VisitRate, c.Route = limits.Rate{Burst: 30, Every: time.Second}, func(dnsname.Name) *observe.Network { return n }
		})
		n.MayVisitAddress = s.MayVisitAddress
		begun := time.Now()
		look := func(client int, target string) {
			if r := ask(s, from(fmt.Sprintf("192.0.2.%d:1", client), target)); r.StatusCode != 200 && r.StatusCode != 502 {
				t.Errorf("%s: status %d", target, r.StatusCode)
			}
		}
		for i := range 20 {
			look(i, fmt.Sprintf("/v1/starttls?host=mx%d.example.com", i))
			look(i, fmt.Sprintf("/v1/starttls?host=mx%d.example.com&aside=https&aside=rsa", i))
			look(i, fmt.Sprintf("/v1/policy?domain=d%d.example.com", i))
			look(i, fmt.Sprintf("/v1/nameservers?zone=z%[1]d.example.com&question=MX+z%[1]d.example.com", i))
		}
		seconds := int32(time.Since(begun) / time.Second)
		if got := dialed.Load(); got < 30 || got > 30+seconds+1 {
			t.Errorf("%d visits in %d seconds", got, seconds)
		}
	})
}

// The lab's own servers needn't be spared, and who is on loopback is nobody in
// particular.
func TestRatesOfTheLab(t *testing.T) {
	s := start(t, func(c *Config) { c.ProbeRates = few(1, 1, 100) })
	for range 3 {
		if r := ask(s, from("127.0.0.1:1", "/v1/policy?domain=perfect.test")); r.StatusCode != 200 || r.Header.Get("RateLimit") != "" {
			t.Errorf("status %d", r.StatusCode)
		}
	}
}

func TestBadgeRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var checks atomic.Int32
		s := start(t, func(c *Config) {
			c.BadgeRates = few(2, 1, 3)
			c.Check = func(context.Context, dnsname.Name) Summary {
				checks.Add(1)
				return Summary{Parts: []string{"dane-ok"}}
			}
		})
		for i, c := range []struct {
			client, domain string
			checks         int32
		}{
			{"192.0.2.1", "a.example", 1}, {"192.0.2.1", "a.example", 1}, {"192.0.2.1", "b.example", 2}, {"192.0.2.1", "c.example", 2},
			{"192.0.2.2", "d.example", 3}, {"192.0.2.3", "e.example", 3},
		} {
			if r := ask(s, from(c.client+":1", "/badge/"+c.domain+".svg")); r.StatusCode != http.StatusOK || checks.Load() != c.checks {
				t.Errorf("%d: status %d, %d checks", i, r.StatusCode, checks.Load())
			}
		}
	})
}

// metered counts what a Meter is told.
type metered struct {
	mu     sync.Mutex
	counts map[string]map[string]int
}

func (m *metered) add(what, of string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = map[string]map[string]int{}
	}
	if m.counts[what] == nil {
		m.counts[what] = map[string]int{}
	}
	m.counts[what][of]++
}

func (m *metered) Answered(endpoint string, status int, took time.Duration) {
	m.add("answered", fmt.Sprint(endpoint, " ", status))
}
func (m *metered) Refused(endpoint, limit string) { m.add("refused", endpoint+" "+limit) }
func (m *metered) Shared(endpoint string)         { m.add("shared", endpoint) }
func (m *metered) Failed(endpoint, class string)  { m.add("failed", endpoint+" "+class) }

func (m *metered) want(t *testing.T, what string, want map[string]int) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if fmt.Sprint(m.counts[what]) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, m.counts[what], want)
	}
}

// What is known already is nobody's visit: only the client's own rate counts it.
func TestKnownAnswersBurdenNobody(t *testing.T) {
	s := start(t, func(c *Config) {
		c.QueryRates = few(5, 1, 1)
		n := &observe.Network{Known: func(query []byte) []byte { return query }}
		c.Route = func(dnsname.Name) *observe.Network { return n }
	})
	query := relayed(doh.Query(dnsname.MustParse("example.com"), doh.TypeTXT, false))
	for i := range 6 {
		want := http.StatusOK
		if i == 5 {
			want = http.StatusTooManyRequests
		}
		if r := ask(s, from("192.0.2.1:1", query)); r.StatusCode != want {
			t.Errorf("%d: status %d", i, r.StatusCode)
		}
	}
}
