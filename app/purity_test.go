//go:build !js

package app_test

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// goAppPackage is where go-app gives out JavaScript values.
const goAppPackage = "github.com/maxence-charriere/go-app/v10/pkg/app"

// clockReads gives the lines of app/ that read the clock: time is given.
func clockReads(s source) (found []string) {
	if s.isTest() || !strings.HasPrefix(s.path, "app/") {
		return nil
	}
	for _, line := range s.uses("time", "Now", "Since", "Until") {
		found = append(found, fmt.Sprintf("%s:%d reads the clock", s.path, line))
	}
	return found
}

// hiddenStarts gives the init functions: no hidden state.
func hiddenStarts(s source) (found []string) {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			found = append(found, fmt.Sprintf("%s:%d has an init", s.path, s.line(f.Pos())))
		}
	}
	return found
}

// serverInPage gives the lines of the page's program that name go-app's Handler,
// which doubles it.
func serverInPage(s source) (found []string) {
	if !strings.HasPrefix(s.path, "wasm/") || !strings.HasSuffix(s.path, "_js.go") && !strings.Contains(s.text, "//go:build js") {
		return nil
	}
	for _, line := range s.uses(goAppPackage, "Handler", "GenerateStaticWebsite") {
		found = append(found, fmt.Sprintf("%s:%d names go-app's server", s.path, line))
	}
	return found
}

// hasJavaScript tells whether a file names JavaScript values.
func hasJavaScript(s source) bool {
	if s.isTest() {
		return false
	}
	if s.imported("syscall/js") != "" {
		return true
	}
	if s.imported(goAppPackage) == "" {
		return false
	}
	if len(s.uses(goAppPackage, "Window", "BrowserWindow", "Value", "ValueOf", "Func", "FuncOf", "Null", "Undefined")) > 0 {
		return true
	}
	found := false
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		found = found || ok && (selector.Sel.Name == "JSValue" || selector.Sel.Name == "JSSrc")
		return !found
	})
	return found
}

// thickDoors gives what is wrong with where JavaScript values are named: at
// most 4 files, all in wasm/, each of at most 200 lines.
func thickDoors(all []source) (found []string) {
	doors := slices.DeleteFunc(slices.Clone(all), func(s source) bool { return !hasJavaScript(s) })
	for _, s := range doors {
		if !strings.HasPrefix(s.path, "wasm/") {
			found = append(found, s.path+" names JavaScript values outside wasm/")
		}
		if s.lines() > 200 {
			found = append(found, fmt.Sprintf("%s names JavaScript values and has %d lines", s.path, s.lines()))
		}
	}
	if len(doors) > 4 {
		found = append(found, fmt.Sprintf("%d files name JavaScript values", len(doors)))
	}
	return found
}

func TestPurity(t *testing.T) {
	all := sources(t)
	found := thickDoors(all)
	doors := 0
	for _, s := range all {
		found = append(found, clockReads(s)...)
		found = append(found, hiddenStarts(s)...)
		found = append(found, serverInPage(s)...)
		if hasJavaScript(s) {
			doors++
			t.Logf("names JavaScript values: %s, %d lines", s.path, s.lines())
		}
	}
	for _, f := range found {
		t.Error(f)
	}
	t.Logf("%d files name JavaScript values (at most 4)", doors)
}

// Each of these rules finds what breaks it, and nothing in what doesn't.
func TestPurityCanFail(t *testing.T) {
	for _, c := range []struct {
		rule       func(source) []string
		path, text string
		want       int
	}{
		{clockReads, "app/x/x.go", `package x; import "time"; var a = time.Now`, 1},
		{clockReads, "app/x/x.go", `package x; import clock "time"; func f() { _ = clock.Since(clock.Now()) }`, 2},
		{clockReads, "app/x/x.go", `package x; import . "time"; func f() { _ = Now() }`, 1},
		{clockReads, "app/x/x.go", `package x; import "time"; func f(now time.Time) time.Time { return now.Add(time.Hour) }`, 0},
		{clockReads, "app/x/x_test.go", `package x; import "time"; var a = time.Now`, 0},
		{clockReads, "proxy/x.go", `package x; import "time"; var a = time.Now`, 0},
		{hiddenStarts, "app/x/x.go", `package x; func init() {}`, 1},
		{hiddenStarts, "app/x/x.go", `package x; type t int; func (t) init() {}`, 0},
		{serverInPage, "wasm/x_js.go", "package x; import \"" + goAppPackage + "\"; var h app.Handler", 1},
		{serverInPage, "wasm/x_site.go", "package x; import \"" + goAppPackage + "\"; var h app.Handler", 0},
		{func(s source) []string { return thickDoors([]source{s}) }, "app/x/x.go", `package x; import "syscall/js"; var v js.Value`, 1},
		{func(s source) []string { return thickDoors([]source{s}) }, "wasm/x.go", `package x; import "syscall/js"; var v js.Value`, 0},
		{func(s source) []string { return thickDoors([]source{s, s, s, s, s}) }, "wasm/x.go", `package x; import "syscall/js"; var v js.Value`, 1},
		{
			func(s source) []string { return thickDoors([]source{s}) }, "wasm/x.go",
			"package x; import \"syscall/js\"\n" + strings.Repeat("\n", 200) + "var v js.Value", 1,
		},
		{
			func(s source) []string { return thickDoors([]source{s}) }, "app/ui/x.go",
			"package x; import \"" + goAppPackage + "\"; func f(c app.Context) { c.JSSrc().Get(`value`) }", 1,
		},
		{
			func(s source) []string { return thickDoors([]source{s}) }, "app/ui/x.go",
			"package x; import \"" + goAppPackage + "\"; func f() { app.Window().Get(`x`) }", 1,
		},
		{
			func(s source) []string { return thickDoors([]source{s}) }, "app/ui/x.go",
			"package x; import \"" + goAppPackage + "\"; func f() app.UI { return app.Div() }", 0,
		},
	} {
		if found := c.rule(parseSource(t, c.path, c.text)); len(found) != c.want {
			t.Errorf("%s: %s\nfound %v, want %d", c.path, c.text, found, c.want)
		}
	}
}
