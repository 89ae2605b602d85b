package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/quic-go/quic-go/http3"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
)

// TestDrain ends a server while a probe runs over each version of HTTP: the
// probes get their answers, others are refused, and the end comes right after.
func TestDrain(t *testing.T) {
	cert, pool := certificate(t)
	asked, answers := make(chan struct{}, 16), make(chan struct{})
	n := &observe.Network{Exchange: func(ctx context.Context, _ []byte) ([]byte, error) {
		asked <- struct{}{}
		select {
		case <-answers:
			return nil, &probe.Failure{Class: probe.DNSFailed}
		case <-ctx.Done():
			return nil, &probe.Failure{Class: probe.Canceled}
		}
	}}
	s := start(t, func(c *Config) {
		c.Route = func(dnsname.Name) *observe.Network { return n }
		c.Grace = time.Minute
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	at, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- s.Serve(ctx, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{*cert}}, func(a net.Addr) { at <- a })
	}()
	origin := "https://" + (<-at).String()
	one := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	two := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	three := &http3.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer one.CloseIdleConnections()
	defer two.CloseIdleConnections()
	defer three.Close()
	status := func(via http.RoundTripper, path string) int {
		r, err := (&http.Client{Transport: via, Timeout: 10 * time.Second}).Get(origin + path)
		if err != nil {
			return 0
		}
		r.Body.Close()
		return r.StatusCode
	}
	const each = 2 // A and AAAA
	got := make(chan int, 3)
	for host, via := range map[string]http.RoundTripper{"mx1.example.com": one, "mx2.example.com": two, "mx3.example.com": three} {
		go func() { got <- status(via, "/v1/starttls?host="+host) }() // one host would be asked once for all
	}
	for range 3 * each {
		<-asked
	}
	if s.Draining() {
		t.Error("draining already")
	}
	if probes, queries := s.Running(); probes != 3 || queries != 0 {
		t.Errorf("%d probes and %d queries run", probes, queries)
	}
	cancel()
	for !s.Draining() {
		time.Sleep(time.Millisecond)
	}
	for _, c := range []struct {
		path string
		want int
	}{{"/healthz", 200}, {"/", 503}, {"/v1/policy?domain=example.com", 503}, {"/dns-query", 503}} {
		for version, via := range map[int]http.RoundTripper{1: one, 2: two, 3: three} {
			if code := status(via, c.path); code != c.want {
				t.Errorf("HTTP/%d: %s: %d, want %d", version, c.path, code, c.want)
			}
		}
	}
	select {
	case err := <-ended:
		t.Fatalf("ended before the probes: %v", err)
	default:
	}
	close(answers)
	for range 3 {
		if code := <-got; code != 200 {
			t.Errorf("a probe that ran got %d", code)
		}
	}
	one.CloseIdleConnections()
	two.CloseIdleConnections()
	three.Close()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(farewellTimeout + time.Second):
		t.Error("has not ended")
	}
}
