package main

import (
	"flag"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/locale"
)

// row is a row of the README's table of flags.
var row = regexp.MustCompile("(?m)^\\| `-([a-z-]+)[^`]*`( \\*)? \\| `([A-Z_]+)` \\| (?:`([^`]*)`)? *\\|")

// TestConfigurationTable holds the README's table, and the help, to the flags that
// serve takes.
func TestConfigurationTable(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		name, variable, value string
		many                  bool
	}
	var said, are []line
	for _, m := range row.FindAllStringSubmatch(string(readme), -1) {
		said = append(said, line{m[1], m[3], m[4], m[2] != ""})
	}
	help := locale.EnglishCLI().Help
	serveSet(new(worldFlags), new(serveFlags)).VisitAll(func(f *flag.Flag) {
		_, many := f.Value.(*list)
		are = append(are, line{f.Name, variable(f.Name), f.DefValue, many})
		if !regexp.MustCompile("[ ]-" + f.Name + `\b[^-]`).MatchString(help) {
			t.Errorf("-%s isn't in the help", f.Name)
		}
	})
	for _, l := range are {
		if !slices.Contains(said, l) {
			t.Errorf("the table has no row for %+v", l)
		}
	}
	for _, l := range said {
		if !slices.Contains(are, l) {
			t.Errorf("the table has %+v, which isn't so", l)
		}
	}
}

// TestEnvironment wants flags first, then variables.
func TestEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"SEALANE_LISTEN": "127.0.0.1:1", "SEALANE_GRACE": "5s", "SEALANE_LAB": "true", "SEALANE_SITE": "",
		"SEALANE_ALLOW_ORIGIN": "https://a.example, https://b.example\thttps://c.example", "SEALANE_RESOLVER": "192.0.2.1:53",
	} {
		t.Setenv(name, value)
	}
	p := &program{cli: locale.EnglishCLI()}
	w, s, err := p.readServe([]string{"-listen", "127.0.0.1:2", "-resolver", "192.0.2.2:53", "-resolver=192.0.2.3:53"})
	if err != nil {
		t.Fatal(err)
	}
	if s.listen != "127.0.0.1:2" || s.grace != 5*time.Second || !s.lab || s.site != "" {
		t.Errorf("%+v", s)
	}
	if !slices.Equal(s.origins, []string{"https://a.example", "https://b.example", "https://c.example"}) {
		t.Errorf("origins %q", s.origins)
	}
	if !slices.Equal(w.resolvers, []string{"192.0.2.2:53", "192.0.2.3:53"}) {
		t.Errorf("resolvers %q", w.resolvers)
	}
}

// TestEnvironmentRefuses wants what is wrong in a variable to be refused, and not
// repeated.
func TestEnvironmentRefuses(t *testing.T) {
	for _, c := range []struct{ name, value string }{
		{"SEALANE_RESOLVER", "https://user:hunter2@dns.example/"}, {"SEALANE_RESOLVER", "192.0.2.1:53 https://user:hunter2@dns.example/"},
		{"SEALANE_LAB", "hunter2"}, {"SEALANE_GRACE", "hunter2"}, {"SEALANE_GRACE", "-5s"}, {"SEALANE_SMTP_PORT", "hunter2"}, {"SEALANE_ALLOW_PRIVATE", "true"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			t.Setenv(c.name, c.value)
			r := run(t, "serve")
			refused(t, r)
			if strings.Contains(r.err, "hunter2") {
				t.Errorf("repeats a secret: %s", r.err)
			}
		})
	}
}

// TestDeployedVariables wants what the unit, the image and their page set to be
// read.
func TestDeployedVariables(t *testing.T) {
	var are []string
	serveSet(new(worldFlags), new(serveFlags)).VisitAll(func(f *flag.Flag) { are = append(are, variable(f.Name)) })
	found := 0
	for _, name := range []string{"sealane.service", "Containerfile", "README.md"} {
		text, err := os.ReadFile("deploy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range regexp.MustCompile(`SEALANE_\w+`).FindAllString(string(text), -1) {
			found++
			if !slices.Contains(are, v) {
				t.Errorf("%s: nobody reads %s", name, v)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d variables found", found)
	}
}

// TestEHLO has probes use the name given.
func TestEHLO(t *testing.T) {
	p := &program{cli: locale.EnglishCLI()}
	w, _, err := p.readServe([]string{"-ehlo", "Probe.Example."})
	if err != nil {
		t.Fatal(err)
	}
	n, err := p.networks(&w, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	if n.internet.EHLO != "probe.example" {
		t.Errorf("EHLO %q", n.internet.EHLO)
	}
}
