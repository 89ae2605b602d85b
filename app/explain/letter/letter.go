// Package letter writes to the administrator of the other side what an error text
// means and what a check of the domain shows, as text that is ready to send: to the
// recipient's postmaster (RFC 5321 §4.5.1), or to who runs the sending server.
package letter

import (
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/locale"
)

// Letter is a mail as text.
type Letter struct {
	To      string `json:"to,omitempty"` // "" where the text doesn't say
	Subject string `json:"subject"`
	Body    string `json:"body"` // lines end in LF
}

// String gives the letter with its header.
func (l Letter) String() string {
	head := "Subject: " + l.Subject + "\n\n"
	if l.To != "" {
		head = "To: " + l.To + "\n" + head
	}
	return head + l.Body
}

// Write makes the letter about a match in a text, with its causes as weighed by a
// check of the domain at a time, the zero time without one. False where there is
// nothing to write about: nothing is wrong, or all causes are struck.
func Write(l locale.Language, text string, m explain.Match, causes []explain.Weighed, at time.Time) (Letter, bool) {
	w := l.Errors.Letter
	says, seen := of(causes, explain.Holds), w.Seen
	if len(says) == 0 {
		says, seen = of(causes, explain.Open), w.Possible
	}
	if len(says) == 0 || says[0].Side == explain.Checking {
		return Letter{}, false
	}
	args := map[string]string{"domain": about(m, w), "software": m.Software, "reason": reason(l, says[0]),
		"sources": sources(says), "date": at.UTC().Format("2006-01-02 15:04 UTC")}
	out := Letter{}
	opening := w.Opening
	if says[0].Side == explain.Sending {
		opening = w.Sender
	} else if !m.Domain.IsZero() {
		out.To = "postmaster@" + m.Domain.String()
	}
	body := ""
	for part := range strings.SplitSeq(opening, "\n\n") {
		body += wrap(locale.Fill(part, args)) + "\n"
	}
	body += quote(text, m) + "\n" + facts(w, m) +
		w.Means + "\n" + wrap(locale.Fill(l.Errors.Meanings.Of(m.Form.Meaning()), args)) + "\n" +
		locale.Fill(seen, args) + "\n" + reasons(l, says) + "\n"
	if args["sources"] != "" {
		body += locale.Fill(w.Sources, args) + "\n\n"
	}
	body += w.Closing + "\n"
	if !at.IsZero() {
		body += "\n" + w.Tool + "\n"
	}
	out.Subject, out.Body = plain(locale.Fill(w.Subject, args)), plain(body)
	return out, true
}

// plain leaves out the marks around protocol tokens.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }

// of gives the causes in a state.
func of(causes []explain.Weighed, state explain.State) (some []explain.Weighed) {
	for _, c := range causes {
		if c.State == state {
			some = append(some, c)
		}
	}
	return some
}

// about is the domain in question, or the mail host.
func about(m explain.Match, w locale.LetterWords) string {
	switch {
	case !m.Domain.IsZero():
		return m.Domain.String()
	case !m.Host.IsZero():
		return m.Host.String()
	}
	return w.Unnamed
}

// reason says in few words what is the matter: a finding's title, or the cause's
// sentence without its full stop.
func reason(l locale.Language, c explain.Weighed) string {
	if len(c.Findings) > 0 {
		return title(l, c.Findings[0])
	}
	words, _ := l.Errors.Cause(string(c.ID))
	return strings.TrimRight(words.Says, ".")
}

func title(l locale.Language, f check.Finding) string {
	words, _ := l.Finding(string(f.Code))
	return locale.Fill(strings.ReplaceAll(words.Title, "{subject}", f.Subject), f.Args)
}

// quoted is how much of the text is quoted at most.
const quoted = 600

// quote gives the lines of the text that hold the match.
func quote(text string, m explain.Match) (out string) {
	start := strings.LastIndexByte(text[:m.Span.Start], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[m.Span.End:], '\n'); i >= 0 {
		end = m.Span.End + i
	}
	start, end = max(start, m.Span.Start-quoted/2), min(end, max(m.Span.End, m.Span.Start+quoted))
	for line := range strings.SplitSeq(strings.ToValidUTF8(text[start:end], ""), "\n") {
		out += "> " + printable(strings.TrimSpace(line)) + "\n"
	}
	return out
}

// printable leaves out control characters.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return -1
		}
		return c
	}, s)
}

// facts lists what the text names, with an empty line behind.
func facts(w locale.LetterWords, m explain.Match) (out string) {
	address := ""
	if m.Address.IsValid() {
		address = m.Address.String()
	}
	for i, value := range [...]string{m.Domain.String(), m.Host.String(), address, printable(m.Time)} {
		if value != "" {
			out += w.Facts[i].Text + ": " + value + "\n"
		}
	}
	if out != "" {
		out += "\n"
	}
	return out
}

// reasons lists causes: what shows them, or else what they are and who can mend them.
func reasons(l locale.Language, causes []explain.Weighed) (out string) {
	for _, c := range causes {
		words, _ := l.Errors.Cause(string(c.ID))
		for _, f := range c.Findings {
			out += wrap("- " + title(l, f) + " (" + f.Subject + ")")
		}
		if len(c.Findings) > 0 {
			out += wrap("  " + words.Do)
			continue
		}
		out += wrap("- " + words.Says + " " + words.Do + " (" + l.Errors.Fixers.Of(string(c.Side)) + ")")
	}
	return out
}

// sources are deciding sections: of what was found, else of what could be.
func sources(causes []explain.Weighed) (all string) {
	for i, c := range causes[:min(3, len(causes))] {
		var code check.Code
		if len(c.Findings) > 0 {
			code = c.Findings[0].Code
		} else if len(c.Codes) > 0 {
			code = c.Codes[0]
		}
		entry, known := code.Lookup()
		if !known || len(entry.RFC) == 0 {
			continue
		}
		s := "RFC " + strconv.Itoa(entry.RFC[0].RFC)
		if entry.RFC[0].Section != "" {
			s += " §" + entry.RFC[0].Section
		}
		switch {
		case i == 0 || all == "":
			all = s
		case !strings.Contains(all+",", s+","):
			all += ", " + s
		}
	}
	return all
}

// wide is the length of a line of text in mail (RFC 5322 §2.1.1).
const wide = 78

// wrap breaks a text into lines; those after the first of a list are indented.
func wrap(text string) (out string) {
	indent, line := "", ""
	if strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "  ") {
		indent = "  "
	}
	if strings.HasPrefix(text, "  ") {
		line = " "
	}
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > wide && line != "" && line != " " {
			out += line + "\n"
			line = indent + word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return out + line + "\n"
}
