package server

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClient(t *testing.T) {
	s := start(t, func(c *Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("127.0.0.2/32"), netip.MustParsePrefix("fd00::/8")}
	})
	const nobody = "invalid Prefix"
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.0.2.1:99", nil, "192.0.2.1/32"}, {"[2001:db8:1:2ff::1]:99", nil, "2001:db8:1:200::/56"}, {"[::ffff:192.0.2.1]:9", nil, "192.0.2.1/32"},
		{"127.0.0.1:1", nil, nobody}, {"[::1]:1", nil, nobody}, {"", nil, nobody}, {"@", nil, nobody},
		// Nobody else's word counts.
		{"192.0.2.1:99", []string{"203.0.113.9"}, "192.0.2.1/32"}, {"127.0.0.1:1", []string{"203.0.113.9"}, nobody},
		// The last hop that isn't ours, whatever stands before it.
		{"198.51.100.1:9", []string{"203.0.113.9"}, "203.0.113.9/32"},
		{"198.51.100.1:9", []string{"10.0.0.1, 203.0.113.9"}, "203.0.113.9/32"},
		{"198.51.100.1:9", []string{"10.0.0.1", "203.0.113.9, 198.51.100.7", "fd00::1"}, "203.0.113.9/32"},
		{"127.0.0.2:9", []string{"203.0.113.9:4711"}, "203.0.113.9/32"}, {"[fd00::2]:9", []string{"[2001:db8::1]:4711"}, "2001:db8::/56"},
		{"198.51.100.1:9", []string{"2001:db8::1"}, "2001:db8::/56"}, {"198.51.100.1:9", []string{"[2001:db8::1]"}, "2001:db8::/56"},
		// A proxy that says nothing, or no address, is a client itself, and so is who
		// claims to be this machine.
		{"198.51.100.1:9", nil, "198.51.100.1/32"}, {"198.51.100.1:9", []string{"203.0.113.9, unknown"}, "198.51.100.1/32"},
		{"198.51.100.1:9", []string{"unknown, 198.51.100.3"}, "198.51.100.3/32"}, {"198.51.100.1:9", []string{"127.0.0.1"}, "127.0.0.1/32"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := s.client(r).String(); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}
