package compose

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// Fault is what is wrong with a field.
type Fault struct {
	Field Field
	// Kind is that of the parser that refused it: a dnsname.Fault, a syntax.Kind
	// of mtasts or tlsrpt, a dane.Kind, or one of those below.
	Kind string
	Span syntax.Span // in the field's text
	Text string      // of the span, at most 200 octets
}

// Kinds of faults that no parser knows.
const (
	Missing     = "missing"      // the field must not be empty
	NotBelow    = "not-below"    // a name that isn't below the domain
	NotAbove    = "not-above"    // a zone that the domain doesn't lie in
	NotNumber   = "not-number"   // neither seconds nor a number with a unit
	OutOfRange  = "out-of-range" // too small or too large
	NotAddress  = "not-address"  // neither a host name nor a public address
	NoHost      = "no-host"      // a TLSA record without a mail host before it
	BothHosted  = "both-hosted"  // a policy of one's own beside a hosted one
	HalfHosted  = "half-hosted"  // one alias without the other
	UnknownMode = "mode-invalid" // no mode of RFC 8461 §3.2
	NotDay      = "not-day"      // no day of a calendar
	NoRoom      = "no-room"      // a name so long that its records' names don't fit
	NoServer    = "no-server"    // a pattern where one mail server is to be named
)

// Limits of numbers, in seconds. A day is what check calls the least that a policy
// protects with; a TTL has a month at most, that a rollover ends some day.
const (
	minMaxAge, maxMaxAge = 86400, mtasts.MaxMaxAge
	minTTL, maxTTL       = 30, 30 * 86400
	usualTTL             = 3600
	usualMaxAge          = 7 * 86400
)

// reader reads a draft.
type reader struct {
	Draft
	want   Want
	faults []Fault
}

// Read reads a draft as a whole. The Want is as far as it could be read, and can be
// made when there is no fault. Names with U-labels go through toASCII, as with
// dnsname.Read.
func (d Draft) Read(toASCII func(string) (string, error)) (Want, []Fault) {
	r := &reader{Draft: d}
	r.domain(toASCII)
	r.want.TTL = r.seconds(FieldTTL, usualTTL, minTTL, maxTTL)
	r.policy()
	r.hosted()
	r.web()
	r.reports()
	r.tlsa()
	return r.want, r.faults
}

func (r *reader) fault(f Field, kind string, span syntax.Span) {
	text := span.Cut(r.Draft[f])
	r.faults = append(r.faults, Fault{f, kind, span, text[:min(len(text), 200)]})
}

// whole is the span of a field's text.
func (r *reader) whole(f Field) syntax.Span { return syntax.Span{End: len(r.Draft[f])} }

// words gives the items of a list.
func (r *reader) words(f Field, separators string) []syntax.Span {
	var all []syntax.Span
	text := r.Draft[f]
	for at := 0; at < len(text); {
		n := strings.IndexAny(text[at:], separators)
		if n < 0 {
			n = len(text) - at
		}
		if n > 0 {
			all = append(all, syntax.Span{Start: at, End: at + n})
		}
		at += n + 1
	}
	return all
}

// list is what stands between the items of a list.
const list = " \t\r\n,;"

func (r *reader) domain(toASCII func(string) (string, error)) {
	reading, err := dnsname.Read(r.Draft[FieldDomain], toASCII)
	if err != nil {
		var fault *dnsname.InputError
		if errors.As(err, &fault) {
			r.fault(FieldDomain, string(fault.Kind), syntax.Span{Start: fault.Start, End: fault.End})
		}
		return
	}
	r.want.Domain, r.want.Zone = reading.Name, reading.Name
	if !roomy(reading.Name) {
		r.fault(FieldDomain, NoRoom, r.whole(FieldDomain))
	}
	if zone := r.target(FieldZone); !zone.IsZero() {
		if r.want.Zone = zone; !reading.Name.Within(zone) {
			r.fault(FieldZone, NotAbove, r.whole(FieldZone))
		}
	}
	for _, span := range r.words(FieldBelow, list) {
		name, err := dnsname.Parse(span.Cut(r.Draft[FieldBelow]))
		switch {
		case err != nil || !name.IsHostname():
			r.fault(FieldBelow, string(dnsname.FaultCharacter), span)
		case name == r.want.Domain || !name.Within(r.want.Domain):
			r.fault(FieldBelow, NotBelow, span)
		case !roomy(name):
			r.fault(FieldBelow, NoRoom, span)
		case !slices.Contains(r.want.Below, name):
			r.want.Below = append(r.want.Below, name)
		}
	}
}

// roomy tells whether the names of a domain's records fit below it: the longest label
// does.
func roomy(name dnsname.Name) bool { return !name.Child(reportLabel).IsZero() }

// hostname reads the whole name of a host. The last label of one is never a number,
// so that no IPv4 address is taken for one (RFC 1123 §2.1).
func hostname(text string) (dnsname.Name, bool) {
	name, err := dnsname.Parse(text)
	labels := name.Labels()
	return name, err == nil && name.IsHostname() && len(labels) > 1 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// seconds reads a span of time: seconds, or a number with h, d or w.
func (r *reader) seconds(f Field, usual, least, most uint32) uint32 {
	text := strings.ToLower(strings.TrimSpace(r.Draft[f]))
	if text == "" {
		return usual
	}
	unit := uint64(1)
	for _, u := range []struct {
		letter  string
		seconds uint64
	}{{"s", 1}, {"h", 3600}, {"d", 86400}, {"w", 7 * 86400}} {
		if rest, found := strings.CutSuffix(text, u.letter); found {
			text, unit = strings.TrimSpace(rest), u.seconds
			break
		}
	}
	n, err := strconv.ParseUint(text, 10, 32)
	switch {
	case err != nil:
		r.fault(f, NotNumber, r.whole(f))
		return usual
	case n*unit < uint64(least) || n*unit > uint64(most):
		r.fault(f, OutOfRange, r.whole(f))
		return usual
	}
	return uint32(n * unit)
}

func (r *reader) policy() {
	text := strings.TrimSpace(r.Draft[FieldMode])
	r.want.MaxAge = r.seconds(FieldMaxAge, usualMaxAge, minMaxAge, maxMaxAge)
	r.want.MX = r.patterns(FieldMX)
	if text == "" {
		return
	}
	r.want.Mode = mtasts.ParseMode(text)
	switch {
	case r.want.Mode == mtasts.ModeUnknown:
		r.fault(FieldMode, UnknownMode, r.whole(FieldMode))
	case r.want.Mode != mtasts.ModeNone && len(r.words(FieldMX, list)) == 0:
		r.fault(FieldMX, Missing, r.whole(FieldMX))
	}
}

// patterns reads names of mail servers and patterns of them, each once.
func (r *reader) patterns(f Field) []mtasts.Pattern {
	var all []mtasts.Pattern
	for _, span := range r.words(f, list) {
		text := span.Cut(r.Draft[f])
		p, kind := mtasts.ParsePattern(strings.TrimSuffix(text, "."))
		switch {
		case strings.Trim(text, "0123456789") == "": // as it stands in an MX record
			r.fault(f, string(mtasts.MXPriorityIncluded), span)
		case kind == "" && len(p.Name.Labels()) < 2:
			r.fault(f, string(dnsname.FaultSingleLabel), span)
		case kind != "":
			r.fault(f, string(kind), span)
		case p.Wildcard && f != FieldMX:
			r.fault(f, NoServer, span)
		case !slices.Contains(all, p):
			all = append(all, p)
		}
	}
	return all
}

// target reads the name that an alias leads to; zero for an empty field.
func (r *reader) target(f Field) dnsname.Name {
	text := strings.TrimSpace(r.Draft[f])
	if text == "" {
		return dnsname.Name{}
	}
	name, err := dnsname.Parse(text)
	if err != nil || len(name.Labels()) < 2 {
		r.fault(f, string(dnsname.FaultCharacter), r.whole(f))
	}
	return name
}

func (r *reader) hosted() {
	h := Hosted{r.target(FieldHostedRecord), r.target(FieldHostedPolicy), r.target(FieldHostedReport)}
	if h.Record.IsZero() && !h.Policy.IsZero() {
		r.fault(FieldHostedRecord, HalfHosted, r.whole(FieldHostedRecord))
	}
	if h.Policy.IsZero() && !h.Record.IsZero() {
		r.fault(FieldHostedPolicy, HalfHosted, r.whole(FieldHostedPolicy))
	}
	if !h.IsZero() && r.want.Mode != mtasts.ModeUnknown {
		r.fault(FieldMode, BothHosted, r.whole(FieldMode))
	}
	if !h.Reports.IsZero() && strings.TrimSpace(r.Draft[FieldRUA]) != "" {
		r.fault(FieldRUA, BothHosted, r.whole(FieldRUA))
	}
	r.want.Hosted = h
}

func (r *reader) reports() {
	for _, span := range r.words(FieldRUA, list) {
		uri := reportURI(span.Cut(r.Draft[FieldRUA]))
		record, diagnostics := tlsrpt.ParseRecord(tlsrpt.Record{RUA: []string{uri}}.String())
		switch {
		case len(diagnostics) > 0:
			r.fault(FieldRUA, string(diagnostics[0].Kind), span)
		case len(record.RUA) == 1 && !slices.Contains(r.want.RUA, uri):
			r.want.RUA = append(r.want.RUA, uri)
		}
	}
}

// reportURI makes a URI of a mail address, with what RFC 8460 §3 reserves escaped
// (RFC 6068 §2); a URI stays as it is.
func reportURI(text string) string {
	if strings.Contains(text, ":") || !strings.Contains(text, "@") {
		return text
	}
	var out strings.Builder
	out.WriteString("mailto:")
	for _, c := range []byte(text) {
		if strings.IndexByte(`!,;?&%#/`, c) >= 0 {
			out.WriteByte('%')
			out.WriteByte("0123456789ABCDEF"[c>>4])
			out.WriteByte("0123456789ABCDEF"[c&15])
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}
