package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/explain/letter"
	"github.com/sealane/sealane/app/locale"
)

// explained is a text, what it was taken to say, and the checks of its domains.
type explained struct {
	text    string
	found   explain.Explanation
	reports map[dnsname.Name]check.Report
	domain  dnsname.Name // of -domain
}

// explain says what an error text or a log means and what can be behind it.
func (p *program) explain(ctx context.Context, args []string) int {
	fs := flag.NewFlagSet("explain", flag.ContinueOnError)
	var w worldFlags
	w.register(fs)
	asJSON := fs.Bool("json", false, "")
	checks := fs.Bool("check", false, "")
	about := fs.String("domain", "", "")
	letters := fs.Bool("letter", false, "")
	rest, err := p.parse(fs, args)
	if err == nil {
		err = p.verify(&w)
	}
	if err == nil && len(rest) == 0 {
		rest = []string{standardInput}
	}
	if err == nil {
		err = one(rest, "", p.cli.ExplainOneFile)
	}
	if err != nil {
		return p.refuse(err)
	}
	x := explained{reports: map[dnsname.Name]check.Report{}}
	if *about != "" {
		reading, err := dnsname.Read(*about, toASCII)
		if err != nil {
			return p.wrong(p.inputFault(err))
		}
		x.domain = reading.Name
	}
	text, err := p.input(rest[0])
	if err != nil {
		return p.wrong(p.badFile(rest[0], err).Error())
	}
	x.text = string(text)
	x.found = explain.Read(x.text)
	for i := range x.found.Matches {
		if !x.domain.IsZero() {
			x.found.Matches[i].Domain = x.domain
		}
	}
	if *checks {
		if err := p.checkExplained(ctx, &w, &x); err != nil {
			return p.wrong(err.Error())
		}
	}
	return p.showExplained(x, *asJSON, *letters)
}

// maxChecks is how many domains of one text are checked.
const maxChecks = 8

// checkExplained checks the domains that the matches are about.
func (p *program) checkExplained(ctx context.Context, w *worldFlags, x *explained) error {
	for _, m := range x.found.Matches {
		if _, done := x.reports[m.Domain]; done || m.Domain.IsZero() || len(m.Causes)+len(m.Answers) == 0 || len(x.reports) == maxChecks {
			continue
		}
		facts, err := p.gather(ctx, w, &output{}, m.Domain, nil, "")
		if err != nil {
			return err
		}
		x.reports[m.Domain] = check.Judge(facts, facts.At)
	}
	if len(x.reports) == 0 && len(x.found.Matches) > 0 {
		p.wrong(p.cli.ExplainNoDomain)
	}
	return nil
}

// showExplained prints what was made out and gives the exit code: 0 where all is well.
func (p *program) showExplained(x explained, asJSON, letters bool) int {
	switch {
	case asJSON:
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		if enc.Encode(p.explainDocument(x, letters)) != nil {
			return exitUnable
		}
	case letters:
		for _, m := range x.found.Matches {
			if text, ok := p.letter(x, m); ok {
				fmt.Fprintln(p.out, text)
			}
		}
	default:
		for i, m := range x.found.Matches {
			if i > 0 {
				fmt.Fprintln(p.out)
			}
			p.printMatch(x, m)
		}
	}
	if len(x.found.Matches) == 0 {
		p.wrong(p.cli.ExplainUnknown)
		if len(x.found.Near) > 0 {
			fmt.Fprintln(p.err, p.cli.ExplainNear)
		}
		for _, id := range x.found.Near {
			fmt.Fprintln(p.err, " ", id)
			p.paragraphOn(p.err, p.meaning(explain.Match{Form: id}))
		}
		return exitUnable
	}
	if slices.ContainsFunc(x.found.Matches, func(m explain.Match) bool { return len(m.Causes)+len(m.Answers) > 0 }) {
		return exitFindings
	}
	return exitClean
}

func (p *program) meaning(m explain.Match) string {
	software := cmp.Or(m.Software, m.Form.Software())
	text := p.words.Errors.Meanings.Of(m.Form.Meaning())
	return strings.ReplaceAll(locale.Fill(text, map[string]string{"software": software}), "`", "")
}

// states stand before a cause, by explain.State.
var states = [...]string{"?", "✗", "–"}

// printMatch prints one incident: who says it about whom, what it means, and the
// causes, each with who can mend it.
func (p *program) printMatch(x explained, m explain.Match) {
	w := p.words.Errors
	head := []string{string(m.Form)}
	if m.Software != "" {
		head = append(head, m.Software+" ("+w.Sides.Of(string(m.Side))+")")
	}
	for _, name := range []dnsname.Name{m.Domain, m.Host} {
		if !name.IsZero() {
			head = append(head, name.String())
		}
	}
	if m.Address.IsValid() {
		head = append(head, m.Address.String())
	}
	if m.Time != "" {
		head = append(head, m.Time)
	}
	if m.Count > 1 {
		head = append(head, fmt.Sprintf("×%d", m.Count))
	}
	fmt.Fprintln(p.out, printable(strings.Join(head, "  ")))
	p.paragraph(p.meaning(m))
	if m.Ask != "" {
		p.paragraph(w.Asks.Of(m.Ask))
	}
	for _, a := range m.Answers {
		fmt.Fprintf(p.out, "\n  %s\n", w.Asks.Of(m.Ask+"."+a.ID))
		answered := m.Answered(a)
		p.paragraph(p.meaning(answered))
		p.printCauses(x, answered)
	}
	p.printCauses(x, m)
}

func (p *program) printCauses(x explained, m explain.Match) {
	w := p.words.Errors
	for _, c := range explain.Weigh(m, x.reports[m.Domain]) {
		words, _ := w.Cause(string(c.ID))
		p.paragraph(strings.ReplaceAll(fmt.Sprintf("%s %s %s (%s)", states[c.State], words.Says, words.Do, w.Fixers.Of(string(c.Side))), "`", ""))
		for _, f := range c.Findings {
			p.paragraph(fmt.Sprintf("    %s %s", f.Code, f.Subject))
		}
	}
}

// letter writes to the other side about one incident.
func (p *program) letter(x explained, m explain.Match) (letter.Letter, bool) {
	r := x.reports[m.Domain]
	return letter.Write(p.words, x.text, m, explain.Weigh(m, r), r.At)
}

// explainDocument is what -json prints.
type explainDocument struct {
	Matches []matchDocument  `json:"matches"`
	More    int              `json:"more,omitempty"`
	Cut     bool             `json:"cut,omitempty"`
	Near    []explain.FormID `json:"near,omitempty"`
}

// matchDocument is one incident with its words.
type matchDocument struct {
	explain.Match
	Means  string          `json:"means"`
	Causes []causeDocument `json:"causes"`
	Letter *letter.Letter  `json:"letter,omitempty"`
}

type causeDocument struct {
	ID       explain.CauseID `json:"id"`
	Side     explain.Side    `json:"side"`
	State    string          `json:"state"`
	Says     string          `json:"says"`
	Do       string          `json:"do"`
	Findings []check.Finding `json:"findings,omitempty"`
}

func (p *program) explainDocument(x explained, letters bool) explainDocument {
	doc := explainDocument{Matches: []matchDocument{}, More: x.found.More, Cut: x.found.Cut, Near: x.found.Near}
	for _, m := range x.found.Matches {
		d := matchDocument{Match: m, Means: p.meaning(m), Causes: []causeDocument{}}
		for _, c := range explain.Weigh(m, x.reports[m.Domain]) {
			words, _ := p.words.Errors.Cause(string(c.ID))
			d.Causes = append(d.Causes, causeDocument{c.ID, c.Side, c.State.String(), words.Says, words.Do, c.Findings})
		}
		if text, ok := p.letter(x, m); ok && letters {
			d.Letter = &text
		}
		doc.Matches = append(doc.Matches, d)
	}
	return doc
}
