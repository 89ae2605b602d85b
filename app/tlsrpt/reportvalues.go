package tlsrpt

import (
	"strconv"
	"strings"
)

// word reads a string; a number or truth value stands for its text.
func (r *reader) word() string {
	switch r.peek() {
	case '"':
		s := r.string()
		if strings.TrimSpace(s) == "" {
			r.mend(EmptyField, "")
			return ""
		}
		return s
	case '{', '[':
		r.wrongType()
		return ""
	}
	s := r.literal()
	if r.stopped == nil {
		r.mend(FieldType, s)
	}
	return s
}

// wrongType skips a value that says nothing here.
func (r *reader) wrongType() {
	start := r.at
	r.skip()
	if r.stopped == nil {
		r.mend(FieldType, r.text[start:r.at])
	}
}

// count reads a number of sessions.
func (r *reader) count() uint64 {
	var s string
	switch r.peek() {
	case '"':
		s = strings.TrimSpace(r.string())
		r.mend(CountNotNumber, s)
	case '{', '[':
		r.wrongType()
		return 0
	default:
		if s = r.literal(); r.stopped != nil {
			return 0
		}
	}
	if n, err := strconv.ParseUint(s, 10, 53); err == nil { // what JSON can exchange (RFC 7493 §2.2)
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && number(s) && f >= 0 && f < 1<<53 && f == float64(uint64(f)) {
		r.mend(CountNotNumber, s)
		return uint64(f)
	}
	r.mend(CountInvalid, s)
	return 0
}

// words reads a list of strings, which may be written as one string or as a list in
// a string.
func (r *reader) words(single RepairKind) (all []string) {
	r.elements(single, func() {
		if r.peek() == '{' || r.peek() == '[' {
			r.wrongType()
			return
		}
		s := r.word()
		if r.stopped != nil || s == "" {
			return
		}
		if inside, ok := r.listIn(s); ok {
			r.mend(ListInString, s)
			all = append(all, inside...)
			return
		}
		all = append(all, s)
	})
	if len(all) == 0 && r.stopped == nil {
		r.mend(EmptyField, "")
	}
	return all
}

// listIn reads the JSON list that stands in a string, as Microsoft writes TLSA records.
func (r *reader) listIn(s string) (all []string, ok bool) {
	if !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, "]") {
		return nil, false
	}
	inner := reader{text: s, breath: r.breath, step: r.step}
	inner.breath = stride
	inner.list('[', ']', func(int) {
		r.row()
		all = append(all, inner.word())
	})
	return all, inner.stopped == nil && r.stopped == nil && inner.at == len(s) && len(inner.mended.all) == 0
}

// lines are the strings of a policy without the line ends that some senders leave.
func (r *reader) lines(all []string) []string {
	for i, line := range all {
		if cut := strings.TrimRight(line, "\r\n"); cut != line {
			r.mend(PolicyStringLineEnds, line)
			all[i] = cut
		}
	}
	if len(all) == 1 && strings.Contains(all[0], "\n") {
		r.mend(PolicyStringNotArray, all[0])
		text, next := all[0], stride
		all = nil
		for at := 0; at < len(text) && r.stopped == nil; {
			end := strings.IndexAny(text[at:], "\r\n")
			if end < 0 {
				end = len(text) - at
			}
			if end > 0 {
				r.row()
				all = append(all, text[at:at+end])
			}
			if at += end + 1; at >= next {
				next += stride
				r.pause()
			}
		}
	}
	return all
}
