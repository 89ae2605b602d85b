package ui

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/mtasts"
)

// keyring is the part of a Maker that makes TLSA records of keys.
type keyring struct {
	// Kind are the parameters of the records, as keyfile.ParseParameters takes them.
	Kind string
	// Server is the mail server that they are of, zero where none is named; Asking
	// the one that is being asked for its keys.
	Server, Asking dnsname.Name
	// Refused says why there is no record, "" where there is one or nobody has tried.
	// Cautions is what to know of the records that the last keys gave, and Shown of
	// the server that showed them.
	Refused  keyfile.Kind
	Cautions []keyfile.Caution
	Shown    []Shown

	keys check.Keys        // of the server that was asked last
	held []keyfile.Subject // that gave no record
}

// Shown is a thing to know of a mail server, by its key in the words.
type Shown struct{ Key, Name, Value string }

// Kinds of refusals that are no file's.
const (
	noProbe  keyfile.Kind = "no-probe"  // the server could not be asked
	notShown keyfile.Kind = "not-shown" // it has no certificate
)

// Kinds are what records can be made of, by their parameters.
var kinds = []string{"", "2 1 1", "3 0 1"}

// Ask begins to ask the mail server for its keys, nil where none is named well.
func (m *Maker) Ask() *Run {
	m.Touched[compose.FieldServer] = true
	run := m.begin(m.Server)
	if run != nil {
		m.forget()
		m.Asking = m.Server
	}
	return run
}

// Answered takes what the mail server has shown.
func (m *Maker) Answered(run int, k check.Keys, err error) {
	if run != m.run || m.Asking.IsZero() {
		return
	}
	m.Asking, m.keys = dnsname.Name{}, k
	var all []keyfile.Subject
	for _, chain := range k.Chains {
		if s, err := keyfile.Server(chain); err == nil {
			all = append(all, s)
		}
	}
	host := k.Host.String()
	switch {
	case err != nil:
		m.Refused = noProbe
	case len(all) == 0:
		m.Refused = notShown
	default:
		m.add(all, false)
	}
	for _, ip := range k.Mute {
		m.Shown = append(m.Shown, Shown{"mute", host, ip.String()})
	}
	switch {
	case m.Refused != "":
	case k.Base != k.Host:
		m.Shown = append(m.Shown, Shown{"alias", host, k.Base.String()})
	case k.Status != dnssec.Secure:
		m.Shown = append(m.Shown, Shown{"insecure", host, ""})
	}
	m.read()
}

// Key adds the records that a dropped, chosen or pasted certificate or key is for.
// Nothing else is kept of it. nil content is a file too large.
func (m *Maker) Key(content []byte) {
	m.forget()
	file, err := keyfile.Read(content)
	switch {
	case content == nil:
		m.Refused = keyfile.TooLarge
	case err != nil:
		m.Refused = keyfile.KindOf(err)
	default:
		m.add(file.Subjects(), false)
	}
	if m.Refused == "" && m.unnamed() {
		m.Shown = append(m.Shown, Shown{"unnamed", m.Want.Domain.String(), ""})
	}
	m.read()
}

// Insist adds the record that was refused because a renewal breaks it.
func (m *Maker) Insist() {
	held := m.held
	m.forget()
	m.add(held, true)
	m.read()
}

// forget drops what is said of the last keys.
func (m *Maker) forget() { m.Refused, m.Cautions, m.Shown, m.held = "", nil, nil, nil }

// add adds the records of keys, each once.
func (m *Maker) add(all []keyfile.Subject, insist bool) {
	parameters, _ := keyfile.ParseParameters(m.Kind)
	choices, err := keyfile.Publish(parameters, insist, all...)
	if err != nil {
		m.Refused, m.held = keyfile.KindOf(err), all
		return
	}
	lines := strings.FieldsFunc(m.Draft[compose.FieldTLSA], func(r rune) bool { return r == '\n' || r == '\r' })
	base := m.base().String()
	for _, choice := range choices {
		if line := base + " " + choice.Record.String(); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		for _, c := range choice.Cautions {
			if !slices.Contains(m.Cautions, c) {
				m.Cautions = append(m.Cautions, c)
			}
		}
	}
	m.put(compose.FieldTLSA, strings.Join(lines, "\n"))
	m.Touched[compose.FieldTLSA] = true
}

// base is the name that records of keys belong to: that of the mail server that is
// named, as far as it is known; else of the first in the policy that has no records,
// else of the first, else the domain.
func (m *Maker) base() dnsname.Name {
	switch {
	case !m.Server.IsZero() && m.keys.Host == m.Server:
		return m.keys.Base
	case !m.Server.IsZero():
		return m.Server
	}
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

// unnamed tells that base is the domain for want of any mail server.
func (m *Maker) unnamed() bool {
	named := func(p mtasts.Pattern) bool { return !p.Wildcard }
	return m.Server.IsZero() && !m.Want.Domain.IsZero() && !slices.ContainsFunc(m.Want.MX, named)
}

func (m *Maker) readServer() {
	server, faults := m.Draft.Server()
	m.Server, m.Faults = server, append(m.Faults, faults...)
}
