package check

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

var tlsrptRecordEntries = []Entry{
	{Code: "tlsrpt-record.absent", Level: Notice, Who: Owner, RFC: []Citation{{8460, "3"}},
		LevelIn: func(c Context) Level {
			if c.STS || c.TLSA {
				return Warning
			}
			return Notice
		},
		DependsOn: []Code{"sts-policy.testing-without-tlsrpt", "sts-policy.enforce-without-tlsrpt",
			"tlsrpt-record.wrong-name", "tlsrpt-record.cname-dangling"}}, // args: name
	{Code: "tlsrpt-record.lookup-failed", Level: Warning, Who: DNSHost, RFC: []Citation{{8460, "3"}},
		DependsOn: slices.Concat(bogusCodes, noMX)}, // args: name
	{Code: "tlsrpt-record.wrong-name", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                              // args: name, record
	{Code: "tlsrpt-record.multiple", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                                // args: name, count
	{Code: "tlsrpt-record.foreign-txt", Level: Notice, Who: Owner, RFC: []Citation{{8460, "3"}}},                            // args: name, record
	{Code: "tlsrpt-record.version-not-first", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                       // args: record, value
	{Code: "tlsrpt-record.version-case", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                            // args: record, value
	{Code: "tlsrpt-record.version-unknown", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                         // args: record, value
	{Code: "tlsrpt-record.version-leading-junk", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                    // args: record, value
	{Code: "tlsrpt-record.space-before-semicolon", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}}},                // args: record, value
	{Code: "tlsrpt-record.escaped-semicolon", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                       // args: record, value
	{Code: "tlsrpt-record.line-break", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                              // args: record, value
	{Code: "tlsrpt-record.wrong-separator", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                         // args: record, value
	{Code: "tlsrpt-record.rua-missing", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                             // args: record, value
	{Code: "tlsrpt-record.rua-empty", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                               // args: record, value
	{Code: "tlsrpt-record.rua-no-scheme", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                           // args: record, value
	{Code: "tlsrpt-record.rua-scheme-unsupported", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                  // args: record, value
	{Code: "tlsrpt-record.rua-wrong-separator", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                     // args: record, value
	{Code: "tlsrpt-record.rua-space-around-comma", Level: Notice, Who: Nobody, RFC: []Citation{{8460, "3"}}},                // args: record, value
	{Code: "tlsrpt-record.rua-repeated", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}}},                          // args: record, value
	{Code: "tlsrpt-record.rua-unencoded-reserved", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}}},                // args: record, value
	{Code: "tlsrpt-record.rua-invalid-address", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                     // args: record, value
	{Code: "tlsrpt-record.rua-trailing-dot", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}}},                      // args: record, value
	{Code: "tlsrpt-record.rua-domain-no-mail", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}, {5321, "5.1"}}},     // args: value, name
	{Code: "tlsrpt-record.rua-own-broken-domain", Level: Notice, Who: Owner, RFC: []Citation{{8460, "3"}, {8460, "5.3.1"}}}, // args: value
	{Code: "tlsrpt-record.rua-external", Level: Notice, Who: Nobody, RFC: []Citation{{8460, "3"}}},                          // args: value, name
	{Code: "tlsrpt-record.rua-https-unreachable", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}, {8460, "5.4"}}},  // args: value, name
	{Code: "tlsrpt-record.mx-host-missing", Level: Notice, Who: MailProvider, RFC: []Citation{{8460, "1.1"}, {8460, "3"}}},  // args: domain, host
	{Code: "tlsrpt-record.dmarc-tags", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}}},                            // args: record, value
	{Code: "tlsrpt-record.extension-invalid", Level: Warning, Who: Owner, RFC: []Citation{{8460, "3"}}},                     // args: record, value
	{Code: "tlsrpt-record.non-ascii", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                               // args: record, value
	{Code: "tlsrpt-record.split-strings", Level: Notice, Who: Owner, RFC: []Citation{{8460, "3"}}},                          // args: record, count
	{Code: "tlsrpt-record.cname-dangling", Level: Error, Who: Owner, RFC: []Citation{{8460, "3"}}},                          // args: name, host
	{Code: "tlsrpt-record.nothing-to-report", Level: Notice, Who: Owner, RFC: []Citation{{8460, "4.4"}}},                    // args: domain
	{Code: "tlsrpt-record.ok", Level: OK, Who: Nobody, RFC: []Citation{{8460, "3"}}},                                        // args: value
}

// readReporting reads the _smtp._tls lookup (RFC 8460 §3).
func (j *judge) readReporting() {
	v := &j.report.TLSRPT
	v.State, v.TXT, v.Value, v.Valid = textRecord[tlsrpt.Record]{
		prefix: "_smtp._tls", wrong: wrongReportingNames,
		picks: tlsrpt.SelectRecord, parse: tlsrpt.ParseRecord, meant: meantAsReporting,
	}.read(j)
}

// meantAsReporting tells whether a text that senders discard was to be a TLS
// reporting record.
func meantAsReporting(text string) bool {
	lower := strings.ToLower(text[:min(len(text), 200)])
	return strings.Contains(lower, "tlsrpt") || strings.HasPrefix(lower, "rua=") || strings.HasPrefix(lower, "v=sts")
}

// judgeReporting judges what senders find at _smtp._tls. It comes last: some of
// it depends on what else is wrong.
func (j *judge) judgeReporting() {
	owner := j.facts.Domain.Child("_smtp._tls")
	a := j.look(owner, doh.TypeTXT)
	d, name := j.facts.Domain.String(), owner.String()
	switch {
	case a.state == Pending, a.state == Failed && j.undiagnosed():
		return
	case a.state == Blind:
		if !owner.IsZero() {
			j.notChecked("not-checked.dns-unavailable", name, "name", name)
		}
		return
	case a.state == Failed:
		j.add("tlsrpt-record.lookup-failed", d, "name", name)
		return
	case a.hops > 0 && a.state != Found:
		j.add("tlsrpt-record.cname-dangling", d, "name", name, "host", a.end.String())
		return
	}
	found := texts(a)
	chosen := tlsrpt.SelectRecord(found)
	if len(chosen) > 1 {
		j.judgeReportingMultiple(owner, found, chosen)
		return
	}
	meant := false
	for i, text := range found {
		if i >= maxTexts && !slices.Contains(chosen, i) {
			continue
		}
		if len(chosen) > 0 && !slices.Contains(chosen, i) || !meantAsReporting(text) {
			j.add("tlsrpt-record.foreign-txt", d, "name", name, "record", excerpt(text))
			continue
		}
		meant = true
		j.judgeReportingText(owner, a, i, text)
	}
	policyOpen := j.report.Policy.State == Pending && !j.facts.Done
	if !meant && !j.judgeReportingMisplaced(owner) && !policyOpen && !j.reportingOpen() {
		j.add("tlsrpt-record.absent", d, "name", name).publish("TXT", name, "v=TLSRPTv1; rua=mailto:tls-reports@"+d)
	}
	if j.report.TLSRPT.Valid {
		j.judgeReceivers()
	}
}

// judgeReportingMultiple offers all URIs in one record (RFC 8460 §3).
func (j *judge) judgeReportingMultiple(owner dnsname.Name, found []string, chosen []int) {
	f := j.add("tlsrpt-record.multiple", j.facts.Domain.String(), "name", owner.String(), "count", strconv.Itoa(len(chosen)))
	var all tlsrpt.Record
	for _, i := range chosen {
		record, _ := tlsrpt.ParseRecord(found[i])
		for _, uri := range record.RUA {
			if !slices.Contains(all.RUA, uri) {
				all.RUA = append(all.RUA, uri)
			}
		}
		f.Publish = append(f.Publish, Publication{Type: "TXT", Name: owner.String(), Value: found[i], Remove: true})
	}
	f.proposeReporting(owner, all)
}

// proposeReporting adds a record of those URIs that have no fault, if any.
func (f *Finding) proposeReporting(owner dnsname.Name, meant tlsrpt.Record) *Finding {
	var good tlsrpt.Record
	for _, uri := range meant.RUA[:min(len(meant.RUA), 20)] {
		one := tlsrpt.Record{RUA: []string{uri}}
		if _, odd := tlsrpt.ParseRecord(one.String()); len(odd) == 0 && !slices.Contains(good.RUA, uri) {
			good.RUA = append(good.RUA, uri)
		}
	}
	if len(good.RUA) == 0 {
		return f
	}
	return f.publish("TXT", owner.String(), good.String())
}

// judgeReportingText judges one record that was meant as the domain's.
func (j *judge) judgeReportingText(owner dnsname.Name, a answer, i int, text string) {
	d := j.facts.Domain.String()
	_, diagnostics := tlsrpt.ParseRecord(text)
	seen := map[syntax.Kind]bool{}
	for _, one := range diagnostics {
		if seen[one.Kind] {
			continue
		}
		seen[one.Kind] = true
		f := j.add(Code("tlsrpt-record."+one.Kind), d, "record", excerpt(text), "value", one.Value)
		if f.Level >= Warning && one.Mend != "" {
			f.publish("TXT", owner.String(), one.Mend)
		}
	}
	txts := 0
	for _, r := range a.records {
		if _, parts, ok := r.TXT(); ok {
			if txts == i && parts > 1 {
				j.add("tlsrpt-record.split-strings", d, "record", excerpt(text), "count", strconv.Itoa(parts))
			}
			txts++
		}
	}
}

// judgeReportingMisplaced finds the record at another name.
func (j *judge) judgeReportingMisplaced(owner dnsname.Name) bool {
	for _, view := range j.report.TLSRPT.TXT {
		if view.Owner == owner.String() {
			continue
		}
		f := j.add("tlsrpt-record.wrong-name", j.facts.Domain.String(), "name", view.Owner, "record", excerpt(view.Text))
		if mended, ok := tlsrpt.MendRecord(view.Text); ok {
			f.publish("TXT", owner.String(), mended)
		}
		f.Publish = append(f.Publish, Publication{Type: "TXT", Name: view.Owner, Value: view.Text, Remove: true})
		return true
	}
	return false
}

// reportingOpen tells whether the record may still turn up at another name.
func (j *judge) reportingOpen() bool { return j.misplacedOpen("_smtp._tls", wrongReportingNames) }
