package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

// sum makes the headline, the lane and the last lines of what wasn't checked.
func (j *judge) sum() {
	j.report.Headline = j.headline()
	j.report.Lane = j.lane()
	j.report.Blind = j.mx.state == Blind || j.mx.state == Pending
	d := j.facts.Domain.String()
	if j.facts.Previous == nil {
		j.notChecked("not-checked.history", d)
	}
	j.notChecked("not-checked.revocation", d)
	j.report.NotChecked = slices.CompactFunc(j.report.NotChecked, func(a, b NotChecked) bool {
		return a.Key == b.Key && a.Subject == b.Subject
	})
}

// protection is how one mechanism stands over all mail hosts.
type protection struct {
	open, good, bad int // hosts that say nothing yet, that pass, that fail
}

// tally counts the hosts by a judgement of each.
func (j *judge) tally(level func(*host) Level) protection {
	var p protection
	for _, h := range j.hosts {
		switch level(h) {
		case Unknown:
			p.open++
		case OK:
			p.good++
		case Error:
			p.bad++
		}
	}
	return p
}

// mailless gives the headline where there is no mail host to speak of.
func (j *judge) mailless() (Phrase, bool) {
	d := j.facts.Domain.String()
	switch {
	case j.has("dns.domain-nxdomain"):
		return phrase("headline.no-domain", "domain", d), true
	case j.has("dns.null-mx"):
		return phrase("headline.null-mx", "domain", d), true
	case j.has("dns.no-mail-host"):
		return phrase("headline.no-mail-host", "domain", d), true
	case j.mx.state == Failed && j.mx.status == dnssec.Bogus:
		return phrase("headline.mx-bogus", "domain", d), true
	case j.mx.state == Failed:
		return phrase("headline.mx-failed", "domain", d), true
	case j.mx.state == Blind:
		return phrase("headline.blind", "domain", d), true
	case j.mx.state == Pending, len(j.hosts) == 0 && !j.facts.Done:
		return phrase(checking, "domain", d), true
	case len(j.hosts) == 0 && j.mx.state == NoData:
		// The addresses that would stand in for MX records aren't known.
		if addressState(j.look(j.facts.Domain, doh.TypeA), j.look(j.facts.Domain, doh.TypeAAAA)) == Failed {
			return phrase("headline.mx-failed", "domain", d), true
		}
		return phrase("headline.blind", "domain", d), true
	case len(j.hosts) == 0:
		return phrase("headline.no-mail-host", "domain", d), true
	}
	return Phrase{}, false
}

// stsLevel tells whether an MTA-STS sender in enforce would deliver to a host:
// its name matches, and every address that answers shows a certificate that
// holds (RFC 8461 §4) and asks for none. An address that doesn't answer says nothing.
func stsLevel(h *host) Level {
	if h.view == nil || h.view.InPolicy == Error {
		return Error
	}
	result, outdated := Unknown, false
	for _, e := range h.endpoints {
		if e.seen.Failure != nil && e.seen.Stage == probe.StageConnect {
			continue
		}
		if e.view.WebPKI == Error || e.demandsCertificate() {
			return Error
		}
		outdated = outdated || e.outdated()
		result = max(result, e.view.WebPKI)
	}
	if outdated {
		return Unknown // some senders take it
	}
	return min(result, h.view.InPolicy)
}

func (j *judge) stsPhrase() Phrase {
	p := &j.report.Policy
	record := &j.report.Record
	switch {
	case record.State == Pending || p.State == Pending:
		return phrase(checking)
	case record.State == Blind || p.State == Blind && record.Valid:
		return phrase("headline.sts-unknown")
	case record.Valid && p.State == Found && syntax.Valid(p.Diagnostics) && j.policyTrusted(j.facts.Domain.Child("mta-sts"), p.Fetched.Policy.TLS) == Unknown:
		return phrase("headline.sts-unknown") // nobody said whether the certificate holds
	case record.State == Failed && p.Value.Mode == mtasts.ModeUnknown:
		return phrase("headline.sts-unknown")
	case record.Valid && p.State == Failed && (p.Fetched.Policy.Status == 429 || p.Fetched.Policy.Status == 503):
		return phrase("headline.sts-unknown") // turned away now; others may not be
	case record.Valid && !p.Usable && j.has("sts-policy-fetch.vantage-dependent"):
		return phrase("headline.sts-unknown") // others get it, who isn't known
	case !record.Valid || !p.Usable:
		if j.attempted() {
			return phrase("headline.sts-void")
		}
		return phrase("headline.sts-absent")
	}
	count := j.tally(stsLevel)
	switch p.Value.Mode {
	case mtasts.ModeNone:
		return phrase("headline.sts-none")
	case mtasts.ModeTesting:
		if count.bad > 0 {
			return phrase("headline.sts-testing-broken", "count", strconv.Itoa(count.bad), "total", strconv.Itoa(len(j.hosts)))
		}
		return phrase("headline.sts-testing")
	}
	switch {
	case count.bad == len(j.hosts):
		return phrase("headline.sts-enforce-broken")
	case count.bad > 0:
		return phrase("headline.sts-enforce-partly",
			"count", strconv.Itoa(len(j.hosts)-count.bad), "total", strconv.Itoa(len(j.hosts)))
	case count.good > 0:
		return phrase("headline.sts-enforce")
	}
	return phrase("headline.sts-unknown")
}

// attempted tells whether the owner meant to have MTA-STS: a record that looks
// like one at the right place or a wrong one, or a policy file.
func (j *judge) attempted() bool {
	return j.report.Record.Valid || slices.ContainsFunc(j.report.Findings, func(f Finding) bool {
		group := f.Code.Group()
		return f.Level >= Warning && (group == "sts-record" || group == "sts-policy")
	})
}

// daneLevel tells whether a DANE sender would deliver to a host: OK it is
// authenticated at every address reached, Error it would not be, Unknown there
// is nothing to say it by.
func daneLevel(h *host) Level {
	if h.view == nil {
		return Unknown
	}
	if h.addresses == dnssec.Secure && h.tlsa.state == Failed {
		return Error
	}
	worst := Unknown
	for _, e := range h.endpoints {
		if e.view.DANE == Error || e.view.DANE == OK && e.demandsCertificate() {
			return Error
		}
		worst = max(worst, e.view.DANE)
	}
	return worst
}

func (j *judge) danePhrase() Phrase {
	count := j.tally(daneLevel)
	args := []string{"count", strconv.Itoa(count.bad), "total", strconv.Itoa(len(j.hosts))}
	pending, unusable, found := false, false, false
	for _, h := range j.hosts {
		pending = pending || h.tlsa.state == Pending && h.a.state == Pending
		found = found || h.tlsa.state == Found
		unusable = unusable || h.view != nil && len(h.view.TLSA) > 0 &&
			!slices.ContainsFunc(h.view.TLSA, func(t TLSAView) bool { return t.Unusable == "" })
	}
	switch {
	case j.has("tlsa.lookup-servfail") || j.has("tlsa.lookup-timeout") || j.has("tlsa.denial-bogus") || j.has("dnssec.nsec-bad-proof"):
		return phrase("headline.dane-blocked", args...)
	case count.bad > 0 && count.good == 0:
		return phrase("headline.dane-broken", args...)
	case count.bad > 0:
		return phrase("headline.dane-broken-some", args...)
	case count.good > 0 && count.good == len(j.hosts) && slices.ContainsFunc(j.hosts, j.asidesOpen):
		return phrase(checking) // another key may have no record
	case count.good > 0 && count.good == len(j.hosts):
		return phrase("headline.dane-ok")
	case count.good > 0 && j.facts.Done:
		return phrase("headline.dane-some", "count", strconv.Itoa(count.good), "total", strconv.Itoa(len(j.hosts)))
	case j.has("tlsa.insecure"), found && slices.ContainsFunc([]Code{"dnssec.signed-no-ds", "dnssec.algorithm-unsupported", "dnssec.ds-digest-unsupported"}, j.has):
		return phrase("headline.dane-void")
	case unusable:
		return phrase("headline.dane-unauthenticated")
	case j.has("dane.dual-algorithm-unmatched"):
		return phrase("headline.dane-one-key")
	case pending || !j.facts.Done && found:
		return phrase(checking)
	case found || j.daneUnknown():
		return phrase("headline.dane-unknown")
	}
	return phrase("headline.dane-absent")
}

// daneUnknown tells whether a host's TLSA lookup could not be judged.
func (j *judge) daneUnknown() bool {
	return slices.ContainsFunc(j.hosts, func(h *host) bool {
		return h.tlsa.state == Blind || h.tlsa.state == Pending && !h.name.IsZero()
	})
}

// tlsLevel tells whether a host offers TLS at every address reached.
func tlsLevel(h *host) Level {
	if h.probed == nil {
		return Unknown
	}
	worst := Unknown
	for _, a := range h.probed.addresses() {
		switch {
		case a.TLS != nil:
			worst = max(worst, OK)
		case a.EHLO.Code == 250:
			return Error
		}
	}
	return worst
}

// reachable tells whether any address of a host answered: Error only when all
// were tried and failed, and nothing suggests that the fault is ours.
func (j *judge) reachable(h *host) Level {
	if h.name.IsZero() {
		return Error
	}
	if s := addressState(h.a, h.aaaa); s == NXDomain || s == NoData || s == Failed {
		return Error
	}
	if h.probed == nil || h.probed.Failure != nil || j.has("starttls.unreachable-from-proxy") {
		return Unknown
	}
	result := Unknown
	for _, a := range h.probed.addresses() {
		switch {
		case a.Banner.Code != 0:
			return OK
		case a.Failure != nil && !a.Failure.Class.Own():
			result = Error
		case a.Failure != nil:
			return Unknown
		}
	}
	return result
}

func (j *judge) lane() []Stop {
	stops := []Stop{
		{Kind: "sender", Level: OK, Phrase: phrase("lane.sender")},
		j.dnsStop(), j.policyStop(),
	}
	for _, h := range j.hosts {
		stops = append(stops, j.hostStop(h))
	}
	return append(stops, Stop{Kind: "mailbox", Level: OK, Phrase: phrase("lane.mailbox")})
}

func (j *judge) dnsStop() Stop {
	s := Stop{Kind: "dns"}
	switch {
	case j.mx.state == Pending:
	case slices.ContainsFunc(bogusCodes, j.has):
		s.Level, s.Phrase = Error, phrase("lane.dns-bogus")
	case j.mx.state == Failed || j.mx.state == NXDomain:
		s.Level, s.Phrase = Error, phrase("lane.dns-failed")
	case j.mx.state == Blind || j.mx.status == dnssec.Indeterminate:
		s.Phrase = phrase("lane.dns-unknown")
	case j.mx.status == dnssec.Secure:
		s.Level, s.Phrase = OK, phrase("lane.dns-secure")
	default:
		s.Level, s.Phrase = Notice, phrase("lane.dns-insecure")
	}
	return s
}

func (j *judge) policyStop() Stop {
	s := Stop{Kind: "policy"}
	switch key := j.stsPhrase().Key; strings.TrimPrefix(key, "headline.") {
	case "checking":
	case "sts-unknown":
		s.Phrase = phrase("lane.policy-unknown")
		if j.report.Policy.Usable && j.report.Record.Valid {
			s.Level, s.Phrase = OK, phrase("lane.policy-enforce")
		}
	case "sts-enforce", "sts-enforce-partly":
		s.Level, s.Phrase = OK, phrase("lane.policy-enforce")
	case "sts-enforce-broken":
		s.Level, s.Phrase = OK, phrase("lane.policy-enforce")
		if j.tally(func(h *host) Level { return h.view.InPolicy }).good == 0 {
			// It is the policy that is wrong, not the servers.
			s.Level, s.Phrase = Error, phrase("lane.policy-broken")
		}
	case "sts-testing", "sts-testing-broken":
		s.Level, s.Phrase = Notice, phrase("lane.policy-testing")
	case "sts-none":
		s.Level, s.Phrase = Notice, phrase("lane.policy-none")
	case "sts-void":
		s.Level, s.Phrase = Error, phrase("lane.policy-broken")
	case "sts-absent":
		s.Level, s.Phrase = Notice, phrase("lane.policy-absent")
	}
	return s
}

func (j *judge) hostStop(h *host) Stop {
	s := Stop{Kind: "mx", Subject: h.raw}
	if !h.name.IsZero() {
		s.Subject = h.name.String()
	}
	enforced := j.report.Policy.Usable && j.report.Record.Valid && j.report.Policy.Value.Mode == mtasts.ModeEnforce
	tls := tlsLevel(h)
	switch {
	case j.reachable(h) == Error && h.addresses == dnssec.Bogus: // nobody has asked the server
		s.Level, s.Phrase = Error, phrase("lane.dns-bogus")
	case j.reachable(h) == Error:
		s.Level, s.Phrase = Error, phrase("lane.mx-dead")
	case daneLevel(h) == Error, enforced && stsLevel(h) == Error:
		s.Level, s.Phrase = Error, phrase("lane.mx-broken")
	case daneLevel(h) == OK:
		s.Level, s.Phrase = OK, phrase("lane.mx-dane")
	case enforced && stsLevel(h) == OK:
		s.Level, s.Phrase = OK, phrase("lane.mx-sts")
	case tls == Error:
		s.Level, s.Phrase = Warning, phrase("lane.mx-cleartext")
	case tls == OK:
		s.Level, s.Phrase = Notice, phrase("lane.mx-tls")
	case h.probed != nil || j.look(j.facts.Domain, doh.TypeMX).state == Found && j.facts.Done:
		s.Phrase = phrase("lane.mx-unknown")
	}
	return s
}
