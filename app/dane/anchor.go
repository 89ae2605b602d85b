package dane

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"errors"
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
}

// verifyAnchors looks for a DANE-TA record that authenticates the leaf
// (RFC 7672 §3.1.2) and sets the outcome. Anchors are the presented
// certificates that a record matches, certificates in full in a record, and
// last what a bare key in a record signed (RFC 7671 §5.2.2, §5.2.3).
func verifyAnchors(result *Result, records []TLSA, standings []standing, chain [][]byte, names []dnsname.Name, now time.Time) {
	parsed := parseChain(chain)
	anchors := presentedAnchors(records, result.Matches, parsed)
	inRecords := recordAnchors(records, standings, parsed)
	matched := len(inRecords) > 0
	for _, m := range result.Matches {
		matched = matched || records[m.Record].Usage == DANETA && !m.SetAside
	}
	if !matched {
		inRecords = keyAnchors(records, standings, parsed)
	}
	for _, a := range inRecords {
		result.Matches = append(result.Matches, a.match)
	}
	anchors = append(anchors, inRecords...)
	switch {
	case len(anchors) == 0 && !matched: // Mismatch stands
	case len(anchors) == 0 || parsed[0] == nil:
		result.Outcome = Undecided // the anchor or the leaf is beyond reading
	default:
		result.Outcome, result.By = newPath(parsed, anchors).verify(names, now)
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
		anchors = append(anchors, anchor{m, parsed[m.Depth]})
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
			anchors = append(anchors, anchor{Match{Record: i, Depth: -1}, held})
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
				anchors = append(anchors, anchor{Match{Record: i, Depth: -1}, c})
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
// (RFC 5280 §6), then the names. Dates of the whole path count, the anchor's as
// well: OpenSSL and Go both do so.
func (p *path) verify(names []dnsname.Name, now time.Time) (Outcome, Match) {
	end, err := p.find(now)
	if err != nil {
		var unhandled x509.UnhandledCriticalExtension
		if errors.As(err, &unhandled) {
			return Undecided, Match{}
		}
		for _, then := range [...]time.Time{p.leaf.NotBefore, p.leaf.NotAfter, p.latestStart, p.earliestStop} {
			if end, err := p.find(then); err == nil {
				return Expired, end
			}
		}
		return ChainInvalid, Match{}
	}
	if !anyNameMatches(p.leaf, names) {
		return NameMismatch, end
	}
	return Authenticated, end
}

// find gives the anchor's match at the end of a path that is valid at the
// moment. crypto/x509 stops after 100 signatures.
func (p *path) find(at time.Time) (Match, error) {
	if at.IsZero() {
		at = time.Unix(0, 0) // the zero time would mean the system's clock
	}
	paths, err := p.leaf.Verify(x509.VerifyOptions{Roots: p.ends, Intermediates: p.between, CurrentTime: at})
	if err != nil || len(paths) == 0 || len(paths[0]) == 0 {
		return Match{}, errors.Join(errNoPath, err)
	}
	last := paths[0][len(paths[0])-1]
	for _, a := range p.anchors {
		if a.cert.Equal(last) {
			return a.match, nil
		}
	}
	return Match{}, errNoPath
}
