package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// reasons are an outcome's, in short.
func reasons(o plan.Outcome) string {
	var all []string
	for _, r := range o.Reasons {
		all = append(all, strings.TrimPrefix(r.Key, "why.")+" "+string(r.Code)+r.Args["name"]+r.Args["host"])
	}
	return strings.Join(all, "; ")
}

// TestProgress does the steps one after the other: at each time those that changed
// something are known to be done, and the next one isn't, and when its day is over all
// that comes after it is late.
func TestProgress(t *testing.T) {
	const mx, other = "mx1.example.com", "mx.example.net"
	next, elsewhere := certificate(t, start.AddDate(0, 0, 90), mx), certificate(t, start.AddDate(0, 0, 90), other)
	all := scenes(t)
	rolled := all["rollover"]
	rolled.want.TLSA = []compose.HostTLSA{{Host: name(mx), Records: []dane.TLSA{of(t, next, 3, 1, 1)}}}
	all["rollover"] = rolled
	for _, c := range []string{"first", "rollover", "move", "move without policy", "down"} {
		s := all[c]
		p := s.plan()
		s.world.chains[name(other)] = elsewhere
		changes := func(i int) bool {
			s := p.Steps[i]
			return len(s.Publish)+len(s.Remove)+len(s.Files)+len(s.Gone) > 0
		}
		for i, step := range p.Steps {
			report := s.world.report()
			report.At = step.From.AddDate(0, 0, 3)
			late, outcomes := plan.Progress(p, report)
			for j := range p.Steps {
				switch state := outcomes[j].State; {
				case j < i && changes(j) && state != plan.Done:
					t.Errorf("%s: step %d is done, %d is %v: %s", c, i, j, state, reasons(outcomes[j]))
				case j >= i && changes(j) && state != plan.NotYet:
					t.Errorf("%s: step %d isn't done yet, %d is %v", c, i, j, state)
				}
			}
			if i+1 < len(p.Steps) && changes(i) && late.Steps[i+1].From != p.Steps[i+1].From.AddDate(0, 0, 3) {
				t.Errorf("%s: step %d three days late, then %v", c, i, late.Steps[i+1].From)
			}
			if s.world.do(step); step.Key == "step.rollover-switch" {
				s.world.chains[name(mx)] = next
			}
		}
	}
}

// TestVerifySteps does each step of each kind of plan: before, a check doesn't find
// it done, and afterwards it finds all that it can see.
func TestVerifySteps(t *testing.T) {
	const mx, other = "mx1.example.com", "mx.example.net"
	next, elsewhere := certificate(t, start.AddDate(0, 0, 90), mx), certificate(t, start.AddDate(0, 0, 90), other)
	all := scenes(t)
	rolled := all["rollover"]
	rolled.want.TLSA = []compose.HostTLSA{{Host: name(mx), Records: []dane.TLSA{of(t, next, 3, 1, 1)}}}
	all["rollover"] = rolled
	for _, c := range []string{"first", "rollover", "move", "move without policy", "down"} {
		s := all[c]
		p := s.plan()
		s.world.chains[name(other)] = elsewhere
		for _, step := range p.Steps {
			before := plan.Verify(step, s.world.report())
			if changes := len(step.Publish) + len(step.Remove); changes > 0 && before.State != plan.NotYet {
				t.Errorf("%s, %s: not done, and %v: %s", c, step.Key, before.State, reasons(before))
			}
			s.world.do(step)
			if step.Key == "step.rollover-switch" {
				if before.State != plan.NotYet || reasons(before) != "old-key "+mx+" 192.0.2.25" {
					t.Errorf("%s: the old key: %v %s", c, before.State, reasons(before))
				}
				s.world.chains[name(mx)] = next
			}
			after := plan.Verify(step, s.world.report())
			for i, state := range after.Checks {
				if state != plan.Done && (step.Checks[i].Kind != plan.ByHand || state != plan.Unknown) {
					t.Errorf("%s, %s: %s is %v: %s", c, step.Key, step.Checks[i].Key, state, reasons(after))
				}
			}
		}
	}
}

// TestVerify has for each kind of check what holds, what doesn't and what nobody
// can know, and nothing else in between.
func TestVerify(t *testing.T) {
	const mx = "mx1.example.com"
	chain := certificate(t, start.AddDate(0, 0, 60), mx)
	good := func() *world {
		return newWorld(t).server(10, mx, 3600, chain).policy(3600, enforced(86400*60, mx)).tlsa(mx, 3600, of(t, chain, 3, 1, 1)).
			add("_smtp._tls.example.com", doh.TypeTXT, 3600, "v=TLSRPTv1; rua=mailto:tls@example.net")
	}
	report := func(edit func(*world)) check.Report {
		w := good()
		edit(w)
		return w.report()
	}
	fine := report(func(*world) {})
	edited := func(edit func(*check.Report)) check.Report {
		r := report(func(*world) {})
		edit(&r)
		return r
	}
	record := func(owner string, typ doh.Type, data string) compose.Record {
		return compose.Record{Name: name(owner), Type: typ, Data: data}
	}
	publish := func(all ...compose.Record) plan.Step {
		return plan.Step{Publish: all, Checks: []plan.Check{{Kind: plan.Published}}}
	}
	remove := func(all ...compose.Record) plan.Step {
		return plan.Step{Remove: all, Checks: []plan.Check{{Kind: plan.Removed}}}
	}
	made := func(checks ...plan.Check) plan.Step { return plan.Step{Checks: checks} }
	servers := func(kind plan.Kind, hosts ...dnsname.Name) plan.Step {
		return made(plan.Check{Kind: kind, Hosts: hosts})
	}
	codes := func(least check.Level, codes ...check.Code) plan.Step {
		return made(plan.Check{Kind: plan.Silent, Codes: codes, Least: least})
	}
	other, served := certificate(t, start.AddDate(0, 0, 60), mx), compose.PolicyFile{Host: name("mta-sts.example.com"), Text: good().file}
	rolled := func(records, old [][]byte) plan.Step {
		at := func(chain [][]byte) []compose.Record {
			return []compose.Record{record("_25._tcp."+mx, doh.TypeTLSA, of(t, chain, 3, 1, 1).String())}
		}
		return made(plan.Check{Kind: plan.Rolled, Records: at(records), Old: at(old)})
	}
	for what, c := range map[string]struct {
		step   plan.Step
		report check.Report
		want   plan.State
		why    string
	}{
		"another domain": {codes(check.Error, "sts-mx"), edited(func(r *check.Report) { r.Domain = name("example.org") }), plan.Unknown, "unseen example.com"},
		"nothing asked":  {plan.Step{}, fine, plan.Done, ""},
		"by hand":        {made(plan.Check{}), fine, plan.Unknown, "by-hand "},
		"MX there":       {publish(record("example.com", doh.TypeMX, "10 "+mx+".")), fine, plan.Done, ""},
		"MX as written":  {publish(record("example.com", doh.TypeMX, "10 MX1.example.com.")), fine, plan.Done, ""},
		"MX of another preference": {publish(record("example.com", doh.TypeMX, "20 "+mx+".")), fine, plan.NotYet,
			"not-found example.com"},
		"TXT there":    {publish(record("_mta-sts.example.com", doh.TypeTXT, "v=STSv1; id=20260101T000000;")), fine, plan.Done, ""},
		"TXT as once":  {publish(record("_mta-sts.example.com", doh.TypeTXT, "v=STSv1; id=20260101t000000;")), fine, plan.NotYet, "not-found _mta-sts.example.com"},
		"TLSA there":   {publish(record("_25._tcp."+mx, doh.TypeTLSA, of(t, chain, 3, 1, 1).String())), fine, plan.Done, ""},
		"address gone": {publish(record("mta-sts.example.com", doh.TypeA, "192.0.2.81")), fine, plan.NotYet, "not-found mta-sts.example.com"},
		"alias there": {publish(record("mta-sts.example.com", doh.TypeCNAME, "policies.example.net.")), report(func(w *world) {
			w.records = slices.DeleteFunc(w.records, func(r compose.Record) bool { return r.Name == name("mta-sts.example.com") })
			w.add("mta-sts.example.com", doh.TypeCNAME, 60, "policies.example.net.").add("policies.example.net", doh.TypeA, 60, "192.0.2.80")
		}), plan.Done, ""},
		"no such lookup": {publish(record("_mta-sts.a.example.com", doh.TypeTXT, "v=STSv1; id=1;")), fine, plan.Unknown, "unseen _mta-sts.a.example.com TXT"},
		"a blind lookup": {publish(record("example.com", doh.TypeMX, "20 mx2.example.com.")), edited(func(r *check.Report) {
			for i := range r.DNS {
				r.DNS[i].State, r.DNS[i].Text = check.Blind, nil
			}
		}), plan.Unknown, "unseen example.com MX"},
		"served":       {plan.Step{Files: []compose.PolicyFile{served}, Checks: []plan.Check{{Kind: plan.Published}}}, fine, plan.Done, ""},
		"served in LF": {plan.Step{Files: []compose.PolicyFile{served}, Checks: []plan.Check{{Kind: plan.Published}}}, report(func(w *world) { w.file = strings.ReplaceAll(w.file, "\r\n", "\n") }), plan.Done, ""},
		"served before": {plan.Step{Files: []compose.PolicyFile{served}, Checks: []plan.Check{{Kind: plan.Published}}}, report(func(w *world) { w.file = enforced(86400, mx).String() }),
			plan.NotYet, "not-served https://mta-sts.example.com/.well-known/mta-sts.txt"},
		"served elsewhere": {plan.Step{Files: []compose.PolicyFile{{Host: name("mta-sts.a.example.com"), Text: served.Text}}, Checks: []plan.Check{{Kind: plan.Published}}}, fine,
			plan.Unknown, "unseen https://mta-sts.a.example.com/.well-known/mta-sts.txt"},
		"MX still there":  {remove(record("example.com", doh.TypeMX, "10 "+mx+".")), fine, plan.NotYet, "still-found example.com"},
		"MX gone":         {remove(record("example.com", doh.TypeMX, "20 "+mx+".")), fine, plan.Done, ""},
		"gone, who knows": {remove(record("_25._tcp.mx2.example.com", doh.TypeTLSA, "3 1 1 00")), fine, plan.Unknown, "unseen _25._tcp.mx2.example.com TLSA"},
		"still served":    {plan.Step{Gone: []compose.PolicyFile{served}, Checks: []plan.Check{{Kind: plan.Removed}}}, fine, plan.NotYet, "still-served https://mta-sts.example.com/.well-known/mta-sts.txt"},
		"not served any more": {plan.Step{Gone: []compose.PolicyFile{served}, Checks: []plan.Check{{Kind: plan.Removed}}}, report(func(w *world) { w.file = "" }),
			plan.Done, ""},
		"a finding":          {codes(check.Unknown, "sts-policy.max-age-below-day"), report(func(w *world) { w.file = enforced(3600, mx).String() }), plan.NotYet, "finding sts-policy.max-age-below-day"},
		"no finding":         {codes(check.Unknown, "sts-policy.max-age-below-day"), fine, plan.Done, ""},
		"a group's error":    {codes(check.Error, "sts-mx"), report(func(w *world) { w.file = enforced(86400, "mx2.example.com").String() }), plan.NotYet, "finding sts-mx.label-mismatch"},
		"a group's notice":   {codes(check.Warning, "sts-mx"), report(func(w *world) { w.file = enforced(86400, mx, "*.example.net").String() }), plan.Done, ""},
		"another's error":    {codes(check.Error, "sts-policy"), report(func(w *world) { w.file = enforced(86400*60, "mx2.example.com").String() }), plan.Done, ""},
		"silent, unfinished": {codes(check.Error, "sts-mx"), edited(func(r *check.Report) { r.Progress.Done = false }), plan.Unknown, "unfinished "},
		"silent, servers not asked": {plan.Step{Publish: []compose.Record{record("example.com", doh.TypeMX, "10 "+mx+".")}, Checks: []plan.Check{{Kind: plan.Silent,
			Codes: []check.Code{"tlsa.inconsistent-nameservers"}}}}, report(func(w *world) { w.servers = false }), plan.Unknown, "nameservers "},
		"silent, others' servers not asked": {plan.Step{Publish: []compose.Record{record("example.net", doh.TypeMX, "10 "+mx+".")}, Checks: []plan.Check{{Kind: plan.Silent,
			Codes: []check.Code{"tlsa.inconsistent-nameservers"}}}}, report(func(w *world) { w.servers = false }), plan.Done, ""},
		"trusted": {servers(plan.Trusted), fine, plan.Done, ""},
		"untrusted": {servers(plan.Trusted, name(mx)), edited(func(r *check.Report) { r.Hosts[0].Addresses[0].WebPKI = check.Error }),
			plan.NotYet, "not-trusted " + mx + " 192.0.2.25"},
		"no STARTTLS": {servers(plan.Trusted), edited(func(r *check.Report) { r.Hosts[0].Addresses[0].Probe.TLS = nil }),
			plan.NotYet, "not-trusted " + mx + " 192.0.2.25"},
		"not in the policy": {servers(plan.Trusted), report(func(w *world) { w.file = enforced(86400, "mx2.example.com").String() }), plan.NotYet, "not-in-policy " + mx},
		"not reached":       {servers(plan.Trusted), report(func(w *world) { w.chains[name(mx)] = nil }), plan.Unknown, "not-reached " + mx},
		"one of two not reached": {servers(plan.Trusted), edited(func(r *check.Report) {
			h := &r.Hosts[0]
			h.Addresses = append(h.Addresses, check.AddressView{Probe: probe.Address{Stage: probe.StageConnect, Failure: &probe.Failure{Class: probe.ConnectTimeout}}})
		}), plan.Done, ""},
		"no mail server": {servers(plan.Trusted, name("mx2.example.com")), fine, plan.Unknown, "unseen mx2.example.com"},
		"authentic":      {servers(plan.Authentic), fine, plan.Done, ""},
		"another key":    {servers(plan.Authentic), report(func(w *world) { w.chains[name(mx)] = other }), plan.NotYet, "no-match " + mx + " 192.0.2.25"},
		"no TLSA records": {servers(plan.Authentic), report(func(w *world) {
			w.records = slices.DeleteFunc(w.records, func(r compose.Record) bool { return r.Type == doh.TypeTLSA })
		}), plan.Unknown, "not-reached " + mx},
		"the next key":       {rolled(chain, other), fine, plan.Done, ""},
		"the old key":        {rolled(other, chain), fine, plan.NotYet, "old-key " + mx + " 192.0.2.25"},
		"a third key":        {rolled(other, other), fine, plan.Unknown, "not-reached " + mx},
		"signed":             {made(plan.Check{Kind: plan.Signed}), fine, plan.Done, ""},
		"unsigned":           {made(plan.Check{Kind: plan.Signed}), report(func(w *world) { w.secure = false }), plan.NotYet, "unsigned example.com"},
		"signed, who knows":  {made(plan.Check{Kind: plan.Signed}), edited(func(r *check.Report) { indeterminate(r) }), plan.Unknown, "unseen example.com MX"},
		"no before not yet":  {made(plan.Check{}, plan.Check{Kind: plan.Signed}), fine, plan.Unknown, "by-hand "},
		"not yet before all": {made(plan.Check{}, plan.Check{Kind: plan.Signed}), report(func(w *world) { w.secure = false }), plan.NotYet, "by-hand ; unsigned example.com"},
	} {
		c.step.Domain = name("example.com")
		if got := plan.Verify(c.step, c.report); got.State != c.want || reasons(got) != c.why || len(got.Checks) != len(c.step.Checks) {
			t.Errorf("%s: %v %q, want %v %q", what, got.State, reasons(got), c.want, c.why)
		}
	}
}

// indeterminate takes from a report what DNSSEC says.
func indeterminate(r *check.Report) {
	for i := range r.DNS {
		r.DNS[i].Verdict.Status = dnssec.Indeterminate
	}
}

// A report that knows nothing calls no step failed, and none done that needs more
// than a person.
func TestVerifyKnowsNothing(t *testing.T) {
	nothing := check.Judge(check.Facts{Version: check.FactsVersion, Domain: name("example.com"), Done: true, At: start}, start)
	for what, s := range scenes(t) {
		for _, step := range s.plan().Steps {
			if o := plan.Verify(step, nothing); o.State != plan.Unknown {
				t.Errorf("%s, %s: %v %s", what, step.Key, o.State, reasons(o))
			}
		}
	}
}
