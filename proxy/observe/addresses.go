package observe

import (
	"context"
	"net/netip"
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/panics"
)

// found is the answer to one address question.
type found struct {
	addresses []netip.Addr
	failure   *probe.Failure // nil when the answer is good, be it empty
}

// addresses asks for A and AAAA together and gives at most MaxAddresses,
// IPv4 and IPv6 in turn. One family's failure is no failure while the other
// gives an address.
func (n *Network) addresses(ctx context.Context, host dnsname.Name) ([]netip.Addr, *probe.Failure) {
	return n.addressesUnchecked(ctx, host, false)
}

// addressesUnchecked is addresses; with cd it takes from the resolver what
// doesn't validate too (RFC 4035 §3.2.2).
func (n *Network) addressesUnchecked(ctx context.Context, host dnsname.Name, cd bool) ([]netip.Addr, *probe.Failure) {
	var v4, v6 found
	var both panics.Group
	both.Go(func() { v4 = n.family(ctx, host, doh.TypeA, cd) })
	both.Go(func() { v6 = n.family(ctx, host, doh.TypeAAAA, cd) })
	both.Wait()
	var all []netip.Addr
	for i := range max(len(v4.addresses), len(v6.addresses)) {
		for _, family := range [][]netip.Addr{v4.addresses, v6.addresses} {
			if i < len(family) && !slices.Contains(all, family[i]) {
				all = append(all, family[i])
			}
		}
	}
	if len(all) > 0 {
		return all[:min(len(all), probe.MaxAddresses)], nil
	}
	// A failure outranks NXDOMAIN of the other family, which then is doubtful.
	for _, f := range []*probe.Failure{v4.failure, v6.failure} {
		if f != nil && f.Class != probe.DNSNotFound {
			return nil, f
		}
	}
	for _, f := range []*probe.Failure{v4.failure, v6.failure} {
		if f != nil {
			return nil, f
		}
	}
	return nil, &probe.Failure{Class: probe.DNSNoAddress}
}

// family asks one address question. A name that is on the opt-out list gives
// none, nor does a private one, nor one whose alias leads to such a name.
func (n *Network) family(ctx context.Context, host dnsname.Name, typ doh.Type, cd bool) found {
	if n.OptOut.name(host) {
		return found{failure: optedOut(host.String())}
	}
	answer, failure := n.ask(ctx, host, typ, cd)
	if failure != nil {
		return found{failure: failure}
	}
	for _, r := range answer.Answer {
		to, ok := r.Target()
		switch {
		case !ok || r.Type != doh.TypeCNAME:
		case n.OptOut.name(to):
			return found{failure: optedOut(to.String())}
		case n.private(to):
			return found{failure: inside()}
		}
	}
	f := found{failure: rcodeFailure(answer.Rcode)}
	if f.failure == nil {
		for _, r := range answer.RecordsOf(host, typ) {
			if ip, ok := r.Address(); ok {
				f.addresses = append(f.addresses, ip)
			}
		}
	}
	return f
}

// ask puts one question to the resolver. An answer to another is none.
func (n *Network) ask(ctx context.Context, name dnsname.Name, typ doh.Type, cd bool) (*doh.Answer, *probe.Failure) {
	if n.private(name) {
		return nil, inside()
	}
	wire, err := n.Exchange(ctx, doh.Query(name, typ, cd))
	if err != nil {
		return nil, failed(ctx, err, probe.DNSTimeout, probe.NoResolver)
	}
	answer, err := doh.Parse(wire)
	if err != nil {
		return nil, &probe.Failure{Class: probe.BadResponse, Detail: err.Error()}
	}
	if about, asked := answer.Question(); about != name || asked != typ {
		return nil, &probe.Failure{Class: probe.BadResponse, Detail: "an answer to another question"}
	}
	return answer, nil
}

// private tells whether a name is none of the internet.
func (n *Network) private(name dnsname.Name) bool { return n.Private != nil && n.Private(name) }

// inside says that it isn't.
func inside() *probe.Failure {
	return &probe.Failure{Class: probe.DNSNotFound, Detail: "a name of private networks, not asked for"}
}

// rcodeFailure is what a resolver's response code says, nil for NOERROR.
func rcodeFailure(code int) *probe.Failure {
	switch code {
	case doh.RcodeNoError:
		return nil
	case doh.RcodeNXDomain:
		return &probe.Failure{Class: probe.DNSNotFound}
	case doh.RcodeServFail:
		return &probe.Failure{Class: probe.DNSFailed, Detail: rcode(code)}
	}
	// The resolver's own refusal.
	return &probe.Failure{Class: probe.BadResponse, Detail: rcode(code)}
}

// rcode names the response codes that resolvers give (RFC 1035 §4.1.1).
func rcode(code int) string {
	if code >= 0 && code < len(rcodes) {
		return rcodes[code]
	}
	return "response code over 5"
}

var rcodes = [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
