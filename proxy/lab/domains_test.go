package lab_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/proxy/lab"
)

// TestFaultsInDNS holds the resolver to what the files declare: status, AD, and
// behind SERVFAIL the extended error and the data with CD.
func TestFaultsInDNS(t *testing.T) {
	l := start(t)
	for _, c := range []struct {
		name  string
		typ   uint16
		rcode int
		ad    bool
		ede   uint16
		n     int // records of the type with CD
	}{
		{"dane-mismatch.test", dns.TypeMX, dns.RcodeSuccess, true, 0, 1},
		{"_25._tcp.mx1.dane-mismatch.test", dns.TypeTLSA, dns.RcodeSuccess, true, 0, 1},
		{"_25._tcp.mx1.dane-unsigned.test", dns.TypeTLSA, dns.RcodeSuccess, false, 0, 1},
		{"dane-unsigned.test", dns.TypeDNSKEY, dns.RcodeSuccess, false, 0, 0},
		{"_25._tcp.mx1.dane-no-ds.test", dns.TypeTLSA, dns.RcodeSuccess, false, 0, 1},
		{"dane-no-ds.test", dns.TypeDNSKEY, dns.RcodeSuccess, false, 0, 1},
		{"dane-no-ds.test", dns.TypeDS, dns.RcodeSuccess, true, 0, 0},
		{"_25._tcp.mx1.dane-servfail.test", dns.TypeTLSA, dns.RcodeServerFailure, false, dns.ExtendedErrorCodeNoReachableAuthority, 0},
		{"mx1.dane-servfail.test", dns.TypeA, dns.RcodeSuccess, true, 0, 1},
		{"_25._tcp.mx1.dane-denial-bogus.test", dns.TypeTLSA, dns.RcodeServerFailure, false, dns.ExtendedErrorCodeNSECMissing, 0},
		{"mx1.dane-denial-bogus.test", dns.TypeA, dns.RcodeSuccess, true, 0, 1},
		{"_mta-sts.dane-denial-bogus.test", dns.TypeTXT, dns.RcodeNameError, true, 0, 0},
		{"dnssec-expired.test", dns.TypeMX, dns.RcodeServerFailure, false, dns.ExtendedErrorCodeSignatureExpired, 1},
		{"_mta-sts.dnssec-expired.test", dns.TypeTXT, dns.RcodeServerFailure, false, dns.ExtendedErrorCodeSignatureExpired, 0},
		{"dnssec-wrong-ds.test", dns.TypeMX, dns.RcodeServerFailure, false, dns.ExtendedErrorCodeDNSKEYMissing, 1},
		{"dnssec-wrong-ds.test", dns.TypeDS, dns.RcodeSuccess, true, 0, 1},
		{"dnssec-altered.test", dns.TypeMX, dns.RcodeServerFailure, false, dns.ExtendedErrorCodeDNSBogus, 1},
		{"mx1.dnssec-altered.test", dns.TypeA, dns.RcodeSuccess, true, 0, 1},
		{"null-mx.test", dns.TypeMX, dns.RcodeSuccess, false, 0, 1},
		{"no-mx.test", dns.TypeMX, dns.RcodeSuccess, false, 0, 0},
		{"no-mx.test", dns.TypeAAAA, dns.RcodeSuccess, false, 0, 1},
		{"_mta-sts.record-twice.test", dns.TypeTXT, dns.RcodeSuccess, false, 0, 2},
		{"_mta-sts.record-wrong-name.test", dns.TypeTXT, dns.RcodeNameError, false, 0, 0},
		{"mta-sts.record-wrong-name.test", dns.TypeTXT, dns.RcodeSuccess, false, 0, 1},
		{"one-mx-dead.test", dns.TypeMX, dns.RcodeSuccess, false, 0, 3},
	} {
		what := c.name + " " + dns.TypeToString[c.typ]
		if m := ask(t, l, c.name, c.typ, nil); m.Rcode != c.rcode || m.AuthenticatedData != c.ad || ede(m) != c.ede {
			t.Errorf("%s:\n%s", what, m)
		}
		m := ask(t, l, c.name, c.typ, cd)
		if count(m.Answer, c.typ) != c.n || m.AuthenticatedData && !c.ad || c.n > 0 && m.Rcode != dns.RcodeSuccess {
			t.Errorf("%s with CD:\n%s", what, m)
		}
	}
}

// TestEveryGoodSignatureVerifies follows the chain of trust from the lab's
// anchor to the MX records of each domain, without the resolver's own word.
func TestEveryGoodSignatureVerifies(t *testing.T) {
	l := start(t)
	parse := func(line string) dns.RR {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		return rr
	}
	keysBy := func(name string, ds ...dns.RR) []dns.RR {
		m := ask(t, l, name, dns.TypeDNSKEY, cd)
		for _, d := range ds {
			for _, rr := range m.Answer {
				key, isKey := rr.(*dns.DNSKEY)
				d, isDS := d.(*dns.DS)
				if !isKey || !isDS {
					continue
				}
				made := key.ToDS(d.DigestType)
				if made != nil && strings.EqualFold(made.Digest, d.Digest) && verifies(m, dns.TypeDNSKEY, []dns.RR{key}) {
					return m.Answer
				}
			}
		}
		return nil
	}
	top := keysBy("test", parse(l.Anchor().Record))
	if top == nil {
		t.Fatal("the anchor leads to no key")
	}
	domains, _ := lab.Domains()
	chained := map[string]bool{}
	for _, d := range domains {
		delegation := ask(t, l, d.Name.String(), dns.TypeDS, nil)
		if count(delegation.Answer, dns.TypeDS) == 0 {
			continue
		}
		if !verifies(delegation, dns.TypeDS, top) {
			t.Errorf("%s: DS", d.Name)
		}
		if keys := keysBy(d.Name.String(), delegation.Answer...); keys != nil {
			chained[d.Name.String()] = verifies(ask(t, l, d.Name.String(), dns.TypeMX, cd), dns.TypeMX, keys)
		}
	}
	broken := []string{"dnssec-altered.test", "dnssec-mx-unsigned.test", "dnssec-wrong-signer.test", "resolver-vouches.test"}
	for name, ok := range chained {
		if ok == slices.Contains(broken, name) {
			t.Errorf("%s: MX verifies: %v", name, ok)
		}
	}
	if _, there := chained["dnssec-wrong-ds.test"]; there || len(chained) < 8 {
		t.Errorf("chains of trust: %v", chained)
	}
}

// verifies tells whether a key's signature holds over one type's records of an
// answer.
func verifies(m *dns.Msg, typ uint16, keys []dns.RR) bool {
	var set []dns.RR
	var sigs []*dns.RRSIG
	for _, rr := range m.Answer {
		switch rr := rr.(type) {
		case *dns.RRSIG:
			if rr.TypeCovered == typ {
				sigs = append(sigs, rr)
			}
		default:
			if rr.Header().Rrtype == typ {
				set = append(set, rr)
			}
		}
	}
	for _, sig := range sigs {
		for _, rr := range keys {
			if key, ok := rr.(*dns.DNSKEY); ok && len(set) > 0 && sig.Verify(key, set) == nil {
				return true
			}
		}
	}
	return false
}

// TestFaultsOfPolicyHosts fetches each policy with a client that verifies, and
// where that fails with one that doesn't.
func TestFaultsOfPolicyHosts(t *testing.T) {
	l := start(t)
	var (
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
	)
	for _, c := range []struct {
		domain, contentType string
		status              int
		certificate         any // pointer to the error's type
		body                string
	}{
		{"sts-testing.test", "text/plain; charset=utf-8", 200, nil, "mode: testing\r\n"},
		{"policy-404.test", "text/plain; charset=utf-8", 404, nil, ""},
		{"policy-redirect.test", "text/plain; charset=utf-8", 301, nil, ""},
		{"policy-html.test", "text/html; charset=utf-8", 200, nil, "mode: enforce\r\n"},
		{"policy-translated.test", "text/plain; charset=utf-8", 200, nil, "모드: 테스트\r\n"},
		{"policy-host-listed.test", "text/plain; charset=utf-8", 200, nil, "mx: mta-sts.policy-host-listed.test\r\n"},
		{"hostile.test", "text/plain; charset=utf-8", 200, nil, "<script>"},
		{"policy-cert-name.test", "text/plain; charset=utf-8", 200, &hostname, "mode: enforce\r\n"},
		{"expired-policy-cert.test", "text/plain; charset=utf-8", 200, &invalid, "mode: enforce\r\n"},
		{"self-signed-policy-cert.test", "text/plain; charset=utf-8", 200, &authority, "mode: enforce\r\n"},
	} {
		got := fetch(t, l, c.domain, false)
		if c.certificate != nil {
			if got.err == nil || !errors.As(got.err, c.certificate) {
				t.Errorf("%s: %v", c.domain, got.err)
			}
			got = fetch(t, l, c.domain, true)
		}
		if got.err != nil || got.status != c.status || got.header.Get("Content-Type") != c.contentType || !strings.Contains(got.body, c.body) {
			t.Errorf("%s: %+v", c.domain, got)
		}
	}
	if to := fetch(t, l, "policy-redirect.test", false).header.Get("Location"); to != "https://www.policy-redirect.test/.well-known/mta-sts.txt" {
		t.Errorf("redirect to %q", to)
	}
}

// TestFaultsOfMailServers speaks with the servers that have a fault.
func TestFaultsOfMailServers(t *testing.T) {
	l := start(t)
	var hostname x509.HostnameError
	for _, host := range []string{"mx1.mx-cert-name.test", "mx1.mx-cert-domain.test", "mx1.dane-ta-name.test"} {
		if _, _, err := dialogue(t, l, host, host); !errors.As(err, &hostname) {
			t.Errorf("%s: %v", host, err)
		}
		if offered, _, err := dialogue(t, l, host, ""); !offered || err != nil {
			t.Errorf("%s unverified: %v, %v", host, offered, err)
		}
	}
	if _, _, err := dialogue(t, l, "mx1.mx-cert-domain.test", "mx-cert-domain.test"); err != nil {
		t.Error(err)
	}
	if offered, _, err := dialogue(t, l, "mx1.starttls-off.test", ""); offered || err != nil {
		t.Errorf("STARTTLS: %v, %v", offered, err)
	}
	for _, host := range []string{"mx1.hostile.test", "no-mx.test", "mx1.one-mx-dead.test", "mx2.slow-mx.test", "mx1.eu.wildcard-too-shallow.test"} {
		if offered, _, err := dialogue(t, l, host, host); !offered || err != nil {
			t.Errorf("%s: %v, %v", host, offered, err)
		}
	}
	if _, _, err := dialogue(t, l, "mx3.one-mx-dead.test", ""); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error(err)
	}
	_, state, err := dialogue(t, l, "mx1.dane-mismatch.test", "mx1.dane-mismatch.test")
	if err != nil || time.Since(state.PeerCertificates[0].NotBefore) > 2*24*time.Hour {
		t.Error("the certificate that replaced another is not new", err)
	}
	sig := ask(t, l, "_25._tcp.mx1.dane-mismatch.test", dns.TypeTLSA, nil).Answer[1].(*dns.RRSIG)
	if lead := state.PeerCertificates[0].NotBefore.Unix() - int64(sig.Inception); lead < 3*24*3600 {
		t.Errorf("TLSA was signed %d s before the certificate's time", lead)
	}
}

func TestSilentHostTimesOut(t *testing.T) {
	n := start(t).Network()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := n.Dial(ctx, "tcp", "203.0.113.28:25")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
		t.Error(err)
	}
}

// TestTLSAMatchesWhereItShould compares every TLSA record with what the server
// shows.
func TestTLSAMatchesWhereItShould(t *testing.T) {
	l := start(t)
	for host, want := range map[string]bool{
		"mx1.perfect.test": true, "mx2.perfect.test": true, "mx1.dane-unsigned.test": true, "mx1.dane-no-ds.test": true,
		"mx1.dane-unusable.test": true, "mx1.dane-mismatch.test": false,
	} {
		_, state, err := dialogue(t, l, host, host)
		if err != nil {
			t.Fatal(err)
		}
		matched := false
		for _, rr := range ask(t, l, "_25._tcp."+host, dns.TypeTLSA, nil).Answer {
			if tlsa, ok := rr.(*dns.TLSA); ok {
				matched = matched || tlsa.Verify(state.PeerCertificates[0]) == nil
			}
		}
		if matched != want {
			t.Errorf("%s: a TLSA record matches: %v", host, matched)
		}
	}
	_, state, err := dialogue(t, l, "mx1.dane-ta-name.test", "")
	if err != nil {
		t.Fatal(err)
	}
	tlsa := ask(t, l, "_25._tcp.mx1.dane-ta-name.test", dns.TypeTLSA, nil).Answer[0].(*dns.TLSA)
	if err := tlsa.Verify(state.PeerCertificates[1]); err != nil {
		t.Error(err)
	}
}

func TestAddressesAreUnique(t *testing.T) {
	l := start(t)
	domains, _ := lab.Domains()
	seen := map[netip.Addr]string{}
	for _, d := range domains {
		names := []string{d.Name.String(), "mta-sts." + d.Name.String()}
		for _, rr := range ask(t, l, d.Name.String(), dns.TypeMX, cd).Answer {
			if mx, ok := rr.(*dns.MX); ok && mx.Mx != "." {
				names = append(names, strings.TrimSuffix(mx.Mx, "."))
			}
		}
		for _, name := range names {
			for _, rr := range ask(t, l, name, dns.TypeA, cd).Answer {
				a, ok := rr.(*dns.A)
				if !ok {
					continue
				}
				ip, _ := netip.AddrFromSlice(a.A.To4())
				if seen[ip] != "" && seen[ip] != name {
					t.Errorf("%s of %s and %s", ip, name, seen[ip])
				}
				seen[ip] = name
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d addresses", len(seen))
	}
}
