package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/locale"
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
		m.draft[compose.FieldZone] = compose.ZoneOf(base).String()
	}
	var choices []keyfile.Choice
	switch {
	case len(m.files) > 0:
		choices, err = m.ofFiles(p)
	case m.draft[compose.FieldTLSA] == "" && m.from == "":
		base, choices, err = m.ofHost(ctx, p, base)
	}
	if err != nil {
		return err
	}
	said := map[keyfile.Caution]bool{}
	for _, c := range choices {
		m.draft[compose.FieldTLSA] += "\n" + base.String() + " " + c.Record.String()
		for _, c := range c.Cautions {
			if !said[c] {
				p.note(p.words.UI.Make.Cautions.Of(string(c)))
			}
			said[c] = true
		}
	}
	return nil
}

// ofFiles makes the records of certificates and keys in files.
func (m *making) ofFiles(p *program) ([]keyfile.Choice, error) {
	var all []keyfile.Subject
	for _, name := range m.files {
		text, err := p.input(name)
		if err != nil {
			return nil, p.badFile(name, err)
		}
		file, err := keyfile.Read(text)
		if err != nil {
			return nil, p.cantUse(name, err)
		}
		all = append(all, file.Subjects()...)
	}
	return m.choose(p, strings.Join(m.files, " "), all)
}

// choose makes the records of the parameters that were asked for.
func (m *making) choose(p *program, name string, all []keyfile.Subject) ([]keyfile.Choice, error) {
	parameters, ok := keyfile.ParseParameters(m.as)
	if !ok {
		return nil, errWords(p.say(p.cli.MakeBadKind, "value", m.as))
	}
	choices, err := keyfile.Publish(parameters, m.insist, all...)
	switch {
	case errors.Is(err, dane.ErrParameter) || errors.Is(err, keyfile.ErrUsage):
		return nil, errWords(p.say(p.cli.MakeBadKind, "value", m.as))
	case err != nil:
		return nil, p.cantUse(name, err)
	}
	return choices, nil
}

// cantUse says why there is no record of a file, or of a host.
func (p *program) cantUse(name string, err error) error {
	kind := keyfile.KindOf(err)
	words := p.say(p.words.UI.Make.Refused.Of(string(kind)), "name", name)
	if kind == keyfile.Breaks {
		words += " " + p.cli.MakeInsist
	}
	return errWords(locale.Fill(p.say(p.cli.BadFile, "name", name), map[string]string{"value": words}))
}

// ofHost makes the records of the keys that a mail host shows, and gives the name that
// they belong to.
func (m *making) ofHost(ctx context.Context, p *program, host dnsname.Name) (dnsname.Name, []keyfile.Choice, error) {
	world, anchors, stop, err := p.world(&m.world, host.Within(labZone()))
	if err != nil {
		return host, nil, err
	}
	defer stop()
	w := p.words.UI.Make
	keys, err := check.AskKeys(ctx, world, host, time.Now(), anchors...)
	if err != nil {
		return host, nil, errWords(p.say(w.Refused.Of("no-probe"), "name", host.String()))
	}
	var all []keyfile.Subject
	for _, chain := range keys.Chains {
		if s, err := keyfile.Server(chain); err == nil {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return host, nil, errWords(p.say(w.Refused.Of("not-shown"), "name", host.String()))
	}
	choices, err := m.choose(p, host.String(), all)
	if err != nil {
		return host, nil, err
	}
	for _, ip := range keys.Mute {
		p.note(p.say(w.Shown.Of("mute"), "value", ip.String()))
	}
	switch {
	case keys.Base != host:
		p.note(p.say(w.Shown.Of("alias"), "name", host.String(), "value", keys.Base.String()))
	case keys.Status != dnssec.Secure:
		p.note(p.say(w.Shown.Of("insecure"), "name", host.String()))
	}
	return keys.Base, choices, nil
}
