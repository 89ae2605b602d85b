package dnssec

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
)

// Response codes and extended errors that a resolver's view is read from.
const (
	rcodeNoError  = 0
	rcodeServFail = 2
	rcodeNXDomain = 3

	edeIndeterminate = 5
	edeBogus         = 6
	edeNSECMissing   = 12
)

// AsResolverSays reads a resolver's own verdict from a response to a question
// with DO=1 and CD=0 (RFC 4035 §3.2.3, RFC 8914): the AD bit means secure; an
// answer without it insecure, if the resolver validates at all, which the
// caller must know; SERVFAIL with a validation error's code bogus, or
// indeterminate when the resolver says that it could not tell.
func AsResolverSays(rcode int, ad bool, ede []uint16) Verdict {
	switch rcode {
	case rcodeNoError, rcodeNXDomain:
		if ad {
			return Verdict{Status: Secure, Source: ResolverSays}
		}
		return Verdict{Status: Insecure, Source: ResolverSays}
	case rcodeServFail:
		v := Verdict{Source: ResolverSays}
		// The finest reason wins over the plain "bogus" of code 6.
		for code := uint16(edeIndeterminate); code <= edeNSECMissing; code++ {
			if slices.Contains(ede, code) {
				v.Status, v.Reason = saidBy(code)
			}
		}
		return v
	}
	return Verdict{}
}

// saidBy reads an extended error of a validation that failed.
func saidBy(ede uint16) (Status, Reason) {
	for _, r := range reasons {
		if r.ede == ede && ede != edeBogus {
			return r.status, r.reason
		}
	}
	return Bogus, NoReason
}

// RootAnchors are the trust anchors of the DNS root: KSK-2017 and KSK-2024, as
// IANA publishes them in root-anchors.xml (read 2025-01).
func RootAnchors() []Anchor {
	return []Anchor{
		{dnsname.Root, ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"},
		{dnsname.Root, ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"},
	}
}
