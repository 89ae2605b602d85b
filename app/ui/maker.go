package ui

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
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
	// Want, Faults and Made follow the Draft. Made is of the last draft without a
	// fault.
	Want   compose.Want
	Faults []compose.Fault
	Made   compose.Made
	// Form is the ID of the form in which records are shown, "" for a table; Web
	// that of the web server.
	Form, Web string
	// Plan is the ID of the plan that is shown, "" for none; Report that of the last
	// check, which says how far its steps are. Verifying tells that one runs.
	Plan      string
	Report    check.Report
	Verifying bool
	// Filling tells that a check runs whose report will fill the form; Filled that
	// one has, and of which domain.
	Filling bool
	Filled  dnsname.Name
	// Touched are the fields that the visitor has left or changed: of others no
	// fault is shown.
	Touched [len(compose.Draft{})]bool
	// Refused says why a file gave no TLSA record, "" for none; Cautions what to know
	// of the records that the last one gave.
	Refused  keyfile.Kind
	Cautions []keyfile.Caution
	Rev      int

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
	formParameter = "form"
	webParameter  = "host"
	planParameter = "plan"
)

// Navigate is told the query of the URL. The URL is the state: back and forward
// come here too, and so does what Query gave.
func (m *Maker) Navigate(query url.Values) {
	m.Form, m.Web, m.Plan = query.Get(formParameter), query.Get(webParameter), query.Get(planParameter)
	if !slices.Contains(plan.IDs[:], plan.ID(m.Plan)) {
		m.Plan = ""
	}
	m.Rev++
	draft := compose.DraftFrom(query)
	if draft == m.Draft {
		return
	}
	for f := range draft {
		if draft[f] != m.Draft[f] {
			m.put(compose.Field(f), draft[f])
		}
	}
	m.read()
}

// Query gives the query of the URL that shows this page.
func (m *Maker) Query() url.Values {
	query := m.Draft.Query()
	if m.Form != "" {
		query.Set(formParameter, m.Form)
	}
	if m.Web != "" {
		query.Set(webParameter, m.Web)
	}
	if m.Plan != "" {
		query.Set(planParameter, m.Plan)
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

// Key adds the records that a dropped, chosen or pasted certificate or key is for, of
// the first mail server that has none yet. Nothing else is kept of it. nil content is
// a file too large.
func (m *Maker) Key(content []byte) {
	m.Refused, m.Cautions = "", nil
	file, err := keyfile.Read(content)
	var refusal *keyfile.Refusal
	switch {
	case content == nil:
		m.Refused = keyfile.TooLarge
	case errors.As(err, &refusal):
		m.Refused = refusal.Kind
	default:
		lines := []string{}
		if m.Draft[compose.FieldTLSA] != "" {
			lines = append(lines, strings.TrimRight(m.Draft[compose.FieldTLSA], "\r\n"))
		}
		host := m.bareHost().String()
		for _, choice := range keyfile.Publish(file) {
			lines = append(lines, host+" "+choice.Record.String())
			for _, c := range choice.Cautions {
				if !slices.Contains(m.Cautions, c) {
					m.Cautions = append(m.Cautions, c)
				}
			}
		}
		m.put(compose.FieldTLSA, strings.Join(lines, "\n"))
		m.Touched[compose.FieldTLSA] = true
	}
	m.read()
}

// bareHost is the first mail server without TLSA records, else the first, else the
// domain.
func (m *Maker) bareHost() dnsname.Name {
	first := m.Want.Domain
	for i, p := range m.Want.MX {
		if p.Wildcard {
			continue
		}
		if !slices.ContainsFunc(m.Want.TLSA, func(t compose.HostTLSA) bool { return t.Host == p.Name }) {
			return p.Name
		}
		if i == 0 {
			first = p.Name
		}
	}
	return first
}

// Choose sets the form of records.
func (m *Maker) Choose(id string) { m.Form = id; m.Rev++ }

// ChooseWeb sets the form of policies.
func (m *Maker) ChooseWeb(id string) { m.Web = id; m.Rev++ }

// ChoosePlan sets the plan.
func (m *Maker) ChoosePlan(id string) { m.Plan = id; m.Rev++ }

// plan makes the chosen plan, beginning today.
func (m *Maker) plan() plan.Plan {
	return plan.Make(plan.ID(m.Plan), plan.Input{Want: m.Want, Report: m.Report, Start: m.Door.Now()})
}

// Verify begins a check whose report says how far the steps of the plan are; nil
// where the domain can't be read.
func (m *Maker) Verify() *Run {
	run := m.begin()
	m.Verifying = run != nil
	return run
}

// Verified takes the facts of that check.
func (m *Maker) Verified(run int, f check.Facts) {
	if run == m.run && m.Verifying {
		m.Verifying, m.Report = false, check.Judge(f, f.At)
		m.Rev++
	}
}

// Fault gives what is wrong with a field, if it is to be shown.
func (m *Maker) Fault(f compose.Field) (compose.Fault, bool) {
	at := slices.IndexFunc(m.Faults, func(x compose.Fault) bool { return x.Field == f })
	if at < 0 || !m.Touched[f] {
		return compose.Fault{}, false
	}
	return m.Faults[at], true
}

// Fill begins a check whose report fills the form, and gives it; nil where the
// domain can't be read.
func (m *Maker) Fill() *Run {
	m.Touched[compose.FieldDomain] = true
	run := m.begin()
	m.Filling = run != nil
	return run
}

// begin begins a check of the domain, nil where it can't be read.
func (m *Maker) begin() *Run {
	m.Rev++
	if m.Want.Domain.IsZero() {
		return nil
	}
	m.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel = cancel
	return &Run{ID: m.run, Context: ctx, Domain: m.Want.Domain}
}

// Learned takes the facts of the run that was begun last. Fields that the visitor
// has written in stay as they are.
func (m *Maker) Learned(run int, f check.Facts) {
	if run != m.run || !m.Filling {
		return
	}
	m.Filling, m.Filled = false, f.Domain
	m.Report = check.Judge(f, f.At)
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
	m.Filling, m.Verifying = false, false
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

// read follows the draft.
func (m *Maker) read() {
	m.Rev++
	domain := m.Want.Domain
	m.Want, m.Faults = m.Draft.Read(m.Door.ToASCII)
	if m.Want.Domain != domain && m.Filled != m.Want.Domain {
		m.Filled = dnsname.Name{}
	}
	if m.Want.Domain != domain && m.Report.Domain != m.Want.Domain {
		m.Report = check.Report{}
	}
	if len(m.Faults) == 0 {
		m.Made = compose.Make(m.Want)
	}
}

// webForm gives the chosen form of policies, false for the file alone.
func (m *Maker) webForm() (publish.Web, bool) { return publish.WebForm(m.Web) }

// dnsForm gives the chosen form of records, false for the table.
func (m *Maker) dnsForm() (publish.DNS, bool) { return publish.DNSForm(m.Form) }
