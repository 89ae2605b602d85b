package check

import (
	"net/netip"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

type dnsType = doh.Type

type key struct {
	name dnsname.Name
	typ  dnsType
	cd   bool
}

// answer is one lookup, read. The zero answer is pending: not asked or not
// back.
type answer struct {
	state LookupState
	// status is the verdict's, or Indeterminate while it isn't known whether
	// the resolver validates at all.
	status  dnssec.Status
	verdict dnssec.Verdict
	rcode   int
	// records are those of the type asked, at the end of the CNAME chain.
	records []doh.Record
	end     dnsname.Name // of the CNAME chain; the name asked without one
	hops    int
	loop    bool
	msg     *doh.Answer // nil when no response could be read
	failure *probe.Failure
}

// host is one mail host of the domain, as far as it is known.
type host struct {
	name       dnsname.Name // zero when the MX target is no host name
	raw        string       // the MX target as published
	preference uint16
	implicit   bool
	a, aaaa    answer
	ips        []netip.Addr
	// tlsa is the lookup that counts: at the expanded name when that is secure
	// and has records, else at the name (RFC 7672 §2.2.3).
	tlsa     answer
	tlsaBase dnsname.Name // TLSA base domain of tlsa
	// addresses tells how far A and AAAA together are authentic.
	addresses dnssec.Status
	probed    *Probed // nil: not back, or never asked
	view      *HostView
}

// evidence is the facts, read once for all rules.
type evidence struct {
	facts   Facts
	lookups map[key]answer
	// validates: OK the resolver validates, Error it doesn't, Unknown not known yet.
	validates Level
	mx        answer
	mxs       []doh.MX
	hosts     []*host // by preference, then as answered
}
