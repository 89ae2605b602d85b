package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

var stsPolicyEntries = []Entry{
	{Code: "sts-policy.bom", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                  // args: value
	{Code: "sts-policy.leading-whitespace", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},   // args: value
	{Code: "sts-policy.blank-line", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},         // args: value
	{Code: "sts-policy.lf-line-endings", Level: Notice, Who: Nobody, RFC: []Citation{{8461, "3.2"}}},                               // args: value
	{Code: "sts-policy.cr-line-endings", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},      // args: value
	{Code: "sts-policy.mixed-line-endings", Level: Notice, Who: Nobody, RFC: []Citation{{8461, "3.2"}}},                            // args: value
	{Code: "sts-policy.missing-final-newline", Level: Notice, Who: Nobody, RFC: []Citation{{8461, "3.2"}}},                         // args: value
	{Code: "sts-policy.single-line", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},               // args: value
	{Code: "sts-policy.trailing-semicolon", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},        // args: value
	{Code: "sts-policy.equals-sign", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},               // args: value
	{Code: "sts-policy.space-before-colon", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},        // args: value
	{Code: "sts-policy.comment-line", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},              // args: value
	{Code: "sts-policy.json-body", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                 // args: value
	{Code: "sts-policy.rtf-body", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                  // args: value
	{Code: "sts-policy.front-matter", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},         // args: value
	{Code: "sts-policy.txt-record", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "3.1"}}, Result: invalidError}, // args: value
	{Code: "sts-policy.translated", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                // args: value
	{Code: "sts-policy.non-ascii", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},               // args: value
	{Code: "sts-policy.unparsable", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                // args: value
	{Code: "sts-policy.version-missing", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},           // args: value
	{Code: "sts-policy.version-wrong", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},             // args: value
	{Code: "sts-policy.version-not-first", Level: Notice, Who: Nobody, RFC: []Citation{{8461, "3.2"}}},                             // args: value
	{Code: "sts-policy.mode-missing", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},              // args: value
	{Code: "sts-policy.mode-invalid", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},              // args: value
	{Code: "sts-policy.mode-case", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                 // args: value
	{Code: "sts-policy.mode-none", Level: Notice, Who: Owner, RFC: []Citation{{8461, "5"}, {8461, "8.3"}}},                         // args: domain
	{Code: "sts-policy.none-without-mx", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.2"}}},                                // args: domain
	{Code: "sts-policy.mode-testing", Level: Notice, Who: Owner, RFC: []Citation{{8461, "5"}}},                                     // args: domain
	{Code: "sts-policy.testing-without-tlsrpt", Level: Warning, Who: Owner, RFC: []Citation{{8461, "5"}, {8460, "3"}},
		DependsOn: []Code{"tlsrpt-record.wrong-name", "tlsrpt-record.cname-dangling"}}, // args: domain
	{Code: "sts-policy.enforce-without-tlsrpt", Level: Warning, Who: Owner, RFC: []Citation{{8461, "6"}, {8460, "3"}},
		DependsOn: []Code{"tlsrpt-record.wrong-name", "tlsrpt-record.cname-dangling"}}, // args: domain
	{Code: "sts-policy.enforce-would-fail", Level: Warning, Who: Owner, RFC: []Citation{{8461, "5"}}},                                         // args: host
	{Code: "sts-policy.max-age-missing", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                      // args: value
	{Code: "sts-policy.max-age-invalid", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                      // args: value
	{Code: "sts-policy.max-age-too-large", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                    // args: value
	{Code: "sts-policy.max-age-zero", Level: Warning, Who: Owner, RFC: []Citation{{8461, "10.2"}, {8461, "3.2"}}},                             // args: value
	{Code: "sts-policy.max-age-below-day", Level: Warning, Who: Owner, RFC: []Citation{{8461, "10.2"}, {8461, "3.2"}}},                        // args: value
	{Code: "sts-policy.max-age-short", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "10.2"}}},                             // args: value
	{Code: "sts-policy.max-age-long-in-rollout", Level: Notice, Who: Owner, RFC: []Citation{{8461, "8.3"}}, History: true},                    // args: seconds, date
	{Code: "sts-policy.mx-missing", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                           // args: value
	{Code: "sts-policy.key-typo", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.2"}}},                                                 // args: value
	{Code: "sts-policy.key-case", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                             // args: value
	{Code: "sts-policy.duplicate-key", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.2"}}},                                            // args: value
	{Code: "sts-policy.unknown-extension-field", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.2"}}},                                   // args: value
	{Code: "sts-policy.mx-empty", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                             // args: value
	{Code: "sts-policy.mx-list-on-one-line", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                  // args: value
	{Code: "sts-policy.mx-yaml-list", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                         // args: value
	{Code: "sts-policy.mx-doubled-zone", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "4.1"}}},                           // args: value
	{Code: "sts-policy.mx-trailing-dot", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {5321, "4.1.2"}}, Result: invalidError},     // args: value
	{Code: "sts-policy.mx-email-address", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                     // args: value
	{Code: "sts-policy.mx-url", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                               // args: value
	{Code: "sts-policy.mx-priority-included", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                 // args: value
	{Code: "sts-policy.mx-port-included", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                     // args: value
	{Code: "sts-policy.mx-ip-address", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "4.1"}}, Result: invalidError},         // args: value
	{Code: "sts-policy.mx-u-label", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                           // args: value
	{Code: "sts-policy.mx-invalid-hostname", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {5321, "4.1.2"}}, Result: invalidError}, // args: value
	{Code: "sts-policy.mx-leading-dot", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                       // args: value
	{Code: "sts-policy.mx-bare-wildcard", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}}, Result: invalidError},                     // args: value
	{Code: "sts-policy.mx-wildcard-inside", Level: Error, Who: Owner, RFC: []Citation{{8461, "4.1"}, {8461, "3.2"}}, Result: invalidError},    // args: value
	{Code: "sts-policy.mx-wildcard-public-suffix", Level: Warning, Who: Owner, RFC: []Citation{{8461, "4.1"}}},                                // args: value
	{Code: "sts-policy.mx-not-exist", Level: Warning, Who: Owner, RFC: []Citation{{8461, "4.1"}, {5321, "5.1"}}},                              // args: pattern
	{Code: "sts-policy.removed-without-none", Level: Warning, Who: Owner, RFC: []Citation{{8461, "8.3"}, {8461, "3.3"}}, History: true},       // args: date, days
	{Code: "sts-policy.valid", Level: OK, Who: Nobody, RFC: []Citation{{8461, "3.2"}}},                                                        // args: value
}

// readPolicy reads the policy fetch (RFC 8461 §3.2 and §3.3).
func (j *judge) readPolicy() {
	v := &j.report.Policy
	v.Fetched = j.facts.Policy
	host := j.facts.Domain.Child("mta-sts")
	if v.Fetched == nil || host.IsZero() {
		return
	}
	seen := &v.Fetched.Policy
	if leaf := j.policyCertificate(seen.TLS); seen.TLS != nil && len(seen.TLS.Chain) > 0 {
		v.Names = certificateView(seen.TLS.Chain[0], leaf, 0)
	}
	switch {
	case v.Fetched.Failure != nil:
		v.State = Blind
		return
	case seen.Failure != nil:
		v.State = j.failedState(host, seen)
		return
	case seen.Status == 404 || seen.Status == 410:
		v.State = NoData
		return
	case seen.Status != 200 || strings.TrimSpace(string(seen.Body)) == "" || html(seen.Body) ||
		seen.ContentEncoding != "" && !strings.EqualFold(seen.ContentEncoding, "identity"):
		v.State = Failed
		if seen.Status == 200 && html(seen.Body) {
			v.Mended, _ = mtasts.MendPolicy(string(seen.Body))
		}
		return
	}
	v.State = Found
	v.Value, v.Diagnostics = mtasts.ParsePolicy(seen.Body)
	if !syntax.Valid(v.Diagnostics) {
		v.Mended, _ = mtasts.MendPolicy(string(seen.Body))
	}
	media, _ := mediaType(seen)
	v.Usable = syntax.Valid(v.Diagnostics) && !seen.Truncated && media != "text/html" && j.policyTrusted(host, seen.TLS) == OK
	j.readMatches()
}

// failedState tells a fault of the policy host from one of our own side. What
// the proxy could not resolve and the page could is the latter, and so is an
// IPv6 address without a route.
func (j *judge) failedState(host dnsname.Name, seen *probe.Policy) LookupState {
	class := seen.Failure.Class
	switch {
	case class.Own(), class == probe.Unreachable && !seen.Address.Unmap().Is4():
		return Blind
	case class != probe.DNSNotFound && class != probe.DNSNoAddress && class != probe.DNSFailed && class != probe.DNSTimeout:
		return Failed
	case j.open(host, doh.TypeA, doh.TypeAAAA):
		return Pending
	}
	page := addressState(j.look(host, doh.TypeA), j.look(host, doh.TypeAAAA))
	denied := class == probe.DNSNotFound || class == probe.DNSNoAddress
	switch {
	case page == Found, page == Blind && !denied:
		return Blind
	case class == probe.DNSNotFound:
		return NXDomain
	}
	return Failed
}

// readMatches holds the patterns against the mail hosts: by name, for a policy may
// have thousands of the one and a domain of the other.
func (j *judge) readMatches() {
	v := &j.report.Policy
	named, below := map[dnsname.Name][]*host{}, map[dnsname.Name][]*host{}
	for _, h := range j.hosts {
		if !h.name.IsZero() {
			named[h.name] = append(named[h.name], h)
			below[h.name.Parent()] = append(below[h.name.Parent()], h)
		}
	}
	v.Matches = make([][]dnsname.Name, len(v.Value.MX))
	covered := map[*host]bool{}
	for i, pattern := range v.Value.MX {
		matching := named[pattern.Name]
		if pattern.Wildcard {
			matching = below[pattern.Name]
		}
		for _, h := range matching {
			if pattern.Matches(h.name) {
				v.Matches[i] = append(v.Matches[i], h.name)
				covered[h] = true
			}
		}
	}
	if v.Value.Mode <= mtasts.ModeNone || len(v.Value.MX) == 0 {
		return
	}
	for _, h := range j.hosts {
		h.view.InPolicy = Error
		if covered[h] {
			h.view.InPolicy = OK
		}
	}
}

// readablePolicy tells whether what was served is the domain's policy, even if
// an invalid one or behind a certificate that no sender takes: then it is
// worth judging. What stands in the place of a policy under another name's
// certificate isn't, nor is any text where nobody meant to have MTA-STS.
func (j *judge) readablePolicy() bool {
	v := &j.report.Policy
	if v.State != Found {
		return false
	}
	if v.Value.Mode != mtasts.ModeUnknown || len(v.Value.MX) > 0 {
		return true
	}
	another := func(f Finding) bool { return slices.Contains(wrongCertificate, f.Code) }
	return j.meant() && !j.fetchOpen && !slices.ContainsFunc(j.report.Findings, another) && !slices.ContainsFunc(j.held, another)
}

// judgePolicy judges the policy's content (RFC 8461 §3.2).
func (j *judge) judgePolicy() {
	j.judgeRemoval()
	if !j.readablePolicy() {
		return
	}
	d, v := j.facts.Domain.String(), &j.report.Policy
	seen := map[syntax.Kind]bool{}
	for _, one := range v.Diagnostics {
		if seen[one.Kind] {
			continue
		}
		seen[one.Kind] = true
		f := j.add(Code("sts-policy."+one.Kind), d, "value", strings.TrimRight(one.Value, "\r\n"))
		if (one.Kind == mtasts.KeyTypo || one.Kind == syntax.NonASCII) && one.Fatal {
			f.Level = Error
		}
		if one.Kind == mtasts.KeyCase && !one.Fatal {
			f.Level = Notice
		}
		if policy, ok := j.mendedPolicy(); ok && f.Level >= Warning {
			f.publish("file", policyURLOf(j.facts.Domain), policy.String())
		}
	}
	if syntax.Valid(v.Diagnostics) {
		j.add("sts-policy.valid", d, "value", v.Value.Mode.String())
	}
	j.judgeMode()
	j.judgeRollout()
}

// policyURLOf is where a domain's policy is (RFC 8461 §3.2).
func policyURLOf(d dnsname.Name) string {
	return "https://mta-sts." + d.String() + "/.well-known/mta-sts.txt"
}

// judgeMode says what the mode means, and whether anybody would notice a
// failure (RFC 8461 §5, §6).
func (j *judge) judgeMode() {
	d := j.facts.Domain.String()
	silent := (j.report.TLSRPT.State == NoData || j.report.TLSRPT.State == NXDomain) && !j.reportingOpen()
	name := "_smtp._tls." + d
	switch j.report.Policy.Value.Mode {
	case mtasts.ModeNone:
		j.add("sts-policy.mode-none", d, "domain", d)
		if v := &j.report.Policy; len(v.Value.MX) == 0 && syntax.Valid(v.Diagnostics) {
			j.add("sts-policy.none-without-mx", d, "domain", d)
		}
	case mtasts.ModeTesting:
		j.add("sts-policy.mode-testing", d, "domain", d)
		if silent {
			j.add("sts-policy.testing-without-tlsrpt", d, "domain", d).publish("TXT", name, "v=TLSRPTv1; rua=mailto:tls-reports@"+d)
		}
		j.judgeRehearsal()
	case mtasts.ModeEnforce:
		if silent {
			j.add("sts-policy.enforce-without-tlsrpt", d, "domain", d).publish("TXT", name, "v=TLSRPTv1; rua=mailto:tls-reports@"+d)
		}
	}
}

// judgeRehearsal plays through what enforce would do to a policy in testing.
func (j *judge) judgeRehearsal() {
	var failing []string
	for _, h := range j.hosts {
		if stsLevel(h) == Error && h.view != nil && !h.name.IsZero() {
			failing = append(failing, h.name.String())
		}
	}
	if len(failing) > 0 {
		j.add("sts-policy.enforce-would-fail", j.facts.Domain.String(), "host", strings.Join(failing, ", "))
	}
}

// longRollout is half a year: a mistake in a policy kept that long is felt as
// long (RFC 8461 §8.3).
const longRollout = 15_552_000 // seconds

func (j *judge) judgeRollout() {
	past, v := j.past(), &j.report.Policy.Value
	if past == nil || v.MaxAge < longRollout || past.report.Policy.State != Found ||
		past.report.Policy.Value.String() == v.String() {
		return
	}
	j.add("sts-policy.max-age-long-in-rollout", j.facts.Domain.String(),
		"seconds", decimal(v.MaxAge), "date", day(past.facts.At))
}

// judgeRemoval finds a policy that was taken away while senders still keep it
// (RFC 8461 §8.3).
func (j *judge) judgeRemoval() {
	past := j.past()
	if past == nil || !past.report.Record.Valid || !past.report.Policy.Usable ||
		past.report.Policy.Value.Mode != mtasts.ModeEnforce {
		return
	}
	s, p := j.report.Record.State, j.report.Policy.State
	recordGone := (s == NoData || s == NXDomain) && len(j.report.Record.TXT) == 0 && !j.recordOpen()
	if !recordGone && p != NoData && p != NXDomain {
		return
	}
	left := past.facts.At.Unix() + int64(past.report.Policy.Value.MaxAge) - j.now.Unix()
	if left > 0 {
		j.add("sts-policy.removed-without-none", j.facts.Domain.String(), "date", day(past.facts.At),
			"days", decimal(uint32(min(left/86400+1, 366))))
	}
}

// rolloutAge is the max_age proposed: that of the example of RFC 8461 §3.2.
const rolloutAge = 604800

// mendedPolicy is the policy to publish: what was meant, with today's mail
// hosts where it lists none of them; false while the hosts aren't known.
func (j *judge) mendedPolicy() (mtasts.Policy, bool) { return j.mended(j.meantPolicy()) }

// mended is mendedPolicy for a policy found elsewhere.
func (j *judge) mended(p mtasts.Policy) (mtasts.Policy, bool) {
	var names []dnsname.Name
	for _, h := range j.hosts {
		if h.name.IsHostname() && !numeric(h.name) {
			names = append(names, h.name)
		}
	}
	if len(names) == 0 && len(p.MX) == 0 {
		return p, false
	}
	p.Extensions = nil
	if p.Mode == mtasts.ModeUnknown {
		p.Mode = mtasts.ModeTesting
	}
	if p.MaxAge < 86400 {
		p.MaxAge = rolloutAge
	}
	switch {
	case p.Mode != mtasts.ModeNone && len(names) > 0:
		p.MX = mendedPatterns(p.MX, names)
	default:
		p.MX = slices.DeleteFunc(slices.Clone(p.MX), func(p mtasts.Pattern) bool { return !plain(p) })
		p.MX = p.MX[:min(len(p.MX), maxMended)]
	}
	if p.Mode != mtasts.ModeNone && len(p.MX) == 0 {
		return p, false
	}
	return p, true
}

// meantPolicy is the policy that the file was to give, however damaged.
func (j *judge) meantPolicy() mtasts.Policy {
	v := &j.report.Policy
	if v.Mended == "" {
		return v.Value
	}
	meant, _ := mtasts.ParsePolicy([]byte(v.Mended))
	return meant
}

// maxMended is how many patterns are kept, and hosts added, in a policy to
// publish.
const maxMended = 50

// plain tells whether a pattern has nothing odd about it.
func plain(p mtasts.Pattern) bool {
	_, kind := mtasts.ParsePattern(p.String())
	return kind == ""
}

// mendedPatterns keeps the patterns that cover a mail host and adds the hosts
// that none covers.
func mendedPatterns(patterns []mtasts.Pattern, names []dnsname.Name) []mtasts.Pattern {
	var kept []mtasts.Pattern
	for _, p := range patterns {
		if len(kept) < maxMended && plain(p) && slices.ContainsFunc(names, p.Matches) && !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	for _, name := range names[:min(len(names), maxMended)] {
		if !slices.ContainsFunc(kept, func(p mtasts.Pattern) bool { return p.Matches(name) }) {
			kept = append(kept, PolicyLine(name))
		}
	}
	return kept
}
