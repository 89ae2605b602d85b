package check

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/senders"
)

// judgeSenders says what each sender does, from what was read so far.
func (j *judge) judgeSenders() {
	m := j.mail(j.report.Policy.Value.MX)
	j.report.Senders = senders.Judge(m, j.now)
	j.report.Cached = j.cached()
}

// mail makes the senders' input; the hosts are held against the patterns.
func (j *judge) mail(patterns []mtasts.Pattern) senders.Mail {
	m := senders.Mail{Domain: j.facts.Domain.String(), MX: j.mxLookup(), Record: j.senderRecord(), Policy: j.senderPolicy()}
	known, by := len(patterns) > 0, byName(patterns)
	for _, h := range j.hosts {
		one := senders.Host{Name: h.raw, Preference: h.preference, Addresses: addressLookup(h), TLSA: j.senderTLSA(h)}
		if !h.name.IsZero() {
			one.Name = h.name.String()
		}
		if known {
			strict, anyDepth := by.match(h.name)
			one.Strict, one.Deep = senders.Is(strict), senders.Is(anyDepth)
		}
		routed := slices.ContainsFunc(h.endpoints, func(e *endpoint) bool { return !e.noRoute() && e.seen.Banner.Code != 0 })
		for _, e := range h.endpoints {
			if !routed || !e.noRoute() {
				one.Endpoints = append(one.Endpoints, j.senderEndpoint(e, patterns))
			}
		}
		m.Hosts = append(m.Hosts, one)
	}
	return m
}

// namedPatterns are patterns by name.
type namedPatterns map[dnsname.Name][]mtasts.Pattern

func byName(patterns []mtasts.Pattern) namedPatterns {
	by := namedPatterns{}
	for _, p := range patterns {
		if !slices.Contains(by[p.Name], p) { // there are two: with a wildcard and without
			by[p.Name] = append(by[p.Name], p)
		}
	}
	return by
}

// match tells whether a pattern matches a host, and whether one does with a
// wildcard for any number of labels.
func (by namedPatterns) match(host dnsname.Name) (strict, anyDepth bool) {
	for name := host; !name.IsZero(); name = name.Parent() {
		for _, p := range by[name] {
			strict, anyDepth = strict || p.Matches(host), anyDepth || deep(p, host)
		}
	}
	return strict, anyDepth
}

// deep matches with a wildcard for any number of labels, as Postfix does.
func deep(p mtasts.Pattern, host dnsname.Name) bool {
	return p.Matches(host) || p.Wildcard && !p.Name.IsZero() && host.Within(p.Name) && host != p.Name
}

func (j *judge) mxLookup() senders.Lookup {
	switch {
	case j.has("dns.domain-nxdomain"):
		return senders.NoDomain
	case j.has("dns.null-mx"):
		return senders.NullMX
	case j.has("dns.no-mail-host"):
		return senders.Missing
	case j.mx.state != Found && j.mx.state != NoData && j.mx.state != Failed:
		return senders.LookupOpen
	case j.mx.status == dnssec.Bogus:
		return senders.Bogus
	case j.mx.state == Failed:
		return senders.Failed
	}
	return found(j.mx.status)
}

func found(s dnssec.Status) senders.Lookup {
	switch s {
	case dnssec.Secure:
		return senders.Secure
	case dnssec.Insecure:
		return senders.Insecure
	case dnssec.Bogus:
		return senders.Bogus
	}
	return senders.LookupOpen
}

func addressLookup(h *host) senders.Lookup {
	switch state := addressState(h.a, h.aaaa); {
	case h.name.IsZero(), state == NXDomain, state == NoData:
		return senders.Missing
	case h.addresses == dnssec.Bogus:
		return senders.Bogus
	case state == Failed:
		return senders.Failed
	case state == Found:
		return found(h.addresses)
	}
	return senders.LookupOpen
}

func (j *judge) senderTLSA(h *host) senders.TLSA {
	switch j.standing(h) {
	case tlsaNone:
		return senders.TLSAAbsent
	case tlsaIgnored, tlsaNotAsked:
		return senders.TLSAInsecure
	case tlsaBroken:
		if j.undiagnosed() {
			return senders.TLSAOpen
		}
		return senders.TLSAFailed
	case tlsaSecure:
		if h.usable() {
			return senders.TLSAUsable
		}
		return senders.TLSAUnusable
	}
	if h.addresses == dnssec.Insecure && h.tlsa.state != Pending && h.tlsa.status != dnssec.Secure {
		return senders.TLSAInsecure // not to be asked for (RFC 7672 §2.2.2)
	}
	return senders.TLSAOpen
}

func level(l Level) senders.Answer {
	switch l {
	case OK:
		return senders.Yes
	case Error:
		return senders.No
	}
	return senders.Open
}

func (j *judge) senderEndpoint(e *endpoint, patterns []mtasts.Pattern) senders.Endpoint {
	var one senders.Endpoint
	f := e.seen.Failure
	_, away := e.turnedAway()
	switch {
	case e.seen.TLS != nil || e.greeted():
		one.Reached = senders.Yes
	case f == nil || !e.judged() || away:
		return one
	case notUnderstood(e.seen.EHLO):
		one.Reached = senders.Yes
	default:
		one.Reached = senders.No
		return one
	}
	one.STARTTLS = senders.Is(e.seen.TLS != nil || e.offers())
	switch {
	case e.seen.TLS != nil:
		if e.outdated() {
			break // some still take it, who isn't known
		}
		one.TLS = senders.Is(len(e.chain) > 0 && !e.demandsCertificate())
		one.Version = e.seen.TLS.Version
	case f != nil && e.judged() && !away:
		one.TLS = senders.No
	}
	if e.seen.TLS == nil {
		return one
	}
	one.DANE = daneResults[e.dane.Outcome]
	j.senderCertificate(e, patterns, &one)
	return one
}

var daneResults = [dane.NoChain + 1]senders.DANE{
	dane.Authenticated: senders.DANEAuthenticated, dane.Mismatch: senders.DANEMismatch,
	dane.NameMismatch: senders.DANEName, dane.Expired: senders.DANEExpired, dane.ChainInvalid: senders.DANEChain,
}

// senderCertificate tells how the certificate stands for MTA-STS (RFC 8461 §4.2).
func (j *judge) senderCertificate(e *endpoint, patterns []mtasts.Pattern, one *senders.Endpoint) {
	leaf := e.leaf()
	if leaf == nil {
		return
	}
	one.Expired = j.now.After(leaf.NotAfter) || j.now.Before(leaf.NotBefore)
	switch e.seen.TLS.Trust.Now {
	case probe.Trusted:
		one.Trusted = senders.Yes
	case "", probe.OtherFault:
	default:
		one.Trusted = senders.No
		one.Expired = one.Expired || e.seen.TLS.Trust.Now == probe.Expired
	}
	if one.Expired {
		one.Trusted = senders.No
	}
	one.Named = senders.Is(namesHost(leaf, e.host.name))
	if len(patterns) > 0 {
		one.Covered = senders.Is(slices.ContainsFunc(leaf.DNSNames, func(name string) bool {
			bare, _ := dnsname.Parse(strings.TrimPrefix(strings.ToLower(name), "*."))
			wild := bare.String() != strings.ToLower(name)
			return slices.ContainsFunc(patterns, func(p mtasts.Pattern) bool {
				return !p.Wildcard && dane.NameMatches(name, p.Name) || p.Wildcard && (deep(p, bare) || wild && bare == p.Name)
			})
		}))
	}
}

func (j *judge) senderRecord() senders.Record {
	v := &j.report.Record
	r := senders.Record{ID: v.Value.ID}
	chosen := 0
	for _, t := range v.TXT {
		if t.Chosen {
			chosen++
			for _, d := range t.Diagnostics {
				r.Kinds = append(r.Kinds, string(d.Kind))
			}
		}
	}
	switch {
	case v.State == Failed:
		r.State = senders.RecordFailed
	case v.State == Pending || v.State == Blind:
	case v.Valid:
		r.State = senders.RecordValid
	case j.has("sts-record.multiple"):
		r.State, r.Kinds = senders.RecordInvalid, []string{"multiple"}
	case chosen > 0:
		r.State = senders.RecordInvalid
	default:
		r.State = senders.RecordAbsent
	}
	return r
}

func (j *judge) senderPolicy() senders.Policy {
	v := &j.report.Policy
	var p senders.Policy
	if v.Fetched == nil || v.State == Pending || v.State == Blind {
		return p
	}
	seen := &v.Fetched.Policy
	p.Status, p.Millis, p.Truncated = seen.Status, seen.Millis, seen.Truncated
	media, charset := mediaType(seen)
	p.Media, p.NoCharset = media, charset == "" && !ascii(string(seen.Body))
	switch trusted := j.policyTrusted(j.facts.Domain.Child("mta-sts"), seen.TLS); {
	case !v.Usable && j.has("sts-policy-fetch.vantage-dependent"):
		return p // others get it, who isn't known
	case seen.Failure != nil:
		p.Served = senders.No
	case seen.Status == 429 || seen.Status == 503, trusted == Unknown:
		return p // turned away now; others may not be
	default:
		p.Served = level(trusted)
	}
	p.Mode, p.MaxAge = senders.Mode(v.Value.Mode), v.Value.MaxAge
	p.Valid = v.State == Found
	if v.State != Found {
		if read, _ := mtasts.ParsePolicy(seen.Body); read.Mode == mtasts.ModeUnknown {
			p.Kinds = append(p.Kinds, senders.NoPolicy) // a web page, or nothing
		}
	}
	for _, d := range v.Diagnostics {
		p.Valid = p.Valid && !d.Fatal
		if d.Fatal || d.Kind == mtasts.DuplicateKey {
			p.Kinds = append(p.Kinds, string(d.Kind))
		}
		if v.Value.Mode == mtasts.ModeUnknown && (d.Kind == mtasts.Translated || d.Kind == mtasts.TXTRecord) {
			p.Kinds = append(p.Kinds, string(mtasts.ModeMissing)) // what is there nobody reads
		}
	}
	return p
}

// cached says what becomes of mail from those who still hold the policy that an
// earlier check saw (RFC 8461 §3.3).
func (j *judge) cached() *senders.Cached {
	unseen := func(s LookupState) bool { return s == Pending || s == Blind }
	past := j.past()
	if past == nil || unseen(j.report.Record.State) || unseen(j.report.Policy.State) {
		return nil // whether anything changed isn't known
	}
	r, p := &past.report.Record, &past.report.Policy
	if p.Value.String() == j.report.Policy.Value.String() && r.Value.ID == j.report.Record.Value.ID {
		return nil // nothing changed
	}
	return senders.Cache(j.mail(p.Value.MX), senders.Old{
		ID: r.Value.ID, Mode: senders.Mode(p.Value.Mode), MaxAge: p.Value.MaxAge,
		Fetched: past.now, Usable: r.Valid && p.Usable,
	}, j.now)
}
