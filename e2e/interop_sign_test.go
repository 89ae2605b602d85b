package e2e

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// The signers, and how a zone denies.
const (
	byBIND = "bind"
	byKnot = "knot"
	byLDNS = "ldns"

	withNSEC   = "nsec"
	withNSEC3  = "nsec3"
	withOptOut = "optout" // NSEC3 whose records opt out (RFC 5155 §6)

	// usualBits are few: keys of 2048 bits take most of the test's time.
	usualBits = 1280
)

// signing says by whom and how a zone is signed; without signer it isn't.
type signing struct {
	signer, denial string
	algorithm      uint8
	bits           int // of RSA keys; usualBits when zero
	// Of BIND and ldns only: when signatures hold, zero for the signer's own
	// choice; NSEC3 iterations and salt; a further algorithm to sign with.
	from, until time.Time
	iterations  int
	salt        string
	also        uint8
	// Of BIND only: the key of the first algorithm that signs keys is revoked
	// before it does (RFC 5011 §2.1).
	revoked bool
	// Of ldns only: what to make of a key's record before the zone is signed
	// with it; and whether the key that signs data is left out of the zone.
	remake func(*dns.DNSKEY)
	unseen bool
}

// signedZone is a zone as its signer left it, and maybe somebody after that.
type signedZone struct {
	t       *testing.T
	origin  string
	records []dns.RR
	// ds are the records for the zone above: one with SHA-256 for each key that
	// is marked as the zone's entry.
	ds []*dns.DS
	// again gives the zone as the same keys sign it for another time (BIND's only).
	again func(from, until time.Time) []dns.RR
}

// sign signs a zone's text in a directory of its own.
func (s signing) sign(t *testing.T, dir, origin, text string) *signedZone {
	t.Helper()
	file := filepath.Join(dir, "zone")
	write(t, file, 0o644, text)
	z := &signedZone{t: t, origin: origin}
	switch s.signer {
	case byBIND:
		s.bindKeys(t, dir, origin)
		z.records = s.bind(t, dir, origin)
		z.again = func(from, until time.Time) []dns.RR {
			s.from, s.until = from, until
			return s.bind(t, dir, origin)
		}
	case byKnot:
		z.records = s.knot(t, dir, origin)
	case byLDNS:
		z.records = s.ldns(t, dir, origin)
	default:
		z.records = parseZone(t, file, origin)
	}
	for _, key := range z.entryKeys() {
		z.ds = append(z.ds, key.ToDS(dns.SHA256))
	}
	return z
}

// entryKeys gives copies of the keys that are marked as the zone's entry.
func (z *signedZone) entryKeys() []*dns.DNSKEY {
	var all []*dns.DNSKEY
	for _, rr := range z.records {
		if key, ok := rr.(*dns.DNSKEY); ok && key.Flags&dns.SEP != 0 {
			all = append(all, dns.Copy(key).(*dns.DNSKEY))
		}
	}
	return all
}

// algorithms are the zone's, one or two.
func (s signing) algorithms() []uint8 {
	if s.also != 0 {
		return []uint8{s.algorithm, s.also}
	}
	return []uint8{s.algorithm}
}

// keySize gives the arguments for the length of a key of RSA.
func (s signing) keySize(algorithm uint8) []string {
	if algorithm > dns.RSASHA512 {
		return nil
	}
	return []string{"-b", fmt.Sprint(cmp.Or(s.bits, usualBits))}
}

func (s signing) bindKeys(t *testing.T, dir, origin string) {
	t.Helper()
	for i, algorithm := range s.algorithms() {
		args := append([]string{"-q", "-K", dir, "-a", fmt.Sprint(algorithm)}, s.keySize(algorithm)...)
		must(t, sbin(t, "dnssec-keygen"), append(args, origin)...)
		ksk := strings.TrimSpace(must(t, sbin(t, "dnssec-keygen"), append(args, "-f", "KSK", origin)...))
		if s.revoked && i == 0 {
			must(t, sbin(t, "dnssec-revoke"), "-r", "-K", dir, filepath.Join(dir, ksk))
		}
	}
}

func (s signing) bind(t *testing.T, dir, origin string) []dns.RR {
	t.Helper()
	out := filepath.Join(dir, "signed")
	args := []string{"-S", "-P", "-x", "-K", dir, "-d", dir, "-o", origin, "-f", out}
	if s.denial != withNSEC {
		args = append(args, "-3", cmp.Or(s.salt, "-"), "-H", fmt.Sprint(s.iterations))
	}
	if s.denial == withOptOut {
		args = append(args, "-A")
	}
	if !s.from.IsZero() {
		args = append(args, "-s", bindTime(s.from), "-e", bindTime(s.until))
	}
	must(t, sbin(t, "dnssec-signzone"), append(args, filepath.Join(dir, "zone"))...)
	return parseZone(t, out, origin)
}

func bindTime(at time.Time) string { return at.UTC().Format("20060102150405") }

// ldns signs with ldns-signzone, which takes only the keys that it is told.
func (s signing) ldns(t *testing.T, dir, origin string) []dns.RR {
	t.Helper()
	out := filepath.Join(dir, "signed")
	args := []string{"-C", dir, sbin(t, "ldns-signzone"), "-o", origin, "-f", out}
	if s.denial != withNSEC {
		args = append(args, "-n", "-a", "1", "-t", fmt.Sprint(s.iterations))
	}
	if s.salt != "" {
		args = append(args, "-s", s.salt)
	}
	if s.denial == withOptOut {
		args = append(args, "-p")
	}
	if !s.from.IsZero() {
		args = append(args, "-i", bindTime(s.from), "-e", bindTime(s.until))
	}
	if s.unseen {
		args = append(args, "-d")
	}
	args = append(args, "zone")
	for _, algorithm := range s.algorithms() {
		keygen := append([]string{"-C", dir, sbin(t, "ldns-keygen"), "-a", dns.AlgorithmToString[algorithm]}, s.keySize(algorithm)...)
		zsk := strings.TrimSpace(must(t, "env", append(keygen, origin)...))
		ksk := strings.TrimSpace(must(t, "env", append(keygen, "-k", origin)...))
		args = append(args, ksk, zsk)
		key := filepath.Join(dir, ksk+".key")
		if s.remake != nil {
			s.remakeKey(t, key)
		}
		if s.unseen {
			addTo(t, filepath.Join(dir, "zone"), key)
		}
	}
	must(t, "env", args...)
	return parseZone(t, out, origin)
}

// addTo adds what one file holds to another.
func addTo(t *testing.T, file, from string) {
	t.Helper()
	var all []byte
	for _, name := range []string{file, from} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	write(t, file, 0o644, string(all))
}

// remakeKey changes the record in a key's file.
func (s signing) remakeKey(t *testing.T, file string) {
	t.Helper()
	key := parseZone(t, file, ".")[0].(*dns.DNSKEY)
	s.remake(key)
	write(t, file, 0o644, key.String()+"\n")
}

// knot signs with kzonesign, which makes the keys too.
func (s signing) knot(t *testing.T, dir, origin string) []dns.RR {
	t.Helper()
	conf, out := filepath.Join(dir, "knot.conf"), filepath.Join(dir, "out")
	on := map[bool]string{true: "on", false: "off"}
	size := ""
	if s.algorithm <= dns.RSASHA512 {
		size = fmt.Sprintf("    ksk-size: %[1]d\n    zsk-size: %[1]d\n", cmp.Or(s.bits, usualBits))
	}
	write(t, conf, 0o644, fmt.Sprintf(`server:
    rundir: "%[1]s"
database:
    storage: "%[1]s"
log:
  - target: stderr
    any: warning
policy:
  - id: interop
    algorithm: %[3]s
%[6]s    nsec3: %[4]s
    nsec3-iterations: 0
    nsec3-salt-length: 0
    nsec3-opt-out: %[5]s
    cds-cdnskey-publish: none
zone:
  - domain: %[2]s
    storage: "%[1]s"
    file: zone
    dnssec-signing: on
    dnssec-policy: interop
`, dir, origin, strings.ToLower(dns.AlgorithmToString[s.algorithm]), on[s.denial != withNSEC], on[s.denial == withOptOut], size))
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	must(t, sbin(t, "kzonesign"), "-c", conf, "-o", out, origin)
	return parseZone(t, filepath.Join(out, "zone"), origin)
}

// parseZone reads a zone file.
func parseZone(t *testing.T, file, origin string) []dns.RR {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []dns.RR
	parser := dns.NewZoneParser(f, origin, file)
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		all = append(all, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
