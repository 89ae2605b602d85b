package lab

import (
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// The ways in which a zone hangs on its parent.
const (
	modeSecure   = "secure"   // signed, with DS
	modeUnsigned = "unsigned" // not signed
	modeNoDS     = "no-ds"    // signed, without DS
	modeOtherKey = "other-ds" // signed, with the DS of another key
)

// set names one record set.
type set struct {
	name dnsname.Name
	typ  uint16
}

// dnssecSpec says how a zone is signed; dates are relative to the lab's clock.
type dnssecSpec struct {
	mode                  string
	inception, expiration time.Duration
	expired               []set          // signatures of the past
	stripped              []set          // no signatures
	unproven              []dnsname.Name // denied without proof
	failing               []set          // SERVFAIL, whatever is asked for
	replaced              []string       // records changed after signing
}

func (f *domainFile) dnssecDirective(words []string) (err error) {
	d := &f.dnssec
	switch words[0] {
	case modeSecure, modeUnsigned, modeNoDS, modeOtherKey:
		if len(words) != 1 {
			return ErrValue
		}
		d.mode = words[0]
	case "inception":
		d.inception, err = moment(words)
	case "expiration":
		d.expiration, err = moment(words)
	case "expired-set":
		d.expired, err = f.appendSet(d.expired, words)
	case "unsigned-set":
		d.stripped, err = f.appendSet(d.stripped, words)
	case "servfail":
		d.failing, err = f.appendSet(d.failing, words)
	case "no-proof":
		var s []set
		s, err = f.appendSet(nil, append(words, "ANY"))
		for _, s := range s {
			d.unproven = append(d.unproven, s.name)
		}
	case "replaced":
		d.replaced = append(d.replaced, strings.Join(words[1:], " "))
	default:
		return ErrDirective
	}
	return err
}

func moment(words []string) (time.Duration, error) {
	if len(words) != 2 {
		return 0, ErrValue
	}
	return duration(words[1])
}

func (f *domainFile) appendSet(all []set, words []string) ([]set, error) {
	if len(words) != 3 {
		return nil, ErrValue
	}
	name, err := f.relative(words[1])
	typ, ok := dns.StringToType[words[2]]
	if err != nil || !ok {
		return nil, ErrValue
	}
	return append(all, set{name, typ}), nil
}

// The ways in which a server is dead; "" is alive.
const (
	deadRefuse  = "refuse"  // RST
	deadTimeout = "timeout" // no answer to SYN
	deadSilent  = "silent"  // connected, and then nothing
)

// certificateSpec says which certificate a server shows.
type certificateSpec struct {
	kind  string         // one of certificateKinds, "" is ok
	names []dnsname.Name // instead of the server's own
	age   time.Duration  // since notBefore, 0 for the default
}

var certificateKinds = []string{"ok", "expired", "not-yet-valid", "self-signed", "untrusted", "no-intermediate"}

// certificateDirective reads "certificate KIND", "certificate names NAME…" and
// "certificate issued AGE"; they combine.
func (f *domainFile) certificateDirective(c *certificateSpec, words []string) (err error) {
	switch {
	case len(words) > 2 && words[1] == "names":
		for _, w := range words[2:] {
			name, err := f.relative(w)
			if err != nil {
				return err
			}
			c.names = append(c.names, name)
		}
	case len(words) == 3 && words[1] == "issued":
		c.age, err = duration(words[2])
	default:
		c.kind, err = oneOf(words, certificateKinds...)
	}
	return err
}

// policySpec says how the policy host behaves.
type policySpec struct {
	status      int
	contentType string // "none": no header
	location    string
	newlines    string // of the body: "crlf" (the default) or "lf"
	delay       time.Duration
	dead        string
	certificate certificateSpec
	body        string
}

// policyHost gives the policy host's behaviour, at first a good one's.
func (f *domainFile) policyHost() *policySpec {
	if f.policy == nil {
		f.policy = &policySpec{status: 200, contentType: "text/plain; charset=utf-8", newlines: "crlf"}
	}
	return f.policy
}

func (f *domainFile) policyDirective(words []string) (err error) {
	p := f.policy
	switch words[0] {
	case "status":
		if len(words) == 2 {
			p.status, err = strconv.Atoi(words[1])
		}
		if len(words) != 2 || err != nil || p.status < 200 || p.status > 599 {
			return ErrValue
		}
	case "content-type":
		p.contentType = strings.Join(words[1:], " ")
	case "location":
		p.location = strings.Join(words[1:], " ")
	case "newlines":
		p.newlines, err = oneOf(words, "crlf", "lf")
	case "delay":
		p.delay, err = moment(words)
	case "dead":
		p.dead, err = oneOf(words, deadRefuse, deadTimeout)
	case "certificate":
		err = f.certificateDirective(&p.certificate, words)
	default:
		return ErrDirective
	}
	return err
}

// hostSpec says how a mail server behaves.
type hostSpec struct {
	starttls    string // "on", "off", or "refuse": offered, then 454
	requireTLS  bool   // REQUIRETLS in the EHLO after TLS (RFC 8689 §2)
	banner      string // text behind 220, "" for the host's own
	extra       []string
	delay       time.Duration // before the banner
	dead        string
	certificate certificateSpec
}

func (f *domainFile) hostDirective(h *hostSpec, words []string) (err error) {
	switch words[0] {
	case "starttls":
		h.starttls, err = oneOf(words, "on", "off", "refuse")
	case "requiretls":
		var on string
		on, err = oneOf(words, "on", "off")
		h.requireTLS = on == "on"
	case "banner":
		h.banner = strings.Join(words[1:], " ")
	case "ehlo":
		h.extra = append(h.extra, strings.Join(words[1:], " "))
	case "delay":
		h.delay, err = moment(words)
	case "dead":
		h.dead, err = oneOf(words, deadRefuse, deadTimeout, deadSilent)
	case "certificate":
		err = f.certificateDirective(&h.certificate, words)
	default:
		return ErrDirective
	}
	return err
}
