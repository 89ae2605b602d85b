package main

import (
	"fmt"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/picture"
)

// open opens the file of the picture, if there is to be one.
func (o *output) open(p *program) (err error) {
	if o.chain == "" {
		return nil
	}
	if o.drawn, err = keep(o.chain); err != nil {
		return p.badFile(o.chain, err)
	}
	return nil
}

// draw writes the picture of the chain of trust into its file.
func (o *output) draw(p *program, r check.Report, done bool) error {
	if o.drawn == nil {
		return nil
	}
	if err := o.drawn.put(p.picture(r).SVG(), done); err != nil {
		return p.badFile(o.chain, err)
	}
	return nil
}

// picture is the chain of trust of a report, to be shown.
func (p *program) picture(r check.Report) *picture.Picture {
	return picture.New(r.Domain.String(), r.Chain.Zones, r.Chain.Hops, p.words)
}

// printChain prints the chain of trust, if one was followed.
func (p *program) printChain(r check.Report) {
	chain := p.picture(r)
	if chain.Empty() {
		return
	}
	fmt.Fprintln(p.out)
	for _, line := range chain.Text() {
		fmt.Fprintln(p.out, printable(line))
	}
}
