// Package reports sums TLS reports (RFC 8460) of any number: by result, by sending source, by
// receiving MX, by day and by policy. It knows no files and no screen.
package reports

import (
	"io"
	"time"

	"github.com/sealane/sealane/app/tlsrpt"
)

// Set is what was read, summed. Its memory is bounded whatever comes: what finds no more
// place is listed as Full. The zero Set is empty. It is not safe for concurrent use.
type Set struct{}

// Full is the kind of error of what the Set has no more place for.
const Full tlsrpt.ErrorKind = "set-full"

// Read reads a file into the set: each report in it is added, all else is listed. It calls
// step after at most 64 KB of work with how many octets of the file were read. The
// error is that of step, and nothing else.
func (s *Set) Read(name string, in io.Reader, limits tlsrpt.Limits, step func(read int64) error) error {
	panic("being written")
}

// Add adds a report that was read from a file. A second one of the same organisation and
// report-id is listed as a duplicate and not summed (RFC 8460 §5.3); one without a
// report-id is a duplicate when all it says is the same. The set keeps nothing of r.
func (s *Set) Add(file string, r tlsrpt.Report) {}

// Fail lists what could not be read.
func (s *Set) Fail(file string, err *tlsrpt.ReportError) {}

// Entry is a report that was read.
type Entry struct {
	File, Organization, ID, Contact string
	Begin, End                      time.Time
	Duplicate                       bool // of one before: not in the sums
	Repairs                         []tlsrpt.Repair
}

// Unread is what could not be read.
type Unread struct {
	File string
	Err  tlsrpt.ReportError
}

// Entries are the reports in the order in which they came.
func (s *Set) Entries() []Entry { return nil }

// Unreads are what could not be read, in that order.
func (s *Set) Unreads() []Unread { return nil }

// Filter narrows the views; the zero Filter lets all through.
type Filter struct {
	// From and To are days, both included, as "2024-05-23"; "" for no limit. A report
	// belongs to the UTC day in which its range begins.
	From, To string
	Domain   string // policy-domain
	Source   string // an organisation, or a sending-mta-ip
	Result   string // result-type: only details, no summaries
}

// By is what a view sums by; its words are in package locale.
type By string

// What views sum by; a Group's Key is what stands behind it.
const (
	ByResult      By = "result"     // result-type
	BySource      By = "source"     // organization-name
	BySendingIP   By = "sending-ip" // sending-mta-ip; Group.Within is the organisation
	ByReceivingMX By = "mx"         // receiving-mx-hostname; for summaries without details ""
	ByDay         By = "day"        // "2024-05-23", "" when the report tells no time
	ByDomain      By = "domain"     // policy-domain
)

// Counts are sums of sessions.
type Counts struct {
	Successful uint64 `json:"successful"` // total-successful-session-count
	Failed     uint64 `json:"failed"`     // total-failure-session-count
	Detailed   uint64 `json:"detailed"`   // failed-session-count of the details: need not be Failed
}

// Group is a line of a view.
type Group struct {
	Key    string `json:"key"`
	Within string `json:"within,omitempty"`
	Counts
	// Results are the detailed sessions by result-type, the most first: the bars.
	Results []Result `json:"results,omitempty"`
}

// Result is how many sessions failed in which way.
type Result struct {
	Type   string `json:"type"`
	Failed uint64 `json:"failed"`
}

// Total sums all that the filter lets through.
//
// Microsoft reports the same sessions under an sts and under a tlsa policy of one domain.
// Entries of both types for the same policy-domain in one report are therefore taken as two views of
// the same sessions (a DANE policy of other sessions has the MX's name for its domain, RFC 8460
// §1.1): of sessions in all, and of failures, and of each kind of detail, the larger figure counts. A
// session that both policies failed counts once, one that either failed counts; were there failures of different
// sessions under each, this is too few. Policies shows both as reported.
//
// A filter for a result or a sending address leaves the summaries out, as these don't tell: Successful
// and Failed are 0 then. So they are in groups by result, sending address and MX.
func (s *Set) Total(f Filter) Counts { return Counts{} }

// Sum gives the groups of a view: days in order, all others by Detailed and Failed, then Successful, then Key.
func (s *Set) Sum(by By, f Filter) []Group { return nil }

// Policy is a policy that senders saw, with the sessions under it as reported.
type Policy struct {
	Type    string   `json:"type"`
	Domain  string   `json:"domain"`
	Strings []string `json:"strings"`
	MXHosts []string `json:"mxHosts,omitempty"`
	// Sources are the organisations that saw it; First and Last the days on which.
	Sources     []string `json:"sources"`
	First, Last string
	Counts
}

// Policies are those seen, the latest first.
func (s *Set) Policies(f Filter) []Policy { return nil }

// Failure is a failure detail, summed over the days.
type Failure struct {
	Source      string `json:"source"` // organisation
	Domain      string `json:"domain"`
	PolicyType  string `json:"policyType"`
	First, Last string // days
	tlsrpt.FailureDetail
}

// Failures are the details, the most sessions first. They are as reported: those of sts and tlsa
// stand beside each other.
func (s *Set) Failures(f Filter) []Failure { return nil }

// Domains, Sources, Results are what filters can choose from, sorted.
func (s *Set) Choices() (domains, sources, results []string) { return nil, nil, nil }

// CSV writes the groups of a view, or the failures for ByFailure: RFC 4180, with no cell that a
// spreadsheet would run.
func (s *Set) CSV(out io.Writer, by By, f Filter) error { return nil }

// JSON writes all views under a filter, the repairs and what could not be read.
func (s *Set) JSON(out io.Writer, f Filter) error { return nil }
