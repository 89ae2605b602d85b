package lab

import (
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// bogus says why an answer is bogus: an extended DNS error (RFC 8914 §4).
type bogus struct {
	code uint16
	text string
}

// zoneOf gives the zone that answers for a name: the deepest one, but for the
// DS of its apex the one above (RFC 4035 §3.1.4.1).
func (w *world) zoneOf(name dnsname.Name, typ uint16) *zone.Zone {
	for n := name; !n.IsZero() && n != dnsname.Root; n = n.Parent() {
		if z := w.zones[n.FQDN()]; z != nil && (typ != dns.TypeDS || n != name || n == top) {
			return z
		}
	}
	return w.zones[top.FQDN()]
}

// validate gives the status of a zone's answer (RFC 4035 §5) with the keys that
// the chain of trust leads to. It knows one step of delegation: below test.
// there is no other. Which NSEC records a denial needs it leaves to the zone.
func (w *world) validate(z *zone.Zone, part *dns.Msg, now time.Time) (dnssec.Status, bogus) {
	keys, cause := w.keysOf(z, now)
	if cause != nil {
		return dnssec.Bogus, *cause
	}
	if keys == nil {
		return dnssec.Insecure, bogus{}
	}
	for _, section := range [][]dns.RR{part.Answer, part.Ns} {
		if cause := verifySection(section, keys, now); cause != nil {
			return dnssec.Bogus, *cause
		}
	}
	if len(part.Answer) == 0 && !has(part.Ns, dns.TypeNSEC) {
		return dnssec.Bogus, bogus{dns.ExtendedErrorCodeNSECMissing, "no proof of " + part.Question[0].Name}
	}
	return dnssec.Secure, bogus{}
}

// keysOf gives the keys that may sign a zone, none when it is insecure.
func (w *world) keysOf(z *zone.Zone, now time.Time) ([]dns.RR, *bogus) {
	keys := z.Records(z.Origin(), dns.TypeDNSKEY)
	if z.Origin() == top {
		return keys, nil
	}
	delegations := w.zones[top.FQDN()].Records(z.Origin(), dns.TypeDS)
	if len(delegations) == 0 {
		return nil, nil
	}
	var trusted []dns.RR
	for _, key := range keys {
		for _, ds := range delegations {
			ds := ds.(*dns.DS)
			made := key.(*dns.DNSKEY).ToDS(ds.DigestType)
			if made != nil && made.KeyTag == ds.KeyTag && strings.EqualFold(made.Digest, ds.Digest) {
				trusted = append(trusted, key)
			}
		}
	}
	if len(trusted) == 0 {
		return nil, &bogus{dns.ExtendedErrorCodeDNSKEYMissing, "no DNSKEY of " + z.Origin().FQDN() + " matches its DS"}
	}
	q := new(dns.Msg).SetQuestion(z.Origin().FQDN(), dns.TypeDNSKEY)
	q.SetEdns0(4096, true)
	if cause := verifySection(z.Answer(q).Answer, trusted, now); cause != nil {
		return nil, cause
	}
	return keys, nil
}

// verifySection checks that each record set of a section is signed well.
func verifySection(section, keys []dns.RR, now time.Time) *bogus {
	type setKey struct {
		owner string
		typ   uint16
	}
	sets, signed := map[setKey][]dns.RR{}, map[setKey][]*dns.RRSIG{}
	for _, rr := range section {
		h := rr.Header()
		if sig, ok := rr.(*dns.RRSIG); ok {
			k := setKey{h.Name, sig.TypeCovered}
			signed[k] = append(signed[k], sig)
			continue
		}
		k := setKey{h.Name, h.Rrtype}
		sets[k] = append(sets[k], rr)
	}
	for k, records := range sets {
		what := k.owner + " " + dns.TypeToString[k.typ]
		cause := &bogus{dns.ExtendedErrorCodeRRSIGsMissing, "no signature of " + what}
		for _, sig := range signed[k] {
			if cause = verify(sig, records, keys, now, what); cause == nil {
				break
			}
		}
		if cause != nil {
			return cause
		}
	}
	return nil
}

func verify(sig *dns.RRSIG, records, keys []dns.RR, now time.Time, what string) *bogus {
	switch unix := now.Unix(); {
	case unix > int64(sig.Expiration):
		return &bogus{dns.ExtendedErrorCodeSignatureExpired, "signature of " + what + " expired"}
	case unix < int64(sig.Inception):
		return &bogus{dns.ExtendedErrorCodeSignatureNotYetValid, "signature of " + what + " not yet valid"}
	}
	for _, key := range keys {
		if sig.Verify(key.(*dns.DNSKEY), records) == nil {
			return nil
		}
	}
	return &bogus{dns.ExtendedErrorCodeDNSBogus, "signature of " + what + " does not verify"}
}

func has(section []dns.RR, typ uint16) bool {
	for _, rr := range section {
		if rr.Header().Rrtype == typ {
			return true
		}
	}
	return false
}
