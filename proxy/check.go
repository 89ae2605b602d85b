package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"golang.org/x/net/idna"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
)

func (p *program) check(ctx context.Context, args []string) int {
	fs := flag.NewFlagSet("check", flag.ContinueOnError)
	var w worldFlags
	w.register(fs)
	var show output
	show.register(fs)
	save := fs.String("save", "", "")
	previous := fs.String("previous", "", "")
	rest, err := p.parse(fs, args)
	if err == nil {
		err = p.verify(&w)
	}
	if err == nil {
		err = show.verify(p)
	}
	if err == nil {
		err = one(rest, p.cli.NoDomain, p.cli.OneDomain)
	}
	if err != nil {
		return p.refuse(err)
	}
	reading, err := dnsname.Read(rest[0], toASCII)
	if err != nil {
		return p.wrong(p.inputFault(err))
	}
	earlier, err := p.earlier(*previous, reading.Name)
	if err != nil {
		return p.wrong(err.Error())
	}
	facts, err := p.gather(ctx, &w, &show, reading.Name, earlier, *save)
	if err != nil {
		if !facts.Domain.IsZero() { // checked, but not saved
			p.show(check.Judge(facts, facts.At), facts, show)
		}
		return p.wrong(err.Error())
	}
	if !facts.Done {
		p.wrong(p.cli.Stopped)
	}
	return p.show(check.Judge(facts, facts.At), facts, show)
}

// earlier reads evidence of an earlier check of the same domain.
func (p *program) earlier(file string, domain dnsname.Name) (*check.Facts, error) {
	if file == "" {
		return nil, nil
	}
	f, err := readFacts(file)
	if err != nil {
		return nil, p.badFile(file, err)
	}
	if f.Domain != domain {
		return nil, errWords(p.say(p.cli.PreviousOther, "domain", f.Domain.String()))
	}
	f.Previous = nil
	return &f, nil
}

// gather checks the domain in the world of the flags and saves what it saw, if
// save names a file; .test is the lab's. What will be written is opened first, so
// that a wrong name costs nothing. Facts may come with an error: that of saving
// them.
func (p *program) gather(ctx context.Context, w *worldFlags, show *output, domain dnsname.Name, earlier *check.Facts, save string) (check.Facts, error) {
	lab := domain.Within(labZone())
	world, anchors, stop, err := p.world(w, lab)
	if err != nil {
		return check.Facts{}, err
	}
	defer stop()
	if err := show.open(p); err != nil {
		return check.Facts{}, err
	}
	var kept *keeper
	if save != "" {
		if kept, err = keep(save); err != nil {
			return check.Facts{}, p.badFile(save, err)
		}
	}
	facts := check.Gather(ctx, world, domain, time.Now().UTC(), func(f check.Facts) {
		if p.terminal {
			fmt.Fprintf(p.err, "\r\x1b[K%s", p.say(p.cli.Progress,
				"count", fmt.Sprint(f.Answered), "total", fmt.Sprint(f.Asked)))
		}
	}, anchors...)
	if p.terminal {
		fmt.Fprint(p.err, "\r\x1b[K")
	}
	facts.Previous = earlier
	if kept != nil {
		if err := kept.save(facts); err != nil {
			return facts, p.badFile(save, err)
		}
	}
	return facts, nil
}

// toASCII maps a name as a browser does, so that page and command line take the same.
func toASCII(name string) (string, error) {
	return idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(false)).ToASCII(name)
}

func (p *program) judge(args []string) int {
	fs := flag.NewFlagSet("judge", flag.ContinueOnError)
	var show output
	show.register(fs)
	rest, err := p.parse(fs, args)
	if err == nil {
		err = show.verify(p)
	}
	if err == nil {
		err = one(rest, p.cli.NoFile, p.cli.OneFile)
	}
	if err != nil {
		return p.refuse(err)
	}
	facts, err := readFacts(rest[0])
	if err != nil {
		return p.wrong(p.badFile(rest[0], err).Error())
	}
	if err := show.open(p); err != nil {
		return p.wrong(err.Error())
	}
	return p.show(check.Judge(facts, facts.At), facts, show)
}
