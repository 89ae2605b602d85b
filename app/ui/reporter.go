package ui

import (
	"bytes"
	"context"
	"io"
	"sync"
	"time"

	"github.com/sealane/sealane/app/reports"
)

// File is one that the visitor has dropped or chosen. Its Read waits for what has not
// come yet.
type File struct {
	Name string
	io.ReadCloser
}

// Files are what the visitor has dropped or chosen at once.
type Files struct {
	Len int
	// Read begins to read so many of them, from one on; come waits until their beginnings
	// are there. When ctx ends, come gives none, and the reading of each file an error.
	Read func(ctx context.Context, from, n int) (come func() []File)

	next int // of those that are read already
}

// Reporter is the state behind the page that reads TLS reports (RFC 8460), without
// any of go-app. Its methods are called on the UI goroutine only, but for Read.
type Reporter struct {
	Door Door
	// View is what is shown, by its key in the words, and Filter narrows it.
	View   string
	Filter reports.Filter
	// Sums is what was there to see when Look looked last.
	Sums Sums
	checks
	pages map[string]int // of lists, by their names: which is shown, from 0

	mu       sync.Mutex // of all below: held while a file is worked on, not while it is waited for
	set      *reports.Set
	queue    []Files
	coming   func() []File   // the next ones
	come     []File          // of the queue
	ctx      context.Context // of what is read; halt ends it
	halt     context.CancelFunc
	progress Progress
	reading  bool          // a file
	halts    int           // how often reading was stopped: what was begun before is given up
	watch    func()        // is told when there is something new to look at
	rest     time.Duration // between two looks; the first waits until the browser has compiled what reads
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
	Hints                       []reports.Hint
	Policies                    []reports.Policy
	Failures                    []reports.Failure // up to the end of the page
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

// hints is the list of what stands out.
const hints = "hints"

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

// perPage is how many lines of a list are shown at once: the engine needs up to three
// milliseconds for each line of a view, and for those of the log twice as much.
func perPage(list string) int {
	switch list {
	case hints:
		return 4
	case viewLog:
		return 8
	case viewFailures, viewPolicies:
		return 10
	}
	return 15
}

// NewReporter gives the state of a page that has read nothing.
func NewReporter(door Door) *Reporter {
	return &Reporter{Door: door, View: views[0], set: &reports.Set{}, rest: time.Second}
}

// Add puts files at the end of those to be read, and tells whether Read must be
// called.
func (r *Reporter) Add(files Files) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &r.progress
	if p.Stopped { // what was given up no longer counts
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
	if r.halt != nil {
		r.halt()
	}
	for _, file := range r.come {
		file.Close()
	}
	r.progress.Stopped = r.progress.Stopped || r.reading || r.coming != nil || len(r.queue)+len(r.come) > 0
	r.queue, r.coming, r.come, r.halt = nil, nil, nil, nil
	r.halts++
}

// Clear forgets everything.
func (r *Reporter) Clear() {
	r.Stop()
	r.mu.Lock()
	r.set = &reports.Set{}
	r.progress = Progress{Running: r.progress.Running}
	r.mu.Unlock()
	r.Filter, r.pages = reports.Filter{}, nil
	r.forget()
	r.Look()
}

// Show turns to a view.
func (r *Reporter) Show(view string) {
	r.View = view
	r.Look()
}

// Turn goes so many pages on in a list of so many lines.
func (r *Reporter) Turn(list string, all, by int) {
	if r.pages == nil {
		r.pages = map[string]int{}
	}
	first, _ := r.Shown(list, all)
	r.pages[list] = max(0, first/perPage(list)+by)
	r.Look()
}

// Shown is which lines of a list are shown, of so many: from first up to end.
func (r *Reporter) Shown(list string, all int) (first, end int) {
	n := perPage(list)
	first = n * max(0, min(r.pages[list], (all-1)/n))
	return first, min(all, first+n)
}

// Narrow sets one of the filters.
func (r *Reporter) Narrow(filter *string, value string) {
	*filter, r.pages = value, nil
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
		s.whole, s.Total, s.Days, s.Hints = true, was.Total, was.Days, was.Hints
	case s.Running: // what most of the time would go into
		s.Total = r.set.Total(f)
	default:
		s.whole, s.Total, s.Days, s.Hints = true, r.set.Total(f), r.set.Sum(reports.ByDay, f), r.set.Hints(f)
		if s.of.set != was.of.set || s.Reports != was.Reports || !was.whole {
			s.Domains, s.Sources, s.Results = r.set.Choices()
		}
	}
	switch by := reports.By(r.View); r.View {
	case viewPolicies:
		s.Policies = r.set.Policies(f)
	case viewFailures:
		s.Failures, s.All = r.set.Failures(f, perPage(viewFailures)*(r.pages[viewFailures]+1))
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

// Watch sets who is told, while files are read, that there is something new to look at;
// nil for nobody.
func (r *Reporter) Watch(look func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = look
}

// Leave stops all that is under way.
func (r *Reporter) Leave() {
	r.Watch(nil)
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
