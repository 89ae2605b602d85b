package ui

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
)

// Maker is the state behind the page that makes records, without any of go-app.
// Its methods are called on the UI goroutine only.
type Maker struct {
	Door Door
	// Draft is what stands in the fields; Written counts, for each, how often the
	// page itself has put something there.
	Draft   compose.Draft
	Written [len(compose.Draft{})]int
	// Want, Faults and Made follow the Draft. Made is of the last draft that could be
	// made, and Behind tells that it is not of this one.
	Want   compose.Want
	Faults []compose.Fault
	Made   compose.Made
	Behind bool
	// Form is the ID of the form in which records are shown, "" for a table; Web
	// that of the web server.
	Form, Web string
	// Outbound is the ID of the form of what a mail server does as a sender, "" for none.
	Outbound string
	// Turned counts how often the page itself has chosen in a list.
	Turned int
	// Filling tells that a check runs whose report will fill the form; Filled that
	// one has, and of which domain.
	Filling bool
	Filled  dnsname.Name
	// Touched are the fields that the visitor has left or changed: of others no
	// fault is shown.
	Touched [len(compose.Draft{})]bool
	keyring
	planner
	Rev int

	run    int
	cancel context.CancelFunc
}

// NewMaker gives the state of an empty form.
func NewMaker(door Door) *Maker {
	m := &Maker{Door: door}
	m.read()
	return m
}

// Parameters of the URL beside those of a Draft.
const (
	formParameter     = "form"
	webParameter      = "host"
	planParameter     = "plan"
	kindParameter     = "as"
	outboundParameter = "sender"
)

// choices are what is chosen in lists, by the parameters that carry it.
func (m *Maker) choices() [5]struct {
	name string
	to   *string
} {
	return [5]struct {
		name string
		to   *string
	}{{formParameter, &m.Form}, {webParameter, &m.Web}, {planParameter, &m.Plan}, {kindParameter, &m.Kind}, {outboundParameter, &m.Outbound}}
}

// Navigate is told the query of the URL. The URL is the state: back and forward
// come here too, and so does what Query gave.
func (m *Maker) Navigate(query url.Values) {
	m.Rev++
	for _, c := range m.choices() {
		if value := query.Get(c.name); value != *c.to {
			*c.to = value
			m.Turned++
		}
	}
	if !slices.Contains(plan.IDs[:], plan.ID(m.Plan)) {
		m.Plan = ""
	}
	if draft := compose.DraftFrom(query); draft != m.Draft {
		m.leave()
		for f, text := range draft {
			if text != m.Draft[f] {
				m.put(compose.Field(f), text)
			}
		}
	}
	m.read()
	m.recall()
}

// leave forgets what was made of another form, and where the visitor was in it.
func (m *Maker) leave() {
	m.Made, m.Touched = compose.Made{}, [len(compose.Draft{})]bool{}
	m.forget()
}

// Query gives the query of the URL that shows this page.
func (m *Maker) Query() url.Values {
	query := m.Draft.Query()
	for _, c := range m.choices() {
		if *c.to != "" {
			query.Set(c.name, *c.to)
		}
	}
	return query
}

// Type is told what stands in a field now.
func (m *Maker) Type(f compose.Field, text string) {
	if m.Draft[f] == text {
		return
	}
	m.Draft[f], m.Touched[f] = text, true
	if f == compose.FieldTLSA && strings.Contains(text, "-----END") {
		before, _, _ := strings.Cut(text, "-----BEGIN")
		m.put(f, strings.TrimRight(before, " \t\r\n"))
		m.read()
		m.Key([]byte(text))
		return
	}
	m.read()
}

// Choose sets what is chosen in a list.
func (m *Maker) Choose(parameter, id string) {
	for _, c := range m.choices() {
		if c.name == parameter {
			*c.to = id
		}
	}
	if parameter == planParameter && id != "" && m.Draft[compose.FieldStart] == "" {
		m.put(compose.FieldStart, m.Door.Now().Format(time.DateOnly))
	}
	m.read()
	m.recall()
}

// Hoster gives the company whose customer's aliases are wanted, "" for none that is
// known.
func (m *Maker) Hoster() string {
	for _, company := range check.PolicyHosts() {
		if record, _, _ := check.HostedAliases(company, m.Want.Domain); record == m.Want.Hosted.Record && !record.IsZero() {
			return company
		}
	}
	return ""
}

// Hire wants the aliases of a company's customer, in the place of a policy of one's
// own; "" gives them up.
func (m *Maker) Hire(company string) {
	record, policy, reports := check.HostedAliases(company, m.Want.Domain)
	m.put(compose.FieldHostedRecord, record.String())
	m.put(compose.FieldHostedPolicy, policy.String())
	if m.Draft[compose.FieldRUA] == "" {
		m.put(compose.FieldHostedReport, reports.String())
	}
	if company != "" {
		m.put(compose.FieldMode, "")
	}
	m.read()
}

// Fault gives what is wrong with a field, if it is to be shown: not while it is
// empty and nobody has been there.
func (m *Maker) Fault(f compose.Field) (compose.Fault, bool) {
	at := slices.IndexFunc(m.Faults, func(x compose.Fault) bool { return x.Field == f })
	if at < 0 || !m.Touched[f] && m.Draft[f] == "" {
		return compose.Fault{}, false
	}
	return m.Faults[at], true
}

// Fill begins a check whose report fills the form, and gives it; nil where the
// domain can't be read.
func (m *Maker) Fill() *Run {
	m.Touched[compose.FieldDomain] = true
	run := m.begin(m.Want.Domain)
	m.Filling = run != nil
	return run
}

// begin begins to ask about a name, nil where there is none.
func (m *Maker) begin(name dnsname.Name) *Run {
	m.Rev++
	if name.IsZero() {
		return nil
	}
	m.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	return &Run{ID: m.run, Context: ctx, Domain: name}
}

// Learned takes the facts of the run that was begun last. Fields that the visitor
// has written in stay as they are.
func (m *Maker) Learned(run int, f check.Facts) {
	if run != m.run || !m.Filling {
		return
	}
	m.Filling, m.Filled = false, f.Domain
	m.look(f)
	found := compose.From(m.Report)
	for i, text := range found {
		if field := compose.Field(i); field != compose.FieldDomain && text != "" && !m.Touched[i] {
			m.put(field, text)
		}
	}
	m.read()
}

// Stop gives up a check that fills the form.
func (m *Maker) Stop() {
	m.run++
	m.Filling, m.Looking, m.Verifying, m.Asking = false, false, false, dnsname.Name{}
	if m.cancel != nil {
		m.cancel()
		m.cancel = nil
	}
}

// put writes into a field.
func (m *Maker) put(f compose.Field, text string) {
	m.Draft[f] = text
	m.Written[f]++
}

// read follows the draft. Made follows what can be made; what else is wrong doesn't
// keep it back.
func (m *Maker) read() {
	m.Rev++
	domain := m.Want.Domain
	m.Want, m.Faults = m.Draft.Read(m.Door.ToASCII)
	if m.Want.Domain != domain && m.Filled != m.Want.Domain {
		m.Filled = dnsname.Name{}
	}
	m.Behind = len(m.Faults) > 0
	if !m.Behind {
		m.Made = compose.Make(m.Want)
	}
	m.readServer()
	m.readPlan()
}

// webForm gives the chosen form of policies, false for the file alone.
func (m *Maker) webForm() (publish.Web, bool) { return publish.WebForm(m.Web) }

// dnsForm gives the chosen form of records, false for the table.
func (m *Maker) dnsForm() (publish.DNS, bool) { return publish.DNSForm(m.Form) }
