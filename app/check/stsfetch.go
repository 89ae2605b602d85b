package check

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
)

const (
	fetchError   = "sts-policy-fetch-error"
	webPKIError  = "sts-webpki-invalid"
	invalidError = "sts-policy-invalid"
)

// wrongCertificate are the causes for which what the policy host serves isn't
// the domain's: its status and content say nothing then.
var wrongCertificate = []Code{
	"sts-policy-fetch.cert-name-mismatch", "sts-policy-fetch.cert-parked-wildcard", "sts-policy-fetch.provider-deprovisioned",
}

// redirected: the web server says itself where it would have it.
var redirected = []Code{"sts-policy-fetch.http-redirect"}

// misplaced are the causes before one that lies on the policy host itself.
var misplaced = append(redirected[:1:1], wrongCertificate...)

var stsFetchEntries = []Entry{
	{Code: "sts-policy-fetch.host-nxdomain", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "3.3"}}, Result: fetchError, DependsOn: unreached},              // args: host
	{Code: "sts-policy-fetch.host-no-address", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "3.3"}}, Result: fetchError, DependsOn: unreached},            // args: host
	{Code: "sts-policy-fetch.dns-error", Level: Error, Who: DNSHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: bogusCodes},                              // args: host
	{Code: "sts-policy-fetch.cname-dangling", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.3"}, {8461, "8.2"}}, Result: fetchError},                                   // args: host, name
	{Code: "sts-policy-fetch.address-reserved", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.3"}}, Result: fetchError},                                                // args: host, ip
	{Code: "sts-policy-fetch.ipv4-missing", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError},                                             // args: host
	{Code: "sts-policy-fetch.connect-refused", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: unreached},                      // args: host, ip
	{Code: "sts-policy-fetch.connect-timeout", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: unreached},                      // args: host, ip
	{Code: "sts-policy-fetch.tls-handshake-failed", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: webPKIError, DependsOn: unreached},                // args: host, ip
	{Code: "sts-policy-fetch.tls-too-old", Level: Error, Who: PolicyHost, RFC: []Citation{{8996, "5"}, {8461, "7.2"}}, Result: webPKIError, DependsOn: unreached},            // args: host, ip
	{Code: "sts-policy-fetch.cert-name-mismatch", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {6125, "6.4"}}, Result: webPKIError, DependsOn: misnamed},    // args: host, name
	{Code: "sts-policy-fetch.cert-parked-wildcard", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.3"}, {6125, "6.4"}}, Result: webPKIError, DependsOn: misnamed},       // args: host, name, ip
	{Code: "sts-policy-fetch.cert-cn-only", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {6125, "6.4"}}, Result: webPKIError, DependsOn: misnamed},          // args: host, name
	{Code: "sts-policy-fetch.cert-wildcard-depth", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {6125, "6.4.3"}}, Result: webPKIError, DependsOn: misnamed}, // args: host, name
	{Code: "sts-policy-fetch.cert-expired", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {5280, "4.1.2.5"}}, Result: webPKIError},                           // args: host, date
	{Code: "sts-policy-fetch.cert-not-yet-valid", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {5280, "4.1.2.5"}}, Result: webPKIError},                     // args: host, date
	{Code: "sts-policy-fetch.cert-self-signed", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {5280, "6"}}, Result: webPKIError},                             // args: host, name
	{Code: "sts-policy-fetch.cert-untrusted", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {5280, "6"}}, Result: webPKIError},                               // args: host, name
	{Code: "sts-policy-fetch.cert-chain-incomplete", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {5280, "6"}}, Result: webPKIError},                        // args: host, name
	{Code: "sts-policy-fetch.cert-expiring-soon", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {5280, "4.1.2.5"}}},                                        // args: host, date, days
	{Code: "sts-policy-fetch.provider-deprovisioned", Level: Error, Who: Owner, RFC: []Citation{{8461, "8.2"}, {8461, "8.3"}}, Result: webPKIError},                          // args: host, name
	{Code: "sts-policy-fetch.provider-stale", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "8.2"}}, Result: "validation-failure", NDR: []string{"5.4.8"},
		LevelIn: mismatchLevel}, // args: host, name
	{Code: "sts-policy-fetch.http-redirect", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: wrongCertificate},                              // args: host, status, location
	{Code: "sts-policy-fetch.http-404", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: foreign},                                            // args: host, status
	{Code: "sts-policy-fetch.http-403", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: foreign},                                            // args: host, status
	{Code: "sts-policy-fetch.http-429", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: wrongCertificate},                                 // args: host, status
	{Code: "sts-policy-fetch.http-5xx", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: foreign},                                            // args: host, status
	{Code: "sts-policy-fetch.http-status-other", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: foreign},                                   // args: host, status
	{Code: "sts-policy-fetch.bot-challenge", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: wrongCertificate},                              // args: host, status
	{Code: "sts-policy-fetch.content-type-html", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: fetchError, DependsOn: wrongCertificate},                          // args: host, value
	{Code: "sts-policy-fetch.content-type-other", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: fetchError, DependsOn: wrongCertificate},                       // args: host, value
	{Code: "sts-policy-fetch.charset-missing", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, DependsOn: wrongCertificate},                                              // args: host
	{Code: "sts-policy-fetch.charset-unsupported", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError, DependsOn: wrongCertificate},                    // args: host, value
	{Code: "sts-policy-fetch.content-encoding-forced", Level: Warning, Who: PolicyHost, RFC: []Citation{{9110, "8.4"}, {8461, "3.2"}}, Result: invalidError, DependsOn: wrongCertificate}, // args: host, value
	{Code: "sts-policy-fetch.body-too-large", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: wrongCertificate},                           // args: host
	{Code: "sts-policy-fetch.body-empty", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError, DependsOn: foreign},                                        // args: host
	{Code: "sts-policy-fetch.body-html", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}}, Result: invalidError, DependsOn: foreign},                                         // args: host
	{Code: "sts-policy-fetch.body-incomplete", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError, DependsOn: foreign},                                     // args: host
	{Code: "sts-policy-fetch.slow", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError},                                                                  // args: host, seconds
	{Code: "sts-policy-fetch.cdn-stale", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "8.2"}, {8461, "3.3"}}, DependsOn: wrongCertificate},                                     // args: host, seconds
	{Code: "sts-policy-fetch.wrong-path", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}, {8461, "3.3"}}, Result: fetchError, DependsOn: misplaced},                         // args: host, name
	{Code: "sts-policy-fetch.wrong-host", Level: Error, Who: Owner, RFC: []Citation{{8461, "3.2"}, {8461, "3.3"}}, Result: fetchError, DependsOn: redirected},                             // args: host, name
	{Code: "sts-policy-fetch.http-only", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "3.2"}, {8461, "3.3"}}, Result: fetchError, DependsOn: misplaced},                          // args: host, name
	{Code: "sts-policy-fetch.vantage-dependent", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError,
		DependsOn: []Code{"sts-policy-fetch.bot-challenge"}}, // args: host
	{Code: "sts-policy-fetch.ipv6-broken", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}}, Result: fetchError},                    // args: host, ip
	{Code: "sts-policy-fetch.sni-default-cert", Level: Error, Who: PolicyHost, RFC: []Citation{{8461, "7.1"}, {8461, "3.3"}}, Result: webPKIError}, // args: host
	{Code: "sts-policy-fetch.cert-revoked", Level: Warning, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {6960, "2.2"}}, Result: webPKIError},   // args: host
	{Code: "sts-policy-fetch.cert-ends-before-policy", Level: Notice, Who: PolicyHost, RFC: []Citation{{8461, "3.3"}, {8461, "3.2"}},
		DependsOn: []Code{"sts-policy-fetch.cert-expiring-soon"}}, // args: host, date, until
	{Code: "sts-policy-fetch.not-checked", Level: Notice, Who: Visitor, RFC: []Citation{{8461, "3.3"}}}, // args: host
	{Code: "sts-policy-fetch.ok", Level: OK, Who: Nobody, RFC: []Citation{{8461, "3.3"}}},               // args: host
}

// judgeFetch judges how the policy file could be fetched (RFC 8461 §3.3).
// Where neither a record nor a policy is there, nobody meant to have one.
func (j *judge) judgeFetch() {
	host := j.facts.Domain.Child("mta-sts")
	p := &j.report.Policy
	if host.IsZero() || p.State == Pending {
		return
	}
	h := host.String()
	if p.State == Blind {
		fault := p.Fetched.Failure
		if fault == nil {
			fault = p.Fetched.Policy.Failure
		}
		switch {
		case j.withoutProxy(fault):
			return
		case fault.Class == probe.OptedOut:
			j.notChecked(optedOut, h, "host", h)
			return
		}
		j.notChecked("not-checked.policy-unavailable", h)
		if j.meant() {
			j.add("sts-policy-fetch.not-checked", h, "host", h)
		}
		return
	}
	if !j.meant() {
		j.fetchOpen = j.open(j.facts.Domain.Child("_mta-sts"), doh.TypeTXT) || j.recordOpen()
		return
	}
	seen := &p.Fetched.Policy
	if j.fetchOpen = j.open(host, doh.TypeA, doh.TypeAAAA); j.fetchOpen {
		return // an alias may be the cause of what follows
	}
	before := len(j.report.Findings)
	j.judgeOthers(host, seen)
	if seen.TLS != nil {
		j.judgePolicyCertificate(host, seen)
	}
	if seen.Failure != nil {
		j.judgeFetchFailure(host, seen)
		return
	}
	j.judgeStatus(h, seen)
	if seen.Millis > slowMillis {
		j.add("sts-policy-fetch.slow", h, "host", h, "seconds", strconv.Itoa((seen.Millis+500)/1000))
	}
	if age, err := strconv.Atoi(seen.Age); err == nil && age > staleSeconds {
		j.add("sts-policy-fetch.cdn-stale", h, "host", h, "seconds", seen.Age)
	}
	if !slices.ContainsFunc(j.report.Findings[before:], func(f Finding) bool { return f.Level >= Warning }) && p.State == Found {
		j.add("sts-policy-fetch.ok", h, "host", h)
	}
}

const (
	// slowMillis is when the most impatient sender read for this gives up; the
	// RFC suggests a minute.
	slowMillis = 2000
	// staleSeconds is the Age above which a cache stands before the policy:
	// HTTP caching must not be used (RFC 8461 §3.3).
	staleSeconds = 60
)

// meant tells whether the domain is to have MTA-STS: something like a record is
// there, or was, or a policy is served.
func (j *judge) meant() bool {
	r, p := &j.report.Record, &j.report.Policy
	if p.State == Found && p.Value.Mode != 0 {
		return true
	}
	if r.State == Failed || slices.ContainsFunc(r.TXT, func(v TXTView) bool { return meantAsRecord(v.Text) }) {
		return true
	}
	a := j.look(j.facts.Domain.Child("_mta-sts"), doh.TypeTXT)
	return r.Valid || a.hops > 0 || len(j.proxied()) > 0
}

// judgeFetchFailure says why no whole HTTP answer arrived.
func (j *judge) judgeFetchFailure(host dnsname.Name, seen *probe.Policy) {
	h, ip := host.String(), addressText(seen.Address)
	alias, aliased := j.policyAlias(host)
	code := Code("")
	switch seen.Failure.Class {
	case probe.DNSNotFound:
		if aliased {
			j.add("sts-policy-fetch.cname-dangling", h, "host", h, "name", alias.String())
			return
		}
		if j.open(host, doh.TypeCNAME) {
			return
		}
		code = "sts-policy-fetch.host-nxdomain"
	case probe.DNSNoAddress:
		code = "sts-policy-fetch.host-no-address"
	case probe.DNSFailed, probe.DNSTimeout:
		if j.undiagnosed() {
			return
		}
		code = "sts-policy-fetch.dns-error"
	case probe.AddressReserved:
		code = "sts-policy-fetch.address-reserved"
	case probe.ConnectRefused:
		code = "sts-policy-fetch.connect-refused"
	case probe.ConnectTimeout, probe.Unreachable:
		code = "sts-policy-fetch.connect-timeout"
	case probe.TLSVersion:
		code = "sts-policy-fetch.tls-too-old"
	case probe.TLSAlert, probe.TLSTimeout, probe.TLSFailed:
		if aliased && policyProvider(alias) != nil {
			j.add("sts-policy-fetch.provider-deprovisioned", h, "host", h, "name", alias.String())
			return
		}
		code = "sts-policy-fetch.tls-handshake-failed"
	case probe.ReplyTimeout:
		j.add("sts-policy-fetch.slow", h, "host", h, "seconds", strconv.Itoa((seen.Millis+500)/1000)).Level = Error
		return
	case probe.ReplyTooLong:
		code = "sts-policy-fetch.body-too-large"
	case probe.ConnectionLost:
		code = "sts-policy-fetch.body-incomplete"
	default:
		j.add("sts-policy-fetch.http-status-other", h, "host", h, "status", strconv.Itoa(seen.Status))
		return
	}
	j.add(code, h, "host", h, "ip", ip)
}

func addressText(ip netip.Addr) string {
	if !ip.IsValid() {
		return ""
	}
	return ip.String()
}

// policyAlias gives where the policy host's CNAME chain leads.
func (j *judge) policyAlias(host dnsname.Name) (dnsname.Name, bool) {
	for _, typ := range []doh.Type{doh.TypeA, doh.TypeAAAA} {
		if a := j.look(host, typ); a.hops > 0 && !a.loop {
			return a.end, true
		}
	}
	for _, r := range j.look(host, doh.TypeCNAME).records {
		if target, ok := r.Target(); ok {
			return target, true
		}
	}
	return dnsname.Name{}, false
}

// judgeStatus judges the HTTP answer: only 200 counts, and no redirect is
// followed (RFC 8461 §3.3).
func (j *judge) judgeStatus(h string, seen *probe.Policy) {
	status := strconv.Itoa(seen.Status)
	add := func(code Code) { j.add(code, h, "host", h, "status", status) }
	switch {
	case challenge(seen):
		add("sts-policy-fetch.bot-challenge")
	case seen.Status == 200:
		j.judgeBody(h, seen)
	case seen.Status >= 300 && seen.Status < 400 && seen.Location != "":
		j.add("sts-policy-fetch.http-redirect", h, "host", h, "status", status, "location", seen.Location)
	case seen.Status == 404 || seen.Status == 410:
		if alias, ok := j.policyAlias(j.facts.Domain.Child("mta-sts")); ok && policyProvider(alias) != nil {
			j.add("sts-policy-fetch.provider-deprovisioned", h, "host", h, "name", alias.String())
			return
		}
		f := j.add("sts-policy-fetch.http-404", h, "host", h, "status", status)
		if policy, ok := j.mendedPolicy(); ok {
			f.publish("file", policyURLOf(j.facts.Domain), policy.String())
		}
	case seen.Status == 401 || seen.Status == 403 || seen.Status == 451:
		add("sts-policy-fetch.http-403")
	case seen.Status == 429 || seen.Status == 503:
		add("sts-policy-fetch.http-429")
	case seen.Status >= 500 && seen.Status < 600:
		add("sts-policy-fetch.http-5xx")
	default:
		add("sts-policy-fetch.http-status-other")
	}
}

// challenge tells whether a page that asks the reader to prove a human was
// served in the policy's place.
func challenge(seen *probe.Policy) bool {
	if !html(seen.Body) {
		return false
	}
	body := strings.ToLower(string(seen.Body[:min(len(seen.Body), 16<<10)]))
	for _, mark := range []string{"challenge-platform", "cf-chl", "__cf_chl", "cf-turnstile", "captcha", "<title>just a moment"} {
		if strings.Contains(body, mark) {
			return true
		}
	}
	return false
}

// html tells whether a body is a web page.
func html(body []byte) bool {
	return strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 512)]), "\xEF\xBB\xBF \t\r\n"), "<")
}

// judgeBody judges the headers and the shape of a policy served with 200.
func (j *judge) judgeBody(h string, seen *probe.Policy) {
	switch {
	case seen.ContentEncoding != "" && !strings.EqualFold(seen.ContentEncoding, "identity"):
		j.add("sts-policy-fetch.content-encoding-forced", h, "host", h, "value", seen.ContentEncoding)
		return
	case strings.TrimSpace(string(seen.Body)) == "":
		alias, ok := j.policyAlias(j.facts.Domain.Child("mta-sts"))
		if p := policyProvider(alias); ok && p != nil && p.left == servesEmpty {
			j.add("sts-policy-fetch.provider-deprovisioned", h, "host", h, "name", alias.String())
			return
		}
		j.add("sts-policy-fetch.body-empty", h, "host", h)
		return
	case html(seen.Body):
		f := j.add("sts-policy-fetch.body-html", h, "host", h)
		if policy, ok := j.mendedPolicy(); ok && j.report.Policy.Mended != "" {
			f.publish("file", policyURLOf(j.facts.Domain), policy.String())
		}
		return
	case seen.Truncated:
		j.add("sts-policy-fetch.body-too-large", h, "host", h)
	}
	value := strings.Join(seen.ContentType, ", ")
	media, charset := mediaType(seen)
	switch {
	case media == "text/html":
		j.add("sts-policy-fetch.content-type-html", h, "host", h, "value", value)
	case media != "text/plain":
		j.add("sts-policy-fetch.content-type-other", h, "host", h, "value", value)
	case charset != "" && charset != "utf-8" && charset != "us-ascii":
		j.add("sts-policy-fetch.charset-unsupported", h, "host", h, "value", charset)
	case charset == "" && !ascii(string(seen.Body)) && syntax.Valid(j.report.Policy.Diagnostics):
		j.add("sts-policy-fetch.charset-missing", h, "host", h)
	}
}

// mediaType reads the Content-Type (RFC 9110 §8.3) in lower case; several
// headers make none.
func mediaType(seen *probe.Policy) (media, charset string) {
	if len(seen.ContentType) != 1 {
		return "", ""
	}
	media, parameters, _ := strings.Cut(strings.ToLower(seen.ContentType[0]), ";")
	for parameter := range strings.SplitSeq(parameters, ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(parameter), "="); name == "charset" {
			charset = strings.Trim(value, `"`)
		}
	}
	return strings.TrimSpace(media), charset
}
