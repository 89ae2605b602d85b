package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// TestRealServersStand proves the servers themselves with other people's
// tools, before Sealane is asked anything about them.
func TestRealServersStand(t *testing.T) {
	end2end(t)
	w := startRealWorld(t)
	server, port, _ := strings.Cut(w.Resolver, ":")

	t.Run("Unbound validates", func(t *testing.T) {
		for _, q := range [][2]string{
			{realHealthy, "MX"}, {"_25._tcp.mx." + realOtherKey, "TLSA"}, {"_mta-sts." + realPlain, "TXT"},
		} {
			out := must(t, "dig", "@"+server, "-p", port, "+dnssec", q[0], q[1])
			header, _, _ := strings.Cut(out, "; QUERY")
			if !strings.Contains(header, "NOERROR") || !strings.Contains(header, " ad") {
				t.Errorf("%s %s: no secure answer:\n%s", q[0], q[1], out)
			}
		}
		out := must(t, "dig", "@"+server, "-p", port, "+dnssec", "nothing."+realZone, "A")
		if !strings.Contains(out, "NXDOMAIN") || !strings.Contains(out, " ad") {
			t.Errorf("no secure denial:\n%s", out)
		}
	})

	t.Run("nginx serves the policy", func(t *testing.T) {
		for _, d := range []string{realHealthy, realOtherKey, realPlain} {
			host := "mta-sts." + d
			out := must(t, "curl", "-sS", "--fail", "--cacert", w.Roots,
				"--resolve", fmt.Sprintf("%s:%d:127.0.0.1", host, w.HTTPS),
				fmt.Sprintf("https://%s:%d/.well-known/mta-sts.txt", host, w.HTTPS))
			if !strings.Contains(out, "mx: mx."+d) {
				t.Errorf("%s: %q", host, out)
			}
		}
	})

	t.Run("Postfix offers STARTTLS", func(t *testing.T) {
		out := must(t, sbin(t, "posttls-finger"), "-c", "-l", "secure", "-F", w.Roots, "-L", "summary",
			fmt.Sprintf("[%s]:%d", healthyIP, w.SMTP), "mx."+realHealthy)
		if !strings.Contains(out, "Verified TLS connection") {
			t.Errorf("posttls-finger: %s", out)
		}
	})

	t.Run("TLSA matches once and once not", func(t *testing.T) {
		for _, c := range []struct {
			domain, ip string
			ok         bool
		}{{realHealthy, healthyIP, true}, {realOtherKey, otherKeyIP, false}} {
			tlsa := strings.TrimSpace(must(t, "dig", "@"+server, "-p", port, "+short", "_25._tcp.mx."+c.domain, "TLSA"))
			r := runWith(t, "QUIT\r\n", "openssl", "s_client", "-brief", "-starttls", "smtp", "-verify_return_error",
				"-connect", fmt.Sprintf("%s:%d", c.ip, w.SMTP),
				"-dane_tlsa_domain", "mx."+c.domain, "-dane_tlsa_rrdata", tlsa)
			if ok := r.code == 0 && strings.Contains(r.out+r.err, "DANE TLSA 3 1 1"); ok != c.ok {
				t.Errorf("%s with %s: verified %t, want %t\n%s%s", c.domain, tlsa, ok, c.ok, r.out, r.err)
			}
		}
	})

	t.Run("no STARTTLS where it is off", func(t *testing.T) {
		r := runWith(t, "QUIT\r\n", "openssl", "s_client", "-brief", "-starttls", "smtp",
			"-connect", fmt.Sprintf("%s:%d", plainIP, w.SMTP))
		if r.code == 0 {
			t.Errorf("openssl found TLS: %s%s", r.out, r.err)
		}
	})
}
