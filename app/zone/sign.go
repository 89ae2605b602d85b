package zone

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// Key signs a zone: ECDSA P-256 with SHA-256, algorithm 13 (RFC 6605), one key
// for keys and data alike.
type Key struct {
	record  *dns.DNSKEY
	private *ecdsa.PrivateKey
}

// keyAttempts bounds how often GenerateKey draws.
const keyAttempts = 8

// GenerateKey makes a key for the zone of the origin from 32 bytes of random:
// the same bytes, the same key. It draws again, once in 2³² times for a scalar
// that is none, once in 2¹⁶ for the key tag 0, which miekg/dns takes for a tag
// that was left out. Its errors are the reader's.
func GenerateKey(origin dnsname.Name, random io.Reader) (*Key, error) {
	var err error
	for range keyAttempts {
		scalar := make([]byte, 32)
		if _, err = io.ReadFull(random, scalar); err != nil {
			break
		}
		var k *Key
		if k, err = newKey(origin, scalar); err == nil && k.record.KeyTag() != 0 {
			return k, nil
		}
	}
	return nil, fmt.Errorf("zone: key: %w", err)
}

func newKey(origin dnsname.Name, scalar []byte) (*Key, error) {
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return nil, err
	}
	point, err := private.PublicKey.Bytes() // 0x04 and both coordinates
	if err != nil {
		return nil, err
	}
	return &Key{private: private, record: &dns.DNSKEY{
		Hdr: dns.RR_Header{
			Name: origin.FQDN(), Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: defaultTTL,
		},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ECDSAP256SHA256,
		PublicKey: base64.StdEncoding.EncodeToString(point[1:]),
	}}, nil
}

// DNSKEY gives the key's record.
func (k *Key) DNSKEY() *dns.DNSKEY { return dns.Copy(k.record).(*dns.DNSKEY) }

// DS gives the record for the parent zone, with a SHA-256 digest (RFC 4509).
func (k *Key) DS() *dns.DS { return k.record.ToDS(dns.SHA256) }

// Public gives the public half, for crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return &k.private.PublicKey }

// Sign signs a digest without randomness (RFC 6979), so that a zone signed
// twice is the same zone.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.private.Sign(nil, digest, opts)
}

// signatures is what signing adds to a zone.
type signatures struct {
	key      *Key
	made     map[string]map[uint16][]dns.RR // RRSIG by owner and type covered
	chain    []string                       // owners of NSEC, canonical order
	unproven map[string]bool                // denials that go out without NSEC
}

// Sign adds the key's DNSKEY, an NSEC chain and a signature over every record
// set of which the zone is the authority (RFC 4035 §2), valid from inception to
// expiration. Without SOA it fails with ErrNoSOA. A zone is signed once.
func (z *Zone) Sign(key *Key, inception, expiration time.Time) error {
	if len(z.sets[z.origin][dns.TypeSOA]) == 0 {
		return fmt.Errorf("%w: %s", ErrNoSOA, z.origin)
	}
	z.key, z.made, z.unproven = key, map[string]map[uint16][]dns.RR{}, map[string]bool{}
	z.add(key.DNSKEY())
	z.link()
	for _, owner := range z.chain {
		for typ := range z.sets[owner] {
			if owner != z.origin && z.cut(owner) != "" && typ != dns.TypeDS && typ != dns.TypeNSEC {
				continue // a delegation's NS and glue are the child's (RFC 4035 §2.2)
			}
			if err := z.sign(owner, typ, inception, expiration); err != nil {
				return err
			}
		}
	}
	return nil
}

// SignAgain signs one set anew with other dates.
func (z *Zone) SignAgain(name dnsname.Name, typ uint16, inception, expiration time.Time) error {
	if len(z.sets[name.FQDN()][typ]) == 0 || z.key == nil {
		return fmt.Errorf("%w: %s %s", ErrNoSet, name, dns.TypeToString[typ])
	}
	return z.sign(name.FQDN(), typ, inception, expiration)
}

// DropSignatures takes the signatures of one set away.
func (z *Zone) DropSignatures(name dnsname.Name, typ uint16) error {
	if len(z.made[name.FQDN()][typ]) == 0 {
		return fmt.Errorf("%w: %s %s", ErrNoSet, name, dns.TypeToString[typ])
	}
	delete(z.made[name.FQDN()], typ)
	return nil
}

// DropProof makes the zone deny the name, or its types, without NSEC records.
func (z *Zone) DropProof(name dnsname.Name) {
	if z.unproven != nil {
		z.unproven[name.FQDN()] = true
	}
}

func (z *Zone) sign(owner string, typ uint16, inception, expiration time.Time) error {
	sig := &dns.RRSIG{
		Hdr:       dns.RR_Header{Class: dns.ClassINET, Ttl: z.sets[owner][typ][0].Header().Ttl},
		Inception: uint32(inception.Unix()), Expiration: uint32(expiration.Unix()),
		KeyTag: z.key.record.KeyTag(), SignerName: z.origin, Algorithm: z.key.record.Algorithm,
	}
	if err := sig.Sign(z.key, z.sets[owner][typ]); err != nil {
		return fmt.Errorf("zone: signing %s %s: %w", owner, dns.TypeToString[typ], err)
	}
	if z.made[owner] == nil {
		z.made[owner] = map[uint16][]dns.RR{}
	}
	z.made[owner][typ] = []dns.RR{sig}
	return nil
}

// link makes the NSEC chain (RFC 4034 §4): delegation points are in it, what
// lies below them is not.
func (z *Zone) link() {
	z.chain = slices.DeleteFunc(z.owners(), func(owner string) bool {
		cut := z.cut(owner)
		return cut != "" && cut != owner
	})
	soa := z.sets[z.origin][dns.TypeSOA][0].(*dns.SOA)
	for i, owner := range z.chain {
		z.add(&dns.NSEC{
			Hdr: dns.RR_Header{
				Name: owner, Rrtype: dns.TypeNSEC, Class: dns.ClassINET,
				Ttl: min(soa.Minttl, soa.Hdr.Ttl), // RFC 9077 §3
			},
			NextDomain: z.chain[(i+1)%len(z.chain)],
			TypeBitMap: z.bitmap(owner),
		})
	}
}

func (z *Zone) bitmap(owner string) []uint16 {
	types := []uint16{dns.TypeRRSIG, dns.TypeNSEC}
	delegation := z.cut(owner) != ""
	for typ := range z.sets[owner] {
		if !delegation || typ == dns.TypeNS || typ == dns.TypeDS {
			types = append(types, typ)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}
