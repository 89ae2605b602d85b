package lab

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/sealane/sealane/app/dnsname"
)

// A file is a txtar archive, named after its domain. The comment on top is
// prose: the first paragraph is one sentence, what is wrong. Its sections:
//
//	zone         records, one a line; SOA and NS are added. {tlsa U S M HOST},
//	             {tlsa U S M HOST previous} and {tlsa U S M ca} stand for the
//	             data of a TLSA record (previous, next: of another key; rsa,
//	             default, submissions, https: of a further certificate); with
//	             "as U S M" before the brace under these numbers instead
//	zone NAME    a zone of its own below the domain, and the delegation to it
//	dnssec       how the zone is signed and served; without the section: well
//	dnssec NAME  likewise of the zone NAME
//	policyhost   how the web server mta-sts behaves
//	mta-sts.txt  the body that it serves
//	mx HOST      how a mail server behaves; without the section: well
//	expect       the finding codes that a check gives, one a line, sorted
//	senders      what each sender does, one a line: sender, outcome, codes
//
// The directives of a section are the cases of the function that reads it:
//
//	dnssec       secure, unsigned, no-ds, other-ds, inception AGE, expiration AGE;
//	             key ALGORITHM FLAGS (each is one key, with "standby" one that signs
//	             nothing, with "colliding N" one and N that stand by with its tag;
//	             else one for all), ds DIGESTTYPE (each is a DS record for each
//	             entry key, with "wrong" of another key's digest, with "algorithm N"
//	             under that number), nsec3 ITERATIONS SALT|- [opt-out];
//	             then what is broken once all is signed: expired-set NAME TYPE,
//	             unsigned-set NAME TYPE, spoiled-set NAME TYPE, forged-set NAME TYPE
//	             N (signatures beside the good one), signer NAME TYPE ZONE,
//	             original-ttl NAME TYPE SECONDS, replaced RECORD, no-proof NAME,
//	             other-proof NAME NAME (the proof for the second instead), servfail
//	             NAME TYPE; vouched (the resolver says AD to all); and of the second
//	             server ns2.test.: ns2 same, ns2 lacks NAME TYPE, ns2 holds RECORD
//	             (instead of its set), ns2 refuses TYPE, ns2 drops TYPE, ns2 no-rrsig
//	policyhost   status N, content-type TEXT, location URL, newlines crlf|lf, delay
//	             TIME, dead refuse|timeout, certificate …, default-certificate … (to
//	             who sends no server_name), only-path PATH, only-host www|@,
//	             plain-http on (port 80 answers), refuses-agents on (403 but for
//	             browsers), no-ipv6 on (RST)
//	mx HOST      starttls on|off|refuse|first (after 5 s of quiet), requiretls,
//	             mandatory-tls on (530 to MAIL in the clear), injectable on (carries
//	             out what came with STARTTLS), banner TEXT, ehlo TEXT, delay TIME,
//	             dead refuse|timeout|silent, certificate …, default-certificate …,
//	             submissions certificate …, https certificate …, tls min|max VERSION,
//	             tls fails-on-1.3, sni required, keys both (RSA beside ECDSA),
//	             client-certificate asked|required
//
// In records and directives a name without final dot is relative to the zone, or
// else to the domain, and "@" is that itself; a time is a number with d, h, m or s.

// Errors of a domain's file, inside a *FileError.
var (
	ErrSection   = errors.New("lab: unknown, repeated or missing section")
	ErrDirective = errors.New("lab: unknown directive")
	ErrValue     = errors.New("lab: wrong value")
	ErrAddress   = errors.New("lab: address used twice, or no documentation address")
)

// FileError says where in a domain's file what is wrong.
type FileError struct {
	File string
	Line int // from 1; 0 for the whole file
	Err  error
}

// Error gives file, line and error.
func (e *FileError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap gives Err.
func (e *FileError) Unwrap() error { return e.Err }

// domainFile is one file, read.
type domainFile struct {
	file          string
	name          dnsname.Name
	wrong, detail string
	zones         []*zoneSpec // the domain's own first
	policy        *policySpec
	hosts         map[dnsname.Name]*hostSpec
	expect        []string
	senders       []string
}

// line is one line of a file that says something.
type line struct {
	number int
	text   string
}

// fault is a *FileError at the line.
func (f *domainFile) fault(at line, err error) error {
	return &FileError{File: f.file, Line: at.number, Err: err}
}

// parseFile reads one file. Its errors are *FileError.
func parseFile(file string, data []byte) (*domainFile, error) {
	f := &domainFile{file: file, hosts: map[dnsname.Name]*hostSpec{}}
	name, err := dnsname.Parse(strings.TrimSuffix(file, ".txtar"))
	if err != nil || name.Parent() != top {
		return nil, f.fault(line{}, fmt.Errorf("%w: %s is no domain right under test", ErrValue, file))
	}
	f.name, f.zones = name, []*zoneSpec{newZoneSpec(name)}
	archive := txtar.Parse(data)
	f.prose(string(archive.Comment))
	at := strings.Count(string(archive.Comment), "\n") + 1
	seen := map[string]bool{}
	for _, section := range archive.Files {
		if seen[section.Name] {
			return nil, f.fault(line{number: at}, fmt.Errorf("%w: %s", ErrSection, section.Name))
		}
		seen[section.Name] = true
		if err := f.section(section.Name, string(section.Data), at); err != nil {
			return nil, err
		}
		at += strings.Count(string(section.Data), "\n") + 1
	}
	if !seen["zone"] || !seen["expect"] || f.wrong == "" {
		return nil, f.fault(line{}, fmt.Errorf("%w: prose, zone and expect are needed", ErrSection))
	}
	return f, nil
}

// prose takes the comment apart: the first paragraph, and the rest.
func (f *domainFile) prose(comment string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(comment), "\n\n")
	f.wrong, f.detail = strings.Join(strings.Fields(first), " "), strings.TrimSpace(rest)
}

// section reads one section whose marker stands at the line at.
func (f *domainFile) section(name, data string, at int) error {
	words := strings.Fields(name)
	var directive func(words []string) error
	switch {
	case (len(words) == 1 || len(words) == 2) && (words[0] == "zone" || words[0] == "dnssec"):
		z, err := f.zoneSpec(words)
		if err != nil {
			return f.fault(line{number: at}, err)
		}
		directive = z.directive
		if words[0] == "zone" {
			z.lines = lines(data, at)
			return nil
		}
	case name == "expect":
		return f.readExpect(lines(data, at))
	case name == "senders":
		return f.readSenders(lines(data, at))
	case name == "mta-sts.txt":
		f.policyHost().body = data
		return nil
	case name == "policyhost":
		directive = f.policyDirective
		f.policyHost()
	case len(words) == 2 && words[0] == "mx":
		host, err := f.relative(words[1])
		if err != nil {
			return f.fault(line{number: at}, err)
		}
		f.hosts[host] = &hostSpec{starttls: "on", requireTLS: true}
		directive = func(words []string) error { return f.hostDirective(f.hosts[host], words) }
	default:
		return f.fault(line{number: at}, fmt.Errorf("%w: %s", ErrSection, name))
	}
	for _, l := range lines(data, at) {
		if err := directive(strings.Fields(l.text)); err != nil {
			return f.fault(l, fmt.Errorf("%w: %s", err, l.text))
		}
	}
	return nil
}

// zoneSpec gives the zone that a section is about: the domain's own, or one below
// it that a section zone comes before.
func (f *domainFile) zoneSpec(section []string) (*zoneSpec, error) {
	if len(section) == 1 {
		return f.zones[0], nil
	}
	origin, err := f.relative(section[1])
	if err != nil || origin == f.name || !origin.Within(f.name) {
		return nil, fmt.Errorf("%w: %s is no zone below the domain", ErrValue, section[1])
	}
	for _, z := range f.zones {
		if z.origin == origin {
			return z, nil
		}
	}
	if section[0] != "zone" {
		return nil, fmt.Errorf("%w: zone %s", ErrSection, section[1])
	}
	f.zones = append(f.zones, newZoneSpec(origin))
	return f.zones[len(f.zones)-1], nil
}

// lines gives the lines that are neither empty nor a comment.
func lines(data string, marker int) []line {
	var all []line
	for i, text := range strings.Split(data, "\n") {
		if text = strings.TrimSpace(text); text != "" && text[0] != '#' {
			all = append(all, line{marker + 1 + i, text})
		}
	}
	return all
}

func (f *domainFile) readExpect(all []line) error {
	for i, l := range all {
		if strings.Count(l.text, ".") != 1 || i > 0 && l.text <= all[i-1].text {
			return f.fault(l, fmt.Errorf("%w: %s is no code, or not sorted", ErrValue, l.text))
		}
		f.expect = append(f.expect, l.text)
	}
	return nil
}

// readSenders takes the lines as they are: what a sender is called and does is
// the check's to say, and its test's to hold.
func (f *domainFile) readSenders(all []line) error {
	for _, l := range all {
		words := strings.Fields(l.text)
		if len(words) < 2 {
			return f.fault(l, fmt.Errorf("%w: %s is no sender with an outcome", ErrValue, l.text))
		}
		f.senders = append(f.senders, strings.Join(words, " "))
	}
	return nil
}

// relative reads a name of a directive.
func (f *domainFile) relative(s string) (dnsname.Name, error) { return relative(f.name, s) }

// relative reads a name: without final dot it is below the origin, "@" is that.
func relative(origin dnsname.Name, s string) (dnsname.Name, error) {
	if s == "@" {
		return origin, nil
	}
	full := s
	if !strings.HasSuffix(s, ".") {
		full += "." + origin.String()
	}
	name, err := dnsname.Parse(full)
	if err != nil {
		return name, fmt.Errorf("%w: %s: %w", ErrValue, s, err)
	}
	return name, nil
}

const day = 24 * time.Hour

// duration reads a number with d, h, m or s, such as "-8d".
func duration(s string) (time.Duration, error) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		days, err := strconv.Atoi(n)
		if err != nil {
			return 0, fmt.Errorf("%w: %s", ErrValue, s)
		}
		return time.Duration(days) * day, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%w: %s", ErrValue, s)
	}
	return d, nil
}

// oneOf takes a directive's only value, one of those allowed.
func oneOf(words []string, allowed ...string) (string, error) {
	if len(words) != 2 || !slices.Contains(allowed, words[1]) {
		return "", ErrValue
	}
	return words[1], nil
}

// onOff reads a directive that is on or off.
func onOff(words []string) (bool, error) {
	word, err := oneOf(words, "on", "off")
	return word == "on", err
}
