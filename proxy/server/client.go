package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// client is who asks: an IPv4 address, or the /56 of an IPv6 address, which is
// one customer's. Behind a trusted reverse proxy it is the last hop that is none.
// It is no valid prefix for a peer on loopback that isn't trusted: that is the
// machine's owner, or a reverse proxy that stands for everybody.
func (s *Server) client(r *http.Request) netip.Prefix {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	switch peer := at.Addr().Unmap(); {
	case err != nil:
		return netip.Prefix{}
	case s.trusts(peer):
		return customer(s.lastHop(peer, r.Header.Values("X-Forwarded-For")))
	case peer.IsLoopback():
		return netip.Prefix{}
	default:
		return customer(peer)
	}
}

// customer is the part of an address that one customer has.
func customer(ip netip.Addr) netip.Prefix {
	bits := 32
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		bits = 56
	}
	p, _ := ip.Prefix(bits)
	return p
}

// trusts tells whether an address is one of our own reverse proxies.
func (s *Server) trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(s.config.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(ip.WithZone("")) })
}

// lastHop reads X-Forwarded-For from its end, where our own proxies write, up to
// the first hop that isn't one of them: what stands before that, anybody may have
// written. A hop that is no address ends the reading too.
func (s *Server) lastHop(peer netip.Addr, fields []string) netip.Addr {
	hops := strings.Split(strings.Join(fields, ","), ",")
	for _, hop := range slices.Backward(hops) {
		ip, ok := hopAddress(strings.TrimSpace(hop))
		if !ok {
			return peer
		}
		if peer = ip; !s.trusts(peer) {
			return peer
		}
	}
	return peer
}

// hopAddress reads an address with or without a port.
func hopAddress(text string) (netip.Addr, bool) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap(), true
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap(), err == nil
}

// encrypted tells whether a request came over TLS, to us or to a trusted proxy.
func (s *Server) encrypted(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return r.TLS != nil || err == nil && s.trusts(at.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}
