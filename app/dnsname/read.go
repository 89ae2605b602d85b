package dnsname

import (
	"net/netip"
	"strings"
)

// MaxInput is how much a person may type or paste, in bytes; what is longer is
// refused unread.
const MaxInput = 4096

// Form says what the name was read from.
type Form string

// The forms of input.
const (
	FormDomain  Form = "domain"  // a name, as it stands
	FormAddress Form = "address" // a mail address, or a mailto: URL
	FormURL     Form = "url"     // a URL, also one without its scheme
	FormUnicode Form = "unicode" // a name with U-labels (RFC 5890 §2.3.2.1)
	// FormService is a name with the labels of a service before it, such as
	// _mta-sts (RFC 8461 §3.1), or the URL of a policy (RFC 8461 §3.3).
	FormService Form = "service"
	FormTrimmed Form = "trimmed" // a name in quotes, brackets or punctuation
)

// Reading is what Read made of its input.
type Reading struct {
	Name Name
	Form Form
	// Taken is the piece of the input that the name was read from, at most 200
	// bytes of it: the whole address or URL, the name with its service labels.
	Taken string
	// Unicode is the name with its U-labels, when it has any.
	Unicode string
}

// Fault is a kind of input that gives no mail domain.
type Fault string

// The kinds of fault.
const (
	FaultEmpty        Fault = "empty"
	FaultTooLong      Fault = "too-long"       // over MaxInput, or a name over 253 octets
	FaultLabelTooLong Fault = "label-too-long" // over 63 octets
	FaultEmptyLabel   Fault = "empty-label"    // also a name of only dots
	FaultCharacter    Fault = "character"      // what no name has, also a service label that isn't known
	FaultHyphen       Fault = "hyphen"         // at the beginning or end of a label
	FaultIPAddress    Fault = "ip-address"     // in any notation that a browser takes
	FaultPublicSuffix Fault = "public-suffix"  // such as co.uk
	FaultSingleLabel  Fault = "single-label"   // a top-level domain, or a host's bare name
	FaultMixedScripts Fault = "mixed-scripts"  // in one label, such as Latin with Cyrillic
	FaultIDNA         Fault = "idna"           // toASCII refused it
	FaultEmoji        Fault = "emoji"
	FaultSeveral      Fault = "several" // more than one; none is taken
	FaultOther        Fault = "other"
)

// InputError is Read's error.
type InputError struct {
	Kind Fault
	// Start and End are the byte range of the input that is at fault.
	Start, End int
	// Value is that range's text, at most 200 bytes of it.
	Value string
}

// Error gives kind and value.
func (e *InputError) Error() string { return "dnsname: " + string(e.Kind) + ": " + e.Value }

// Read takes what a person types: a domain, a mail address or a URL, with the
// quotes, brackets, spaces and dots that come along when it is copied. Names
// with U-labels or A-labels go through toASCII whole (UTS #46 without
// transitional processing); the doors have one. The error is an *InputError.
func Read(input string, toASCII func(string) (string, error)) (Reading, error) {
	if len(input) > MaxInput {
		return Reading{}, &InputError{FaultTooLong, 0, len(input), clip(input)}
	}
	whole := fold(input).trim(blank)
	if whole.s == "" {
		return Reading{}, &InputError{Kind: FaultEmpty}
	}
	l, fault := locate(whole)
	if fault == nil {
		fault = l.service()
	}
	if fault != nil {
		return Reading{}, fault.in(input)
	}
	name, fault := l.host.name(toASCII)
	if fault != nil {
		return Reading{}, fault.in(input)
	}
	r := Reading{Name: name, Form: l.form, Taken: clip(l.taken.of(input))}
	if decoded := toUnicode(name.s); decoded != name.s {
		r.Unicode = decoded
		if r.Form == FormDomain && !isASCII(l.host.s) {
			r.Form = FormUnicode
		}
	}
	return r, nil
}

// located is the part of the input that should be a name.
type located struct {
	host, taken text
	form        Form
	path        string // of a URL
}

// locate finds the host part of a domain, an address or a URL.
func locate(t text) (located, *fault) {
	bare, err := unwrap(t)
	if err != nil {
		return located{}, err
	}
	l := located{host: bare, taken: bare, form: FormDomain}
	if bare.s != t.s {
		l.form, l.taken = FormTrimmed, t
	}
	if isIP(bare.s) {
		return located{}, bare.fault(FaultIPAddress)
	}
	scheme := max(strings.Index(bare.s, "://"), strings.Index(bare.s, `:\\`)) // browsers take both
	if err := severalIn(bare, scheme >= 0); err != nil {
		return located{}, err
	}
	mailto := len("mailto:")
	switch {
	case scheme >= 0:
		return l.url(bare.cut(scheme+3, len(bare.s)))
	case len(bare.s) > mailto && strings.EqualFold(bare.s[:mailto], "mailto:"):
		l.host = bare.cut(mailto, len(bare.s))
		if query := strings.IndexByte(l.host.s, '?'); query >= 0 {
			l.host = l.host.cut(0, query)
		}
		return l.address()
	case strings.HasPrefix(bare.s, "//"):
		return l.url(bare.cut(2, len(bare.s)))
	case strings.Contains(bare.s, "@") && !strings.Contains(bare.s, "/@"):
		return l.address()
	case strings.ContainsAny(bare.s, "/?#:"):
		return l.url(bare)
	}
	return l, nil
}

// address takes what stands behind the @ of an address (RFC 5321 §4.1.2).
func (l located) address() (located, *fault) {
	at := strings.LastIndexByte(l.host.s, '@')
	if at < 0 {
		return l, nil // mailto: with a bare domain
	}
	local := l.host.s[:at]
	quoted := len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"'
	if strings.Contains(local, "@") && !quoted {
		return located{}, l.host.fault(FaultSeveral)
	}
	if local != "" {
		l.form = FormAddress
	} else if l.form == FormDomain {
		l.form = FormTrimmed
	}
	l.taken = l.host
	l.host = l.host.cut(at+1, len(l.host.s))
	if literal := l.host.s; strings.HasPrefix(literal, "[") || isIP(literal) {
		return located{}, l.host.fault(FaultIPAddress)
	}
	return l, nil
}

// url takes the host of what follows a URL's scheme (RFC 3986 §3.2).
func (l located) url(rest text) (located, *fault) {
	l.form, l.taken = FormURL, l.host
	end := strings.IndexAny(rest.s, `/\?#`)
	if end < 0 {
		end = len(rest.s)
	}
	l.host, l.path = rest.cut(0, end), rest.s[end:]
	if at := strings.LastIndexByte(l.host.s, '@'); at >= 0 {
		l.host = l.host.cut(at+1, end)
	}
	if strings.HasPrefix(l.host.s, "[") {
		return located{}, l.host.fault(FaultIPAddress)
	}
	if colon := strings.LastIndexByte(l.host.s, ':'); colon >= 0 && !isIP(l.host.s) {
		if port := l.host.s[colon+1:]; strings.Trim(port, "0123456789") != "" {
			return located{}, l.host.cut(colon, colon+1).fault(FaultCharacter)
		}
		l.host = l.host.cut(0, colon)
	}
	if isIP(l.host.s) {
		return located{}, l.host.fault(FaultIPAddress)
	}
	if l.host.s == "" {
		return located{}, l.taken.fault(FaultOther)
	}
	return l, nil
}

// service takes the labels of a service off the name.
func (l *located) service() *fault {
	if strings.HasPrefix(l.path, "/.well-known/mta-sts.txt") { // RFC 8461 §3.3
		if rest, found := l.host.after("mta-sts"); found {
			l.host, l.form = rest, FormService
		}
		return nil
	}
	host := l.host
	for _, labels := range [...][]string{{"_mta-sts"}, {"_smtp", "_tls"}, {"_*", "_tcp"}} {
		rest, found := host, true
		for _, label := range labels {
			if rest, found = rest.after(label); !found {
				break
			}
		}
		if found {
			if l.form == FormDomain || l.form == FormTrimmed {
				l.form, l.taken = FormService, host
			}
			l.host = rest
			break
		}
	}
	if strings.HasPrefix(l.host.s, "_") {
		end := strings.IndexByte(l.host.s+".", '.')
		return l.host.cut(0, end).fault(FaultCharacter)
	}
	return nil
}

// after cuts off a first label, compared without case; "_*" is a port.
func (t text) after(label string) (text, bool) {
	first, rest, found := strings.Cut(t.s, ".")
	if label == "_*" && len(first) > 1 && strings.Trim(first[1:], "0123456789") == "" {
		label = "_" + first[1:]
	}
	if !found || !strings.EqualFold(first, label) {
		return t, false
	}
	return t.cut(len(t.s)-len(rest), len(t.s)), true
}

// isIP tells whether s is an IP address or a range of them, also in brackets
// and in the notations that browsers take for IPv4: decimal, octal, hex.
func isIP(s string) bool {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if len(s) > 5 && strings.EqualFold(s[:5], "ipv6:") { // RFC 5321 §4.1.3
		s = s[5:]
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	s = strings.TrimSuffix(s, ".")
	for label := range strings.SplitSeq(s, ".") {
		digits := "0123456789"
		if len(label) > 1 && label[0] == '0' && label[1]|0x20 == 'x' {
			label, digits = label[1:], digits+"abcdefABCDEFxX"
		}
		if label == "" || strings.Trim(label, digits) != "" {
			return false
		}
	}
	return true
}
