// Command wasm is the page's program and the builder of its site. Built for
// js/wasm it is the program: check.World over fetch (RFC 8484 for DNS, the
// proxy's /v1/ for the policy of RFC 8461 §3.3 and for STARTTLS, RFC 3207), and
// the routes. Built natively it writes the site that the program runs in.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// Limits of one request; the proxy's own limits lie below them.
const (
	exchangeLimit = 15 * time.Second
	policyLimit   = probe.PolicyTimeout + 5*time.Second
	starttlsLimit = 2*probe.ProbeTimeout + 5*time.Second
	configLimit   = 10 * time.Second
	maxReply      = 8 << 20 // bytes: 16 addresses of 20 certificates each fit
)

var errTooLarge = errors.New("reply too large")

// reply is an HTTP answer.
type reply struct {
	Status int
	Type   string // Content-Type
	Body   []byte
}

// getter makes a GET request.
type getter func(ctx context.Context, url, accept string, limit time.Duration, most int) (reply, error)

// world is check.World over HTTP.
type world struct {
	get getter
	// slow lets only so many probes and policy fetches run at once: over
	// HTTP/1.1 a browser has six connections to a host, and DNS needs some.
	slow chan struct{}

	once   sync.Once
	ready  chan struct{}
	config probe.Config
}

var _ check.World = (*world)(nil)

func newWorld(get getter, slow int) *world {
	return &world{get: get, slow: make(chan struct{}, slow), ready: make(chan struct{})}
}

// Config asks for /config.json, once; a fault gives the configuration of a
// proxy that relays DNS at the usual place. A site that has its proxy elsewhere
// knows of it where it is; the rest only that proxy can tell.
func (w *world) Config(ctx context.Context) probe.Config {
	w.once.Do(func() {
		defer close(w.ready)
		// The first asker's ctx must not decide for those that follow.
		r, err := w.get(context.WithoutCancel(ctx), "/config.json", "application/json", configLimit, maxReply)
		if err != nil || r.Status != 200 || json.Unmarshal(r.Body, &w.config) != nil || len(w.config.DoH) == 0 {
			w.config = probe.Config{DoH: []string{"/dns-query"}}
		}
		if w.config.Proxy == "" {
			return
		}
		var told probe.Config
		r, err = w.get(context.WithoutCancel(ctx), w.config.Proxy+"/config.json", "application/json", configLimit, maxReply)
		if err == nil && r.Status == 200 && json.Unmarshal(r.Body, &told) == nil {
			w.config.Port25, w.config.Anchors, w.config.Lab = told.Port25, told.Anchors, told.Lab
		}
	})
	<-w.ready
	return w.config
}

// await gives a check that has begun the time to send its first questions: until the
// configuration is there, or so long.
func (w *world) await(most time.Duration) {
	select {
	case <-w.ready:
	case <-time.After(most):
	}
	runtime.Gosched()
}

// Exchange is a DNS query by GET (RFC 8484 §4.1). It goes to one resolver only:
// another one would learn names that it needn't.
func (w *world) Exchange(ctx context.Context, query []byte, resolver int) ([]byte, error) {
	const media = "application/dns-message"
	all := w.Config(ctx).DoH
	if resolver >= len(all) {
		return nil, check.ErrNoResolver
	}
	sep := "?"
	if strings.Contains(all[resolver], "?") {
		sep = "&"
	}
	r, err := w.get(ctx, all[resolver]+sep+"dns="+base64.RawURLEncoding.EncodeToString(query), media, exchangeLimit, probe.MaxDNSMessage)
	if err != nil {
		return nil, failed(ctx, err, probe.NoResolver)
	}
	if r.Status != 200 {
		return nil, refused(r, probe.NoResolver)
	}
	if mediaType, _, _ := strings.Cut(r.Type, ";"); strings.TrimSpace(strings.ToLower(mediaType)) != media {
		return nil, &probe.Failure{Class: probe.BadResponse, Detail: r.Type}
	}
	return r.Body, nil
}

// Policy asks the proxy to fetch the policy of d.
func (w *world) Policy(ctx context.Context, d dnsname.Name) (p probe.Policy, err error) {
	err = w.observe(ctx, "policy?domain="+url.QueryEscape(d.String()), policyLimit, &p)
	return p, err
}

// STARTTLS asks the proxy to speak with every address of the host, or to make
// the asides.
func (w *world) STARTTLS(ctx context.Context, mx dnsname.Name, asides ...probe.AsideKind) (s probe.STARTTLS, err error) {
	what := "starttls?host=" + url.QueryEscape(mx.String())
	for _, kind := range asides {
		what += "&aside=" + url.QueryEscape(string(kind))
	}
	err = w.observe(ctx, what, starttlsLimit, &s)
	return s, err
}

// Nameservers asks the proxy to put questions to the servers of a zone, each
// as "type name".
func (w *world) Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) (n probe.Nameservers, err error) {
	what := "nameservers?zone=" + url.QueryEscape(zone.String())
	for _, q := range questions {
		what += "&question=" + url.QueryEscape(strconv.Itoa(int(q.Type))+" "+q.Name.String())
	}
	err = w.observe(ctx, what, starttlsLimit, &n)
	return n, err
}

// observe asks for one observation of the proxy.
func (w *world) observe(ctx context.Context, what string, limit time.Duration, into any) error {
	config := w.Config(ctx)
	if config.Proxyless {
		return &probe.Failure{Class: probe.NoProxy}
	}
	select {
	case w.slow <- struct{}{}:
		defer func() { <-w.slow }()
	case <-ctx.Done():
		return failed(ctx, ctx.Err(), probe.Canceled)
	}
	r, err := w.get(ctx, config.Proxy+"/v1/"+what, "application/json", limit, maxReply)
	if err != nil {
		return failed(ctx, err, probe.Unavailable)
	}
	if r.Status != 200 {
		return refused(r, probe.Unavailable)
	}
	if err := json.Unmarshal(r.Body, into); err != nil {
		return &probe.Failure{Class: probe.BadResponse, Detail: err.Error()}
	}
	return nil
}

// failed makes a failure of a request that got no answer.
func failed(ctx context.Context, err error, class probe.Class) *probe.Failure {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		class = probe.Canceled
	case errors.Is(err, errTooLarge):
		class = probe.BadResponse
	}
	return &probe.Failure{Class: class, Detail: err.Error()}
}

// refused makes a failure of an answer other than 200. The proxy says why in
// application/problem+json (RFC 9457); its class is taken when it is one of a
// fault of our own side, for nothing else is the proxy's to say there.
func refused(r reply, class probe.Class) *probe.Failure {
	var problem struct {
		Class  probe.Class `json:"class"`
		Title  string      `json:"title"`
		Detail string      `json:"detail"`
	}
	known := strings.HasPrefix(r.Type, "application/problem+json") && json.Unmarshal(r.Body, &problem) == nil
	switch {
	case known && problem.Class.Own():
		class = problem.Class
	case r.Status == 429:
		class = probe.Limited
	case r.Status >= 400 && r.Status < 500 && known:
		class = probe.BadRequest
	}
	return &probe.Failure{Class: class, Detail: strings.TrimSpace(problem.Title + " " + problem.Detail)}
}
