package main

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

const config = `{"doh":["https://dns.test/dns-query","https://second.test/"],"proxy":"https://proxy.test","anchors":[{"zone":"test","record":"x"}]}`

// answers is a getter that gives prepared answers by the URL's beginning, and
// notes what was asked.
type answers struct {
	byURL map[string]reply
	err   error
	asked []string
}

func (a *answers) get(_ context.Context, url, _ string, _ time.Duration, _ int) (reply, error) {
	a.asked = append(a.asked, url)
	if url == "/config.json" {
		return reply{200, "application/json", []byte(config)}, nil
	}
	for prefix, r := range a.byURL {
		if strings.HasPrefix(url, prefix) {
			return r, a.err
		}
	}
	return reply{404, "text/plain", nil}, a.err
}

func class(t *testing.T, err error) probe.Class {
	t.Helper()
	var f *probe.Failure
	if !errors.As(err, &f) {
		t.Fatalf("%v is no probe.Failure", err)
	}
	return f.Class
}

func TestExchangeAsksTheFirstResolver(t *testing.T) {
	query := []byte{0, 0, 1, 0, 255, 254}
	a := &answers{byURL: map[string]reply{"https://dns.test/": {200, "Application/DNS-Message; x=y", []byte("answer")}}}
	w := newWorld(a.get, 1)
	got, err := w.Exchange(t.Context(), query, 0)
	if err != nil || string(got) != "answer" {
		t.Fatalf("%q, %v", got, err)
	}
	if want := "https://dns.test/dns-query?dns=" + base64.RawURLEncoding.EncodeToString(query); a.asked[2] != want {
		t.Errorf("asked %s, want %s", a.asked[2], want)
	}
	if anchors := w.Config(t.Context()).Anchors; len(anchors) != 1 || anchors[0].Zone.String() != "test" {
		t.Errorf("anchors %+v", anchors)
	}
	if len(a.asked) != 3 {
		t.Errorf("%d requests: the configuration is asked for once", len(a.asked))
	}
}

// A proxy elsewhere tells of itself what the site can't know; where to ask stays
// the site's to say.
func TestTheProxyTellsOfItself(t *testing.T) {
	a := &answers{byURL: map[string]reply{"https://proxy.test/config.json": {200, "application/json",
		[]byte(`{"doh":["https://elsewhere.test/"],"proxy":"https://elsewhere.test","proxyless":true,"port25":"blocked","anchors":[{"zone":"lab.test","record":"y"}],"lab":[{"domain":"a.test"}]}`)}}}
	c := newWorld(a.get, 1).Config(t.Context())
	if c.Port25 != "blocked" || len(c.Anchors) != 1 || c.Anchors[0].Zone.String() != "lab.test" || len(c.Lab) != 1 {
		t.Errorf("not taken over: %+v", c)
	}
	if c.Proxy != "https://proxy.test" || c.Proxyless || len(c.DoH) != 2 || c.DoH[0] != "https://dns.test/dns-query" {
		t.Errorf("taken over: %+v", c)
	}
}

// Without a proxy nobody is asked for what only one can see.
func TestWithoutProxy(t *testing.T) {
	var asked []string
	w := newWorld(func(_ context.Context, url, _ string, _ time.Duration, _ int) (reply, error) {
		asked = append(asked, url)
		return reply{200, "application/json", []byte(`{"doh":["https://dns.test/"],"proxy":"","proxyless":true}`)}, nil
	}, 0) // no place for a probe: none is waited for
	d := dnsname.MustParse("example.com")
	_, policy := w.Policy(t.Context(), d)
	_, starttls := w.STARTTLS(t.Context(), d)
	_, asides := w.STARTTLS(t.Context(), d, probe.AsideKind("tls12"))
	_, nameservers := w.Nameservers(t.Context(), d, nil)
	for what, err := range map[string]error{"policy": policy, "starttls": starttls, "asides": asides, "nameservers": nameservers} {
		if got := class(t, err); got != probe.NoProxy || !got.Own() {
			t.Errorf("%s: %s", what, got)
		}
	}
	if len(asked) != 1 || asked[0] != "/config.json" {
		t.Errorf("asked for %s", asked)
	}
}

func TestFaultsAreOurOwn(t *testing.T) {
	problem := func(class string) []byte { return []byte(`{"title":"no","class":"` + class + `"}`) }
	const media = "application/problem+json"
	for name, c := range map[string]struct {
		answer reply
		err    error
		want   probe.Class
	}{
		"network":             {err: errors.New("failed to fetch"), want: probe.NoResolver},
		"too large":           {err: errTooLarge, want: probe.BadResponse},
		"server error":        {answer: reply{502, "text/html", []byte("<h1>")}, want: probe.NoResolver},
		"limited":             {answer: reply{429, media, problem("")}, want: probe.Limited},
		"refused":             {answer: reply{400, media, problem("")}, want: probe.BadRequest},
		"a class of our own":  {answer: reply{503, media, problem("blocked")}, want: probe.Blocked},
		"a class of a domain": {answer: reply{502, media, problem("connect-refused")}, want: probe.NoResolver},
		"no DNS message":      {answer: reply{200, "text/html", []byte("login")}, want: probe.BadResponse},
	} {
		a := &answers{byURL: map[string]reply{"https://dns.test/": c.answer}, err: c.err}
		_, err := newWorld(a.get, 1).Exchange(t.Context(), nil, 0)
		if got := class(t, err); got != c.want || !got.Own() {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestObservations(t *testing.T) {
	a := &answers{byURL: map[string]reply{
		"https://proxy.test/v1/policy?domain=example.com":     {200, "application/json", []byte(`{"url":"https://mta-sts.example.com/","status":404}`)},
		"https://proxy.test/v1/starttls?host=mx.example.com":  {200, "application/json", []byte(`{"host":"mx.example.com","failure":{"class":"dns-nxdomain"}}`)},
		"https://proxy.test/v1/starttls?host=bad.example.com": {200, "application/json", []byte(`{`)},
	}}
	w := newWorld(a.get, 1)
	if p, err := w.Policy(t.Context(), dnsname.MustParse("example.com")); err != nil || p.Status != 404 {
		t.Errorf("policy %+v, %v", p, err)
	}
	if s, err := w.STARTTLS(t.Context(), dnsname.MustParse("mx.example.com")); err != nil || s.Failure == nil || s.Failure.Class != probe.DNSNotFound {
		t.Errorf("starttls %+v, %v", s, err)
	}
	if _, err := w.STARTTLS(t.Context(), dnsname.MustParse("bad.example.com")); class(t, err) != probe.BadResponse {
		t.Errorf("broken JSON: %v", err)
	}
	if _, err := w.Policy(t.Context(), dnsname.MustParse("example.org")); class(t, err) != probe.Unavailable {
		t.Errorf("no such page at the proxy: %v", err)
	}
}

func TestACancelledCheckIsNobodysFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := &answers{err: context.Canceled}
	w := newWorld(a.get, 1)
	w.Config(ctx)
	cancel()
	_, err := w.Exchange(ctx, nil, 0)
	if class(t, err) != probe.Canceled {
		t.Errorf("exchange: %v", err)
	}
	w.slow <- struct{}{} // taken: the next must wait, and sees the end
	if _, err := w.Policy(ctx, dnsname.MustParse("example.com")); class(t, err) != probe.Canceled {
		t.Errorf("policy: %v", err)
	}
}

func TestWithoutConfiguration(t *testing.T) {
	get := func(context.Context, string, string, time.Duration, int) (reply, error) {
		return reply{}, errors.New("no network")
	}
	if c := newWorld(get, 1).Config(t.Context()); len(c.DoH) != 1 || c.DoH[0] != "/dns-query" {
		t.Errorf("%+v", c)
	}
}
