// Package observe looks at mail servers and policy hosts and reports what it
// saw (RFC 8461 §3.3, RFC 3207), and asks authoritative name servers (RFC 1035).
// It never judges.
package observe

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// UserAgent names the program to policy hosts.
const UserAgent = "sealane (+https://github.com/sealane/sealane)"

// Network is one network to look at: the internet, or the lab. Its fields are
// set before use and not changed after.
type Network struct {
	// Exchange sends one DNS message in wire form to the resolver.
	Exchange func(ctx context.Context, query []byte) ([]byte, error)
	// Known gives the response to a query that was asked a moment ago, without
	// asking anybody, or nil; a nil Known has none.
	Known func(query []byte) []byte
	// Further ask other resolvers, in order, for who can't use what that one says.
	Further []func(ctx context.Context, query []byte) ([]byte, error)
	// Dial connects to an address that was resolved already, "ip:port". It
	// refuses what must not be reached, with an error that wraps ErrReserved.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots verify chains; nil means the system's.
	Roots *x509.CertPool
	// Ports of the services. What has port 0 isn't reached: a class of our own,
	// Limited, says so.
	SMTPPort, HTTPSPort, SubmissionsPort, HTTPPort, DNSPort uint16
	// EHLO is the name given in EHLO.
	EHLO string
	// Port25 remembers whether port 25 gets out of this network; nil means
	// that it does.
	Port25 *Port25
	// Near says that the servers are this process's own: no pause between
	// visits to one of them is owed.
	Near bool
	// OptOut lists who isn't to be reached; nil is nobody.
	OptOut *OptOut
	// MayVisitAddress counts a visit to an address, by a connection or by the questions to a
	// name server, and tells whether it may be made; a nil MayVisitAddress lets all. Names
	// are whoever's who asks: any number of them may lead to one address.
	MayVisitAddress func(context.Context, netip.Addr) bool
	// Private tells of names that mean something else in each network: what our
	// resolver says of them is our own network's secret. For us they don't exist, as
	// for the internet. A nil Private is for who asks for themselves.
	Private func(dnsname.Name) bool

	gate gate
	// limits other than the usual ones, for tests; zero fields are the usual.
	limits limits
}

// Ports lists the ports of the services that are reached.
func (n *Network) Ports() []uint16 {
	all := []uint16{n.SMTPPort, n.HTTPSPort, n.SubmissionsPort, n.HTTPPort, n.DNSPort}
	return slices.DeleteFunc(all, func(port uint16) bool { return port == 0 })
}

// Egress says whether this network lets port 25 out, as far as is known.
func (n *Network) Egress() probe.Egress {
	if n.Port25 == nil || n.SMTPPort != 25 {
		return probe.EgressOpen
	}
	return n.Port25.Egress()
}

// limits are the times that an observation may take. What bounds its size are
// the constants of package probe.
type limits struct {
	policy    time.Duration // a whole policy fetch
	address   time.Duration // one address of a mail host, all stages
	connect   time.Duration // one TCP connection
	banner    time.Duration // from connection to the end of the banner
	reply     time.Duration // one whole SMTP reply, or one HTTP header
	handshake time.Duration // one TLS handshake
	others    time.Duration // all other fetches of a policy together; a connection has half
	pause     time.Duration // between visits to one address
	again     time.Duration // for the answer to a renegotiation
	query     time.Duration // one DNS query to an authoritative server
	zone      time.Duration // all queries about a zone
}

// usual gives l with its zero fields filled. A banner may be late on purpose
// (RFC 5321 §4.5.3.2.1 grants it five minutes); a visitor waits less long.
func (l limits) usual() limits {
	fill := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	fill(&l.policy, probe.PolicyTimeout)
	fill(&l.address, probe.ProbeTimeout)
	fill(&l.connect, 10*time.Second)
	fill(&l.banner, 20*time.Second)
	fill(&l.reply, 15*time.Second)
	fill(&l.handshake, 15*time.Second)
	fill(&l.others, 8*time.Second)
	fill(&l.pause, 200*time.Millisecond)
	fill(&l.again, 3*time.Second)
	fill(&l.query, 3*time.Second)
	fill(&l.zone, probe.ProbeTimeout)
	return l
}

// millis is the time since start in whole milliseconds, at least 1: zero
// would say that nothing was measured.
func millis(start time.Time) int {
	return max(1, int(time.Since(start).Milliseconds()))
}
