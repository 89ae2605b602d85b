package check

import (
	"crypto/x509"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// byPolicy is the level of what only MTA-STS looks at (RFC 8461 §4.2).
func byPolicy(c Context) Level {
	switch {
	case c.Enforce:
		return Error
	case c.Testing:
		return Warning
	}
	return Notice
}

// byDates is the level of a certificate out of its dates. DANE-EE ignores them
// (RFC 7672 §3.1.1), which is counted one step.
func byDates(c Context) Level {
	if c.Enforce || c.DANE && !c.DANEOK {
		return Error
	}
	return Warning
}

// byStrength is the level of a key or signature that libraries refuse.
func byStrength(c Context) Level {
	if c.DANEOK && !c.STS {
		return Warning
	}
	return Error
}

// byChecking is the level of what matters to senders that check certificates.
func byChecking(c Context) Level {
	if c.DANE || c.STS {
		return Warning
	}
	return Notice
}

const (
	notTrusted   = "certificate-not-trusted"
	hostMismatch = "certificate-host-mismatch"
)

// sniWrong is the cause of a wrong name where the right certificate is there.
var sniWrong = []Code{"tls.sni-wrong-cert"}

var certEntries = []Entry{
	{Code: "cert.missing", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "8.2"}, {8461, "4.2"}}, Result: notTrusted}, // args: host, ip
	{Code: "cert.expired", LevelIn: byDates, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {7672, "3.1.1"}, {5280, "4.1.2.5"}},
		Result: "certificate-expired", NDR: []string{"4.7.322", "5.7.322"}}, // args: host, ip, date
	{Code: "cert.not-yet-valid", LevelIn: byDates, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {5280, "4.1.2.5"}},
		Result: "validation-failure", NDR: []string{"5.7.323"}}, // args: host, ip, date
	{Code: "cert.expiring-soon", Level: Warning, Who: MailProvider, RFC: []Citation{{5280, "4.1.2.5"}},
		DependsOn: []Code{"cert.renewed-not-loaded"}}, // args: host, ip, date, days
	{Code: "cert.renewed-not-loaded", Level: Warning, Who: MailProvider, RFC: []Citation{{5280, "4.1.2.5"}}}, // args: host, ip, date
	{Code: "cert.name-mismatch", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {6125, "6.4"}},
		Result: hostMismatch, NDR: []string{"5.7.5", "5.7.325"}, DependsOn: sniWrong}, // args: host, ip, name
	{Code: "cert.covers-domain-not-mx", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}},
		Result: hostMismatch, NDR: []string{"5.7.5"}, DependsOn: sniWrong}, // args: host, ip, name
	{Code: "cert.cn-only", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {7672, "3.2.3"}},
		Result: hostMismatch, NDR: []string{"5.7.5"}, DependsOn: sniWrong}, // args: host, ip, name
	{Code: "cert.wildcard-depth", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {7672, "3.2.3"}},
		Result: hostMismatch, NDR: []string{"5.7.5"}, DependsOn: sniWrong}, // args: host, ip, name
	{Code: "cert.ip-san-only", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}}, Result: hostMismatch, DependsOn: sniWrong}, // args: host, ip, name
	{Code: "cert.self-signed", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}},
		Result: notTrusted, NDR: []string{"5.7.5"}}, // args: host, ip, name
	{Code: "cert.untrusted-ca", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}},
		Result: notTrusted, NDR: []string{"5.7.5"}}, // args: host, ip, issuer
	{Code: "cert.chain-incomplete", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {7672, "3.1.2"}},
		Result: notTrusted, NDR: []string{"5.7.5"}}, // args: host, ip, issuer
	{Code: "cert.chain-misordered", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "5.2.2"}, {8446, "4.4.2"}},
		Result: notTrusted}, // args: host, ip
	{Code: "cert.chain-expired-intermediate", Level: Warning, Who: MailProvider, RFC: []Citation{{5280, "6.1.3"}},
		Result: "certificate-expired"}, // args: host, ip, name, date
	{Code: "cert.root-included", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}}},                    // args: host, ip, name
	{Code: "cert.key-weak", LevelIn: byStrength, Who: MailProvider, RFC: []Citation{{9325, "4.5"}}, Result: notTrusted}, // args: host, ip, value
	{Code: "cert.signature-weak", LevelIn: byStrength, Who: MailProvider, RFC: []Citation{{9325, "4.5"}},
		Result: notTrusted}, // args: host, ip, value
	{Code: "cert.eku-missing", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{5280, "4.2.1.12"}, {8461, "4.2"}},
		Result: notTrusted}, // args: host, ip
	{Code: "cert.name-constraints", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{5280, "4.2.1.10"}, {8461, "4.2"}},
		Result: notTrusted}, // args: host, ip, issuer
	{Code: "cert.per-address-differs", LevelIn: byChecking, Who: MailProvider, RFC: []Citation{{7671, "8"}}, Result: "tlsa-invalid"}, // args: host, ip
	{Code: "cert.dual-algorithm", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "8.1"}},
		DependsOn: []Code{"dane.dual-algorithm-unmatched"}}, // args: host, ip
	{Code: "cert.revoked", Level: Warning, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {6960, "2.2"}}},          // args: host, ip
	{Code: "cert.caa-missing", Level: Notice, Who: MailProvider, RFC: []Citation{{8659, "3"}}},                        // args: host
	{Code: "cert.caa-forbids-issuer", Level: Warning, Who: MailProvider, RFC: []Citation{{8659, "4.2"}, {8659, "3"}}}, // args: host, ip, name, issuer, value
	{Code: "cert.ends-before-policy", Level: Notice, Who: MailProvider, RFC: []Citation{{8461, "4.2"}, {8461, "3.2"}},
		DependsOn: []Code{"cert.expiring-soon"}}, // args: domain, host, date, until
	{Code: "cert.ok", Level: OK, Who: Nobody, RFC: []Citation{{8461, "4.2"}}}, // args: domain
}

// judgeCertificates judges the chains that the hosts present (RFC 8461 §4.2).
// Names and dates are checked here; trust is what the proxy's verifier said.
func (j *judge) judgeCertificates() {
	for _, h := range j.hosts {
		j.over(h, "cert.missing", func(e *endpoint) ([]string, bool) {
			return nil, e.seen.TLS != nil && len(e.chain) == 0
		})
		j.judgeDates(h)
		j.judgeNames(h)
		j.judgeTrust(h)
		j.judgeChainShape(h)
		j.judgeStrength(h)
		j.judgeDifferences(h)
		j.over(h, "cert.revoked", func(e *endpoint) ([]string, bool) { return nil, e.seen.TLS != nil && e.seen.TLS.Trust.Revoked })
		j.overAsides(h, "cert.dual-algorithm", func(e *endpoint) ([]string, bool) { return nil, j.twoKinds(e) != nil })
		j.judgeIssuers(h)
	}
	j.judgeLifetimes()
	if j.everyEndpoint(func(e *endpoint) bool { return e.view.WebPKI == OK }) {
		j.add("cert.ok", j.facts.Domain.String(), "domain", j.facts.Domain.String())
	}
}

// leaf is the certificate presented, nil without a readable one.
func (e *endpoint) leaf() *x509.Certificate {
	if len(e.certs) == 0 {
		return nil
	}
	return e.certs[0]
}

// withLeaf makes a test that needs a readable leaf.
func withLeaf(test func(e *endpoint, leaf *x509.Certificate) ([]string, bool)) func(*endpoint) ([]string, bool) {
	return func(e *endpoint) ([]string, bool) {
		if leaf := e.leaf(); leaf != nil {
			return test(e, leaf)
		}
		return nil, false
	}
}

// webPKI tells whether an MTA-STS sender takes the certificate: Unknown when
// nobody looked at the trust, or the address was not reached.
func (j *judge) webPKI(e *endpoint) Level {
	leaf := e.leaf()
	switch {
	case leaf == nil && len(e.chain) > 0:
		return Unknown
	case leaf == nil && e.withoutTLS():
		return Error
	case leaf == nil:
		return Unknown
	case !namesHost(leaf, e.host.name), j.now.After(leaf.NotAfter), j.now.Before(leaf.NotBefore):
		return Error
	}
	switch e.seen.TLS.Trust.Now {
	case probe.Trusted:
		return OK
	case "", probe.OtherFault:
		return Unknown
	}
	return Error
}

// namesHost tells whether a DNS-ID of the certificate is the host's (RFC 8461 §4.2).
func namesHost(c *x509.Certificate, host dnsname.Name) bool {
	return slices.ContainsFunc(c.DNSNames, func(name string) bool { return dane.NameMatches(name, host) })
}

func (j *judge) judgeDates(h *host) {
	j.over(h, "cert.expired", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"date", day(leaf.NotAfter)}, j.now.After(leaf.NotAfter)
	}))
	j.over(h, "cert.not-yet-valid", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"date", day(leaf.NotBefore)}, j.now.Before(leaf.NotBefore)
	}))
	first := len(j.report.Findings)
	near := false
	j.over(h, "cert.expiring-soon", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		left, life := leaf.NotAfter.Sub(j.now), leaf.NotAfter.Sub(leaf.NotBefore)
		// Certificates that live for days are renewed in their last third.
		soon, late := min(30*24*time.Hour, life/4), min(14*24*time.Hour, life/8)
		hit := left >= 0 && left < soon && !j.now.Before(leaf.NotBefore)
		near = near || hit && left < late
		return []string{"date", day(leaf.NotAfter), "days", strconv.Itoa(int(left.Hours() / 24))}, hit
	}))
	for i := first; i < len(j.report.Findings) && !near; i++ {
		j.report.Findings[i].Level = Notice
	}
	j.over(h, "cert.renewed-not-loaded", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		newer := j.successor(h, leaf)
		if newer == nil {
			return nil, false
		}
		return []string{"date", day(newer.NotBefore)}, true
	}))
}

// successor gives a certificate seen elsewhere, at another address or on the
// policy host, that seems to be meant to replace the leaf: the same names and
// kind of key, begun later, while the leaf is in the last third of its life.
func (j *judge) successor(h *host, leaf *x509.Certificate) *x509.Certificate {
	if leaf.NotAfter.Sub(j.now) > leaf.NotAfter.Sub(leaf.NotBefore)/3 {
		return nil
	}
	var others []*x509.Certificate
	for _, e := range h.endpoints {
		others = append(others, e.leaf())
	}
	if f := j.facts.Policy; f != nil && f.Policy.TLS != nil && len(f.Policy.TLS.Chain) > 0 {
		others = append(others, j.read.certificate(f.Policy.TLS.Chain[0]))
	}
	for _, c := range others {
		if c != nil && c.NotBefore.After(leaf.NotBefore.Add(24*time.Hour)) && c.NotAfter.After(leaf.NotAfter) &&
			c.PublicKeyAlgorithm == leaf.PublicKeyAlgorithm && namesHost(c, h.name) {
			return c
		}
	}
	return nil
}

// judgeNames gives one reason why the names don't fit.
func (j *judge) judgeNames(h *host) {
	if len(h.withOutcome(dane.NameMismatch)) > 0 && !j.context(h.name.String()).STS {
		return // dane.ta-name-mismatch says it, and nothing else asks for the name
	}
	for _, code := range []Code{
		"cert.cn-only", "cert.ip-san-only", "cert.wildcard-depth", "cert.covers-domain-not-mx", "cert.name-mismatch",
	} {
		j.over(h, code, withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
			reason, name := j.nameFault(h, leaf)
			return []string{"name", name}, reason == code
		}))
	}
}

// nameFault says why no DNS-ID of the leaf is the host's, "" when one is, and
// the names that are there instead.
func (j *judge) nameFault(h *host, leaf *x509.Certificate) (code Code, name string) {
	host := h.name.String()
	if namesHost(leaf, h.name) {
		return "", ""
	}
	if len(leaf.DNSNames) == 0 {
		if cn := leaf.Subject.CommonName; dane.NameMatches(cn, h.name) {
			return "cert.cn-only", cn
		}
		if len(leaf.IPAddresses) > 0 {
			return "cert.ip-san-only", leaf.IPAddresses[0].String()
		}
		return "cert.name-mismatch", clip(leaf.Subject.CommonName)
	}
	for _, n := range leaf.DNSNames {
		if rest, wild := strings.CutPrefix(strings.ToLower(n), "*."); wild && strings.Count(rest, ".") >= 1 &&
			strings.HasSuffix(host, "."+rest) {
			return "cert.wildcard-depth", n
		}
	}
	d := j.facts.Domain
	for _, n := range leaf.DNSNames {
		for _, meant := range []dnsname.Name{d, d.Child("mail"), d.Child("www"), d.Child("smtp"), d.Child("mx")} {
			if dane.NameMatches(n, meant) {
				return "cert.covers-domain-not-mx", n
			}
		}
	}
	return "cert.name-mismatch", clip(strings.Join(leaf.DNSNames, ", "))
}
