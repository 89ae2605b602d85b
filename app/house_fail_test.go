//go:build !js

package app_test

import (
	"strings"
	"testing"
)

// Each measure of the house finds what breaks it, and nothing in what doesn't.
func TestHouseCanFail(t *testing.T) {
	long := "package x\nfunc f() {\n" + strings.Repeat("\tf()\n", 79) + "}\n"
	_, functions := sizes(parseSource(t, "app/x/x.go", long))
	if found, _ := over("functions", functions, 100, 80); functions[0].lines != 81 || len(found) != 1 {
		t.Errorf("a function of %d lines: %v", functions[0].lines, found)
	}
	if found, _ := over("functions", functions, 40, 100); len(found) != 1 {
		t.Errorf("the 90th percentile isn't held: %v", found)
	}
	table := "package x\nvar t = []int{\n" + strings.Repeat("\t1,\n", 600) + "}\nfunc f() {\n\t_ = []int{\n\t\t1,\n\t}\n}\n"
	file, functions := sizes(parseSource(t, "app/x/x.go", table))
	if file.lines > 10 || functions[0].lines != 3 {
		t.Errorf("tables count: the file has %d lines, the function %d", file.lines, functions[0].lines)
	}
	code := "package x\nvar t = []func(){\n\tfunc() {\n" + strings.Repeat("\t\tprint()\n", 600) + "\t},\n}\n"
	if file, _ := sizes(parseSource(t, "app/x/x.go", code)); file.lines < 600 {
		t.Errorf("code in a table doesn't count: %d lines", file.lines)
	}
	if file, _ := sizes(parseSource(t, "app/x/x_test.go", code)); file.lines > 10 {
		t.Errorf("the cases of a test's table count: %d lines", file.lines)
	}

	names, without := documentation(parseSource(t, "app/x/x.go", "package x\n\nfunc A() {}\n\n// B is.\nfunc B() {}\n\nfunc c() {}\n\n"+
		"type D int\n\nfunc (D) E() {}\n\n// Both.\nconst (\n\tF = 1\n\tG = 2 // two\n)\n\nvar H, I = 1, 2\n\ntype j int\n\nfunc (j) K() {}\n"))
	if names != 8 || len(without) != 5 {
		t.Errorf("%d exported names, undocumented: %v", names, without)
	}
	for _, c := range []struct {
		dir      string
		comments []string
		want     int
	}{
		{"app/x", nil, 2}, {"app/x", []string{"Package x is."}, 1}, {"app/x", []string{"Of RFC 8461.", "Also."}, 1},
		{"app/x", []string{"Of RFC 8461."}, 0}, {"proxy", []string{"It is."}, 0},
	} {
		if found := packageWords(c.dir, c.comments); len(found) != c.want {
			t.Errorf("%s %q: %v", c.dir, c.comments, found)
		}
	}
}

func TestHouseCanFailOnNamesAndState(t *testing.T) {
	state := `package x
import ("errors"; "sync"; _ "embed")
var a int
var b = map[string]int{}
var c sync.Mutex
var d = []string{}
var e = f()
var g = []string{"x"}
var h = errors.New("h")
var i = struct{ x int }{1}
var _ = f()
//go:embed x.txt
var j string
var k = point{}
`
	if found := variables(parseSource(t, "app/x/x.go", state)); len(found) != 5 {
		t.Errorf("want a, b, c, d, e; found %v", found)
	}
	for name, want := range map[string]bool{
		"app/x/util.go": true, "app/utils/x.go": true, "app/x/test_helpers.go": true, "app/x/types.go": true, "app/x/misc_test.go": true,
		"app/x/common.css": true, "app/x/utility.go": false, "app/x/typed.go": false, "app/dane/tlsa.go": false,
	} {
		if forbidden(name) != want {
			t.Errorf("%s is forbidden: %v", name, !want)
		}
	}
	lab := []string{"perfect.test", "no.perfect.test"}
	for text, want := range map[string]int{
		"see perfect.test.": 1, `"PERFECT.test"`: 1, "imperfect.test": 0, "perfect.tests": 0, "mx.perfect.test": 1, "no.perfect.test": 2, "": 0,
	} {
		if found := namesLab(text, lab); len(found) != want {
			t.Errorf("%q names %v", text, found)
		}
	}
}
