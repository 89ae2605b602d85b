package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// tally counts what came out, and is told what mustn't.
type tally struct {
	t      *testing.T
	mu     sync.Mutex
	counts map[string]int
	wrongs int
}

func (c *tally) count(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[fmt.Sprintf(format, args...)]++
}

// wrong fails the test; only the first are told in full.
func (c *tally) wrong(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wrongs++; c.wrongs <= 30 {
		c.t.Errorf("%s "+format, append([]any{time.Now().Format("15:04:05.000")}, args...)...)
	}
}

// listed lists the counts.
func listed(counts map[string]int) string {
	var text strings.Builder
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "\n%8d  %s", counts[what], what)
	}
	return text.String()
}

// declared are the classes of failures that there are.
var declared = []probe.Class{
	probe.NoProxy, probe.Unavailable, probe.Blocked, probe.Limited, probe.OptedOut, probe.Canceled, probe.BadRequest, probe.NoResolver, probe.BadResponse,
	probe.DNSNotFound, probe.DNSNoAddress, probe.DNSFailed, probe.DNSTimeout, probe.AddressReserved,
	probe.ConnectRefused, probe.ConnectTimeout, probe.Unreachable, probe.TLSAlert, probe.TLSVersion, probe.TLSTimeout, probe.TLSFailed,
	probe.ReplyMalformed, probe.ReplyTooLong, probe.ReplyTimeout, probe.ConnectionLost, probe.ReplyNegative,
}

// faultClient is a check.World that asks the replicas in turn, as a page does.
type faultClient struct {
	*tally
	origins []string
	turn    atomic.Uint32
}

// reply is what a replica answered.
type reply struct {
	body  []byte
	age   time.Duration // of what it says
	class probe.Class   // of a problem; "" for an answer
}

// get asks one replica. Its error is the context's: a replica always answers.
func (c *faultClient) get(ctx context.Context, path string) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.origins[int(c.turn.Add(1))%len(c.origins)]+path, nil)
	if err != nil {
		return reply{}, err
	}
	endpoint := request.URL.Path
	response, err := http.DefaultClient.Do(request)
	var body []byte
	if err == nil {
		defer response.Body.Close()
		body, err = io.ReadAll(response.Body)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		c.count("%s given up by us", endpoint)
		return reply{}, ctx.Err()
	case err != nil:
		c.wrong("%s: no answer: %v", path, err)
		return reply{}, err
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Age")) // without: made now
	r := reply{body: body, age: time.Duration(seconds) * time.Second}
	if response.StatusCode != http.StatusOK {
		r.class = c.problem(path, response, body)
		c.count("%s %d %s", endpoint, response.StatusCode, r.class)
	}
	return r, nil
}

// problem reads an answer other than 200, which is problem details (RFC 9457) of a
// class of our own side's, or of a question that only the resolver leaves open.
func (c *faultClient) problem(path string, response *http.Response, body []byte) probe.Class {
	var p struct {
		Type, Title string
		Status      int
		Class       probe.Class
	}
	err := json.Unmarshal(body, &p)
	if err != nil || response.Header.Get("Content-Type") != "application/problem+json" || p.Status != response.StatusCode || p.Type == "" || p.Title == "" {
		c.wrong("%s: %s is no problem: %s", path, response.Status, body)
	}
	own := p.Class.Own() && p.Class != probe.Canceled && p.Class != probe.BadRequest && p.Class != probe.NoProxy
	if !own && p.Class != probe.DNSTimeout {
		c.wrong("%s: %s of class %q", path, response.Status, p.Class)
	}
	return p.Class
}

// Exchange asks the relay. There is but one.
func (c *faultClient) Exchange(ctx context.Context, query []byte, resolver int) ([]byte, error) {
	if resolver > 0 {
		return nil, check.ErrNoResolver
	}
	r, err := c.get(ctx, dohPath(query))
	if err != nil {
		return nil, err
	}
	if r.class != "" {
		// As the page does: nothing else is the proxy's to say.
		class := probe.NoResolver
		if r.class.Own() {
			class = r.class
		}
		return nil, &probe.Failure{Class: class}
	}
	return r.body, nil
}

// Policy asks for a policy file.
func (c *faultClient) Policy(ctx context.Context, d dnsname.Name) (probe.Policy, error) {
	p, _, err := observed[probe.Policy](ctx, c, "/v1/policy?domain="+d.String())
	return p, err
}

// STARTTLS asks for a mail host.
func (c *faultClient) STARTTLS(ctx context.Context, mx dnsname.Name, asides ...probe.AsideKind) (probe.STARTTLS, error) {
	path := "/v1/starttls?host=" + mx.String()
	for _, kind := range asides {
		path += "&aside=" + string(kind)
	}
	s, _, err := observed[probe.STARTTLS](ctx, c, path)
	return s, err
}

// Nameservers asks for a zone's servers.
func (c *faultClient) Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) (probe.Nameservers, error) {
	path := "/v1/nameservers?zone=" + zone.String()
	for _, q := range questions {
		path += "&question=" + url.QueryEscape(fmt.Sprintf("%d %s", q.Type, q.Name))
	}
	n, _, err := observed[probe.Nameservers](ctx, c, path)
	return n, err
}

// observed asks for an observation, all of whose failures have a known class, and
// tells how old it is. The error is a *probe.Failure, or the context's.
func observed[T probe.Policy | probe.STARTTLS | probe.Nameservers](ctx context.Context, c *faultClient, path string) (seen T, age time.Duration, err error) {
	r, err := c.get(ctx, path)
	switch {
	case err != nil:
		return seen, 0, err
	case r.class != "":
		return seen, 0, &probe.Failure{Class: r.class}
	}
	if err := json.Unmarshal(r.body, &seen); err != nil {
		c.wrong("%s: %v: %s", path, err, r.body)
	}
	endpoint, _, _ := strings.Cut(path, "?")
	for _, f := range failuresIn(&seen) {
		switch {
		case f == nil:
			c.count("%s 200", endpoint)
		case !slices.Contains(declared, f.Class):
			c.wrong("%s: class %q", path, f.Class)
		default:
			c.count("%s 200 with %s", endpoint, f.Class)
		}
	}
	return seen, r.age, nil
}

// failuresIn gives the failures of an observation's parts; nil for one that went well.
func failuresIn(observation any) (all []*probe.Failure) {
	switch o := observation.(type) {
	case *probe.Policy:
		all = append(all, o.Failure)
	case *probe.STARTTLS:
		if o.Failure != nil {
			all = append(all, o.Failure)
		}
		for i := range o.Addresses {
			if a := &o.Addresses[i]; len(a.Asides) == 0 {
				all = append(all, a.Failure)
			}
			for j := range o.Addresses[i].Asides {
				all = append(all, o.Addresses[i].Asides[j].Failure)
			}
		}
	case *probe.Nameservers:
		if o.Failure != nil {
			all = append(all, o.Failure)
		}
		for i := range o.Servers {
			for j := range o.Servers[i].Answers {
				all = append(all, o.Servers[i].Answers[j].Failure)
			}
		}
	}
	return all
}
