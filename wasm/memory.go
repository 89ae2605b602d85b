package main

import (
	"encoding/json"
	"slices"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
)

// Limits of what is remembered of earlier checks.
const (
	keptDomains = 8
	keptBytes   = 400 << 10 // of one check
	keptIndex   = "sealane/checked"
	keptPrefix  = "sealane/facts/"
	saidPrefix  = "sealane/said/" // boot.js reads these
)

// storage is the part of the browser's localStorage that memory needs. A set
// that doesn't fit gives false.
type storage interface {
	Get(key string) string
	Set(key, value string) bool
	Remove(key string)
}

// memory keeps the facts of the last checks, so that the next check of the same
// domain can say what has changed.
type memory struct{ storage storage }

// Recall gives the facts of the last check of a domain, nil without one.
func (m memory) Recall(d dnsname.Name) *check.Facts {
	text := m.storage.Get(keptPrefix + d.String())
	var f check.Facts
	if text == "" || json.Unmarshal([]byte(text), &f) != nil || f.Domain != d || f.Version != check.FactsVersion {
		return nil
	}
	f.Previous = nil
	return &f
}

// Remember keeps the facts and forgets the oldest; what can't be kept is let go.
func (m memory) Remember(f check.Facts) {
	f.Previous = nil
	text, err := json.Marshal(f)
	if err != nil || !f.Done || len(text) > keptBytes {
		return
	}
	var domains []string
	_ = json.Unmarshal([]byte(m.storage.Get(keptIndex)), &domains) // a broken index is begun anew
	name := f.Domain.String()
	domains = slices.DeleteFunc(domains, func(d string) bool { return d == name })
	domains = append(domains, name)
	for len(domains) > keptDomains {
		m.storage.Remove(keptPrefix + domains[0])
		m.storage.Remove(saidPrefix + domains[0])
		domains = domains[1:]
	}
	index, _ := json.Marshal(domains)
	if m.storage.Set(keptPrefix+name, string(text)) {
		m.storage.Set(keptIndex, string(index))
	}
}

// Kept gives what was said of the last check of a domain, "" for nothing.
func (m memory) Kept(d dnsname.Name) string { return m.storage.Get(saidPrefix + d.String()) }

// Keep keeps what was said of a check that is remembered, and of no other.
func (m memory) Keep(d dnsname.Name, text string) {
	if m.storage.Get(keptPrefix+d.String()) == "" || !m.storage.Set(saidPrefix+d.String(), text) {
		m.storage.Remove(saidPrefix + d.String())
	}
}
