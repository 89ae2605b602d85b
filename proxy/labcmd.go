package main

import (
	"encoding/json"
	"flag"
	"fmt"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/lab"
)

// lab lists the domains of the lab and what is wrong with each.
func (p *program) lab(args []string) int {
	fs := flag.NewFlagSet("lab", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "")
	rest, err := p.parse(fs, args)
	if err != nil {
		return p.refuse(err)
	}
	if len(rest) > 0 {
		return p.wrong(p.say(p.cli.UnknownCommand, "value", "lab "+rest[0]))
	}
	list, err := labList()
	if err != nil {
		return p.wrong(p.say(p.cli.LabFailed, "value", err.Error()))
	}
	if *asJSON {
		if json.NewEncoder(p.out).Encode(list) != nil {
			return exitUnable
		}
		return exitClean
	}
	for _, d := range list {
		fmt.Fprintf(p.out, "%-28s %s\n", d.Domain, d.Wrong)
	}
	return exitClean
}

// labList is the lab as the page and -json list it.
func labList() ([]probe.LabDomain, error) {
	domains, err := lab.Domains()
	if err != nil {
		return nil, err
	}
	list := make([]probe.LabDomain, len(domains))
	for i, d := range domains {
		list[i] = probe.LabDomain{Domain: d.Name.String(), Wrong: d.Wrong, Codes: d.Codes, Senders: d.Senders}
	}
	return list, nil
}
