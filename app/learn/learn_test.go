package learn_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/learn"
	"github.com/sealane/sealane/app/locale"
)

var argument = regexp.MustCompile(`\{([a-z]+)\}`)

// place is what must be filled before a line is shown; curl has braces of its own.
var place = regexp.MustCompile(`(?:^|[^%])\{`)

// Every code can be seen by a command, and every command says what to look for.
func TestEveryCodeHasCommands(t *testing.T) {
	lang := locale.English()
	for _, e := range check.Catalogue() {
		code := string(e.Code)
		commands := learn.Commands(code)
		if len(commands) == 0 {
			t.Errorf("%s has no command", code)
		}
		var lines []string
		for _, c := range commands {
			line := locale.Fill(c.Shell, lang.Examples(code, nil))
			if place.MatchString(line) || strings.Contains(line, "…") {
				t.Errorf("%s: a place is left: %s", code, line)
			}
			if slices.Contains(lines, line) && c.Shows != "elsewhere" {
				t.Errorf("%s says twice: %s", code, line)
			}
			lines = append(lines, line)
		}
	}
	if got := learn.Commands("no-group.at-all"); got != nil {
		t.Errorf("a group that there isn't has commands: %v", got)
	}
	if got := learn.Commands("dns.some-new-code"); len(got) == 0 {
		t.Error("a new code has not its group's commands")
	}
}

// Where the words of a code are shown without a check, each argument has an
// example.
func TestEveryArgumentHasAnExample(t *testing.T) {
	lang := locale.English()
	for _, code := range lang.Codes() {
		args := lang.Examples(code, nil)
		w, _ := lang.Finding(code)
		for _, text := range []string{w.Title, w.Consequence, w.Cause, w.Fix} {
			if said := locale.Fill(text, args); strings.Contains(said, "{") {
				t.Errorf("%s: %s", code, said)
			}
			for _, m := range argument.FindAllStringSubmatch(text, -1) {
				if args[m[1]] == "…" {
					t.Errorf("%s: app/locale/examples_en.go has no example of {%s}: %s", code, m[1], text)
				}
			}
		}
	}
}

func TestExamplesGiveWayToNames(t *testing.T) {
	lang := locale.English()
	names := learn.ReadNames(query("domain=foo.example&host=mx.foo.example&ip=2001:db8::1"))
	args := lang.Examples("tlsa.absent", names.Args())
	for key, want := range map[string]string{
		"domain": "foo.example", "host": "mx.foo.example", "at": "[2001:db8::1]", "ip": "2001:db8::1", "name": "_25._tcp.mx.foo.example",
	} {
		if args[key] != want {
			t.Errorf("%s is %q, want %q", key, args[key], want)
		}
	}
	if got := lang.Examples("sts-policy-fetch.http-404", names.Args())["host"]; got != "mx.foo.example" {
		t.Errorf("a known host is %q", got)
	}
	names = learn.ReadNames(query("domain=foo.example"))
	if got := lang.Examples("sts-policy-fetch.http-404", names.Args())["host"]; got != "mta-sts.foo.example" {
		t.Errorf("the policy host is %q", got)
	}
	if got := lang.Examples("cert.expired", names.Args())["at"]; got != "mx.example.com" {
		t.Errorf("without a host commands connect to %q", got)
	}
}

func query(text string) func(string) string {
	values, _ := url.ParseQuery(text) // the rest of a query that is wrong in part
	return values.Get
}

// What a reader pastes into a shell must be names and nothing else.
func TestReadNamesTakesNamesOnly(t *testing.T) {
	for _, hostile := range []string{
		"a.example;rm -rf ~", "$(id).example", "`id`", "-f/etc/passwd", "--help.example", "a b", "a\nb", "a'b", `a"b`, "a|b", "a&b", ".", "", "..",
		"a.example/", "{host}", "ä.example", "a>b", "*.example", "fe80::1%eth0", "1.2.3.4.5:25", "~root", "!1", "\\a",
	} {
		values := url.Values{"domain": {hostile}, "host": {hostile}, "name": {hostile}, "ip": {hostile}}
		if args := learn.ReadNames(values.Get).Args(); len(args) > 0 {
			t.Errorf("%q gives %v", hostile, args)
		}
	}
	names := learn.ReadNames(query("domain=Foo.Example.&host=mx&name=_25._tcp.mx&ip=192.0.2.1"))
	if got, want := names.Query(), "?domain=foo.example&host=mx&ip=192.0.2.1&name=_25._tcp.mx"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if (learn.Names{}).Query() != "" {
		t.Error("no names have a query")
	}
}

// FuzzReadNames holds that what is taken comes back the same, and is harmless.
func FuzzReadNames(f *testing.F) {
	f.Add("example.com", "mx.example.com", "_25._tcp.mx", "2001:db8::1")
	f.Add("-x", "$(id)", "a;b", "fe80::1%a b")
	harmless := regexp.MustCompile(`^[a-z0-9_.:\[\]][a-z0-9_.:\[\]-]*$`)
	f.Fuzz(func(t *testing.T, domain, host, name, ip string) {
		values := url.Values{"domain": {domain}, "host": {host}, "name": {name}, "ip": {ip}}
		names := learn.ReadNames(values.Get)
		for key, value := range names.Args() {
			if !harmless.MatchString(value) {
				t.Errorf("%s is %q", key, value)
			}
		}
		if again := learn.ReadNames(query(strings.TrimPrefix(names.Query(), "?"))); again != names {
			t.Errorf("%+v comes back as %+v", names, again)
		}
	})
}

func TestNearFindsWhatWasMeant(t *testing.T) {
	var codes []string
	for _, e := range check.Catalogue() {
		codes = append(codes, string(e.Code))
	}
	for asked, want := range map[string]string{
		"dns.nul-mx": "dns.null-mx", "null-mx": "dns.null-mx", "DNS.NULL-MX": "dns.null-mx", "cert.expird": "cert.expired",
		"dane.mismatch": "dane.mismatch-all", "tlsa.lookup-servfial": "tlsa.lookup-servfail", "starttls-not-offered": "starttls.not-offered",
	} {
		if near := learn.Near(asked, codes); !slices.Contains(near, want) || len(near) != 5 {
			t.Errorf("%s: %v", asked, near)
		}
	}
	if near := learn.Near(strings.Repeat("x", 1<<20), codes[:2]); len(near) != 2 {
		t.Errorf("%v", near)
	}
	if near := learn.Near("a", nil); len(near) != 0 {
		t.Errorf("%v", near)
	}
}
