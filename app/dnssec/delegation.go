package dnssec

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// Flags of a DNSKEY (RFC 4034 §2.1.1, RFC 5011 §7).
const (
	flagZone   = 0x0100
	flagRevoke = 0x0080
)

// Digest types of a DS record (RFC 4034 §5.1.3, RFC 4509 §2.1, RFC 6605 §2).
const (
	digestSHA1   = 1
	digestSHA256 = 2
	digestSHA384 = 4
)

// Unfit says why a key may not vouch for a zone's data: it isn't marked as a
// zone's key or not of protocol 3 (RFC 4034 §2.1), or is revoked (RFC 5011 §2.1).
func Unfit(k doh.DNSKEY) Reason {
	switch {
	case k.Flags&flagZone == 0 || k.Protocol != 3:
		return ZoneKeyBitMissing
	case k.Flags&flagRevoke != 0:
		return RevokedKeyInDS
	}
	return NoReason
}

// Keys reads the keys of DNSKEY or CDNSKEY records.
func Keys(records []doh.Record) []doh.DNSKEY {
	var keys []doh.DNSKEY
	for _, r := range records {
		if k, ok := r.DNSKEY(); ok {
			keys = append(keys, k)
		}
	}
	return keys
}

// Digest gives the digest that a DS record for the zone's key holds (RFC 4034
// §5.1.4), nil for a digest type other than SHA-1, SHA-256 and SHA-384.
func Digest(zone dnsname.Name, k doh.DNSKEY, digestType uint8) []byte {
	return digest(nameFrom(zone), k, digestType)
}

func digest(zone name, k doh.DNSKEY, digestType uint8) []byte {
	data := append([]byte(zone), keyData(k)...)
	switch digestType {
	case digestSHA1:
		sum := sha1.Sum(data)
		return sum[:]
	case digestSHA256:
		sum := sha256.Sum256(data)
		return sum[:]
	case digestSHA384:
		sum := sha512.Sum384(data)
		return sum[:]
	}
	return nil
}

// usableDS gives the DS records that can be worked with: none, and why, when
// the zone is insecure to this validator (RFC 4035 §5.2). Beside SHA-256 or
// SHA-384 a SHA-1 digest doesn't count (RFC 4509 §3).
func usableDS(records []doh.Record) ([]doh.DS, Reason) {
	var usable []doh.DS
	why, strong := AlgorithmUnsupported, false
	for _, r := range records {
		ds, ok := r.DS()
		if !ok || !Supported(ds.Algorithm) {
			continue
		}
		switch ds.DigestType {
		case digestSHA256, digestSHA384:
			strong = true
		case digestSHA1:
		default:
			why = DSDigestUnsupported
			continue
		}
		usable = append(usable, ds)
	}
	if strong {
		usable = slices.DeleteFunc(usable, func(ds doh.DS) bool { return ds.DigestType == digestSHA1 })
	}
	if len(usable) > 0 {
		why = NoReason
	}
	return usable, why
}

// Entry gives the keys among DNSKEY records that the zone's DS records name,
// without looking at signatures; without any, the reason of the DS record that
// came nearest.
func Entry(zone dnsname.Name, ds, keys []doh.Record, b *Budget) ([]doh.DNSKEY, Reason) {
	return entryBy(nameFrom(zone), ds, keys, b)
}

func entryBy(zone name, ds, keys []doh.Record, b *Budget) ([]doh.DNSKEY, Reason) {
	var entry []doh.DNSKEY
	usable, why := usableDS(ds)
	if why != NoReason {
		return nil, why
	}
	why = DNSKEYMissing
	byTag := map[uint16][]form{} // each DS with each key would be a million pairs
	for _, k := range Keys(keys) {
		for _, f := range forms(k) {
			byTag[f.KeyTag] = append(byTag[f.KeyTag], f)
		}
	}
	for _, ds := range usable {
		for _, f := range byTag[ds.KeyTag] {
			if f.Algorithm != ds.Algorithm {
				continue
			}
			switch reason := names(zone, ds, f, b); reason {
			case NoReason:
				entry = append(entry, f.key)
			case OverBudget:
				return nil, OverBudget
			case DSDigestMismatch:
				if why == DNSKEYMissing {
					why = reason
				}
			default:
				why = reason
			}
		}
	}
	if len(entry) > 0 {
		why = NoReason
	}
	return entry, why
}

// names tells whether a DS record names a key of its tag and algorithm that may be
// used.
func names(zone name, ds doh.DS, f form, b *Budget) Reason {
	if !b.take(digests, 1) {
		return OverBudget
	}
	if bytes.Equal(digest(zone, f.DNSKEY, ds.DigestType), ds.Digest) {
		return Unfit(f.key)
	}
	return DSDigestMismatch
}

// form is a key as a DS record may name it. A DS made before a key was revoked is
// of other flags, hence of another tag and digest: it names the key as it was.
type form struct {
	doh.DNSKEY
	key doh.DNSKEY // as it is
}

// forms gives a key as it is, and a revoked one as it was before.
func forms(k doh.DNSKEY) []form {
	if k.Flags&flagRevoke == 0 {
		return []form{{k, k}}
	}
	was := k
	was.Flags &^= flagRevoke
	was, _ = doh.Record{Type: doh.TypeDNSKEY, RData: keyData(was)}.DNSKEY()
	return []form{{k, k}, {was, k}}
}

// keyData gives a DNSKEY record's data (RFC 4034 §2.1).
func keyData(k doh.DNSKEY) []byte {
	data := binary.BigEndian.AppendUint16(nil, k.Flags)
	return append(append(data, k.Protocol, k.Algorithm), k.Public...)
}
