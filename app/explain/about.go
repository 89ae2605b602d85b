package explain

import (
	"net/netip"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
)

// about is whom a line is about.
type about struct {
	domain, host dnsname.Name
	address      netip.Addr
	time         string
}

// What stands before a recipient's domain or address, before a mail host, and before
// an address, in the order of how sure it is. Marks between it and the value are skipped.
var (
	domainKeys = [...]string{
		"to=<", "rcpt to:<", "tls policy lookup for ", `policy-domain"`, "policy_domain=", "next-hop destination ",
		"mx hosts of ", `"domain"`, "domain = ", "domain=", `"recipient"`, `to = [`, "== ", "queue ", "policy for ",
		"_mta-sts.", "_smtp._tls.", "_smtp-tlsrpt.", "mta-sts.", "map_lookup: sts (", "of domain ", "domain ", "record for ", "lookup for ",
	}
	hostKeys = [...]string{
		"relay=", "_25._tcp.", "tlsa lookup error for ", "fqdn=", "lastattemptedservername=", `receiving-mx-hostname"`,
		`"remote_server"`, "hostname = ", "h=", "by host ", "but host ", "established to ", "verification failed for ",
		"ssl_connect error to ", "tls connection to ", "posttls-finger: ", "tls error from ", "hostname ", "no tlsa rr for ",
		"looking up ", "is valid for ", "mx=",
	}
	addressKeys = [...]string{"{ip=", "lastattemptedip=", `receiving-ip"`, `remoteip = `}
	// failedKeys are fields of a delivery status notification (RFC 3464 §2.3), which
	// name the recipient some lines away from the diagnostic.
	failedKeys = [...]string{"final-recipient: rfc822;", "original-recipient: rfc822;", "x-failed-recipients:"}
)

// widest is how far around its first form a line is searched.
const widest = 2000

// about reads whom the line is about, of which a form begins at the place.
func (r *reader) about(start, end, at int) about {
	s := r.text.s
	from, to := max(start, at-widest), min(end, at+widest)
	line := s[from:to]
	var a about
	var after int
	if a.domain, after = named(line, domainKeys[:]); !a.domain.IsZero() && after < len(line) && line[after] == '/' {
		a.host, _ = value(line, after+1) // "next-hop/host"
	}
	if from == start && line[0] == '<' && a.domain.IsZero() {
		a.domain, _ = value(line, 0) // of a bounce
	}
	if host, after := named(line, hostKeys[:]); !host.IsZero() && (a.host.IsZero() || host == a.host) {
		a.host, a.address = host, bracketed(line, after)
	}
	for _, key := range addressKeys {
		if _, rest, found := strings.Cut(line, key); found && !a.address.IsValid() {
			a.address = address(strings.TrimLeft(rest, between))
		}
	}
	if a.domain.IsZero() {
		paragraph := s[max(0, at-widest):min(len(s), at+widest)]
		here := min(at, widest)
		if i := strings.LastIndex(paragraph[:here], "\n\n"); i >= 0 {
			paragraph, here = paragraph[i:], here-i
		}
		if i := strings.Index(paragraph[here:], "\n\n"); i >= 0 {
			paragraph = paragraph[:here+i]
		}
		a.domain, _ = named(paragraph, failedKeys[:])
	}
	a.time = r.time(start, end)
	return a
}

// tries is how many places of a key are looked at.
const tries = 3

// named gives the first name behind one of the keys, and where it ends.
func named(s string, keys []string) (dnsname.Name, int) {
	for _, key := range keys {
		for at, n := 0, 0; n < tries; n++ {
			i := strings.Index(s[at:], key)
			if i < 0 {
				break
			}
			whole := at+i == 0 || !alphanumeric(s[at+i-1]) || !alphanumeric(key[0])
			at += i + len(key)
			if name, end := value(s, at); whole && !name.IsZero() {
				return name, end
			}
		}
	}
	return dnsname.Name{}, 0
}

// between may stand between a key and its value.
const between = " \":=<[('"

// value reads a name at a place, or that of the mail address there, and where it ends.
// A single label is no mail domain, and a number at the end none either.
func value(s string, at int) (dnsname.Name, int) {
	for at < len(s) && strings.IndexByte(between, s[at]) >= 0 {
		at++
	}
	end, from := at, at
	for ; end < len(s) && end-at < 330; end++ {
		c := s[end]
		if c == '@' {
			from = end + 1
		} else if !alphanumeric(c) && c < 0x80 && strings.IndexByte("-._+=", c) < 0 {
			break
		}
	}
	text := strings.TrimRight(s[from:end], ".=+")
	name, ok := dnsname.FromUnicode(text)
	if labels := name.Labels(); !ok || len(labels) < 2 || digit(labels[len(labels)-1][0]) {
		return dnsname.Name{}, end
	}
	return name, end
}

// bracketed reads the address in brackets behind a host.
func bracketed(s string, at int) netip.Addr {
	rest := strings.TrimLeft(s[at:], " .")
	if !strings.HasPrefix(rest, "[") {
		return netip.Addr{}
	}
	return address(rest[1:])
}

func address(s string) netip.Addr {
	end := 0
	for end < len(s) && end < 48 && strings.IndexByte("0123456789abcdef.:", s[end]) >= 0 {
		end++
	}
	if a, err := netip.ParseAddr(s[:end]); err == nil {
		return a
	}
	a, _ := netip.ParseAddrPort(s[:end])
	return a.Addr()
}

// time gives the date and time that a line begins with, as written, or that Exchange
// names as that of the last attempt.
func (r *reader) time(start, end int) string {
	line := r.text.s[start:end]
	if i := strings.Index(line[:min(len(line), widest)], "{lrt="); i >= 0 {
		if n := strings.IndexByte(line[i:], '}'); n > 5 && n < 48 {
			return r.cut(start+i+5, start+i+n)
		}
	}
	i := clockAt(line[:min(len(line), 48)])
	if i < 0 {
		return ""
	}
	to := i + 8
	for to < len(line) && (digit(line[to]) || strings.IndexByte(".,:+-z", line[to]) >= 0) {
		to++
	}
	return strings.TrimRight(strings.TrimLeft(r.cut(start, start+to), `[("'<>{ `), ":,.")
}

func (r *reader) cut(from, to int) string {
	start, end := r.text.of(from, to)
	return r.original[start:end]
}

// recipients gives incidents without a domain that of the one failed recipient whom
// the whole text names.
func (r *reader) recipients() {
	var only dnsname.Name
	for _, key := range failedKeys {
		for rest := r.text.s; ; {
			_, after, found := strings.Cut(rest, key)
			if !found {
				break
			}
			name, _ := value(after[:min(len(after), 400)], 0)
			if !only.IsZero() && !name.IsZero() && name != only {
				return
			}
			if !name.IsZero() {
				only = name
			}
			rest = after
		}
	}
	for i := range r.found.Matches {
		if m := &r.found.Matches[i]; m.Domain.IsZero() {
			m.Domain = only
		}
	}
}
