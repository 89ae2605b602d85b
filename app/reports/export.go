package reports

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/tlsrpt"
)

// Two more tables that CSV writes.
const (
	ByPolicy  By = "policy"  // Policies
	ByFailure By = "failure" // Failures
)

// CSV writes a table (RFC 4180): the groups of a view, policies or failures. The names of
// columns are those of RFC 8460 where it has one.
func (s *Set) CSV(out io.Writer, by By, f Filter) error {
	w := csv{bufio.NewWriter(out)}
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	switch by {
	case ByPolicy:
		w.line("policy-type", "policy-domain", "policy-string", "mx-host", "organization-name", "first", "last",
			"total-successful-session-count", "total-failure-session-count", "failed-session-count")
		for _, p := range s.Policies(f) {
			w.line(p.Type, p.Domain, strings.Join(p.Strings, "\n"), strings.Join(p.MXHosts, "\n"), strings.Join(p.Sources, "\n"), p.First, p.Last,
				number(p.Successful), number(p.Failed), number(p.Detailed))
		}
	case ByFailure:
		w.line("organization-name", "policy-domain", "policy-type", "first", "last", "result-type", "sending-mta-ip", "receiving-mx-hostname",
			"receiving-mx-helo", "receiving-ip", "failed-session-count", "additional-information", "failure-reason-code")
		failures, _ := s.Failures(f, 0)
		for _, x := range failures {
			w.line(x.Source, x.Domain, x.PolicyType, x.First, x.Last, x.Result, x.SendingIP, x.ReceivingMX,
				x.ReceivingHELO, x.ReceivingIP, number(x.Failed), x.Information, x.Reason)
		}
	default:
		head := []string{string(by), "total-successful-session-count", "total-failure-session-count", "failed-session-count"}
		if by == BySendingIP {
			head = append([]string{"organization-name"}, head...)
		}
		w.line(head...)
		for _, g := range s.Sum(by, f) {
			cells := []string{g.Key, number(g.Successful), number(g.Failed), number(g.Detailed)}
			if by == BySendingIP {
				cells = append([]string{g.Within}, cells...)
			}
			w.line(cells...)
		}
	}
	return w.out.Flush()
}

// csv writes lines of cells.
type csv struct{ out *bufio.Writer }

// line writes one. A spreadsheet would run what begins like a formula: an apostrophe makes it a
// text.
func (w csv) line(cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			w.out.WriteByte(',')
		}
		if cell != "" && strings.IndexByte("'=+-@\t\r\n", cell[0]) >= 0 {
			cell = "'" + cell
		}
		if strings.ContainsAny(cell, ",\"\r\n") {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		w.out.WriteString(cell)
	}
	w.out.WriteString("\r\n")
}

// Document is all that a Set knows under a filter, as it is exported.
type Document struct {
	Total    Counts     `json:"total"`
	Hints    []Hint     `json:"hints"`
	Results  []Group    `json:"results"`
	Sources  []Group    `json:"sources"`
	MXs      []Group    `json:"mxs"`
	Days     []Group    `json:"days"`
	Domains  []Group    `json:"domains"`
	Policies []Policy   `json:"policies"`
	Failures []Failure  `json:"failures"`
	Reports  []EntryOf  `json:"reports"` // whatever the filter
	Unread   []UnreadOf `json:"unread"`
	More     int        `json:"moreUnread,omitempty"`
}

// EntryOf is a report that was read; times are RFC 3339, "" for none.
type EntryOf struct {
	File         string          `json:"file"`
	Organization string          `json:"organization"`
	ID           string          `json:"id"`
	Contact      string          `json:"contact,omitempty"`
	Begin        string          `json:"begin"`
	End          string          `json:"end"`
	Duplicate    bool            `json:"duplicate,omitempty"`
	Repairs      []tlsrpt.Repair `json:"repairs"`
}

// UnreadOf is what could not be read, and where.
type UnreadOf struct {
	File   string           `json:"file"`
	Kind   tlsrpt.ErrorKind `json:"kind"`
	Offset int64            `json:"offset"`
	Line   int              `json:"line,omitempty"`
	Column int              `json:"column,omitempty"`
}

// JSON writes the Document of a filter.
func (s *Set) JSON(out io.Writer, f Filter) error {
	doc := Document{
		Total: s.Total(f), Hints: listed(s.Hints(f)), Results: listed(s.Sum(ByResult, f)), Sources: listed(s.Sum(BySource, f)),
		MXs: listed(s.Sum(ByReceivingMX, f)), Days: listed(s.Sum(ByDay, f)), Domains: listed(s.Sum(ByDomain, f)), Policies: listed(s.Policies(f)), Reports: []EntryOf{}, Unread: []UnreadOf{}, More: s.missed,
	}
	failures, _ := s.Failures(f, 0)
	doc.Failures = listed(failures)
	for _, e := range s.entries {
		doc.Reports = append(doc.Reports, EntryOf{e.File, e.Organization, e.ID, e.Contact, moment(e.Begin), moment(e.End), e.Duplicate, e.Repairs})
	}
	for _, u := range s.unread {
		doc.Unread = append(doc.Unread, UnreadOf{u.File, u.Err.Kind, u.Err.Offset, u.Err.Line, u.Err.Column})
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(doc)
}

// listed is a list that JSON writes as one, though it is empty.
func listed[T any](all []T) []T { return append([]T{}, all...) }

// moment writes a time, "" for none.
func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}
