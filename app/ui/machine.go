package ui

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// State is how far the check on the page is.
type State string

// The states of the page; the report's element carries them as data-state.
const (
	Idle    State = "idle"
	Running State = "running"
	Done    State = "done"
)

// Machine is the state behind the page, without any of go-app. Its methods are
// called on the UI goroutine only.
type Machine struct {
	Door Door
	// Typed is what stands in the field; Field counts how often the page itself
	// has put something there.
	Typed string
	Field int
	// Reading says what was made of the input; nil when nothing needs saying.
	Reading *Reading
	// Wrong is the kind of fault of the input, "" without one; WrongAt is the
	// piece of the input at fault.
	Wrong   string
	WrongAt string
	// Pasted is an error text where a domain should be: the page at ExplainPath
	// takes it.
	Pasted string
	Domain dnsname.Name
	State  State
	Facts  check.Facts
	Report check.Report
	// Earlier is what the last check of the domain came to, nil without one.
	Earlier *Earlier
	// Replay marks a report from saved evidence.
	Replay bool
	// Began and Took time the running check.
	Began time.Time
	Took  time.Duration
	// Fault is why a file could not be loaded: "bad", "too-large" or "".
	Fault string
	// Config is the proxy's, once it has answered.
	Config     probe.Config
	Configured bool
	// Copied is the key of the copy button pressed last; CopyFailed tells that
	// the clipboard was closed to us.
	Copied     string
	CopyFailed bool
	// Rev counts changes, so that views know when to look again.
	Rev int

	open   []string // keys of what the visitor unfolded
	opened *Run     // a check that Open has begun and nobody makes yet
	run    int
	cancel context.CancelFunc
}

// Run is one check to be made: what its goroutine needs to know.
type Run struct {
	ID      int
	Context context.Context
	Domain  dnsname.Name

	feed *feed
}

// Begin makes a check in the background; a second time nothing.
func (m *Machine) Begin(run Run) {
	run.feed.begin.Do(func() {
		go func() {
			defer m.Door.Guard()
			run.feed.end(m.Door.Check(run.Context, run.Domain, run.feed.put))
		}()
	})
}

// NewMachine gives the state of a page on which nothing has been asked.
func NewMachine(door Door) *Machine { return &Machine{Door: door, State: Idle} }

// Open is Navigate before the page is painted for the first time: the check begins,
// and Navigate gives it when it comes. Open tells whether there is one.
func (m *Machine) Open(d string) bool {
	if m.opened = m.Navigate(d); m.opened != nil {
		m.Begin(*m.opened)
	}
	return m.opened != nil
}

// Navigate is told the d of the URL and gives the check to make, nil for none.
// The URL is the state: back and forward come here too.
func (m *Machine) Navigate(d string) *Run {
	if d == "" {
		if m.State != Idle {
			m.stop()
			m.clear()
			m.put("")
		}
		return nil
	}
	reading, wrong, at := m.read(d)
	if wrong != "" {
		m.stop()
		m.clear()
		m.put(d)
		m.Wrong, m.WrongAt = wrong, at
		return nil
	}
	if reading.Name == m.Domain && m.State != Idle && !m.Replay {
		run := m.opened
		m.opened = nil
		return run
	}
	if typed, w, _ := m.read(m.Typed); w != "" || typed.Name != reading.Name {
		m.put(d)
		m.Reading = worthSaying(reading)
	}
	return m.start(reading.Name)
}

// Submit is told that the visitor wants what was typed. It gives the domain to
// go to, or the zero Name when the input is wrong, and then says so in Wrong.
func (m *Machine) Submit() dnsname.Name {
	m.touch()
	reading, wrong, at := m.read(m.Typed)
	m.Wrong, m.WrongAt, m.Reading = wrong, at, nil
	m.Pasted = ""
	if isError(m.Typed, wrong == "") {
		m.Pasted = m.Typed
	}
	if wrong != "" {
		return dnsname.Name{}
	}
	m.Reading = worthSaying(reading)
	return reading.Name
}

// Paste gives the text that was pasted for a domain, and takes it out of the field.
func (m *Machine) Paste() string {
	text := m.Pasted
	if text != "" {
		m.touch()
		m.Pasted, m.Wrong = "", ""
		m.put("")
	}
	return text
}

// Ask begins the check of a domain that was not typed here; nil while it runs.
func (m *Machine) Ask(d dnsname.Name) *Run {
	if m.Domain == d && m.State == Running {
		return nil
	}
	m.put(d.String())
	return m.start(d)
}

// Again starts the check of the domain on the page anew.
func (m *Machine) Again() *Run {
	if m.Domain.IsZero() {
		return nil
	}
	return m.start(m.Domain)
}

// Learned takes what the run has found so far. Facts of a run that was given
// up are dropped.
func (m *Machine) Learned(run int, f check.Facts) {
	if run != m.run || m.State != Running {
		return
	}
	m.touch()
	f.Previous = m.Facts.Previous
	m.Facts = f
	m.Report = m.judge(f)
}

// Finished takes the last facts of the run, remembers them, and tells whether the
// run was still the one that counts.
func (m *Machine) Finished(run int, f check.Facts) bool {
	if run != m.run || m.State != Running {
		return false
	}
	m.Learned(run, f)
	m.Took = m.Door.Now().Sub(m.Began)
	m.State = Done
	kept := m.Facts
	kept.Previous = nil
	m.Door.Remember(kept)
	return true
}

// Load shows the report of saved evidence; nil content is a file too large.
func (m *Machine) Load(content []byte) {
	m.touch()
	m.Fault = ""
	if content == nil {
		m.Fault = "too-large"
		return
	}
	var f check.Facts
	if json.Unmarshal(content, &f) != nil || f.Version != check.FactsVersion || f.Domain.IsZero() {
		m.Fault = "bad"
		return
	}
	m.stop()
	m.clear()
	m.Domain, m.Facts, m.State, m.Replay = f.Domain, f, Done, true
	m.put(f.Domain.String())
	m.Report = m.judge(f)
}

// Evidence gives the facts on the page as a file: name and content.
func (m *Machine) Evidence() (name string, content []byte) {
	content, err := json.MarshalIndent(m.Facts, "", " ")
	if err != nil {
		return "", nil
	}
	name = "sealane-" + m.Domain.String()
	if !m.Facts.At.IsZero() {
		name += "-" + m.Facts.At.UTC().Format("20060102-150405")
	}
	return name + ".json", content
}

// Configure takes the proxy's configuration.
func (m *Machine) Configure(c probe.Config) {
	m.touch()
	m.Config, m.Configured = c, true
}

// Copy puts text on the clipboard for the button of that key.
func (m *Machine) Copy(key, text string) {
	m.touch()
	m.Copied, m.CopyFailed = key, !m.Door.Copy(text)
}

// Toggle unfolds what is folded and the other way round.
func (m *Machine) Toggle(key string) {
	m.touch()
	if i := slices.Index(m.open, key); i >= 0 {
		m.open = slices.Delete(m.open, i, i+1)
		return
	}
	m.open = append(m.open, key)
}

// IsOpen tells whether a part is unfolded.
func (m *Machine) IsOpen(key string) bool { return slices.Contains(m.open, key) }

// Stop gives up the running check and keeps what it has found.
func (m *Machine) Stop() {
	if m.State == Running {
		m.stop()
		m.touch()
		m.State = Done
		m.Took = m.Door.Now().Sub(m.Began)
	}
}

// Leave gives up a running check, so that coming back starts it anew.
func (m *Machine) Leave() {
	if m.State == Running {
		m.stop()
		m.clear()
	}
}

// judge is check.Judge, measured.
func (m *Machine) judge(f check.Facts) check.Report {
	defer m.Door.Measure("judge")()
	return check.Judge(f, m.judgedAt())
}

func (m *Machine) start(d dnsname.Name) *Run {
	m.stop()
	m.clear()
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	m.Domain, m.State, m.Began = d, Running, m.Door.Now()
	m.Facts = check.Facts{Version: check.FactsVersion, Domain: d, Previous: m.Door.Recall(d)}
	m.Report = m.judge(m.Facts)
	m.Earlier = m.retold()
	return &Run{ID: m.run, Context: ctx, Domain: d, feed: &feed{}}
}

// stop makes everything that the running check still says go unheard.
func (m *Machine) stop() {
	m.run++
	m.opened = nil
	if m.cancel != nil {
		m.cancel()
		m.cancel = nil
	}
}

func (m *Machine) clear() {
	m.touch()
	m.Domain, m.State, m.Facts, m.Report = dnsname.Name{}, Idle, check.Facts{}, check.Report{}
	m.Replay, m.Wrong, m.Fault, m.Copied = false, "", "", ""
	m.Took, m.open = 0, nil
}

// put writes into the field.
func (m *Machine) put(text string) {
	m.Typed, m.Reading = text, nil
	m.Field++
}

func (m *Machine) touch() { m.Rev++ }

// judgedAt is the moment of the evidence: a replay must judge as the check did.
func (m *Machine) judgedAt() time.Time {
	if !m.Facts.At.IsZero() {
		return m.Facts.At
	}
	return m.Door.Now()
}
