package lint

import (
	"strings"

	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// policy reads a text as a policy file, false where it is none: of several keys that
// stand outside of records, or of one if the policy that was meant is known from it.
func (s *scanner) policy() (found, bool) {
	start := body(s.text)
	switch keys := mtasts.PolicyKeys(s.beside(start)); {
	case keys > 1:
	case len(s.found) == 1 && s.found[0].Kind == STSRecord && !strings.Contains(s.text, "id=") && mtasts.PolicyKeys(s.text) > 2:
		// The fields of a policy on one line, as if it were a record.
	case keys == 1 && len(s.found) == 0:
		if _, ok := mtasts.MendPolicy(s.text[start:]); !ok {
			return found{}, false
		}
	default:
		return found{}, false
	}
	span := syntax.Span{Start: start, End: len(s.text)}
	f := found{Part: Part{Kind: Policy, Span: span}}
	_, diagnostics := mtasts.ParsePolicy([]byte(s.text[start:]))
	change := false
	for _, d := range diagnostics {
		change = change || d.Fatal || d.Mend != ""
		d.Span = syntax.Span{Start: d.Span.Start + start, End: d.Span.End + start}
		f.Diagnostics = append(f.Diagnostics, d)
	}
	if !change {
		return f, true
	}
	mended, ok := mtasts.MendPolicy(s.text[start:])
	f.lost = !ok && !syntax.Valid(diagnostics)
	if ok {
		f.edits = []edit{{span, alike(s.text, mended)}}
	}
	return f, true
}

// beside is the text behind an index without its records.
func (s *scanner) beside(start int) string {
	var b strings.Builder
	for _, f := range s.found {
		if f.Span.Start >= start {
			b.WriteString(s.text[start:f.Span.Start])
			start = f.Span.End
		}
	}
	return b.String() + s.text[start:]
}

// alike gives a policy the line ends of a text that has LF alone, as editors do; RFC
// 8461 §3.2 allows both.
func alike(text, policy string) string {
	if strings.Contains(text, "\n") && !strings.Contains(text, "\r") {
		return strings.ReplaceAll(policy, "\r\n", "\n")
	}
	return policy
}

// body gives where the body of an HTTP response begins, as curl -i prints it; 0 for
// any other text.
func body(text string) int {
	if !strings.HasPrefix(text, "HTTP/") {
		return 0
	}
	for _, end := range [...]string{"\r\n\r\n", "\n\n"} {
		if i := strings.Index(text, end); i >= 0 {
			return i + len(end)
		}
	}
	return 0
}
