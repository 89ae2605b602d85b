package dnssec

// Reason says why something is not proven: the part behind the dot of a
// dnssec.* finding code. NoReason is its zero value: nothing is wrong.
type Reason string

// The reasons there are. OverBudget is no fault of a zone: the work that was
// allowed did not suffice, and nothing is known. Neither is Stale: the resolver
// reached no server, and what the zone has now isn't known.
const (
	NoReason                 Reason = ""
	OverBudget               Reason = "over-budget"
	CouldNotTell             Reason = "indeterminate"              // a resolver could not find out
	NoAnchor                 Reason = "no-anchor"                  // no trust anchor above the name: insecure (RFC 4035 §4.3)
	ResolverUnfit            Reason = "resolver-unfit"             // this resolver cannot be used for validation
	Stale                    Reason = "stale"                      // a resolver's answer of old, whose signatures have ended since (RFC 8767)
	AlgorithmUnsupported     Reason = "algorithm-unsupported"      // of all DS records: insecure
	DSDigestUnsupported      Reason = "ds-digest-unsupported"      // of all DS records: insecure
	NSEC3IterationsExcessive Reason = "nsec3-iterations-excessive" // insecure (RFC 9276 §3.2)
	DNSKEYMissing            Reason = "dnskey-missing"             // no key is the one that a DS names
	DSDigestMismatch         Reason = "ds-digest-mismatch"         // tag and algorithm fit, the digest doesn't
	RevokedKeyInDS           Reason = "revoked-key-in-ds"          // RFC 5011 §2.1
	ZoneKeyBitMissing        Reason = "zone-key-bit-missing"       // RFC 4034 §2.1.1
	RRSIGMissing             Reason = "rrsig-missing"
	RRSIGWrongSigner         Reason = "rrsig-wrong-signer"
	RRSIGNotYetValid         Reason = "rrsig-not-yet-valid"
	RRSIGExpired             Reason = "rrsig-expired"
	RRSIGInvalid             Reason = "rrsig-invalid" // by no key of the zone, or of other data
	NSECMissing              Reason = "nsec-missing"
	NSECBadProof             Reason = "nsec-bad-proof" // signed well, and proves something else
)

// reasons has what goes with a reason: the extended DNS error (RFC 8914 §4)
// that says it and the status that it leaves. The first reason of an error is
// the one that a resolver means by it.
var reasons = [...]struct {
	reason Reason
	ede    uint16
	status Status
}{
	{CouldNotTell, 5, Indeterminate},
	{NoAnchor, 0, Insecure},
	{ResolverUnfit, 0, Indeterminate},
	{Stale, 0, Indeterminate},
	{RRSIGInvalid, 6, Bogus},
	{RRSIGExpired, 7, Bogus},
	{RRSIGNotYetValid, 8, Bogus},
	{DNSKEYMissing, 9, Bogus},
	{RRSIGMissing, 10, Bogus},
	{ZoneKeyBitMissing, 11, Bogus},
	{NSECMissing, 12, Bogus},
	{AlgorithmUnsupported, 1, Insecure},
	{DSDigestUnsupported, 2, Insecure},
	{NSEC3IterationsExcessive, 27, Insecure},
	{DSDigestMismatch, 9, Bogus},
	{RevokedKeyInDS, 9, Bogus},
	{RRSIGWrongSigner, 6, Bogus},
	{NSECBadProof, 6, Bogus},
}

// Reasons lists the reasons that are a fault of a zone, or of the way to it.
func Reasons() []Reason {
	var all []Reason
	for _, r := range reasons {
		if r.ede != 0 {
			all = append(all, r.reason)
		}
	}
	return all
}

// EDE gives the extended DNS error that a resolver would say (RFC 8914 §4), 0
// for none.
func (r Reason) EDE() uint16 {
	for _, x := range reasons {
		if x.reason == r {
			return x.ede
		}
	}
	return 0
}

// Status is what the reason makes of an answer: Bogus, or Insecure for what
// this validator doesn't support. NoReason and OverBudget leave Indeterminate.
func (r Reason) Status() Status {
	for _, x := range reasons {
		if x.reason == r {
			return x.status
		}
	}
	return Indeterminate
}
