package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/tlsrpt"
)

// Labels before a domain where its records and its policy are (RFC 8461 §3.1, §3.3,
// RFC 8460 §3).
const (
	recordLabel = "_mta-sts"
	hostLabel   = "mta-sts"
	reportLabel = "_smtp._tls"
)

// state is what is published at one time.
type state struct {
	records []compose.Record
	files   []compose.PolicyFile
}

// same tells whether two records are one, whatever their TTL.
func same(a, b compose.Record) bool { return a.Name == b.Name && a.Type == b.Type && a.Data == b.Data }

// alike tells whether two records are for the same: MX records for one server, TXT
// records of one version (RFC 8461 §3.1, RFC 8460 §3), others of one name and type.
func alike(a, b compose.Record) bool {
	if a.Name != b.Name || a.Type != b.Type {
		return false
	}
	switch a.Type {
	case doh.TypeMX:
		_, a, _ := strings.Cut(a.Data, " ")
		_, b, _ := strings.Cut(b.Data, " ")
		return a == b
	case doh.TypeTXT:
		a, _, _ := strings.Cut(a.Data, ";")
		b, _, _ := strings.Cut(b.Data, ";")
		return a == b
	}
	return true
}

func sameFile(a, b compose.PolicyFile) bool { return a == b }
func sameHost(a, b compose.PolicyFile) bool { return a.Host == b.Host }

// missing are those of all that others don't have.
func missing[T any](all, others []T, same func(a, b T) bool) []T {
	var left []T
	for _, x := range all {
		if !slices.ContainsFunc(others, func(y T) bool { return same(x, y) }) {
			left = append(left, x)
		}
	}
	return left
}

// ttl is how long resolvers keep the records of a name and type, false where there
// are none; all of a set have one TTL (RFC 2181 §5.2), and while it changes the
// longer counts.
func (s state) ttl(name dnsname.Name, typ doh.Type) (longest time.Duration, there bool) {
	for _, r := range s.records {
		if r.Name == name && (r.Type == typ || r.Type == doh.TypeCNAME) {
			longest, there = max(longest, time.Duration(r.TTL)*time.Second), true
		}
	}
	return longest, there
}

// with has other records in the place of those of a kind.
func (s state) with(kind func(compose.Record) bool, records []compose.Record) state {
	others := slices.DeleteFunc(slices.Clone(s.records), kind)
	return state{append(others, records...), s.files}
}

// since has the TTLs of before for what hasn't changed since.
func (s state) since(before state) state {
	s.records = slices.Clone(s.records)
	for i, r := range s.records {
		for _, old := range before.records {
			if same(r, old) {
				s.records[i].TTL = old.TTL
			}
		}
	}
	return s
}

// of are the records of a kind.
func (s state) of(kind func(compose.Record) bool) []compose.Record {
	return slices.DeleteFunc(slices.Clone(s.records), func(r compose.Record) bool { return !kind(r) })
}

// The kinds of records.
func isMX(r compose.Record) bool     { return r.Type == doh.TypeMX }
func isTLSA(r compose.Record) bool   { return r.Type == doh.TypeTLSA }
func isReport(r compose.Record) bool { return strings.HasPrefix(r.Name.String(), reportLabel+".") }
func isRecord(r compose.Record) bool { return strings.HasPrefix(r.Name.String(), recordLabel+".") }
func isPolicy(r compose.Record) bool { return isRecord(r) || isHost(r) }

// isHost tells an address or an alias of a policy host.
func isHost(r compose.Record) bool {
	return !isMX(r) && !isTLSA(r) && strings.HasPrefix(r.Name.String(), hostLabel+".")
}

// read takes from the report what is published now.
func (b *builder) read() {
	d := b.Want.Domain
	for _, t := range b.Report.TLSRPT.TXT {
		if len(tlsrpt.SelectRecord([]string{t.Text})) > 0 {
			b.readTXT(d.Child(reportLabel), t)
		}
	}
	for _, t := range b.Report.Record.TXT {
		if len(mtasts.SelectRecord([]string{t.Text})) > 0 {
			b.readTXT(d.Child(recordLabel), t)
		}
	}
	b.readAt(d.Child(hostLabel), doh.TypeCNAME, doh.TypeA, doh.TypeAAAA)
	b.readAt(d, doh.TypeMX)
	for _, h := range b.Report.Hosts {
		b.readAt(h.TLSAName, doh.TypeTLSA)
	}
	if b.Report.Policy.Usable {
		b.in = b.Report.Policy.Value
		b.now.files = append(b.now.files, compose.PolicyFile{Host: d.Child(hostLabel), Text: b.in.String()})
	}
}

func (b *builder) readAt(name dnsname.Name, types ...doh.Type) {
	b.now.records = append(b.now.records, missing(found(b.Report, name, types...), b.now.records, same)...)
}

// readTXT takes a TXT record that stands at its place, or the alias there.
func (b *builder) readTXT(owner dnsname.Name, t check.TXTView) {
	if t.Owner != owner.String() {
		return
	}
	if b.readAt(owner, doh.TypeCNAME); !slices.ContainsFunc(b.now.records, func(r compose.Record) bool { return r.Name == owner }) {
		b.now.records = append(b.now.records, compose.Record{Name: owner, Type: doh.TypeTXT, TTL: kept(b.Report, owner, doh.TypeTXT), Data: t.Text})
	}
}

// found are the records of some types that a check saw for a name: aliases and
// addresses at the name itself, others where an alias there leads.
func found(r check.Report, name dnsname.Name, types ...doh.Type) []compose.Record {
	var all []compose.Record
	for _, l := range r.DNS {
		if l.Name != name || l.CD || name.IsZero() {
			continue
		}
		for _, line := range l.Text {
			record := parse(line, types)
			if record.Name == name || isMX(record) || isTLSA(record) {
				record.TTL = keptFor(l)
				all = append(all, missing([]compose.Record{record}, all, same)...)
			}
		}
	}
	return all
}

// parse reads a line of presentation form with a record of one of the types; it
// gives the zero Record for any other.
func parse(line string, types []doh.Type) compose.Record {
	owner, rest, _ := strings.Cut(line, " ")
	_, rest, _ = strings.Cut(rest, " IN ")
	mnemonic, data, _ := strings.Cut(rest, " ")
	name, err := dnsname.Parse(owner)
	for _, typ := range types {
		switch {
		case err != nil || mnemonic != typ.String():
		case typ == doh.TypeTXT:
			return compose.Record{Name: name, Type: typ, Data: text(data)}
		default:
			return compose.Record{Name: name, Type: typ, Data: strings.ToLower(data)}
		}
	}
	return compose.Record{}
}

// text joins the quoted strings of a TXT record (RFC 1035 §5.1, RFC 8461 §3.1).
func text(data string) string {
	var out strings.Builder
	inside := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			inside = !inside
		case c == '\\' && i+3 < len(data) && data[i+1] >= '0' && data[i+1] <= '9':
			n, _ := strconv.Atoi(data[i+1 : i+4])
			out.WriteByte(byte(n))
			i += 3
		case c == '\\' && i+1 < len(data):
			i++
			out.WriteByte(data[i])
		case inside:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// kept is how long resolvers may keep what a lookup found, in seconds: the whole
// TTL where a signature states it. An answer from a cache has only what is left
// of it, so that without a signature a day is the least to reckon with.
func kept(r check.Report, name dnsname.Name, typ doh.Type) uint32 {
	for _, l := range r.DNS {
		if l.Name == name && l.Type == typ && !l.CD {
			return keptFor(l)
		}
	}
	return uint32(day / time.Second)
}

func keptFor(l check.LookupView) uint32 {
	if l.Verdict.Status == dnssec.Secure {
		return l.TTL
	}
	return max(l.TTL, uint32(day/time.Second))
}

// policy is the state in which a policy is served, everywhere where it is wanted.
func (b *builder) policy(p mtasts.Policy) state {
	w := b.Want
	w.Mode, w.MaxAge, w.MX, w.TLSA, w.RUA, w.Hosted.Reports = p.Mode, p.MaxAge, p.MX, nil, nil, dnsname.Name{}
	made := compose.Make(w)
	if !w.Hosted.IsZero() {
		for _, d := range append([]dnsname.Name{w.Domain}, w.Below...) {
			made.Files = append(made.Files, compose.PolicyFile{Host: d.Child(hostLabel), Text: p.String()})
		}
	}
	if w.Hosted.IsZero() && w.Web.Name.IsZero() && len(w.Web.Addresses) == 0 {
		made.Records = append(made.Records, b.now.of(isHost)...) // they stay as they are
	}
	after := b.now.with(isPolicy, made.Records)
	if old := b.now.of(b.ownRecord); len(old) == 1 && slices.Contains(b.now.files, compose.PolicyFile{Host: w.Domain.Child(hostLabel), Text: p.String()}) {
		after = after.with(b.ownRecord, old) // a policy that doesn't change keeps its id
	}
	after.files = made.Files
	return after
}

// asHosted takes a policy for one that a company hosts where the aliases to it are
// published and nothing else is wanted.
func (b *builder) asHosted() {
	target := func(label string) (name dnsname.Name) {
		for _, r := range b.now.records {
			if r.Name == b.Want.Domain.Child(label) && r.Type == doh.TypeCNAME {
				name, _ = dnsname.Parse(r.Data)
			}
		}
		return name
	}
	record, policy := target(recordLabel), target(hostLabel)
	if w := b.Want; w.Hosted.IsZero() && w.Web.Name.IsZero() && len(w.Web.Addresses) == 0 && !record.IsZero() && !policy.IsZero() {
		b.Want.Hosted.Record, b.Want.Hosted.Policy = record, policy
	}
}

// ownRecord tells the domain's own MTA-STS record, which isn't an alias.
func (b *builder) ownRecord(r compose.Record) bool {
	return r.Name == b.record() && r.Type == doh.TypeTXT
}
