package dane

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// Bounds of the work that a hostile chain can cause.
const (
	maxRSABits     = 8192     // of a key that a signature is checked with
	maxInRecords   = 8        // certificates or keys in full in the records tried
	maxSigned      = 10       // certificates tried with each such key
	maxCertificate = 64 << 10 // octets of one parsed
)

var errNoPath = errors.New("dane: no path to an anchor")

// anchor is where a path may end.
type anchor struct {
	match Match
	cert  *x509.Certificate
	// below: the certificate is what the anchor, a bare key, signed.
	below bool
}

// verifyAnchors looks for a DANE-TA record that authenticates the leaf
// (RFC 7672 §3.1.2) and sets the outcome. Anchors are the presented
// certificates that a record matches, certificates in full in a record, and,
// when none of these authenticates, what a bare key in a record signed
// (RFC 7671 §5.2.2, §5.2.3).
func verifyAnchors(result *Result, records []TLSA, standings []standing, chain [][]byte, names []dnsname.Name, now time.Time) {
	parsed := parseChain(chain)
	matched := slices.ContainsFunc(result.Matches, func(m Match) bool {
		return records[m.Record].Usage == DANETA && !m.SetAside
	})
	anchors := presentedAnchors(records, result.Matches, parsed)
	add := func(more []anchor) {
		for _, a := range more {
			result.Matches = append(result.Matches, a.match)
		}
		anchors = append(anchors, more...)
		switch {
		case len(anchors) == 0 && !matched: // Mismatch stands
		case len(anchors) == 0 || parsed[0] == nil:
			result.Outcome = Undecided // the anchor or the leaf is beyond reading
		default:
			result.Outcome, result.By = newPath(parsed, anchors).verify(names, now)
		}
	}
	add(recordAnchors(records, standings, parsed))
	if result.Outcome == Mismatch || result.Outcome == ChainInvalid {
		if keys := keyAnchors(records, standings, parsed); len(keys) > 0 {
			add(keys)
		}
	}
}

// parseChain parses each certificate; nil for one that Go's x509 refuses.
func parseChain(chain [][]byte) []*x509.Certificate {
	parsed := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		parsed[i] = parseCertificate(der)
	}
	return parsed
}

func parseCertificate(der []byte) *x509.Certificate {
	if len(der) > maxCertificate {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return c
}

// presentedAnchors are the presented certificates that a counting DANE-TA
// record matches and that can be read, each once.
func presentedAnchors(records []TLSA, found []Match, parsed []*x509.Certificate) []anchor {
	var anchors []anchor
	seen := map[int]bool{}
	for _, m := range found {
		if records[m.Record].Usage != DANETA || m.SetAside || seen[m.Depth] || parsed[m.Depth] == nil {
			continue
		}
		seen[m.Depth] = true
		anchors = append(anchors, anchor{match: m, cert: parsed[m.Depth]})
	}
	return anchors
}

// recordAnchors are the certificates that "2 0 0" records hold, that issued
// something here, and that weren't presented (RFC 7671 §5.2.2).
func recordAnchors(records []TLSA, standings []standing, parsed []*x509.Certificate) []anchor {
	var anchors []anchor
	for i, r := range records {
		if standings[i] != counts || r.Usage != DANETA || r.Selector != CertSelector || r.Matching != Full {
			continue
		}
		held := parseCertificate(r.Data)
		if held == nil || len(anchors) == maxInRecords {
			continue
		}
		presented, issued := false, false
		for _, c := range parsed {
			presented = presented || c != nil && c.Equal(held)
			issued = issued || c != nil && bytes.Equal(c.RawIssuer, held.RawSubject)
		}
		if issued && !presented {
			anchors = append(anchors, anchor{match: Match{Record: i, Depth: -1}, cert: held})
		}
	}
	return anchors
}

// keyAnchors are the presented certificates signed by a bare key of a "2 1 0"
// record, each an anchor in the key's place (RFC 7671 §5.2.3).
func keyAnchors(records []TLSA, standings []standing, parsed []*x509.Certificate) []anchor {
	var anchors []anchor
	keys := 0
	for i, r := range records {
		if standings[i] != counts || r.Usage != DANETA || r.Selector != SPKISelector || r.Matching != Full {
			continue
		}
		key, err := x509.ParsePKIXPublicKey(r.Data)
		if err != nil || !affordable(key) || keys == maxInRecords {
			continue
		}
		keys++
		signer := &x509.Certificate{PublicKey: key}
		for _, c := range parsed[:min(len(parsed), maxSigned)] {
			if c != nil && signer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil {
				anchors = append(anchors, anchor{match: Match{Record: i, Depth: -1}, cert: c, below: true})
			}
		}
	}
	return anchors
}

// affordable tells whether checking a signature by the key takes bounded time.
func affordable(key any) bool {
	k, isRSA := key.(*rsa.PublicKey)
	return !isRSA || k.N.BitLen() <= maxRSABits
}

// path looks for a way from the leaf to any anchor.
type path struct {
	leaf         *x509.Certificate
	anchors      []anchor
	ends         *x509.CertPool
	between      *x509.CertPool
	latestStart  time.Time // of all certificates' dates
	earliestStop time.Time
}

func newPath(parsed []*x509.Certificate, anchors []anchor) *path {
	p := &path{leaf: parsed[0], anchors: anchors, ends: x509.NewCertPool(), between: x509.NewCertPool(),
		latestStart: parsed[0].NotBefore, earliestStop: parsed[0].NotAfter}
	for _, c := range parsed[1:] {
		if c == nil || !affordable(c.PublicKey) {
			continue
		}
		p.between.AddCert(c)
		if c.NotBefore.After(p.latestStart) {
			p.latestStart = c.NotBefore
		}
		if c.NotAfter.Before(p.earliestStop) {
			p.earliestStop = c.NotAfter
		}
	}
	for _, a := range anchors {
		if affordable(a.cert.PublicKey) {
			p.ends.AddCert(a.cert)
		}
	}
	return p
}

// verify checks signatures, constraints and dates from the leaf to an anchor
// (RFC 5280 §6), then the names. An anchor's own dates are no part of that:
// where they alone are wrong senders differ. All refuse a self-signed one;
// another one Go refuses and OpenSSL takes.
func (p *path) verify(names []dnsname.Name, now time.Time) (Outcome, Match) {
	outcome := Authenticated
	end, _, err := p.find(now)
	if err != nil {
		var unhandled x509.UnhandledCriticalExtension
		if errors.As(err, &unhandled) {
			return Undecided, Match{}
		}
		outcome, end = p.outOfDate(now)
	}
	if (outcome == Authenticated || outcome == Undecided) && !anyNameMatches(p.leaf, names) {
		return NameMismatch, end.match
	}
	return outcome, end.match
}

// outOfDate tells a path that the dates alone break from none at all.
func (p *path) outOfDate(now time.Time) (Outcome, anchor) {
	for _, then := range [...]time.Time{p.leaf.NotBefore, p.leaf.NotAfter, p.latestStart, p.earliestStop} {
		end, certs, err := p.find(then)
		if err != nil {
			continue
		}
		counting := certs
		if last := len(certs) - 1; !end.below && !bytes.Equal(certs[last].RawIssuer, certs[last].RawSubject) {
			counting = certs[:last]
		}
		for _, c := range counting {
			if now.Before(c.NotBefore) || now.After(c.NotAfter) {
				return Expired, end
			}
		}
		return Undecided, end
	}
	return ChainInvalid, anchor{}
}

// find gives the anchor at the end of a path that is valid at the moment, and
// the path. crypto/x509 stops after 100 signatures.
func (p *path) find(at time.Time) (anchor, []*x509.Certificate, error) {
	if at.IsZero() {
		at = time.Unix(0, 0) // the zero time would mean the system's clock
	}
	paths, err := p.leaf.Verify(x509.VerifyOptions{Roots: p.ends, Intermediates: p.between, CurrentTime: at})
	if err != nil || len(paths) == 0 || len(paths[0]) == 0 {
		return anchor{}, nil, errors.Join(errNoPath, err)
	}
	last := paths[0][len(paths[0])-1]
	for _, a := range p.anchors {
		if a.cert.Equal(last) {
			return a, paths[0], nil
		}
	}
	return anchor{}, nil, errNoPath
}
