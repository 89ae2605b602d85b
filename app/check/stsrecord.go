package check

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// noRecord are the causes for which senders find no record at all, though one
// was meant.
var noRecord = []Code{"sts-record.wrong-name", "sts-record.cname-dangling", "sts-record.cname-proxied"}

var stsRecordEntries = []Entry{
	{Code: "sts-record.absent", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.1"}},
		DependsOn: append(slices.Clip(noRecord), "sts-record.subdomain-uncovered")}, // args: name
	{Code: "sts-record.absent-policy-served", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.1"}}, DependsOn: noRecord}, // args: name
	{Code: "sts-record.lookup-failed", Level: Warning, Who: DNSHost, RFC: []Citation{{8461, "3.3"}}, Result: "sts-policy-fetch-error",
		DependsOn: noMX}, // args: name
	{Code: "sts-record.dnssec-bogus", Level: Error, Who: DNSHost, RFC: []Citation{{8461, "3.3"}, {4035, "4.3"}}, DependsOn: bogusCodes},        // args: name
	{Code: "sts-record.wrong-name", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                  // args: name, record
	{Code: "sts-record.multiple", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                    // args: name, count
	{Code: "sts-record.foreign-txt", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.1"}}, DependsOn: []Code{"sts-record.wildcard-only"}}, // args: name, record
	{Code: "sts-record.wildcard-only", Level: Notice, Who: Nobody, RFC: []Citation{{8461, "3.1"}}},                                             // args: name, record
	{Code: "sts-record.subdomain-uncovered", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.4"}}},                                        // args: domain, name
	{Code: "sts-record.version-not-first", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                           // args: record, value
	{Code: "sts-record.version-case", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                // args: record, value
	{Code: "sts-record.version-unknown", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                             // args: record, value
	{Code: "sts-record.version-leading-junk", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                        // args: record, value
	{Code: "sts-record.literal-quotes", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                              // args: record, value
	{Code: "sts-record.escaped-semicolon", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                           // args: record, value
	{Code: "sts-record.space-before-semicolon", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                    // args: record, value
	{Code: "sts-record.id-missing", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                  // args: record, value
	{Code: "sts-record.id-empty", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                    // args: record, value
	{Code: "sts-record.id-invalid-chars", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                            // args: record, value
	{Code: "sts-record.id-too-long", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                 // args: record, value
	{Code: "sts-record.id-placeholder", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                            // args: record, value
	{Code: "sts-record.id-duplicate", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.2"}}},                                              // args: record, value
	{Code: "sts-record.policy-in-txt", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "3.1"}}},                                // args: record, value
	{Code: "sts-record.wrong-separator", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                             // args: record, value
	{Code: "sts-record.extension-invalid", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                           // args: record, value
	{Code: "sts-record.trailing-garbage", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                            // args: record, value
	{Code: "sts-record.line-break", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                  // args: record, value
	{Code: "sts-record.non-ascii", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                                   // args: record, value
	{Code: "sts-record.split-strings", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.1"}}},                                              // args: record, count
	{Code: "sts-record.cname-delegated", Level: OK, Who: Nobody, RFC: []Citation{{8461, "8.2"}, {8461, "3.1"}}},                                // args: name, host
	{Code: "sts-record.cname-dangling", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}, {8461, "8.2"}}},                               // args: name, host
	{Code: "sts-record.cname-proxied", Level: Error, Who: DNSHost, RFC: []Citation{{8461, "3.1"}, {8461, "8.2"}}},                              // args: name, ip
	{Code: "sts-record.ttl-too-long", Level: Warning, Who: Owner, RFC: []Citation{{8461, "8.1"}}},                                              // args: name, seconds
	{Code: "sts-record.id-unchanged", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.1"}}, History: true},                                 // args: value, date
	{Code: "sts-record.updated-before-policy", Level: Warning, Who: Owner, RFC: []Citation{{8461, "8.1"}}, History: true},                      // args: value, date
	{Code: "sts-record.ok", Level: OK, Who: Nobody, RFC: []Citation{{8461, "3.1"}}},                                                            // args: value
}

// maxTTL is the longest TTL of a record that can still be mended within a day.
const maxTTL = 86400

// maxTexts is how many TXT records at one name are judged one by one.
const maxTexts = 20

// readRecord reads the _mta-sts lookup (RFC 8461 §3.1).
func (j *judge) readRecord() {
	v := &j.report.Record
	v.State, v.TXT, v.Value, v.Valid = textRecord[mtasts.Record]{
		prefix: "_mta-sts", wrong: append([]string{""}, wrongRecordNames...),
		picks: mtasts.SelectRecord, parse: mtasts.ParseRecord, meant: meantAsRecord,
	}.read(j)
}

// meantAsRecord tells whether a text that senders discard was to be an MTA-STS
// record.
func meantAsRecord(text string) bool {
	lower := strings.ToLower(text[:min(len(text), 200)])
	return strings.Contains(lower, "stsv") || strings.Contains(lower, "mtasts") || strings.Contains(lower, "mta-sts") ||
		strings.HasPrefix(lower, "id=") || strings.HasPrefix(lower, "v=tlsrpt")
}

// judgeRecord judges what senders find at _mta-sts.
func (j *judge) judgeRecord() {
	owner := j.facts.Domain.Child("_mta-sts")
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
	case a.state == Failed && a.status == dnssec.Bogus:
		j.add("sts-record.dnssec-bogus", d, "name", name)
		return
	case a.state == Failed:
		j.add("sts-record.lookup-failed", d, "name", name)
		return
	case a.hops > 0 && a.state != Found:
		j.add("sts-record.cname-dangling", d, "name", name, "host", a.end.String())
		return
	}
	j.judgeTexts(owner, a)
	j.judgeHistory()
}

// undiagnosed tells whether lookups are still open that may show what is wrong
// with the DNSSEC of the whole domain.
func (j *judge) undiagnosed() bool {
	return j.open(j.facts.Domain, doh.TypeMX) || slices.ContainsFunc(j.hosts, func(h *host) bool {
		return j.open(h.name, doh.TypeA, doh.TypeAAAA)
	})
}

// judgeTexts judges the TXT records found.
func (j *judge) judgeTexts(owner dnsname.Name, a answer) {
	d, name := j.facts.Domain.String(), owner.String()
	found := texts(a)
	chosen := mtasts.SelectRecord(found)
	if len(chosen) > 1 {
		j.judgeMultiple(owner, found, chosen)
	}
	meant := len(chosen) > 0
	for i, text := range found {
		if i >= maxTexts && !slices.Contains(chosen, i) {
			continue
		}
		if len(chosen) > 0 && !slices.Contains(chosen, i) || !meantAsRecord(text) {
			j.add("sts-record.foreign-txt", d, "name", name, "record", excerpt(text))
			continue
		}
		meant = true
		if len(chosen) <= 1 {
			j.judgeText(owner, a, i, text)
		}
	}
	if len(chosen) == 0 {
		j.judgeMisplaced(owner)
	}
	if !meant {
		j.judgeInstead(owner, a)
		j.judgeAbsent(owner)
	}
	if !j.report.Record.Valid {
		return
	}
	j.add("sts-record.ok", d, "value", j.report.Record.Value.ID)
	if a.hops > 0 {
		j.add("sts-record.cname-delegated", d, "name", name, "host", a.end.String())
	}
}

// excerpt is the beginning of a record, long enough for a sentence.
func excerpt(text string) string {
	if len(text) <= 255 {
		return text
	}
	return strings.ToValidUTF8(text[:255], "") + "…"
}

// judgeMultiple says which of several records to keep: the one that is valid,
// when it is the only such.
func (j *judge) judgeMultiple(owner dnsname.Name, found []string, chosen []int) {
	f := j.add("sts-record.multiple", j.facts.Domain.String(), "name", owner.String(), "count", strconv.Itoa(len(chosen)))
	var valid []int
	for _, i := range chosen {
		if _, diagnostics := mtasts.ParseRecord(found[i]); syntax.Valid(diagnostics) {
			valid = append(valid, i)
		}
	}
	if len(valid) != 1 {
		return
	}
	for _, i := range chosen {
		if i != valid[0] {
			f.Publish = append(f.Publish, Publication{Type: "TXT", Name: owner.String(), Value: found[i], Remove: true})
		}
	}
}

// judgeText judges one record that was meant as the domain's.
func (j *judge) judgeText(owner dnsname.Name, a answer, i int, text string) {
	d := j.facts.Domain.String()
	value, diagnostics := mtasts.ParseRecord(text)
	seen := map[syntax.Kind]bool{}
	for _, one := range diagnostics {
		if seen[one.Kind] {
			continue
		}
		seen[one.Kind] = true
		f := j.add(Code("sts-record."+one.Kind), d, "record", excerpt(text), "value", one.Value)
		if one.Kind == mtasts.IDPlaceholder && one.Fatal {
			// Not only odd: senders discard it.
			f.Level = Error
		}
		if one.Fatal || one.Kind == syntax.SpaceBeforeSemicolon || one.Kind == mtasts.IDPlaceholder {
			f.publish("TXT", owner.String(), j.mendedRecord(value))
		}
	}
	txts := 0
	for _, r := range a.records {
		_, parts, ok := r.TXT()
		if !ok {
			continue
		}
		if txts == i {
			if parts > 1 {
				j.add("sts-record.split-strings", d, "record", excerpt(text), "count", strconv.Itoa(parts))
			}
			if r.TTL > maxTTL {
				j.add("sts-record.ttl-too-long", d, "name", owner.String(), "seconds", strconv.FormatUint(uint64(r.TTL), 10))
			}
		}
		txts++
	}
}

// judgeMisplaced finds the record at another name.
func (j *judge) judgeMisplaced(owner dnsname.Name) {
	for _, view := range j.report.Record.TXT {
		if view.Owner == owner.String() {
			continue
		}
		value, _ := mtasts.ParseRecord(view.Text)
		f := j.add("sts-record.wrong-name", j.facts.Domain.String(), "name", view.Owner, "record", excerpt(view.Text)).
			publish("TXT", owner.String(), j.mendedRecord(value))
		f.Publish = append(f.Publish, Publication{Type: "TXT", Name: view.Owner, Value: view.Text, Remove: true})
		return
	}
}

// recordOpen tells whether the record may still turn up at another name, or what
// stands in its place.
func (j *judge) recordOpen() bool {
	d := j.facts.Domain
	return j.misplacedOpen("_mta-sts", append([]string{""}, wrongRecordNames...)) ||
		j.open(d.Child("_mta-sts"), doh.TypeA, doh.TypeAAAA) || j.open(d.Child(wildcardLabel), doh.TypeA, doh.TypeAAAA) ||
		slices.ContainsFunc(parents(d), func(above dnsname.Name) bool { return j.open(above.Child("_mta-sts"), doh.TypeTXT) })
}

// misplacedOpen tells whether a lookup where a record may be by mistake isn't
// back.
func (j *judge) misplacedOpen(label string, labels []string) bool {
	return slices.ContainsFunc(j.misplaced(j.facts.Domain.Child(label), labels), func(name dnsname.Name) bool {
		return j.open(name, doh.TypeTXT)
	})
}

// judgeAbsent tells a domain without MTA-STS from one whose policy nobody
// finds. It waits for the policy fetch.
func (j *judge) judgeAbsent(owner dnsname.Name) {
	d, name := j.facts.Domain.String(), owner.String()
	p := &j.report.Policy
	switch {
	case j.recordOpen():
	case p.State == Found && p.Value.Mode != mtasts.ModeUnknown:
		j.add("sts-record.absent-policy-served", d, "name", name).publish("TXT", name, j.mendedRecord(mtasts.Record{}))
	case p.State != Pending || j.facts.Done:
		j.add("sts-record.absent", d, "name", name)
	}
}

// mendedRecord is the record to publish: the id follows from the policy, or,
// where there is none to go by, from the id that was meant.
func (j *judge) mendedRecord(was mtasts.Record) string {
	id := ""
	for i := 0; i < len(was.ID) && len(id) < 32; i++ {
		if c := was.ID[i]; '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' {
			id += string(c)
		}
	}
	if p := j.report.Policy.Value; p.Mode != mtasts.ModeUnknown || id == "" {
		id = policyID(p)
	}
	text := mtasts.Record{ID: id}.String()
	if _, odd := mtasts.ParseRecord(text); len(odd) > 0 {
		// Such as the placeholder of a template.
		text = mtasts.Record{ID: policyID(j.report.Policy.Value)}.String()
	}
	return text
}

// policyID makes an id from a policy's content, so that another policy has
// another id (RFC 8461 §3.1): 32 hexadecimal digits.
func policyID(p mtasts.Policy) string {
	sum := sha256.Sum256([]byte(p.String()))
	return hex.EncodeToString(sum[:16])
}

// judgeHistory holds record and policy against the earlier check: both change
// together, or senders miss it (RFC 8461 §3.1, §8.1).
func (j *judge) judgeHistory() {
	past := j.past()
	record, policy := &j.report.Record, &j.report.Policy
	if past == nil || !record.Valid || !past.report.Record.Valid || !policy.Usable || !past.report.Policy.Usable {
		return
	}
	d, date := j.facts.Domain.String(), day(past.facts.At)
	sameID := record.Value.ID == past.report.Record.Value.ID
	samePolicy := policy.Value.String() == past.report.Policy.Value.String()
	switch {
	case sameID && !samePolicy:
		j.add("sts-record.id-unchanged", d, "value", record.Value.ID, "date", date).
			publish("TXT", "_mta-sts."+d, j.mendedRecord(record.Value))
	case !sameID && samePolicy:
		j.add("sts-record.updated-before-policy", d, "value", record.Value.ID, "date", date)
	}
}

// past reads the DNS, record and policy of the earlier check, nil without one.
func (j *judge) past() *judge {
	if j.facts.Previous == nil || j.facts.Previous.Domain != j.facts.Domain {
		return nil
	}
	if j.before == nil {
		j.before = &judge{evidence: newEvidence(*j.facts.Previous), now: j.facts.Previous.At, read: j.read}
		j.before.readDNS()
		j.before.readRecord()
		j.before.readPolicy()
	}
	return j.before
}
