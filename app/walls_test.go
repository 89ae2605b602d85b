//go:build !js

package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Import paths that walls stand against; /... means the path and all below it.
const (
	miekg   = "github.com/miekg/dns/..."
	goApp   = "github.com/maxence-charriere/go-app/..."
	quic    = "github.com/quic-go/..."
	netHTTP = "net/http/..."
)

// wall says what packages must not reach (by any chain of imports) or name
// (in their own source), and why.
type wall struct {
	of, except  []string // packages from the module's root; each must exist
	reach, name []string
	build       string // "native" or "js"; empty for both
	why         string
}

var walls = []wall{
	{
		of:    []string{"app/mtasts", "app/tlsrpt", "app/syntax", "app/reports"},
		reach: []string{miekg, netHTTP, quic, goApp},
		name:  []string{"net", "crypto/tls"},
		why:   "text in, values out",
	},
	{
		of:    []string{"app/dane", "app/dnssec", "app/doh"},
		reach: []string{netHTTP, goApp},
		why:   "they ask through a func",
	},
	{
		of:     []string{"app/...", "wasm/..."},
		except: []string{"app/zone"},
		name:   []string{miekg},
		why:    "zone alone names miekg/dns, so that its successor can replace it in an afternoon",
	},
	{
		of:    []string{"app/senders"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/..."},
		name:  []string{"syscall/js"},
		why:   "plain data in, plain data out: check makes its input, and so must not be needed",
	},
	{
		of:    []string{"app/picture"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/app/check", module + "/app/ui"},
		name:  []string{"syscall/js"},
		why:   "zones and hops in, lines and boxes out: page and command line show the same",
	},
	{
		of:    []string{"app/lint"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/app/check", module + "/app/ui", module + "/app/locale"},
		name:  []string{"syscall/js"},
		why:   "text in, values out: it knows what parsers know, and nothing of the world",
	},
	{
		of:    []string{"app/check"},
		reach: []string{netHTTP, goApp, quic},
		name:  []string{"syscall/js"},
		why:   "the core asks its World and never fetches",
	},
	{
		of:    []string{"app/explain"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/app/ui", module + "/app/locale"},
		name:  []string{"syscall/js"},
		why:   "text and a report in, values out: it says nothing in words, and asks nobody",
	},
	{
		of:    []string{"app/explain/letter"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/app/ui"},
		why:   "page and command line write the same letter",
	},
	{
		of:    []string{"app/compose", "app/compose/...", "app/lint"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/app/ui", module + "/app/zone"},
		name:  []string{"syscall/js"},
		why:   "they make and mend text: page and command line give the same",
	},
	{
		of:    []string{"app/compose/keyfile"},
		reach: []string{module + "/app/check"},
		why:   "a private key comes in: little must see it",
	},
	{
		of:   []string{"app/ui"},
		name: []string{netHTTP, miekg},
		why:  "components show",
	},
	{
		of:   []string{"app/..."},
		name: []string{"os/...", "net", netHTTP, "syscall/...", "log/...", "io/ioutil", "unsafe"},
		why:  "app/ is pure: the doors have the world, and only net/netip has no world in it",
	},
	{
		of:     []string{"app/..."},
		except: []string{"app/zone"},
		name:   []string{"text/template", "html/template", "regexp", "golang.org/x/..."},
		why:    "size: it reaches the browser program",
	},
	{
		of:    []string{"app/..."},
		reach: []string{module + "/wasm/...", module + "/proxy/...", module + "/e2e/...", quic},
		why:   "the core knows no door",
	},
	{
		of:    []string{"wasm/..."},
		reach: []string{module + "/proxy/...", quic, module + "/e2e/..."},
		why:   "the two doors never import each other",
	},
	{
		of:    []string{"wasm/..."},
		build: "js",
		reach: []string{
			module + "/app/zone", miekg, "text/template/...", "html/template", "log/slog/...",
			"golang.org/x/net/idna", "golang.org/x/net/publicsuffix", "golang.org/x/text/...", "github.com/andybalholm/...",
		},
		name: []string{netHTTP},
		why:  "size: zone costs its signers, miekg/dns 50 KB for what takes a page of ours, net/http's client a megabyte, templates and IDNA tables the rest",
	},
	{
		of:    []string{"app/tlsrpt", "app/reports"},
		reach: []string{"archive/zip", "mime/...", "net/mail", "regexp", module + "/app/check", module + "/app/ui", module + "/app/locale"},
		why:   "size: archive/zip brings its compressor along, and the mails of reports need little of what mail can be",
	},
	{
		of:    []string{"wasm/...", "proxy/..."},
		reach: []string{module + "/app/reports/mill"},
		why:   "it makes reports for tests",
	},
	{
		of:    []string{"wasm/..."},
		build: "js",
		reach: []string{module + "/app/learn"},
		why:   "size: the pages about findings are made when the site is built, and need no program",
	},
	{
		of:    []string{"proxy/..."},
		reach: []string{module + "/wasm/..."},
		why:   "the two doors never import each other",
	},
	{
		of:    []string{"proxy/observe", "proxy/server/...", "proxy/resolve/...", "proxy/lab"},
		reach: []string{module + "/app/check", module + "/app/ui", goApp},
		why:   "the proxy reports, it does not judge",
	},
	{
		of:    []string{"proxy/observe", "proxy/server/...", "proxy/resolve/...", "proxy/lab"},
		reach: []string{"github.com/prometheus/...", "github.com/caddyserver/..."},
		why:   "who watches and who certifies is the command line's choice: the server knows a Meter and a tls.Config",
	},
	{
		of:    []string{"proxy/..."},
		reach: []string{module + "/app/ui", goApp},
		why:   "the proxy shows nothing: it serves what is built",
	},
	{
		of:   []string{"app/dnsname", "app/syntax"},
		name: []string{module + "/..."},
		why:  "everything stands on them, so they stand on nothing",
	},
	{
		of:    []string{"app/mtasts", "app/tlsrpt", "app/dane", "app/dnssec", "app/doh", "app/probe", "app/zone"},
		reach: []string{module + "/app/check", module + "/app/ui", module + "/app/locale"},
		why:   "ui → check → these → dnsname",
	},
	{
		of:    []string{"app/learn"},
		reach: []string{netHTTP, goApp, quic, miekg, module + "/app/check", module + "/app/ui", module + "/app/locale"},
		why:   "it holds lines for a shell and the names in them; what they mean is said elsewhere",
	},
	{
		of:    []string{"app/check", "app/locale"},
		reach: []string{module + "/app/ui"},
		why:   "ui → check → these → dnsname",
	},
}

// listed is a package as go list gives it.
type listed struct {
	ImportPath    string
	Imports, Deps []string
}

// matches tells whether an import path falls under a pattern.
func matches(importPath, pattern string) bool {
	if prefix, all := strings.CutSuffix(pattern, "/..."); all {
		return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
	}
	return importPath == pattern
}

// breaches gives every breach of a wall by the packages of one build.
func (w wall) breaches(build string, packages []listed) (found []string) {
	if w.build != "" && w.build != build {
		return nil
	}
	for _, pattern := range append(slices.Clone(w.of), w.except...) {
		exists := func(p listed) bool { return matches(p.ImportPath, module+"/"+pattern) }
		if !strings.HasSuffix(pattern, "/...") && !slices.ContainsFunc(packages, exists) {
			found = append(found, fmt.Sprintf("%s: there is no %s to put a wall around", build, pattern))
		}
	}
	for _, p := range packages {
		inside := func(pattern string) bool { return matches(p.ImportPath, module+"/"+pattern) }
		if !slices.ContainsFunc(w.of, inside) || slices.ContainsFunc(w.except, inside) {
			continue
		}
		for _, c := range []struct {
			verb               string
			imports, forbidden []string
		}{{"names", p.Imports, w.name}, {"reaches", p.Deps, w.reach}, {"reaches", p.Imports, w.reach}} {
			for _, i := range c.imports {
				if slices.ContainsFunc(c.forbidden, func(f string) bool { return matches(i, f) }) {
					found = append(found, fmt.Sprintf("%s: %s %s %s: %s", build, p.ImportPath, c.verb, i, w.why))
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// list runs go list over what is built of the repository, without cgo.
func list(t *testing.T, goos, goarch string) (packages []listed) {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,Deps", "./app/...", "./wasm/...", "./proxy/...")
	command.Dir = root
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOPROXY=off", "GOFLAGS=-mod=readonly")
	if goos != "" {
		command.Env = append(command.Env, "GOOS="+goos, "GOARCH="+goarch)
	}
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestWalls(t *testing.T) {
	for _, build := range []struct{ name, goos, goarch string }{{"native", "", ""}, {"js", "js", "wasm"}} {
		packages := list(t, build.goos, build.goarch)
		if len(packages) < 10 {
			t.Fatalf("%s: go list knows only %d packages", build.name, len(packages))
		}
		dependency := wall{of: []string{"app/zone"}, reach: []string{miekg}}
		if len(dependency.breaches(build.name, packages)) == 0 {
			t.Fatalf("%s: go list doesn't say that app/zone reaches miekg/dns", build.name)
		}
		for _, w := range walls {
			for _, breach := range w.breaches(build.name, packages) {
				t.Error(breach)
			}
		}
		t.Logf("%s: %d packages behind %d walls", build.name, len(packages), len(walls))
	}
}

// Each wall stands: it falls when a package behind it reaches or names what it
// must not, and when a package it speaks of is gone.
func TestWallsCanFall(t *testing.T) {
	concrete := func(pattern string) string { return strings.TrimSuffix(pattern, "/...") }
	for _, w := range walls {
		var sound []listed
		for _, p := range append(slices.Clone(w.of), w.except...) {
			sound = append(sound, listed{ImportPath: module + "/" + concrete(p), Imports: []string{"strings"}, Deps: []string{"unicode/utf8"}})
		}
		build := w.build
		if build == "" {
			build = "native"
		}
		if found := w.breaches(build, sound); len(found) != 0 {
			t.Errorf("%s: a sound world breaches it: %v", w.why, found)
		}
		if gone := w.breaches(build, sound[:0]); !strings.HasSuffix(w.of[0], "/...") && len(gone) == 0 {
			t.Errorf("%s: nothing is missed without packages", w.why)
		}
		for _, f := range w.name {
			broken := slices.Clone(sound)
			broken[0].Imports = []string{concrete(f)}
			if len(w.breaches(build, broken)) == 0 {
				t.Errorf("%s: naming %s passes", w.why, f)
			}
		}
		for _, f := range w.reach {
			broken := slices.Clone(sound)
			broken[0].Deps = []string{concrete(f) + strings.Repeat("/below", strings.Count(f, "..."))}
			if len(w.breaches(build, broken)) == 0 {
				t.Errorf("%s: reaching %s passes", w.why, f)
			}
		}
		if w.why == "" || len(w.name)+len(w.reach) == 0 {
			t.Errorf("a wall without a reason or without anything behind it: %+v", w)
		}
	}
}
