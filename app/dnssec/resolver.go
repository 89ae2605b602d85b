package dnssec

import "github.com/sealane/sealane/app/dnsname"

// Response codes and extended errors that a resolver's view is read from.
const (
	rcodeNoError  = 0
	rcodeServFail = 2
	rcodeNXDomain = 3
)

// reasons maps extended DNS errors (RFC 8914 §4) of a failed validation to the
// tails of dnssec.* finding codes.
var reasons = [...]struct {
	ede    uint16
	reason string
}{
	{6, ""}, // DNSSEC Bogus: no finer cause given
	{7, "rrsig-expired"},
	{8, "rrsig-not-yet-valid"},
	{9, "dnskey-missing"},
	{10, "rrsig-missing"},
	{11, "zone-key-bit-missing"},
	{12, "nsec-missing"},
}

// AsResolverSays reads a resolver's own verdict from a response to a question
// with DO=1 and CD=0 (RFC 4035 §3.2.3, RFC 8914): the AD bit means secure; an
// answer without it insecure, if the resolver validates at all, which the
// caller must know; SERVFAIL with a validation error's code bogus.
func AsResolverSays(rcode int, ad bool, ede []uint16) Verdict {
	switch rcode {
	case rcodeNoError, rcodeNXDomain:
		if ad {
			return Verdict{Status: Secure, Source: ResolverSays}
		}
		return Verdict{Status: Insecure, Source: ResolverSays}
	case rcodeServFail:
		v := Verdict{Source: ResolverSays}
		for _, r := range reasons {
			for _, code := range ede {
				// The finest reason wins over the plain "bogus" of code 6.
				if code == r.ede {
					v.Status = Bogus
					v.Reason = r.reason
				}
			}
		}
		return v
	}
	return Verdict{}
}

// RootAnchors are the trust anchors of the DNS root: KSK-2017 and KSK-2024, as
// IANA publishes them in root-anchors.xml (read 2025-01).
func RootAnchors() []Anchor {
	return []Anchor{
		{dnsname.Root, ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"},
		{dnsname.Root, ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"},
	}
}
