package senders

import (
	"slices"
	"strings"
	"time"
)

// order is how a sender that does both combines DANE with an enforced policy.
type order uint8

const (
	bothMustPass order = iota // a host must pass each that applies
	daneAlone                 // where a host has TLSA records, MTA-STS isn't asked
	daneDomain                // where any host has, it isn't asked for the whole domain
	stsAlone                  // an enforced policy replaces DANE
)

// rules are one way in which a sender may work. A sender of which something
// isn't documented has several, and is known to do only what all of them do.
type rules struct {
	dane       bool
	insecureMX bool // goes by TLSA records behind MX records that aren't signed
	reader     *reader
	order      order
	deep       bool // a wildcard stands for any depth
	// certificates: hosts aren't held against the patterns, only certificates
	// are (Postfix level "secure" with match=).
	certificates bool
	clear        bool // no TLS after a failed handshake
	// dates: whether a certificate out of its dates passes with DANE-EE, as RFC
	// 7672 §3.1.1 has it, isn't documented.
	dates bool
	// verifies: it may be configured to take no bad certificate even if nothing
	// asks for a good one; always: under a policy in testing too.
	verifies, always bool
}

// sender is one column of the matrix.
type sender struct {
	id      ID
	ways    []rules
	sources []string // of DANE and MTA-STS support
	codes   []code
	retry   *schedule
}

// code is what a sender says for a reason, and where that is written. The
// codes are apart by blanks; none when only the source is known.
type code struct{ reason, codes, source string }

// norms are where the RFCs ask for what a reason does.
var norms = []code{
	{reason: "cert-expired", source: "RFC 8461 §4.2"},
	{reason: "cert-name", source: "RFC 8461 §4.2"},
	{reason: "cert-pattern", source: "PMSR"},
	{reason: "cert-untrusted", source: "RFC 8461 §4.2"},
	{reason: "dane", source: "RFC 7672 §2.2"},
	{reason: "dane-chain", source: "RFC 7672 §3.1.2"},
	{reason: "dane-expired", source: "RFC 7672 §3.1.2"},
	{reason: "dane-handshake", source: "RFC 7672 §2.2"},
	{reason: "dane-mismatch", source: "RFC 7672 §2.2"},
	{reason: "dane-name", source: "RFC 7672 §3.2.2"},
	{reason: "dane-no-starttls", source: "RFC 7672 §2.2"},
	{reason: "dnssec-bogus", source: "RFC 7672 §2.1.2"},
	{reason: "handshake", source: "RFC 7435 §3"},
	{reason: "lookup-failed", source: "RFC 5321 §5.1"},
	{reason: "no-address", source: "RFC 5321 §5.1"},
	{reason: "no-answer", source: "RFC 5321 §5.1"},
	{reason: "no-domain", source: "RFC 5321 §5.1"},
	{reason: "no-mail-host", source: "RFC 5321 §5.1"},
	{reason: "no-starttls", source: "RFC 7435 §3"},
	{reason: "null-mx", source: "RFC 7505 §3"},
	{reason: "opportunistic", source: "RFC 7435 §3"},
	{reason: "sts", source: "RFC 8461 §4"},
	{reason: "sts-handshake", source: "RFC 8461 §5"},
	{reason: "sts-mx", source: "RFC 8461 §5.1"},
	{reason: "sts-no-starttls", source: "RFC 8461 §5"},
	{reason: "sts-testing", source: "RFC 8461 §5"},
	{reason: "tlsa-failed", source: "RFC 7672 §2.1.2"},
	{reason: "tlsa-unusable", source: "RFC 7672 §2.2"},
	{reason: "undocumented"},
	{reason: "unknown"},
}

// Reasons lists the keys that a Reason may hold, sorted.
func Reasons() []string {
	var all []string
	for _, n := range norms {
		all = append(all, n.reason)
	}
	return all
}

// All lists the senders in the order of the matrix.
func All() []ID {
	var all []ID
	for _, s := range matrix {
		all = append(all, s.id)
	}
	return all
}

// Sources lists every source that is named, sorted.
func Sources() []string {
	var all []string
	for _, s := range matrix {
		all = append(all, s.sources...)
		for _, c := range append(norms, s.codes...) {
			if c.source != "" {
				all = append(all, c.source)
			}
		}
		if s.retry != nil {
			all = append(all, s.retry.source)
		}
	}
	for _, r := range readers {
		if r.source != "" {
			all = append(all, r.source)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// matrix is the senders in the order of the matrix.
var matrix = []*sender{
	&exchangeOnline, &gmail, &postfixDANE, &postfixMay, &postfixResolver, &postfixTLSPol,
	&postfixPatterns, &exim, &mox, &stalwart, &kumoMTA, &opportunistic,
}

// Judge says what every sender does with mail sent at the moment now.
func Judge(m Mail, now time.Time) []Verdict {
	var all []Verdict
	for _, s := range matrix {
		all = append(all, s.judge(&m, now))
	}
	return all
}

// cited gives the codes and the source of a reason.
func (s *sender) cited(reason string) code {
	for _, table := range [][]code{s.codes, norms} {
		if i := slices.IndexFunc(table, func(c code) bool { return c.reason == reason }); i >= 0 {
			return table[i]
		}
	}
	return code{}
}

// judge merges what the sender does in every way it may work, under every mode
// that it may make of the policy.
func (s *sender) judge(m *Mail, now time.Time) Verdict {
	var v Verdict
	first := true
	for i := range s.ways {
		way := &s.ways[i]
		for _, mode := range way.reader.modes(m) {
			next := s.try(way, m, mode)
			if !first {
				next = merge(v, next)
			}
			v, first = next, false
		}
	}
	v.Sender, v.Sources = s.id, s.sources
	s.finish(&v, now)
	return v
}

// merge joins two ways of which one is the sender's: what both do stands, of
// two ways to deliver the weaker.
func merge(a, b Verdict) Verdict {
	if len(a.Steps) < len(b.Steps) {
		a, b = b, a
	}
	for i := range min(len(a.Steps), len(b.Steps)) {
		a.Steps[i] = mergeStep(a.Steps[i], b.Steps[i])
	}
	switch {
	case a.Outcome == b.Outcome:
	case a.Outcome.delivers() && b.Outcome.delivers():
		a.Outcome = max(a.Outcome, b.Outcome)
	default:
		a.Outcome, a.Reason = Unknown, doubt(a.Outcome, b.Outcome)
	}
	return a
}

func mergeStep(a, b Step) Step {
	switch {
	case a.Outcome == b.Outcome || b.Outcome.delivers() && a.Outcome.delivers() && a.Outcome > b.Outcome:
		return a
	case a.Outcome.delivers() && b.Outcome.delivers():
		return b
	}
	return Step{Host: a.Host, Reason: doubt(a.Outcome, b.Outcome)}
}

// doubt is why nothing can be said: for want of facts, or of documentation.
func doubt(a, b Outcome) string {
	if a == Unknown || b == Unknown {
		return "unknown"
	}
	return "undocumented"
}

// finish adds sources, codes and the schedule.
func (s *sender) finish(v *Verdict, now time.Time) {
	reasons := []string{v.Reason}
	for i := range v.Steps {
		step := &v.Steps[i]
		step.Source = s.cited(step.Reason).source
		reasons = append(reasons, step.Reason)
	}
	v.Source = s.cited(v.Reason).source
	if v.Outcome != Defers && v.Outcome != Returns {
		return
	}
	for _, reason := range reasons {
		for c := range strings.FieldsSeq(s.cited(reason).codes) {
			if !slices.Contains(v.Codes, c) {
				v.Codes = append(v.Codes, c)
			}
		}
	}
	if v.Outcome == Defers {
		v.Retry = s.retry.retry(v.Codes, now)
	}
}
