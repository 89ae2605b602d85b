package check

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// bogusCodes are the causes of a lookup that failed validation.
var bogusCodes = []Code{
	"dnssec.bogus", "dnssec.rrsig-expired", "dnssec.rrsig-not-yet-valid", "dnssec.rrsig-missing",
	"dnssec.rrsig-invalid", "dnssec.rrsig-wrong-signer", "dnssec.dnskey-missing", "dnssec.ds-digest-mismatch",
	"dnssec.revoked-key-in-ds", "dnssec.zone-key-bit-missing", "dnssec.nsec-missing", "dnssec.nsec-bad-proof",
	"dnssec.indeterminate",
}

var dnsEntries = []Entry{
	{Code: "dns.domain-nxdomain", Level: Error, Who: Owner, RFC: []Citation{{5321, "5.1"}}, NDR: []string{"5.1.2"}}, // args: domain
	{Code: "dns.no-mail-host", Level: Error, Who: Owner, RFC: []Citation{{5321, "5.1"}}},                            // args: domain
	{Code: "dns.mx-absent-implicit", Level: Warning, Who: Owner, RFC: []Citation{{5321, "5.1"}, {7672, "2.2.2"}}},   // args: domain
	{Code: "dns.null-mx", Level: Notice, Who: Nobody, RFC: []Citation{{7505, "3"}}, NDR: []string{"5.1.10"}},        // args: domain
	{Code: "dns.null-mx-mixed", Level: Error, Who: Owner, RFC: []Citation{{7505, "3"}}},                             // args: domain
	{Code: "dns.mx-lookup-failed", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.2"}, {8914, "4"}},
		NDR: []string{"5.4.312"}, DependsOn: bogusCodes}, // args: domain
	{Code: "dns.mx-target-nxdomain", Level: Error, Who: Owner, RFC: []Citation{{5321, "5.1"}},
		DependsOn: []Code{"dns.mx-relative-name", "dns.mx-target-is-ip"}}, // args: host
	{Code: "dns.mx-target-no-address", Level: Error, Who: Owner, RFC: []Citation{{5321, "5.1"}, {2181, "10.3"}},
		DependsOn: []Code{"dns.mx-target-is-ip"}}, // args: host
	{Code: "dns.mx-target-lookup-failed", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.2"}},
		NDR: []string{"4.4.3", "5.4.312"}, DependsOn: bogusCodes}, // args: host
	{Code: "dns.mx-target-cname", Level: Warning, Who: Owner, RFC: []Citation{{2181, "10.3"}, {5321, "5.1"}, {7672, "2.2.3"}}}, // args: host, name
	{Code: "dns.mx-target-cname-loop", Level: Error, Who: DNSHost, RFC: []Citation{{7672, "2.1.3"}}},                           // args: host
	{Code: "dns.mx-target-is-ip", Level: Error, Who: Owner, RFC: []Citation{{5321, "5.1"}}},                                    // args: host
	{Code: "dns.mx-target-invalid-hostname", Level: Warning, Who: Owner, RFC: []Citation{{5321, "4.1.2"}}},                     // args: host
	{Code: "dns.mx-target-u-label", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {6698, "3"}}},                     // args: host
	{Code: "dns.mx-relative-name", Level: Error, Who: Owner, RFC: []Citation{{1035, "5.1"}}},                                   // args: host, name
	{Code: "dns.mx-target-private-address", Level: Error, Who: Owner, RFC: []Citation{{5321, "5.1"}}},                          // args: host, ip
	{Code: "dns.mx-target-is-policy-host", Level: Warning, Who: Owner, RFC: []Citation{{8461, "3.2"}}},                         // args: host
	{Code: "dns.mx-ipv6-only", Level: Warning, Who: MailProvider, RFC: []Citation{{5321, "5.1"}}},                              // args: domain
	{Code: "dns.mx-ipv4-only", Level: Notice, Who: MailProvider, RFC: []Citation{{5321, "5.2"}}},                               // args: domain
	{Code: "dns.mx-legacy-provider-name", Level: Notice, Who: Owner, RFC: []Citation{{5321, "5.1"}}},                           // args: host
	{Code: "dns.mx-mixed-operators", Level: Warning, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}},                             // args: host
	{Code: "dns.mx-inconsistent-nameservers", Level: Warning, Who: DNSHost, RFC: []Citation{{1034, "4.3.5"}}},                  // args: domain, name
	{Code: "dns.resolver-disagreement", Level: Notice, Who: Visitor, RFC: []Citation{{8914, "4.16"}, {8914, "4.18"}}},          // args: name, value, other
	{Code: "dns.mx-duplicate", Level: Notice, Who: Owner, RFC: []Citation{{5321, "5.1"}}},                                      // args: host
	{Code: "dns.domain-is-cname", Level: Warning, Who: Owner, RFC: []Citation{{7672, "2.2.1"}}},                                // args: domain, name
	{Code: "dns.wildcard-mx", Level: Notice, Who: Owner, RFC: []Citation{{8461, "3.4"}}},                                       // args: domain
	{Code: "dns.ok", Level: OK, Who: Nobody, RFC: []Citation{{5321, "5.1"}}},                                                   // args: count
}

func (j *judge) judgeDNS() {
	if !j.judgeMX() {
		return
	}
	well := len(j.hosts) > 0
	for _, h := range j.hosts {
		well = j.judgeTarget(h) && well
	}
	j.judgeFamilies()
	j.judgeMixed()
	if well && len(j.mxs) > 0 {
		j.add("dns.ok", j.facts.Domain.String(), "count", strconv.Itoa(len(j.hosts)))
	}
}

// judgeMX judges the MX lookup and tells whether there are hosts to go on with.
func (j *judge) judgeMX() bool {
	d := j.facts.Domain.String()
	switch j.mx.state {
	case Pending:
		return false
	case Blind:
		j.notChecked("not-checked.dns-unavailable", d, "name", d)
		return false
	case NXDomain:
		j.add("dns.domain-nxdomain", d)
		return false
	case Failed:
		j.add("dns.mx-lookup-failed", d)
		return false
	case NoData:
		address := addressState(j.look(j.facts.Domain, doh.TypeA), j.look(j.facts.Domain, doh.TypeAAAA))
		switch address {
		case Found:
			j.add("dns.mx-absent-implicit", d).publish("MX", d, "10 "+d+".") // where the mail goes now
		case NoData:
			j.add("dns.no-mail-host", d)
		case Blind:
			j.notChecked("not-checked.dns-unavailable", d, "name", d)
		}
		return address == Found
	}
	nulls := 0
	for _, mx := range j.mxs {
		if mx.Raw == "." {
			nulls++
		}
	}
	if nulls > 0 && nulls == len(j.mxs) {
		j.add("dns.null-mx", d)
		return false
	}
	if nulls > 0 {
		f := j.add("dns.null-mx-mixed", d)
		f.Publish = append(f.Publish, Publication{Type: "MX", Name: d, Value: "0 .", Remove: true})
	}
	if j.mx.hops > 0 {
		j.add("dns.domain-is-cname", d, "name", j.mx.end.String())
	}
	if w := j.look(j.facts.Domain.Child(wildcardLabel), doh.TypeMX); w.state == Found {
		j.add("dns.wildcard-mx", d)
	}
	j.judgeDuplicates()
	return true
}

func (j *judge) judgeDuplicates() {
	seen := map[string]int{}
	for _, mx := range j.mxs {
		seen[mx.Raw]++
		if seen[mx.Raw] == 2 {
			j.add("dns.mx-duplicate", mx.Raw, "host", mx.Raw)
		}
	}
}

// judgeTarget judges what one MX record points at, and tells whether mail can
// be tried there.
func (j *judge) judgeTarget(h *host) bool {
	if h.name.IsZero() {
		j.judgeRawTarget(h.raw)
		return false
	}
	subject := h.name.String()
	if numeric(h.name) {
		j.add("dns.mx-target-is-ip", subject, "host", subject)
		return false
	}
	if !h.name.IsHostname() {
		j.add("dns.mx-target-invalid-hostname", subject, "host", subject)
	}
	if p := providerOf(h.name); p != nil && p.retired {
		j.add("dns.mx-legacy-provider-name", subject, "host", subject)
	}
	if h.name == j.facts.Domain.Child("mta-sts") {
		j.add("dns.mx-target-is-policy-host", subject, "host", subject)
	}
	if h.a.loop || h.aaaa.loop {
		j.add("dns.mx-target-cname-loop", subject, "host", subject)
		return false
	}
	if end, hops := h.expanded(); hops > 0 {
		j.add("dns.mx-target-cname", subject, "host", subject, "name", end.String())
	}
	switch addressState(h.a, h.aaaa) {
	case NXDomain:
		j.judgeMissing(h)
	case NoData:
		j.add("dns.mx-target-no-address", subject, "host", subject)
	case Failed:
		j.add("dns.mx-target-lookup-failed", subject, "host", subject)
	case Blind:
		j.notChecked("not-checked.dns-unavailable", subject, "name", subject)
	case Found:
		return j.judgePrivate(h)
	}
	return false
}

// judgeMissing tells a name that lacks its final dot in the zone file from one
// that is simply not there.
func (j *judge) judgeMissing(h *host) {
	subject, d := h.name.String(), j.facts.Domain.String()
	if meant, tail := strings.CutSuffix(subject, "."+d); tail && strings.Count(meant, ".") >= 2 {
		j.add("dns.mx-relative-name", subject, "host", subject, "name", meant).
			publish("MX", d, strconv.Itoa(int(h.preference))+" "+meant+".")
		return
	}
	j.add("dns.mx-target-nxdomain", subject, "host", subject)
}

// judgeRawTarget judges an MX target that is no host name at all.
func (j *judge) judgeRawTarget(raw string) {
	if strings.Contains(raw, `\`) || !ascii(raw) {
		// Presentation form writes an octet above 0x7E as \DDD.
		if strings.Contains(raw, `\1`) || strings.Contains(raw, `\2`) || !ascii(raw) {
			j.add("dns.mx-target-u-label", raw, "host", raw)
			return
		}
	}
	if _, err := netip.ParseAddr(strings.TrimSuffix(raw, ".")); err == nil {
		j.add("dns.mx-target-is-ip", raw, "host", raw)
		return
	}
	j.add("dns.mx-target-invalid-hostname", raw, "host", raw)
}

func ascii(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 0x7E }) < 0 }

// numeric tells an IPv4 address that was entered as a host name.
func numeric(n dnsname.Name) bool {
	labels := n.Labels()
	_, err := netip.ParseAddr(strings.Join(labels[:min(4, len(labels))], "."))
	return err == nil
}

// judgePrivate finds addresses that the proxy refused to call because no
// public host has them. Which they are, it decides.
func (j *judge) judgePrivate(h *host) bool {
	if h.probed == nil {
		return true
	}
	public := false
	for _, a := range h.probed.addresses() {
		if a.Failure != nil && a.Failure.Class == probe.AddressReserved {
			j.add("dns.mx-target-private-address", h.name.String()+" "+a.IP.String(),
				"host", h.name.String(), "ip", a.IP.String())
			continue
		}
		public = true
	}
	return public || len(h.probed.addresses()) == 0
}

// judgeFamilies looks at IPv4 and IPv6 over all hosts, once all are known.
func (j *judge) judgeFamilies() {
	var v4, v6 bool
	for _, h := range j.hosts {
		if h.a.state == Pending || h.aaaa.state == Pending || h.a.state == Failed || h.aaaa.state == Failed ||
			h.a.state == Blind || h.aaaa.state == Blind {
			return
		}
		v4 = v4 || slices.ContainsFunc(h.ips, netip.Addr.Is4)
		v6 = v6 || slices.ContainsFunc(h.ips, netip.Addr.Is6)
	}
	switch {
	case v6 && !v4:
		j.add("dns.mx-ipv6-only", j.facts.Domain.String())
	case v4 && !v6:
		j.add("dns.mx-ipv4-only", j.facts.Domain.String())
	}
}

// judgeMixed finds mail hosts that different operators run: senders take them by
// preference alone, however well each is protected (RFC 7672 §2.2.1). Who runs
// one shows in its registered name, whatever that ends in, unless it is known.
func (j *judge) judgeMixed() {
	var operators []string
	for _, h := range j.hosts {
		operator := ProviderName(h.name)
		if operator == "" {
			operator = withoutSuffix(registrable(h.name))
		}
		if operator != "" && !numeric(h.name) && !slices.Contains(operators, operator) {
			operators = append(operators, operator)
		}
	}
	if len(operators) > 1 {
		j.add("dns.mx-mixed-operators", j.facts.Domain.String(), "host", targetList(j.hosts))
	}
}
