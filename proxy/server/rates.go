package server

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
)

// Rates say how often something may be asked for: by one client, about one name,
// and by all. A rate of zero is the usual one.
type Rates struct {
	Client, Target, All limits.Rate
}

// The usual rates. A check of a domain with five mail servers is about 24 probes
// and 60 queries, which pass at once, and three such checks a minute for good. What
// a name suffers is less: of the same thing, one visit a minute is made for all.
var (
	usualProbes  = Rates{limits.Rate{Burst: 100, Every: 800 * time.Millisecond}, limits.Rate{Burst: 24, Every: 5 * time.Second}, limits.Rate{Burst: 1000, Every: 10 * time.Millisecond}}
	usualQueries = Rates{limits.Rate{Burst: 600, Every: 100 * time.Millisecond}, limits.Rate{Burst: 600, Every: 20 * time.Millisecond}, limits.Rate{Burst: 4000, Every: time.Millisecond}}
	usualBadges  = Rates{limits.Rate{Burst: 20, Every: 10 * time.Second}, limits.Rate{Burst: 2, Every: time.Minute}, limits.Rate{Burst: 60, Every: 2 * time.Second}}
)

// usualVisits is the rate of visits to an address. A check makes some ten of a mail
// server's.
var usualVisits = limits.Rate{Burst: 120, Every: time.Second}

// LimitedKeys is how many keys are counted in this process's memory.
const LimitedKeys = 200_000

// orUsual fills the rates that are zero.
func (r Rates) orUsual(usual Rates) Rates {
	fill := func(rate *limits.Rate, usual limits.Rate) {
		if *rate == (limits.Rate{}) {
			*rate = usual
		}
	}
	fill(&r.Client, usual.Client)
	fill(&r.Target, usual.Target)
	fill(&r.All, usual.All)
	return r
}

// rated is a kind of request with its rates.
type rated struct {
	kind string
	Rates
}

// The limits of a rate, as Meter and the fields name them.
const (
	perClient = "client"
	perTarget = "target"
	forAll    = "all"
	tooBusy   = "busy"
)

// refusal is the error of what a rate doesn't let pass.
type refusal struct {
	limit   string
	verdict limits.Verdict
}

// Error names the limit.
func (r *refusal) Error() string { return "server: over the rate for " + r.limit }

// mayAsk counts a request of a client, tells the client how it stands, and answers
// the request when it is one too many.
func (s *Server) mayAsk(w http.ResponseWriter, r *http.Request, of rated, who netip.Prefix) bool {
	if !who.IsValid() {
		return true
	}
	v := s.config.Counter.Take(r.Context(), of.kind+" client "+who.String(), of.Client)
	if v.OK {
		stand(w.Header(), perClient, v)
		return true
	}
	s.refuse(w, r, &refusal{perClient, v})
	return false
}

// mayVisit counts what is done about a name, for whoever asked. The lab's servers
// are our own: nobody has to be spared.
func (s *Server) mayVisit(ctx context.Context, n *observe.Network, of rated, name dnsname.Name) error {
	if !n.Near {
		if v := s.config.Counter.Take(ctx, of.kind+" target "+name.String(), of.Target); !v.OK {
			return &refusal{perTarget, v}
		}
	}
	if v := s.config.Counter.Take(ctx, of.kind+" all", of.All); !v.OK {
		return &refusal{forAll, v}
	}
	return nil
}

// MayVisitAddress counts a visit to an address, for observe.Network. Rates by name don't spare
// it: who asks may have a domain of which every name leads there.
func (s *Server) MayVisitAddress(ctx context.Context, ip netip.Addr) bool {
	return s.config.Counter.Take(ctx, "visit address "+ip.Unmap().String(), s.visits).OK
}

// refuse answers a request that is one too many. Where all together ask too much,
// that is nobody's fault.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, of *refusal) {
	s.config.Meter.Refused(endpoint(r.URL.Path), of.limit)
	stand(w.Header(), of.limit, of.verdict)
	w.Header().Set("Retry-After", strconv.Itoa(seconds(of.verdict.Reset)))
	if of.limit == forAll {
		problem(w, http.StatusServiceUnavailable, faultBusy, "")
		return
	}
	problem(w, http.StatusTooManyRequests, faultTooMany, "")
}

// stand adds how a client stands to the fields of draft-ietf-httpapi-ratelimit-headers-11
// §3 and §4: structured fields (RFC 9651), lists of strings with parameters. A bucket's
// window is the time in which it fills.
func stand(h http.Header, limit string, v limits.Verdict) {
	list := func(name, item string) {
		if before := h.Get(name); before != "" {
			item = before + ", " + item
		}
		h.Set(name, item)
	}
	list("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", limit, v.Rate.Burst, seconds(v.Rate.Window())))
	list("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", limit, v.Remaining, seconds(v.Reset)))
}

// seconds rounds up, to one at least.
func seconds(d time.Duration) int {
	return max(1, int((d+time.Second-1)/time.Second))
}
