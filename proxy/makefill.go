package main

import (
	"context"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
)

// fill takes from a check what no flag gives.
func (m *making) fill(ctx context.Context, p *program) error {
	if m.from == "" {
		return nil
	}
	reading, err := dnsname.Read(m.from, toASCII)
	if err != nil {
		return errWords(p.inputFault(err))
	}
	facts, err := p.gather(ctx, &m.world, &output{}, reading.Name, nil, "")
	if err != nil {
		return err
	}
	report := check.Judge(facts, facts.At)
	switch {
	case !facts.Done:
		return errWords(p.cli.Stopped)
	case report.Blind:
		return errWords(p.say(p.cli.MakeBlind, "domain", reading.Name.String()))
	}
	found := compose.From(report)
	if m.draft[compose.FieldHostedPolicy] != "" { // in the place of one's own
		found[compose.FieldMode], found[compose.FieldMX] = "", ""
	}
	if m.draft[compose.FieldHostedReport] != "" {
		found[compose.FieldRUA] = ""
	}
	for f, text := range found {
		if m.draft[f] == "" {
			m.draft[f] = text
		}
	}
	return nil
}

// company fills in where the aliases of a company's customers lead, as far as that is
// known and no flag says otherwise.
func (m *making) company(p *program) error {
	if m.hosted == "" {
		return nil
	}
	all := check.PolicyHosts()
	at := slices.IndexFunc(all, func(name string) bool { return strings.EqualFold(name, m.hosted) })
	if at < 0 {
		return p.badForm(m.hosted, all)
	}
	customer, err := dnsname.Read(m.draft[compose.FieldDomain], toASCII)
	if err != nil {
		return errWords(p.inputFault(err))
	}
	record, policy, reports := check.HostedAliases(all[at], customer.Name)
	for f, target := range map[compose.Field]dnsname.Name{compose.FieldHostedRecord: record, compose.FieldHostedPolicy: policy, compose.FieldHostedReport: reports} {
		if m.draft[f] == "" && !target.IsZero() && (f != compose.FieldHostedReport || m.draft[compose.FieldRUA] == "") {
			m.draft[f] = target.String()
		}
	}
	return nil
}

// faultWords says what is wrong with a field, by the flag that gives it.
func (p *program) faultWords(f compose.Fault) string {
	words := p.words.UI.Make.Wrong
	if f.Field == compose.FieldDomain {
		words = p.words.UI.Ask.Wrong
	}
	text := words.Of(f.Kind)
	if text == f.Kind {
		text = p.words.UI.Make.WrongElse
	}
	text = p.say(text, "input", f.Text, "kind", f.Kind)
	if name := flagOf(f.Field); name != "" {
		return name + ": " + text
	}
	return text
}
