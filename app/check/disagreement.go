package check

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// changingTTL is the TTL, in seconds, up to which addresses are taken to be given
// out by load: that two resolvers get others is then as it should be.
const changingTTL = 300

// judgeResolvers finds names of which two resolvers say different things: the one
// that was asked, and the one by which the proxy found its way.
func (j *judge) judgeResolvers() {
	for _, h := range j.hosts {
		if h.probed != nil && h.probed.Failure == nil {
			j.compareAddresses(h.name.String(), h.a, h.aaaa, h.probed.STARTTLS.Failure, h.probed.addresses())
		}
	}
	host := j.facts.Domain.Child("mta-sts")
	if p := j.facts.Policy; p != nil && p.Failure == nil {
		j.compareAddresses(host.String(), j.look(host, doh.TypeA), j.look(host, doh.TypeAAAA), p.Policy.Failure, nil)
	}
	j.judgeFiltered()
}

// compareAddresses holds the addresses that were looked up against those that the
// proxy found, or its failure to find any.
func (j *judge) compareAddresses(name string, a, aaaa answer, failure *probe.Failure, reached []probe.Address) {
	settled := func(x answer) bool { return x.state == Found || x.state == NoData }
	if !settled(a) || !settled(aaaa) || a.state == NoData && aaaa.state == NoData {
		return
	}
	var ours []netip.Addr
	for _, r := range slices.Concat(a.records, aaaa.records) {
		if ip, ok := r.Address(); ok && r.TTL > changingTTL {
			ours = append(ours, ip)
		}
	}
	var theirs []string
	switch {
	case failure != nil && failure.Class == probe.DNSNotFound:
		theirs = []string{"NXDOMAIN"}
	case failure != nil && failure.Class == probe.DNSNoAddress:
		theirs = []string{"NODATA"}
	case len(reached) == 0 || len(ours) < len(a.records)+len(aaaa.records):
		return
	}
	for _, one := range reached {
		if slices.Contains(ours, one.IP) {
			return
		}
		theirs = append(theirs, one.IP.String())
	}
	j.add("dns.resolver-disagreement", name, "name", name,
		"value", strings.Join(slices.Concat(addresses(a), addresses(aaaa)), ", "), "other", strings.Join(theirs, ", "))
}

// judgeFiltered finds the first name for which the resolver says that it
// withholds or replaces the answer (RFC 8914 §4.16 to §4.18): others may not.
func (j *judge) judgeFiltered() {
	for i := range j.facts.Lookups {
		l := &j.facts.Lookups[i]
		a := j.lookups[key{l.Name, l.Type, l.CD}]
		if a.msg == nil {
			continue
		}
		for _, e := range a.msg.EDE {
			if e.Code >= 15 && e.Code <= 17 {
				j.add("dns.resolver-disagreement", l.Name.String(), "name", l.Name.String(),
					"value", "EDE "+strconv.Itoa(int(e.Code)), "other", unknownArg)
				return
			}
		}
	}
}
