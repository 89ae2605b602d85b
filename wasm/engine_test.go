//go:build !js

package main

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

const routes10 = "package app\n\nimport (\n\t\"regexp\"\n\t\"sync\"\n)\n\nvar m sync.Mutex\n\nfunc f(pattern string) { _ = regexpRoute{regexp: regexp.MustCompile(pattern)} }\n\n" +
	"type regexpRoute struct {\n\tregexp *regexp.Regexp\n}\n"

// The engine is taken over as it is, but for its routes, and only as they are known.
func TestEngine(t *testing.T) {
	to := t.TempDir()
	module := fstest.MapFS{
		"go.mod": {Data: []byte("module x\n")}, "LICENSE": {Data: []byte("MIT")}, "README.md": {Data: []byte("no")},
		"pkg/app/route.go": {Data: []byte(routes10)}, "pkg/app/route_test.go": {Data: []byte("no")}, "pkg/app/app.go": {Data: []byte("package app\n")},
	}
	if err := copyEngine(module, to); err != nil {
		t.Fatal(err)
	}
	for name, file := range module {
		content, err := os.ReadFile(filepath.Join(to, name))
		switch {
		case string(file.Data) == "no":
			if err == nil {
				t.Errorf("%s is copied", name)
			}
		case err != nil || (string(content) == string(file.Data)) == (name == "pkg/app/route.go"):
			t.Errorf("%s: %v\n%s", name, err, content)
		}
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(to, "pkg/app/route.go"), nil, 0)
	if err != nil || len(parsed.Imports) != 1 || parsed.Imports[0].Path.Value != `"sync"` {
		t.Errorf("%v, imports %v", err, parsed.Imports)
	}

	module["pkg/app/route.go"] = &fstest.MapFile{Data: []byte("package app\n")}
	if err := copyEngine(module, t.TempDir()); !errors.Is(err, errEngine) {
		t.Errorf("other routes: %v", err)
	}
	delete(module, "pkg/app/route.go")
	if err := copyEngine(module, t.TempDir()); !errors.Is(err, errEngine) {
		t.Errorf("no routes: %v", err)
	}
}
