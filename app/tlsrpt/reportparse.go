package tlsrpt

import "strings"

// ParseReports reads a report (RFC 8460 §4.4), or several behind each other or in a list,
// and mends what is known to be written otherwise. It calls visit with each, and step, which
// may be nil, after at most 64 KB, so that a page can breathe; an error of either is
// returned. All other errors are a *ReportError: what follows it is not read. The strings of
// a Report share one copy of the text: clone those that are to be kept.
func ParseReports(json []byte, step func() error, visit func(Report) error) error {
	r := reader{text: string(json), breath: stride, step: step}
	r.likely = min(1+len(json)/200, 64) // a detail has seldom less octets
	for n := 0; r.stopped == nil; n++ {
		listed := r.peek() == '[' && strings.HasPrefix(strings.TrimLeft(r.text[r.at+1:], " \t\r\n"), "{")
		if listed {
			r.list('[', ']', func(int) { r.give(visit, true, true) })
		} else {
			r.give(visit, n > 0, false)
		}
		if r.peek() == ',' {
			r.at++
		}
		if c := r.peek(); c != '{' && c != '[' {
			if listed && r.stopped == nil && r.at < len(r.text) {
				r.fail(Syntax) // of a single one this is a repair
			}
			break
		}
	}
	return r.stopped
}

// give reads a report and gives it away, with what is noted of it: that there are several
// in a text, or something else behind it.
func (r *reader) give(visit func(Report) error, several, listed bool) {
	report := r.report()
	c := r.peek()
	more := c == '{' || c == '[' || c == ','
	if r.stopped != nil {
		return
	}
	if several || more {
		r.mend(Several, "")
	}
	if !listed && !more && r.at < len(r.text) {
		r.mend(TextAround, r.text[r.at:])
	}
	report.Repairs = r.mended.all
	r.mended, r.path = repairLog{}, r.path[:0]
	r.stopped = visit(report)
}

// members are the names of an object's members (RFC 8460 §4.4); after required of
// them the others may be missing.
type members struct {
	names    []string
	required int
}

// The members of a report; what reads them tells them apart by their numbers. Those of
// Postfix's datagrams have the same numbers.
var (
	reportMembers  = members{[]string{"organization-name", "report-id", "contact-info", "date-range", "policies"}, 5}
	rangeMembers   = members{[]string{"start-datetime", "end-datetime"}, 2}
	entryMembers   = members{[]string{"policy", "summary", "failure-details", "policy-type", "policy-domain", "policy-string", "mx-host"}, 0}
	policyMembers  = members{[]string{"policy-type", "policy-domain", "policy-string", "mx-host"}, 2}
	summaryMembers = members{[]string{"total-successful-session-count", "total-failure-session-count"}, 0}
	detailMembers  = members{[]string{"result-type", "sending-mta-ip", "receiving-mx-hostname", "receiving-ip", "failed-session-count",
		"receiving-mx-helo", "additional-information", "failure-reason-code"}, 4}
)

// otherNames are names that senders and tools write instead.
var otherNames = map[string]string{
	"mx-host-pattern": "mx-host", "mx-host-patterns": "mx-host", "mx-hosts": "mx-host",
	"receiving-mx-host-name": "receiving-mx-hostname", "organisation-name": "organization-name",
	"additional-info-uri": "additional-information", "additional-information-uri": "additional-information",
	"failure-error-code": "failure-reason-code", "policy-strings": "policy-string", "failure-detail": "failure-details",
	"total-failed-session-count": "total-failure-session-count",
}

// find gives the number of a member, or -1; with a repair when it has another name. Most
// come in one order: likely is looked at first.
func (m members) find(r *reader, name string, likely int) int {
	if likely < len(m.names) && m.names[likely] == name {
		return likely
	}
	for i, known := range m.names {
		if name == known {
			return i
		}
	}
	plain := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if other, ok := otherNames[plain]; ok {
		plain = other
	}
	for i, known := range m.names {
		if plain == known {
			r.mendAt(FieldName, known, name)
			return i
		}
	}
	return -1
}

// object reads an object: each reads the value of a member. It gives which members were
// there, as bits; null counts as missing.
func (r *reader) object(m members, each func(i int)) (there uint) {
	var null uint
	likely := 0
	if r.peek() != '{' {
		r.wrongType()
		return 0
	}
	r.list('{', '}', func(int) {
		i := m.find(r, r.key(), likely)
		likely = i + 1
		switch c := r.peek(); {
		case i < 0:
			r.skip()
			return
		case c == 'n':
			r.literal()
			r.mendAt(NullField, m.names[i], "")
			null |= 1 << i
			return
		case there>>i&1 == 1:
			r.mendAt(FieldRepeated, m.names[i], "")
		}
		there |= 1 << i
		r.path = append(r.path, place{name: m.names[i]})
		each(i)
		r.path = r.path[:len(r.path)-1]
	})
	for i, name := range m.names[:m.required] {
		if (there|null)>>i&1 == 0 {
			r.mendAt(MissingField, name, "")
		}
	}
	return there
}
