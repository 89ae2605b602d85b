// Package letter writes to the administrator of the other side what an error text
// means and what a check of the domain shows, as text that is ready to send: to the
// recipient's postmaster (RFC 5321 §4.5.1), or to who runs the sending server.
package letter

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
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
	shown := of(causes, explain.Holds)
	open := of(causes, explain.Open)
	first := append(slices.Clip(shown), open...)
	if len(first) == 0 || first[0].Side == explain.Checking {
		return Letter{}, false
	}
	args := map[string]string{"domain": about(m, w), "software": m.Software, "date": at.UTC().Format("2006-01-02 15:04 UTC")}
	out := Letter{Subject: locale.Fill(w.Subject, with(args, "reason", reason(l, first[0])))}
	opening := w.Opening
	if first[0].Side == explain.Sending {
		opening = w.Sender
	} else if !m.Domain.IsZero() {
		out.To = "postmaster@" + m.Domain.String()
	}
	b := body{}
	for part := range strings.SplitSeq(locale.Fill(opening, args), "\n\n") {
		b.block(wrap(part))
	}
	b.block(quote(text, m))
	b.block(facts(w, m))
	b.block(w.Means + "\n" + wrap(locale.Fill(l.Errors.Meanings.Of(m.Form.Meaning()), args)))
	if len(shown) > 0 {
		b.block(locale.Fill(w.Seen, args) + "\n" + evidence(l, shown))
	}
	if len(open) > 0 && len(shown) == 0 {
		b.block(w.Possible + "\n" + possible(l, open))
	}
	if cited := sources(first); cited != "" {
		b.block(locale.Fill(w.Sources, with(args, "sources", cited)))
	}
	b.block(w.Closing)
	if !at.IsZero() {
		b.block(w.Tool)
	}
	out.Body = strings.ReplaceAll(b.String(), "`", "") + "\n"
	return out, true
}

// body is paragraphs with an empty line between them.
type body struct{ strings.Builder }

func (b *body) block(text string) {
	if text == "" {
		return
	}
	if b.Len() > 0 {
		b.WriteString("\n\n")
	}
	b.WriteString(strings.TrimRight(text, "\n"))
}

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
	for _, name := range []dnsname.Name{m.Domain, m.Host} {
		if !name.IsZero() {
			return name.String()
		}
	}
	return w.Unnamed
}

func with(args map[string]string, name, value string) map[string]string {
	args[name] = value
	return args
}

// reason says in few words what is the matter: a finding's title, or the cause's
// sentence without its full stop.
func reason(l locale.Language, c explain.Weighed) string {
	if len(c.Findings) > 0 {
		return strings.ReplaceAll(title(l, c.Findings[0]), "`", "")
	}
	words, _ := l.Errors.Cause(string(c.ID))
	return strings.TrimRight(strings.ReplaceAll(words.Says, "`", ""), ".")
}

func title(l locale.Language, f check.Finding) string {
	words, _ := l.Finding(string(f.Code))
	args := map[string]string{"subject": f.Subject}
	for k, v := range f.Args {
		args[k] = v
	}
	return locale.Fill(words.Title, args)
}

// quoted is how much of the text is quoted at most.
const quoted = 600

// quote gives the lines of the text that hold the match.
func quote(text string, m explain.Match) string {
	start := strings.LastIndexByte(text[:m.Span.Start], '\n') + 1
	end := m.Span.End
	if i := strings.IndexByte(text[end:], '\n'); i >= 0 {
		end += i
	} else {
		end = len(text)
	}
	start, end = max(start, m.Span.Start-quoted/2), min(end, max(m.Span.End, m.Span.Start+quoted))
	for start < m.Span.Start && !utf8.RuneStart(text[start]) {
		start++
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	var out strings.Builder
	for line := range strings.Lines(strings.ToValidUTF8(text[start:end], "\uFFFD")) {
		line = strings.Map(printable, strings.TrimSpace(line))
		out.WriteString("> " + line + "\n")
	}
	return out.String()
}

// printable leaves out control characters.
func printable(c rune) rune {
	if c < ' ' || c >= 0x7f && c < 0xa0 {
		return -1
	}
	return c
}

// facts lists what the text names.
func facts(w locale.LetterWords, m explain.Match) string {
	var out strings.Builder
	line := func(key, value string) {
		if value != "" {
			out.WriteString(w.Facts.Of(key) + ": " + value + "\n")
		}
	}
	line("domain", m.Domain.String())
	line("host", m.Host.String())
	if m.Address.IsValid() {
		line("address", m.Address.String())
	}
	line("time", strings.Map(printable, m.Time))
	return out.String()
}

// evidence lists the findings that show causes, each with what it is about.
func evidence(l locale.Language, shown []explain.Weighed) string {
	var out strings.Builder
	for _, c := range shown {
		for _, f := range c.Findings {
			out.WriteString(wrap("- " + title(l, f) + " (" + f.Subject + ")"))
		}
		words, _ := l.Errors.Cause(string(c.ID))
		out.WriteString(wrap("  " + words.Do))
	}
	return out.String()
}

func possible(l locale.Language, open []explain.Weighed) string {
	var out strings.Builder
	for _, c := range open {
		words, _ := l.Errors.Cause(string(c.ID))
		out.WriteString(wrap("- " + words.Says + " " + words.Do + " (" + l.Errors.Fixers.Of(string(c.Side)) + ")"))
	}
	return out.String()
}

// sources are the deciding sections: of what was found, else of what could be.
func sources(causes []explain.Weighed) string {
	var all []string
	for _, c := range causes {
		codes := c.Codes[:min(1, len(c.Codes))]
		for _, f := range c.Findings {
			codes = append(slices.Clip(codes[:0]), f.Code)
			break
		}
		for _, code := range codes {
			entry, _ := code.Lookup()
			for _, r := range entry.RFC[:min(1, len(entry.RFC))] {
				s := "RFC " + strconv.Itoa(r.RFC)
				if r.Section != "" {
					s += " §" + r.Section
				}
				if !slices.Contains(all, s) {
					all = append(all, s)
				}
			}
		}
	}
	return strings.Join(all[:min(3, len(all))], ", ")
}

// wide is the length of a line of text in mail (RFC 5322 §2.1.1).
const wide = 78

// wrap breaks a text into lines; those after the first of a list are indented.
func wrap(text string) string {
	var out strings.Builder
	indent := ""
	if strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "  ") {
		indent = "  "
	}
	length := 0
	for word := range strings.FieldsSeq(text) {
		switch n := utf8.RuneCountInString(word); {
		case length == 0:
			if strings.HasPrefix(text, "  ") {
				out.WriteString(indent)
				length = len(indent)
			}
			out.WriteString(word)
			length += n
		case length+1+n > wide:
			out.WriteString("\n" + indent + word)
			length = len(indent) + n
		default:
			out.WriteString(" " + word)
			length += 1 + n
		}
	}
	return out.String() + "\n"
}
