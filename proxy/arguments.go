package main

import (
	"errors"
	"flag"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sealane/sealane/app/locale"
)

// errWords is a mistake in the command line, already in words.
type errWords string

func (e errWords) Error() string { return string(e) }

// errHelp is parse's error where help is asked for instead.
var errHelp = errors.New("help")

// parse sets the flags wherever they stand and gives the other arguments;
// behind "--" everything is one. Package flag holds the flags but doesn't
// parse: its errors are texts of its own.
func (p *program) parse(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			return append(rest, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		if name == "h" || name == "help" {
			return nil, errHelp
		}
		f := set.Lookup(name)
		if f == nil {
			return nil, errWords(p.say(p.cli.UnknownFlag, "value", "-"+name))
		}
		if b, is := f.Value.(interface{ IsBoolFlag() bool }); is && b.IsBoolFlag() {
			if !given {
				value = "true"
			}
		} else if !given {
			if len(args) == 0 {
				return nil, errWords(p.say(p.cli.FlagNeedsValue, "value", "-"+name))
			}
			value, args = args[0], args[1:]
		}
		if set.Set(name, value) != nil {
			return nil, errWords(p.say(p.cli.BadValue, "name", "-"+name, "value", value))
		}
	}
	return rest, nil
}

// one is the fault of arguments that are not exactly one.
func one(rest []string, none, many string) error {
	switch len(rest) {
	case 0:
		return errWords(none)
	case 1:
		return nil
	}
	return errWords(many)
}

// refuse says what is wrong with a command line, or gives the help asked for.
func (p *program) refuse(err error) int {
	if errors.Is(err, errHelp) {
		return p.help()
	}
	return p.wrong(err.Error())
}

// maxEcho is how much of an argument or a file's name is repeated, in runes.
const maxEcho = 100

// say fills a text with pairs of names and values, each short and on one line.
func (p *program) say(text string, pairs ...string) string {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = brief(pairs[i+1])
	}
	return locale.Fill(text, args)
}

// withoutSecret leaves out who an address is asked as (RFC 3986 §3.2.1), before it
// is repeated: there may be a password in it.
func withoutSecret(address string) string {
	slashes, at := strings.Index(address, "//"), strings.LastIndexByte(address, '@')
	if slashes < 0 || at < slashes {
		return address
	}
	return address[:slashes+2] + "…" + address[at:]
}

// brief cuts a text to maxEcho and makes it printable on one line.
func brief(s string) string {
	runes := 0
	for at := range s {
		if runes++; runes > maxEcho {
			s = s[:at] + "…"
			break
		}
	}
	return printable(s)
}

// printable keeps control characters away from the terminal, and those that
// turn the direction of writing or break lines: a server or a file may send
// them.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return utf8.RuneError
		}
		return r
	}, s)
}
