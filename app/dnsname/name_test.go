package dnsname

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

var label63 = strings.Repeat("a", 63)

// parses are texts with what Parse makes of them.
var parses = []struct {
	in, out string
	err     error
}{
	{"example.com", "example.com", nil},
	{"Example.COM.", "example.com", nil},
	{"_25._tcp.mx.example.com", "_25._tcp.mx.example.com", nil},
	{"com", "com", nil},
	{"-a-.test", "-a-.test", nil},
	{".", ".", nil},
	{label63 + ".test", label63 + ".test", nil},
	{strings.Repeat(label63+".", 3) + label63[:61], strings.Repeat(label63+".", 3) + label63[:61], nil},
	{"", "", ErrEmpty},
	{"..", "", ErrEmptyLabel},
	{".com", "", ErrEmptyLabel},
	{"a..com", "", ErrEmptyLabel},
	{"a.com..", "", ErrEmptyLabel},
	{label63 + "a.test", "", ErrLabelTooLong},
	{strings.Repeat(label63+".", 3) + label63[:62], "", ErrTooLong},
	{"a b.com", "", ErrCharacter},
	{"bücher.example", "", ErrCharacter},
	{"a\x00.com", "", ErrCharacter},
	{`a\.b.com`, "", ErrCharacter},
	{"*.example.com", "", ErrCharacter},
}

func TestParse(t *testing.T) {
	for _, c := range parses {
		n, err := Parse(c.in)
		if n.String() != c.out || !errors.Is(err, c.err) || n.IsZero() != (c.err != nil) {
			t.Errorf("%q: %q, %v; want %q, %v", c.in, n, err, c.out, c.err)
		}
		if err != nil {
			continue
		}
		encoded, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		var back Name
		if err := json.Unmarshal(encoded, &back); err != nil || back != n {
			t.Errorf("%q: %s reads back as %q, %v", c.in, encoded, back, err)
		}
	}
}

func TestRelations(t *testing.T) {
	name := MustParse
	for _, c := range []struct {
		name, zone Name
		within     bool
	}{
		{name("a.example.com"), name("example.com"), true},
		{name("example.com"), name("example.com"), true},
		{name("aexample.com"), name("example.com"), false},
		{name("com"), name("example.com"), false},
		{name("com"), Root, true},
		{Root, Root, true},
		{Root, name("com"), false},
		{Name{}, Root, false},
		{name("com"), Name{}, false},
	} {
		if got := c.name.Within(c.zone); got != c.within {
			t.Errorf("%q within %q: %v", c.name, c.zone, got)
		}
	}
	if n := name("a.b.test"); n.Parent() != name("b.test") || n.Parent().Parent().Parent() != Root || !Root.Parent().IsZero() {
		t.Errorf("parents of %v", n)
	}
	if n := name("example.com").Child("_25._tcp"); n != name("_25._tcp.example.com") || Root.Child("com") != name("com") {
		t.Errorf("child %v", n)
	}
	for _, bad := range []Name{name("com").Child(""), name("com").Child("a..b"), name("com").Child(label63 + "a"), Name{}.Child("a")} {
		if !bad.IsZero() {
			t.Errorf("a child that is no name: %q", bad)
		}
	}
	if Root.FQDN() != "." || (Name{}).FQDN() != "" || name("a.test").FQDN() != "a.test." {
		t.Error("FQDN")
	}
	for s, want := range map[string]bool{
		"mx-1.example.com": true, "1.2.test": true, "_mx.test": false, "a_b.test": false, "-a.test": false, "a-.test": false, ".": false,
	} {
		if got := name(s).IsHostname(); got != want {
			t.Errorf("%s is a host name: %v", s, got)
		}
	}
}

// What Parse takes prints back as itself, in lower case and without final dot.
func FuzzParse(f *testing.F) {
	if len(parses) != 20 {
		f.Fatalf("%d seeds, want 20", len(parses))
	}
	for _, c := range parses {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		want := strings.ToLower(s)
		if s != "." {
			want = strings.TrimSuffix(want, ".")
		}
		if again, err := Parse(n.FQDN()); n.String() != want || err != nil || again != n {
			t.Errorf("%q parses as %q, that as %q, %v", s, n, again, err)
		}
		if !n.Within(n) || !n.Within(Root) || n != Root && !n.Within(n.Parent()) {
			t.Errorf("%q lies outside itself", n)
		}
	})
}
