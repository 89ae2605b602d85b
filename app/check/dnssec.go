package check

import (
	"slices"
	"strconv"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

var dnssecEntries = []Entry{
	{Code: "dnssec.rrsig-ends-before-policy", Level: Notice, Who: DNSHost, RFC: []Citation{{4034, "3.1.5"}, {8461, "3.3"}}}, // args: name, date, until
	{Code: "dnssec.unsigned", Level: Notice, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}, Result: "dane-required",
		DependsOn: append(slices.Clip(noMail), "dnssec.indeterminate")}, // args: domain
	{Code: "dnssec.mx-zone-unsigned", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.2"}}}, // args: host
	{Code: "dnssec.signed-no-ds", Level: Warning, Who: Owner, RFC: []Citation{{4035, "2.4"}, {7672, "2.2"}},
		LevelIn: func(c Context) Level {
			if c.TLSA {
				return Error
			}
			return Warning
		}}, // args: name
	{Code: "dnssec.bogus", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.1"}, {4035, "4.3"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324", "5.4.312"}, DependsOn: bogusCodes[1:]}, // args: name, type
	{Code: "dnssec.indeterminate", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.1"}, {4035, "4.3"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324", "5.4.312"}, DependsOn: bogusCodes[1:]}, // args: name, type
	{Code: "dnssec.rrsig-invalid", Level: Error, Who: DNSHost, RFC: []Citation{{4035, "5.3.3"}, {7672, "2.1.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type
	{Code: "dnssec.rrsig-wrong-signer", Level: Error, Who: DNSHost, RFC: []Citation{{4034, "3.1.7"}, {4035, "5.3.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type, value
	{Code: "dnssec.ds-digest-mismatch", Level: Error, Who: Owner, RFC: []Citation{{4034, "5.1.4"}, {4035, "5.2"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type
	{Code: "dnssec.revoked-key-in-ds", Level: Error, Who: Owner, RFC: []Citation{{5011, "2.1"}, {4035, "5.2"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type
	{Code: "dnssec.nsec-bad-proof", Level: Error, Who: DNSHost, RFC: []Citation{{4035, "5.4"}, {5155, "8"}},
		Result: "dnssec-invalid", NDR: []string{"4.7.5", "5.4.312"}}, // args: name, type
	{Code: "dnssec.rrsig-expired", Level: Error, Who: DNSHost, RFC: []Citation{{4034, "3.1.5"}, {7672, "2.1.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type, date
	{Code: "dnssec.rrsig-not-yet-valid", Level: Error, Who: DNSHost, RFC: []Citation{{4034, "3.1.5"}, {7672, "2.1.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type, date
	{Code: "dnssec.rrsig-expiring-soon", Level: Warning, Who: DNSHost, RFC: []Citation{{4034, "3.1.5"}}}, // args: name, type, date
	{Code: "dnssec.rrsig-missing", Level: Error, Who: DNSHost, RFC: []Citation{{4035, "2.2"}, {7672, "2.1.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type
	{Code: "dnssec.dnskey-missing", Level: Error, Who: Owner, RFC: []Citation{{4035, "2.4"}, {7672, "2.1.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type
	{Code: "dnssec.zone-key-bit-missing", Level: Error, Who: DNSHost, RFC: []Citation{{4034, "2.1.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, type
	{Code: "dnssec.nsec-missing", Level: Error, Who: DNSHost, RFC: []Citation{{4035, "3.1.3"}},
		Result: "dnssec-invalid", NDR: []string{"5.4.312"}}, // args: name, type
	{Code: "dnssec.algorithm-unsupported", Level: Warning, Who: DNSHost, RFC: []Citation{{8914, "4.2"}}},    // args: name
	{Code: "dnssec.ds-digest-unsupported", Level: Warning, Who: Owner, RFC: []Citation{{8914, "4.3"}}},      // args: name
	{Code: "dnssec.algorithm-deprecated", Level: Warning, Who: DNSHost, RFC: []Citation{{8624, "3.1"}}},     // args: name, value
	{Code: "dnssec.ds-digest-sha1", Level: Warning, Who: Owner, RFC: []Citation{{8624, "3.3"}}},             // args: name
	{Code: "dnssec.nsec3-iterations-excessive", Level: Error, Who: DNSHost, RFC: []Citation{{9276, "3.2"}}}, // args: name
	{Code: "dnssec.dnskey-inconsistent-servers", Level: Error, Who: DNSHost, RFC: []Citation{{1034, "4.3.5"}, {4035, "2.1"}},
		Result: "dnssec-invalid", NDR: []string{"5.7.324"}}, // args: name, value
	{Code: "dnssec.nameserver-ignores-do", Level: Warning, Who: DNSHost, RFC: []Citation{{4035, "3.1"}},
		Result: "dnssec-invalid", DependsOn: []Code{"dnssec.dnskey-inconsistent-servers"}}, // args: name, value
	{Code: "dnssec.nsec3-iterations-nonzero", Level: Warning, Who: DNSHost, RFC: []Citation{{9276, "3.1"}},
		DependsOn: []Code{"dnssec.nsec3-iterations-excessive"}}, // args: name, value
	{Code: "dnssec.nsec3-salt", Level: Notice, Who: DNSHost, RFC: []Citation{{9276, "3.1"}}},                              // args: name
	{Code: "dnssec.nsec3-opt-out", Level: Notice, Who: DNSHost, RFC: []Citation{{9276, "3.1"}, {5155, "9.2"}}},            // args: name
	{Code: "dnssec.algorithm-incomplete", Level: Warning, Who: DNSHost, RFC: []Citation{{6840, "5.11"}, {4035, "2.2"}}},   // args: name, value, type
	{Code: "dnssec.rsa-key-short", Level: Warning, Who: DNSHost, RFC: []Citation{{6781, "3.4.2"}}},                        // args: name, value
	{Code: "dnssec.signature-lifetime-long", Level: Notice, Who: DNSHost, RFC: []Citation{{7671, "13"}}},                  // args: name, type, value
	{Code: "dnssec.signature-lifetime-short", Level: Warning, Who: DNSHost, RFC: []Citation{{7671, "13"}}},                // args: name, type, value, want
	{Code: "dnssec.ttl-exceeds-original", Level: Notice, Who: DNSHost, RFC: []Citation{{4034, "3.1.4"}, {4035, "5.3.3"}}}, // args: name, type, value, want
	{Code: "dnssec.cds-mismatch", Level: Notice, Who: DNSHost, RFC: []Citation{{7344, "4.1"}}},                            // args: name
	{Code: "dnssec.mx-insecure-host-secure", Level: Warning, Who: Owner, RFC: []Citation{{7672, "2.2.1"}},
		DependsOn: []Code{"dane.half-dane", "dnssec.signed-no-ds"}}, // args: domain, host
	{Code: "dnssec.address-insecure", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.2"}}},      // args: host
	{Code: "dnssec.cname-target-insecure", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.1.3"}}}, // args: host, name
	{Code: "dnssec.resolver-disagrees", Level: Warning, Who: Visitor, RFC: []Citation{{4035, "4.9.3"}}},         // args: name, type, value, want
	{Code: "dnssec.not-validated-by-tool", Level: Notice, Who: Visitor, RFC: []Citation{{4035, "3.2.3"}}},       // args: domain
	{Code: "dnssec.secure", Level: OK, Who: Nobody, RFC: []Citation{{4035, "4.3"}, {7672, "2.2.1"}}},            // args: domain
}

func (j *judge) judgeDNSSEC() {
	d := j.facts.Domain
	if j.validates == Error {
		j.add("dnssec.not-validated-by-tool", d.String())
		j.notChecked("not-checked.dnssec-resolver", d.String())
		return
	}
	switch self := j.look(j.facts.Trusted, doh.TypeSOA); {
	case j.validates == OK && self.verdict.Source == dnssec.ResolverSays:
		j.notChecked("not-checked.dnssec-as-resolver-says", d.String())
	case j.validates == Unknown && self.state == Blind && j.mx.state != Blind:
		j.notChecked("not-checked.dnssec-unavailable", d.String(), "name", d.String())
	}
	j.judgeResolver()
	reported := map[dnsname.Name]bool{}
	j.judgeChain(d, d, doh.TypeMX, reported)
	for _, h := range j.hosts {
		if h.name.IsZero() {
			continue
		}
		j.judgeChain(h.name, h.name, doh.TypeA, reported)
		j.judgeChain(h.name, h.name, doh.TypeAAAA, reported)
		j.judgeChain(h.name, tlsaOwner(h.tlsaBase), doh.TypeTLSA, reported)
		j.judgeAliasSecurity(h)
	}
	j.judgeUnsigned(reported)
	j.judgeHalfSecure()
	j.judgeZone()
	if j.allSecure() {
		j.add("dnssec.secure", d.String())
	}
}

// judgeChain judges how the answer to one lookup is signed, once per zone.
func (j *judge) judgeChain(about, name dnsname.Name, typ doh.Type, reported map[dnsname.Name]bool) {
	a := j.look(name, typ)
	evidence := a
	if a.status == dnssec.Bogus && !a.validated() {
		if cd, ok := j.lookups[key{name, typ, true}]; ok {
			evidence = cd
		}
	}
	zone := zoneOf(evidence, name)
	subject := j.aboutZone(zone, about)
	j.judgeExtended(a, zone, subject)
	j.judgeDenials(evidence, zone, about)
	if reported[zone] {
		return
	}
	switch {
	case a.status == dnssec.Bogus, a.lost():
		reported[zone] = j.addBogus(key{name: name, typ: typ}, a, evidence, about)
	case a.status == dnssec.Secure:
		j.judgeExpiry(a, zone, subject, typ)
		j.judgeLifetime(a, zone, subject, typ)
	case a.status == dnssec.Insecure:
		if own := j.island(a, zone); !own.IsZero() && !reported[own] {
			reported[own] = true
			j.add("dnssec.signed-no-ds", j.aboutZone(own, about), "name", own.String())
		}
	}
}

// judgeResolver holds what the resolver says of its own validation to ours.
func (j *judge) judgeResolver() {
	d := j.facts.Domain.String()
	if n := j.facts.Resolver; n > 0 {
		j.notChecked("not-checked.dnssec-resolver-unfit", d, "count", strconv.Itoa(n))
	}
	for i := range j.facts.Lookups {
		l := &j.facts.Lookups[i]
		if l.CD || l.Chain {
			continue
		}
		if j.look(l.Name, l.Type).verdict.Reason == dnssec.Stale {
			j.gaveUp(l, "not-checked.dnssec-stale")
		}
		if l.Verdict.Source != dnssec.Validated {
			continue
		}
		if l.Verdict.Reason == dnssec.OverBudget {
			j.gaveUp(l, "not-checked.dnssec-over-budget")
		}
		back := readLookup(l)
		if l.Verdict.Reason == dnssec.CouldNotTell && back.state != Failed && back.state != Blind {
			j.gaveUp(l, "not-checked.dnssec-unavailable")
		}
		said := back.said()
		refused := said.Status == dnssec.Bogus && !back.noServer() && j.lookups[key{l.Name, l.Type, false}].state != Failed
		if said.Status == dnssec.Secure && l.Verdict.Status == dnssec.Bogus || refused && l.Verdict.Status == dnssec.Secure {
			if !j.has("dnssec.resolver-disagrees") {
				j.add("dnssec.resolver-disagrees", d, "name", l.Name.String(), "type", l.Type.String(),
					"value", said.Status.String(), "want", l.Verdict.Status.String())
			}
		}
	}
}

// gaveUp says once of a zone, or of the domain for what lies in it, that validating
// its answers was given up.
func (j *judge) gaveUp(l *Lookup, key string) {
	zone := l.Name.String()
	if l.Name.Within(j.facts.Domain) {
		zone = j.facts.Domain.String()
	}
	for _, h := range l.Verdict.Hops {
		if h.Reason == l.Verdict.Reason && h.Zone != "" {
			zone = h.Zone
		}
	}
	if !slices.ContainsFunc(j.report.NotChecked, func(n NotChecked) bool { return n.Key == key && n.Subject == zone }) {
		j.notChecked(key, zone, "name", zone)
	}
}

// lost tells whether the resolver says that it could not find out whether an
// answer is secure (RFC 8914 §4.6).
func (a answer) lost() bool {
	return a.state == Failed && a.status == dnssec.Indeterminate && a.said().Reason == dnssec.CouldNotTell &&
		(!a.validated() || a.verdict.Reason == dnssec.CouldNotTell)
}

// aboutZone is the subject of a fault of a zone: of the domain's own it is one,
// however many names show it.
func (j *judge) aboutZone(zone, about dnsname.Name) string {
	if j.facts.Domain.Within(zone) {
		return j.facts.Domain.String()
	}
	return about.String()
}

// withData gives a lookup, or its repetition with checking disabled where the
// first failed.
func (j *judge) withData(name dnsname.Name, typ doh.Type) answer {
	if a := j.look(name, typ); a.state == Found {
		return a
	}
	return j.lookups[key{name, typ, true}]
}

// judgeExpiry warns of a signature about to end: within three days, or within
// two TTLs where a signer makes short-lived signatures as it goes.
func (j *judge) judgeExpiry(a answer, zone dnsname.Name, subject string, typ doh.Type) {
	if len(a.records) == 0 || j.hasFor("dnssec.rrsig-expiring-soon", subject) {
		return
	}
	all := signatures(a, typ)
	for _, s := range all {
		ttl := min(a.records[0].TTL, s.OriginalTTL) // RFC 4035 §5.3.3
		usual := min(72*time.Hour, 2*time.Duration(ttl)*time.Second)
		if slices.ContainsFunc(all, func(o doh.RRSIG) bool {
			return o.Algorithm == s.Algorithm && o.Signer == s.Signer && o.Expiration.After(s.Expiration) && !o.Inception.After(j.now)
		}) {
			continue // one that holds suffices (RFC 4035 §5.3.3), and stands beside it
		}
		// A signer that signs for a day or so at a time is not late.
		margin := min(usual, s.Expiration.Sub(s.Inception)/4)
		if s.Expiration.Sub(j.now) < margin {
			j.add("dnssec.rrsig-expiring-soon", subject, "name", zone.String(), "type", typ.String(), "date", day(s.Expiration))
			return
		}
	}
}

func (j *judge) hasFor(code Code, subject string) bool {
	return slices.ContainsFunc(j.report.Findings, func(f Finding) bool { return f.Code == code && f.Subject == subject })
}

// judgeExtended reads why an answer counts as insecure though its zone is signed:
// by the verdict, and where that is the resolver's by its extended errors too.
func (j *judge) judgeExtended(a answer, zone dnsname.Name, subject string) {
	if a.msg == nil {
		return
	}
	reasons := []dnssec.Reason{a.verdict.Reason}
	if !a.validated() {
		for _, e := range a.msg.EDE {
			reasons = append(reasons, dnssec.Reason(map[uint16]dnssec.Reason{
				1: dnssec.AlgorithmUnsupported, 2: dnssec.DSDigestUnsupported, 27: dnssec.NSEC3IterationsExcessive}[e.Code]))
		}
	}
	for _, r := range reasons {
		code := Code("")
		switch r {
		case dnssec.AlgorithmUnsupported, dnssec.DSDigestUnsupported, dnssec.NSEC3IterationsExcessive:
			code = Code("dnssec." + r)
		}
		if code != "" && !j.hasFor(code, subject) {
			j.add(code, subject, "name", zone.String())
		}
	}
}

// judgeUnsigned judges zones without any signature.
func (j *judge) judgeUnsigned(reported map[dnsname.Name]bool) {
	d := j.facts.Domain
	zone := zoneOf(j.mx, d)
	unsigned := j.mx.status == dnssec.Insecure && j.unsigned(j.mx, zone) && !reported[zone] && d.Within(zone)
	if unsigned {
		j.add("dnssec.unsigned", d.String())
	}
	for _, h := range j.hosts {
		if h.addresses != dnssec.Insecure || h.implicit || j.inSignedZone(h.a, h.name) || j.inSignedZone(h.aaaa, h.name) {
			continue
		}
		if _, hops := h.expanded(); hops > 0 || unsigned && h.name.Within(d) {
			continue
		}
		f := j.add("dnssec.mx-zone-unsigned", h.name.String(), "host", h.name.String())
		if j.mx.status != dnssec.Secure {
			// DANE is no option here until the domain itself is signed.
			f.Level = Notice
		}
	}
}

// judgeAliasSecurity finds hosts whose name is secure and whose addresses
// aren't. Behind an alias TLSA records still count at the name itself; without
// one senders don't ask for any (RFC 7672 §2.2.2).
func (j *judge) judgeAliasSecurity(h *host) {
	at := j.look(tlsaOwner(h.name), doh.TypeTLSA)
	if h.addresses != dnssec.Insecure || at.status != dnssec.Secure {
		return
	}
	if end, hops := h.expanded(); hops > 0 {
		j.add("dnssec.cname-target-insecure", h.name.String(), "host", h.name.String(), "name", end.String())
	} else {
		j.add("dnssec.address-insecure", h.name.String(), "host", h.name.String())
	}
}

// allSecure tells whether MX records, addresses and TLSA lookups of all hosts
// are secure, and there are hosts.
func (j *judge) allSecure() bool {
	if j.mx.status != dnssec.Secure || len(j.hosts) == 0 {
		return false
	}
	for _, h := range j.hosts {
		if h.addresses != dnssec.Secure || h.tlsa.status != dnssec.Secure {
			return false
		}
	}
	return true
}

// day prints a date as in RFC 3339, in UTC.
func day(t time.Time) string { return t.UTC().Format("2006-01-02") }
