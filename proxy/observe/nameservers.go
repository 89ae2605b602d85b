package observe

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/panics"
)

// Nameservers puts questions to each authoritative server of a zone: to all at
// once, to each in order. Which servers those are, the resolver says, whether
// that validates or not: a zone that doesn't is one to look at.
func (n *Network) Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) probe.Nameservers {
	s := probe.Nameservers{Zone: zone}
	if zone.IsZero() || zone == dnsname.Root || len(questions) == 0 || len(questions) > probe.MaxQuestions {
		s.Failure = &probe.Failure{Class: probe.BadRequest, Detail: "no zone, or no questions, or too many"}
		return s
	}
	if n.OptOut.name(zone) {
		s.Failure = optedOut(zone.String())
		return s
	}
	l := n.limits.usual()
	end := time.Now().Add(l.zone)
	if s.Servers, s.Failure = n.serversOf(ctx, zone, end); s.Failure != nil {
		return s
	}
	var all panics.Group
	for i := range s.Servers {
		all.Go(func() {
			i := &inquiry{n: n, ip: s.Servers[i].IP, limits: l, end: end, server: &s.Servers[i]}
			i.ask(ctx, questions)
		})
	}
	all.Wait()
	unheard(s.Servers)
	return s
}

// serversOf gives the addresses of a zone's servers, one of each server before
// the second of any.
func (n *Network) serversOf(ctx context.Context, zone dnsname.Name, end time.Time) ([]probe.Nameserver, *probe.Failure) {
	asking, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	hosts, failure := n.nameserverHosts(asking, zone)
	if failure == nil {
		var servers []probe.Nameserver
		if servers, failure = n.nameserverAddresses(asking, hosts); failure == nil {
			return servers, nil
		}
	}
	if failure.Class == probe.Canceled && ctx.Err() == nil {
		failure.Class = probe.NoResolver // our time ended before any resolver's word
	}
	return nil, failure
}

// nameserverHosts gives the hosts of the zone's NS records, sorted, at most
// MaxNameservers.
func (n *Network) nameserverHosts(ctx context.Context, zone dnsname.Name) ([]dnsname.Name, *probe.Failure) {
	answer, failure := n.ask(ctx, zone, doh.TypeNS, true)
	if failure != nil {
		return nil, failure
	}
	if f := rcodeFailure(answer.Rcode); f != nil {
		return nil, f
	}
	var hosts []dnsname.Name
	for _, r := range answer.RecordsOf(zone, doh.TypeNS) {
		if host, ok := r.Target(); ok && host != dnsname.Root && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return nil, &probe.Failure{Class: probe.DNSNoAddress, Detail: "no NS records: not a zone's name"}
	}
	slices.SortFunc(hosts, func(a, b dnsname.Name) int { return strings.Compare(a.String(), b.String()) })
	return hosts[:min(len(hosts), probe.MaxNameservers)], nil
}

// nameserverAddresses gives the hosts' addresses, each once, at most
// MaxNameservers.
func (n *Network) nameserverAddresses(ctx context.Context, hosts []dnsname.Name) ([]probe.Nameserver, *probe.Failure) {
	found := make([][]netip.Addr, len(hosts))
	failures := make([]*probe.Failure, len(hosts))
	var all panics.Group
	for i, host := range hosts {
		all.Go(func() { found[i], failures[i] = n.addressesUnchecked(ctx, host, true) })
	}
	all.Wait()
	var servers []probe.Nameserver
	for turn := range probe.MaxAddresses {
		for i, host := range hosts {
			if turn >= len(found[i]) || len(servers) == probe.MaxNameservers {
				continue
			}
			ip := found[i][turn]
			if !slices.ContainsFunc(servers, func(s probe.Nameserver) bool { return s.IP == ip }) {
				servers = append(servers, probe.Nameserver{Host: host, IP: ip})
			}
		}
	}
	if len(servers) == 0 {
		return nil, failures[0]
	}
	return servers, nil
}

// unheard takes silence for our own fault when no server at all said a word:
// the resolver got answers, so port 53 doesn't get out of this network.
func unheard(servers []probe.Nameserver) {
	var silent []*probe.Failure
	for _, s := range servers {
		for _, a := range s.Answers {
			switch {
			case a.Failure == nil, a.Failure.Class != probe.DNSTimeout && !a.Failure.Class.Own():
				return
			case a.Failure.Class == probe.DNSTimeout:
				silent = append(silent, a.Failure)
			}
		}
	}
	for _, f := range silent {
		f.Class = probe.Blocked
	}
}
