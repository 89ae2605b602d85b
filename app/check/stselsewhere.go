package check

import (
	"net/netip"
	"slices"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
)

// What is the more exact cause of a fetch that fails, in the entries' DependsOn.
var (
	// elsewhere: the policy is there, and not where senders ask for it.
	elsewhere = []Code{
		"sts-policy-fetch.wrong-path", "sts-policy-fetch.wrong-host", "sts-policy-fetch.http-only", "sts-policy-fetch.vantage-dependent",
	}
	// answered: the HTTP answer isn't the domain's, or not the one that counts.
	foreign = append(elsewhere[:len(elsewhere):len(elsewhere)], wrongCertificate...)
	// unreached: no connection comes about that another family, port or host has.
	unreached = append([]Code{"sts-policy-fetch.ipv6-broken", "sts-policy-fetch.sni-default-cert"}, elsewhere...)
	// misnamed: the certificate isn't for the host.
	misnamed = []Code{"sts-policy-fetch.sni-default-cert", "sts-policy-fetch.wrong-host"}
)

// holdsPolicy tells whether a body is a policy, whatever its faults, and gives it.
func holdsPolicy(body []byte) (mtasts.Policy, bool) {
	if html(body) {
		return mtasts.Policy{}, false
	}
	p, _ := mtasts.ParsePolicy(body)
	return p, p.Mode == mtasts.ModeNone || p.Mode != mtasts.ModeUnknown && len(p.MX) > 0
}

// serves tells whether one fetch at the policy's address would give a sender
// the policy: Unknown where our own side failed or didn't look.
func (j *judge) serves(host dnsname.Name, t *probe.TLS, status int, body []byte, failure *probe.Failure) Level {
	if failure != nil {
		if c := failure.Class; c.Own() || c == probe.Unreachable || c == probe.AddressReserved {
			return Unknown
		}
		return Error
	}
	if status == 429 || status == 503 {
		return Unknown // turned away now
	}
	if _, ok := holdsPolicy(body); !ok || status != 200 {
		return Error
	}
	return j.policyTrusted(host, t)
}

// judgeOthers judges the fetches of what senders don't ask for: they show why
// the one that they make fails, or for whom.
func (j *judge) judgeOthers(host dnsname.Name, seen *probe.Policy) {
	h := host.String()
	if seen.TLS != nil && seen.TLS.Trust.Revoked {
		j.add("sts-policy-fetch.cert-revoked", h, "host", h)
	}
	j.judgePolicyFamilies(host, seen)
	j.judgeDefault(host, seen)
	if _, there := holdsPolicy(seen.Body); there && seen.Status == 200 ||
		j.serves(host, seen.TLS, seen.Status, seen.Body, seen.Failure) != Error {
		return
	}
	order := []probe.OtherKind{probe.OtherAgent, probe.OtherPath, probe.OtherHost, probe.OtherPlain}
	if seen.Status == 0 {
		// Nothing speaks HTTPS there: port 80 of the same host says more.
		order = []probe.OtherKind{probe.OtherAgent, probe.OtherPlain, probe.OtherHost}
	}
	for _, kind := range order {
		for i := range seen.Others {
			if o := &seen.Others[i]; o.Kind == kind && j.foundElsewhere(host, seen, o) {
				return
			}
		}
	}
}

// foundElsewhere tells whether another fetch found the policy, and says where.
func (j *judge) foundElsewhere(host dnsname.Name, seen *probe.Policy, o *probe.OtherFetch) bool {
	policy, there := holdsPolicy(o.Body)
	if !there || o.Failure != nil || o.Status != 200 {
		return false
	}
	h := host.String()
	code := Code("")
	switch o.Kind {
	case probe.OtherAgent:
		// Errors of the server's own may pass by themselves.
		if seen.Status >= 500 || j.policyTrusted(host, o.TLS) != OK {
			return false
		}
		j.add("sts-policy-fetch.vantage-dependent", h, "host", h)
		return true
	case probe.OtherPath:
		code = "sts-policy-fetch.wrong-path"
	case probe.OtherHost:
		code = "sts-policy-fetch.wrong-host"
	case probe.OtherPlain:
		code = "sts-policy-fetch.http-only"
	default:
		return false
	}
	f := j.add(code, h, "host", h, "name", clip(o.URL))
	if mended, ok := j.mended(policy); ok {
		f.publish("file", policyURLOf(j.facts.Domain), mended.String())
	}
	return true
}

// judgeDefault finds the right certificate behind a handshake without a name,
// where the one with the name fails or gets another (RFC 8461 §7.1). The other
// way round is no fault: senders must send the name.
func (j *judge) judgeDefault(host dnsname.Name, seen *probe.Policy) {
	h := host.String()
	wrong := seen.Failure != nil && (seen.Failure.Class == probe.TLSAlert || seen.Failure.Class == probe.TLSFailed)
	if leaf := j.policyCertificate(seen.TLS); leaf != nil {
		wrong = leaf.VerifyHostname(h) != nil
	}
	for i := range seen.Others {
		o := &seen.Others[i]
		leaf := j.policyCertificate(o.TLS)
		if wrong && o.Kind == probe.OtherSNI && leaf != nil && leaf.VerifyHostname(h) == nil {
			j.add("sts-policy-fetch.sni-default-cert", h, "host", h)
			return
		}
	}
}

// judgePolicyFamilies compares the policy host's IPv4 with its IPv6, and finds one
// that only IPv6 reaches.
func (j *judge) judgePolicyFamilies(host dnsname.Name, seen *probe.Policy) {
	h := host.String()
	if j.look(host, doh.TypeA).state == NoData && j.look(host, doh.TypeAAAA).state == Found && seen.Failure == nil {
		j.add("sts-policy-fetch.ipv4-missing", h, "host", h)
	}
	at := slices.IndexFunc(seen.Others, func(o probe.OtherFetch) bool {
		return o.Kind == probe.OtherAddress && o.Address.Is4() != seen.Address.Is4()
	})
	if at < 0 {
		return
	}
	o := &seen.Others[at]
	mine := j.serves(host, seen.TLS, seen.Status, seen.Body, seen.Failure)
	other := j.serves(host, o.TLS, o.Status, o.Body, o.Failure)
	if j.impatient(seen.Address, seen.Failure) || j.impatient(o.Address, o.Failure) {
		return
	}
	if mine == Unknown || other == Unknown || mine == other {
		return
	}
	bad := seen.Address
	if other == Error {
		bad = o.Address
	}
	if bad.Unmap().Is4() {
		j.add("sts-policy-fetch.vantage-dependent", h, "host", h)
		return
	}
	j.add("sts-policy-fetch.ipv6-broken", h, "host", h, "ip", addressText(bad))
}

// impatient tells whether a fetch may have failed by our own side's want of time,
// or of a route that our network only seems to have: nothing answered over IPv6
// in the whole check.
func (j *judge) impatient(ip netip.Addr, f *probe.Failure) bool {
	switch {
	case f == nil:
		return false
	case f.Class == probe.ReplyTimeout || f.Class == probe.TLSTimeout:
		return true
	case f.Class != probe.ConnectTimeout || ip.Unmap().Is4():
		return false
	}
	for _, h := range j.hosts {
		for _, e := range h.endpoints {
			if e.seen.IP.Is6() && e.seen.Banner.Code != 0 {
				return false
			}
		}
	}
	return true
}
