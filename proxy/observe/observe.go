// Package observe looks at mail servers and policy hosts and reports what it
// saw (RFC 8461 §3.3, RFC 3207). It never judges.
package observe

import (
	"context"
	"crypto/x509"
	"net"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// Network is one network to look at: the internet, or the lab. Its fields are
// set before use and not changed after.
type Network struct {
	// Exchange sends one DNS message in wire form to the resolver.
	Exchange func(ctx context.Context, query []byte) ([]byte, error)
	// Dial connects to an address that was resolved already, "ip:port". It
	// refuses what must not be reached, with an error that wraps ErrReserved.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Roots verify chains; nil means the system's.
	Roots *x509.CertPool
	// Ports of the services, 25 and 443 on the internet.
	SMTPPort, HTTPSPort uint16
	// EHLO is the name given in EHLO.
	EHLO string
}

// Policy fetches a policy file (RFC 8461 §3.3).
func (n *Network) Policy(ctx context.Context, d dnsname.Name) probe.Policy { return probe.Policy{} }

// STARTTLS speaks with every address of a host: EHLO, STARTTLS, EHLO, QUIT.
func (n *Network) STARTTLS(ctx context.Context, host dnsname.Name) probe.STARTTLS {
	return probe.STARTTLS{Host: host}
}
