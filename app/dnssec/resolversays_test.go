package dnssec

import (
	"reflect"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
)

func TestAsResolverSays(t *testing.T) {
	for _, c := range []struct {
		name  string
		rcode int
		ad    bool
		ede   []uint16
		want  Verdict
	}{
		{"authentic", 0, true, nil, Verdict{Status: Secure, Source: ResolverSays, Reason: ""}},
		{"authentic denial", 3, true, nil, Verdict{Status: Secure, Source: ResolverSays, Reason: ""}},
		{"no AD bit", 0, false, nil, Verdict{Status: Insecure, Source: ResolverSays, Reason: ""}},
		{"bogus", 2, false, []uint16{6}, Verdict{Status: Bogus, Source: ResolverSays, Reason: ""}},
		{"finer than bogus", 2, false, []uint16{7, 6}, Verdict{Status: Bogus, Source: ResolverSays, Reason: "rrsig-expired"}},
		{"no key", 2, false, []uint16{9}, Verdict{Status: Bogus, Source: ResolverSays, Reason: "dnskey-missing"}},
		{"plain SERVFAIL says nothing", 2, false, nil, Verdict{Status: Indeterminate, Source: ResolverSays, Reason: ""}},
		{"no reachable authority says nothing", 2, false, []uint16{22}, Verdict{Status: Indeterminate, Source: ResolverSays, Reason: ""}},
		{"refused", 5, true, nil, Verdict{}},
	} {
		if got := AsResolverSays(c.rcode, c.ad, c.ede); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestClosest(t *testing.T) {
	anchors := append(RootAnchors(), Anchor{Zone: dnsname.MustParse("test")})
	for name, want := range map[string]string{
		"a.test": "test", "test": "test", "example.com": ".", "atest": ".",
	} {
		got, ok := Closest(anchors, dnsname.MustParse(name))
		if !ok || got.String() != want {
			t.Errorf("Closest(%s) = %s, %v; want %s", name, got, ok, want)
		}
	}
	if _, ok := Closest(nil, dnsname.MustParse("example.com")); ok {
		t.Error("an anchor out of nothing")
	}
}

func TestStatusText(t *testing.T) {
	for s := Indeterminate; s <= Secure; s++ {
		text, _ := s.MarshalText()
		var back Status
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("%s reads back as %s (%v)", s, back, err)
		}
	}
	back := Secure
	if _ = back.UnmarshalText([]byte("certain")); back != Indeterminate {
		t.Errorf("an unknown word reads as %s", back)
	}
}
