package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// scripted starts a lab of one domain whose servers behave as the sections say.
func scripted(t *testing.T, sections string) *Lab {
	t.Helper()
	return zoned(t, "mx1 A 192.0.2.10\nmta-sts A 192.0.2.11\n", sections)
}

// zoned is scripted with another zone.
func zoned(t *testing.T, zone, sections string) *Lab {
	t.Helper()
	f, err := parseFile("x.test.txtar", []byte("Wrong.\n-- zone --\n@ MX 10 mx1\n"+zone+sections+"-- expect --\ndns.ok\n"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := start([]*domainFile{f}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// say sends text to the mail server and gives all that it answers until it is
// silent for a moment.
func say(t *testing.T, conn net.Conn, text string) string {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	buffer := make([]byte, 4096)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(60 * time.Millisecond))
		n, err := conn.Read(buffer)
		all.Write(buffer[:n])
		if err != nil {
			return all.String()
		}
	}
}

func call(t *testing.T, l *Lab) net.Conn {
	t.Helper()
	conn, err := l.dial(t.Context(), "tcp", "192.0.2.10:25")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestMailDialogue(t *testing.T) {
	conn := call(t, scripted(t, "-- mx mx1 --\nbanner hello <b>\nehlo X-<i>\nrequiretls off\nstarttls refuse\ndelay 1ms\n"))
	for _, c := range []struct{ text, want string }{
		{"", "220 hello <b>\r\n"},
		{"EHLO me\r\n", "250-mx1.x.test\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250-X-<i>\r\n250-STARTTLS\r\n250 ENHANCEDSTATUSCODES\r\n"},
		{"helo me\r\n", "250 mx1.x.test\r\n"},
		{"STARTTLS\r\n", "454 4.7.0 TLS not available due to temporary reason\r\n"},
		{"MAIL FROM:<>\r\n", "250 2.1.0 ok\r\n"},
		{"RCPT TO:<me@x.test>\r\nDATA\r\n", "550 5.7.1 the lab takes no mail\r\n550 5.7.1 the lab takes no mail\r\n"},
		{"NOOP\r\nRSET\r\n", "250 2.0.0 ok\r\n250 2.0.0 ok\r\n"},
		{"DANCE\r\n\r\n", "502 5.5.1 not known here\r\n502 5.5.1 not known here\r\n"},
		{strings.Repeat("x", 2*maxCommand), "500 5.5.6 line too long\r\n"},
	} {
		if got := say(t, conn, c.text); got != c.want {
			t.Errorf("%.40q: %q", c.text, got)
		}
	}
}

// TestNothingSaidInClearCountsInsideTLS: RFC 3207 §4.2.
func TestNothingSaidInClearCountsInsideTLS(t *testing.T) {
	conn := call(t, scripted(t, ""))
	if got := say(t, conn, "STARTTLS\r\nEHLO injected\r\n"); !strings.HasSuffix(got, "220 2.0.0 ready\r\n") {
		t.Fatalf("%q", got)
	}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	secure := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
	if err := secure.Handshake(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(secure, "NOOP\r\nSTARTTLS\r\nQUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(bufio.NewReader(secure))
	if want := "250 2.0.0 ok\r\n502 5.5.1 not known here\r\n221 2.0.0 bye\r\n"; string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSilentMailServer(t *testing.T) {
	if got := say(t, call(t, scripted(t, "-- mx mx1 --\ndead silent\n")), "EHLO me\r\n"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestCertificateKinds(t *testing.T) {
	for kind, want := range map[string]struct {
		length           int
		verifies, inDate bool
	}{
		"ok": {2, true, true}, "expired": {2, false, false}, "not-yet-valid": {2, false, false},
		"self-signed": {1, false, true}, "untrusted": {2, false, true}, "no-intermediate": {1, false, true},
		"issued 1d": {2, true, true},
	} {
		l := scripted(t, "-- mx mx1 --\ncertificate "+kind+"\n")
		conn := call(t, l)
		say(t, conn, "STARTTLS\r\n")
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		var chain int
		var inDate bool
		secure := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(s tls.ConnectionState) error {
			leaf, now := s.PeerCertificates[0], time.Now()
			chain, inDate = len(s.PeerCertificates), now.After(leaf.NotBefore) && now.Before(leaf.NotAfter)
			return nil
		}})
		if err := secure.Handshake(); err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		conn = call(t, l)
		say(t, conn, "STARTTLS\r\n")
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		err := tls.Client(conn, &tls.Config{ServerName: "mx1.x.test", RootCAs: l.Network().Roots}).Handshake()
		if chain != want.length || inDate != want.inDate || (err == nil) != want.verifies {
			t.Errorf("%s: chain of %d, in date %v, %v", kind, chain, inDate, err)
		}
	}
}

func TestPolicyHost(t *testing.T) {
	l := scripted(t, "-- policyhost --\nnewlines lf\ncontent-type none\ndelay 30ms\nstatus 203\n-- mta-sts.txt --\na\nb\n")
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return l.dial(ctx, network, "192.0.2.11:443")
		},
		TLSClientConfig: &tls.Config{RootCAs: l.Network().Roots}, DisableKeepAlives: true,
	}}
	began := time.Now()
	r, err := client.Get("https://mta-sts.x.test" + policyPath)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	if _, typed := r.Header["Content-Type"]; r.StatusCode != 203 || string(body) != "a\nb\n" || typed || time.Since(began) < 30*time.Millisecond {
		t.Errorf("%v %q", r, body)
	}
	r, err = client.Get("https://mta-sts.x.test/mta-sts.txt")
	if err != nil || r.StatusCode != 404 {
		t.Error(r, err)
	}
	dead := scripted(t, "-- policyhost --\ndead timeout\n")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := dead.dial(ctx, "tcp", "192.0.2.11:443"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestDoorsWantAnAddress: a connection that doesn't come from the lab's dialer
// is closed.
func TestDoorsWantAnAddress(t *testing.T) {
	l := scripted(t, "")
	for _, first := range []string{"EHLO me\r\n", "192.0.2.99:25\n", strings.Repeat("x", 100)} {
		conn, err := net.Dial("tcp", l.doors.mail.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.WriteString(conn, first); err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(conn); len(got) != 0 {
			t.Errorf("%q: %q", first, got)
		}
		conn.Close()
	}
}
