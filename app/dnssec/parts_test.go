package dnssec

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// What a lookup does with its parts, for tests of each part alone.

// Delegate follows a delegation (RFC 4035 §5.2): the zone's DNSKEY set must be
// signed by a key that one of its DS records names, which the caller trusts.
// NoReason comes with the set and the keys that may sign the zone's data; a
// reason whose Status is Insecure means that the zone counts as unsigned.
func Delegate(zone dnsname.Name, ds []doh.Record, keys RRset, now time.Time, b *Budget) (Signed, []doh.DNSKEY, Reason) {
	entry, why := Entry(zone, ds, keys.Records, b)
	if why == NoReason && (nameOf(keys.Owner) != nameFrom(zone) || keys.Type != doh.TypeDNSKEY) {
		why = DNSKEYMissing
	}
	if why != NoReason {
		return Signed{}, nil, why
	}
	signed, reason := keys.Verify(zone, entry, now, b)
	if reason != NoReason {
		return Signed{}, nil, reason
	}
	return signed, slices.DeleteFunc(Keys(keys.Records), func(k doh.DNSKEY) bool { return Unfit(k) != NoReason }), NoReason
}

func NewDenial(zone dnsname.Name, sets []Signed, b *Budget) *denials {
	return newDenial(nameFrom(zone), sets, b)
}

func (d *denials) NoName(n dnsname.Name) (Proof, Reason) { return d.noNameFor(nameFrom(n)) }

func (d *denials) NoData(n dnsname.Name, typ doh.Type) (Proof, Reason) {
	return d.noDataFor(nameFrom(n), typ)
}

func (d *denials) NoCloser(n dnsname.Name, wildcard string) (Proof, Reason) {
	return d.noCloserFor(nameFrom(n), nameOf(wildcard).parent())
}
