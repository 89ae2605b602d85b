package ui

import (
	"context"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/syntax"
)

// Checked is what a check made from a row has come to.
type Checked struct {
	Report check.Report
	Done   bool // false while it runs
}

// Outcome is what became of a failure, by its key in the words.
type Outcome string

// The outcomes. The zero Outcome is that nobody has asked.
const (
	Asking  Outcome = "asking"
	Failing Outcome = "failing" // a finding of this result is there
	Mended  Outcome = "mended"  // all was looked at, and none is
	Gone    Outcome = "gone"    // the host receives no mail for the domain any more
	Unsure  Outcome = "unsure"  // not all could be looked at
)

// Check begins to check a domain that a report names, nil where that is no name. One
// that still runs is given up.
func (r *Reporter) Check(domain string) *Run {
	name, err := dnsname.Parse(domain)
	if err != nil {
		return nil
	}
	if r.cancel != nil {
		r.cancel()
		delete(r.made, r.asking)
	}
	if r.made == nil {
		r.made = map[string]Checked{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.run, r.cancel, r.asking = r.run+1, cancel, domain
	r.made[domain] = Checked{}
	return &Run{ID: r.run, Context: ctx, Domain: name}
}

// Answered takes what the check has found.
func (r *Reporter) Answered(run int, f check.Facts) {
	if run != r.run {
		return
	}
	r.cancel()
	r.made[r.asking] = Checked{check.Judge(f, f.At), true}
	r.cancel, r.asking = nil, ""
}

// Of gives what became of a failure, and the findings by which it goes on.
func (c *checks) Of(f reports.Failure) (Outcome, []check.Finding) {
	made, asked := c.made[f.Domain]
	switch {
	case !asked:
		return "", nil
	case !made.Done:
		return Asking, nil
	}
	r, host := &made.Report, strings.ToLower(strings.TrimSuffix(f.ReceivingMX, "."))
	codes := causes(f.Result)
	var found []check.Finding
	for _, x := range r.Findings {
		if x.Level > check.OK && slices.Contains(codes, x.Code) && concerns(r, x, host) {
			found = append(found, x)
		}
	}
	switch named := len(r.Hosts) > 0 && host != ""; {
	case named && !slices.ContainsFunc(r.Hosts, func(h check.HostView) bool { return h.Host.String() == host }):
		return Gone, nil
	case len(found) > 0:
		return Failing, found
	case len(codes) == 0 || !r.Progress.Done || r.Blind || !r.Complete():
		return Unsure, nil
	}
	return Mended, nil
}

// causes are the findings that a sender reports as this result (RFC 8460 §4.3).
func causes(result string) (codes []check.Code) {
	for _, e := range check.Catalogue() {
		if e.Result == result && result != "" {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

// concerns tells whether a finding is about the host, or about no host at all.
func concerns(r *check.Report, f check.Finding, host string) bool {
	subject, _, _ := strings.Cut(f.Subject, " ")
	return host == "" || subject == host ||
		!slices.ContainsFunc(r.Hosts, func(h check.HostView) bool { return h.Host.String() == subject })
}

// Line is one of a policy: of both, of the one that was seen, or of today's.
type Line struct {
	Op   lint.Op
	Text string
}

// Compare holds a policy that a sender saw to today's, in which the order of lines
// doesn't matter. Known is false where today's could not be seen.
func (c *checks) Compare(p reports.Policy) (lines []Line, known bool) {
	made := c.made[p.Domain]
	if !made.Done || len(p.Strings) == 0 { // with nothing to compare
		return nil, false
	}
	seen, today := p.Strings, []string(nil)
	several := false // hosts: a record of today may be of another than was seen
	switch p.Type {
	case "sts":
		if today, known = policyToday(&made.Report); known {
			seen = policyLines(strings.Join(seen, "\n") + "\n")
		}
	case "tlsa":
		hosts := hostsOf(&made.Report, append([]string{p.Domain}, p.MXHosts...))
		several = len(hosts) > 1
		today, known = recordsToday(hosts)
		seen = slices.Clone(seen)
		for i := range seen {
			seen[i] = association(seen[i])
		}
	}
	for _, line := range seen {
		op := lint.Delete
		if slices.Contains(today, line) {
			op = lint.Keep
		}
		lines = append(lines, Line{op, line})
	}
	for _, line := range today {
		if !slices.Contains(seen, line) && !several {
			lines = append(lines, Line{lint.Insert, line})
		}
	}
	return lines, known
}

// policyToday gives the lines of the policy of today; none where there surely is none.
func policyToday(r *check.Report) (lines []string, known bool) {
	absent := func(s check.LookupState) bool { return s == check.NoData || s == check.NXDomain }
	switch {
	case absent(r.Record.State):
		return nil, true
	case r.Policy.Fetched == nil || r.Policy.Fetched.Policy.Status != 200:
		return nil, false
	}
	return policyLines(string(r.Policy.Fetched.Policy.Body)), true
}

// policyLines gives the lines of a policy as they are meant; as written where that
// can't be made out.
func policyLines(text string) (lines []string) {
	if p, diagnostics := mtasts.ParsePolicy([]byte(text)); syntax.Valid(diagnostics) {
		text = p.String()
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// hostsOf gives the hosts that are named, or all where none of them is.
func hostsOf(r *check.Report, names []string) []check.HostView {
	named := slices.DeleteFunc(slices.Clone(r.Hosts), func(h check.HostView) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSuffix(n, "."), h.Host.String()) })
	})
	if len(named) == 0 {
		return r.Hosts
	}
	return named
}

// recordsToday gives the TLSA records of hosts.
func recordsToday(hosts []check.HostView) (records []string, known bool) {
	known = len(hosts) > 0
	for _, h := range hosts {
		known = known && h.TLSAState >= check.Found && h.TLSAState <= check.NXDomain
		for _, t := range h.TLSA {
			if text := association(t.Record.String()); !slices.Contains(records, text) {
				records = append(records, text)
			}
		}
	}
	return records, known
}

// association writes a TLSA record in one way (RFC 6698 §2.2): its data may be in
// pieces, and in capitals.
func association(text string) string {
	words := strings.Fields(strings.ToLower(text))
	if len(words) < 4 {
		return text
	}
	return strings.Join(words[:3], " ") + " " + strings.Join(words[3:], "")
}
