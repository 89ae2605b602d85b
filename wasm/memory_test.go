package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
)

// shelf is a storage with room for so many bytes.
type shelf struct {
	kept map[string]string
	room int
}

func (s shelf) Get(key string) string { return s.kept[key] }
func (s shelf) Remove(key string)     { delete(s.kept, key) }
func (s shelf) Set(key, value string) bool {
	if len(value) > s.room {
		return false
	}
	s.kept[key] = value
	return true
}

func done(domain string) check.Facts {
	return check.Facts{Version: check.FactsVersion, Domain: dnsname.MustParse(domain), Done: true}
}

func TestMemoryKeepsTheLastDomains(t *testing.T) {
	s := shelf{map[string]string{}, 1 << 20}
	m := memory{s}
	for i := range keptDomains + 3 {
		m.Remember(done(fmt.Sprintf("d%d.test", i)))
	}
	m.Remember(done("d5.test"))
	if len(s.kept) != keptDomains+1 {
		t.Errorf("%d entries, want %d domains and an index", len(s.kept), keptDomains)
	}
	for name, want := range map[string]bool{"d0.test": false, "d2.test": false, "d3.test": true, "d5.test": true, "d10.test": true} {
		if got := m.Recall(dnsname.MustParse(name)) != nil; got != want {
			t.Errorf("%s remembered: %v, want %v", name, got, want)
		}
	}
}

func TestMemoryLetsGo(t *testing.T) {
	small := memory{shelf{map[string]string{}, 10}}
	small.Remember(done("example.com"))
	if small.Recall(dnsname.MustParse("example.com")) != nil {
		t.Error("remembered without room")
	}
	s := shelf{map[string]string{}, 8 << 20}
	m := memory{s}
	stopped := done("stopped.test")
	stopped.Done = false
	m.Remember(stopped)
	big := done("big.test")
	big.Lookups = []check.Lookup{{Wire: []byte(strings.Repeat("x", keptBytes))}}
	m.Remember(big)
	if len(s.kept) != 0 {
		t.Errorf("kept %d entries: neither a stopped check nor a huge one is to be kept", len(s.kept))
	}
}

func TestMemoryDistrustsTheShelf(t *testing.T) {
	s := shelf{map[string]string{}, 1 << 20}
	m := memory{s}
	for _, text := range []string{"", "no json", `{"version":99,"domain":"a.test"}`, `{"version":1,"domain":"b.test"}`} {
		s.kept[keptPrefix+"a.test"] = text
		if f := m.Recall(dnsname.MustParse("a.test")); f != nil {
			t.Errorf("%q recalled as %+v", text, f)
		}
	}
	s.kept[keptIndex] = "broken"
	m.Remember(done("a.test"))
	if m.Recall(dnsname.MustParse("a.test")) == nil {
		t.Error("a broken index keeps memory from working")
	}
}

func TestMemoryDropsThePrevious(t *testing.T) {
	m := memory{shelf{map[string]string{}, 1 << 20}}
	earlier, now := done("a.test"), done("a.test")
	now.Previous = &earlier
	m.Remember(now)
	if f := m.Recall(dnsname.MustParse("a.test")); f == nil || f.Previous != nil {
		t.Errorf("%+v", f)
	}
}

func TestMemoryKeepsWhatWasSaid(t *testing.T) {
	s := shelf{map[string]string{}, 1 << 20}
	m := memory{s}
	said := func(i int) string { return m.Kept(dnsname.MustParse(fmt.Sprintf("d%d.test", i))) }
	for i := range keptDomains + 1 {
		d := done(fmt.Sprintf("d%d.test", i))
		m.Remember(d)
		m.Keep(d.Domain, "said")
	}
	if said(0) != "" || said(1) != "said" || len(s.kept) != 2*keptDomains+1 {
		t.Errorf("%q of the forgotten, %q of the oldest, %d entries", said(0), said(1), len(s.kept))
	}
	if m.Keep(dnsname.MustParse("never.test"), "said"); m.Kept(dnsname.MustParse("never.test")) != "" {
		t.Error("kept of a domain whose check isn't")
	}
	full := memory{shelf{s.kept, 3}}
	if full.Keep(dnsname.MustParse("d1.test"), "more"); said(1) != "" {
		t.Error("without room what was said before stands for the new check")
	}
}
