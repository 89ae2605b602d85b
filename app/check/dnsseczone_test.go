package check

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// TestZoneRules judges how a zone is signed that validates.
func TestZoneRules(t *testing.T) {
	t.Parallel()
	k, other := newZoneKey(t, "example.com", dns.ECDSAP256SHA256), newZoneKey(t, "example.com", dns.ECDSAP256SHA256)
	ed := newZoneKey(t, "example.com", dns.ED25519)
	with := func(keys ...zoneKey) func(t testing.TB) *scenario {
		return func(t testing.TB) *scenario {
			return delegated(t, keys...).status("example.com", doh.TypeMX, dnssec.Secure)
		}
	}
	plain := with(k)
	add := func(name string, typ doh.Type, data ...string) func(t testing.TB) *scenario {
		return func(t testing.TB) *scenario { return plain(t).add(name, typ, data...) }
	}
	param := func(s string) func(t testing.TB) *scenario { return add("example.com", doh.TypeNSEC3PARAM, s) }
	nsec3 := func(flags int) func(t testing.TB) *scenario {
		return func(t testing.TB) *scenario {
			s := plain(t)
			return s.denies("_25._tcp.mx.example.com", doh.TypeTLSA, k, fmt.Sprintf(
				"35mthgpgcu1qg68fab165klnsnk3dpvl.example.com. 60 IN NSEC3 1 %d 0 - B4UM86EGHHDS6NEA196SMVMLO4ORS995 NS SOA", flags))
		}
	}
	// A key of so many bits, exponent 3; it signs nothing.
	short := func(bits int) func(t testing.TB) *scenario {
		public := append([]byte{1, 3}, bytes.Repeat([]byte{0xFF}, bits/8)...)
		return add("example.com", doh.TypeDNSKEY, "256 3 8 "+base64.StdEncoding.EncodeToString(public))
	}
	lasts := func(name string, typ doh.Type, lifetime time.Duration) func(t testing.TB) *scenario {
		return func(t testing.TB) *scenario {
			s := plain(t)
			if typ == doh.TypeTLSA {
				s.tlsa("mx.example.com", nextKey)
			}
			delete(s.edits, scenarioKey(name, typ))
			return s.signed(name, typ, scenarioNow.Add(-lifetime/2), scenarioNow.Add(lifetime-lifetime/2))
		}
	}
	insecure := func(record string) func(t testing.TB) *scenario {
		return func(t testing.TB) *scenario {
			return oneHost(t, "mx.example.net").tlsa("mx.example.net", record).status("example.com", doh.TypeMX, dnssec.Insecure)
		}
	}
	cds := func(keys ...zoneKey) (all []string) {
		for _, k := range keys {
			all = append(all, data(k.ToDS(dns.SHA256)))
		}
		return all
	}
	both := func(t testing.TB) *scenario {
		return with(k, ed)(t).edit("example.com", doh.TypeMX, ed.signs(t, nil)).edit("example.com", doh.TypeDNSKEY, ed.signs(t, nil)).
			edit("example.com", doh.TypeSOA, ed.signs(t, nil))
	}
	runDNSCases(t, []dnsCase{
		{"dnssec.nsec3-iterations-nonzero", param("1 0 1 -"), param("1 0 0 -"), "example.com"},
		{"dnssec.nsec3-iterations-nonzero", param("1 0 100 -"), param("1 0 101 -"), "example.com"},
		{"dnssec.nsec3-iterations-excessive", param("1 0 101 -"), param("1 0 100 -"), "example.com"},
		{"dnssec.nsec3-salt", param("1 0 0 AABB"), param("1 0 0 -"), "example.com"},
		{"dnssec.nsec3-opt-out", nsec3(1), nsec3(0), "example.com"},
		{"dnssec.rsa-key-short", short(2040), short(2048), "example.com"},
		{"dnssec.algorithm-incomplete", with(k, ed), both, "example.com"},
		{"dnssec.algorithm-incomplete", add("example.com", doh.TypeDS, data(ed.ToDS(dns.SHA256))),
			add("example.com", doh.TypeDS, data(other.ToDS(dns.SHA256))), "example.com"},
		{"dnssec.signature-lifetime-long", lasts("_25._tcp.mx.example.com", doh.TypeTLSA, 61*24*time.Hour),
			lasts("_25._tcp.mx.example.com", doh.TypeTLSA, 60*24*time.Hour), "example.com"},
		{"dnssec.signature-lifetime-short", lasts("example.com", doh.TypeMX, 7199*time.Second),
			lasts("example.com", doh.TypeMX, 7200*time.Second), "example.com"},
		{"dnssec.ttl-exceeds-original", func(t testing.TB) *scenario {
			return lasts("example.com", doh.TypeMX, 30*24*time.Hour)(t).ttl("example.com", doh.TypeMX, 3601)
		}, func(t testing.TB) *scenario {
			return lasts("example.com", doh.TypeMX, 30*24*time.Hour)(t).ttl("example.com", doh.TypeMX, 3600)
		}, "example.com"},
		// A key that isn't there, though a parent must not lose the one that is.
		{"dnssec.cds-mismatch", add("example.com", doh.TypeCDS, cds(other)...), add("example.com", doh.TypeCDS, cds(k, other)...), "example.com"},
		{"dnssec.cds-mismatch", add("example.com", doh.TypeCDNSKEY, data(other)), add("example.com", doh.TypeCDNSKEY, data(k)), "example.com"},
		{"dnssec.cds-mismatch", func(t testing.TB) *scenario {
			return add("example.com", doh.TypeCDS, cds(k)...)(t).add("example.com", doh.TypeCDNSKEY, data(k), data(other))
		}, func(t testing.TB) *scenario {
			return add("example.com", doh.TypeCDS, cds(k, other)...)(t).add("example.com", doh.TypeCDNSKEY, data(other), data(k))
		}, "example.com"},
		{"dnssec.cds-mismatch", add("example.com", doh.TypeCDS, append(cds(k), "0 0 0 00")...), add("example.com", doh.TypeCDS, "0 0 0 00"), "example.com"},
		{"dnssec.mx-insecure-host-secure", insecure("1 1 1 " + hex32), insecure(nextKey), "example.com"},
	})
}

// Under 1024 bits validators refuse a key (findings.md §4.2).
func TestVeryShortKey(t *testing.T) {
	for text, want := range map[string]Level{
		"256 3 8 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE=": Error,
		// A key that no longer signs is no weakness.
		"384 3 8 AwEAAaetidLzsKWUt4swWR8yu0wPHPiUi8LUsAD0QPWU+wzt89epO6tHzkMBVDkC7qphQO2hTY4hHn9npWFRw5BYubE=": Unknown,
	} {
		got := Unknown
		for _, f := range oneHost(t, "mx.example.com").add("example.com", doh.TypeDNSKEY, text).report().Findings {
			if f.Code == "dnssec.rsa-key-short" {
				got = f.Level
			}
		}
		if got != want {
			t.Errorf("%.9s: %s, want %s", text, got, want)
		}
	}
}

// What the records of a zone say of it counts only where the zone is reached by
// a DS record, and a registry's zone is nobody's here to change.
func TestInertParameters(t *testing.T) {
	s := oneHost(t, "mx.example.com").none("example.com", doh.TypeDS).add("example.com", doh.TypeNSEC3PARAM, "1 0 5 AABB").
		add("example.com", doh.TypeDNSKEY, "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==")
	gone := newScenario(t, "example.com").nxdomain("example.com", doh.TypeMX)
	com := newZoneKey(t, "com", dns.ECDSAP256SHA256)
	gone.auth[scenarioKey("example.com", doh.TypeMX)] = []string{
		"35mthgpgcu1qg68fab165klnsnk3dpvl.com. 60 IN NSEC3 1 1 5 AABB B4UM86EGHHDS6NEA196SMVMLO4ORS995 NS SOA"}
	gone.edit("example.com", doh.TypeMX, com.signs(t, nil))
	for name, s := range map[string]*scenario{"no DS": s, "the registry's": gone} {
		for _, code := range s.codes() {
			if slices.Contains([]Code{"dnssec.nsec3-salt", "dnssec.nsec3-opt-out", "dnssec.nsec3-iterations-nonzero"}, code) {
				t.Errorf("%s: %s", name, code)
			}
		}
	}
}

// Every reason of app/dnssec that is a fault is a finding's code.
func TestReasonsAreCodes(t *testing.T) {
	for _, r := range dnssec.Reasons() {
		if _, known := Code("dnssec." + r).Lookup(); !known {
			t.Errorf("dnssec.%s is no code", r)
		}
	}
}
