package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
)

// associations fills in the TLSA records of a mail host: of the files that were
// named, else of the keys that it shows. With -tlsa they are given already.
func (m *making) associations(ctx context.Context, p *program) error {
	reading, err := dnsname.Read(m.draft[compose.FieldDomain], toASCII)
	if err != nil {
		return errWords(p.inputFault(err))
	}
	base := reading.Name
	if m.draft[compose.FieldZone] == "" {
		m.draft[compose.FieldZone] = zoneOf(base).String()
	}
	var records []dane.TLSA
	switch {
	case len(m.files) > 0:
		records, err = p.tlsaFrom(m.files)
	case m.draft[compose.FieldTLSA] == "" && m.from == "":
		base, records, err = p.tlsaShown(ctx, &m.world, base)
	}
	if err != nil {
		return err
	}
	for _, r := range records {
		m.draft[compose.FieldTLSA] += "\n" + base.String() + " " + r.String()
	}
	return nil
}

// zoneOf is the zone that a host most likely lies in: what is above its first label,
// unless others register there.
func zoneOf(host dnsname.Name) dnsname.Name {
	if above := host.Parent(); len(above.Labels()) > 1 && !dnsname.IsPublicSuffix(above) {
		return above
	}
	return host
}

// tlsaFrom makes the records of files of certificates and keys, and tells what to
// know of them.
func (p *program) tlsaFrom(names []string) ([]dane.TLSA, error) {
	var files []keyfile.File
	for _, name := range names {
		text, err := p.input(name)
		if err != nil {
			return nil, p.badFile(name, err)
		}
		file, err := keyfile.Read(text)
		var refusal *keyfile.Refusal
		if errors.As(err, &refusal) {
			words := p.words.UI.Make.Refused.Of(string(refusal.Kind))
			return nil, errWords(locale.Fill(p.say(p.cli.BadFile, "name", name), map[string]string{"value": words}))
		}
		files = append(files, file)
	}
	var records []dane.TLSA
	said := map[keyfile.Caution]bool{}
	for _, choice := range keyfile.Publish(files...) {
		records = append(records, choice.Record)
		for _, c := range choice.Cautions {
			if !said[c] {
				p.note(p.words.UI.Make.Cautions.Of(string(c)))
			}
			said[c] = true
		}
	}
	return records, nil
}

// tlsaShown makes the records of the keys that a mail host shows at all its addresses,
// to senders that know RSA and to those that know ECDSA, and gives the name that they
// belong to.
func (p *program) tlsaShown(ctx context.Context, w *worldFlags, host dnsname.Name) (dnsname.Name, []dane.TLSA, error) {
	world, anchors, stop, err := p.world(w, host.Within(labZone()))
	if err != nil {
		return host, nil, err
	}
	defer stop()
	seen, err := world.STARTTLS(ctx, host)
	if err != nil {
		return host, nil, errWords(p.say(p.cli.MakeNoProbe, "name", host.String()))
	}
	others, _ := world.STARTTLS(ctx, host, probe.OnlyRSA, probe.OnlyECDSA) // a server needn't have both
	records := shownKeys(seen, others)
	for _, a := range seen.Addresses {
		if a.TLS == nil {
			p.note(p.say(p.cli.MakeNoKeyAt, "value", a.IP.String()))
		}
	}
	if len(records) == 0 {
		return host, nil, errWords(p.say(p.cli.MakeNoKey, "name", host.String()))
	}
	base, status := baseOf(ctx, world, anchors, host)
	switch {
	case base != host:
		p.note(p.say(p.cli.MakeAlias, "name", host.String(), "value", base.String()))
	case status != dnssec.Secure:
		p.note(p.say(p.cli.MakeInsecure, "name", host.String()))
	}
	return base, records, nil
}

// shownKeys gives the record of each key that probes have seen, each once.
func shownKeys(all ...probe.STARTTLS) []dane.TLSA {
	var records []dane.TLSA
	add := func(seen *probe.TLS) {
		if seen == nil || len(seen.Chain) == 0 {
			return
		}
		r, err := dane.Derive(seen.Chain[0], dane.DANEEE, dane.SPKISelector, dane.SHA256)
		if err == nil && !slices.ContainsFunc(records, r.Equal) {
			records = append(records, r)
		}
	}
	for _, s := range all {
		for _, a := range s.Addresses {
			add(a.TLS)
			for _, aside := range a.Asides {
				add(aside.TLS)
			}
		}
	}
	return records
}

// baseOf gives the TLSA base domain of a host: where its aliases end, when every step
// is signed, else its name (RFC 7672 §2.2.2); and whether its addresses are secure,
// without which no sender looks for the records.
func baseOf(ctx context.Context, world check.World, anchors []dnssec.Anchor, host dnsname.Name) (dnsname.Name, dnssec.Status) {
	resolver := dnssec.Resolver{Anchors: anchors, Now: time.Now, Exchange: func(ctx context.Context, query []byte) ([]byte, error) {
		return world.Exchange(ctx, query, 0)
	}}
	status := dnssec.Indeterminate
	for _, typ := range []doh.Type{doh.TypeA, doh.TypeAAAA} {
		r := resolver.Lookup(ctx, host.String(), typ)
		if len(r.Records) == 0 {
			continue
		}
		if status = r.Status; status != dnssec.Secure {
			continue
		}
		if end, err := dnsname.Parse(r.Hops[len(r.Hops)-1].Name); err == nil {
			return end, status
		}
	}
	return host, status
}
