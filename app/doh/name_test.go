package doh

import (
	"bytes"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// nameSeeds are names in messages: plain, compressed, looping, cut, escaped.
var nameSeeds = []string{
	"\x00", "\x01a\x00", "\x03www\x07example\x03com\x00", "\xc0\x00", "\x01a\xc0\x00", "\x01a\x00\xc0\x00", "\x40a",
	"\x3f" + strings.Repeat("x", 63) + "\x00", "\x05a.b;c\x00", "\x03\x00\x7f\xff\x00", "\x02'@\x03( )\x00", "\x05", "\xc0",
	strings.Repeat("\x01a", 127) + "\x00", strings.Repeat("\x01a", 128) + "\x00",
}

// FuzzWireName holds the reading of names to that of miekg/dns.
func FuzzWireName(f *testing.F) {
	for _, s := range nameSeeds {
		f.Add([]byte(s), 0)
		f.Add([]byte("\x01a\x00"+s), 3)
	}
	f.Fuzz(func(t *testing.T, wire []byte, off int) {
		if off < 0 || off >= len(wire) {
			return
		}
		name, end, ok := wireName(wire, off)
		want, wantEnd, err := dns.UnpackDomainName(wire, off)
		if ok != (err == nil) {
			t.Fatalf("%x at %d: read %v, miekg/dns %v", wire, off, ok, err)
		}
		if !ok {
			return
		}
		if end != wantEnd {
			t.Errorf("%x at %d: ends at %d, miekg/dns at %d", wire, off, end, wantEnd)
		}
		got := presentName(name)
		if got != "." {
			got += "."
		}
		if got != want {
			t.Errorf("%x at %d: %q, miekg/dns %q", wire, off, got, want)
		}
		packed := make([]byte, 256)
		n, err := dns.PackDomainName(want, packed, 0, nil, false)
		if err != nil || !bytes.Equal(packed[:n], name) {
			t.Errorf("%q packs as %x, read %x", want, packed[:n], name)
		}
	})
}

// TestNameSeeds counts them: what a fuzz test starts from must not go missing.
func TestNameSeeds(t *testing.T) {
	if len(nameSeeds) != 15 {
		t.Errorf("%d seeds", len(nameSeeds))
	}
}

// TestMnemonics holds the types' names and numbers to those of miekg/dns.
func TestMnemonics(t *testing.T) {
	for _, m := range mnemonics {
		if dns.TypeToString[uint16(m.typ)] != m.name {
			t.Errorf("%d is %s, miekg/dns has %s", m.typ, m.name, dns.TypeToString[uint16(m.typ)])
		}
	}
	if got := Type(65534).String(); got != "TYPE65534" {
		t.Error(got)
	}
}
