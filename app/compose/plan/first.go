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
	"github.com/sealane/sealane/app/tlsrpt"
)

// How long senders keep the policies of a first deployment, in seconds: while it
// is tried out a mistake is soon forgotten, and in the end it is to outlast who
// keeps senders from fetching it again (RFC 8461 §3.2, §10.2).
const (
	testingAge = 86400
	enforceAge = 7 * 86400
	finalAge   = 12 * 7 * 86400 // where no longer one than enforceAge is wanted
)

// first goes from nothing to an enforced policy that is kept for long: who would
// report failures is told first where to, and nothing is enforced before the
// reports show none (RFC 8461 §5, §6). TLSA records, which know no testing, come
// in between, when the reports have shown that TLS works at all.
func (b *builder) first() {
	patterns, ok := b.patterns()
	if !ok {
		return
	}
	if b.Report.Domain.IsZero() {
		b.note("note.unchecked")
	}
	b.firstReports()
	// No sender looks for a policy without a record (RFC 8461 §3.1).
	r := &b.Report.Record
	enforced := b.in.Mode == mtasts.ModeEnforce && (r.Valid || unseen(r.State))
	if enforced {
		b.note("note.enforced")
	} else {
		b.firstTesting(patterns)
	}
	var waits []Wait
	if b.firstDANE() {
		waits = reports(settled)
	}
	enforce := mtasts.Policy{Mode: mtasts.ModeEnforce, MaxAge: enforceAge, MX: patterns}
	if enforced {
		enforce.MaxAge = b.in.MaxAge
	}
	b.change("step.first-enforce", waits, b.policy(enforce), []Check{sound(), covers(), trusted(b.hosts()...)},
		check.Citation{RFC: 8461, Section: "5"}, check.Citation{RFC: 8461, Section: "8.1"})
	long := enforce
	if long.MaxAge = b.Want.MaxAge; long.MaxAge <= enforceAge {
		long.MaxAge = finalAge
	}
	if long.MaxAge > enforce.MaxAge {
		b.change("step.first-longer", reports(watched), b.policy(long), []Check{sound(), covers(), trusted(b.hosts()...)},
			check.Citation{RFC: 8461, Section: "3.2"}, check.Citation{RFC: 8461, Section: "10.2"})
	}
}

// patterns are those of the policy that is wanted: without any, those of the mail
// servers. It is false, and noted, where they don't cover every mail server that
// there is.
func (b *builder) patterns() ([]mtasts.Pattern, bool) {
	patterns := slices.Clone(b.Want.MX)
	if len(patterns) == 0 {
		patterns = lines(b.hosts())
	}
	if len(patterns) == 0 {
		b.note("note.no-servers")
		return nil, false
	}
	for _, h := range b.hosts() {
		if !covered(patterns, h) {
			b.note("note.uncovered", "host", h.String())
			return nil, false
		}
	}
	return patterns, true
}

// lines are the patterns for mail servers, as their providers have them.
func lines(hosts []dnsname.Name) []mtasts.Pattern {
	var all []mtasts.Pattern
	for _, h := range hosts {
		all = joined(all, []mtasts.Pattern{check.PolicyLine(h)})
	}
	return all
}

// firstReports asks for reports, for the domain and for the mail servers whose
// DANE is reported under their own names (RFC 8460 §1.1).
func (b *builder) firstReports() {
	own := b.now.of(isReport)
	wanted := slices.DeleteFunc(compose.Make(b.Want).Records, func(r compose.Record) bool {
		return !isReport(r) || r.Name.Parent().Parent() != b.Want.Domain && b.asks(r.Name)
	})
	if len(wanted) == 0 && len(own) == 0 {
		b.note("note.no-reports")
	}
	if t := b.Report.TLSRPT; len(wanted) == 0 || t.Valid && slices.Equal(t.Value.RUA, b.Want.RUA) {
		wanted = append(slices.DeleteFunc(wanted, func(r compose.Record) bool {
			return slices.ContainsFunc(own, func(o compose.Record) bool { return o.Name == r.Name })
		}), own...)
	}
	b.change("step.first-reports", nil, b.now.with(isReport, wanted), []Check{{Phrase: say("ask.reports-sound"), Kind: Silent,
		Codes: []check.Code{"tlsrpt-record", "sts-policy.testing-without-tlsrpt"}, Least: check.Warning}},
		check.Citation{RFC: 8460, Section: "3"}, check.Citation{RFC: 8461, Section: "6"})
}

// asks tells whether a check saw a record there that asks for reports.
func (b *builder) asks(name dnsname.Name) bool {
	return slices.ContainsFunc(found(b.Report, name, doh.TypeTXT), func(r compose.Record) bool {
		return len(tlsrpt.SelectRecord([]string{r.Data})) > 0
	})
}

// firstTesting tries the policy out.
func (b *builder) firstTesting(patterns []mtasts.Pattern) {
	testing := mtasts.Policy{Mode: mtasts.ModeTesting, MaxAge: testingAge, MX: patterns}
	if b.in.Mode == mtasts.ModeTesting && len(missing(b.in.MX, patterns, equal))+len(missing(patterns, b.in.MX, equal)) == 0 {
		testing = b.in
	}
	b.change("step.first-testing", nil, b.policy(testing), []Check{sound(), covers()},
		check.Citation{RFC: 8461, Section: "3"}, check.Citation{RFC: 8461, Section: "5"}, check.Citation{RFC: 8461, Section: "8.1"})
	b.look("step.first-watch", append(b.expiry(b.record(), doh.TypeTXT), reports(watched)...),
		[]Check{{Phrase: say("ask.reports-clean"), Kind: ByHand}, covers(), trusted(b.hosts()...)},
		check.Citation{RFC: 8460, Section: "4.1"}, check.Citation{RFC: 8460, Section: "4.2"}, check.Citation{RFC: 8461, Section: "6"})
}

func equal(a, b mtasts.Pattern) bool { return a == b }

// firstDANE adds the TLSA records of the mail servers that have none, and tells
// whether there are any. A sender that finds records holds back what doesn't match
// them (RFC 7672 §2.2), so that they must be of the keys in use, in every set of
// parameters (RFC 7671 §8), and without DNSSEC they say nothing.
func (b *builder) firstDANE() bool {
	var all []compose.Record
	var hosts []dnsname.Name
	for _, t := range b.Want.TLSA {
		h := b.host(t.Host)
		switch {
		case h == nil || h.TLSAState == check.Found:
		case !b.secure(h.TLSAName, doh.TypeTLSA):
			b.note("note.dane-insecure", "host", t.Host.String())
		case current(h, t.Records) == check.Unknown:
			b.note("note.dane-unseen", "host", t.Host.String())
		case current(h, t.Records) == check.Error:
			b.note("note.dane-mismatch", "host", t.Host.String())
		default:
			hosts = append(hosts, h.Host)
			for _, r := range t.Records {
				all = append(all, compose.Record{Name: h.TLSAName, Type: doh.TypeTLSA, TTL: b.Want.TTL, Data: r.String()})
			}
		}
	}
	if len(all) == 0 {
		return false
	}
	b.change("step.first-dane", nil, b.now.with(isTLSA, append(b.now.of(isTLSA), all...)), []Check{authentic(hosts...), agree()},
		check.Citation{RFC: 7672, Section: "2.2"}, check.Citation{RFC: 7672, Section: "3.1.1"},
		check.Citation{RFC: 7671, Section: "8"}, check.Citation{RFC: 7671, Section: "13"})
	return true
}

// host gives the mail server with a TLSA base domain, nil for none.
func (b *builder) host(base dnsname.Name) *check.HostView {
	for i := range b.Report.Hosts {
		if h := &b.Report.Hosts[i]; h.Host == base || h.TLSAName == base.Child("_25._tcp") {
			return h
		}
	}
	return nil
}

// secure tells whether the lookup of a name and type is.
func (b *builder) secure(name dnsname.Name, typ doh.Type) bool {
	return slices.ContainsFunc(b.Report.DNS, func(l check.LookupView) bool {
		return l.Name == name && l.Type == typ && !l.CD && l.Verdict.Status == dnssec.Secure
	})
}

// current tells whether records match the chain at every address, in each set of
// parameters that they have; Unknown where no address shows one.
func current(h *check.HostView, records []dane.TLSA) check.Level {
	level := check.Unknown
	for _, a := range h.Addresses {
		if a.Probe.TLS == nil || len(a.Probe.TLS.Chain) == 0 {
			continue
		}
		level = max(level, check.OK)
		for _, r := range records {
			if !slices.ContainsFunc(records, func(o dane.TLSA) bool { return parameters(o) == parameters(r) && selects(o, a.Probe.TLS.Chain) }) {
				return check.Error
			}
		}
	}
	return level
}

// selects tells whether a record is of a chain: of the server's own certificate,
// or of one above it for DANE-TA (RFC 7672 §3.1).
func selects(r dane.TLSA, chain [][]byte) bool {
	if r.Usage == dane.DANEEE {
		chain = chain[:min(len(chain), 1)]
	}
	return slices.ContainsFunc(chain, r.Selects)
}

// parameters are the numbers of a record, which tell what clients can use it.
func parameters(r dane.TLSA) [3]uint8 { return [3]uint8{r.Usage, r.Selector, r.Matching} }

// tlsa reads the records of a name that are TLSA.
func tlsa(records []compose.Record) []dane.TLSA {
	var all []dane.TLSA
	for _, r := range records {
		if t, err := dane.ParseText(strings.TrimSpace(r.Data)); err == nil && isTLSA(r) {
			all = append(all, t)
		}
	}
	return all
}
