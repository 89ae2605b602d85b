package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/senders"
)

// sight is what a report says of a domain, in a form that is the same for all
// domains of a kind.
type sight struct {
	findings   []string // "level code subject"
	senders    []string // "sender outcome"
	notChecked []string // "key subject"
}

// reported is a report, as `sealane check -json` prints it.
type reported struct {
	Findings   []check.Finding
	Senders    []senders.Verdict
	NotChecked []check.NotChecked
	Facts      json.RawMessage
}

// sightOf reads a report.
func (d *faultDomain) sightOf(r *reported) sight {
	replace := []string{d.name.String(), "D", d.policy, "POLICY-IP"}
	for i, ip := range d.mx {
		replace = append(replace, ip, fmt.Sprintf("IP%d", i+1))
	}
	plain := strings.NewReplacer(replace...)
	var v sight
	for _, f := range r.Findings {
		v.findings = append(v.findings, fmt.Sprintf("%s %s %s", f.Level, f.Code, plain.Replace(f.Subject)))
	}
	for _, s := range r.Senders {
		v.senders = append(v.senders, fmt.Sprintf("%s %s", s.Sender, s.Outcome))
	}
	for _, n := range r.NotChecked {
		v.notChecked = append(v.notChecked, n.Key+" "+plain.Replace(n.Subject))
	}
	v.findings, v.senders, v.notChecked = sorted(v.findings), sorted(v.senders), sorted(v.notChecked)
	return v
}

// codes are the findings without their subjects.
func (v sight) codes() []string {
	var all []string
	for _, f := range v.findings {
		level, rest, _ := strings.Cut(f, " ")
		code, _, _ := strings.Cut(rest, " ")
		all = append(all, level+" "+code)
	}
	return sorted(all)
}

// met are the faults that a check of a domain can have met.
type met struct {
	resolver, names, policy []string
	mail                    map[string][]string // by address, as "IP1"
}

// passed is how long what a resolver said is still said after its fault.
const passed = 6 * time.Second

// met looks them up. Nothing was kept of an earlier check of the domain.
func (r *faultRun) met(d *faultDomain, from, to time.Time) met {
	m := met{mail: map[string][]string{}}
	m.resolver = r.faults.of("resolver", from.Add(-passed), to)
	for _, s := range r.world.names {
		m.names = append(m.names, r.faults.of(s.what, from, to)...)
	}
	m.policy = r.faults.of("policy "+d.policy, from, to)
	for i, ip := range d.mx {
		if kinds := r.faults.of("mail "+ip, from, to); len(kinds) > 0 {
			m.mail[fmt.Sprintf("IP%d", i+1)] = kinds
		}
	}
	return m
}

// harmless are faults that a check sees through: what is slow or cut comes all the
// same.
var harmless = []string{slow, cutting}

func harm(kinds []string) bool {
	return slices.ContainsFunc(kinds, func(kind string) bool { return !slices.Contains(harmless, kind) })
}

// mailHarmed tells whether a mail host was at fault.
func (m met) mailHarmed() bool {
	for _, kinds := range m.mail {
		if harm(kinds) {
			return true
		}
	}
	return false
}

// any tells whether one of them can hide something from a check.
func (m met) any() bool {
	return m.mailHarmed() || harm(m.resolver) || harm(m.names) || harm(m.policy)
}

// What is true of a server while it is at fault, by kind of fault: nothing else may
// be said of its domain, and nothing of one whose own servers are well. Faults of the
// resolver, of Valkey and of name servers give nothing at all.
var (
	lost  = []string{"starttls.banner-not-220", "starttls.ehlo-rejected", "starttls.refused", "starttls.handshake-failed", "starttls.ehlo-after-tls-fails"}
	still = []string{"starttls.banner-slow", "starttls.refused", "starttls.handshake-timeout", "starttls.ehlo-after-tls-fails"}

	mailTruths = map[string][]string{
		refusing: {"starttls.connect-refused"}, killed: append(lost, "starttls.connect-refused"),
		reset: lost, closing: lost, stalling: still,
	}
	policyTruths = map[string][]string{
		refusing: {"sts-policy-fetch.connect-refused"},
		killed:   {"sts-policy-fetch.connect-refused", "sts-policy-fetch.body-incomplete"},
		reset:    {"sts-policy-fetch.body-incomplete"},
		closing:  {"sts-policy-fetch.body-incomplete"},
		stalling: {"sts-policy-fetch.slow", "sts-policy-fetch.tls-handshake-failed"},
	}
	// consequences are what follows for a domain whose mail host nobody can use.
	consequences = []string{"tlsrpt-record.rua-own-broken-domain", "sts-policy.enforce-would-fail"}
	// unseen say that we didn't see something.
	unseen = []string{"dnssec.not-validated-by-tool", "sts-policy-fetch.not-checked"}
)

// explains tells whether a finding that isn't the domain's own is one of its server's
// fault.
func (m met) explains(finding string) bool {
	parts := strings.SplitN(finding, " ", 3)
	code, subject := parts[1], parts[2]
	for ip, kinds := range m.mail {
		host := "mx" + strings.TrimPrefix(ip, "IP") + ".D"
		of := subject == host || subject == host+" "+ip
		for _, kind := range kinds {
			if of && slices.Contains(mailTruths[kind], code) || harm(kinds) && slices.Contains(consequences, code) {
				return true
			}
		}
	}
	if slices.Contains(unseen, code) && (harm(m.resolver) || harm(m.policy)) {
		return true
	}
	return slices.ContainsFunc(m.policy, func(kind string) bool { return slices.Contains(policyTruths[kind], code) })
}

// asPage checks a domain by asking the replicas, as a page does.
func (r *faultRun) asPage(ctx context.Context, d *faultDomain) *reported {
	facts := check.Gather(ctx, r.client, d.name, time.Now(), nil, r.world.anchors...)
	report := check.Judge(facts, facts.At)
	text, err := json.Marshal(facts)
	if err != nil {
		r.client.wrong("%s: %v", d.name, err)
	}
	return &reported{report.Findings, report.Senders, report.NotChecked, text}
}

// asCommand checks it by the command line, in a process of its own; nil when ctx ended.
func (r *faultRun) asCommand(ctx context.Context, d *faultDomain) *reported {
	command := exec.CommandContext(ctx, binary, append([]string{"check", d.name.String(), "-json"}, r.world.args()...)...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	_ = command.Run() // the code says what was found
	if ctx.Err() != nil {
		return nil
	}
	var report reported
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		r.client.wrong("sealane check %s: exit %d, %v: %s", d.name, command.ProcessState.ExitCode(), err, tail(errs.String(), 2000))
		return nil
	}
	return &report
}

// check checks a domain and holds the report against what is right and what was at
// fault meanwhile.
func (r *faultRun) check(ctx context.Context, d *faultDomain, as func(context.Context, *faultDomain) *reported) {
	from := time.Now()
	report := as(ctx, d)
	to := time.Now()
	if ctx.Err() != nil || report == nil {
		r.client.count("check given up by us")
		return
	}
	got, right, met := d.sightOf(report), r.right[d.label], r.met(d, from, to)
	differ := unlike(got, right)
	switch wrong, lacks := met.wrong(got, right), lacking(got.findings, right.findings); {
	case differ == "" && !met.any():
		r.client.count("check right, nothing at fault")
	case differ == "":
		r.client.count("check right, under faults")
	case !met.any():
		r.client.wrong("%s (%v) though nothing was at fault (%+v):\n%s", d.name, to.Sub(from), met, differ)
		r.save(d, report)
	case len(wrong) > 0:
		r.client.wrong("%s (%v) under %+v: %q", d.name, to.Sub(from), met, wrong)
		r.save(d, report)
	case len(lacks) > 0 && len(lacking(right.findings, got.findings)) == 0 && slices.Equal(got.notChecked, right.notChecked):
		r.client.wrong("%s lacks %q and doesn't say so, under %+v", d.name, lacks, met)
		r.save(d, report)
	default:
		r.client.count("check says what is at fault or unknown, under faults")
	}
}

// wrong gives what a report says that is neither right nor true under the faults met.
func (m met) wrong(got, right sight) []string {
	var all []string
	for _, f := range lacking(right.findings, got.findings) {
		if !sameButLevel(right.findings, f) && !m.explains(f) {
			all = append(all, f)
		}
	}
	for _, s := range lacking(right.senders, got.senders) {
		if !m.explainsSender(s) {
			all = append(all, s)
		}
	}
	return all
}

// lacking gives what is in want and not in all.
func lacking(all, want []string) (rest []string) {
	for _, s := range want {
		if !slices.Contains(all, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// sameButLevel tells whether a finding is among those, at whatever level: that may
// hang on what couldn't be seen.
func sameButLevel(all []string, finding string) bool {
	_, rest, _ := strings.Cut(finding, " ")
	return slices.ContainsFunc(all, func(f string) bool {
		_, other, _ := strings.Cut(f, " ")
		return rest == other
	})
}

// explainsSender tells whether an outcome that isn't the right one follows from what
// is at fault: unknown always; deferred where a mail server is; without MTA-STS
// where no policy comes.
func (m met) explainsSender(s string) bool {
	_, outcome, _ := strings.Cut(s, " ")
	switch outcome {
	case "unknown":
		return true
	case "defers", "delivers-cleartext":
		return m.mailHarmed() || harm(m.policy)
	case "delivers-unauthenticated":
		return harm(m.policy)
	}
	return false
}

// unlike lists what one has and the other hasn't.
func unlike(got, right sight) string {
	var text strings.Builder
	for _, pair := range [][2][]string{{got.findings, right.findings}, {got.senders, right.senders}, {got.notChecked, right.notChecked}} {
		for _, s := range lacking(pair[1], pair[0]) {
			fmt.Fprintf(&text, "  + %s\n", s)
		}
		for _, s := range lacking(pair[0], pair[1]) {
			fmt.Fprintf(&text, "  - %s\n", s)
		}
	}
	return text.String()
}
