package check

import (
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// readDNS finds the mail hosts (RFC 5321 §5.1) and fills the views of DNS.
func (j *judge) readDNS() {
	j.readMX()
	j.report.Hosts = make([]HostView, len(j.hosts))
	for i, h := range j.hosts {
		j.readHost(h)
		j.report.Hosts[i] = HostView{
			Preference: h.preference, Host: h.name, Raw: h.raw, Implicit: h.implicit,
			State: addressState(h.a, h.aaaa), IPs: h.ips, TLSAName: h.tlsaName(), TLSAState: h.tlsa.state,
			Probed: h.probed != nil,
		}
		h.view = &j.report.Hosts[i]
		if end, hops := h.expanded(); hops > 0 {
			h.view.Expanded = end
		}
	}
	for i := range j.facts.Lookups {
		l := &j.facts.Lookups[i]
		if l.Chain {
			continue // what comes of it is in the chain of trust
		}
		j.report.DNS = append(j.report.DNS, j.lookupView(l, j.lookups[key{l.Name, l.Type, l.CD}]))
	}
}

func (j *judge) readMX() {
	j.mxs = mxRecords(j.mx)
	seen := map[string]bool{}
	for _, mx := range j.mxs {
		if mx.Raw == "." || seen[mx.Raw] {
			continue
		}
		seen[mx.Raw] = true
		j.hosts = append(j.hosts, &host{name: hostName(mx), raw: mx.Raw, preference: mx.Preference})
	}
	if j.mx.state == NoData {
		d := j.facts.Domain
		if addressState(j.look(d, doh.TypeA), j.look(d, doh.TypeAAAA)) == Found {
			j.hosts = append(j.hosts, &host{name: d, raw: d.String(), implicit: true})
		}
	}
}

// hostName is the name to look up for an MX record, zero for none: no top-level
// domain is a number (RFC 3696 §2), so nothing can be found for an address.
func hostName(mx doh.MX) dnsname.Name {
	if mx.Raw == "." || numeric(mx.Host) && len(mx.Host.Labels()) == 4 {
		return dnsname.Name{}
	}
	return mx.Host
}

// readHost reads a host's addresses, TLSA records and probe.
func (j *judge) readHost(h *host) {
	if h.name.IsZero() {
		return
	}
	h.a, h.aaaa = j.look(h.name, doh.TypeA), j.look(h.name, doh.TypeAAAA)
	for _, a := range []answer{h.a, h.aaaa} {
		for _, r := range a.records {
			if ip, ok := r.Address(); ok {
				h.ips = append(h.ips, ip)
			}
		}
	}
	h.addresses = addressStatus(h.a, h.aaaa)
	h.tlsaBase, h.tlsa = h.name, j.look(tlsaOwner(h.name), doh.TypeTLSA)
	if end, hops := h.expanded(); hops > 0 && h.addresses == dnssec.Secure {
		// The expanded name first, then the original, nothing between
		// (RFC 7672 §2.2.3).
		at := j.look(tlsaOwner(end), doh.TypeTLSA)
		insecure := at.state == Found && at.status != dnssec.Secure && at.status != dnssec.Indeterminate
		absent := (at.state == NoData || at.state == NXDomain) && at.status != dnssec.Indeterminate
		if !absent && !insecure {
			h.tlsaBase, h.tlsa = end, at
		}
	}
	h.probed, h.deeper = probedOf(j.facts.Hosts, h.name), probedOf(j.facts.Deeper, h.name)
}

// probedOf finds a host's probe, nil without one.
func probedOf(all []Probed, name dnsname.Name) *Probed {
	for i := range all {
		if all[i].Host == name {
			return &all[i]
		}
	}
	return nil
}

// tlsaOwner is where a host's TLSA records for port 25 are (RFC 7672 §2.2.3).
func tlsaOwner(base dnsname.Name) dnsname.Name { return base.Child("_25._tcp") }

func (h *host) tlsaName() dnsname.Name {
	if h.tlsaBase.IsZero() {
		return dnsname.Name{}
	}
	return tlsaOwner(h.tlsaBase)
}

// expanded gives where the host's CNAME chain ends, and its length. Where secure
// addresses are what counts, only theirs leads anywhere.
func (h *host) expanded() (dnsname.Name, int) {
	for _, a := range []answer{h.a, h.aaaa} {
		if a.hops > 0 && !a.loop && (h.addresses != dnssec.Secure || a.status == dnssec.Secure) {
			return a.end, a.hops
		}
	}
	return h.name, 0
}

// addressState joins the states of the A and AAAA lookups: an address found
// counts, whatever became of the other lookup.
func addressState(a, aaaa answer) LookupState {
	for _, s := range []LookupState{Found, Pending, Failed, Blind, NXDomain} {
		if a.state == s || aaaa.state == s {
			return s
		}
	}
	return NoData
}

// addressStatus joins the security of the A and AAAA lookups: of those that
// found addresses one authentic one suffices; without addresses the denials
// must both be authentic.
func addressStatus(a, aaaa answer) dnssec.Status {
	if a.state == Pending || aaaa.state == Pending {
		return dnssec.Indeterminate
	}
	var found []dnssec.Status
	for _, x := range []answer{a, aaaa} {
		if x.state == Found {
			found = append(found, x.status)
		}
	}
	if len(found) == 0 {
		return min(a.status, aaaa.status)
	}
	return slices.Max(found)
}

func (j *judge) lookupView(l *Lookup, a answer) LookupView {
	v := LookupView{
		Name: l.Name, Type: l.Type, CD: l.CD, State: a.state, Rcode: a.rcode,
		Verdict: a.verdict, Failure: a.failure,
	}
	v.Verdict.Status = a.status
	if a.msg != nil {
		v.EDE, v.AD = a.msg.EDE, a.msg.AD
		for _, r := range a.msg.Answer {
			v.Text, v.TTL = append(v.Text, r.String()), max(v.TTL, kept(r))
		}
	}
	return v
}

// kept is the TTL that a record has at its source, as far as an answer tells.
func kept(r doh.Record) uint32 {
	if s, ok := r.RRSIG(); ok {
		return s.OriginalTTL
	}
	return r.TTL
}
