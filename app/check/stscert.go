package check

import (
	"crypto/x509"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// policyCertificate reads the leaf of the policy host, nil when it can't be
// parsed.
func (j *judge) policyCertificate(t *probe.TLS) *x509.Certificate {
	if t == nil {
		return nil
	}
	return j.read.leaf(t.Chain)
}

// policyTrusted tells whether a sender accepts the policy host's certificate:
// trusted, in date, and for the name (RFC 8461 §3.3). Unknown when the proxy's
// verifier didn't say.
func (j *judge) policyTrusted(host dnsname.Name, t *probe.TLS) Level {
	leaf := j.policyCertificate(t)
	switch {
	case t == nil || t.Trust.Now == "":
		return Unknown
	case leaf == nil || t.Trust.Now != probe.Trusted || leaf.VerifyHostname(host.String()) != nil,
		j.now.Before(leaf.NotBefore), j.now.After(leaf.NotAfter):
		return Error
	}
	return OK
}

// judgePolicyCertificate judges the certificate of the policy host: a name of
// its subject alternative names must be that of the policy host, the chain
// trusted and nothing expired (RFC 8461 §3.3).
func (j *judge) judgePolicyCertificate(host dnsname.Name, seen *probe.Policy) {
	h, leaf := host.String(), j.policyCertificate(seen.TLS)
	if leaf == nil {
		j.add("sts-policy-fetch.cert-untrusted", h, "host", h, "name", "")
		return
	}
	if selfIssued(leaf) && seen.TLS.Trust.Now == probe.UnknownAuthority && len(seen.TLS.Chain) == 1 {
		j.add("sts-policy-fetch.cert-self-signed", h, "host", h, "name", leaf.Subject.String())
		return
	}
	if leaf.VerifyHostname(h) != nil {
		j.judgePolicyName(host, leaf, seen)
	}
	j.judgePolicyDates(h, leaf)
	j.judgePolicyTrust(h, leaf, seen.TLS)
}

func selfIssued(c *x509.Certificate) bool { return string(c.RawIssuer) == string(c.RawSubject) }

// judgePolicyName says how it comes that the certificate isn't for the name.
func (j *judge) judgePolicyName(host dnsname.Name, leaf *x509.Certificate, seen *probe.Policy) {
	h := host.String()
	names := strings.Join(leaf.DNSNames[:min(len(leaf.DNSNames), 10)], ", ")
	alias, aliased := j.policyAlias(host)
	ip, parked := j.parked(host, seen)
	switch {
	case len(leaf.DNSNames) == 0 && strings.EqualFold(leaf.Subject.CommonName, h):
		j.add("sts-policy-fetch.cert-cn-only", h, "host", h, "name", leaf.Subject.CommonName)
	case aliased && policyProvider(alias) != nil:
		j.add("sts-policy-fetch.provider-deprovisioned", h, "host", h, "name", alias.String())
	case slices.ContainsFunc(leaf.DNSNames, func(san string) bool { return tooHigh(san, host) }):
		j.add("sts-policy-fetch.cert-wildcard-depth", h, "host", h, "name", names)
	case parked:
		j.add("sts-policy-fetch.cert-parked-wildcard", h, "host", h, "name", names, "ip", ip)
	case j.open(j.facts.Domain.Child(wildcardLabel), doh.TypeA, doh.TypeAAAA):
		j.hold("sts-policy-fetch.cert-name-mismatch", h)
	default:
		j.add("sts-policy-fetch.cert-name-mismatch", h, "host", h, "name", names)
	}
}

// tooHigh tells whether a wildcard name is above host by more than the one
// label that it stands for (RFC 6125 §6.4.3).
func tooHigh(san string, host dnsname.Name) bool {
	rest, wildcard := strings.CutPrefix(strings.ToLower(san), "*.")
	above, err := dnsname.Parse(rest)
	return wildcard && err == nil && host.Within(above) && host != above && host.Parent() != above
}

// parked tells whether the policy host is only what a wildcard record makes of
// every name: another name, which nobody made, has the same address.
func (j *judge) parked(host dnsname.Name, seen *probe.Policy) (string, bool) {
	for _, typ := range []doh.Type{doh.TypeA, doh.TypeAAAA} {
		mine := addresses(j.look(host, typ))
		for _, ip := range addresses(j.look(j.facts.Domain.Child(wildcardLabel), typ)) {
			if slices.Contains(mine, ip) || seen.Address.IsValid() && seen.Address.String() == ip {
				return ip, true
			}
		}
	}
	return "", false
}

// addresses are those of an A or AAAA answer.
func addresses(a answer) []string {
	var all []string
	for _, r := range a.records {
		if ip, ok := r.Address(); ok {
			all = append(all, ip.String())
		}
	}
	return all
}

// expirySoon is how long before the end a renewal should have happened.
const expirySoon = 14 * 24 * time.Hour

func (j *judge) judgePolicyDates(h string, leaf *x509.Certificate) {
	left := leaf.NotAfter.Sub(j.now)
	switch {
	case j.now.After(leaf.NotAfter):
		j.add("sts-policy-fetch.cert-expired", h, "host", h, "date", day(leaf.NotAfter))
	case j.now.Before(leaf.NotBefore):
		j.add("sts-policy-fetch.cert-not-yet-valid", h, "host", h, "date", day(leaf.NotBefore))
	case left < expirySoon && left < leaf.NotAfter.Sub(leaf.NotBefore)/3:
		j.add("sts-policy-fetch.cert-expiring-soon", h, "host", h, "date", day(leaf.NotAfter),
			"days", strconv.Itoa(int(left.Hours()/24)))
	}
}

// judgePolicyTrust says why the chain isn't trusted, apart from dates of the
// leaf.
func (j *judge) judgePolicyTrust(h string, leaf *x509.Certificate, t *probe.TLS) {
	outdated := j.now.After(leaf.NotAfter) || j.now.Before(leaf.NotBefore)
	verdict := t.Trust.Now
	if outdated {
		verdict = t.Trust.IgnoringDates
	}
	issuer := leaf.Issuer.String()
	switch verdict {
	case probe.Trusted, "":
	case probe.UnknownAuthority:
		if len(leaf.IssuingCertificateURL) > 0 && !j.issuerSent(leaf, t.Chain[1:]) {
			j.add("sts-policy-fetch.cert-chain-incomplete", h, "host", h, "name", issuer)
			return
		}
		j.add("sts-policy-fetch.cert-untrusted", h, "host", h, "name", issuer)
	default:
		if !outdated {
			j.add("sts-policy-fetch.cert-untrusted", h, "host", h, "name", issuer)
		}
	}
}

// issuerSent tells whether the certificate that signed the leaf was sent along.
func (j *judge) issuerSent(leaf *x509.Certificate, rest [][]byte) bool {
	return slices.ContainsFunc(rest, func(der []byte) bool {
		c := j.read.certificate(der)
		return c != nil && string(c.RawSubject) == string(leaf.RawIssuer)
	})
}
