package ui

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/sealane/sealane/app/reports"
)

// File is one that the visitor has dropped or chosen.
type File struct {
	Name string
	// Open begins to read it. Read waits for what has not come yet, until Close is called.
	Open func() io.ReadCloser
}

// Files are what the visitor has dropped or chosen at once: thousands are looked at one
// by one.
type Files struct {
	Len int
	At  func(i int) File

	next int // of those that are looked at already
}

// Reporter is the state behind the page that reads TLS reports (RFC 8460), without
// any of go-app. Its methods are called on the UI goroutine only, but for Read.
type Reporter struct {
	Door Door
	// View is what is shown, by its key in the words, and Filter narrows it. Rows is
	// how many lines of a list are shown.
	View   string
	Filter reports.Filter
	Rows   int
	// Sums is what was there to see when Look looked last.
	Sums Sums
	checks

	mu       sync.Mutex // of all below: held while a file is worked on, not while it is waited for
	set      *reports.Set
	queue    []Files
	current  io.Closer // the file that is being read
	ahead    []opened  // of the queue
	progress Progress
	stop     bool          // the file that is being read is given up
	rest     time.Duration // between two looks
}

// opened is a file that is being read, or will be soon.
type opened struct {
	name string
	in   io.ReadCloser
}

// Progress is how far the reading is.
type Progress struct {
	Running, Stopped bool
	Files, OfFiles   int
	Octets           int64

	before int64 // octets of the files that are through
}

// Sums is what the page shows: of the lists only that of the view.
type Sums struct {
	Progress
	Reports, Duplicates, Mended int
	Total                       reports.Counts
	Days, Groups, Addresses     []reports.Group
	Policies                    []reports.Policy
	Failures                    []reports.Failure // Rows of them
	All                         int               // failures
	Entries                     []reports.Entry   // with repairs, or duplicates
	Unreads                     []reports.Unread
	Unread                      int // all, of which Unreads may be some
	// Domains, Sources and Results are what the filters can choose from.
	Domains, Sources, Results []string

	of    looked
	whole bool // the days and the choices are those of it
}

// looked is what Sums are of, but for the view.
type looked struct {
	set     *reports.Set
	reports int
	filter  reports.Filter
}

// Views of the page that are none of reports.By.
const (
	viewPolicies = "policies"
	viewFailures = "failures"
	viewLog      = "log"
)

// views are all of them, in the order of the page.
var views = []string{
	string(reports.ByResult), string(reports.BySource), string(reports.ByReceivingMX), string(reports.ByDay), string(reports.ByDomain),
	viewPolicies, viewFailures, viewLog,
}

// fewRows is how many lines a list has at first, and by how many it grows: the
// engine needs half a millisecond for each.
const fewRows = 25

// NewReporter gives the state of a page that has read nothing.
func NewReporter(door Door) *Reporter {
	return &Reporter{Door: door, View: views[0], Rows: fewRows, set: &reports.Set{}}
}

// Add puts files at the end of those to be read, and tells whether Read must be
// called.
func (r *Reporter) Add(files Files) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &r.progress
	if !p.Running { // what was given up before no longer counts
		p.OfFiles = p.Files
	}
	r.queue = append(r.queue, files)
	p.OfFiles += files.Len
	begin := !p.Running && files.Len > 0
	p.Running, p.Stopped = p.Running || begin, false
	return begin
}

// Stop ends the reading; what was read stays.
func (r *Reporter) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.close()
	for _, file := range r.ahead {
		file.in.Close()
	}
	r.queue, r.ahead, r.stop = nil, nil, r.progress.Running
}

// close closes the file that is being read.
func (r *Reporter) close() {
	if r.current != nil {
		r.current.Close()
	}
	r.current = nil
}

// Clear forgets everything.
func (r *Reporter) Clear() {
	r.Stop()
	r.mu.Lock()
	r.set = &reports.Set{}
	r.progress = Progress{Running: r.progress.Running}
	r.mu.Unlock()
	r.Filter, r.Rows = reports.Filter{}, fewRows
	r.forget()
	r.Look()
}

// Show turns to a view.
func (r *Reporter) Show(view string) {
	r.View, r.Rows = view, fewRows
	r.Look()
}

// Grow shows more of a list.
func (r *Reporter) Grow() {
	r.Rows += 4 * fewRows
	r.Look()
}

// Narrow sets one of the filters.
func (r *Reporter) Narrow(filter *string, value string) {
	*filter, r.Rows = value, fewRows
	r.Look()
}

// Look sums what has been read so far, for what is shown.
func (r *Reporter) Look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pacify()
	s, f := Sums{Progress: r.progress}, r.Filter
	for _, e := range r.set.Entries() {
		s.Reports++
		if e.Duplicate {
			s.Duplicates++
		} else if len(e.Repairs) > 0 {
			s.Mended++
		}
		if r.View == viewLog && (e.Duplicate || len(e.Repairs) > 0) {
			s.Entries = append(s.Entries, e)
		}
	}
	more := 0
	s.Unreads, more = r.set.Unreads()
	s.Unread = len(s.Unreads) + more
	was := &r.Sums
	s.of = looked{r.set, s.Reports, f}
	s.Domains, s.Sources, s.Results = was.Domains, was.Sources, was.Results
	switch {
	case s.of == was.of && was.whole: // another view of the same
		s.whole, s.Total, s.Days = true, was.Total, was.Days
	case s.Running: // what most of the time would go into
		s.Total = r.set.Total(f)
	default:
		s.whole, s.Total, s.Days = true, r.set.Total(f), r.set.Sum(reports.ByDay, f)
		if s.of.set != was.of.set || s.Reports != was.Reports || !was.whole {
			s.Domains, s.Sources, s.Results = r.set.Choices()
		}
	}
	switch by := reports.By(r.View); r.View {
	case viewPolicies:
		s.Policies = r.set.Policies(f)
	case viewFailures:
		s.Failures, s.All = r.set.Failures(f, r.Rows)
	case viewLog:
	case string(reports.BySource):
		s.Addresses = r.set.Sum(reports.BySendingIP, f)
		s.Groups = r.set.Sum(by, f)
	default:
		s.Groups = r.set.Sum(by, f)
	}
	r.Sums = s
}

// pacify lets the browser have its turn while the set is summed.
func (r *Reporter) pacify() {
	began := r.Door.Now()
	r.set.Breathe = func() {
		if r.Door.Now().Sub(began) >= stretch {
			r.Door.Breathe()
			began = r.Door.Now()
		}
	}
}

// CSV gives the view as a file; of the log, the failures.
func (r *Reporter) CSV() (name string, content []byte) {
	by := reports.By(r.View)
	switch r.View {
	case viewPolicies:
		by = reports.ByPolicy
	case viewFailures, viewLog:
		by = reports.ByFailure
	}
	return r.export("-"+string(by)+".csv", func(out io.Writer) error { return r.set.CSV(out, by, r.Filter) })
}

// JSON gives all views as a file.
func (r *Reporter) JSON() (name string, content []byte) {
	return r.export(".json", func(out io.Writer) error { return r.set.JSON(out, r.Filter) })
}

func (r *Reporter) export(kind string, write func(io.Writer) error) (name string, content []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pacify()
	var out bytes.Buffer
	_ = write(&out) // a Buffer takes all
	return "sealane-reports" + kind, out.Bytes()
}

// Took is told how long the last look and its painting took: the next one waits the
// longer, so that most of the time is the reading's.
func (r *Reporter) Took(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rest = max(10*d, 200*time.Millisecond)
}

// forget gives up what was asked about domains.
func (c *checks) forget() {
	if c.cancel != nil {
		c.cancel()
	}
	*c = checks{run: c.run + 1}
}

// Leave stops all that is under way.
func (r *Reporter) Leave() {
	r.Stop()
	r.forget()
}

// checks are the checks made from the rows of the page, by domain.
type checks struct {
	made   map[string]Checked
	asking string
	run    int
	cancel context.CancelFunc
}
