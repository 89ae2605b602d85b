package main

import (
	"flag"
	"fmt"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/learn"
	"github.com/sealane/sealane/app/locale"
)

// learn prints what a code means, or all codes when it is given none.
func (p *program) learn(args []string) int {
	rest, err := p.parse(flag.NewFlagSet("learn", flag.ContinueOnError), args)
	switch {
	case err != nil:
		return p.refuse(err)
	case len(rest) > 1:
		return p.wrong(p.cli.OneCode)
	}
	var all []string
	for _, e := range check.Catalogue() {
		all = append(all, string(e.Code))
	}
	if len(rest) == 0 {
		p.printCodes(all)
		return exitClean
	}
	entry, known := check.Code(rest[0]).Lookup()
	if !known {
		p.wrong(p.say(p.words.Learn().Unknown, "code", rest[0]) + ". " + p.words.Learn().Near)
		for _, code := range learn.Near(rest[0], all) {
			fmt.Fprintln(p.err, " ", code)
		}
		return exitUnable
	}
	p.printEntry(entry)
	return exitClean
}

// plain fills a code's words with examples.
func (p *program) plain(code, text string) string {
	return strings.ReplaceAll(locale.Fill(text, p.words.Examples(code)), "`", "")
}

func (p *program) printCodes(codes []string) {
	for _, code := range codes {
		w, _ := p.words.Finding(code)
		fmt.Fprintf(p.out, "%-44s %s\n", code, p.plain(code, w.Title))
	}
}

// printEntry prints the page of a code, as text.
func (p *program) printEntry(e check.Entry) {
	code, w, own := string(e.Code), p.words.UI, p.words.Learn()
	words, _ := p.words.Finding(code)
	fmt.Fprintf(p.out, "%s: %s\n", code, p.plain(code, words.Title))
	for _, text := range []string{words.Consequence, words.Cause, words.Fix} {
		p.paragraph(p.plain(code, text))
	}
	var levels, causes []string
	for _, l := range e.Levels() {
		text, _ := l.MarshalText()
		levels = append(levels, w.Verdict.Levels.Of(string(text)))
	}
	for _, c := range e.DependsOn {
		causes = append(causes, string(c))
	}
	history := ""
	if e.History {
		history = own.History
	}
	fmt.Fprintln(p.out)
	for _, line := range [][2]string{
		{own.Levels, strings.Join(levels, own.Or)}, {w.Finding.Who, p.words.Who(string(e.Who), "")}, {w.Finding.Written, sources(e)},
		{w.Finding.Reports, e.Result}, {w.Finding.Bounces, strings.Join(e.NDR, ", ")},
		{own.Causes, strings.Join(causes, ", ")}, {own.Needs, history},
	} {
		if line[1] != "" {
			fmt.Fprintf(p.out, "  %-20s %s\n", line[0], line[1])
		}
	}
	fmt.Fprintf(p.out, "\n%s. %s\n", own.See, own.Own)
	args := p.words.Examples(code)
	for _, c := range learn.Commands(code) {
		fmt.Fprintf(p.out, "\n  $ %s\n", locale.Fill(c.Shell, args))
		p.paragraph("  " + own.LookFor + " " + p.plain(code, own.Shows.Of(c.Shows)))
	}
}
