package lab

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

var xTest, mx1 = dnsname.MustParse("x.test"), dnsname.MustParse("mx1.x.test")

// leaf gives the certificate that was shown.
func leaf(t *testing.T, seen *probe.TLS) *x509.Certificate {
	t.Helper()
	if seen == nil || len(seen.Chain) == 0 {
		t.Fatalf("no certificate: %+v", seen)
	}
	c, err := x509.ParseCertificate(seen.Chain[0])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMailDirectives: what each directive is there for is observed.
func TestMailDirectives(t *testing.T) {
	alert := func(f *probe.Failure) bool { return f != nil && f.Class == probe.TLSAlert }
	for _, c := range []struct {
		directives string
		kind       probe.AsideKind // "" is the first visit
		first      func(a probe.Address) bool
		aside      func(a probe.Aside) bool
	}{
		{"", "", func(a probe.Address) bool { return a.TLS.Version == 0x0304 && !a.WantsCertificate }, nil},
		{"tls max 1.1", "", func(a probe.Address) bool { return a.TLS.Version == 0x0302 }, nil},
		{"tls max 1.2", "", func(a probe.Address) bool { return a.TLS.Version == 0x0303 }, nil},
		{"", probe.OldTLS, nil, func(a probe.Aside) bool { return a.Failure.Class == probe.TLSVersion }},
		{"tls min 1.0", probe.OldTLS, nil, func(a probe.Aside) bool { return a.Hello.Version == 0x0302 }},
		{"tls min 1.3", probe.OnlyECDSA, nil, func(a probe.Aside) bool { return a.Failure.Class == probe.TLSVersion }},
		{"tls fails-on-1.3", "", func(a probe.Address) bool { return alert(a.Failure) }, nil},
		{"tls fails-on-1.3", probe.OnlyECDSA, nil, func(a probe.Aside) bool { return a.TLS != nil && a.TLS.Version == 0x0303 }},
		{"", probe.NoSNI, nil, func(a probe.Aside) bool { return leaf(t, a.TLS).DNSNames[0] == "mx1.x.test" }},
		{"sni required", probe.NoSNI, nil, func(a probe.Aside) bool { return alert(a.Failure) }},
		{"sni required", "", func(a probe.Address) bool { return a.Failure == nil }, nil},
		{"default-certificate names other.example.", probe.NoSNI, nil, func(a probe.Aside) bool { return leaf(t, a.TLS).DNSNames[0] == "other.example" }},
		{"default-certificate names other.example.", "", func(a probe.Address) bool { return leaf(t, a.TLS).DNSNames[0] == "mx1.x.test" }, nil},
		{"", probe.OnlyRSA, nil, func(a probe.Aside) bool { return alert(a.Failure) }},
		{"keys both", probe.OnlyRSA, nil, func(a probe.Aside) bool { return leaf(t, a.TLS).PublicKeyAlgorithm == x509.RSA }},
		{"keys both", probe.OnlyECDSA, nil, func(a probe.Aside) bool {
			return leaf(t, a.TLS).PublicKeyAlgorithm == x509.ECDSA && a.Renegotiates != nil && !*a.Renegotiates
		}},
		{"client-certificate asked", "", func(a probe.Address) bool { return a.Failure == nil && a.WantsCertificate }, nil},
		{"client-certificate required", "", func(a probe.Address) bool { return alert(a.Failure) && a.WantsCertificate }, nil},
		{"", probe.Injection, nil, func(a probe.Aside) bool { return a.Failure == nil && a.Reply.Code == 0 }},
		{"injectable on", probe.Injection, nil, func(a probe.Aside) bool { return a.Failure == nil && a.Reply.Code == 250 }},
		{"injectable on", "", func(a probe.Address) bool { return a.Failure == nil && a.EHLOTLS.Code == 250 }, nil},
		{"", probe.PlainMail, nil, func(a probe.Aside) bool { return a.Reply.Code == 250 }},
		{"mandatory-tls on", probe.PlainMail, nil, func(a probe.Aside) bool { return a.Reply.Code == 530 }},
		{"", probe.Submissions, nil, func(a probe.Aside) bool { return a.Failure.Class == probe.ConnectRefused }},
		{"submissions certificate names other.example.", probe.Submissions, nil, func(a probe.Aside) bool { return leaf(t, a.TLS).DNSNames[0] == "other.example" }},
		{"", probe.HTTPS, nil, func(a probe.Aside) bool { return a.Failure.Class == probe.ConnectRefused }},
		{"https certificate self-signed", probe.HTTPS, nil, func(a probe.Aside) bool { return len(a.TLS.Chain) == 1 }},
	} {
		t.Run(fmt.Sprint(c.directives, " ", c.kind), func(t *testing.T) {
			n := scripted(t, "-- mx mx1 --\n"+c.directives+"\n").Network()
			if c.kind == "" {
				if a := n.STARTTLS(t.Context(), mx1).Addresses[0]; !c.first(a) {
					t.Errorf("%+v %v", a, a.Failure)
				}
				return
			}
			if a := n.STARTTLS(t.Context(), mx1, c.kind).Addresses[0].Asides[0]; !c.aside(a) {
				t.Errorf("%+v %v", a, a.Failure)
			}
		})
	}
}

// TestSTARTTLSForTheFirst: who comes right behind another isn't offered it.
func TestSTARTTLSForTheFirst(t *testing.T) {
	n := scripted(t, "-- mx mx1 --\nstarttls first\n").Network()
	if a := n.STARTTLS(t.Context(), mx1).Addresses[0]; a.TLS == nil {
		t.Errorf("%+v", a)
	}
	if a := n.STARTTLS(t.Context(), mx1, probe.NoSNI).Addresses[0].Asides[0]; a.TLS != nil || a.EHLO.Code != 250 || a.Failure != nil {
		t.Errorf("%+v", a)
	}
}

// TestFurtherCertificatesInTLSA: a record can be made for each.
func TestFurtherCertificatesInTLSA(t *testing.T) {
	l := zoned(t, "mx1 A 192.0.2.10\n_25._tcp.mx1 TLSA {tlsa 3 0 0 mx1}\n_25._tcp.mx1 TLSA {tlsa 3 0 0 mx1 rsa}\n"+
		"_25._tcp.mx1 TLSA {tlsa 3 0 0 mx1 default}\n_25._tcp.mx1 TLSA {tlsa 3 0 0 mx1 submissions}\n_25._tcp.mx1 TLSA {tlsa 3 0 0 mx1 https}\n",
		"-- mx mx1 --\nkeys both\ntls max 1.2\ndefault-certificate ok\nsubmissions certificate ok\nhttps certificate ok\n")
	var want, got []string
	for _, rr := range l.world.Load().zones["x.test."].Records(mx1.Child("_tcp").Child("_25"), dns.TypeTLSA) {
		want = append(want, rr.(*dns.TLSA).Certificate)
	}
	n := l.Network()
	for _, a := range n.STARTTLS(t.Context(), mx1, probe.OnlyECDSA, probe.OnlyRSA, probe.NoSNI, probe.Submissions, probe.HTTPS).Addresses[0].Asides {
		got = append(got, fmt.Sprintf("%x", leaf(t, a.TLS).Raw))
	}
	if !slices.Equal(got, want) || len(want) != 5 || len(slices.Compact(slices.Sorted(slices.Values(want)))) != 5 {
		t.Errorf("%d shown, %d in the zone, not the same", len(got), len(want))
	}
}

// TestPolicyDirectives: likewise for web servers.
func TestPolicyDirectives(t *testing.T) {
	const zone = "mx1 A 192.0.2.10\n_mta-sts TXT \"v=STSv1; id=1\"\nwww A 192.0.2.12\n@ A 192.0.2.13\n"
	const both = "mta-sts A 192.0.2.11\nmta-sts AAAA 2001:db8:ff::11\n"
	for _, c := range []struct {
		directives, zone string
		status           int
		failure          probe.Class
		others           []string // those that found something
	}{
		{"", both, 200, "", []string{"address 200"}},
		{"no-ipv6 on", both, 200, "", nil},
		{"only-path /mta-sts.txt", both, 404, "", []string{"path 200"}},
		{"only-host www", both, 404, "", []string{"host 200"}},
		{"only-host @", "", 0, probe.DNSNotFound, []string{"host 200"}},
		{"plain-http on", both, 200, "", []string{"address 200"}},
		{"plain-http on\ndead refuse", both, 0, probe.ConnectRefused, []string{"http 200"}},
		{"refuses-agents on", both, 403, "", []string{"user-agent 200"}},
		{"certificate names other.example.\ndefault-certificate ok", both, 200, "", []string{"address 200", "no-sni mta-sts.x.test"}},
		{"certificate names other.example.", both, 200, "", []string{"address 200", "no-sni other.example"}},
	} {
		t.Run(c.directives, func(t *testing.T) {
			l := zoned(t, zone+c.zone, "-- policyhost --\n"+c.directives+"\n-- mta-sts.txt --\nversion: STSv1\n")
			p := l.Network().Policy(t.Context(), xTest)
			if p.Status != c.status || (p.Failure != nil) != (c.failure != "") || p.Failure != nil && p.Failure.Class != c.failure {
				t.Errorf("%+v %v", p, p.Failure)
			}
			var found []string
			for _, o := range p.Others {
				switch {
				case o.Kind == probe.OtherSNI && o.Failure == nil:
					found = append(found, "no-sni "+leaf(t, o.TLS).DNSNames[0])
				case o.Status == 200:
					found = append(found, fmt.Sprint(o.Kind, " 200"))
				}
			}
			if !slices.Equal(found, c.others) {
				t.Errorf("found %q\n%+v", found, p.Others)
			}
		})
	}
}

// TestNameservers: both servers answer for themselves, with authority.
func TestNameservers(t *testing.T) {
	const zone = "@ MX 20 mx2\nmx1 A 192.0.2.10\nmx2 A 192.0.2.14\n_25._tcp.mx1 TLSA {tlsa 3 1 1 mx1}\n_25._tcp.mx2 TLSA {tlsa 3 1 1 mx2}\n"
	questions := []probe.Question{
		{Name: xTest, Type: dns.TypeMX}, {Name: mx1.Child("_tcp").Child("_25"), Type: dns.TypeTLSA}, {Name: mx1, Type: dns.TypeA}, {Name: xTest, Type: dns.TypeDNSKEY},
	}
	same := []string{"NOERROR 2 signed", "NOERROR 1 signed", "NOERROR 1 signed", "NOERROR 1 signed"}
	differing := func(at int, line string) []string {
		lines := slices.Clone(same)
		lines[at] = line
		return lines
	}
	for _, c := range []struct {
		dnssec string
		second []string // what ns2.test. answers, nil without it
	}{
		{"", nil},
		{"ns2 same", same},
		{"ns2 lacks _25._tcp.mx1 TLSA", differing(1, "NXDOMAIN 0 signed")},
		{"ns2 holds @ MX 10 elsewhere.example.", differing(0, "NOERROR 1 signed")},
		{"ns2 refuses TLSA", differing(1, "REFUSED 0 unsigned")},
		{"ns2 no-rrsig", []string{"NOERROR 2 unsigned", "NOERROR 1 unsigned", "NOERROR 1 unsigned", "NOERROR 1 unsigned"}},
		{"unsigned\nns2 same", []string{"NOERROR 2 unsigned", "NOERROR 1 unsigned", "NOERROR 1 unsigned", "NOERROR 0 unsigned"}},
		{"servfail @ MX\nns2 same", differing(0, "SERVFAIL 0 unsigned")},
	} {
		t.Run(c.dnssec, func(t *testing.T) {
			l := zoned(t, zone, "-- dnssec --\n"+c.dnssec+"\n")
			s := l.Network().Nameservers(t.Context(), xTest, questions)
			got := map[string][]string{}
			var ips []string
			for _, server := range s.Servers {
				ips = append(ips, server.IP.String())
				var lines []string
				for _, a := range server.Answers {
					lines = append(lines, told(t, a))
				}
				if before := got[server.Host.String()]; before != nil && !slices.Equal(before, lines) {
					t.Errorf("one address says %q, the other %q", before, lines)
				}
				got[server.Host.String()] = lines
			}
			slices.Sort(ips)
			want := "192.0.2.53 2001:db8::53"
			if c.second != nil {
				want = "192.0.2.53 192.0.2.54 2001:db8::53 2001:db8::54"
			}
			if strings.Join(ips, " ") != want {
				t.Errorf("servers %q, %v", ips, s.Failure)
			}
			if !slices.Equal(got["ns2.test"], c.second) {
				t.Errorf("ns2 says %q, want %q", got["ns2.test"], c.second)
			}
			if first := got["ns.test"]; !strings.Contains(c.dnssec, "servfail") && !strings.Contains(c.dnssec, "unsigned") && !slices.Equal(first, same) {
				t.Errorf("ns says %q", first)
			}
		})
	}
}

// told gives a direct answer as a line.
func told(t *testing.T, a probe.DirectAnswer) string {
	t.Helper()
	var m dns.Msg
	if a.Failure != nil || m.Unpack(a.Wire) != nil {
		t.Fatalf("%v: %v", a.Question, a.Failure)
	}
	if m.RecursionAvailable || m.Authoritative != (m.Rcode == dns.RcodeSuccess || m.Rcode == dns.RcodeNameError) {
		t.Errorf("flags of\n%s", &m)
	}
	signed, records := "unsigned", 0
	for _, rr := range append(m.Answer, m.Ns...) {
		if rr.Header().Rrtype == dns.TypeRRSIG {
			signed = "signed"
		}
	}
	for _, rr := range m.Answer {
		if rr.Header().Rrtype == a.Type {
			records++
		}
	}
	return fmt.Sprint(dns.RcodeToString[m.Rcode], " ", records, " ", signed)
}

// TestSecondServerDrops: silence is asked of the server itself, so that nobody
// waits for it.
func TestSecondServerDrops(t *testing.T) {
	l := zoned(t, "mx1 A 192.0.2.10\n", "-- dnssec --\nns2 drops TLSA\n")
	w := l.world.Load()
	about := func(name string, typ uint16) *dns.Msg { return new(dns.Msg).SetQuestion(name, typ) }
	if m := w.authority(about("_25._tcp.mx1.x.test.", dns.TypeTLSA), true); m != nil {
		t.Errorf("%s", m)
	}
	if m := w.authority(about("mx1.x.test.", dns.TypeA), true); m == nil || len(m.Answer) != 1 {
		t.Errorf("%s", m)
	}
	for _, m := range []*dns.Msg{
		w.authority(about("test.", dns.TypeSOA), true), w.authority(about("example.com.", dns.TypeA), false),
		w.authority(new(dns.Msg), false),
	} {
		if m == nil || m.Rcode != dns.RcodeRefused {
			t.Errorf("%s", m)
		}
	}
	if m := w.authority(about("test.", dns.TypeSOA), false); m == nil || !m.Authoritative || len(m.Answer) != 1 {
		t.Errorf("%s", m)
	}
}
