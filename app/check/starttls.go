package check

import (
	"strings"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/probe"
)

// needsTLS is the level of a host without TLS: mail stops where a mechanism
// insists on it (RFC 8461 §5; RFC 7672 §2.2, even if no TLSA record is usable),
// else it travels in the clear.
func needsTLS(c Context) Level {
	if c.Bound || c.Enforce {
		return Error
	}
	return Warning
}

// selective is the cause of a host that offers STARTTLS here and not there.
var selective = []Code{"starttls.selective"}

var starttlsEntries = []Entry{
	{Code: "starttls.connect-refused", Level: Error, Who: MailProvider, RFC: []Citation{{5321, "5.1"}}}, // args: host, ip
	{Code: "starttls.connect-timeout", Level: Warning, Who: MailProvider, RFC: []Citation{{5321, "5.1"}},
		DependsOn: []Code{"starttls.unreachable-from-proxy"}}, // args: host, ip
	{Code: "starttls.banner-not-220", Level: Warning, Who: MailProvider, RFC: []Citation{{5321, "3.1"}},
		DependsOn: []Code{"starttls.implicit-tls-on-25"}}, // args: host, ip, value
	{Code: "starttls.banner-slow", Level: Notice, Who: MailProvider, RFC: []Citation{{5321, "4.5.3.2.1"}}}, // args: host, ip
	{Code: "starttls.banner-masked", Level: Warning, Who: MailProvider, RFC: []Citation{{3207, "6"}},
		Result: "starttls-not-supported"}, // args: host, ip, value
	{Code: "starttls.ehlo-rejected", Level: Error, Who: MailProvider, RFC: []Citation{{3207, "2"}, {5321, "3.2"}},
		Result: "starttls-not-supported"}, // args: host, ip, value
	{Code: "starttls.not-offered", LevelIn: needsTLS, Who: MailProvider, RFC: []Citation{{7672, "2.2"}, {8461, "5"}, {3207, "2"}},
		Result: "starttls-not-supported", NDR: []string{"4.7.321", "5.7.321", "4.7.4"}, DependsOn: selective}, // args: host, ip
	{Code: "starttls.not-offered-some", LevelIn: needsTLS, Who: MailProvider, RFC: []Citation{{7672, "2.2.1"}, {8461, "5"}},
		Result: "starttls-not-supported", NDR: []string{"4.7.321", "4.7.4"}, DependsOn: selective}, // args: host, ip
	{Code: "starttls.address-inconsistent", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "2.2"}, {3207, "2"}},
		Result: "starttls-not-supported", DependsOn: selective}, // args: host, ip
	{Code: "starttls.selective", LevelIn: needsTLS, Who: MailProvider, RFC: []Citation{{7672, "9.2"}},
		Result: "starttls-not-supported"}, // args: host, ip
	{Code: "starttls.mandatory", Level: Notice, Who: MailProvider, RFC: []Citation{{3207, "4"}}},            // args: host, ip, value
	{Code: "starttls.command-injection", Level: Warning, Who: MailProvider, RFC: []Citation{{3207, "4.2"}}}, // args: host, ip, value
	{Code: "starttls.refused", Level: Error, Who: MailProvider, RFC: []Citation{{3207, "4"}},
		Result: "starttls-not-supported"}, // args: host, ip, value
	{Code: "starttls.stripped", Level: Warning, Who: MailProvider, RFC: []Citation{{3207, "6"}},
		Result: "starttls-not-supported"}, // args: host, ip, value
	{Code: "starttls.handshake-failed", Level: Error, Who: MailProvider, RFC: []Citation{{7672, "2.2"}, {8461, "5"}, {3207, "4.1"}},
		Result: "validation-failure", NDR: []string{"4.7.321", "5.7.321", "4.7.5"},
		DependsOn: []Code{"tls.client-cert-required", "tls.sni-required", "tls.version-intolerant", "tls.no-common-cipher"}}, // args: host, ip
	{Code: "starttls.handshake-timeout", Level: Error, Who: MailProvider, RFC: []Citation{{3207, "4.1"}, {8461, "5"}},
		Result: "validation-failure", DependsOn: []Code{"tls.sni-required", "tls.version-intolerant"}}, // args: host, ip
	{Code: "starttls.readvertised", Level: Warning, Who: MailProvider, RFC: []Citation{{3207, "4.2"}}}, // args: host, ip
	{Code: "starttls.ehlo-after-tls-fails", Level: Error, Who: MailProvider, RFC: []Citation{{3207, "4.2"}},
		Result: "validation-failure", DependsOn: []Code{"tls.client-cert-required"}}, // args: host, ip, value
	{Code: "starttls.implicit-tls-on-25", Level: Error, Who: MailProvider, RFC: []Citation{{3207, "4"}, {5321, "3.1"}}}, // args: host, ip
	{Code: "starttls.requiretls-absent", Level: Notice, Who: MailProvider, RFC: []Citation{{8689, "2"}, {8689, "4.2.1"}},
		NDR: []string{"5.7.30"}}, // args: domain
	{Code: "starttls.requiretls-offered", Level: OK, Who: Nobody, RFC: []Citation{{8689, "2"}}}, // args: host, ip
	{Code: "starttls.requiretls-unqualified", Level: Notice, Who: Owner, RFC: []Citation{{8689, "4.2.1"}},
		NDR: []string{"5.7.30"}}, // args: host, ip
	{Code: "starttls.unreachable-from-proxy", Level: Notice, Who: Visitor, RFC: []Citation{{5321, "4.5.4.1"}}}, // args: domain, host
	{Code: "starttls.ok", Level: OK, Who: Nobody, RFC: []Citation{{3207, "4"}}},                                // args: domain
}

// judgeSTARTTLS judges the dialogue with every address (RFC 3207).
func (j *judge) judgeSTARTTLS() {
	silent := j.silent()
	for _, h := range j.hosts {
		if h.probed == nil {
			continue
		}
		j.judgeOwnFaults(h)
		if !silent {
			j.over(h, "starttls.connect-timeout", failed(probe.StageConnect, probe.ConnectTimeout))
		}
		j.over(h, "starttls.connect-refused", failed(probe.StageConnect, probe.ConnectRefused))
		j.judgeGreeting(h)
		j.judgeHandshake(h)
		j.judgeInside(h)
		j.judgeVisits(h)
	}
	if silent && j.allProbed() {
		j.add("starttls.unreachable-from-proxy", j.facts.Domain.String(),
			"domain", j.facts.Domain.String(), "host", j.hosts[0].name.String())
		j.notChecked("not-checked.port25-blocked", j.facts.Domain.String())
	}
	j.judgeOffers()
	j.judgeRequireTLS()
	if j.everyEndpoint((*endpoint).spokeTLS) {
		j.add("starttls.ok", j.facts.Domain.String(), "domain", j.facts.Domain.String())
	}
}

// silent tells whether addresses were called and none gave any sign of life:
// then it may well be our own network that lets no port 25 out.
func (j *judge) silent() bool {
	called := false
	for _, h := range j.hosts {
		for _, e := range h.endpoints {
			switch f := e.seen.Failure; {
			case f == nil || f.Class == probe.ConnectRefused || f.Class == probe.ConnectionLost || e.seen.Stage != probe.StageConnect:
				return false
			case f.Class == probe.ConnectTimeout || f.Class == probe.Unreachable:
				called = true
			}
		}
	}
	return called
}

// allProbed tells whether every host that can be probed was.
func (j *judge) allProbed() bool {
	for _, h := range j.hosts {
		if h.probed == nil && !j.facts.Done && !h.name.IsZero() {
			return false
		}
	}
	return true
}

// everyEndpoint tells whether all hosts were probed, each at least at one
// address, and all addresses pass. One that the proxy has no route to (IPv6,
// mostly) is no reason to say nothing of the others.
func (j *judge) everyEndpoint(passes func(*endpoint) bool) bool {
	for _, h := range j.hosts {
		reached := 0
		for _, e := range h.endpoints {
			if e.noRoute() {
				continue
			}
			if !passes(e) {
				return false
			}
			reached++
		}
		if reached == 0 {
			return false
		}
	}
	return len(j.hosts) > 0
}

// judgeOwnFaults records what our own side could not look at.
func (j *judge) judgeOwnFaults(h *host) {
	name := h.name.String()
	if f := h.view.Failure; f != nil {
		if j.withoutProxy(f) {
			return
		}
		j.notChecked(ownFault(f.Class), name, "host", name)
		return
	}
	for _, e := range h.endpoints {
		f := e.seen.Failure
		switch {
		case f == nil:
		case f.Class.Own() && !e.noRoute():
			j.notChecked(ownFault(f.Class), name, "host", name)
		case e.noRoute():
			j.notChecked("not-checked.no-route", name+" "+e.seen.IP.String(), "host", name, "ip", e.seen.IP.String())
		case e.beyondUs():
			j.notChecked("not-checked.tls-beyond-us", name+" "+e.seen.IP.String(), "host", name, "ip", e.seen.IP.String())
		}
	}
}

// optedOut is the reason of what the proxy's operator was asked not to reach.
const optedOut = "not-checked.opted-out"

// ownFault is the reason of a probe that our own side could not make. That the
// proxy's resolver failed where the page's didn't is one too.
func ownFault(c probe.Class) string {
	switch c {
	case probe.Blocked:
		return "not-checked.port25-blocked"
	case probe.Limited:
		return "not-checked.host-limited"
	case probe.OptedOut:
		return optedOut
	}
	return "not-checked.probe-unavailable"
}

// failed tests for a failure of one of the classes at a stage.
func failed(stage probe.Stage, classes ...probe.Class) func(*endpoint) ([]string, bool) {
	return func(e *endpoint) ([]string, bool) {
		if e.seen.Failure == nil || e.seen.Stage != stage {
			return nil, false
		}
		for _, c := range classes {
			if e.seen.Failure.Class == c {
				return nil, true
			}
		}
		return nil, false
	}
}

func (j *judge) judgeGreeting(h *host) {
	j.over(h, "starttls.implicit-tls-on-25", func(e *endpoint) ([]string, bool) { return nil, e.speaksTLSAtOnce() })
	j.over(h, "starttls.banner-slow", failed(probe.StageBanner, probe.ReplyTimeout))
	j.over(h, "starttls.banner-not-220", func(e *endpoint) ([]string, bool) {
		reply, away := e.turnedAway()
		return []string{"value", replyText(reply, e.seen.Failure)}, away
	})
	j.over(h, "starttls.banner-masked", func(e *endpoint) ([]string, bool) {
		for _, line := range e.seen.Banner.Lines {
			if strings.Count(line, "*") >= 4 && 2*strings.Count(line, "*") > len(line) {
				return []string{"value", clip(line)}, true
			}
		}
		return nil, false
	})
	j.over(h, "starttls.ehlo-rejected", func(e *endpoint) ([]string, bool) {
		return []string{"value", replyText(e.seen.EHLO, e.seen.Failure)}, notUnderstood(e.seen.EHLO)
	})
}

// judgeOffers judges who offers STARTTLS and who doesn't, over all hosts.
func (j *judge) judgeOffers() {
	elsewhere := false
	for _, h := range j.hosts {
		for _, e := range h.endpoints {
			elsewhere = elsewhere || e.offers()
		}
	}
	for _, h := range j.hosts {
		some := false
		for _, e := range h.endpoints {
			some = some || e.offers()
		}
		code := Code("starttls.not-offered")
		switch {
		case some:
			code = "starttls.address-inconsistent"
		case elsewhere:
			code = "starttls.not-offered-some"
		}
		j.over(h, code, func(e *endpoint) ([]string, bool) {
			return nil, e.greeted() && !e.offers() && e.mangled() == ""
		})
		j.over(h, "starttls.stripped", func(e *endpoint) ([]string, bool) {
			mangled := e.mangled()
			return []string{"value", mangled}, e.greeted() && !e.offers() && mangled != ""
		})
	}
}

func (j *judge) judgeHandshake(h *host) {
	j.over(h, "starttls.refused", func(e *endpoint) ([]string, bool) {
		_, away := e.turnedAway()
		hit := e.seen.Stage == probe.StageSTARTTLS && e.offers() && e.seen.Failure != nil && !away
		return []string{"value", replyText(e.seen.StartTLS, e.seen.Failure)}, hit
	})
	j.over(h, "starttls.handshake-failed", failed(probe.StageHandshake,
		probe.TLSAlert, probe.ConnectionLost, probe.ReplyMalformed))
	j.over(h, "starttls.handshake-timeout", failed(probe.StageHandshake, probe.TLSTimeout, probe.ReplyTimeout))
}

// judgeInside judges the reply to EHLO inside TLS.
func (j *judge) judgeInside(h *host) {
	j.over(h, "starttls.readvertised", func(e *endpoint) ([]string, bool) {
		return nil, keyword(e.seen.EHLOTLS, "STARTTLS")
	})
	j.over(h, "starttls.ehlo-after-tls-fails", func(e *endpoint) ([]string, bool) {
		hit := e.seen.Stage == probe.StageEHLOTLS && e.seen.Failure != nil
		return []string{"value", replyText(e.seen.EHLOTLS, e.seen.Failure)}, hit
	})
}

// judgeRequireTLS judges the extension of RFC 8689: offered it is worth a line,
// and its absence everywhere one for the domain.
func (j *judge) judgeRequireTLS() {
	for _, h := range j.hosts {
		offered := func(e *endpoint) ([]string, bool) { return nil, keyword(e.seen.EHLOTLS, "REQUIRETLS") }
		j.over(h, "starttls.requiretls-offered", offered)
		if p := j.report.Policy.State; p != Pending && p != Blind && !(h.view.InPolicy == OK && j.context(h.name.String()).STS) && j.mx.status == dnssec.Insecure {
			j.over(h, "starttls.requiretls-unqualified", offered)
		}
	}
	if j.everyEndpoint(func(e *endpoint) bool { return e.spokeTLS() && !keyword(e.seen.EHLOTLS, "REQUIRETLS") }) {
		j.add("starttls.requiretls-absent", j.facts.Domain.String(), "domain", j.facts.Domain.String())
	}
}
