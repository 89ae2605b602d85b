package check

import (
	"slices"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/probe"
)

// ended makes an address whose dialogue failed.
func ended(stage probe.Stage, class probe.Class, edits ...func(a *probe.Address)) func(a *probe.Address) {
	return func(a *probe.Address) {
		*a = probe.Address{IP: a.IP, Stage: stage, Failure: &probe.Failure{Class: class}, Banner: a.Banner, EHLO: a.EHLO}
		for _, edit := range edits {
			edit(a)
		}
	}
}

func noReply(a *probe.Address) { a.Banner, a.EHLO = probe.Reply{}, probe.Reply{} }

// plainOnly makes an address that doesn't offer STARTTLS.
func plainOnly(a *probe.Address) {
	*a = probe.Address{IP: a.IP, Stage: probe.StageDone, Banner: a.Banner,
		EHLO: probe.Reply{Code: 250, Lines: []string{"mail", "SIZE 1"}}}
}

func whole(a *probe.Address) {}

// firstHost changes every address of the first host.
func firstHost(edit func(a *probe.Address)) func(l *layout) {
	return func(l *layout) { l.first().each(edit) }
}

// twoAddresses gives the first host two addresses with an edit for each.
func twoAddresses(edits ...func(a *probe.Address)) func(l *layout) {
	return func(l *layout) {
		l.first().ips = []string{"192.0.2.1", "192.0.2.2"}
		l.first().edit = edits
	}
}

func secondHost(edit func(a *probe.Address)) func(l *layout) {
	return func(l *layout) { l.host("mx2.example.com", certificate{}, "192.0.2.22").each(edit) }
}

func noTLSA(l *layout) {
	for _, h := range l.hosts {
		h.tlsa = nil
	}
}

func inside(lines ...string) func(a *probe.Address) {
	return func(a *probe.Address) { a.EHLOTLS = probe.Reply{Code: 250, Lines: append([]string{"mail"}, lines...)} }
}

func said(text string) func(a *probe.Address) {
	return func(a *probe.Address) { a.Dialogue = []probe.Line{{Text: text}} }
}

func banner(code int, text string) func(a *probe.Address) {
	return func(a *probe.Address) { a.Banner = probe.Reply{Code: code, Lines: []string{text}} }
}

func ehlo(code int, lines ...string) func(a *probe.Address) {
	return func(a *probe.Address) { a.EHLO = probe.Reply{Code: code, Lines: lines} }
}

// notOffered is an aside that wasn't offered STARTTLS.
var notOffered = probe.Aside{Kind: probe.OldTLS, Stage: probe.StageEHLO, EHLO: probe.Reply{Code: 250, Lines: []string{"mail", "SIZE 1"}}}

func enforce(l *layout)   { l.mode = "enforce" }
func inTesting(l *layout) { l.mode = "testing" }

func TestSTARTTLSRules(t *testing.T) {
	t.Parallel()
	refusedThere := ended(probe.StageConnect, probe.ConnectRefused, noReply)
	timedOut := ended(probe.StageConnect, probe.ConnectTimeout, noReply)
	runRules(t, starttlsEntries, []ruleCase{
		{"starttls.connect-refused", Error, "", firstHost(refusedThere), firstHost(timedOut)},
		{"starttls.connect-refused", Error, "mx.example.com 192.0.2.2", twoAddresses(whole, refusedThere), unchanged},
		{"starttls.connect-timeout", Warning, "", both(firstHost(timedOut), secondHost(whole)), firstHost(timedOut)},
		{"starttls.unreachable-from-proxy", Notice, "example.com", firstHost(timedOut), both(firstHost(timedOut), secondHost(refusedThere))},
		{"starttls.banner-not-220", Warning, "",
			firstHost(ended(probe.StageBanner, probe.ReplyNegative, noReply, banner(554, "no"))), firstHost(ended(probe.StageBanner, probe.ReplyTimeout, noReply))},
		{"starttls.banner-not-220", Warning, "",
			firstHost(ended(probe.StageEHLO, probe.ReplyNegative, ehlo(421, "busy"))), firstHost(ended(probe.StageEHLO, probe.ReplyNegative, ehlo(502, "what?")))},
		{"starttls.banner-not-220", Warning, "",
			firstHost(ended(probe.StageBanner, probe.ReplyTooLong, noReply)), firstHost(ended(probe.StageSTARTTLS, probe.ReplyTooLong))},
		{"starttls.banner-not-220", Warning, "",
			firstHost(ended(probe.StageConnect, probe.ConnectionLost, noReply)), firstHost(refusedThere)},
		{"starttls.unreachable-from-proxy", Notice, "example.com", firstHost(timedOut), both(firstHost(timedOut), secondHost(ended(probe.StageConnect, probe.ConnectionLost, noReply)))},
		{"starttls.banner-slow", Notice, "", firstHost(ended(probe.StageBanner, probe.ReplyTimeout, noReply)), firstHost(ended(probe.StageEHLO, probe.ReplyTimeout))},
		{"starttls.banner-masked", Warning, "", firstHost(banner(220, "****2******0***")), firstHost(banner(220, "** mail ** mail.example.com ESMTP"))},
		{"starttls.ehlo-rejected", Error, "", firstHost(ended(probe.StageEHLO, probe.ReplyNegative, ehlo(502, "what?"))), firstHost(ended(probe.StageEHLO, probe.ReplyNegative, ehlo(421, "busy")))},
		{"starttls.not-offered", Error, "", firstHost(plainOnly), both(noTLSA, firstHost(plainOnly), secondHost(whole))},
		{"starttls.not-offered", Warning, "", both(firstHost(plainOnly), noTLSA), unchanged},
		{"starttls.not-offered", Error, "", both(firstHost(plainOnly), noTLSA, enforce), enforce},
		{"starttls.not-offered", Warning, "", both(firstHost(plainOnly), noTLSA, inTesting), inTesting},
		{"starttls.not-offered-some", Warning, "", both(firstHost(plainOnly), secondHost(whole), noTLSA), both(firstHost(plainOnly), secondHost(plainOnly))},
		{"starttls.address-inconsistent", Error, "mx.example.com 192.0.2.2", twoAddresses(whole, plainOnly), twoAddresses(plainOnly, plainOnly)},
		{"starttls.refused", Error, "", firstHost(ended(probe.StageSTARTTLS, probe.ReplyNegative)), firstHost(plainOnly)},
		{"starttls.stripped", Warning, "", firstHost(func(a *probe.Address) { plainOnly(a); ehlo(250, "mail", "XXXXXXXA")(a) }),
			firstHost(func(a *probe.Address) { plainOnly(a); ehlo(250, "mail", "PIPELINE", "XCLIENT")(a) })},
		{"starttls.handshake-failed", Error, "", firstHost(ended(probe.StageHandshake, probe.TLSAlert)), firstHost(ended(probe.StageHandshake, probe.TLSVersion))},
		{"starttls.handshake-timeout", Error, "", firstHost(ended(probe.StageHandshake, probe.TLSTimeout)), firstHost(ended(probe.StageHandshake, probe.TLSFailed))},
		{"starttls.readvertised", Warning, "", firstHost(inside("STARTTLS")), firstHost(inside("STARTTLS-NOT"))},
		{"starttls.ehlo-after-tls-fails", Error, "",
			firstHost(func(a *probe.Address) {
				a.Stage, a.EHLOTLS, a.Failure = probe.StageEHLOTLS, probe.Reply{}, &probe.Failure{Class: probe.ConnectionLost}
			}),
			firstHost(func(a *probe.Address) {
				a.Stage, a.EHLOTLS, a.Failure = probe.StageEHLOTLS, probe.Reply{}, &probe.Failure{Class: probe.Canceled}
			})},
		{"starttls.implicit-tls-on-25", Error, "", firstHost(ended(probe.StageBanner, probe.ReplyMalformed, noReply, said("\x15\x03\x01"))),
			firstHost(ended(probe.StageBanner, probe.ReplyMalformed, noReply, said("hello")))},
		{"starttls.requiretls-absent", Notice, "example.com", unchanged, firstHost(inside("REQUIRETLS"))},
		{"starttls.requiretls-offered", OK, "", firstHost(inside("REQUIRETLS")), firstHost(ehlo(250, "mail", "STARTTLS", "REQUIRETLS"))},
		{"starttls.requiretls-unqualified", Notice, "", both(firstHost(inside("REQUIRETLS")), func(l *layout) {
			l.mx = dnssec.Insecure
			l.more = func(s *scenario) { s.fetched(probe.Policy{Failure: &probe.Failure{Class: probe.DNSNotFound}}) }
		}), both(firstHost(inside("REQUIRETLS")), enforce)},
		{"starttls.selective", Error, "", with(notOffered), with(greets(probe.NoSNI))},
		{"starttls.selective", Warning, "", both(noTLSA, twoAddresses(whole, plainOnly), func(l *layout) {
			l.more = func(s *scenario) {
				s.deeper("mx.example.com", []string{"192.0.2.2"}, []probe.Aside{greets(probe.NoSNI)})
			}
		}), both(noTLSA, twoAddresses(whole, plainOnly), with(greets(probe.NoSNI)))},
		{"starttls.mandatory", Notice, "", with(replies(probe.PlainMail, 530, "5.7.0 Must issue a STARTTLS command first")),
			with(replies(probe.PlainMail, 530, "5.7.0 Authentication required"))},
		{"starttls.mandatory", Notice, "", with(replies(probe.PlainMail, 450, "TLS required")), with(replies(probe.PlainMail, 250, "ok, though without TLS"))},
		{"starttls.command-injection", Warning, "", with(replies(probe.Injection, 250, "ok")), with(replies(probe.Injection, 0))},
		{"starttls.command-injection", Warning, "", with(replies(probe.Injection, 502, "what?")), with(greets(probe.Injection))},
		{"starttls.ok", OK, "example.com", unchanged, both(secondHost(plainOnly))},
	})
}

// An address that the proxy has no route to says nothing of the host.
func TestNoRoute(t *testing.T) {
	for _, class := range []probe.Class{probe.Unreachable, probe.Blocked} {
		t.Run(string(class), func(t *testing.T) { noRoute(t, class) })
	}
}

func noRoute(t *testing.T, class probe.Class) {
	l := newLayout(t)
	l.first().ips = []string{"192.0.2.1", "2001:db8::1"}
	l.first().edit = []func(*probe.Address){whole, ended(probe.StageConnect, class, noReply)}
	r := l.scenario().report()
	for _, f := range r.Findings {
		if f.Code == "starttls.connect-timeout" || f.Code == "starttls.connect-refused" {
			t.Errorf("%s for %s", f.Code, f.Subject)
		}
	}
	found := false
	for _, n := range r.NotChecked {
		found = found || n.Key == "not-checked.no-route" && n.Subject == "mx.example.com 2001:db8::1"
		if n.Key == "not-checked.port25-blocked" {
			t.Error("port 25 blocked, though IPv4 gets through")
		}
	}
	if !found {
		t.Errorf("not checked: %+v", r.NotChecked)
	}
	if !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == "dane.verified" }) {
		t.Errorf("the other address says nothing: %v", codesOf(r))
	}
}
