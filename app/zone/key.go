package zone

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// Key is a zone's key: its DNSKEY record and the private half.
type Key struct {
	record  *dns.DNSKEY
	private crypto.Signer
}

// keyAttempts bounds how often NewKey draws.
const keyAttempts = 8

// GenerateKey makes a key of algorithm 13 for keys and data alike: NewKey with
// the flags of a secure entry point.
func GenerateKey(origin dnsname.Name, random io.Reader) (*Key, error) {
	return NewKey(origin, dns.ECDSAP256SHA256, dns.ZONE|dns.SEP, random)
}

// NewKey makes a key for the zone of the origin: the same bytes of random, the
// same key. Algorithms are RSA of 1024 bits with SHA-1 (5, 7), SHA-256 (8) and
// SHA-512 (10), ECDSA P-256 and P-384 (13, 14) and Ed25519 (15); another one is
// ErrAlgorithm, other errors are the reader's. The flags are those of the
// DNSKEY record (RFC 4034 §2.1.1, RFC 5011 §7). It draws again, once in 2³²
// times for a scalar that is none, once in 2¹⁶ for the key tag 0, which
// miekg/dns takes for a tag that was left out.
func NewKey(origin dnsname.Name, algorithm uint8, flags uint16, random io.Reader) (*Key, error) {
	var err error
	for range keyAttempts {
		k := &Key{record: &dns.DNSKEY{
			Hdr: dns.RR_Header{
				Name: origin.FQDN(), Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: defaultTTL,
			},
			Flags: flags, Protocol: 3, Algorithm: algorithm,
		}}
		if err = k.draw(random); err == nil && k.record.KeyTag() != 0 {
			return k, nil
		}
	}
	return nil, fmt.Errorf("zone: key: %w", err)
}

// draw makes both halves of a key of the record's algorithm.
func (k *Key) draw(random io.Reader) error {
	var public []byte
	var err error
	switch k.record.Algorithm {
	case dns.RSASHA1, dns.RSASHA1NSEC3SHA1, dns.RSASHA256, dns.RSASHA512:
		public, err = k.drawRSA(random)
	case dns.ECDSAP256SHA256:
		public, err = k.drawECDSA(elliptic.P256(), random)
	case dns.ECDSAP384SHA384:
		public, err = k.drawECDSA(elliptic.P384(), random)
	case dns.ED25519:
		seed := make([]byte, ed25519.SeedSize)
		if _, err = io.ReadFull(random, seed); err == nil {
			private := ed25519.NewKeyFromSeed(seed)
			k.private, public = private, private.Public().(ed25519.PublicKey)
		}
	default:
		err = ErrAlgorithm
	}
	k.record.PublicKey = base64.StdEncoding.EncodeToString(public)
	return err
}

// drawECDSA gives the public key of RFC 6605 §4: both coordinates.
func (k *Key) drawECDSA(curve elliptic.Curve, random io.Reader) ([]byte, error) {
	scalar := make([]byte, curve.Params().BitSize/8)
	if _, err := io.ReadFull(random, scalar); err != nil {
		return nil, err
	}
	private, err := ecdsa.ParseRawPrivateKey(curve, scalar)
	if err != nil {
		return nil, err
	}
	k.private = private
	point, err := private.PublicKey.Bytes() // 0x04 and both coordinates
	if err != nil {
		return nil, err
	}
	return point[1:], nil
}

// drawRSA gives the public key of RFC 3110 §2. The primes are found here since
// crypto/rsa takes no reader.
func (k *Key) drawRSA(random io.Reader) ([]byte, error) {
	const exponent, octets = 65537, 64 // of each prime
	one, e := big.NewInt(1), big.NewInt(exponent)
	var primes []*big.Int
	modulus, order := big.NewInt(1), big.NewInt(1)
	for range 2 {
		from := make([]byte, octets)
		if _, err := io.ReadFull(random, from); err != nil {
			return nil, err
		}
		from[0] |= 0xC0 // so that the modulus has all its bits
		from[octets-1] |= 1
		p := new(big.Int).SetBytes(from)
		less := new(big.Int).Sub(p, one)
		for !p.ProbablyPrime(16) || new(big.Int).Mod(less, e).Sign() == 0 {
			p.Add(p, big.NewInt(2))
			less.Sub(p, one)
		}
		primes = append(primes, p)
		modulus.Mul(modulus, p)
		order.Mul(order, less)
	}
	private := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: modulus, E: exponent},
		D:         new(big.Int).ModInverse(e, order), Primes: primes,
	}
	k.private = private
	if err := private.Validate(); err != nil {
		return nil, err
	}
	private.Precompute()
	return append([]byte{3, 1, 0, 1}, modulus.Bytes()...), nil
}

// DNSKEY gives the key's record.
func (k *Key) DNSKEY() *dns.DNSKEY { return dns.Copy(k.record).(*dns.DNSKEY) }

// DS gives the record for the parent zone, with a SHA-256 digest (RFC 4509).
func (k *Key) DS() *dns.DS { return k.DSOf(dns.SHA256) }

// DSOf gives the record for the parent zone with a digest of another type:
// SHA-1, SHA-256 or SHA-384 (RFC 4034 §5.1.3, RFC 6605 §2). Of a type that is
// none of them the digest is SHA-256's octets, which nobody can compare.
func (k *Key) DSOf(digestType uint8) *dns.DS {
	if digestType == dns.SHA1 || digestType == dns.SHA384 {
		return k.record.ToDS(digestType)
	}
	ds := k.record.ToDS(dns.SHA256)
	ds.DigestType = digestType
	return ds
}

// WithFlags gives the same key under a record with other flags, hence another
// tag: with dns.REVOKE it is revoked (RFC 5011 §2.1), without dns.ZONE it may
// sign nothing (RFC 4034 §2.1.1).
func (k *Key) WithFlags(flags uint16) *Key {
	other := &Key{record: k.DNSKEY(), private: k.private}
	other.record.Flags = flags
	return other
}

// collisionAttempts bounds how often Colliding draws: one draw in eight has
// flags that make up for what its tag lacks.
const collisionAttempts = 400

// Colliding makes another key with the tag, the algorithm and the meaning of
// the flags of this one (RFC 4034 §5.1: tags are not unique). It sets reserved
// bits of the flags, which everybody ignores, so that the tag fits. Its errors
// are the reader's.
func (k *Key) Colliding(random io.Reader) (*Key, error) {
	const meaning = dns.ZONE | dns.REVOKE | dns.SEP
	kept, tag := k.record.Flags&meaning, k.record.KeyTag()
	for range collisionAttempts {
		other := k.WithFlags(0)
		if err := other.draw(random); err != nil {
			return nil, fmt.Errorf("zone: key: %w", err)
		}
		sum := words(other.record)
		for flags := range uint32(1 << 16) {
			total := sum + flags
			if uint16(flags)&meaning == kept && uint16(total+total>>16) == tag {
				other.record.Flags = uint16(flags)
				return other, nil
			}
		}
	}
	return nil, fmt.Errorf("zone: key: %w", ErrCollision)
}

// words sums a record's data up as for its tag (RFC 4034 appendix B).
func words(record *dns.DNSKEY) (sum uint32) {
	public, _ := base64.StdEncoding.DecodeString(record.PublicKey)
	data := append([]byte{byte(record.Flags >> 8), byte(record.Flags), record.Protocol, record.Algorithm}, public...)
	for i, octet := range data {
		sum += uint32(octet) << (8 * (1 - i%2))
	}
	return sum
}

// Public gives the public half, for crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return k.private.Public() }

// Sign signs a digest, or for Ed25519 the message, without randomness (RFC
// 6979), so that a zone signed twice is the same zone.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.private.Sign(nil, digest, opts)
}
