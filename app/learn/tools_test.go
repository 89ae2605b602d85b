//go:build !js

package learn

import (
	"context"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// programs are those that a line may call: these show something,
var programs = []string{"curl", "delv", "dig", "dnssec-dsfromkey", "nmap", "openssl", "posttls-finger", "python3"}

// and these pass something on.
var passers = []string{"cut", "echo", "grep", "head", "od", "sleep", "tr", "wc"}

// call is one program with its arguments.
type call struct{ words []string }

// calls takes a line of a shell apart, as far as ours go: pipes, quotes, $(…) and
// a loop of for.
func calls(line string) (all []call) {
	var words []string
	word, quote, begun := "", byte(0), false
	end := func() {
		if begun {
			words = append(words, word)
		}
		word, begun = "", false
	}
	finish := func() {
		end()
		for len(words) > 0 && slices.Contains([]string{"do", "done"}, words[0]) {
			words = words[1:]
		}
		if len(words) > 0 && words[0] != "for" {
			all = append(all, call{words})
		}
		words = nil
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case strings.HasPrefix(line[i:], "$(") && quote != '\'':
			depth, from := 1, i+2
			for i = from; depth > 0; i++ {
				depth += strings.Count(line[i:i+1], "(") - strings.Count(line[i:i+1], ")")
			}
			i--
			all = append(all, calls(line[from:i])...)
			word, begun = word+"$()", true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, begun = c, true
		case quote == 0 && c == ' ':
			end()
		case quote == 0 && (c == '|' || c == ';'):
			finish()
		default:
			word, begun = word+string(c), true
		}
	}
	finish()
	for i := range all {
		all[i].words = slices.DeleteFunc(all[i].words, func(w string) bool { return w == "</dev/null" || w == "2>/dev/null" })
	}
	return all
}

func TestCallsAreTakenApart(t *testing.T) {
	got := calls(`for s in $(dig +short NS $(x y | z)); do echo $s; dig "a b|c" @$s </dev/null; done`)
	var said []string
	for _, c := range got {
		said = append(said, strings.Join(c.words, ","))
	}
	if text := strings.Join(said, " / "); text != "x,y / z / dig,+short,NS,$() / echo,$s / dig,a b|c,@$s" {
		t.Error(text)
	}
}

func TestProgramsAreFew(t *testing.T) {
	used := map[string]bool{}
	for _, s := range shells {
		for _, c := range calls(s.line) {
			used[c.words[0]] = true
			if !slices.Contains(programs, c.words[0]) && !slices.Contains(passers, c.words[0]) {
				t.Errorf("%s calls %s", s.key, c.words[0])
			}
		}
		if len(s.line) > 330 {
			t.Errorf("%s: a line of %d characters", s.key, len(s.line))
		}
	}
	for _, name := range programs {
		if !used[name] {
			t.Errorf("no line calls %s", name)
		}
	}
}

// said is what a program prints about itself; how it ends doesn't matter.
func said(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, _ := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if len(out) < 40 {
		t.Fatalf("%s says nothing about itself: %q", name, out)
	}
	return string(out)
}

// flagKnown tells whether a program's own help lists a flag.
var flagKnown = map[string]func(help, flag string) bool{
	"dig": func(help, flag string) bool {
		// Any beginning of a keyword will do.
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(flag, "+"), "no"), "=")
		return regexp.MustCompile(`[+\[\]a-z]*[+\]]` + regexp.QuoteMeta(name)).MatchString(help)
	},
	"curl": func(help, flag string) bool {
		if strings.HasPrefix(flag, "--") {
			return regexp.MustCompile(`(?m)[ ,]` + regexp.QuoteMeta(flag) + `\b`).MatchString(help)
		}
		for _, letter := range flag[1:] {
			if !regexp.MustCompile(`(?m)^ *-` + string(letter) + `,`).MatchString(help) {
				return false
			}
		}
		return true
	},
	"openssl": func(help, flag string) bool {
		return regexp.MustCompile(`(?m)^ `+regexp.QuoteMeta(flag)+`\b`).MatchString(help) ||
			flag == "-sha256" && strings.Contains(help, " -*")
	},
	"posttls-finger": func(help, flag string) bool {
		return regexp.MustCompile(`\[-[a-zA-Z]*` + flag[1:]).MatchString(help)
	},
	"nmap": func(help, flag string) bool {
		return regexp.MustCompile(regexp.QuoteMeta(flag) + `\b`).MatchString(help)
	},
	"dnssec-dsfromkey": func(help, flag string) bool { return strings.Contains(help, flag) },
}

// networked tells whether this machine has an interface that is up.
func networked() bool {
	all, err := net.InterfaceAddrs()
	return err == nil && len(all) > 0
}

// Each flag is one that the program itself lists, where it is installed.
func TestFlagsExist(t *testing.T) {
	helps := map[string][]string{"dig": {"-h"}, "curl": {"--help", "all"}, "nmap": {"--help"}, "dnssec-dsfromkey": {"-h"}, "posttls-finger": nil}
	known := map[string]string{}
	held := 0
	for _, s := range shells {
		for _, c := range calls(s.line) {
			name, args, ask := c.words[0], c.words[1:], helps[c.words[0]]
			check, has := flagKnown[name]
			if !has || name == "posttls-finger" && !networked() {
				continue // it needs an interface before it says how it is used
			}
			if _, err := exec.LookPath(name); err != nil {
				if known[name] == "" {
					t.Logf("%s is not installed: its flags are not held against it", name)
				}
				known[name] = "-"
				continue
			}
			key := name
			if name == "openssl" {
				ask, key, args = []string{args[0], "-help"}, name+" "+args[0], args[1:]
			}
			if known[key] == "" {
				known[key] = said(t, name, ask...)
			}
			for _, a := range args {
				if len(a) > 1 && (a[0] == '-' || name == "dig" && a[0] == '+') {
					held++
					if !check(known[key], a) {
						t.Errorf("%s: %s has no %s", s.key, key, a)
					}
				}
			}
		}
	}
	t.Logf("%d flags held against their programs", held)
	for name, check := range flagKnown {
		if check("Usage: nothing\n", map[bool]string{true: "+nonesuch", false: "-nonesuch"}[name == "dig"]) {
			t.Errorf("any flag of %s passes", name)
		}
	}
}

// The lines are such that a shell can read them, and so is what they give to
// Python.
func TestLinesAreRead(t *testing.T) {
	for _, s := range shells {
		if sh, err := exec.LookPath("sh"); err != nil {
			t.Skip("no shell to read the lines")
		} else if out, err := exec.Command(sh, "-n", "-c", s.line).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", s.key, out)
		}
		for _, c := range calls(s.line) {
			if c.words[0] != "python3" {
				continue
			}
			if _, err := exec.LookPath("python3"); err != nil {
				t.Log("no python3 to read its line")
				continue
			}
			read := exec.Command("python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())")
			read.Stdin = strings.NewReader(c.words[2])
			if out, err := read.CombinedOutput(); err != nil {
				t.Errorf("%s: %s", s.key, out)
			}
		}
	}
}
