package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// dates are a plan's notes and steps, with their days as month and day.
func dates(p plan.Plan) string {
	var all []string
	for _, n := range p.Notes {
		all = append(all, n.Key)
	}
	for _, s := range p.Steps {
		line := strings.TrimPrefix(s.Key, "step.") + " " + s.From.Format("06-01-02")
		if !s.Until.IsZero() {
			line += " until " + s.Until.Format("06-01-02")
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// scene is a domain and what is wanted of it.
type scene struct {
	id    plan.ID
	world *world
	want  compose.Want
	more  func(*plan.Input)
	dates []string
}

func (s scene) plan() plan.Plan {
	in := plan.Input{Want: s.want, Start: start}
	if s.world != nil {
		in.Report = s.world.report()
	}
	if s.more != nil {
		s.more(&in)
	}
	return plan.Make(s.id, in)
}

// scenes has each kind of plan, and what makes it longer, shorter or impossible.
// The days are reckoned by hand: one for the hour of the step before, and those that
// have begun when all waits are over.
func scenes(t *testing.T) map[string]scene {
	const mx, other = "mx1.example.com", "mx.example.net"
	chain, next, brief := certificate(t, start.AddDate(0, 0, 60), mx), certificate(t, start.AddDate(0, 0, 90), mx), certificate(t, start.AddDate(0, 0, 3), mx)
	ee, ta := of(t, chain, 3, 1, 1), of(t, chain, 2, 1, 1)
	plain := func(ttl uint32) *world { return newWorld(t).server(10, mx, ttl, chain) }
	with := func(w compose.Want, edit func(*compose.Want)) compose.Want { edit(&w); return w }
	keyed := func(patterns string, host string, records ...dane.TLSA) compose.Want {
		return with(want(patterns), func(w *compose.Want) { w.TLSA = []compose.HostTLSA{{Host: name(host), Records: records}} })
	}
	unsigned := func(w *world) *world { w.secure, w.age = false, 3000; return w }
	week, year := enforced(604800, mx), enforced(mtasts.MaxMaxAge, mx)
	testing := week
	testing.Mode = mtasts.ModeTesting
	none := mtasts.Policy{Mode: mtasts.ModeNone, MaxAge: 86400}
	long := func(seconds uint32) func(*plan.Input) { return func(in *plan.Input) { in.Longest = seconds } }
	microsoft := func(host string) func(*plan.Input) {
		return func(in *plan.Input) { in.Hosts = []dnsname.Name{name(host)} }
	}
	at365 := func() *world {
		host := "example-com.mail.protection.outlook.com"
		return newWorld(t).server(0, host, 3600, certificate(t, start.AddDate(0, 0, 60), host)).policy(3600, enforced(604800, "*.mail.protection.outlook.com"))
	}
	return map[string]scene{
		// 14 days of reports, 2 for the last, 2 hours for the record: 17 days begun.
		"first": {plan.First, plain(3600), keyed(mx, mx, ee), nil, []string{
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-dane 26-07-03",
			"first-enforce 26-07-13", "first-longer 26-07-30"}},
		"first, unsigned": {plan.First, unsigned(plain(3600)), keyed(mx, mx, ee), nil, []string{"note.dane-insecure",
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},
		"first, unseen": {plan.First, nil, want(mx), nil, []string{"note.unchecked",
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},
		"first, no reports": {plan.First, plain(3600), with(want(mx), func(w *compose.Want) { w.RUA = nil }), nil, []string{"note.no-reports",
			"first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},
		"first, half a year wanted": {plan.First, plain(3600).policy(3600, week).add("_smtp._tls.example.com", doh.TypeTXT, 60, "v=TLSRPTv1;rua=mailto:tls@example.net"),
			with(want(mx), func(w *compose.Want) { w.MaxAge = 183 * 86400 }), nil, []string{"note.enforced", "first-longer 26-07-02"}},
		// No sender looks for a policy that no record announces (RFC 8461 §3.1).
		"first, enforced without a record": {plan.First, plain(3600).policy(86400, week).drop("_mta-sts.example.com"), want(mx), nil, []string{
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},
		"first, in testing": {plan.First, plain(3600).policy(86400, testing), want(mx), nil, []string{
			"first-reports 26-06-15", "first-watch 26-07-04", "first-enforce 26-07-04", "first-longer 26-07-21"}},
		"first, other key": {plan.First, plain(3600), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{"note.dane-mismatch",
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},
		"first, key not seen": {plan.First, newWorld(t).server(10, mx, 3600, nil), keyed(mx, mx, ee), nil, []string{"note.dane-unseen",
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},
		"first, uncovered":  {plan.First, plain(3600), want(other), nil, []string{"note.uncovered"}},
		"first, no servers": {plan.First, nil, want(), nil, []string{"note.no-servers"}},
		"first, servers of the check": {plan.First, plain(3600), want(), nil, []string{
			"first-reports 26-06-15", "first-testing 26-06-15", "first-watch 26-07-03", "first-enforce 26-07-03", "first-longer 26-07-20"}},

		// Two TTLs of a day and an hour: 3 days begun.
		"rollover": {plan.Rollover, plain(3600).tlsa(mx, 86400, ee), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{
			"rollover-publish 26-06-15 until 26-08-09", "rollover-switch 26-06-19 until 26-08-13", "rollover-remove 26-06-22"}},
		"rollover, both wanted": {plan.Rollover, plain(3600).tlsa(mx, 3600, ee), keyed(mx, mx, ee, of(t, next, 3, 1, 1)), nil, []string{
			"rollover-publish 26-06-15 until 26-08-11", "rollover-switch 26-06-17 until 26-08-13", "rollover-remove 26-06-20"}},
		"rollover of issuers": {plan.Rollover, plain(3600).tlsa(mx, 3600, ta), keyed(mx, mx, of(t, next, 2, 1, 1)), nil, []string{
			"rollover-publish 26-06-15 until 26-08-11", "rollover-issuer 26-06-17 until 26-08-13", "rollover-remove 26-06-20"}},
		"rollover, an issuer stays": {plan.Rollover, plain(3600).tlsa(mx, 3600, ee).tlsa(mx, 3600, ta), keyed(mx, mx, of(t, next, 3, 1, 1), ta), nil, []string{
			"rollover-publish 26-06-15 until 26-08-11", "rollover-switch 26-06-17 until 26-08-13", "rollover-remove 26-06-20"}},
		"rollover, too late": {plan.Rollover, newWorld(t).server(10, mx, 3600, brief).tlsa(mx, 86400, of(t, brief, 3, 1, 1)), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{
			"note.rollover-late", "rollover-publish 26-06-15 until 26-06-13", "rollover-switch 26-06-19 until 26-06-17", "rollover-remove 26-06-22"}},
		"rollover, too late and whole": {plan.Rollover, newWorld(t).server(10, mx, 3600, brief).tlsa(mx, 86400, of(t, brief, 3, 0, 1)), keyed(mx, mx, of(t, next, 3, 0, 1)), nil, []string{
			"note.rollover-late-whole", "rollover-publish 26-06-15 until 26-06-13", "rollover-switch 26-06-19 until 26-06-17", "rollover-remove 26-06-22"}},
		"rollover, too late and an issuer": {plan.Rollover, newWorld(t).server(10, mx, 3600, brief).tlsa(mx, 86400, of(t, brief, 2, 1, 1)), keyed(mx, mx, of(t, next, 2, 1, 1)), nil, []string{
			"note.rollover-late-issuer", "rollover-publish 26-06-15 until 26-06-13", "rollover-issuer 26-06-19 until 26-06-17", "rollover-remove 26-06-22"}},
		"rollover, just in time": {plan.Rollover, newWorld(t).server(10, mx, 3600, brief).tlsa(mx, 300, of(t, brief, 3, 1, 1)), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{
			"rollover-publish 26-06-15 until 26-06-15", "rollover-switch 26-06-17 until 26-06-17", "rollover-remove 26-06-20"}},
		"rollover, begun": {plan.Rollover, plain(3600).tlsa(mx, 3600, ee).tlsa(mx, 3600, of(t, next, 3, 1, 1)), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{
			"rollover-switch 26-06-17 until 26-08-13", "rollover-remove 26-06-20"}},
		"rollover, other parameters": {plan.Rollover, plain(3600).tlsa(mx, 3600, ee), keyed(mx, mx, of(t, next, 3, 1, 2)), nil, []string{"note.rollover-parameters"}},
		"rollover, fewer parameters": {plan.Rollover, plain(3600).tlsa(mx, 3600, ee).tlsa(mx, 3600, of(t, chain, 3, 1, 2)), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{"note.rollover-parameters"}},
		"rollover, an old one stays": {plan.Rollover, plain(3600).tlsa(mx, 3600, ee).tlsa(mx, 3600, of(t, chain, 3, 1, 2)), keyed(mx, mx, of(t, next, 3, 1, 1), of(t, chain, 3, 1, 2)), nil, []string{"note.rollover-parameters"}},
		"rollover, which":            {plan.Rollover, plain(3600).tlsa(mx, 3600, ee).tlsa(mx, 3600, of(t, brief, 3, 1, 1)), keyed(mx, mx, ee, of(t, brief, 3, 1, 1), of(t, next, 3, 1, 1)), nil, []string{"note.rollover-which"}},
		"rollover, nothing new":      {plan.Rollover, plain(3600).tlsa(mx, 3600, ee), keyed(mx, mx, ee), nil, []string{"note.rollover-same"}},
		"rollover, nothing there":    {plan.Rollover, plain(3600), keyed(mx, mx, ee), nil, []string{"note.rollover-absent"}},
		"rollover, broken":           {plan.Rollover, plain(3600).tlsa(mx, 3600, of(t, brief, 3, 1, 1)), keyed(mx, mx, of(t, next, 3, 1, 1)), nil, []string{"note.rollover-broken"}},
		"rollover, elsewhere":        {plan.Rollover, plain(3600), keyed(mx, other, ee), nil, []string{"note.rollover-unknown"}},
		"rollover of nothing":        {plan.Rollover, plain(3600), want(mx), nil, []string{"note.rollover-none"}},

		// A week, and an hour each for TTL and name servers: 8 days begun.
		"move": {plan.Move, plain(3600).policy(3600, week), want(other), nil, []string{"note.longest",
			"move-ready 26-06-15", "move-policy 26-06-15", "move-add 26-06-24", "move-swap 26-06-26", "move-remove 26-06-30", "move-finish 26-07-07"}},
		// A year is 365 days and 6 hours.
		"move, a year": {plan.Move, plain(3600).policy(3600, year), want(other), nil, []string{"note.longest",
			"move-ready 26-06-15", "move-policy 26-06-15", "move-add 27-06-17", "move-swap 27-06-19", "move-remove 27-06-23", "move-finish 27-06-30"}},
		// Without signatures a TTL counts as a day, where ours is not known to be in force.
		"move, unsigned": {plan.Move, unsigned(plain(3600).policy(3600, week)), want(other), nil, []string{"note.longest",
			"move-ready 26-06-15", "move-policy 26-06-15", "move-add 26-06-25", "move-swap 26-06-28", "move-remove 26-07-03", "move-finish 26-07-10"}},
		"move, a longer one before": {plan.Move, plain(3600).policy(3600, week), want(other), long(30 * 86400), []string{
			"move-ready 26-06-15", "move-policy 26-06-15", "move-add 26-07-17", "move-swap 26-07-19", "move-remove 26-07-23", "move-finish 26-07-30"}},
		"move without policy": {plan.Move, plain(3600), want(other), nil, []string{
			"move-ready 26-06-15", "move-add 26-06-15", "move-swap 26-06-17", "move-remove 26-06-21", "move-stop 26-06-28"}},
		"move, keys left behind": {plan.Move, plain(3600).tlsa(mx, 3600, ee), want(other), nil, []string{
			"move-ready 26-06-15", "move-add 26-06-15", "move-swap 26-06-17", "move-remove 26-06-21", "move-finish 26-06-28"}},
		"move, policy ended": {plan.Move, plain(3600).policy(3600, none), want(other), nil, []string{
			"move-ready 26-06-15", "move-add 26-06-15", "move-swap 26-06-17", "move-remove 26-06-21", "move-stop 26-06-28"}},
		"move, begun too soon": {plan.Move, plain(3600).policy(3600, week).add("example.com", doh.TypeMX, 3600, "20 "+other+"."), want(other), nil, []string{"note.longest",
			"move-policy 26-06-15", "move-swap 26-06-24", "move-remove 26-06-28", "move-finish 26-07-05"}},
		"move, almost done": {plan.Move, newWorld(t).server(10, other, 3600, chain).policy(3600, enforced(604800, mx, other)), want(other), nil, []string{"note.longest",
			"move-finish 26-06-22"}},
		"move, old report": {plan.Move, plain(3600), want(other), func(in *plan.Input) { in.Start = start.AddDate(0, 0, -7) }, []string{
			"move-ready 26-06-15", "move-add 26-06-15", "move-swap 26-06-17", "move-remove 26-06-21", "move-stop 26-06-28"}},
		"move to nobody":   {plan.Move, plain(3600), want("*.example.net"), nil, []string{"note.move-where"}},
		"move to the same": {plan.Move, plain(3600), want(mx, other), nil, []string{"note.move-same"}},
		// the form has the policy of now still: that of the plan is for the new servers
		"move, uncovered": {plan.Move, plain(3600).policy(3600, week), want(mx), microsoft(other), []string{
			"note.longest", "move-ready 26-06-15", "move-policy 26-06-15", "move-add 26-06-24", "move-swap 26-06-26", "move-remove 26-06-30", "move-finish 26-07-07"}},
		"move, unseen":                    {plan.Move, nil, want(other), nil, []string{"note.unseen"}},
		"move, no mail":                   {plan.Move, newWorld(t), want(other), nil, []string{"note.no-mail"}},
		"move, a policy without a record": {plan.Move, plain(3600).policy(3600, week).drop("_mta-sts.example.com"), want(other), nil, []string{"note.unannounced"}},
		"move, a policy lost":             {plan.Move, plain(3600).add("_mta-sts.example.com", doh.TypeTXT, 60, "v=STSv1; id=1;"), want(other), nil, []string{"note.mend"}},
		"move with another below": {plan.Move, plain(3600), with(want(other), func(w *compose.Want) { w.Below = []dnsname.Name{name("a.example.com")} }), nil, []string{"note.below",
			"move-ready 26-06-15", "move-add 26-06-15", "move-swap 26-06-17", "move-remove 26-06-21", "move-stop 26-06-28"}},

		"microsoft": {plan.Microsoft, at365(), want(), microsoft("example-com.h-v1.mx.microsoft"), []string{"note.microsoft-wildcard", "note.longest",
			"microsoft-enable 26-06-15", "move-policy 26-06-15", "move-add 26-06-24", "move-swap 26-06-26", "move-remove 26-06-30", "move-finish 26-07-07", "microsoft-dane 26-07-07"}},
		"microsoft, unsigned": {plan.Microsoft, unsigned(at365()), want(), nil, []string{"note.microsoft-name", "microsoft-sign 26-06-15", "microsoft-enable 26-06-15"}},
		"microsoft, no name":  {plan.Microsoft, at365(), want(), nil, []string{"note.microsoft-name", "microsoft-enable 26-06-15"}},
		"microsoft, shallow":  {plan.Microsoft, at365(), want(), microsoft("example-com.mx.microsoft"), []string{"note.microsoft-wrong", "microsoft-enable 26-06-15"}},
		"microsoft elsewhere": {plan.Microsoft, plain(3600), want(), nil, []string{"note.microsoft-elsewhere"}},

		"down": {plan.Down, plain(3600).policy(3600, week), want(mx), nil, []string{"note.longest",
			"down-none 26-06-15", "down-record 26-06-24", "down-host 26-06-26"}},
		"down, a longer one before": {plan.Down, plain(3600).policy(3600, week), want(mx), long(30 * 86400), []string{
			"down-none 26-06-15", "down-record 26-07-17", "down-host 26-07-19"}},
		"down, half done": {plan.Down, plain(3600).policy(86400, none), want(mx), nil, []string{"note.longest-year",
			"down-record 27-06-18", "down-host 27-06-21"}},
		"down, a policy lost": {plan.Down, plain(3600).add("_mta-sts.example.com", doh.TypeTXT, 3600, "v=STSv1; id=1;"), want(mx), nil, []string{"note.longest-year",
			"down-none 26-06-15", "down-record 27-06-17", "down-host 27-06-19"}},
		"down, nothing there": {plan.Down, plain(3600), want(mx), nil, []string{"note.down-nothing"}},
		"down, unseen":        {plan.Down, nil, want(mx), nil, []string{"note.unseen"}},
	}
}

func TestDates(t *testing.T) {
	for name, s := range scenes(t) {
		if got, want := dates(s.plan()), strings.Join(s.dates, "\n"); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// A policy that an earlier check saw is kept though it is gone.
func TestKeptFromEarlier(t *testing.T) {
	w := newWorld(t).server(10, "mx1.example.com", 3600, certificate(t, start.AddDate(0, 0, 60), "mx1.example.com"))
	earlier := newWorld(t).server(10, "mx1.example.com", 3600, nil).policy(3600, enforced(10*86400, "mx1.example.com")).facts()
	earlier.At = start.AddDate(0, 0, -1)
	now := w.facts()
	now.Previous = &earlier
	p := plan.Make(plan.Down, plan.Input{Want: want("mx1.example.com"), Report: check.Judge(now, start), Start: start})
	// Fetched on the 14th at noon and kept until the 24th at noon; the record's TTL
	// no longer matters.
	if got := dates(p); got != "note.longest\ndown-none 26-06-15\ndown-record 26-06-26\ndown-host 26-06-28" {
		t.Error(got)
	}
}

// Steps that are done late move those behind them, and no others.
func TestDone(t *testing.T) {
	p := scenes(t)["move"].plan()
	late := p.Done(1, time.Date(2026, 6, 18, 23, 59, 0, 0, time.UTC))
	if got := dates(late); got != "note.longest\nmove-ready 26-06-15\nmove-policy 26-06-15\nmove-add 26-06-27\nmove-swap 26-06-29\nmove-remove 26-07-03\nmove-finish 26-07-10" {
		t.Error(got)
	}
	if again := p.Done(1, start.AddDate(0, 0, -3)); dates(again) != dates(p) {
		t.Error("done before its day, and moved")
	}
	rolled := scenes(t)["rollover, just in time"].plan()
	if slices.ContainsFunc(rolled.Steps, plan.Step.Late) || !rolled.Done(0, start.AddDate(0, 0, 1)).Steps[1].Late() {
		t.Error("a day later is too late, and not before")
	}
}

// Every step says what it stands on, what must hold before the next, and changes or
// asks for something.
func TestSteps(t *testing.T) {
	for name, s := range scenes(t) {
		for _, step := range s.plan().Steps {
			if len(step.Cites) == 0 || len(step.Checks) == 0 || step.Domain != s.want.Domain {
				t.Errorf("%s: %+v", name, step)
			}
			for _, c := range step.Checks {
				for _, code := range c.Codes {
					if _, known := code.Lookup(); strings.Contains(string(code), ".") && !known {
						t.Errorf("%s: no check finds %s", name, code)
					}
				}
			}
			if strings.HasPrefix(step.Key, "step.first-enforce") && !strings.Contains(step.Files[0].Text, "max_age: 604800\r\n") {
				t.Errorf("%s: %q", name, step.Files)
			}
		}
	}
}

// A policy whose record nobody could look for may well be enforced, and stays so.
func TestRecordNotSeen(t *testing.T) {
	const mx = "mx1.example.com"
	s := scene{plan.First, newWorld(t).server(10, mx, 3600, nil).policy(3600, enforced(604800, mx)), want(mx),
		func(in *plan.Input) { in.Report.Record = check.RecordView{State: check.Blind} }, nil}
	if p := s.plan(); !strings.HasPrefix(dates(p), "note.enforced\n") || strings.Contains(dates(p), "first-testing") {
		t.Error(dates(p))
	}
}

// What a step changes is exact, in the order in which it is to be done.
func TestChanges(t *testing.T) {
	p := scenes(t)["microsoft"].plan()
	var all []string
	for _, s := range p.Steps {
		for _, f := range s.Files {
			all = append(all, "serve "+strings.ReplaceAll(f.Text, "\r\n", "|"))
		}
		for _, r := range s.Publish {
			all = append(all, "publish "+r.Name.String()+" "+r.Type.String()+" "+r.Data)
		}
		for _, r := range s.Remove {
			all = append(all, "remove "+r.Name.String()+" "+r.Type.String()+" "+r.Data)
		}
	}
	const both, one = "version: STSv1|mode: enforce|mx: *.mail.protection.outlook.com|mx: example-com.h-v1.mx.microsoft|max_age: 604800|",
		"version: STSv1|mode: enforce|mx: example-com.h-v1.mx.microsoft|max_age: 604800|"
	id := func(text string) string {
		policy, _ := mtasts.ParsePolicy([]byte(strings.ReplaceAll(text, "|", "\r\n")))
		return "_mta-sts.example.com TXT v=STSv1; id=" + compose.ID(policy) + ";"
	}
	want := []string{
		"serve " + both, "publish " + id(both), "remove _mta-sts.example.com TXT v=STSv1; id=20260101T000000;",
		"publish example.com MX 10 example-com.h-v1.mx.microsoft.",
		"publish example.com MX 20 example-com.mail.protection.outlook.com.",
		"remove example.com MX 0 example-com.mail.protection.outlook.com.",
		"remove example.com MX 20 example-com.mail.protection.outlook.com.",
		"serve " + one, "publish " + id(one), "remove " + id(both),
	}
	if !slices.Equal(all, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(all, "\n"), strings.Join(want, "\n"))
	}
}
