package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/lint"
	"github.com/sealane/sealane/app/syntax"
)

// standardInput is the name by which it is given in the place of a file's.
const standardInput = "-"

// input reads an ordinary file, or the standard input.
func (p *program) input(name string) ([]byte, error) {
	if name != standardInput {
		return readFile(name)
	}
	text, err := io.ReadAll(io.LimitReader(p.in, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errLarge
	}
	return text, err
}

// lint says what is wrong with a file: a line for each place, or the mended file with
// those on the other output. A file that holds nothing of all this can't be judged.
func (p *program) lint(args []string) int {
	fs := flag.NewFlagSet("lint", flag.ContinueOnError)
	var show output
	fs.BoolVar(&show.json, "json", false, "")
	fs.StringVar(&show.level, "fail-on", "error", "")
	mend := fs.Bool("mend", false, "")
	rest, err := p.parse(fs, args)
	if err == nil {
		err = show.verify(p)
	}
	if err == nil {
		err = one(rest, p.cli.LintNoFile, p.cli.LintOneFile)
	}
	if err != nil {
		return p.refuse(err)
	}
	text, err := p.input(rest[0])
	if err != nil {
		return p.wrong(p.badFile(rest[0], err).Error())
	}
	l := lint.Read(string(text))
	if l.Kind() == lint.Unknown {
		return p.wrong(p.say(p.cli.LintUnknown, "name", rest[0]))
	}
	all := remarks(l)
	switch {
	case show.json:
		enc := json.NewEncoder(p.out)
		enc.SetEscapeHTML(false)
		if enc.Encode(p.lintDocument(rest[0], l, all)) != nil {
			return exitUnable
		}
	case *mend:
		p.remark(p.err, rest[0], all)
		if l.Mended == "" {
			return p.wrong(p.say(p.cli.LintLost, "name", rest[0]))
		}
		io.WriteString(p.out, l.Mended)
	default:
		p.remark(p.out, rest[0], all)
	}
	if slices.ContainsFunc(all, func(r remark) bool { return r.level >= show.failOn }) {
		return exitFindings
	}
	return exitClean
}

// remark is a diagnostic with its place, both counted from 1, columns in characters.
type remark struct {
	syntax.Diagnostic
	part         int
	group        string
	level        check.Level
	line, column int
}

func (r remark) code() check.Code { return check.Code(r.group + "." + string(r.Kind)) }

// remarks are all diagnostics of a text.
func remarks(l lint.Lint) []remark {
	starts := []int{0} // of the lines
	for i := range len(l.Text) {
		if l.Text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	var all []remark
	for i, part := range l.Parts {
		for _, d := range part.Diagnostics {
			line, exact := slices.BinarySearch(starts, d.Span.Start)
			if exact {
				line++
			}
			r := remark{Diagnostic: d, part: i, group: part.Kind.Group(), line: line}
			r.column = utf8.RuneCountInString(l.Text[starts[line-1]:d.Span.Start]) + 1
			r.level = urgency(r)
			all = append(all, r)
		}
	}
	return all
}

// urgency is an error for what makes a text invalid; for anything else what its
// finding says, and never an error.
func urgency(r remark) check.Level {
	if r.Fatal {
		return check.Error
	}
	entry, known := r.code().Lookup()
	if !known || entry.LevelIn != nil {
		return check.Warning
	}
	return min(entry.Level, check.Warning)
}

// remark prints a line for each diagnostic, in the form that editors and CI read.
func (p *program) remark(to io.Writer, name string, all []remark) {
	for _, r := range all {
		fmt.Fprintf(to, "%s:%d:%d: %s: %s\n", brief(name), r.line, r.column, r.code(), p.words.Diagnosis(r.group, string(r.Kind)))
	}
}

// lintDocument is what -json prints of a file.
type lintDocument struct {
	File  string         `json:"file"`
	Parts []partDocument `json:"parts"`
	// Mended is the whole as it was meant; absent where not all can be mended.
	Mended *string         `json:"mended,omitempty"`
	Diff   []pieceDocument `json:"diff,omitempty"`
}

// partDocument is one policy or record in a file.
type partDocument struct {
	Kind        string           `json:"kind"` // sts-policy, sts-record, tlsrpt-record or tlsa
	Span        syntax.Span      `json:"span"`
	Owner       string           `json:"owner,omitempty"`
	Diagnostics []remarkDocument `json:"diagnostics"`
}

// remarkDocument is one diagnostic, with what -fail-on counts it as.
type remarkDocument struct {
	Code   check.Code  `json:"code"`
	Level  check.Level `json:"level"`
	Line   int         `json:"line"`
	Column int         `json:"column"`
	Words  string      `json:"words"`
	syntax.Diagnostic
}

// pieceDocument is a run of text that is kept, deleted or inserted.
type pieceDocument struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

func (p *program) lintDocument(name string, l lint.Lint, all []remark) lintDocument {
	doc := lintDocument{File: strings.ToValidUTF8(name, "\uFFFD")}
	for _, part := range l.Parts {
		doc.Parts = append(doc.Parts, partDocument{part.Kind.Group(), part.Span, part.Owner.Cut(l.Text), []remarkDocument{}})
	}
	for _, r := range all {
		to := &doc.Parts[r.part].Diagnostics
		*to = append(*to, remarkDocument{r.code(), r.level, r.line, r.column, p.words.Diagnosis(r.group, string(r.Kind)), r.Diagnostic})
	}
	if l.Mended != "" {
		doc.Mended = &l.Mended
	}
	for _, piece := range l.Diff {
		doc.Diff = append(doc.Diff, pieceDocument{[...]string{"keep", "delete", "insert"}[piece.Op], piece.Text})
	}
	return doc
}
