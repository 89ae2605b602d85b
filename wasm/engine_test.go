//go:build !js

package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// TestApply makes edits only where each has its one place.
func TestApply(t *testing.T) {
	for _, c := range []struct {
		source, want string
		e            edit
	}{
		{"abcd", "aXcd", edit{"b", "", "X"}}, {"abcd", "aXd", edit{"b", "d", "X"}}, {"abcd", "acd", edit{"b", "c", ""}},
		{"abcb", "", edit{"b", "", "X"}}, {"acd", "", edit{"b", "", "X"}}, {"abcdd", "", edit{"b", "d", "X"}}, {"abc", "", edit{"b", "d", "X"}}, {"dabc", "", edit{"b", "d", "X"}},
	} {
		got, err := apply([]byte(c.source), []edit{c.e})
		if string(got) != c.want || errors.Is(err, errEngine) != (c.want == "") {
			t.Errorf("%s, %v: %q, %v", c.source, c.e, got, err)
		}
	}
}

// TestEngine takes go-app over as it is, but for what is edited, and only as that is
// known.
func TestEngine(t *testing.T) {
	to := t.TempDir()
	module := fstest.MapFS{
		"go.mod": {Data: []byte("module x\n")}, "LICENSE": {Data: []byte("MIT")}, "pkg/app/app.go": {Data: []byte("package app\n")},
	}
	for path, changes := range edits() {
		text := "package app\n"
		for _, e := range changes {
			text += e.from + " old " + e.to + "\n"
		}
		if path == "pkg/app/route.go" { // where one stands within another
			text = "import (\n\t\"regexp\"\n\t\"sync\"\n)\nregexp.MustCompile(pattern)\ntype regexpRoute struct {\n*regexp.Regexp\n}\n"
		}
		module[path] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, path := range []string{"README.md", "pkg/app/route_test.go"} {
		module[path] = &fstest.MapFile{Data: []byte("no")}
	}
	if err := copyEngine(module, to); err != nil {
		t.Fatal(err)
	}
	for path, file := range module {
		changes, edited := edits()[path]
		content, err := os.ReadFile(filepath.Join(to, path))
		if gone := string(file.Data) == "no" || edited && changes == nil; gone {
			if err == nil {
				t.Errorf("%s is there", path)
			}
		} else if err != nil || (string(content) == string(file.Data)) == edited {
			t.Errorf("%s: %v\n%s", path, err, content)
		}
	}
	for path := range edits() {
		kept := module[path]
		delete(module, path)
		if err := copyEngine(module, t.TempDir()); !errors.Is(err, errEngine) {
			t.Errorf("without %s: %v", path, err)
		}
		module[path] = kept
	}
}
