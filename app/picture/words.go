package picture

import (
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// algorithms are the mnemonics of DNSKEY algorithms, and digests those of DS
// digest types, as IANA registers them: by number, "" for none.
var (
	algorithms = [...]string{
		1: "RSAMD5", 3: "DSA", 5: "RSASHA1", 6: "DSA-NSEC3-SHA1", 7: "RSASHA1-NSEC3-SHA1", 8: "RSASHA256", 10: "RSASHA512",
		12: "ECC-GOST", 13: "ECDSAP256SHA256", 14: "ECDSAP384SHA384", 15: "ED25519", 16: "ED448", 17: "SM2SM3", 23: "ECC-GOST12",
	}
	digests = [...]string{1: "SHA-1", 2: "SHA-256", 3: "GOST", 4: "SHA-384", 5: "GOST12", 6: "SM3"}
	// proofs are the keys of locale's words for a dnssec.Proof.
	proofs = [...]string{
		dnssec.NameAbsent: "name-absent", dnssec.TypeAbsent: "type-absent", dnssec.EmptyNonTerminal: "empty-non-terminal",
		dnssec.WildcardTypeAbsent: "wildcard-type-absent", dnssec.UnsignedDelegation: "unsigned-delegation", dnssec.OptedOut: "opted-out",
	}
)

// Flags of a DNSKEY (RFC 4034 §2.1, RFC 5011 §7).
const (
	flagZone   = 0x0100
	flagRevoke = 0x0080
	flagSEP    = 0x0001
)

// Forms of a moment, in UTC: the drawing has no room for the hour. What stands
// between no-break spaces is broken into lines nowhere.
const (
	date   = "2006-01-02"
	moment = "2006-01-02\u00a015:04"
)

func registered(names []string, n uint8, otherwise string) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return otherwise + " " + itoa(int(n))
}

func (p *Picture) algorithm(n uint8) string {
	return registered(algorithms[:], n, p.words.Number.Of("algorithm"))
}

func (p *Picture) digest(n uint8) string {
	return registered(digests[:], n, p.words.Number.Of("digest"))
}

// role is what a key is for by its SEP flag (RFC 4034 §2.1.1), and its tag.
func role(k dnssec.Key) string {
	if k.Flags&flagSEP != 0 {
		return "KSK " + itoa(int(k.KeyTag))
	}
	return "ZSK " + itoa(int(k.KeyTag))
}

// flaw says why a key may vouch for nothing, "" for one that may.
func (p *Picture) flaw(k dnssec.Key) string {
	switch {
	case k.Flags&flagZone == 0:
		return p.words.NoZone
	case k.Flags&flagRevoke != 0:
		return p.words.Revoked
	}
	return ""
}

// key describes a zone's key on one line.
func (p *Picture) key(z *zone, k dnssec.Key) string {
	said := role(k) + " " + p.algorithm(k.Algorithm)
	if k.Bits > 0 {
		said += " " + fill(p.words.Bits, "count", itoa(k.Bits))
	}
	named := ""
	if k.Entry {
		named = p.words.Named
		if z.Parent == "" {
			named = p.words.Anchor
		}
	}
	return join(", ", said, p.flaw(k), named)
}

// called is a name as it is shown, at most n characters of it.
func (p *Picture) called(name string, n int) string {
	if name == "." {
		return p.words.Root
	}
	return shorten(name, n)
}

func (p *Picture) status(s dnssec.Status) string { return p.words.Statuses.Of(s.String()) }

// reason says why something about a type isn't proven, "" for no reason.
func (p *Picture) reason(r dnssec.Reason, typ doh.Type) string {
	if r == dnssec.NoReason {
		return ""
	}
	return fill(p.words.Reasons.Of(shorten(string(r), 40)), "type", typ.String())
}

// why says why trust ends at a zone: the reason, or what its parent proves; ""
// for a secure one.
func (p *Picture) why(z *zone) string {
	switch {
	case z.Reason != dnssec.NoReason && blames(z):
		return p.reason(z.Reason, doh.TypeDNSKEY)
	case z.Reason != dnssec.NoReason:
		return p.reason(z.Reason, doh.TypeDS)
	case z.Proof == dnssec.OptedOut:
		return fill(p.words.OptOut, "zone", p.called(z.Parent, 40))
	case z.Proof == dnssec.UnsignedDelegation:
		return fill(p.words.NoDS, "zone", p.called(z.Parent, 40))
	}
	return ""
}

// delegated names the parent's records that say how it delegates to a zone.
func (p *Picture) delegated(z *zone) string {
	switch {
	case len(z.DS) > 0:
		return doh.TypeDS.String()
	case z.ProofBy != 0:
		return z.ProofBy.String()
	}
	return p.words.Denial
}

// blames tells whether a zone's trust ends with its own records, of type DNSKEY,
// and not with what its parent says.
func blames(z *zone) bool {
	return len(z.Keys) > 0 || z.Reason == dnssec.DNSKEYMissing || z.Parent == "" // a trust anchor has no DS to ask for
}

// signed says by which key and for how long something is signed, "" for what
// has no signature.
func (p *Picture) signed(typ string, s *dnssec.Signature, form string) string {
	if s == nil {
		return ""
	}
	return join(", ", fill(p.words.Signed, "type", typ, "tag", itoa(int(s.KeyTag))), p.period(s, form))
}

// period says from when until when a signature holds, "" without one.
func (p *Picture) period(s *dnssec.Signature, form string) string {
	if s == nil {
		return ""
	}
	return fill(p.words.Period, "from", s.Inception.UTC().Format(form), "to", p.end(s, form))
}

// end says when a signature ends, and whether it holds only because clocks may
// differ.
func (p *Picture) end(s *dnssec.Signature, form string) string {
	said := s.Expiration.UTC().Format(form)
	if form == moment {
		said += "\u00a0UTC"
	}
	if s.Skewed {
		said += ", " + p.words.Skewed
	}
	return said
}

// unproven says why a hop isn't proven, or what is proven to be absent. A reason
// that its zone has too is said there.
func (p *Picture) unproven(z *zone, h *dnssec.Hop) string {
	why, proof, wildcard := "", "", ""
	if z == nil || z.Reason != h.Reason || z.Status != h.Status {
		why = p.reason(h.Reason, h.Type)
	}
	if int(h.Proof) < len(proofs) && proofs[h.Proof] != "" {
		proof = p.words.Proofs.Of(proofs[h.Proof])
	}
	if h.Wildcard != "" {
		wildcard = fill(p.words.Wildcard, "name", shorten(h.Wildcard, 40))
	}
	said := join(", ", why, proof, wildcard)
	if h.Proof != dnssec.NoProof && h.Proof != dnssec.OptedOut && h.ProofBy != 0 {
		said += " (" + h.ProofBy.String() + ")"
	}
	return said
}

// found says what was found at a hop: its status, and why.
func (p *Picture) found(z *zone, h *dnssec.Hop) string {
	return join(": ", p.status(h.Status), p.unproven(z, h))
}

// join puts what isn't empty behind each other.
func join(between string, parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, between)
}

func itoa(n int) string { return strconv.Itoa(n) }
