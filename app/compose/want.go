package compose

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/tlsrpt"
)

// Want is what somebody wants to publish, read from a Draft without a fault.
type Want struct {
	Domain dnsname.Name
	Zone   dnsname.Name // that Domain lies in, or is
	// Below are names below Domain that take mail too. A policy covers no
	// subdomain (RFC 8461 §3.4), so each gets its own, of the same content.
	Below []dnsname.Name
	// Mode is ModeUnknown for no policy at all.
	Mode   mtasts.Mode
	MaxAge uint32 // seconds
	MX     []mtasts.Pattern
	// Hosted is where a company that hosts policies for others wants aliases to
	// lead; with it there is no policy of one's own.
	Hosted Hosted
	Web    Web
	RUA    []string // URIs (RFC 8460 §3)
	TLSA   []HostTLSA
	TTL    uint32 // seconds, of every record
}

// Hosted are the targets of the aliases at _mta-sts, mta-sts and _smtp._tls.
type Hosted struct{ Record, Policy, Reports dnsname.Name }

// IsZero tells whether there is no hosted policy.
func (h Hosted) IsZero() bool { return h.Record.IsZero() && h.Policy.IsZero() }

// Web is the web server that serves the policy: a name, or addresses. Both may be
// left open.
type Web struct {
	Name      dnsname.Name
	Addresses []netip.Addr
}

// HostTLSA are the TLSA records of a mail host.
type HostTLSA struct {
	Host dnsname.Name // the TLSA base domain (RFC 7672 §2.2.2)
	// Alias is where an alias at the records' usual name leads, so that they stand
	// there (RFC 7671 §7); zero without one.
	Alias   dnsname.Name
	Records []dane.TLSA
}

// Owner is the name of the records.
func (t HostTLSA) Owner() dnsname.Name {
	if !t.Alias.IsZero() {
		return t.Alias
	}
	return t.Host.Child("_25._tcp")
}

// Policy is the policy that is wanted; its Mode is ModeUnknown when there is none.
func (w Want) Policy() mtasts.Policy {
	p := mtasts.Policy{Mode: w.Mode, MaxAge: w.MaxAge}
	if w.Mode != mtasts.ModeNone {
		p.MX = w.MX
	}
	return p
}

func (w Want) reporting() tlsrpt.Record { return tlsrpt.Record{RUA: w.RUA} }

// ReportHosts are the mail hosts whose DANE is reported under their own names, for
// those are the policy domains then (RFC 8460 §1.1): those with TLSA records, but
// for hosts that are reported on as mail domains anyway.
func (w Want) ReportHosts() []dnsname.Name {
	var all []dnsname.Name
	for _, t := range w.TLSA {
		if t.Host != w.Domain && !slices.Contains(w.Below, t.Host) && !slices.Contains(all, t.Host) {
			all = append(all, t.Host)
		}
	}
	return all
}

// ReportsToItself tells whether every report goes to a mailbox of a domain that it
// may be about: what keeps mail from the domain may keep the report, too.
func (w Want) ReportsToItself() bool {
	for _, uri := range w.RUA {
		address, ok := tlsrpt.Address(uri)
		_, domain, _ := strings.Cut(address, "@")
		if at, err := dnsname.Parse(domain); !ok || err != nil || at != w.Domain && !slices.Contains(w.Below, at) {
			return false
		}
	}
	return len(w.RUA) > 0
}

// of is the Hosted of a name below the domain, whose aliases are named after it
// where those of the domain are.
func (h Hosted) of(below, domain dnsname.Name) Hosted {
	return Hosted{renamed(h.Record, below, domain), renamed(h.Policy, below, domain), renamed(h.Reports, below, domain)}
}

// renamed is a name in which one domain stands for another, written with dots,
// hyphens or underscores. A name below the other one stays, and so does one that
// would get too long.
func renamed(n, to, from dnsname.Name) dnsname.Name {
	text := n.String()
	for _, dot := range [...]string{".", "-", "_"} {
		old := strings.ReplaceAll(from.String(), ".", dot)
		before, after, found := strings.Cut("."+text+".", old)
		if !found || n.Within(from) || !strings.ContainsAny(before[len(before)-1:], "._") || !strings.ContainsAny(after[:1], "._") {
			continue
		}
		if name, err := dnsname.Parse(strings.Trim(before+strings.ReplaceAll(to.String(), ".", dot)+after, ".")); err == nil {
			return name
		}
	}
	return n
}
