package check

import (
	"slices"
	"strconv"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// onlyUnusable is the level of a record that senders can't use: harmless beside
// usable ones (RFC 6698 §4.1).
func onlyUnusable(c Context) Level {
	if c.DANE {
		return Warning
	}
	return Error
}

const tlsaInvalid = "tlsa-invalid"

var (
	// recordsElsewhere are the causes for which there are no records at the right name,
	// though some were meant to be.
	recordsElsewhere = []Code{
		"tlsa.wrong-owner-domain", "tlsa.wrong-port", "tlsa.wrong-protocol-label", "tlsa.doubled-origin",
		"tlsa.cname-intermediate-only",
	}
	dropped = []Code{"tlsa.nameserver-drops-tlsa"}
	// ignored are the causes for which no sender reads the records as they are.
	ignored = []Code{"tlsa.insecure", "tlsa.cname-insecure"}
)

var tlsaEntries = []Entry{
	{Code: "tlsa.absent", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "2.2"}}, DependsOn: recordsElsewhere}, // args: host, name
	{Code: "tlsa.lookup-servfail", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.2.2"}, {7672, "2.1.2"}},
		Result: "dnssec-invalid", NDR: []string{"4.7.5", "5.4.312"}, DependsOn: dropped}, // args: host, name
	{Code: "tlsa.lookup-timeout", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.2"}},
		Result: "dnssec-invalid", NDR: []string{"4.7.5", "5.4.312"}, DependsOn: dropped}, // args: host, name
	{Code: "tlsa.lookup-servfail-insecure-zone", Level: Notice, Who: Nobody, RFC: []Citation{{7672, "2.2.2"}}}, // args: host, name
	{Code: "tlsa.denial-bogus", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.2"}, {4035, "3.1.3"}},
		Result: "dnssec-invalid", NDR: []string{"4.7.5", "5.4.312"}, DependsOn: []Code{"dnssec.nsec-bad-proof"}}, // args: host, name
	{Code: "tlsa.insecure", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2"}},
		DependsOn: []Code{"tlsa.cname-insecure", "dnssec.signed-no-ds", "dnssec.algorithm-unsupported", "dnssec.ds-digest-unsupported"}}, // args: host, name
	{Code: "tlsa.wrong-owner-domain", Level: Error, Who: Owner, RFC: []Citation{{7672, "2.2.3"}}},                                                // args: domain, host, name
	{Code: "tlsa.wrong-port", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "2.2.3"}, {6698, "3"}}},                                    // args: host, name
	{Code: "tlsa.wrong-protocol-label", Level: Error, Who: MailProvider, RFC: []Citation{{6698, "3"}, {7672, "2.2.3"}}},                          // args: host, name
	{Code: "tlsa.doubled-origin", Level: Error, Who: MailProvider, RFC: []Citation{{1035, "5.1"}, {7672, "2.2.3"}}},                              // args: host, name
	{Code: "tlsa.cname-intermediate-only", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.3"}}},                                  // args: host, name, want
	{Code: "tlsa.empty-nonterminal-nxdomain", Level: Error, Who: DNSHost, RFC: []Citation{{8020, "2"}, {9156, "2.1"}}},                           // args: host, name, want
	{Code: "tlsa.wildcard-synthesised", Level: Notice, Who: MailProvider, RFC: []Citation{{4034, "3.1.3"}, {7672, "2.2.3"}}, DependsOn: ignored}, // args: host, name
	{Code: "tlsa.duplicate", Level: Notice, Who: MailProvider, RFC: []Citation{{2181, "5"}}, DependsOn: ignored},                                 // args: host, record
	{Code: "tlsa.inconsistent-nameservers", Level: Error, Who: DNSHost, RFC: []Citation{{1034, "4.3.5"}, {7672, "2.2.3"}},
		Result: tlsaInvalid}, // args: host, name
	{Code: "tlsa.nameserver-drops-tlsa", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.2"}, {3597, "3"}},
		Result: "dnssec-invalid", NDR: []string{"4.7.5", "5.4.312"}}, // args: host, name
	{Code: "tlsa.cname-secure", Level: OK, Who: Nobody, RFC: []Citation{{7672, "2.2.3"}, {7671, "7"}}},                                                                     // args: host, name
	{Code: "tlsa.cname-dangling", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "2.2.3"}}},                                                                       // args: host, name
	{Code: "tlsa.cname-insecure", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.3"}}},                                                                     // args: host, name
	{Code: "tlsa.usage-pkix", LevelIn: onlyUnusable, Who: MailProvider, RFC: []Citation{{7672, "3.1.3"}}, Result: tlsaInvalid, DependsOn: ignored},                         // args: host, record
	{Code: "tlsa.usage-unknown", LevelIn: onlyUnusable, Who: MailProvider, RFC: []Citation{{6698, "2.1.1"}, {6698, "4.1"}}, Result: tlsaInvalid, DependsOn: ignored},       // args: host, record
	{Code: "tlsa.selector-unknown", LevelIn: onlyUnusable, Who: MailProvider, RFC: []Citation{{6698, "2.1.2"}}, Result: tlsaInvalid, DependsOn: ignored},                   // args: host, record
	{Code: "tlsa.matching-unknown", LevelIn: onlyUnusable, Who: MailProvider, RFC: []Citation{{6698, "2.1.3"}}, Result: tlsaInvalid, DependsOn: ignored},                   // args: host, record
	{Code: "tlsa.digest-wrong-length", LevelIn: onlyUnusable, Who: MailProvider, RFC: []Citation{{6698, "2.1.4"}, {6698, "4.1"}}, Result: tlsaInvalid, DependsOn: ignored}, // args: host, record, got, want
	{Code: "tlsa.malformed", LevelIn: onlyUnusable, Who: MailProvider, RFC: []Citation{{6698, "4.1"}}, Result: tlsaInvalid, DependsOn: ignored},                            // args: host, record
	{Code: "tlsa.matching-full", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "10.1"}, {7672, "3.1.2"}}, DependsOn: ignored},                                  // args: host, record
	{Code: "tlsa.matching-sha512-only", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "2"}}, DependsOn: ignored},                                               // args: host
	{Code: "tlsa.selector-cert-ee", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "5.1"}},
		DependsOn: append(slices.Clip(ignored), "dane.acme-selector0")}, // args: host, record
	{Code: "tlsa.ta-selector-spki", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "3.1.2"}},
		DependsOn: append(slices.Clip(ignored), "dane.mismatch-leaf-as-ta")}, // args: host, record
	{Code: "tlsa.digest-of-empty", Level: Error, Who: MailProvider, RFC: []Citation{{6698, "2.1.4"}, {7672, "3.1.2"}},
		Result: tlsaInvalid, NDR: []string{"5.7.323"}}, // args: host, record
	{Code: "tlsa.digest-of-pem", Level: Error, Who: MailProvider, RFC: []Citation{{6698, "2.1.4"}, {7672, "3.1.1"}},
		Result: tlsaInvalid, NDR: []string{"5.7.323"}}, // args: host, record, want
	// Where no record matches, dane.mismatch-parameters and its like say it.
	{Code: "tlsa.digest-wrong-field", Level: Warning, Who: MailProvider, RFC: []Citation{{6698, "2.1"}, {7671, "8.1"}},
		Result: tlsaInvalid}, // args: host, record, want
	{Code: "tlsa.placeholder-data", Level: Error, Who: MailProvider, RFC: []Citation{{6698, "2.1.4"}}, Result: tlsaInvalid}, // args: host, record
	{Code: "tlsa.all-unusable", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "2.2"}}, Result: tlsaInvalid},       // args: host
	{Code: "tlsa.some-unusable", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "2.2"}}, DependsOn: ignored},      // args: host
	{Code: "tlsa.published-without-starttls", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "2.2"}},
		Result: "starttls-not-supported", NDR: []string{"5.7.321"}}, // args: host, ip
	{Code: "tlsa.ttl-too-long", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "13"}}, DependsOn: ignored},  // args: host, value
	{Code: "tlsa.rrset-large", Level: Warning, Who: MailProvider, RFC: []Citation{{7671, "10.1"}}, DependsOn: ignored}, // args: host, value
	{Code: "tlsa.partial-coverage", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}}},               // args: domain, host
	{Code: "tlsa.primary-uncovered", Level: Warning, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}}},              // args: domain, host
	{Code: "tlsa.shared-ee", Level: Notice, Who: MailProvider, RFC: []Citation{{7672, "2.2.3"}}},                       // args: domain, host, record
	{Code: "tlsa.ok", Level: OK, Who: Nobody, RFC: []Citation{{7672, "2.2"}}},                                          // args: domain
}

// judgeTLSA judges the records themselves (RFC 6698 §2, RFC 7672 §2.2).
func (j *judge) judgeTLSA() {
	for _, h := range j.hosts {
		if h.name.IsZero() {
			continue
		}
		j.judgeLookup(h)
		j.judgeElsewhere(h)
		if len(h.records) > 0 && j.standing(h) != tlsaUnknown {
			j.judgeRecords(h)
			j.judgeChoices(h)
			j.judgeSize(h)
			j.judgeMaking(h)
		}
		if j.standing(h) == tlsaSecure {
			j.over(h, "tlsa.published-without-starttls", func(e *endpoint) ([]string, bool) {
				return nil, e.greeted() && !e.offers()
			})
		}
	}
	j.judgeOwner()
	j.judgeCoverage()
	j.judgeShared()
}

// judgeLookup judges how the lookup ended, in the light of the addresses.
func (j *judge) judgeLookup(h *host) {
	host, name := h.name.String(), h.tlsaName().String()
	switch {
	case h.tlsa.state == Blind:
		j.notChecked("not-checked.dns-unavailable", host, "name", name)
	case h.tlsa.state == Found && j.facts.Done && j.validates == Unknown && j.standing(h) == tlsaUnknown:
		j.notChecked("not-checked.dnssec-resolver", j.facts.Domain.String())
	}
	args := []string{"host", host, "name", name}
	alias := ""
	if h.tlsa.hops > 0 {
		alias = h.tlsa.end.String()
	}
	switch s := j.standing(h); {
	case s == tlsaBroken:
		j.add(j.lookupFault(h), host, args...)
	case s == tlsaNotAsked:
		j.add("tlsa.lookup-servfail-insecure-zone", host, args...)
	case s == tlsaNone && alias != "":
		j.add("tlsa.cname-dangling", host, "host", host, "name", alias).publishCurrent(h)
	case s == tlsaNone:
		j.add("tlsa.absent", host, args...).publishCurrent(h)
	case s == tlsaIgnored:
		if alias != "" && h.addresses == dnssec.Secure {
			j.add("tlsa.cname-insecure", host, "host", host, "name", alias)
			return
		}
		if j.islandOpen(h.tlsa, h.tlsaBase) {
			return // perhaps the zone's DS record is what is missing
		}
		j.add("tlsa.insecure", host, args...)
	case s == tlsaSecure && alias != "":
		j.add("tlsa.cname-secure", host, "host", host, "name", alias)
	}
}

// lookupFault says how a lookup fails whose failure senders can't ignore.
func (j *judge) lookupFault(h *host) Code {
	if f := h.tlsa.failure; f != nil && f.Class == probe.DNSTimeout {
		return "tlsa.lookup-timeout"
	}
	cd, asked := j.lookups[key{h.tlsaName(), doh.TypeTLSA, true}]
	if h.tlsa.status == dnssec.Bogus && asked && (cd.state == NoData || cd.state == NXDomain) {
		return "tlsa.denial-bogus"
	}
	return "tlsa.lookup-servfail"
}

// judgeRecords judges each record for itself, one finding a kind and host.
func (j *judge) judgeRecords(h *host) {
	host := h.name.String()
	said := map[Code]bool{}
	unusable := 0
	for _, r := range h.records {
		kind := r.Unusable()
		if kind == "" {
			continue
		}
		unusable++
		code := Code("tlsa." + string(kind))
		if said[code] {
			continue
		}
		said[code] = true
		args := []string{"host", host, "record", recordText(r)}
		if kind == dane.DigestWrongLength {
			args = append(args, "got", strconv.Itoa(len(r.Data)), "want", strconv.Itoa(32*int(r.Matching)))
		}
		j.add(code, host, args...).publishCurrent(h)
	}
	switch {
	case unusable == len(h.records) && j.standing(h) == tlsaSecure:
		j.add("tlsa.all-unusable", host, "host", host).publishCurrent(h)
	case unusable > 0 && unusable < len(h.records):
		j.add("tlsa.some-unusable", host, "host", host)
	}
}

// recordText is a record for a sentence: long data is cut.
func recordText(r dane.TLSA) string { return clip(r.String()) }

// judgeChoices judges what the numbers of the usable records bring along.
func (j *judge) judgeChoices(h *host) {
	host := h.name.String()
	var usable, full, certEE, lasting, spkiTA, sha512 []dane.TLSA
	for _, r := range h.records {
		if r.Unusable() != "" {
			continue
		}
		usable = append(usable, r)
		if r.Matching == dane.Full {
			full = append(full, r)
		}
		if r.Matching == dane.SHA512 {
			sha512 = append(sha512, r)
		}
		switch {
		case r.Usage == dane.DANEEE && r.Selector == dane.CertSelector:
			certEE = append(certEE, r)
		case r.Usage == dane.DANETA && r.Selector == dane.SPKISelector:
			spkiTA, lasting = append(spkiTA, r), append(lasting, r)
		default:
			lasting = append(lasting, r)
		}
	}
	if len(full) > 0 {
		j.add("tlsa.matching-full", host, "host", host, "record", recordText(full[0]))
	}
	if len(sha512) > 0 && len(sha512) == len(usable) {
		j.add("tlsa.matching-sha512-only", host, "host", host).publishCurrent(h)
	}
	if len(certEE) > 0 && len(lasting) == 0 && (h.probed != nil || j.facts.Done) { // the certificate may say more
		j.add("tlsa.selector-cert-ee", host, "host", host, "record", recordText(certEE[0])).publishCurrent(h)
	}
	if len(spkiTA) > 0 && len(spkiTA) == len(usable) {
		j.add("tlsa.ta-selector-spki", host, "host", host, "record", recordText(spkiTA[0]))
	}
}

// Sizes and times of an RRset that make trouble.
const (
	longTTL     = 3600  // seconds; a rollover waits twice as long
	veryLongTTL = 86400 // seconds
	largeAnswer = 1232  // octets; the UDP payload that passes everywhere
)

// judgeSize judges TTL and size of the answer.
func (j *judge) judgeSize(h *host) {
	host := h.name.String()
	ttl := uint32(0)
	for _, r := range h.tlsa.records {
		ttl = max(ttl, r.TTL)
	}
	if ttl > longTTL {
		f := j.add("tlsa.ttl-too-long", host, "host", host, "value", strconv.Itoa(int(ttl)))
		if ttl <= veryLongTTL {
			f.Level = Notice
		}
	}
	size := 12 + len(h.tlsaName().String()) + 6
	for _, r := range h.tlsa.msg.Answer {
		size += 12 + len(r.RData) // the owner is a pointer
	}
	if size > largeAnswer || h.tlsa.msg.Truncated {
		j.add("tlsa.rrset-large", host, "host", host, "value", strconv.Itoa(size))
	}
}
