//go:build !js

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// engineModule is the module that the page's engine is in.
const engineModule = "github.com/maxence-charriere/go-app/v10"

// errEngine is an engine that isn't as it was when this was written.
var errEngine = errors.New("the engine is written otherwise")

// edit replaces what begins with from, up to where to begins or, without to, from alone.
// Each stands once in its file.
type edit struct{ from, to, with string }

// edits of files of go-app's package app; a file without any is left out.
func edits() map[string][]edit {
	return map[string][]edit{
		"pkg/app/http.go":   nil, // what a server of go-app's own would do
		"pkg/app/static.go": nil,
		"pkg/app/resource.go": {
			{"import (\n\t\"net/http\"\n\t\"strings\"\n)", "", "import \"strings\""},
			{"// ResourceResolver is an interface", "func clientResourceResolver(", ""},
		},
		"pkg/app/wasm.go": {
			{"import (\n", "func wasmExecJS()", ""}, // and the stub of a function of static.go
		},
		// A route by pattern would panic where it is made.
		"pkg/app/route.go": {
			{"import (\n\t\"regexp\"\n\t\"sync\"\n)", "", "import \"sync\""},
			{"regexp.MustCompile(pattern)", "", "func() matcher { panic(\"routes by pattern are left out of this build: \" + pattern) }()"},
			{"*regexp.Regexp\n", "", "matcher\n"},
			{"type regexpRoute struct", "", "type matcher interface{ MatchString(string) bool }\n\ntype regexpRoute struct"},
		},
	}
}

// writeEngine writes the engine that the browser program is built with, and js.mod and
// js.sum for go build's -modfile: go-app of the version that go.mod names, without its
// server, which brings in net/http with tables of names and of Unicode, and without its
// routes by pattern, which bring in regexp and more such tables. Nobody uses either in a
// browser, and they are 180 KB of the program as brotli sends it.
func writeEngine(build string) error {
	answer, err := exec.Command("go", "mod", "download", "-json", engineModule).Output()
	if err != nil {
		return fmt.Errorf("go mod download %s: %w", engineModule, err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(answer, &module); err != nil {
		return err
	}
	to := filepath.Join(build, "go-app")
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := copyEngine(os.DirFS(module.Dir), to); err != nil {
		return err
	}
	for _, kind := range []string{"mod", "sum"} {
		content, err := os.ReadFile("go." + kind)
		if err != nil {
			return err
		}
		if kind == "mod" { // a path is of the module's root, wherever the file lies
			content = fmt.Appendf(content, "\nreplace %s => ./%s\n", engineModule, filepath.ToSlash(to))
		}
		if err := os.WriteFile(filepath.Join(build, "js."+kind), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// copyEngine copies what of a module is compiled, and its license.
func copyEngine(from fs.FS, to string) error {
	left := edits()
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		compiled := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
		if !compiled && path != "go.mod" && path != "LICENSE" {
			return nil
		}
		content, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		if changes, edited := left[path]; edited {
			delete(left, path)
			if changes == nil {
				return nil
			}
			if content, err = apply(content, changes); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		file := filepath.Join(to, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, content, 0o644)
	})
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%w: %d files are missing", errEngine, len(left))
	}
	return err
}

// apply makes the edits of a file.
func apply(source []byte, changes []edit) ([]byte, error) {
	for _, e := range changes {
		if bytes.Count(source, []byte(e.from)) != 1 || e.to != "" && bytes.Count(source, []byte(e.to)) != 1 {
			return nil, fmt.Errorf("%w: %q", errEngine, e.from)
		}
		begin := bytes.Index(source, []byte(e.from))
		end := begin + len(e.from)
		if e.to != "" {
			end = bytes.Index(source, []byte(e.to))
		}
		if end < begin {
			return nil, fmt.Errorf("%w: %q", errEngine, e.to)
		}
		source = slices.Concat(source[:begin], []byte(e.with), source[end:])
	}
	return source, nil
}
