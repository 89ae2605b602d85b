// Package learn knows by which commands a reader sees a finding for themselves:
// the questions to the DNS (RFC 1035, RFC 4035), to the web server of the policy
// (RFC 8461 §3.3) and to port 25 (RFC 3207). It is data; nothing is run here.
package learn

import (
	"strings"

	"github.com/sealane/sealane/app/mtasts"
)

// Command is one line for a POSIX shell.
type Command struct {
	// Shell has {domain}, {host}, {at}, {ip} and {name} in the places that
	// Names.Args fills; other braces belong to the line.
	Shell string
	// Shows is what to look for in the output: a key of locale.LearnWords.See.
	Shows string
}

// Commands gives the commands that show the finding of a code, the plainest
// first: those of the code itself, else of its group; none for an unknown group.
func Commands(code string) []Command {
	group, _, _ := strings.Cut(code, ".")
	picked := ""
	for line := range strings.Lines(picks) {
		switch of, commands, _ := strings.Cut(line, "\t"); of {
		case code:
			return read(commands)
		case group:
			picked = commands
		}
	}
	return read(picked)
}

// shell is a line by its key, with what it shows by itself.
type shell struct{ key, line, shows string }

func read(commands string) []Command {
	var all []Command
	for word := range strings.FieldsSeq(commands) {
		key, shows, _ := strings.Cut(word, ":")
		for _, s := range shells {
			if s.key != key {
				continue
			}
			if shows == "" {
				shows = s.shows
			}
			all = append(all, Command{s.line, shows})
		}
	}
	return all
}

// nearby is how many codes Near gives at most.
const nearby = 5

// Near gives the codes that someone may have meant who asked for one that isn't
// there, the likeliest first. It compares the first 253 bytes.
func Near(asked string, codes []string) []string {
	asked = strings.ToLower(asked[:min(len(asked), 253)])
	group, _, _ := strings.Cut(asked, ".")
	var near [nearby]string
	var far [nearby]int
	found := 0
	for _, code := range codes {
		_, tail, _ := strings.Cut(code, ".")
		d := 4 * min(mtasts.Distance(asked, code), mtasts.Distance(asked, tail))
		switch {
		case len(asked) > 2 && strings.Contains(code, asked):
			d = 0
		case strings.HasPrefix(code, group+"."):
			d /= 2 // a right group says more than a few letters
		}
		at := found
		for at > 0 && far[at-1] > d {
			at--
		}
		if at == nearby {
			continue
		}
		copy(near[at+1:], near[at:])
		copy(far[at+1:], far[at:])
		near[at], far[at] = code, d
		found = min(found+1, nearby)
	}
	return near[:found]
}
