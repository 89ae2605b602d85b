package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// making is one command line of make: what is to be made, and of what.
type making struct {
	what  string
	draft compose.Draft
	world worldFlags
	// from is the domain whose check fills what no flag gives.
	from, form, policy string
	out                string   // the folder that files are written below; "" to print them
	files              []string // of make tlsa: certificates and keys
	want               compose.Want
}

// draftFlags are the flags of fields. Those of lists may be repeated.
var draftFlags = []struct {
	name  string
	field compose.Field
}{
	{"below", compose.FieldBelow}, {"mode", compose.FieldMode}, {"max-age", compose.FieldMaxAge}, {"mx", compose.FieldMX}, {"web", compose.FieldWeb},
	{"cname-record", compose.FieldHostedRecord}, {"cname-policy", compose.FieldHostedPolicy}, {"cname-report", compose.FieldHostedReport},
	{"rua", compose.FieldRUA}, {"tlsa", compose.FieldTLSA}, {"ttl", compose.FieldTTL}, {"zone", compose.FieldZone},
}

// flagOf is how a fault names a field.
func flagOf(f compose.Field) string {
	for _, d := range draftFlags {
		if d.field == f {
			return "-" + d.name
		}
	}
	return ""
}

func (m *making) register(fs *flag.FlagSet) {
	m.world.register(fs)
	for _, d := range draftFlags {
		fs.Func(d.name, "", func(s string) error {
			if m.draft[d.field] != "" {
				s = m.draft[d.field] + "\n" + s
			}
			m.draft[d.field] = s
			return nil
		})
	}
	fs.StringVar(&m.from, "from", "", "")
	fs.StringVar(&m.form, "form", "", "")
	fs.StringVar(&m.policy, "policy", "", "")
	fs.StringVar(&m.out, "out", "", "")
}

// makers are what can be made, each with what it takes of all that a draft gives.
var makers = map[string]func(p *program, m *making) int{
	"policy": (*program).makePolicy,
	"txt":    (*program).makeText,
	"tlsrpt": func(p *program, m *making) int { return p.publish(m, compose.Make(m.want), "_smtp._tls") },
	"tlsa":   func(p *program, m *making) int { return p.publish(m, compose.Make(m.want), "_25._tcp") },
	"zone":   func(p *program, m *making) int { return p.publish(m, compose.Make(m.want), "") },
}

// make prints what to publish.
func (p *program) make(ctx context.Context, args []string) int {
	fs := flag.NewFlagSet("make", flag.ContinueOnError)
	var m making
	m.register(fs)
	rest, err := p.parse(fs, args)
	if err == nil {
		err = p.verify(&m.world)
	}
	if err == nil {
		err = m.arguments(p, rest)
	}
	if err == nil {
		err = m.fill(ctx, p)
	}
	if err == nil && m.what == "tlsa" {
		err = m.associations(ctx, p)
	}
	if err != nil {
		return p.refuse(err)
	}
	if d := m.draft; d[compose.FieldMode] == "" && d[compose.FieldHostedPolicy] == "" && (d[compose.FieldMX] != "" || m.what == "policy" || m.what == "txt" && m.policy == "") {
		m.draft[compose.FieldMode] = mtasts.ModeTesting.String() // as a policy begins (RFC 8461 §5)
	}
	var faults []compose.Fault
	m.want, faults = m.draft.Read(toASCII)
	for _, f := range faults {
		p.wrong(p.faultWords(f))
	}
	if len(faults) > 0 {
		return exitUnable
	}
	return makers[m.what](p, &m)
}

// arguments reads what stands beside the flags.
func (m *making) arguments(p *program, rest []string) error {
	if len(rest) == 0 || makers[rest[0]] == nil {
		return errWords(p.say(p.cli.MakeWhat, "value", strings.Join(rest[:min(len(rest), 1)], "")))
	}
	m.what, rest = rest[0], rest[1:]
	if len(rest) > 0 {
		m.draft[compose.FieldDomain] = rest[0]
		m.files = rest[1:]
	}
	_, isDNS := publish.DNSForm(m.form)
	_, isWeb := publish.WebForm(m.form)
	switch {
	case len(rest) == 0 && m.from == "":
		return errWords(p.cli.MakeNoDomain)
	case len(m.files) > 0 && m.what != "tlsa":
		return errWords(p.cli.MakeOneDomain)
	case m.policy != "" && m.what != "txt":
		return errWords(p.say(p.cli.UnknownFlag, "value", "-policy"))
	case m.form != "" && m.what == "policy" && !isWeb:
		return p.badForm(m.form, webForms())
	case m.form != "" && m.what != "policy" && !isDNS:
		return p.badForm(m.form, dnsForms())
	}
	return nil
}

// badForm is the mistake of asking for a form that isn't there.
func (p *program) badForm(form string, all []string) error {
	return errWords(locale.Fill(p.say(p.cli.BadForm, "value", form), map[string]string{"list": strings.Join(all, ", ")}))
}

func dnsForms() (ids []string) {
	for _, f := range publish.DNSForms {
		ids = append(ids, f.ID)
	}
	return ids
}

func webForms() (ids []string) {
	for _, f := range publish.WebForms {
		ids = append(ids, f.ID)
	}
	return ids
}

// fill takes from a check what no flag gives.
func (m *making) fill(ctx context.Context, p *program) error {
	if m.from == "" {
		return nil
	}
	reading, err := dnsname.Read(m.from, toASCII)
	if err != nil {
		return errWords(p.inputFault(err))
	}
	facts, err := p.gather(ctx, &m.world, &output{}, reading.Name, nil, "")
	if err != nil {
		return err
	}
	report := check.Judge(facts, facts.At)
	switch {
	case !facts.Done:
		return errWords(p.cli.Stopped)
	case report.Blind:
		return errWords(p.say(p.cli.MakeBlind, "domain", reading.Name.String()))
	}
	found := compose.From(report)
	if m.draft[compose.FieldHostedPolicy] != "" { // in the place of one's own
		found[compose.FieldMode], found[compose.FieldMX] = "", ""
	}
	if m.draft[compose.FieldHostedReport] != "" {
		found[compose.FieldRUA] = ""
	}
	for f, text := range found {
		if m.draft[f] == "" {
			m.draft[f] = text
		}
	}
	return nil
}

// faultWords says what is wrong with a field, by the flag that gives it.
func (p *program) faultWords(f compose.Fault) string {
	words := p.words.UI.Make.Wrong
	if f.Field == compose.FieldDomain {
		words = p.words.UI.Ask.Wrong
	}
	text := words.Of(f.Kind)
	if text == f.Kind {
		text = p.words.UI.Make.WrongElse
	}
	text = p.say(text, "input", f.Text, "kind", f.Kind)
	if name := flagOf(f.Field); name != "" {
		return name + ": " + text
	}
	return text
}

// makePolicy prints the policy file, or what a web server serves it with.
func (p *program) makePolicy(m *making) int {
	made := compose.Make(m.want)
	if len(made.Files) == 0 {
		return p.wrong(p.cli.MakeNothing)
	}
	if form, ok := publish.WebForm(m.form); ok {
		return p.put(m, form.Write(made.Files))
	}
	f := made.Files[0] // those of names below are the same
	return p.put(m, []publish.File{{Name: path.Base(compose.PolicyPath), Text: f.Text}})
}

// makeText prints the record that announces a policy: the one of the flags, or of a
// file that is served already.
func (p *program) makeText(m *making) int {
	if m.policy == "" {
		return p.publish(m, compose.Make(m.want), "_mta-sts")
	}
	text, err := p.input(m.policy)
	if err != nil {
		return p.wrong(p.badFile(m.policy, err).Error())
	}
	if _, diagnostics := mtasts.ParsePolicy(text); !syntax.Valid(diagnostics) {
		return p.wrong(p.say(p.cli.MakeBadPolicy, "name", m.policy))
	}
	return p.publish(m, m.want.Announce(string(text)), "_mta-sts")
}

// publish prints the records at a label in the form that was asked for; all records
// for "".
func (p *program) publish(m *making, made compose.Made, label string) int {
	made.Records = slices.DeleteFunc(made.Records, func(r compose.Record) bool {
		return label != "" && !strings.HasPrefix(r.Name.String(), label+".")
	})
	if len(made.Records) == 0 {
		return p.wrong(p.cli.MakeNothing)
	}
	w := p.words.UI.Make
	if m.want.ReportsToItself() && (label == "" || label == "_smtp._tls") {
		p.note(w.OwnReport)
	}
	form, given := publish.DNSForm(m.form)
	if !given {
		// Lines with absolute names go into any zone.
		form, _ = publish.DNSForm("zone")
		return p.put(m, form.Write(compose.Zone{Origin: made.Zone, Records: made.Records}))
	}
	var files []publish.File
	for _, zone := range made.Zones() {
		if zone.Guessed {
			p.note(locale.Fill(w.Elsewhere, map[string]string{"zone": zone.Origin.String()}))
		}
		files = append(files, form.Write(zone)...)
	}
	code := p.put(m, files)
	for _, typ := range form.Lacks {
		if slices.ContainsFunc(made.Records, func(r compose.Record) bool { return r.Type == typ }) {
			code = p.lacks(typ)
		}
	}
	return code
}

// lacks tells that records of a type were left out.
func (p *program) lacks(typ doh.Type) int {
	return p.wrong(locale.Fill(p.words.UI.Make.Lacks, map[string]string{"type": typ.String()}))
}

// note prints a line beside what is made.
func (p *program) note(line string) { fmt.Fprintln(p.err, "sealane:", line) }

// put prints what was made: one file as it is, and a heading before each of several,
// as tail does. With -out the files are written below that folder, and only what has
// no name, such as commands, is printed.
func (p *program) put(m *making, files []publish.File) int {
	files = slices.DeleteFunc(files, func(f publish.File) bool { return f.Text == "" })
	for _, f := range files {
		if name := strings.TrimPrefix(f.Name, "/"); m.out != "" && name != "" {
			if err := write(filepath.Join(m.out, filepath.FromSlash(name)), f.Text); err != nil {
				return p.wrong(p.badFile(filepath.Join(m.out, name), err).Error())
			}
			continue
		}
		if len(files) > 1 && f.Name != "" {
			fmt.Fprintf(p.out, "==> %s <==\n", f.Name)
		}
		io.WriteString(p.out, f.Text)
	}
	return exitClean
}

// write writes a file and the folders above it.
func write(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o644)
}
