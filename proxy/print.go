package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/senders"
)

// output says how a report is shown and when it fails.
type output struct {
	json   bool
	level  string
	failOn check.Level
	// chain names the file for the picture of the chain of trust, "" for none;
	// drawn is that file, once it is open.
	chain string
	drawn *keeper
}

func (o *output) register(fs *flag.FlagSet) {
	fs.BoolVar(&o.json, "json", false, "")
	fs.StringVar(&o.level, "fail-on", "error", "")
	fs.StringVar(&o.chain, "chain", "", "")
}

func (o *output) verify(p *program) error {
	if err := o.failOn.UnmarshalText([]byte(o.level)); err != nil || o.failOn < check.Notice {
		return errWords(p.say(p.cli.BadLevel, "value", o.level))
	}
	return nil
}

// document is what -json prints.
type document struct {
	Domain   string            `json:"domain"`
	Headline string            `json:"headline"`
	Findings []check.Finding   `json:"findings"`
	Senders  []senders.Verdict `json:"senders"`
	Cached   *senders.Cached   `json:"cached,omitempty"`
	// Texts are the records and the policy that have anything odd about them.
	Texts []textDocument `json:"texts"`
	// Readers is how implementations read what was found, by finding code.
	Readers    map[check.Code][]senders.Reading `json:"readers"`
	NotChecked []check.NotChecked               `json:"notChecked"`
	Facts      check.Facts                      `json:"facts"`
}

// show prints a report and gives the exit code. A check that could not even
// ask for the mail hosts, or was stopped, is no check; one that missed a part
// of what it looks for calls nothing clean.
func (p *program) show(r check.Report, f check.Facts, o output) int {
	if o.json {
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		doc := document{r.Domain.String(), p.sentences(r.Headline), r.Findings, r.Senders, r.Cached, texts(r), readers(r), r.NotChecked, f}
		if doc.Findings == nil {
			doc.Findings = []check.Finding{}
		}
		if err := enc.Encode(doc); err != nil {
			return exitUnable
		}
	} else {
		p.print(r)
	}
	if err := o.draw(p, r, f.Done); err != nil {
		return p.wrong(err.Error())
	}
	switch {
	case !f.Done || r.Blind:
		return exitUnable
	case len(r.Findings) > 0 && r.Findings[0].Level >= o.failOn:
		return exitFindings
	case !r.Complete():
		return exitUnable
	}
	return exitClean
}

func (p *program) sentences(all []check.Phrase) string {
	var out []string
	for _, s := range all {
		out = append(out, p.phrase(s))
	}
	return strings.Join(out, " ")
}

func (p *program) phrase(s check.Phrase) string {
	text, _ := p.words.Phrase(s.Key)
	args := s.Args
	if len(s.Senders) > 0 {
		args = map[string]string{"senders": locale.Senders(p.words, s.Senders)}
	}
	return printable(locale.Fill(text, args))
}

// marks stand before a finding, by level.
var marks = [...]string{"?", "✓", "·", "!", "✗"}

func (p *program) print(r check.Report) {
	fmt.Fprintf(p.out, "%s: %s\n", r.Domain, p.sentences(r.Headline))
	mend := 0
	for _, f := range r.Findings {
		switch {
		case f.Level >= check.Warning:
			mend++
			p.printFinding(r, f)
		case f.Level == check.Notice:
			fmt.Fprintf(p.out, "\n%s %s  %s\n", marks[f.Level], f.Code, printable(f.Subject))
			p.paragraph(p.fill(r, f, words(p, f).Consequence))
		}
	}
	p.printSenders(r)
	p.printChain(r)
	if mend == 0 && !r.Blind && r.Complete() {
		fmt.Fprintf(p.out, "\n%s\n", p.cli.NothingFound)
	}
	if len(r.NotChecked) > 0 {
		fmt.Fprintf(p.out, "\n%s\n", p.cli.NotChecked)
		for _, n := range r.NotChecked {
			p.paragraph(p.phrase(n.Phrase))
		}
	}
}

// printSenders prints the matrix: a line for each sender, and why.
func (p *program) printSenders(r check.Report) {
	text := func(key string) string { return p.phrase(check.Phrase{Key: key}) }
	fmt.Fprintf(p.out, "\n%s\n", text("senders.title"))
	for _, v := range r.Senders {
		why, source := v.Reason, v.Source
		if n := len(v.Steps); why == "" && n > 0 {
			why, source = v.Steps[n-1].Reason, v.Steps[n-1].Source
		}
		fmt.Fprintf(p.out, "  %-30s %s\n", text("sender."+string(v.Sender)),
			strings.TrimSpace(text("outcome."+v.Outcome.String())+"  "+strings.Join(v.Codes, " ")))
		if v.Outcome >= senders.Defers {
			fmt.Fprintf(p.out, "  %-30s %s (%s)\n", "", text("reason."+why), source)
		}
	}
}

func words(p *program, f check.Finding) locale.Words {
	w, _ := p.words.Finding(string(f.Code))
	return w
}

func (p *program) printFinding(r check.Report, f check.Finding) {
	w := words(p, f)
	fmt.Fprintf(p.out, "\n%s %s  %s\n", marks[f.Level], f.Code, printable(f.Subject))
	for _, text := range []string{w.Consequence, w.Cause, w.Fix} {
		p.paragraph(p.fill(r, f, text))
	}
	for _, pub := range f.Publish {
		label := p.cli.Publish
		if pub.Remove {
			label = p.cli.Remove
		}
		fmt.Fprintf(p.out, "  %s: %s %s\n", label, printable(pub.Name), pub.Type)
		for line := range strings.Lines(pub.Value) {
			fmt.Fprintf(p.out, "    %s\n", printable(strings.TrimRight(line, "\r\n")))
		}
	}
	if read := senders.ReadersLine(string(f.Code), func(key string) string { return p.phrase(check.Phrase{Key: key}) }); read != "" {
		p.paragraph(read)
	}
	entry, _ := f.Code.Lookup()
	who := p.words.Who(string(entry.Who), f.Provider)
	fmt.Fprintf(p.out, "  %s: %s; %s: %s\n", p.cli.Fixed, who, p.cli.Source, sources(entry))
}

// sources are the sections where a finding is written.
func sources(e check.Entry) string {
	var all []string
	for _, c := range e.RFC {
		s := "RFC " + strconv.Itoa(c.RFC)
		if c.Section != "" {
			s += " §" + c.Section
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// fill fills a finding's text; domain and subject are known everywhere.
func (p *program) fill(r check.Report, f check.Finding, text string) string {
	args := map[string]string{"domain": r.Domain.String(), "subject": f.Subject}
	for k, v := range f.Args {
		args[k] = v
	}
	return strings.ReplaceAll(locale.Fill(text, args), "`", "")
}

// paragraph prints a text wrapped and indented.
func (p *program) paragraph(text string) { p.paragraphOn(p.out, text) }

func (p *program) paragraphOn(to io.Writer, text string) {
	line := " "
	for word := range strings.FieldsSeq(text) {
		word = printable(word)
		if len(line)+1+len(word) > 92 && line != " " {
			fmt.Fprintln(to, line)
			line = " "
		}
		line += " " + word
	}
	fmt.Fprintln(to, line)
}

// inputFault is what to say of a domain that isn't one.
func (p *program) inputFault(err error) string {
	var fault *dnsname.InputError
	if errors.As(err, &fault) {
		return p.say(p.words.UI.Ask.Wrong.Of(string(fault.Kind)), "input", printable(fault.Value))
	}
	return err.Error()
}
