package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
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
	switch {
	case err != nil:
		return p.wrong(err.Error())
	case len(rest) == 0:
		return p.wrong(p.cli.NoDomain)
	case len(rest) > 1:
		return p.wrong(p.cli.OneDomain)
	}
	// As a browser maps it, so that page and command line take the same names.
	lookup := idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(false))
	reading, err := dnsname.Read(rest[0], lookup.ToASCII)
	if err != nil {
		return p.wrong(p.inputFault(err))
	}
	earlier, err := p.earlier(*previous, reading.Name)
	if err != nil {
		return p.wrong(err.Error())
	}
	facts, err := p.gather(ctx, &w, reading.Name)
	if err != nil {
		return p.wrong(err.Error())
	}
	facts.Previous = earlier
	if *save != "" {
		if err := writeFacts(*save, facts); err != nil {
			return p.wrong(p.say(p.cli.BadFile, "name", *save, "value", reason(err)))
		}
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
		return nil, errWords(p.say(p.cli.BadFile, "name", file, "value", reason(err)))
	}
	if f.Domain != domain {
		return nil, errWords(p.say(p.cli.PreviousOther, "domain", f.Domain.String()))
	}
	f.Previous = nil
	return &f, nil
}

// gather checks the domain in the world of the flags; .test is the lab's.
func (p *program) gather(ctx context.Context, w *worldFlags, domain dnsname.Name) (check.Facts, error) {
	lab := domain.Within(labZone())
	world, stop, err := p.world(w, lab)
	if err != nil {
		return check.Facts{}, err
	}
	defer stop()
	facts := check.Gather(ctx, world, domain, func(f check.Facts) {
		if p.terminal {
			fmt.Fprintf(p.err, "\r\x1b[K%s", p.say(p.cli.Progress,
				"count", fmt.Sprint(f.Answered), "total", fmt.Sprint(f.Asked)))
		}
	})
	if p.terminal {
		fmt.Fprint(p.err, "\r\x1b[K")
	}
	facts.At = time.Now().UTC()
	return facts, nil
}

func (p *program) judge(args []string) int {
	fs := flag.NewFlagSet("judge", flag.ContinueOnError)
	var show output
	show.register(fs)
	rest, err := p.parse(fs, args)
	if err == nil {
		err = show.verify(p)
	}
	switch {
	case err != nil:
		return p.wrong(err.Error())
	case len(rest) == 0:
		return p.wrong(p.cli.NoFile)
	case len(rest) > 1:
		return p.wrong(p.cli.OneFile)
	}
	facts, err := readFacts(rest[0])
	if err != nil {
		return p.wrong(p.say(p.cli.BadFile, "name", rest[0], "value", reason(err)))
	}
	return p.show(check.Judge(facts, facts.At), facts, show)
}

// maxFacts is how large a file of saved evidence may be.
const maxFacts = 64 << 20

func readFacts(file string) (check.Facts, error) {
	info, err := os.Stat(file)
	if err != nil {
		return check.Facts{}, err
	}
	if info.Size() > maxFacts || !info.Mode().IsRegular() {
		return check.Facts{}, check.ErrFacts
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return check.Facts{}, err
	}
	return check.ReadFacts(text)
}

func writeFacts(file string, f check.Facts) error {
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
