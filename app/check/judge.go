package check

import (
	"slices"
	"strings"
	"time"
)

// Judge says what the facts amount to at the moment now. It is pure and total:
// no I/O, no clock, no panic, whatever the Facts hold.
func Judge(f Facts, now time.Time) Report {
	j := &judge{evidence: newEvidence(f), now: now}
	j.report.Domain, j.report.At = f.Domain, now
	j.report.Progress = Progress{f.Asked, f.Answered, f.Done}
	// First what there is, then what to say of it.
	j.readDNS()
	j.readRecord()
	j.readReporting()
	j.readPolicy()
	j.readHosts()
	j.judgeDNS()
	j.judgeDNSSEC()
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
	j.suppress()
	j.sum()
	return j.report
}

// judge is one judging: the evidence read so far and the report being made.
type judge struct {
	evidence
	now    time.Time
	report Report
}

// add records a finding about the subject, with pairs of argument names and
// values. The level is the catalogue's, in the subject's context.
func (j *judge) add(code Code, subject string, pairs ...string) *Finding {
	entry, _ := code.Lookup()
	level := entry.Level
	if entry.LevelIn != nil {
		level = entry.LevelIn(j.context(subject))
	}
	j.report.Findings = append(j.report.Findings,
		Finding{Code: code, Level: level, Subject: subject, Args: phrase("", pairs...).Args})
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

// notChecked records that something was not looked at.
func (j *judge) notChecked(key, subject string, pairs ...string) {
	j.report.NotChecked = append(j.report.NotChecked, NotChecked{phrase(key, pairs...), subject})
}

// covers tells whether what is said of subject a holds for subject b: the same,
// or the domain for all, or a host for its addresses ("host ip").
func (j *judge) covers(a, b string) bool {
	return a == b || a == j.facts.Domain.String() || strings.HasPrefix(b, a+" ")
}

// suppress leaves out the symptoms of causes found, and sorts what remains.
func (j *judge) suppress() {
	all := j.report.Findings
	kept := make([]Finding, 0, len(all))
	for _, f := range all {
		entry, _ := f.Code.Lookup()
		symptom := slices.ContainsFunc(all, func(cause Finding) bool {
			return cause.Code != f.Code && j.covers(cause.Subject, f.Subject) &&
				(slices.Contains(entry.DependsOn, cause.Code) || dependsByGroup(f.Code, cause.Code))
		})
		if !symptom {
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

// dependsByGroup is the part of the order of causes that holds for whole
// groups: without mail there is nothing to protect.
func dependsByGroup(symptom, cause Code) bool {
	switch cause {
	case "dns.domain-nxdomain", "dns.null-mx", "dns.mx-lookup-failed", "dns.no-mail-host":
	default:
		return false
	}
	switch symptom.Group() {
	case "sts-record", "tlsrpt-record":
		entry, _ := symptom.Lookup()
		return entry.Level <= Notice || strings.HasSuffix(string(symptom), ".absent")
	case "dns", "dnssec":
		return false
	}
	return true
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
