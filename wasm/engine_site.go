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
	"strings"
)

// engineModule is the module that the page's engine is in.
const engineModule = "github.com/maxence-charriere/go-app/v10"

// errEngine is an engine that isn't as it was when this was written.
var errEngine = errors.New("the engine's routes are written otherwise")

// writeEngine writes the engine that the browser program is built with, and js.mod and
// js.sum for go build's -modfile: go-app of the version that go.mod names, without its
// routes by pattern. Nobody has such routes, and they bring in package regexp and with it
// Unicode's tables: 83 KB of the program as brotli sends it.
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
	found := false
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
		if path == "pkg/app/route.go" {
			found = true
			if content, err = withoutPatterns(content); err != nil {
				return err
			}
		}
		file := filepath.Join(to, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, content, 0o644)
	})
	if err == nil && !found {
		err = errEngine
	}
	return err
}

// withoutPatterns gives go-app's route.go without package regexp. A route by pattern
// would panic where it is made.
func withoutPatterns(source []byte) ([]byte, error) {
	for _, change := range [][2]string{
		{"import (\n\t\"regexp\"\n\t\"sync\"\n)", "import \"sync\""},
		{"regexp.MustCompile(pattern)", "func() matcher { panic(\"routes by pattern are left out of this build: \" + pattern) }()"},
		{"*regexp.Regexp\n", "matcher\n"},
		{"type regexpRoute struct", "type matcher interface{ MatchString(string) bool }\n\ntype regexpRoute struct"},
	} {
		if bytes.Count(source, []byte(change[0])) != 1 {
			return nil, fmt.Errorf("%w: %q", errEngine, change[0])
		}
		source = bytes.Replace(source, []byte(change[0]), []byte(change[1]), 1)
	}
	return source, nil
}
