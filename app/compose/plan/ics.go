package plan

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sealane/sealane/app/locale"
)

// maxLine is how many octets a line of a calendar has at most, its end aside (RFC
// 5545 §3.1).
const maxLine = 75

// ICS writes the plan as a calendar (RFC 5545): an event of a whole day for each
// step, without alarm and without taking time. Its UID is that of the same step
// of any later plan for the domain, so that a calendar moves it. The stamp is when
// it is written. Without a step there is no calendar (§3.6), and the text is empty.
func ICS(p Plan, l locale.Language, stamp time.Time) string {
	if len(p.Steps) == 0 {
		return ""
	}
	w := words{l.UI.Plan}
	var out strings.Builder
	line := func(name, value string) { fold(&out, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Sealane//Plan//"+strings.ToUpper(l.Tag))
	line("CALSCALE", "GREGORIAN")
	for _, s := range p.Steps {
		line("BEGIN", "VEVENT")
		line("UID", "sealane-"+string(p.ID)+"-"+strings.TrimPrefix(s.Key, "step.")+"@"+p.Domain.String())
		line("DTSTAMP", stamp.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", s.From.Format("20060102"))
		line("DTEND;VALUE=DATE", s.From.AddDate(0, 0, 1).Format("20060102"))
		line("SUMMARY", escape(p.Domain.String()+": "+w.say(w.Steps, s.Phrase)))
		line("DESCRIPTION", escape(w.description(s)))
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return out.String()
}

// description is all that there is to say of a step, as plain text.
func (w words) description(s Step) string {
	var all []string
	if !s.Until.IsZero() {
		all = append(all, w.fill(w.Until, "date", date(s.Until)))
	}
	all = append(all, plain(w.say(w.Texts, s.Phrase)))
	for _, b := range w.blocks(s) {
		all = append(all, strings.TrimSuffix(b.heading+":\n"+b.text, ":\n"))
	}
	checks := w.Then + ":"
	for _, c := range s.Checks {
		checks += "\n- " + plain(w.say(w.Asks, c.Phrase))
	}
	all = append(all, checks, w.Sources+": "+w.sources(s))
	for i := range all {
		all[i] = strings.TrimSuffix(all[i], "\n")
	}
	return strings.Join(all, "\n\n")
}

// plain is a text without the marks around protocol tokens.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }

// escape writes a value of type TEXT (RFC 5545 §3.3.11).
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(text)
}

// fold writes a line over as many as it takes (RFC 5545 §3.1), none of which ends
// in the middle of a character.
func fold(out *strings.Builder, line string) {
	for most := maxLine; len(line) > most; most = maxLine - 1 {
		at := most
		for at > 1 && !utf8.RuneStart(line[at]) {
			at--
		}
		out.WriteString(line[:at] + "\r\n ")
		line = line[at:]
	}
	out.WriteString(line + "\r\n")
}
