package doh

import (
	"slices"
	"testing"
)

// The bitmap of RFC 4034 §4.3, and forms that §4.1.2 forbids.
func TestTypeBitmap(t *testing.T) {
	example := append([]byte{0, 6, 0x40, 1, 0, 0, 0, 3, 4, 27}, make([]byte, 27)...)
	example[len(example)-1] = 0x20
	b, ok := bitmap(example)
	want := []Type{TypeA, TypeMX, TypeRRSIG, TypeNSEC, 1234}
	if !ok || !slices.Equal(b.Types(), want) {
		t.Fatalf("reads as %v, %v; want %v", b.Types(), ok, want)
	}
	for typ := range Type(2000) {
		if b.Has(typ) != slices.Contains(want, typ) {
			t.Errorf("Has(%s) = %v", typ, b.Has(typ))
		}
	}
	for what, bad := range map[string][]byte{
		"cut short":        {0, 2, 1},
		"no octets":        {0, 0},
		"33 octets":        append([]byte{0, 33}, slices.Repeat([]byte{1}, 33)...),
		"window again":     {0, 1, 1, 0, 1, 2},
		"windows descend":  {1, 1, 1, 0, 1, 1},
		"a zero at end":    {0, 2, 1, 0},
		"an empty window":  {0, 1, 0},
		"octets left over": {0, 1, 1, 9},
	} {
		if b, ok := bitmap(bad); ok {
			t.Errorf("%s: %v was taken", what, b)
		}
	}
}

// What no NSEC or NSEC3 of RFC 4034 §4.1 and RFC 5155 §3.2 looks like.
func TestMalformedDenial(t *testing.T) {
	for what, r := range map[string]Record{
		"NSEC without types":        {Type: TypeNSEC, RData: []byte{1, 'a', 0}},
		"NSEC with a pointer":       {Type: TypeNSEC, RData: []byte{0xC0, 0, 0, 1, 0x40}},
		"NSEC cut in its name":      {Type: TypeNSEC, RData: []byte{3, 'a'}},
		"NSEC3 without hash":        {Type: TypeNSEC3, RData: []byte{1, 0, 0, 0, 0, 0}},
		"NSEC3 of an empty hash":    {Type: TypeNSEC3, RData: []byte{1, 0, 0, 0, 0, 0, 0}},
		"NSEC3 with too much salt":  {Type: TypeNSEC3, RData: []byte{1, 0, 0, 0, 9, 1, 1}},
		"NSEC3 with too long hash":  {Type: TypeNSEC3, RData: []byte{1, 0, 0, 0, 0, 20, 1}},
		"NSEC3PARAM with more":      {Type: TypeNSEC3PARAM, RData: []byte{1, 0, 0, 0, 0, 7}},
		"NSEC3PARAM cut":            {Type: TypeNSEC3PARAM, RData: []byte{1, 0, 0, 0}},
		"NSEC3PARAM of other types": {Type: TypeNSEC3, RData: []byte{1, 0, 0, 0, 0}},
	} {
		if n := accepted(r); n != 0 {
			t.Errorf("%s is taken", what)
		}
	}
	if n, ok := (Record{Type: TypeNSEC3, RData: []byte{1, 1, 0, 5, 1, 7, 1, 9}}).NSEC3(); !ok || !n.OptOut() ||
		n.Iterations != 5 || len(n.Salt) != 1 || len(n.Next) != 1 || len(n.Types) != 0 {
		t.Errorf("NSEC3 of an empty non-terminal: %+v %v", n, ok)
	}
}
