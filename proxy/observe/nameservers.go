package observe

import (
	"context"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// Nameservers puts questions to each authoritative server of a zone.
func (n *Network) Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) probe.Nameservers {
	return probe.Nameservers{Zone: zone, Failure: &probe.Failure{Class: probe.Unavailable}}
}
