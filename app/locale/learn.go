package locale

import "strings"

// LearnWords stand on the pages about findings, and in `sealane learn`.
type LearnWords struct {
	Nav     string // the link in the header
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
	// Shows say what to look for, by learn.Command.Shows.
	Shows Terms
}

// noExample stands for an argument that has no example.
const noExample = "…"

// Examples gives args for all {placeholders} of a code's words and for the
// places of a command: those known, and examples for the others.
func (l *Language) Examples(code string, known map[string]string) map[string]string {
	args := map[string]string{}
	add := func(name string) {
		if value, ok := known[name]; ok {
			args[name] = value
		} else if args[name] == "" {
			args[name] = Fill(l.example(code, name), args)
		}
	}
	// In this order: the later examples hold the earlier names.
	for _, name := range []string{"domain", "host", "at", "ip", "name"} {
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

// example gives the example of an argument: the code's own, its group's, or one
// for all.
func (l *Language) example(code, arg string) string {
	group, _, _ := strings.Cut(code, ".")
	value := noExample
	for line := range strings.Lines(l.examples) {
		of, rest, _ := strings.Cut(line, "\t")
		name, text, _ := strings.Cut(rest, "\t")
		if name == arg && (of == "*" || of == group || of == code) {
			value = strings.TrimSuffix(text, "\n")
		}
	}
	return value
}
