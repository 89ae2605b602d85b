package dnssec

import "slices"

// Response codes and extended errors that a resolver's view is read from.
const (
	rcodeNoError  = 0
	rcodeServFail = 2
	rcodeNXDomain = 3
	rcodeYXDomain = 6 // a DNAME makes too long a name (RFC 6672 §2.2)

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
