package check

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

var mismatchNDR = []string{"4.7.323", "5.7.323", "4.7.5"}

var daneEntries = []Entry{
	{Code: "dane.mismatch-all", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.2"}, {7672, "2.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.mismatch-some-mx", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}, {7672, "3.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.mismatch-some-addresses", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip
	{Code: "dane.mismatch-old-certificate", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}, {7671, "8.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, date
	{Code: "dane.mismatch-parameters", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{6698, "2.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record, want
	{Code: "dane.mismatch-ca-as-ee", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7671, "5.1"}, {7672, "3.1.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record, want
	{Code: "dane.mismatch-leaf-as-ta", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7671, "5.2"}, {7672, "3.1.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record, want
	{Code: "dane.mismatch-other-service", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, name
	{Code: "dane.digest-agility-conflict", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7671, "9"}, {7671, "8.3"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record
	{Code: "dane.rollover-early-retirement", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record
	{Code: "dane.ta-not-in-chain", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}, {7671, "5.2.2"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, record
	{Code: "dane.ta-chain-invalid", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}, {5280, "6.1"}},
		Result: tlsaInvalid, NDR: []string{"4.7.323", "4.7.322"}}, // args: host, ip, date
	{Code: "dane.ta-name-mismatch", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.2.2"}, {7672, "3.2.3"}},
		Result: hostMismatch, NDR: []string{"4.7.325", "5.7.325"}}, // args: host, ip, name, want
	{Code: "dane.ta-retired-ca", LevelIn: byDANE, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}, {7671, "8"}},
		Result: tlsaInvalid, NDR: mismatchNDR}, // args: host, ip, issuer
	{Code: "dane.ta-issuer-pool", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "5.2"}}},                         // args: host, ip, issuer
	{Code: "dane.ta-public-root", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "5.2"}}},                         // args: host, ip, issuer
	{Code: "dane.ee-expired", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}}, NDR: []string{"5.7.322"}}, // args: host, ip, date
	{Code: "dane.ee-name-mismatch", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "3.1.1"}}},                     // args: host, ip, name
	{Code: "dane.param-set-incomplete", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "8.2"}, {7671, "8.4"}}},   // args: host, record
	{Code: "dane.stale-extra-record", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}}},                     // args: host, record
	{Code: "dane.no-rollover-record", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}, {7672, "4"}}},        // args: host, record
	{Code: "dane.acme-key-rotation", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "8.1"}}},                     // args: host, date
	{Code: "dane.acme-selector0", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "5.1"}}},                        // args: host, record, date
	{Code: "dane.rollover-too-soon", Level: Notice, Who: MailProvider, RFC: []Citation{{7671, "8.1"}}},                      // args: host, record, date
	{Code: "dane.half-dane", Level: Warning, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}},                                  // args: domain, host
	{Code: "dane.sts-conflict", Level: Warning, Who: MailProvider, RFC: []Citation{{8461, "2"}}, Result: tlsaInvalid},       // args: host
	{Code: "dane.sts-both-ok", Level: OK, Who: Nobody, RFC: []Citation{{8461, "2"}}},                                        // args: domain
	{Code: "dane.provider-unsupported", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}}},                 // args: domain, host
	{Code: "dane.provider-available-not-enabled", Level: Notice, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}},              // args: domain, host
	{Code: "dane.verified", Level: OK, Who: Nobody, RFC: []Citation{{7672, "2.2"}, {6698, "2"}}},                            // args: domain
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
		if h.view.InPolicy == OK && stsLevel(h) == OK && daneLevel(h) == Error && j.context(h.name.String()).STS {
			j.add("dane.sts-conflict", h.name.String(), "host", h.name.String())
		}
	}
	j.judgeHalf()
	j.judgeProviders()
	d := j.facts.Domain.String()
	if !j.everyEndpoint(func(e *endpoint) bool { return e.view.DANE == OK }) {
		return
	}
	j.add("dane.verified", d, "domain", d)
	if j.context(d).STS && j.tally(stsLevel).good == len(j.hosts) {
		j.add("dane.sts-both-ok", d, "domain", d)
	}
}

// withOutcome gives the host's addresses where Verify came to one of the outcomes.
func (h *host) withOutcome(outcomes ...dane.Outcome) []*endpoint {
	var all []*endpoint
	for _, e := range h.endpoints {
		if slices.Contains(outcomes, e.dane.Outcome) {
			all = append(all, e)
		}
	}
	return all
}

// mismatch is one host whose usable records match nothing that some of its
// addresses show.
type mismatch struct {
	host   *host
	bad    []*endpoint
	usable []dane.TLSA
}

// explanation is why records don't match: a finding with its further arguments.
// The zero explanation is none.
type explanation struct {
	code Code
	args []string
}

// explainMismatch gives exactly one explanation of a mismatch: the first of the
// tests below that hits, the cause that can be proven best in front.
func (j *judge) explainMismatch(h *host) {
	m := mismatch{host: h, bad: h.withOutcome(dane.Mismatch)}
	if len(m.bad) == 0 {
		return
	}
	for _, r := range h.records {
		if r.Unusable() == "" {
			m.usable = append(m.usable, r)
		}
	}
	for _, test := range []func(mismatch) explanation{
		j.someAddresses, j.emptyDigest, j.placeholder, j.agilityConflict, j.wrongNumbers, j.pemDigest, j.otherService,
		j.retiredIssuer, j.earlyRetirement, j.oldByHistory, j.anchorNotSent, j.oldBySignature, j.unexplained,
	} {
		x := test(m)
		if x.code == "" {
			continue
		}
		host := h.name.String()
		args := append([]string{"host", host, "ip", addressList(m.bad)}, x.args...)
		j.add(x.code, host, args...).publishCurrent(h)
		return
	}
}

func (j *judge) someAddresses(m mismatch) explanation {
	if len(m.host.withOutcome(dane.Authenticated)) == 0 {
		return explanation{}
	}
	return explanation{code: "dane.mismatch-some-addresses"}
}

func (j *judge) emptyDigest(m mismatch) explanation {
	return m.find("tlsa.digest-of-empty", isDigestOfNothing)
}

func (j *judge) placeholder(m mismatch) explanation {
	return m.find("tlsa.placeholder-data", isPlaceholder)
}

// find gives the explanation of the first record that the test hits.
func (m mismatch) find(code Code, test func(dane.TLSA) bool) explanation {
	for _, r := range m.usable {
		if test(r) {
			return explanation{code, []string{"record", recordText(r)}}
		}
	}
	return explanation{}
}

// agilityConflict: a record matches, but a stronger digest beside it doesn't,
// and that one alone counts (RFC 7671 §9).
func (j *judge) agilityConflict(m mismatch) explanation {
	for _, e := range m.bad {
		for _, match := range e.dane.Matches {
			if match.SetAside {
				return explanation{"dane.digest-agility-conflict", []string{"record", recordText(m.host.records[match.Record])}}
			}
		}
	}
	return explanation{}
}

// wrongNumbers: the data is that of a certificate of the chain under other
// numbers than the record's.
func (j *judge) wrongNumbers(m mismatch) explanation {
	for _, r := range m.usable {
		for _, e := range m.bad {
			for depth, der := range e.chain {
				want, found := underOtherNumbers(r, der, depth)
				if !found {
					continue
				}
				code := Code("dane.mismatch-parameters")
				switch {
				case r.Usage == dane.DANEEE && depth > 0:
					code = "dane.mismatch-ca-as-ee"
				case r.Usage == dane.DANETA && depth == 0:
					code = "dane.mismatch-leaf-as-ta"
				}
				return explanation{code, []string{"record", recordText(r), "want", recordText(want)}}
			}
		}
	}
	return explanation{}
}

// underOtherNumbers gives the record that the data would be right for.
func underOtherNumbers(r dane.TLSA, der []byte, depth int) (dane.TLSA, bool) {
	usage := dane.DANETA
	if depth == 0 {
		usage = dane.DANEEE
	}
	for selector := dane.CertSelector; selector <= dane.SPKISelector; selector++ {
		for matching := dane.Full; matching <= dane.SHA512; matching++ {
			want, err := dane.Derive(der, usage, selector, matching)
			if err == nil && bytes.Equal(want.Data, r.Data) && !want.Equal(r) {
				return want, true
			}
		}
	}
	return dane.TLSA{}, false
}

// pemDigest: the digest was made of the text form, or of the octets and a
// final newline.
func (j *judge) pemDigest(m mismatch) explanation {
	for _, e := range m.bad {
		for _, der := range e.chain {
			for _, r := range m.usable {
				if isDigestOfText(r, der) {
					return explanation{"tlsa.digest-of-pem", []string{"record", recordText(r), "want", e.view.Chain[0].TLSA}}
				}
			}
		}
	}
	return explanation{}
}

// otherService: the record is the policy host's certificate.
func (j *judge) otherService(m mismatch) explanation {
	f := j.facts.Policy
	if f == nil || f.Policy.TLS == nil || len(f.Policy.TLS.Chain) == 0 {
		return explanation{}
	}
	for _, r := range m.usable {
		if r.Usage == dane.DANEEE && r.Selects(f.Policy.TLS.Chain[0]) {
			return explanation{"dane.mismatch-other-service", []string{"name", "mta-sts." + j.facts.Domain.String()}}
		}
	}
	return explanation{}
}

func (j *judge) retiredIssuer(m mismatch) explanation {
	for _, r := range m.usable {
		if name := retired(r); name != "" {
			return explanation{"dane.ta-retired-ca", []string{"issuer", name}}
		}
	}
	return explanation{}
}

// earlyRetirement: the earlier check's records match what is served now; they
// were taken away while the key is still in use (RFC 7671 §8.1).
func (j *judge) earlyRetirement(m mismatch) explanation {
	if m.host.before == nil {
		return explanation{}
	}
	for _, e := range m.bad {
		for _, r := range m.host.before.records {
			if r.Unusable() == "" && r.Usage == dane.DANEEE && r.Selects(e.chain[0]) {
				return explanation{"dane.rollover-early-retirement", []string{"record", recordText(r)}}
			}
		}
	}
	return explanation{}
}

// oldByHistory: a record matches what the earlier check was shown.
func (j *judge) oldByHistory(m mismatch) explanation {
	if m.host.before == nil {
		return explanation{}
	}
	for _, e := range m.host.before.endpoints {
		for depth, der := range e.chain {
			for _, r := range m.usable {
				if (depth == 0) == (r.Usage == dane.DANEEE) && r.Selects(der) {
					return explanation{"dane.mismatch-old-certificate", []string{"date", m.since()}}
				}
			}
		}
	}
	return explanation{}
}

// anchorNotSent: all records are DANE-TA and none is of a certificate sent.
func (j *judge) anchorNotSent(m mismatch) explanation {
	if slices.ContainsFunc(m.usable, func(r dane.TLSA) bool { return r.Usage != dane.DANETA }) {
		return explanation{}
	}
	return explanation{"dane.ta-not-in-chain", []string{"record", recordText(m.usable[0])}}
}

// backdated is how far signers and issuers set the beginning back at most.
const backdated = 72 * time.Hour

// oldBySignature: the records were signed well before the certificate existed,
// so they can't have been made for it.
func (j *judge) oldBySignature(m mismatch) explanation {
	signed := signatures(m.host.tlsa, dnsTypeTLSA)
	if len(signed) == 0 {
		return explanation{}
	}
	for _, e := range m.bad {
		leaf := e.leaf()
		if leaf == nil {
			return explanation{}
		}
		for _, s := range signed {
			if s.Inception.Add(backdated).After(leaf.NotBefore) {
				return explanation{}
			}
		}
	}
	return explanation{"dane.mismatch-old-certificate", []string{"date", m.since()}}
}

// since is the day the certificate shown became valid.
func (m mismatch) since() string {
	for _, e := range m.bad {
		if leaf := e.leaf(); leaf != nil {
			return day(leaf.NotBefore)
		}
	}
	return "?"
}

func (j *judge) unexplained(m mismatch) explanation {
	for _, h := range j.hosts {
		if h != m.host && j.standing(h) == tlsaSecure && len(h.withOutcome(dane.Authenticated)) > 0 {
			return explanation{code: "dane.mismatch-some-mx"}
		}
	}
	return explanation{code: "dane.mismatch-all"}
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

// Providers whose mail hosts have no DANE, and those whose customers can have
// it on another name (as of 2026).
var (
	withoutDANE  = []string{"google.com", "googlemail.com", "yandex.net", "yandex.ru", "naver.com", "hanmail.net", "daum.net"}
	optionalDANE = []string{"mail.protection.outlook.com"}
)

// judgeProviders says of hosts of known providers what the owner can do.
func (j *judge) judgeProviders() {
	for _, group := range []struct {
		code  Code
		zones []string
	}{{"dane.provider-unsupported", withoutDANE}, {"dane.provider-available-not-enabled", optionalDANE}} {
		var found []*host
		for _, h := range j.hosts {
			s := j.standing(h)
			if s == tlsaSecure || h.addresses == dnssec.Indeterminate || !withinAny(h.name, group.zones) {
				continue
			}
			found = append(found, h)
		}
		if len(found) > 0 {
			j.add(group.code, j.facts.Domain.String(), "domain", j.facts.Domain.String(), "host", hostList(found))
		}
	}
}

func withinAny(name dnsname.Name, zones []string) bool {
	return slices.ContainsFunc(zones, func(z string) bool { return name.Within(dnsname.MustParse(z)) })
}
