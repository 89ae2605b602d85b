//go:build !js

package locale

import "strings"

// LearnWords stand on the pages about findings, and in `sealane learn`. They are
// no part of the browser program, which shows neither.
type LearnWords struct {
	Title   string // of the list
	Lede    string
	Groups  Terms // the heading of each group of codes
	Levels  string
	Depends string // {levels}
	Or      string // between two of them
	Mail    string
	Causes  string // root causes
	Needs   string // labels the next, on the command line
	History string // can be found beside an earlier check only
	See     string
	Own     string // about the names in commands
	LookFor string // before what a command shows
	Lab     string
	Check   string
	CheckOf string // {domain}
	All     string
	Unknown string // {code}
	Near    string
	Offline string // {code}, whose page the browser has not kept
	// Shows say what to look for, by learn.Command.Shows.
	Shows Terms
	// examples are lines of a code, group or *, an argument and its value.
	examples string
}

// Learn gives the words of the pages about findings.
func (l Language) Learn() LearnWords { return englishLearn } // the one language so far

// Places are the names that a check fills commands with, in this order: the
// example of each may hold those before it.
var Places = [...]string{"domain", "host", "at", "ip", "name"}

// Examples gives args for all {placeholders} of a code's words and for the
// places of a command, "…" where there is no example.
func (l Language) Examples(code string) map[string]string {
	args := map[string]string{}
	add := func(name string) {
		value, known := l.Example(code, name)
		if !known {
			value = "…"
		}
		args[name] = Fill(value, args)
	}
	for _, name := range Places {
		add(name)
	}
	w, _ := l.Finding(code)
	for _, text := range []string{w.Title, w.Consequence, w.Cause, w.Fix} {
		for {
			_, rest, found := strings.Cut(text, "{")
			name, after, closed := strings.Cut(rest, "}")
			if !found || !closed {
				break
			}
			add(name)
			text = after
		}
	}
	return args
}

// Example gives the example of an argument: the code's own, its group's, or one
// for all; false when there is none. Its {places} are still to be filled.
func (l Language) Example(code, arg string) (value string, known bool) {
	group, _, _ := strings.Cut(code, ".")
	for line := range strings.Lines(l.Learn().examples) {
		of, rest, _ := strings.Cut(line, "\t")
		name, text, _ := strings.Cut(rest, "\t")
		if name == arg && (of == "*" || of == group || of == code) {
			value, known = strings.TrimSuffix(text, "\n"), true
		}
	}
	return value, known
}
