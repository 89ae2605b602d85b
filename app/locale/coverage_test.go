package locale_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/senders"
)

// TestCatalogueAndWordsAgree holds the catalogue's codes and the words to the
// same list, and every code to its source.
func TestCatalogueAndWordsAgree(t *testing.T) {
	l := locale.English()
	known := map[string]bool{}
	for _, e := range check.Catalogue() {
		code := string(e.Code)
		if known[code] {
			t.Errorf("%s stands twice in the catalogue", code)
		}
		known[code] = true
		if _, ok := l.Finding(code); !ok {
			t.Errorf("%s has no words", code)
		}
		if len(e.RFC) == 0 {
			t.Errorf("%s cites no RFC", code)
		}
		for _, c := range e.RFC {
			if c.RFC < 1000 || c.RFC > 9999 {
				t.Errorf("%s cites RFC %d", code, c.RFC)
			}
		}
		if _, ok := l.Phrase("who." + string(e.Who)); !ok {
			t.Errorf("%s: nobody is called %q", code, e.Who)
		}
	}
	for _, code := range l.Codes() {
		if !known[code] {
			t.Errorf("%s has words, but is not in the catalogue", code)
		}
	}
	t.Logf("%d codes in the catalogue", len(known))
}

var (
	placeholder = regexp.MustCompile(`\{([a-z]+)\}`)
	entryStart  = regexp.MustCompile(`\{Code: "([a-z0-9-]+\.[a-z0-9-]+)"`)
	entryArgs   = regexp.MustCompile(`// args: ([a-z, ]+)`)
	phraseCall  = regexp.MustCompile(`"((?:headline|lane|not-checked)\.[a-z0-9-]+)"`)
)

// TestPlaceholdersAreDocumented holds every {placeholder} in a finding's words
// to the "args:" comment at its entry, which is what the rule promises to fill.
func TestPlaceholdersAreDocumented(t *testing.T) {
	l := locale.English()
	args := documentedArgs(t)
	for _, code := range l.Codes() {
		w, _ := l.Finding(code)
		for _, text := range []string{w.Title, w.Consequence, w.Cause, w.Fix} {
			for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
				if name := m[1]; !slices.Contains(args[code], name) {
					t.Errorf("%s: {%s} is not among its args %v", code, name, args[code])
				}
			}
		}
	}
}

// documentedArgs reads the "args:" comments of the catalogue's tables.
func documentedArgs(t *testing.T) map[string][]string {
	args := map[string][]string{}
	code := ""
	for _, line := range strings.Split(sources(t), "\n") {
		if m := entryStart.FindStringSubmatch(line); m != nil {
			code = m[1]
		}
		if m := entryArgs.FindStringSubmatch(line); m != nil {
			for name := range strings.SplitSeq(m[1], ",") {
				args[code] = append(args[code], strings.TrimSpace(name))
			}
		}
	}
	if len(args) < 50 {
		t.Fatalf("only %d entries of the catalogue document their args", len(args))
	}
	return args
}

// TestPhrasesAreUsed holds the keys named in app/check to those that have a text.
func TestPhrasesAreUsed(t *testing.T) {
	l := locale.English()
	used := map[string]bool{}
	for _, m := range phraseCall.FindAllStringSubmatch(sources(t), -1) {
		used[m[1]] = true
		if _, ok := l.Phrase(m[1]); !ok {
			t.Errorf("app/check names %s, which has no text", m[1])
		}
	}
	for _, key := range l.Keys() {
		group, _, _ := strings.Cut(key, ".")
		if group != "who" && group != "list" && !used[key] && !senderGroups[group] {
			t.Errorf("%s has a text, but app/check never names it", key)
		}
	}
}

// senderGroups are the groups of keys that TestSendersHaveWords holds.
var senderGroups = map[string]bool{"outcome": true, "reads": true, "reason": true, "sender": true, "senders": true, "source": true}

// TestSendersHaveWords holds what app/senders can say to what has a text, and
// the texts to what it can say.
func TestSendersHaveWords(t *testing.T) {
	l := locale.English()
	said := map[string]bool{"sender.cached": true}
	for o := senders.Unknown; o <= senders.Skips; o++ {
		said["outcome."+o.String()] = true
	}
	for _, r := range senders.Reasons() {
		said["reason."+r] = true
	}
	for _, id := range senders.All() {
		said["sender."+string(id)] = true
	}
	for _, m := range senders.Manners() {
		said["reads."+string(m)] = true
	}
	for _, r := range senders.Readers("sts-policy.bom") {
		said["sender."+string(r.Reader)] = true
	}
	for _, s := range senders.Sources() {
		if !strings.HasPrefix(s, "RFC ") {
			said["source."+s] = true
		}
	}
	for key := range said {
		if _, ok := l.Phrase(key); !ok {
			t.Errorf("%s has no text", key)
		}
	}
	for _, key := range l.Keys() {
		group, _, _ := strings.Cut(key, ".")
		if senderGroups[group] && group != "senders" && !said[key] {
			t.Errorf("%s has a text, but app/senders never says it", key)
		}
	}
}

// sources is the program text of app/check.
func sources(t *testing.T) string {
	files, err := filepath.Glob("../check/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no program text of app/check: %v", err)
	}
	var all strings.Builder
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
