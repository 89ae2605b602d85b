package tlsrpt

import (
	"strconv"
	"strings"
	"time"
)

// moment reads a date-time (RFC 3339 §5.6).
func (r *reader) moment() time.Time {
	if c := r.peek(); c == '{' || c == '[' {
		r.wrongType()
		return time.Time{}
	}
	var s string
	if r.peek() == '"' {
		s = r.string()
	} else {
		s = r.literal()
	}
	if r.stopped != nil {
		return time.Time{}
	}
	at, kind := readMoment(s)
	if kind == "" && at.IsZero() { // the zero of some languages: nobody has set it
		kind = DateTimeInvalid
	}
	if kind != "" {
		r.mend(kind, s)
	}
	return at
}

// readMoment reads a time, and says how it departs from RFC 3339; a time without a zone is
// of UTC.
func readMoment(s string) (time.Time, RepairKind) {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC(), ""
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && seconds > 1e9 && seconds < 1e10 {
		return time.Unix(seconds, 0).UTC(), DateTimeForm
	}
	plain := strings.ToUpper(strings.TrimSpace(s))
	if len(plain) > 10 && plain[10] == ' ' {
		plain = plain[:10] + "T" + strings.TrimSpace(plain[11:])
	}
	plain = strings.TrimSuffix(strings.ReplaceAll(plain, " ", ""), "UTC")
	day := time.Duration(0)
	if before, after, found := strings.Cut(plain, "T24:00:00"); found {
		plain, day = before+"T00:00:00"+after, 24*time.Hour
	}
	for _, form := range []struct {
		layout string
		kind   RepairKind
	}{
		{time.RFC3339, DateTimeForm}, {"2006-01-02T15:04:05Z0700", DateTimeForm},
		{"2006-01-02T15:04:05", DateTimeNoTimezone}, {"2006-01-02T15:04", DateTimeNoTimezone},
		{"2006-01-02", DateTimeNoTime}, {"20060102", DateTimeNoTime},
	} {
		if at, err := time.Parse(form.layout, plain); err == nil {
			if plain != s && form.kind == DateTimeNoTimezone && (s[min(len(s)-1, 10)] != 'T' || day > 0 || strings.HasSuffix(s, "UTC")) {
				form.kind = DateTimeForm
			}
			return at.Add(day).UTC(), form.kind
		}
	}
	return time.Time{}, DateTimeInvalid
}

// utcDay tells whether a range is a day as RFC 8460 §4.1 has it: until its last second, or
// until the next midnight.
func utcDay(begin, end time.Time) bool {
	length := end.Sub(begin)
	return begin.Equal(begin.Truncate(24*time.Hour)) && length >= 24*time.Hour-time.Second && length <= 24*time.Hour
}
