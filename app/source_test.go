//go:build !js

package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the repository, seen from here.
const root = ".."

// module is the module's path.
const module = "github.com/sealane/sealane"

// source is one parsed Go file.
type source struct {
	path  string // from the repository's root, with slashes
	text  string
	file  *ast.File
	files *token.FileSet
}

// dir is the source's package, from the root.
func (s source) dir() string { return path.Dir(s.path) }

// isTest tells whether it is a test or belongs to the tests.
func (s source) isTest() bool {
	return strings.HasSuffix(s.path, "_test.go") || strings.HasPrefix(s.path, "e2e/")
}

// line gives the line of a position.
func (s source) line(p token.Pos) int { return s.files.Position(p).Line }

// lines counts the file's lines.
func (s source) lines() int { return strings.Count(s.text, "\n") }

// imported gives the name by which the file names an import; "" when it doesn't.
func (s source) imported(importPath string) string {
	for _, spec := range s.file.Imports {
		switch p, err := strconv.Unquote(spec.Path.Value); {
		case err != nil || p != importPath:
		case spec.Name != nil:
			return spec.Name.Name
		default:
			return path.Base(p)
		}
	}
	return ""
}

// uses gives the lines where the file names one of an import's exported names.
func (s source) uses(importPath string, names ...string) (lines []int) {
	local := s.imported(importPath)
	if local == "" || local == "_" {
		return nil
	}
	if local == "." {
		return []int{s.line(s.file.Package)} // can't be told: counts as a use
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && x.Name == local && x.Obj == nil {
			for _, name := range names {
				if selector.Sel.Name == name {
					lines = append(lines, s.line(selector.Pos()))
				}
			}
		}
		return true
	})
	return lines
}

// parseSource parses one file's text.
func parseSource(t *testing.T, name, text string) source {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return source{name, text, file, files}
}

// sources parses every Go file of the repository.
func sources(t *testing.T) (all []source) {
	t.Helper()
	for _, name := range repositoryFiles(t) {
		if strings.HasSuffix(name, ".go") {
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, parseSource(t, name, string(text)))
		}
	}
	if len(all) < 50 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}

// repositoryFiles lists the files of the repository's folders, from its root.
func repositoryFiles(t *testing.T) (names []string) {
	t.Helper()
	for _, top := range []string{"app", "wasm", "proxy", "static", "e2e"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			relative, err := filepath.Rel(root, name)
			names = append(names, filepath.ToSlash(relative))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}
