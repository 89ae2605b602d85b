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

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
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
	hosted             string   // the company that hosts policy and reports
	as                 string   // what TLSA records are made of, as three numbers
	insist             bool     // on a TLSA record that breaks soon
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
	fs.StringVar(&m.hosted, "hosted", "", "")
	fs.StringVar(&m.as, "as", "", "")
	fs.BoolVar(&m.insist, "insist", false, "")
	fs.StringVar(&m.out, "out", "", "")
}

// makers are what can be made, each with what it takes of all that a draft gives.
var makers = map[string]func(p *program, m *making) int{
	"policy": (*program).makePolicy,
	"txt":    (*program).makeText,
	"tlsrpt": func(p *program, m *making) int { return p.publish(m, compose.Make(m.want), "_smtp._tls") },
	"tlsa":   func(p *program, m *making) int { return p.publish(m, compose.Make(m.want), "_25._tcp") },
	"zone":   func(p *program, m *making) int { return p.publish(m, compose.Make(m.want), "") },
	"sender": (*program).makeSender,
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
	if err == nil && m.what == "sender" {
		return makers[m.what](p, &m)
	}
	if err == nil {
		err = m.fill(ctx, p)
	}
	if err == nil {
		err = m.company(p)
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
	_, isMail := publish.MailForm(m.form)
	switch {
	case m.what == "sender" && !isMail:
		return p.badForm(m.form, ids(publish.MailForms, func(f publish.Mail) string { return f.ID }))
	case m.what == "sender" && len(rest) > 0:
		return errWords(p.cli.MakeNoDomainHere)
	case m.what == "sender":
		return nil
	case (m.as != "" || m.insist) && m.what != "tlsa":
		return errWords(p.say(p.cli.UnknownFlag, "value", "-as"))
	case len(rest) == 0 && m.from == "":
		return errWords(p.cli.MakeNoDomain)
	case len(m.files) > 0 && m.what != "tlsa":
		return errWords(p.cli.MakeOneDomain)
	case m.policy != "" && m.what != "txt":
		return errWords(p.say(p.cli.UnknownFlag, "value", "-policy"))
	case m.form != "" && m.what == "policy" && !isWeb:
		return p.badForm(m.form, ids(publish.WebForms, func(f publish.Web) string { return f.ID }))
	case m.form != "" && m.what != "policy" && !isDNS:
		return p.badForm(m.form, ids(publish.DNSForms, func(f publish.DNS) string { return f.ID }))
	}
	return nil
}

// badForm is the mistake of asking for a form that isn't there.
func (p *program) badForm(form string, all []string) error {
	return errWords(locale.Fill(p.say(p.cli.BadForm, "value", form), map[string]string{"list": strings.Join(all, ", ")}))
}

// ids are those of forms.
func ids[T any](forms []T, id func(T) string) []string {
	var all []string
	for _, f := range forms {
		all = append(all, id(f))
	}
	return all
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

// makeSender prints how a mail server holds others to their policies and records.
func (p *program) makeSender(m *making) int {
	form, _ := publish.MailForm(m.form)
	return p.put(m, form.Write())
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
