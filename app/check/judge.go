package check

import (
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// Judge says what the facts amount to at the moment now. It is pure and total:
// no I/O, no clock, no panic, whatever the Facts hold.
func Judge(f Facts, now time.Time) Report {
	j := &judge{evidence: newEvidence(f), now: now, read: reader{},
		work: &dnssec.Budget{Digests: 48}}
	j.report.Domain, j.report.At = f.Domain, now
	j.report.Progress = Progress{f.Asked, f.Answered, f.Done}
	// First what there is, then what to say of it.
	j.readDNS()
	j.readChain()
	j.readRecord()
	j.readReporting()
	j.readPolicy()
	j.readHosts()
	j.judgeDNS()
	j.judgeDNSSEC()
	j.judgeAuthorities()
	j.judgeResolvers()
	j.judgeRecord()
	j.judgeFetch()
	j.judgePolicy()
	j.judgeMatch()
	j.judgeSTARTTLS()
	j.judgeTLS()
	j.judgeCertificates()
	j.judgeTLSA()
	j.judgeDANE()
	j.judgeReporting()
	j.judgeSenders()
	j.suppress()
	j.sum()
	return j.report
}

// judge is one judging: the evidence read so far and the report being made.
type judge struct {
	evidence
	now    time.Time
	report Report
	// held are causes that are likely and not certain yet, because a lookup that
	// may name a deeper one isn't back: they aren't told, nor are their symptoms.
	held []Finding
	read reader
	// before is the earlier check, once past has read it.
	before *judge
	// fetchOpen: what the policy fetch amounts to isn't known yet.
	fetchOpen bool
	// work is what comparing keys with DS records may still take.
	work *dnssec.Budget
}

// add records a finding about the subject, with pairs of argument names and
// values. The level is the catalogue's, in the subject's context.
func (j *judge) add(code Code, subject string, pairs ...string) *Finding {
	entry, _ := code.Lookup()
	level := entry.Level
	if entry.LevelIn != nil {
		level = entry.LevelIn(j.context(subject))
	}
	j.report.Findings = append(j.report.Findings, Finding{Code: code, Level: level, Subject: subject,
		Args: phrase("", pairs...).Args, Provider: j.provided(entry.Who, subject)})
	return &j.report.Findings[len(j.report.Findings)-1]
}

// unknownArg fills a place in a text whose value the evidence doesn't hold.
const unknownArg = "–"

// phrase makes a Phrase of a key and pairs of argument names and values.
func phrase(key string, pairs ...string) Phrase {
	p := Phrase{Key: key}
	for i := 0; i+1 < len(pairs); i += 2 {
		if p.Args == nil {
			p.Args = map[string]string{}
		}
		p.Args[pairs[i]] = pairs[i+1]
	}
	return p
}

// publish adds what to publish and gives the finding, for more.
func (f *Finding) publish(typ, name, value string) *Finding {
	f.Publish = append(f.Publish, Publication{Type: typ, Name: name, Value: value})
	return f
}

// has tells whether a finding of the code was made so far, about any subject.
func (j *judge) has(code Code) bool {
	return slices.ContainsFunc(j.report.Findings, func(f Finding) bool { return f.Code == code })
}

// hold keeps a cause back until the lookups are there that may show a deeper one.
func (j *judge) hold(code Code, subject string) {
	j.held = append(j.held, Finding{Code: code, Subject: subject})
}

// open tells whether one of the lookups of a name may still come.
func (j *judge) open(name dnsname.Name, types ...doh.Type) bool {
	return !j.facts.Done && !name.IsZero() &&
		slices.ContainsFunc(types, func(typ doh.Type) bool { return j.look(name, typ).state == Pending })
}

// withoutProxy says once for all that there is no proxy, where that is why
// something was not looked at.
func (j *judge) withoutProxy(f *probe.Failure) bool {
	if f == nil || f.Class != probe.NoProxy {
		return false
	}
	const key = "not-checked.no-proxy"
	if !slices.ContainsFunc(j.report.NotChecked, func(n NotChecked) bool { return n.Key == key }) {
		d := j.facts.Domain.String()
		j.notChecked(key, d, "domain", d)
	}
	return true
}

// notChecked records that something was not looked at.
func (j *judge) notChecked(key, subject string, pairs ...string) {
	j.report.NotChecked = append(j.report.NotChecked, NotChecked{phrase(key, pairs...), subject})
}

// covers tells whether a cause holds for what a finding is about: the same, or
// the domain for all, or a host for its addresses ("host ip") and for what is
// said of the domain because of this host alone. Of a zone's signatures it holds within the zone.
func (j *judge) covers(cause, f Finding) bool {
	if cause.Subject != j.facts.Domain.String() {
		return cause.Subject == f.Subject || strings.HasPrefix(f.Subject, cause.Subject+" ") ||
			f.Subject == j.facts.Domain.String() && f.Args["host"] == cause.Subject
	}
	zone := cause.Args["name"]
	if zone == "" || f.Subject == cause.Subject || cause.Code.Group() != "dnssec" {
		return true
	}
	about, _, _ := strings.Cut(f.Subject, " ")
	return about == zone || zone == "." || strings.HasSuffix(about, "."+zone)
}

// suppress leaves out the symptoms of causes found, and sorts what remains.
func (j *judge) suppress() {
	all := j.report.Findings
	kept := make([]Finding, 0, len(all))
	causes := append(slices.Clip(all), j.held...)
	if j.mailOpen() {
		// Perhaps there is no mail to speak of.
		causes = append(causes, Finding{Code: "dns.null-mx", Subject: j.facts.Domain.String()})
	}
	for _, f := range all {
		entry, _ := f.Code.Lookup()
		group := entry.groupCauses()
		symptom := slices.ContainsFunc(causes, func(cause Finding) bool {
			return cause.Code != f.Code &&
				(slices.Contains(entry.DependsOn, cause.Code) || slices.Contains(group, cause.Code)) && j.covers(cause, f)
		})
		if !symptom && !j.undecided(f) {
			kept = append(kept, f)
		}
	}
	slices.SortStableFunc(kept, func(a, b Finding) int {
		if a.Level != b.Level {
			return int(b.Level) - int(a.Level)
		}
		if c := strings.Compare(string(a.Code), string(b.Code)); c != 0 {
			return c
		}
		return strings.Compare(a.Subject, b.Subject)
	})
	j.report.Findings = kept
}

// undecided tells whether a finding's level hangs on a lookup that isn't back:
// what is wrong with a certificate matters less where DANE authenticates it. Or
// it may be a symptom of what only the asides tell.
func (j *judge) undecided(f Finding) bool {
	h := j.hostOf(f.Subject)
	if h == nil {
		return false
	}
	entry, _ := f.Code.Lookup()
	if slices.ContainsFunc(entry.DependsOn, func(c Code) bool { return slices.Contains(dropped, c) }) &&
		!j.facts.Done && len(j.facts.Authorities) == 0 {
		return true // one of the zone's servers may be what fails
	}
	return f.Code.Group() == "cert" && j.open(tlsaOwner(h.tlsaBase), doh.TypeTLSA) ||
		j.asidesOpen(h) && slices.ContainsFunc(entry.DependsOn, func(c Code) bool { return slices.Contains(toldByAsides, c) })
}

// mailOpen tells whether it isn't known yet if the domain has mail hosts.
func (j *judge) mailOpen() bool {
	d := j.facts.Domain
	return j.open(d, doh.TypeMX) || j.mx.state == NoData && j.open(d, doh.TypeA, doh.TypeAAAA)
}

// hostOf gives the host of a subject "host" or "host ip".
func (j *judge) hostOf(subject string) *host {
	name, _, _ := strings.Cut(subject, " ")
	for _, h := range j.hosts {
		if h.name.String() == name {
			return h
		}
	}
	return nil
}
