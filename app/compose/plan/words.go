package plan

import (
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/locale"
)

// words writes a plan in a language.
type words struct{ locale.PlanWords }

// say fills the text that a table has for a phrase.
func (w words) say(t locale.Terms, p check.Phrase) string { return locale.Fill(t.Of(p.Key), p.Args) }

func (w words) fill(text, name, value string) string {
	return locale.Fill(text, map[string]string{name: value})
}

// length is a length of time in the largest unit that gives a whole number.
func (w words) length(d time.Duration) string {
	for _, u := range [...]struct {
		unit      time.Duration
		one, many string
	}{{day, w.Day, w.Days}, {time.Hour, w.Hour, w.Hours}, {time.Minute, w.Minute, w.Minutes}, {time.Second, w.Second, w.Seconds}} {
		if d%u.unit != 0 {
			continue
		}
		text := u.many
		if d == u.unit {
			text = u.one
		}
		return w.fill(text, "count", strconv.FormatInt(int64(d/u.unit), 10))
	}
	return d.String()
}

func (w words) wait(x Wait) string {
	return locale.Fill(w.Wait, map[string]string{"length": w.length(x.Length), "reason": w.say(w.Waits, x.Phrase)})
}

// sources names the sections that a step stands on.
func (w words) sources(s Step) string {
	var all []string
	for _, c := range s.Cites {
		all = append(all, locale.Fill(w.Source, map[string]string{"rfc": strconv.Itoa(c.RFC), "section": c.Section}))
	}
	return strings.Join(all, ", ")
}

// block is what a step changes: a heading, and what stands under it, if anything,
// as it is to be copied.
type block struct{ heading, text string }

// blocks are the changes of a step in the order in which they are to be made.
func (w words) blocks(s Step) []block {
	var all []block
	for _, f := range s.Files {
		heading := w.Serve
		if s.Hosted {
			heading = w.Hosted
		}
		all = append(all, block{w.fill(heading, "url", f.URL()), strings.ReplaceAll(f.Text, "\r\n", "\n")})
	}
	if len(s.Publish) > 0 {
		all = append(all, block{w.Publish, zoneLines(s.Publish, true)})
	}
	if len(s.Remove) > 0 {
		heading := w.Remove
		if len(s.Publish) > 0 {
			heading = w.Replace
		}
		all = append(all, block{heading, zoneLines(s.Remove, false)})
	}
	for _, f := range s.Gone {
		all = append(all, block{w.fill(w.Gone, "url", f.URL()), ""})
	}
	return all
}

// zoneLines writes records as a zone file has them, whatever the zone; without a TTL
// those for which it is only what a check could see.
func zoneLines(records []compose.Record, ttl bool) string {
	form, _ := publish.DNSForm("zone")
	var out strings.Builder
	for _, f := range form.Write(compose.Zone{Records: records}) {
		for line := range strings.Lines(f.Text) {
			if owner, rest, _ := strings.Cut(line, "\t"); !ttl {
				_, rest, _ = strings.Cut(rest, "\t")
				line = owner + "\t" + rest
			}
			out.WriteString(line)
		}
	}
	return out.String()
}
