package check

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnssec"
)

var mismatchNDR = []string{"4.7.323", "5.7.323", "4.7.5"}

var daneEntries = []Entry{
	{Code: "dane.mismatch-all", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.2"}, {7672, "2.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.mismatch-some-mx", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}, {7672, "3.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.mismatch-some-addresses", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.mismatch-old-certificate", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}, {7671, "8.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, date
	{Code: "dane.mismatch-parameters", Level: Error, Who: MailProvider, RFC: []Citation{{6698, "2.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record, want
	{Code: "dane.mismatch-ca-as-ee", Level: Error, Who: MailProvider, RFC: []Citation{{7671, "5.1"}, {7672, "3.1.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record, want
	{Code: "dane.mismatch-leaf-as-ta", Level: Error, Who: MailProvider, RFC: []Citation{{7671, "5.2"}, {7672, "3.1.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record, want
	{Code: "dane.mismatch-sni-dependent", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "8.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.dual-algorithm-unmatched", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "8.1"}, {7672, "3.1.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, value
	{Code: "dane.mismatch-other-service", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, name
	{Code: "dane.digest-agility-conflict", Level: Error, Who: MailProvider, RFC: []Citation{{7671, "9"}, {7671, "8.3"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record
	{Code: "dane.mismatch-next-only", Level: Error, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}},
		Result: tlsaInvalid, NDR: mismatchNDR, History: true}, // args: host, ip, record
	{Code: "dane.rollover-early-retirement", Level: Error, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}},
		Result: tlsaInvalid, NDR: mismatchNDR, History: true}, // args: host, ip, record
	{Code: "dane.rollover-late-introduction", Level: Error, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}},
		Result: tlsaInvalid, NDR: mismatchNDR, History: true}, // args: host, record, date
	// Beside dane.mismatch-old-certificate, which says what happens now.
	{Code: "dane.rollover-no-introduction", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}}, History: true}, // args: host, date
	{Code: "dane.ta-not-in-chain", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}, {7671, "5.2.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record
	{Code: "dane.ta-chain-invalid", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}, {5280, "6.1"}},
		Result: tlsaInvalid, NDR: []string{"4.7.323", "4.7.322"}}, // args: host, ip, date
	{Code: "dane.ta-name-mismatch", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.2.2"}, {7672, "3.2.3"}},
		Result: hostMismatch, NDR: []string{"4.7.325", "5.7.325"}}, // args: host, ip, name, want
	{Code: "dane.ta-retired-ca", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}, {7671, "8"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, issuer
	{Code: "dane.ta-issuer-pool", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "5.2"}}},                         // args: host, ip, issuer
	{Code: "dane.ta-public-root", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "5.2"}}},                         // args: host, ip, issuer
	{Code: "dane.ee-expired", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}}, NDR: []string{"5.7.322"}}, // args: host, ip, date
	{Code: "dane.ee-name-mismatch", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}}},                     // args: host, ip, name
	{Code: "dane.param-set-incomplete", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "8.2"}, {7671, "8.4"}}},   // args: host, record
	{Code: "dane.stale-extra-record", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}}},                     // args: host, record
	{Code: "dane.no-rollover-record", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}},
		DependsOn: []Code{"dane.dual-algorithm-unmatched"}}, // args: host, record
	{Code: "dane.acme-key-rotation", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "8.1"}}, History: true}, // args: host, date
	{Code: "dane.acme-selector0", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "5.1"}}},                   // args: host, record, date
	{Code: "dane.rollover-too-soon", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}}, History: true},  // args: host, record, date
	{Code: "dane.half-dane", Level: Warning, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}},                             // args: domain, host
	{Code: "dane.sts-conflict", Level: Warning, Who: MailProvider, RFC: []Citation{{8461, "2"}}, Result: tlsaInvalid},  // args: host
	{Code: "dane.sts-both-ok", Level: OK, Who: Nobody, RFC: []Citation{{8461, "2"}}},                                   // args: domain
	{Code: "dane.provider-unsupported", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}}},            // args: domain, host
	{Code: "dane.provider-available-not-enabled", Level: Notice, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}},         // args: domain, host
	{Code: "dane.mandatory-sender-blocks", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "6"}, {8460, "4.3.2.1"}},
		Result: "dane-required", NDR: []string{"4.7.5"}}, // args: domain
	{Code: "dane.verified", Level: OK, Who: Nobody, RFC: []Citation{{7672, "2.2"}, {6698, "2"}}}, // args: domain
}

// judgeDANE judges the records against what the servers show.
func (j *judge) judgeDANE() {
	for _, h := range j.hosts {
		if j.standing(h) != tlsaSecure || !h.usable() {
			continue
		}
		j.explainMismatch(h)
		j.judgeAnchored(h)
		j.judgeIgnored(h)
		j.judgeRollover(h)
		j.judgeTwoKinds(h)
		if h.view.InPolicy == OK && stsLevel(h) == OK && daneLevel(h) == Error && j.context(h.name.String()).STS {
			j.add("dane.sts-conflict", h.name.String(), "host", h.name.String())
		}
	}
	j.judgeHalf()
	j.judgeNone()
	j.judgeProviders()
	d := j.facts.Domain.String()
	if !j.everyEndpoint(func(e *endpoint) bool { return e.view.DANE == OK }) {
		return
	}
	j.addOnceVisited("dane.verified", d, "domain", d)
	if j.context(d).STS && j.tally(stsLevel).good == len(j.hosts) {
		j.addOnceVisited("dane.sts-both-ok", d, "domain", d)
	}
}

// judgeAnchored judges addresses where a DANE-TA record matches.
func (j *judge) judgeAnchored(h *host) {
	j.over(h, "dane.ta-name-mismatch", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		names := clip(strings.Join(dane.PresentedNames(leaf), ", "))
		return []string{"name", names, "want", h.tlsaBase.String()}, e.dane.Outcome == dane.NameMismatch
	}))
	j.over(h, "dane.ta-chain-invalid", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"date", day(leaf.NotAfter)}, e.dane.Outcome == dane.Expired || e.dane.Outcome == dane.ChainInvalid
	}))
	anchor := func(e *endpoint) *x509.Certificate {
		by := e.dane.By
		if e.dane.Outcome != dane.Authenticated || h.records[by.Record].Usage != dane.DANETA || by.Depth < 0 || verdict(e) != "trusted" {
			return nil
		}
		return e.certs[by.Depth]
	}
	anchors := 0
	for _, r := range h.records {
		if r.Usage == dane.DANETA && r.Unusable() == "" {
			anchors++
		}
	}
	j.over(h, "dane.ta-public-root", func(e *endpoint) ([]string, bool) {
		c := anchor(e)
		if c == nil || !bytes.Equal(c.RawIssuer, c.RawSubject) {
			return nil, false
		}
		return []string{"issuer", clip(c.Subject.String())}, true
	})
	j.over(h, "dane.ta-issuer-pool", func(e *endpoint) ([]string, bool) {
		c := anchor(e)
		if c == nil || anchors > 1 || bytes.Equal(c.RawIssuer, c.RawSubject) {
			return nil, false
		}
		return []string{"issuer", clip(c.Subject.String())}, true
	})
}

// judgeIgnored names faults of a certificate that DANE-EE passes over
// (RFC 7672 §3.1.1) and other senders don't.
func (j *judge) judgeIgnored(h *host) {
	byEE := func(e *endpoint) bool {
		return e.dane.Outcome == dane.Authenticated && h.records[e.dane.By.Record].Usage == dane.DANEEE
	}
	j.over(h, "dane.ee-expired", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"date", day(leaf.NotAfter)}, byEE(e) && j.now.After(leaf.NotAfter)
	}))
	j.over(h, "dane.ee-name-mismatch", withLeaf(func(e *endpoint, leaf *x509.Certificate) ([]string, bool) {
		return []string{"name", clip(strings.Join(dane.PresentedNames(leaf), ", "))}, byEE(e) && !namesHost(leaf, h.name)
	}))
}

// judgeHalf finds secure records behind MX records that aren't.
func (j *judge) judgeHalf() {
	if j.mx.status != dnssec.Insecure {
		return
	}
	var half []*host
	for _, h := range j.hosts {
		if j.standing(h) == tlsaSecure && h.usable() {
			half = append(half, h)
		}
	}
	if len(half) > 0 {
		j.add("dane.half-dane", j.facts.Domain.String(), "domain", j.facts.Domain.String(), "host", hostList(half))
	}
}

// judgeNone says who can't deliver where no host has DANE: senders that demand
// it (RFC 7672 §6).
func (j *judge) judgeNone() {
	for _, h := range j.hosts {
		switch j.standing(h) {
		case tlsaNone, tlsaIgnored, tlsaNotAsked:
		case tlsaSecure:
			if h.usable() {
				return
			}
		default:
			if h.addresses != dnssec.Insecure || j.mx.status == dnssec.Indeterminate || h.signedAlias() {
				return // not known
			}
		}
	}
	there := slices.ContainsFunc(j.hosts, func(h *host) bool { return addressState(h.a, h.aaaa) == Found })
	dead := j.tally(j.reachable)
	if d := j.facts.Domain.String(); there && dead.bad < len(j.hosts) {
		j.add("dane.mandatory-sender-blocks", d, "domain", d)
	}
}

// judgeProviders says of hosts of known providers, as far as they have no DANE,
// what the owner can do: nothing, or switch it on.
func (j *judge) judgeProviders() {
	var without, optional []*host
	for _, h := range j.hosts {
		p := providerOf(h.name)
		none := j.standing(h) == tlsaNone || h.addresses == dnssec.Insecure && h.tlsa.state != Found
		switch {
		case p == nil || !none:
		case p.dane == daneOptional:
			optional = append(optional, h)
		case p.dane != daneThere:
			without = append(without, h)
		}
	}
	d := j.facts.Domain.String()
	if len(without) > 0 {
		j.add("dane.provider-unsupported", d, "domain", d, "host", hostList(without))
	}
	if len(optional) > 0 {
		j.add("dane.provider-available-not-enabled", d, "domain", d, "host", hostList(optional))
	}
}
