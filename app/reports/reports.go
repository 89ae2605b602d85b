// Package reports sums TLS reports (RFC 8460) of any number: by result, by sending source, by
// receiving MX, by day and by policy. It knows no files and no screen.
package reports

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/sealane/sealane/app/tlsrpt"
)

// Bounds of a Set: what goes beyond is listed as Full, and nothing of it is summed.
const (
	maxReports = 100_000
	maxRows    = 500_000
	maxText    = 64 << 20 // octets of names and texts, each kept once
	maxUnread  = 10_000   // listed; the rest are counted
	maxName    = 300      // octets of a file's name or of a report-id
	maxLines   = 500      // of a policy
	maxLine    = 1000     // octets of any other text
)

// Full is the kind of error of what the Set has no more place for.
const Full tlsrpt.ErrorKind = "set-full"

// Set is what was read, summed. Its memory is bounded whatever comes: what finds no more
// place is listed as Full. The zero Set is empty. It is not safe for concurrent use.
type Set struct {
	// Breathe is called every few thousand rows while a view is made or a large report is
	// added; nil for never. It must not use the Set.
	Breathe func()

	entries []Entry
	unread  []Unread
	missed  int
	known   map[string]bool // organisation and report-id
	texts   texts
	rows    rows
	seen    []seen // policies, by their numbers
	numbers map[string]uint32
}

// Entry is a report that was read.
type Entry struct {
	File, Organization, ID, Contact string
	Begin, End                      time.Time
	// Duplicate tells that it is one before, and not in the sums.
	Duplicate bool
	Repairs   []tlsrpt.Repair
}

// Unread is what could not be read.
type Unread struct {
	File string
	Err  tlsrpt.ReportError
}

// Read reads a file into the set: each report in it is added, all else is listed. It calls
// step after at most 64 KB of work with how many octets of the file were read, and
// ends with an error of it, and with no other.
func (s *Set) Read(name string, in io.Reader, limits tlsrpt.Limits, step func(read int64) error) error {
	read := int64(0)
	return tlsrpt.Peel(name, in, limits, func(n int64) error {
		if read = n; step == nil {
			return nil
		}
		return step(n)
	}, func(f tlsrpt.Found) error {
		if f.Err != nil {
			s.Fail(f.Name, f.Err)
			return nil
		}
		err := tlsrpt.ParseReports(f.JSON, func() error {
			if step == nil {
				return nil
			}
			return step(read)
		}, func(report tlsrpt.Report) error {
			if told := report.Misnamed(f.Name); told != "" {
				report.Repairs = append(report.Repairs, tlsrpt.Repair{Kind: tlsrpt.FilenameDisagrees, Value: told, Count: 1})
			}
			report.Repairs = append(f.Repairs[:len(f.Repairs):len(f.Repairs)], report.Repairs...)
			s.Add(f.Name, report)
			return nil
		})
		var reason *tlsrpt.ReportError
		if errors.As(err, &reason) {
			s.Fail(f.Name, reason)
			return nil
		}
		return err
	})
}

// Add adds a report that was read from a file. A second one of the same organisation and
// report-id is listed as a duplicate and not summed (RFC 8460 §5.3); one without a
// report-id is a duplicate when all it says is the same. The set keeps nothing of r.
func (s *Set) Add(file string, r tlsrpt.Report) {
	size := len(r.Policies)
	for _, p := range r.Policies {
		size += len(p.Details)
	}
	if len(s.entries) >= maxReports || s.rows.count+size > maxRows || s.texts.size > maxText {
		s.Fail(file, &tlsrpt.ReportError{Kind: Full})
		return
	}
	if s.known == nil {
		s.known, s.numbers = map[string]bool{}, map[string]uint32{}
		s.texts.numbers = map[string]uint32{}
	}
	e := Entry{File: tlsrpt.Clip(file, maxName), Organization: s.texts.keep(r.Organization), ID: tlsrpt.Clip(r.ID, maxName),
		Contact: s.texts.keep(r.Contact), Begin: r.Begin, End: r.End}
	for _, mended := range r.Repairs {
		mended.Path, mended.Value = s.texts.keep(mended.Path), s.texts.keep(mended.Value)
		e.Repairs = append(e.Repairs, mended)
	}
	s.texts.size += len(e.File) + len(e.ID)
	// A datagram tells of one session, with nothing that another doesn't tell, too.
	single := slices.ContainsFunc(r.Repairs, func(x tlsrpt.Repair) bool { return x.Kind == tlsrpt.Datagram })
	if key := identity(r); single {
		s.sum(r)
	} else if e.Duplicate = s.known[key]; !e.Duplicate {
		s.known[key] = true
		s.texts.size += len(key) + 32
		s.sum(r)
	}
	s.entries = append(s.entries, e)
}

// Fail lists what could not be read.
func (s *Set) Fail(file string, err *tlsrpt.ReportError) {
	if len(s.unread) >= maxUnread {
		s.missed++
		return
	}
	s.unread = append(s.unread, Unread{tlsrpt.Clip(file, maxName), *err})
}

// Entries are the reports in the order in which they came.
func (s *Set) Entries() []Entry { return s.entries }

// Unreads are what could not be read, in that order, and how many more there are.
func (s *Set) Unreads() (listed []Unread, more int) { return s.unread, s.missed }
