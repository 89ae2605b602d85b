package check

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// Keys are what one mail host shows, for who makes its TLSA records.
type Keys struct {
	Host dnsname.Name
	// Base is where the records belong: the TLSA base domain (RFC 7672 §2.2.2).
	Base dnsname.Name
	// Status is of the host's addresses, or of its alias. Unless it is Secure no
	// sender looks for TLSA records (RFC 7672 §2.2.2).
	Status dnssec.Status
	// Chains are in DER, the server's own certificate first, each once.
	Chains [][][]byte
	// Mute are the addresses that showed none.
	Mute []netip.Addr
}

// AskKeys asks a mail host at all its addresses, as senders do that know RSA and
// as those that know ECDSA, for it may have a certificate of each kind. The error
// is a *probe.Failure where no address could be tried.
func AskKeys(ctx context.Context, world World, host dnsname.Name, now time.Time, anchors ...dnssec.Anchor) (Keys, error) {
	k := Keys{Host: host, Base: host}
	seen, err := world.STARTTLS(ctx, host)
	if err == nil && seen.Failure != nil {
		err = seen.Failure
	}
	if err != nil {
		return k, err
	}
	others, _ := world.STARTTLS(ctx, host, probe.OnlyRSA, probe.OnlyECDSA) // a server needn't have both
	for _, a := range slices.Concat(seen.Addresses, others.Addresses) {
		k.Chains = AddChains(k.Chains, a)
	}
	for _, a := range seen.Addresses {
		if a.TLS == nil {
			k.Mute = append(k.Mute, a.IP)
		}
	}
	k.place(ctx, world, now, anchors)
	return k, nil
}

// AddChains adds the chains that an address shows, in its visit and its asides:
// one for each of the server's own certificates.
func AddChains(all [][][]byte, a probe.Address) [][][]byte {
	add := func(t *probe.TLS) {
		if t != nil && len(t.Chain) > 0 && !slices.ContainsFunc(all, func(c [][]byte) bool { return bytes.Equal(c[0], t.Chain[0]) }) {
			all = append(all, t.Chain)
		}
	}
	add(a.TLS)
	for _, aside := range a.Asides {
		add(aside.TLS)
	}
	return all
}

// place finds the TLSA base domain: where the host's aliases end, when every step
// of the way is signed, else its own name (RFC 7671 §7). Senders look there too where
// the alias itself is signed, and what it leads to isn't (RFC 7672 §2.2.2).
func (k *Keys) place(ctx context.Context, world World, now time.Time, anchors []dnssec.Anchor) {
	if len(anchors) == 0 {
		anchors = dnssec.RootAnchors()
	}
	resolver := dnssec.Resolver{Anchors: anchors, Now: func() time.Time { return now }, Exchange: func(ctx context.Context, query []byte) ([]byte, error) {
		return world.Exchange(ctx, query, 0)
	}}
	for _, typ := range []doh.Type{doh.TypeA, doh.TypeAAAA} {
		r := resolver.Lookup(ctx, k.Host.String(), typ)
		if len(r.Records) == 0 {
			continue
		}
		end, err := dnsname.Parse(r.Hops[len(r.Hops)-1].Name)
		switch k.Status = r.Status; {
		case r.Status == dnssec.Secure && err == nil:
			k.Base = end
			return
		case r.Status == dnssec.Insecure && r.Hops[0].Status == dnssec.Secure:
			k.Status = dnssec.Secure
			return
		}
	}
}
