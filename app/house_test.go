//go:build !js

package app_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// measure is a size with the place that has it.
type measure struct {
	lines int
	place string
}

// tableLines counts the lines within a node that belong to composite literals
// of more than one line: tables, which may be as long as what they list. The
// body of a function in a table counts as code, once it is longer than a line;
// in a test's table the functions are its cases.
func tableLines(s source, within ast.Node) (lines int) {
	ast.Inspect(within, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if ok {
			lines += s.line(literal.End()) - s.line(literal.Pos()) - bodyLines(s, literal)
		}
		return !ok
	})
	return lines
}

// bodyLines counts the lines of the functions in a table.
func bodyLines(s source, table ast.Node) (lines int) {
	if s.isTest() {
		return 0
	}
	ast.Inspect(table, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncLit)
		if ok && s.line(f.End()) > s.line(f.Pos()) {
			lines += s.line(f.End()) - s.line(f.Pos()) + 1
		}
		return !ok
	})
	return lines
}

// sizes gives the lines of a file and of each of its functions, tables aside.
func sizes(s source) (file measure, functions []measure) {
	file = measure{s.lines() - tableLines(s, s.file), s.path}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			lines := s.line(f.End()) - s.line(f.Pos()) + 1 - tableLines(s, f)
			functions = append(functions, measure{lines, fmt.Sprintf("%s:%d %s", s.path, s.line(f.Pos()), f.Name.Name)})
		}
	}
	return file, functions
}

// over says what is wrong with sizes: the largest, and the 90th percentile.
func over(what string, all []measure, p90, most int) (found []string, summary string) {
	if len(all) == 0 {
		return []string{"no " + what}, ""
	}
	slices.SortFunc(all, func(a, b measure) int { return a.lines - b.lines })
	at90, largest := all[len(all)*9/10], all[len(all)-1]
	if at90.lines > p90 {
		found = append(found, fmt.Sprintf("a tenth of %s is over %d lines: %d at the 90th percentile", what, p90, at90.lines))
	}
	for _, m := range all {
		if m.lines > most {
			found = append(found, fmt.Sprintf("%s has %d lines; at most %d", m.place, m.lines, most))
		}
	}
	return found, fmt.Sprintf("%d %s: p90 %d lines (at most %d), max %d (at most %d): %s",
		len(all), what, at90.lines, p90, largest.lines, most, largest.place)
}

func TestRoomSizes(t *testing.T) {
	var files, functions, testFiles, testFunctions []measure
	for _, s := range sources(t) {
		file, inside := sizes(s)
		if s.isTest() {
			testFiles, testFunctions = append(testFiles, file), append(testFunctions, inside...)
		} else {
			files, functions = append(files, file), append(functions, inside...)
		}
	}
	for _, c := range []struct {
		what      string
		all       []measure
		p90, most int
	}{
		{"files", files, 300, 500},
		{"functions", functions, 40, 80},
		{"test files", testFiles, 300, 500},
		{"test functions", testFunctions, 40, 80},
	} {
		found, summary := over(c.what, c.all, c.p90, c.most)
		for _, f := range found {
			t.Error(f)
		}
		t.Log(summary)
	}
}

// documentation counts the exported names of a file and lists those without a
// comment: functions, methods of exported types, types, constants, variables.
// A comment on a group counts for its members.
func documentation(s source) (names int, without []string) {
	note := func(name *ast.Ident, comments ...*ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		names++
		if !slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return c != nil }) {
			without = append(without, fmt.Sprintf("%s:%d %s", s.path, s.line(name.Pos()), name.Name))
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil || ast.IsExported(receiver(d)) {
				note(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					note(spec.Name, d.Doc, spec.Doc, spec.Comment)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						note(name, d.Doc, spec.Doc, spec.Comment)
					}
				}
			}
		}
	}
	return names, without
}

// receiver gives the name of a method's type.
func receiver(f *ast.FuncDecl) (name string) {
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok && name == "" {
			name = ident.Name
		}
		return name == ""
	})
	return name
}

func TestWords(t *testing.T) {
	names := 0
	var without []string
	comments := make(map[string][]string) // by package folder
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		n, missing := documentation(s)
		names, without = names+n, append(without, missing...)
		said := comments[s.dir()]
		if s.file.Doc != nil && !ast.IsGenerated(s.file) {
			said = append(said, s.file.Doc.Text())
		}
		comments[s.dir()] = said
	}
	if share := 100 * float64(names-len(without)) / float64(names); share < 95 {
		t.Errorf("%.1f %% of %d exported names are documented; at least 95. Without:\n%s", share, names, strings.Join(without, "\n"))
	} else {
		t.Logf("%.1f %% of %d exported names are documented", share, names)
	}
	for dir, said := range comments {
		for _, problem := range packageWords(dir, said) {
			t.Error(problem)
		}
	}
}

// packageWords: one package comment each, in app/ naming its RFC.
func packageWords(dir string, comments []string) (found []string) {
	if len(comments) == 0 {
		found = append(found, dir+" has no package comment")
	}
	if dir != "wasm" && len(comments) > 1 { // wasm/ is two programs, one per build
		found = append(found, fmt.Sprintf("%s has %d package comments", dir, len(comments)))
	}
	if strings.HasPrefix(dir, "app/") && !regexp.MustCompile(`\bRFC \d{3,5}\b`).MatchString(strings.Join(comments, "\n")) {
		found = append(found, dir+"'s package comment names no RFC")
	}
	return found
}

// variables gives the package variables of a file that can hold state: no
// tables, errors, embedded files, or assertions that a type has its methods.
func variables(s source) (found []string) {
	for _, d := range s.file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				var value ast.Expr
				if i < len(v.Values) {
					value = v.Values[i]
				}
				if name.Name != "_" && !isConstant(value) && !isEmbedded(group, v) {
					found = append(found, fmt.Sprintf("%s:%d %s", s.path, s.line(name.Pos()), name.Name))
				}
			}
		}
	}
	return found
}

// isConstant tells whether a value is a table, a struct's literal or an error.
func isConstant(value ast.Expr) bool {
	switch v := value.(type) {
	case *ast.UnaryExpr:
		return isConstant(v.X)
	case *ast.CompositeLit:
		_, isMap := v.Type.(*ast.MapType)
		return len(v.Elts) > 0 || !isMap && v.Type != nil && !isSlice(v.Type)
	case *ast.CallExpr:
		callee, ok := v.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		x, ok := callee.X.(*ast.Ident)
		return ok && (x.Name == "errors" && callee.Sel.Name == "New" || x.Name == "fmt" && callee.Sel.Name == "Errorf")
	}
	return false
}

func isSlice(t ast.Expr) bool {
	array, ok := t.(*ast.ArrayType)
	return ok && array.Len == nil
}

func isEmbedded(group *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, c := range []*ast.CommentGroup{group.Doc, v.Doc} {
		if c != nil && slices.ContainsFunc(c.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
			return true
		}
	}
	return false
}

func TestHiddenState(t *testing.T) {
	lines := 0
	var found []string
	for _, s := range sources(t) {
		if !s.isTest() {
			lines += s.lines()
			found = append(found, variables(s)...)
		}
	}
	if len(found)*1000 > lines {
		t.Errorf("%d package variables in %d lines; at most one per 1000:\n%s", len(found), lines, strings.Join(found, "\n"))
	}
	t.Logf("%d package variables in %d lines: %s", len(found), lines, strings.Join(found, ", "))
}

// forbidden tells whether a file or folder is named after nothing in particular.
func forbidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		stem, _, _ := strings.Cut(part, ".")
		for word := range strings.SplitSeq(strings.ToLower(stem), "_") {
			switch strings.TrimSuffix(word, "s") {
			case "util", "common", "helper", "misc", "type":
				return true
			}
		}
	}
	return false
}

func TestNames(t *testing.T) {
	labs := labDomains(t)
	for _, name := range repositoryFiles(t) {
		if forbidden(name) {
			t.Errorf("%s is named after nothing in particular", name)
		}
		if strings.HasPrefix(name, "proxy/lab/") || strings.HasPrefix(name, "e2e/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if built := path.Ext(name); built == ".wasm" || built == ".br" || built == ".gz" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, domain := range namesLab(string(text), labs) {
			t.Errorf("%s knows the lab domain %s", name, domain)
		}
	}
	t.Logf("%d lab domains are known to the lab and to tests only", len(labs))
}

// labDomains gives the domains of the lab, by its files.
func labDomains(t *testing.T) (domains []string) {
	files, err := filepath.Glob(filepath.Join(root, "proxy", "lab", "domains", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		domain := strings.TrimSuffix(filepath.Base(f), ".txtar")
		if !strings.HasSuffix(domain, ".test") {
			domain += ".test"
		}
		domains = append(domains, domain)
	}
	return domains
}

// namesLab gives the lab domains that a text names.
func namesLab(text string, domains []string) (found []string) {
	text = strings.ToLower(text)
	for _, domain := range domains {
		if strings.Contains(text, domain) && regexp.MustCompile(`(^|[^a-z0-9-])`+regexp.QuoteMeta(domain)+`($|[^a-z0-9-])`).MatchString(text) {
			found = append(found, domain)
		}
	}
	return found
}
