package plan

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
)

// Verify tells from a report whether a step is done and the next may follow, once
// its waits are over.
func Verify(s Step, r check.Report) Outcome {
	v := verifier{step: s, report: r}
	for _, c := range s.Checks {
		v.state = Done
		if r.Domain != s.Domain {
			v.unknown("why.unseen", "name", s.Domain.String())
		} else {
			v.check(c)
		}
		v.out.Checks = append(v.out.Checks, v.state)
	}
	v.out.State = Done
	for _, state := range v.out.Checks {
		if v.out.State != NotYet && state != Done {
			v.out.State = state
		}
	}
	return v.out
}

// Progress tells from a report how far the steps of a plan are. What a step has
// changed stands until a later one changes it again: where that is done, those before
// it are. From the first step that is known not to be, the plan is late as soon as
// its day is over.
func Progress(p Plan, r check.Report) (Plan, []Outcome) {
	all := make([]Outcome, len(p.Steps))
	for i, s := range p.Steps {
		all[i] = Verify(s, r)
		if s.changes() && all[i].State == Done {
			for j := range i {
				all[j] = Outcome{State: Done}
			}
		}
	}
	for i, o := range all {
		if o.State == NotYet {
			return p.Done(i, r.At), all
		}
	}
	return p, all
}

// verifier makes the checks of a step.
type verifier struct {
	step   Step
	report check.Report
	state  State // of the check being made
	out    Outcome
}

// fail says that something is known to stand in the way.
func (v *verifier) fail(key string, pairs ...string) {
	v.because(Reason{Phrase: say(key, pairs...), State: NotYet})
}

// unknown says that something isn't known.
func (v *verifier) unknown(key string, pairs ...string) {
	v.because(Reason{Phrase: say(key, pairs...), State: Unknown})
}

func (v *verifier) because(r Reason) {
	r.Check = len(v.out.Checks)
	if v.state != NotYet {
		v.state = r.State
	}
	v.out.Reasons = append(v.out.Reasons, r)
}

func (v *verifier) check(c Check) {
	switch c.Kind {
	case ByHand:
		v.unknown("why.by-hand")
	case Published:
		v.published()
	case Removed:
		v.removed()
	case Silent:
		v.silent(c)
	case Trusted, Authentic, Rolled:
		v.servers(c)
	case Signed:
		v.signed()
	}
}

// seen tells whether a record is found: Done, NotYet it isn't, Unknown nobody
// looked.
func (v *verifier) seen(r compose.Record) State {
	if r.Type != doh.TypeTXT {
		r.Data = strings.ToLower(r.Data)
	}
	looked := Unknown
	for _, l := range v.report.DNS {
		if l.CD || unseen(l.State) {
			continue
		}
		if l.Name == r.Name && (l.Type == r.Type || r.Type == doh.TypeCNAME) {
			looked = NotYet
		}
		for _, line := range l.Text {
			if same(parse(line, []doh.Type{r.Type}), r) {
				return Done
			}
		}
	}
	return looked
}

// served tells whether a policy file is.
func (v *verifier) served(f compose.PolicyFile) State {
	p := &v.report.Policy
	if f.Host != v.step.Domain.Child(hostLabel) || unseen(p.State) {
		return Unknown
	}
	if want, _ := mtasts.ParsePolicy([]byte(f.Text)); !p.Usable || p.Value.String() != want.String() {
		return NotYet
	}
	return Done
}

func (v *verifier) published() {
	for _, f := range v.step.Files {
		switch v.served(f) {
		case NotYet:
			v.fail("why.not-served", "name", f.URL())
		case Unknown:
			v.unknown("why.unseen", "name", f.URL())
		}
	}
	for _, r := range v.step.Publish {
		switch name := r.Name.String(); v.seen(r) {
		case NotYet:
			v.fail("why.not-found", "name", name, "type", r.Type.String(), "value", r.Data)
		case Unknown:
			v.unknown("why.unseen", "name", name+" "+r.Type.String())
		}
	}
}

func (v *verifier) removed() {
	for _, r := range v.step.Remove {
		switch name := r.Name.String(); v.seen(r) {
		case Done:
			v.fail("why.still-found", "name", name, "type", r.Type.String(), "value", r.Data)
		case Unknown:
			v.unknown("why.unseen", "name", name+" "+r.Type.String())
		}
	}
	// Before the plan's own record has come there is one of before to be found.
	for _, gone := range v.step.Vacated {
		for _, r := range missing(found(v.report, gone.Name, gone.Type), v.step.Remove, same) {
			if alike(r, gone) {
				v.fail("why.still-found", "name", r.Name.String(), "type", r.Type.String(), "value", r.Data)
			}
		}
	}
	for _, f := range v.step.Gone {
		switch state := v.served(f); {
		case state == Unknown:
			v.unknown("why.unseen", "name", f.URL())
		case v.report.Policy.Usable:
			v.fail("why.still-served", "name", f.URL())
		}
	}
}

// silent looks for findings. That there are none says something only at the end of
// a check that asked all name servers, where they are what it is about.
func (v *verifier) silent(c Check) {
	for _, f := range v.report.Findings {
		for _, code := range c.Codes {
			if f.Code == code && f.Level > check.OK || string(code) == f.Code.Group() && f.Level >= c.Least {
				v.because(Reason{Phrase: say("why.finding"), State: NotYet, Code: f.Code, Subject: f.Subject})
			}
		}
	}
	if v.state != Done {
		return
	}
	if !v.report.Progress.Done || v.report.Blind {
		v.unknown("why.unfinished")
		return
	}
	if slices.Contains(c.Codes, "tlsa.inconsistent-nameservers") && slices.ContainsFunc(v.report.NotChecked, v.servesChange) {
		v.unknown("why.nameservers")
	}
}

// servesChange tells whether name servers that were not asked have what the step
// changes.
func (v *verifier) servesChange(n check.NotChecked) bool {
	zone, _ := dnsname.Parse(n.Args["name"])
	return n.Key == "not-checked.nameservers" && slices.ContainsFunc(slices.Concat(v.step.Publish, v.step.Remove),
		func(r compose.Record) bool { return r.Name.Within(zone) })
}

func (v *verifier) signed() {
	for _, l := range v.report.DNS {
		if l.Name != v.step.Domain || l.Type != doh.TypeMX || l.CD {
			continue
		}
		switch l.Verdict.Status {
		case dnssec.Secure:
			return
		case dnssec.Insecure, dnssec.Bogus:
			v.fail("why.unsigned", "name", l.Name.String())
			return
		}
	}
	v.unknown("why.unseen", "name", v.step.Domain.String()+" "+doh.TypeMX.String())
}

// servers looks at mail servers, at each address.
func (v *verifier) servers(c Check) {
	hosts := slices.Clone(c.Hosts)
	for _, h := range v.report.Hosts {
		if len(c.Hosts) == 0 && !h.Host.IsZero() && (c.Kind != Rolled || v.rolls(h, c)) {
			hosts = append(hosts, h.Host)
		}
	}
	if len(hosts) == 0 {
		v.unknown("why.unseen", "name", v.step.Domain.String())
	}
	for _, name := range hosts {
		at := slices.IndexFunc(v.report.Hosts, func(h check.HostView) bool { return h.Host == name })
		if at < 0 {
			v.unknown("why.unseen", "name", name.String())
			continue
		}
		v.server(c, &v.report.Hosts[at])
	}
}

// rolls tells whether a check of other keys is about a mail server.
func (v *verifier) rolls(h check.HostView, c Check) bool {
	for _, r := range found(v.report, h.TLSAName, doh.TypeTLSA) {
		if slices.ContainsFunc(slices.Concat(c.Records, c.Old), func(o compose.Record) bool { return o.Name == r.Name }) {
			return true
		}
	}
	return false
}

func (v *verifier) server(c Check, h *check.HostView) {
	host, passed := h.Host.String(), false
	if c.Kind == Trusted && h.InPolicy == check.Error {
		v.fail("why.not-in-policy", "host", host)
	}
	for i := range h.Addresses {
		a := &h.Addresses[i]
		if a.Probe.Failure != nil && a.Probe.Stage == probe.StageConnect {
			continue // another address may answer
		}
		where := host + " " + a.Probe.IP.String()
		switch level := v.level(c, a); {
		case level == check.Error && c.Kind == Rolled:
			v.fail("why.old-key", "host", where)
		case level == check.Error && c.Kind == Authentic:
			v.fail("why.no-match", "host", where)
		case level == check.Error:
			v.fail("why.not-trusted", "host", where)
		default:
			passed = passed || level == check.OK
		}
	}
	if !passed && v.state != NotYet {
		v.unknown("why.not-reached", "host", host)
	}
}

// level is what an address is worth to a check.
func (v *verifier) level(c Check, a *check.AddressView) check.Level {
	switch c.Kind {
	case Trusted:
		if a.Probe.EHLO.Code == 250 && a.Probe.TLS == nil {
			return check.Error
		}
		return a.WebPKI
	case Authentic:
		return a.DANE
	}
	if a.Probe.TLS == nil {
		return check.Unknown
	}
	shows := func(records []compose.Record) bool {
		return slices.ContainsFunc(tlsa(records), func(t dane.TLSA) bool { return selects(t, a.Probe.TLS.Chain) })
	}
	switch {
	case shows(c.Records):
		return check.OK
	case shows(c.Old):
		return check.Error
	}
	return check.Unknown // another certificate, of another algorithm perhaps
}
