package ui

import (
	"net/netip"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/senders"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// fixture is a report with something in every part, made by hand: what Judge
// makes is tested where Judge is.
func fixture() check.Report {
	mx1, mx2 := dnsname.MustParse("mx1.example.com"), dnsname.MustParse("mx2.example.com")
	now := time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	resolver := func(s dnssec.Status) dnssec.Verdict { return dnssec.Verdict{Status: s, Source: dnssec.ResolverSays} }
	policy := "version: STSv1\r\nmode: enforce\r\n모드: 테스트\r\nmx: mx1.example.com\r\nmx: *.backup.example.com\r\nmax_age: 604800\r\n"
	at := len("version: STSv1\r\nmode: enforce\r\n")
	leaf := check.CertificateView{Subject: "CN=mx1.example.com", Issuer: "CN=Example CA R3,O=Example", Names: []string{"mx1.example.com"},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 2, 0), Key: "ECDSA P-256",
		TLSA: "3 1 1 8d02536c887482bc34ff54e41d2ba659bf85b341a0a20afadb5813dcfbcf286d"}
	ip := netip.MustParseAddr("192.0.2.25")
	return check.Report{
		Domain: dnsname.MustParse("example.com"), At: now,
		Headline: []check.Phrase{{Key: "headline.sts-enforce"}, {Key: "headline.dane-broken"}},
		Lane: []check.Stop{
			{Kind: "sender", Phrase: check.Phrase{Key: "lane.sender"}},
			{Kind: "dns", Phrase: check.Phrase{Key: "lane.dns-secure"}, Level: check.OK},
			{Kind: "policy", Phrase: check.Phrase{Key: "lane.policy-enforce"}, Level: check.OK},
			{Kind: "mx", Phrase: check.Phrase{Key: "lane.mx-broken"}, Subject: "mx1.example.com", Level: check.Error},
			{Kind: "mx", Phrase: check.Phrase{Key: "lane.mx-dane"}, Subject: "mx2.example.com", Level: check.OK},
			{Kind: "mailbox", Phrase: check.Phrase{Key: "lane.mailbox"}},
		},
		Findings: []check.Finding{
			{Code: "dane.mismatch", Level: check.Error, Subject: "mx1.example.com", Args: map[string]string{"host": "mx1.example.com", "name": "_25._tcp.mx1.example.com"},
				Publish: []check.Publication{
					{Type: "TLSA", Name: "_25._tcp.mx1.example.com", Value: leaf.TLSA},
					{Type: "TLSA", Name: "_25._tcp.mx1.example.com", Value: "3 1 1 00", Remove: true},
					{Type: "file", Name: "https://mta-sts.example.com/.well-known/mta-sts.txt", Value: "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 604800\n"},
				}},
			{Code: "sts-policy.translated", Level: check.Warning, Subject: "example.com", Args: map[string]string{"line": "3", "domain": "example.com"}},
			{Code: "sts-policy.max-age-short", Level: check.Notice, Subject: "example.com", Args: map[string]string{"max_age": "604800"}},
			{Code: "starttls.ok", Level: check.OK, Subject: "mx2.example.com"},
		},
		Senders: []senders.Verdict{
			{Sender: "exchange-online", Outcome: senders.Defers, Codes: []string{"4.7.323"},
				Steps: []senders.Step{{Host: "<b>not a host</b>", Outcome: senders.Skips, Reason: "dane-mismatch", Source: "XDANE"}},
				Retry: &senders.Retry{Tries: []time.Time{now.Add(15 * time.Minute), now.Add(30 * time.Minute)}, Every: 60,
					GivesUp: now.Add(24 * time.Hour), Returned: []string{"5.7.323"}, Source: "XDANE"}},
			{Sender: "gmail", Outcome: senders.Delivers, Steps: []senders.Step{{Host: "mx2.example.com", Outcome: senders.Delivers, How: "MTA-STS", Reason: "sts", Source: "RFC 8461 §4"}}},
		},
		NotChecked: []check.NotChecked{
			{Phrase: check.Phrase{Key: "not-checked.revocation"}, Subject: "example.com"},
			{Phrase: check.Phrase{Key: "not-checked.host-limited", Args: map[string]string{"host": "mx2.example.com"}}, Subject: "mx2.example.com"},
		},
		Record: check.RecordView{State: check.Found, Valid: true, Value: mtasts.Record{ID: "20261101T000000"},
			TXT: []check.TXTView{{Owner: "_mta-sts.example.com", Text: "v=STSv1; id=20261101T000000;", TTL: 3600, Chosen: true}}},
		TLSRPT: check.ReportingView{State: check.Found, Valid: true, Value: tlsrpt.Record{RUA: []string{"mailto:tls@example.com"}},
			TXT: []check.TXTView{{Owner: "_smtp._tls.example.com", Text: "v=TLSRPTv1; rua=mailto:tls@example.com", TTL: 300, Chosen: true}}},
		Policy: check.PolicyView{State: check.Found, Usable: true,
			Value:       mtasts.Policy{Mode: mtasts.ModeEnforce, MaxAge: 604800, MX: []mtasts.Pattern{{Name: mx1}, {Wildcard: true, Name: dnsname.MustParse("backup.example.com")}}},
			Diagnostics: []syntax.Diagnostic{{Kind: "translated", Span: syntax.Span{Start: at, End: at + len("모드")}, Fatal: true, Value: "모드"}},
			Matches:     [][]dnsname.Name{{mx1}, nil},
			Names:       check.CertificateView{Subject: "CN=mta-sts.example.com", Issuer: "CN=Example CA R3", Names: []string{"mta-sts.example.com"}, NotBefore: now, NotAfter: now.AddDate(0, 3, 0)},
			Fetched: &check.Fetched{Policy: probe.Policy{URL: "https://mta-sts.example.com/.well-known/mta-sts.txt", Address: ip, Status: 200,
				ContentType: []string{"text/plain"}, Server: "nginx", Body: []byte(policy),
				TLS: &probe.TLS{Version: 0x0304, Cipher: 0x1301, Trust: probe.Trust{Now: probe.Trusted}}}}},
		Hosts: []check.HostView{
			{Preference: 10, Host: mx1, State: check.Found, IPs: []netip.Addr{ip}, InPolicy: check.OK, TLSAName: dnsname.MustParse("_25._tcp.mx1.example.com"),
				TLSAState: check.Found, TLSA: []check.TLSAView{{Record: dane.TLSA{Usage: 3, Selector: 1, Matching: 1, Data: []byte{0}}, TTL: 300},
					{Record: dane.TLSA{Usage: 1, Selector: 1, Matching: 1, Data: []byte{1}}, Unusable: "usage-pkix"}},
				Probed: true, Addresses: []check.AddressView{
					{DANE: check.Error, WebPKI: check.OK, Chain: []check.CertificateView{leaf, {Fault: true}},
						Probe: probe.Address{IP: ip, Stage: probe.StageDone, Millis: 214, TLS: &probe.TLS{Version: 0x0304, Cipher: 0x1302},
							Dialogue: []probe.Line{{Text: "220 mx1.example.com ESMTP <script>alert(1)</script>", Millis: 31}, {Client: true, Text: "EHLO sealane.invalid", Millis: 31}}}},
					{Probe: probe.Address{IP: netip.MustParseAddr("2001:db8::25"), Stage: probe.StageConnect, Failure: &probe.Failure{Class: probe.ConnectTimeout}}},
				}},
			{Preference: 20, Host: mx2, State: check.Found, IPs: []netip.Addr{ip}, InPolicy: check.Error, TLSAState: check.NoData},
			{Preference: 30, Raw: "<b>not a host</b>", State: check.Found},
		},
		DNS: []check.LookupView{
			{Name: dnsname.MustParse("example.com"), Type: doh.TypeMX, State: check.Found, Verdict: resolver(dnssec.Secure), Text: []string{"10 mx1.example.com.", "20 mx2.example.com."}},
			{Name: dnsname.MustParse("_25._tcp.mx1.example.com"), Type: doh.TypeTLSA, State: check.Failed, Rcode: 2, Verdict: resolver(dnssec.Bogus), EDE: []doh.EDE{{Code: 7, Text: "signature expired"}}},
			{Name: dnsname.MustParse("_mta-sts.example.com"), Type: doh.TypeTXT, State: check.Found, Verdict: resolver(dnssec.Insecure), Text: []string{`"v=STSv1; id=1" <img src=x onerror=alert(1)>`}},
		},
		Chain: check.ChainView{
			Zones: []dnssec.Zone{
				{Name: ".", Status: dnssec.Secure, DS: []dnssec.DS{{KeyTag: 20326, Algorithm: 8, DigestType: 2}},
					Keys: []dnssec.Key{{KeyTag: 20326, Algorithm: 8, Flags: 257, Bits: 2048, Entry: true}}, KeySignature: &dnssec.Signature{KeyTag: 20326, Inception: now, Expiration: now}},
				{Name: "com", Parent: ".", Status: dnssec.Bogus, Reason: dnssec.RRSIGExpired, DS: []dnssec.DS{{KeyTag: 19718, Algorithm: 13, DigestType: 2}}},
			},
			Hops: []dnssec.Hop{{Name: "<i>example.com</i>", Type: doh.TypeMX, Status: dnssec.Bogus, Reason: dnssec.RRSIGExpired, Zone: "com"}},
		},
		Progress: check.Progress{Asked: 24, Answered: 24, Done: true},
	}
}
