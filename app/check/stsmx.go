package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

var stsMXEntries = []Entry{
	{Code: "sts-mx.none-match", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}, {8461, "5"}}, Result: "validation-failure", NDR: []string{"4.4.8", "5.4.8"}},    // args: pattern, host
	{Code: "sts-mx.primary-unmatched", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "5.1"}, {8461, "4.1"}}, Result: "validation-failure"},                            // args: host, pattern
	{Code: "sts-mx.some-unmatched", Level: Warning, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure"},                                                      // args: host, pattern
	{Code: "sts-mx.wildcard-too-shallow", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                // args: pattern, host
	{Code: "sts-mx.wildcard-vs-apex", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                    // args: pattern, host
	{Code: "sts-mx.missing-wildcard-prefix", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},             // args: pattern, host
	{Code: "sts-mx.typo", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                                // args: pattern, host
	{Code: "sts-mx.tld-mismatch", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                        // args: pattern, host
	{Code: "sts-mx.label-mismatch", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                      // args: pattern, host
	{Code: "sts-mx.policy-host-listed", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}, {8461, "3.2"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},   // args: pattern, host
	{Code: "sts-mx.domain-listed", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                       // args: pattern, host
	{Code: "sts-mx.stale-provider", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "8.1"}, {8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},       // args: pattern, host
	{Code: "sts-mx.migration-window", Level: Warning, Who: Owner, RFC: []Citation{{8461, "8.1"}, {8461, "4.1"}}, Result: "validation-failure"},                                     // args: pattern, host
	{Code: "sts-mx.cname-target-listed", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}},                 // args: pattern, host
	{Code: "sts-mx.implicit-mx-unlisted", LevelIn: mismatchLevel, Who: Owner, RFC: []Citation{{8461, "4.1"}, {5321, "5.1"}}, Result: "validation-failure", NDR: []string{"5.4.8"}}, // args: pattern, host
	{Code: "sts-mx.extra-pattern", Level: Notice, Who: Owner, RFC: []Citation{{8461, "4.1"}}},                                                                                      // args: pattern
	{Code: "sts-mx.broad-wildcard", Level: Notice, Who: Owner, RFC: []Citation{{8461, "4.1"}}},                                                                                     // args: pattern
	{Code: "sts-mx.split-operators", Level: Notice, Who: Owner, RFC: []Citation{{8461, "8.2"}}},                                                                                    // args: host, name
	{Code: "sts-mx.provider-set-incomplete", Level: Warning, Who: Owner, RFC: []Citation{{8461, "4.1"}}, Result: "validation-failure"},                                             // args: host, pattern
	{Code: "sts-mx.all-matched", Level: OK, Who: Nobody, RFC: []Citation{{8461, "4.1"}}},                                                                                           // args: count
}

// mismatchLevel is the level of what makes senders hold mail back when the
// policy is enforced; a policy that nobody follows yet hurts nobody yet.
func mismatchLevel(c Context) Level {
	if c.Enforce {
		return Error
	}
	return Warning
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// judgeMatch holds the policy's patterns against the MX hosts (RFC 8461 §4.1).
func (j *judge) judgeMatch() {
	p := &j.report.Policy
	if p.Value.Mode <= mtasts.ModeNone || len(p.Value.MX) == 0 || !j.readablePolicy() || len(j.hosts) == 0 {
		return
	}
	var in, out []*host
	for _, h := range j.hosts {
		if h.view.InPolicy == OK {
			in = append(in, h)
		} else {
			out = append(out, h)
		}
	}
	d := j.facts.Domain.String()
	switch {
	case len(out) == 0 && !syntax.Valid(p.Diagnostics):
		// Nothing good is said of a policy that no sender reads.
	case len(out) == 0:
		j.add("sts-mx.all-matched", d, "count", strconv.Itoa(len(in)))
	case len(in) == 0:
		if m := j.explain(out); m.code != "" {
			j.mismatch(m.code, m.pattern, m.host)
		}
	default:
		j.judgePartial(in, out)
	}
	if len(in) > 0 {
		j.judgePatterns()
	}
	j.judgeOperators()
}

// publishPolicy adds a policy that mends the present one, and the record to
// publish after it (RFC 8461 §8.1).
func (j *judge) publishPolicy(f *Finding, policy mtasts.Policy) {
	f.publish("file", policyURLOf(j.facts.Domain), policy.String())
	f.publish("TXT", "_mta-sts."+j.facts.Domain.String(), mtasts.Record{ID: policyID(policy)}.String())
}

// mismatch adds a finding with the policy that mends it.
func (j *judge) mismatch(code Code, pattern, host string) {
	d := j.facts.Domain.String()
	f := j.add(code, d, "pattern", pattern, "host", host)
	policy, ok := j.mendedPolicy()
	if !ok {
		return
	}
	j.publishPolicy(f, policy)
	alias, hosted := j.policyAlias(j.facts.Domain.Child("mta-sts"))
	if code == "sts-mx.stale-provider" && hosted && policyProvider(alias) != nil {
		h := "mta-sts." + d
		j.add("sts-policy-fetch.provider-stale", h, "host", h, "name", alias.String())
	}
}

// judgePartial judges a policy that covers some hosts only: senders in enforce
// skip the others (RFC 8461 §5.1).
func (j *judge) judgePartial(in, out []*host) {
	code := Code("sts-mx.some-unmatched")
	mine, others := providersOf(in), providersOf(out)
	switch {
	case len(mine) == 1 && len(others) == 1 && mine[0] != others[0]:
		code = "sts-mx.migration-window"
	case len(mine) == 1 && len(others) == 1 && mine[0] != "" && len(in)+len(out) > 2:
		code = "sts-mx.provider-set-incomplete"
	case slices.ContainsFunc(out, func(h *host) bool { return h.preference == j.hosts[0].preference }) &&
		!slices.ContainsFunc(in, func(h *host) bool { return h.preference == j.hosts[0].preference }):
		code = "sts-mx.primary-unmatched"
	}
	j.mismatch(code, patternList(j.report.Policy.Value.MX), targetList(out))
}

// judgePatterns finds patterns that no mail host needs, and such that cover
// more than the domain's own hosts.
func (j *judge) judgePatterns() {
	d := j.facts.Domain.String()
	for i, pattern := range j.report.Policy.Value.MX {
		if i >= 20 || slices.Index(j.report.Policy.Value.MX, pattern) < i {
			continue
		}
		if len(j.report.Policy.Matches[i]) == 0 {
			j.judgeUnused(pattern)
		} else if pattern.Wildcard && shared(pattern.Name) {
			j.add("sts-mx.broad-wildcard", d, "pattern", pattern.String())
		}
	}
}

// judgeUnused tells a pattern that no mail host needs today from one for a host
// that there isn't.
func (j *judge) judgeUnused(pattern mtasts.Pattern) {
	d := j.facts.Domain.String()
	if !pattern.Wildcard {
		if j.open(pattern.Name, doh.TypeA, doh.TypeAAAA) {
			return
		}
		a, aaaa := j.look(pattern.Name, doh.TypeA), j.look(pattern.Name, doh.TypeAAAA)
		if s := addressState(a, aaaa); s == NXDomain || s == NoData {
			f := j.add("sts-policy.mx-not-exist", d, "pattern", pattern.String())
			if policy, ok := j.mendedPolicy(); ok {
				j.publishPolicy(f, policy)
			}
			return
		}
	}
	j.add("sts-mx.extra-pattern", d, "pattern", pattern.String())
}

// judgeOperators notes that one company serves the policy and another the
// mail: then a change of one needs word to the other.
func (j *judge) judgeOperators() {
	host := j.facts.Domain.Child("mta-sts")
	alias, ok := j.policyAlias(host)
	if !ok || alias.Within(j.facts.Domain) {
		return
	}
	for _, h := range j.hosts {
		if h.name.IsZero() || h.name.Within(j.facts.Domain) || registrable(h.name) == registrable(alias) {
			return
		}
	}
	j.add("sts-mx.split-operators", j.facts.Domain.String(), "host", targetList(j.hosts), "name", alias.String())
}

// mxCause is why no pattern covers any host.
type mxCause struct {
	code          Code
	pattern, host string
}

// explain gives the one explanation that says most: in the order of how
// certain it is, and how plain the remedy. The zero mxCause: not known yet.
func (j *judge) explain(out []*host) mxCause {
	d := j.facts.Domain
	patterns := j.report.Policy.Value.MX
	for _, p := range patterns {
		if p.String() == d.Child("mta-sts").String() {
			return mxCause{"sts-mx.policy-host-listed", p.String(), targetList(out)}
		}
	}
	if out[0].implicit {
		return mxCause{"sts-mx.implicit-mx-unlisted", patternList(patterns), d.String()}
	}
	past := j.past()
	stale := func(p mtasts.Pattern, _ *host) Code { return j.staleFault(p, past) }
	for i, test := range []func(mtasts.Pattern, *host) Code{
		j.wildcardFault, aliasFault, stale, typoFault, suffixFault, labelFault, j.domainFault,
	} {
		for _, h := range out[:min(len(out), maxHosts)] {
			for _, p := range patterns[:min(len(patterns), 100)] {
				if code := test(p, h); code != "" {
					return mxCause{code, p.String(), h.name.String()}
				}
			}
		}
		aliasOpen := func(h *host) bool { return j.open(h.name, doh.TypeA, doh.TypeAAAA) }
		if i == 1 && slices.ContainsFunc(out, aliasOpen) {
			return mxCause{} // the addresses may show that an alias is the cause
		}
	}
	return mxCause{"sts-mx.none-match", patternList(patterns), targetList(out)}
}

// wildcardFault finds a pattern that misses the host by labels on the left: a
// wildcard stands for exactly one.
func (j *judge) wildcardFault(p mtasts.Pattern, h *host) Code {
	d := j.facts.Domain
	switch {
	case p.Wildcard && h.name == p.Name:
		return "sts-mx.wildcard-vs-apex"
	case p.Wildcard && h.name.Within(p.Name):
		return "sts-mx.wildcard-too-shallow"
	case !p.Wildcard && h.name.Parent() == p.Name && p.Name != d && p.Name != d.Child("mail"):
		return "sts-mx.missing-wildcard-prefix"
	}
	return ""
}

func aliasFault(p mtasts.Pattern, h *host) Code {
	if end, hops := h.expanded(); hops > 0 && p.Matches(end) {
		return "sts-mx.cname-target-listed"
	}
	return ""
}

// staleFault finds a pattern for the mail hosts of before: those of the earlier
// check, or those of a provider where no mail host is any more.
func (j *judge) staleFault(p mtasts.Pattern, past *judge) Code {
	if past != nil && slices.ContainsFunc(past.hosts, func(h *host) bool { return p.Matches(h.name) }) {
		return "sts-mx.stale-provider"
	}
	if provider := ProviderName(p.Name); provider != "" && !slices.Contains(providersOf(j.hosts), provider) {
		return "sts-mx.stale-provider"
	}
	return ""
}

// typoFault finds a slip of the pen: the same number of labels and the same
// last one, and at most three letters of one or two labels changed, in labels
// that stay alike. Other numbers are other hosts.
func typoFault(p mtasts.Pattern, h *host) Code {
	wrong, right := p.Name.Labels(), h.name.Labels()
	if p.Wildcard && len(right) > 0 {
		right = right[1:]
	}
	if len(wrong) != len(right) || len(wrong) < 2 || wrong[len(wrong)-1] != right[len(right)-1] {
		return ""
	}
	total := 0
	for i := range wrong {
		distance := mtasts.Distance(wrong[i], right[i])
		if distance == 0 {
			continue
		}
		if 2*distance >= max(len(wrong[i]), len(right[i])) || lettersOf(wrong[i]) == lettersOf(right[i]) {
			return ""
		}
		total += distance
	}
	if total == 0 || total > 3 {
		return ""
	}
	return "sts-mx.typo"
}

// lettersOf is a label without its digits.
func lettersOf(label string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, label)
}

// suffixFault finds the same name under another top-level domain.
func suffixFault(p mtasts.Pattern, h *host) Code {
	right := h.name
	if p.Wildcard {
		right = right.Parent()
	}
	a, b := withoutSuffix(p.Name), withoutSuffix(right)
	if a != "" && a == b && p.Name != right {
		return "sts-mx.tld-mismatch"
	}
	return ""
}

// labelFault finds another host of the same registrable domain.
func labelFault(p mtasts.Pattern, h *host) Code {
	if r := registrable(p.Name); !r.IsZero() && r == registrable(h.name) {
		return "sts-mx.label-mismatch"
	}
	return ""
}

// domainFault finds the domain's own name listed though the mail goes to hosts
// elsewhere.
func (j *judge) domainFault(p mtasts.Pattern, h *host) Code {
	d := j.facts.Domain
	if !h.name.IsZero() && !h.name.Within(d) && p.Name.Within(d) {
		return "sts-mx.domain-listed"
	}
	return ""
}

func targetList(all []*host) string {
	var names []string
	for _, h := range all[:min(len(all), 10)] {
		if h.name.IsZero() {
			names = append(names, h.raw)
		} else {
			names = append(names, h.name.String())
		}
	}
	return strings.Join(names, ", ")
}

func patternList(all []mtasts.Pattern) string {
	var texts []string
	for _, p := range all[:min(len(all), 10)] {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, ", ")
}

// registrable is the domain that was registered: one label below a public
// suffix. Zero for a public suffix itself.
func registrable(n dnsname.Name) dnsname.Name {
	for n.Parent() != dnsname.Root && !n.Parent().IsZero() {
		if above := n.Parent(); len(above.Labels()) == 1 && !dnsname.IsPublicSuffix(n) || dnsname.IsPublicSuffix(above) {
			return n
		}
		n = n.Parent()
	}
	return dnsname.Name{}
}

// withoutSuffix is a name without its public suffix.
func withoutSuffix(n dnsname.Name) string {
	r := registrable(n)
	if r.IsZero() {
		return ""
	}
	return strings.TrimSuffix(n.String(), "."+r.Parent().String())
}
