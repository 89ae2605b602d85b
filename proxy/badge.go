package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/proxy/panics"
	"github.com/sealane/sealane/proxy/server"
	"github.com/sealane/sealane/proxy/world"
)

// summarize gives what the server asks for a badge: the check of the command
// line, in the networks that it serves. A panic in one of them is logged.
func summarize(n *networks, log *slog.Logger) func(context.Context, dnsname.Name) server.Summary {
	w := &world.World{Route: n.route, Recovered: func(r *panics.Recovered) {
		log.Error("observation for a badge failed", "fault", r.Value, "stack", string(r.Stack))
	}}
	return func(ctx context.Context, domain dnsname.Name) server.Summary {
		facts := check.Gather(ctx, w, domain, time.Now().UTC(), func(check.Facts) {}, n.anchors...)
		if !facts.Done || ctx.Err() != nil { // what was cut short says nothing
			return server.Summary{}
		}
		return summary(check.Judge(facts, facts.At))
	}
}

// unsaid are the sentences of a headline that a badge leaves out: who does what
// about the state that it names.
var unsaid = []string{
	"senders-clear", "senders-hold", "senders-hold-all", "senders-sure", "senders-sure-all", "senders-unsure",
}

// summary takes the state of protection from a report's headline. A part that is
// still open makes the whole unknown.
func summary(r check.Report) server.Summary {
	s := server.Summary{At: r.At}
	for _, p := range r.Headline {
		switch key := strings.TrimPrefix(p.Key, "headline."); key {
		case "blind", "checking":
			return server.Summary{}
		case "both":
			s.Parts = append(s.Parts, "sts-enforce", "dane-ok")
		case "neither":
			s.Parts = append(s.Parts, "sts-absent", "dane-absent")
		default:
			if !slices.Contains(unsaid, key) {
				s.Parts = append(s.Parts, key)
			}
		}
	}
	return s
}
