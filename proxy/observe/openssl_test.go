package observe

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// openSSL starts OpenSSL's server, which speaks what crypto/tls can't, behind a
// mail server's dialogue in the clear. It takes every version and suite unless
// args say otherwise.
func openSSL(t *testing.T, args ...string) *Network {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no openssl to speak with")
		}
		t.Skip("no openssl to speak with")
	}
	dir := t.TempDir()
	cert := rsaCertificate(t)
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(cert.PrivateKey.(*rsa.PrivateKey))})
	for name, data := range map[string][]byte{
		"key": key, "cert": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}), "dh1024": []byte(dh1024),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command(path, append([]string{"s_server", "-unix", "socket", "-quiet", "-key", "key", "-cert", "cert"}, args...)...)
	var said bytes.Buffer
	server.Dir, server.Stdout, server.Stderr = dir, &said, &said
	in, err := server.StdinPipe() // at its end OpenSSL would leave
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
		in.Close()
	})
	socket := filepath.Join(dir, "socket")
	for i := 0; ; i++ {
		if _, err := os.Stat(socket); err == nil {
			break
		}
		if i == 500 {
			t.Fatalf("openssl s_server %q doesn't listen: %s", args, &said)
		}
		time.Sleep(10 * time.Millisecond)
	}
	m := healthy(t)
	m.config = nil
	m.starttls = func(c net.Conn) {
		text("220 go ahead")(c)
		relay(c, socket)
	}
	n := facing(serve(t, m.handle))
	n.limits.handshake, n.limits.again, n.limits.address = 5*time.Second, 2*time.Second, 10*time.Second
	return n
}

// relay passes everything on to a Unix socket and back.
func relay(c net.Conn, socket string) {
	behind, err := net.Dial("unix", socket)
	for i := 0; err != nil && i < 100; i++ { // the file is there before anybody listens
		time.Sleep(10 * time.Millisecond)
		behind, err = net.Dial("unix", socket)
	}
	if err != nil {
		return
	}
	go func() {
		io.Copy(behind, c)
		behind.Close()
	}()
	io.Copy(c, behind)
	behind.Close()
	c.Close()
}

// once makes one aside.
func once(t *testing.T, n *Network, kind probe.AsideKind) probe.Aside {
	t.Helper()
	s := n.STARTTLS(context.Background(), host, kind)
	if s.Failure != nil || len(s.Addresses) != 1 || len(s.Addresses[0].Asides) != 1 || s.Addresses[0].Asides[0].Kind != kind {
		t.Fatalf("%+v", s)
	}
	return s.Addresses[0].Asides[0]
}

func TestHellosAtOpenSSL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		args  []string
		kind  probe.AsideKind
		class probe.Class
		alert uint8
		check func(h *probe.ServerHello) bool
	}{
		{"DHE of 1024", []string{"-tls1_2", "-cipher", "DHE:@SECLEVEL=0", "-dhparam", "dh1024"}, probe.OnlyDHE, "", 0, func(h *probe.ServerHello) bool {
			return h.Version == 0x0303 && finiteField(h.Cipher) && h.DHBits == 1024 && h.Group == 0 && h.SecureRenegotiation && h.ExtendedMasterSecret && h.Compression == 0
		}},
		{"DHE of OpenSSL's choice", []string{"-cipher", "ALL:@SECLEVEL=0"}, probe.OnlyDHE, "", 0, func(h *probe.ServerHello) bool { return h.DHBits >= 2048 }},
		{"no DHE", []string{"-cipher", "ECDHE:@SECLEVEL=0"}, probe.OnlyDHE, probe.TLSAlert, 40, nil},
		{"TLS 1.1", []string{"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}, probe.OldTLS, "", 0, func(h *probe.ServerHello) bool {
			return h.Version == 0x0302 && ellipticCurve(h.Cipher) && h.Group == 29 && h.DHBits == 0 && h.SecureRenegotiation
		}},
		{"TLS 1.0", []string{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}, probe.OldTLS, "", 0, func(h *probe.ServerHello) bool { return h.Version == 0x0301 }},
		{"TLS 1.1 without forward secrecy", []string{"-tls1_1", "-cipher", "kRSA:@SECLEVEL=0"}, probe.OldTLS, "", 0, func(h *probe.ServerHello) bool {
			return h.Version == 0x0302 && !ellipticCurve(h.Cipher) && !finiteField(h.Cipher) && h.Group == 0
		}},
		{"TLS 1.2 and up", []string{"-no_tls1", "-no_tls1_1"}, probe.OldTLS, probe.TLSVersion, 0, nil},
		{"no SSL 3.0", nil, probe.SSL3, probe.TLSAlert, 40, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := once(t, openSSL(t, c.args...), c.kind)
			wantFailure(t, a.Failure, c.class)
			if c.class != "" {
				if a.Stage != probe.StageHandshake || a.Hello != nil || a.Failure == nil || a.Failure.Alert != c.alert {
					t.Errorf("%+v, alert %d", a, a.Failure.Alert)
				}
				return
			}
			if a.Stage != probe.StageDone || a.TLS != nil || a.Hello == nil || !c.check(a.Hello) {
				t.Errorf("%+v %+v", a, a.Hello)
			}
		})
	}
}

// TestRenegotiationAtOpenSSL: RFC 5746 §3.5, with each kind of AEAD.
func TestRenegotiationAtOpenSSL(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		name, cipher string
		more         []string
		want         *bool
		suite        uint16
	}{
		{"AES 128", "ECDHE-RSA-AES128-GCM-SHA256", []string{"-client_renegotiation"}, &yes, 0xc02f},
		{"AES 256", "ECDHE-RSA-AES256-GCM-SHA384", []string{"-client_renegotiation"}, &yes, 0xc030},
		{"ChaCha20", "ECDHE-RSA-CHACHA20-POLY1305", []string{"-client_renegotiation"}, &yes, 0xcca8},
		{"key transport", "AES128-GCM-SHA256", []string{"-client_renegotiation"}, &yes, 0x009c},
		{"not taken up", "ECDHE-RSA-AES128-GCM-SHA256", nil, &no, 0xc02f},
		{"not taken up, ChaCha20", "ECDHE-RSA-CHACHA20-POLY1305", []string{"-no_renegotiation"}, &no, 0xcca8},
		{"CBC isn't asked", "ECDHE-RSA-AES128-SHA", []string{"-client_renegotiation"}, nil, 0xc013},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := once(t, openSSL(t, append(c.more, "-tls1_2", "-cipher", c.cipher+":@SECLEVEL=0")...), probe.OnlyRSA)
			if a.Failure != nil || a.Stage != probe.StageDone || a.TLS == nil || a.Hello == nil {
				t.Fatalf("%+v %v", a, a.Failure)
			}
			if (a.Renegotiates == nil) != (c.want == nil) || c.want != nil && *a.Renegotiates != *c.want {
				t.Errorf("renegotiates %v", a.Renegotiates)
			}
			if a.TLS.Cipher != c.suite || a.Hello.Cipher != c.suite || a.Hello.Version != 0x0303 || !a.Hello.SecureRenegotiation || !a.Hello.ExtendedMasterSecret {
				t.Errorf("%+v %+v", a.TLS, a.Hello)
			}
		})
	}
	a := once(t, openSSL(t), probe.OnlyECDSA)
	wantFailure(t, a.Failure, probe.TLSAlert)
	if a.Failure != nil && a.Failure.Alert != 40 {
		t.Errorf("alert %d", a.Failure.Alert)
	}
}

// TestEarlyDataAtOpenSSL: RFC 8446 §4.6.1, with each suite of TLS 1.3. OpenSSL
// answers no EHLO, so the dialogue ends behind the handshake.
func TestEarlyDataAtOpenSSL(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want uint32
	}{
		{"AES 128", []string{"-ciphersuites", "TLS_AES_128_GCM_SHA256", "-max_early_data", "5000"}, 5000},
		{"AES 256", []string{"-ciphersuites", "TLS_AES_256_GCM_SHA384", "-max_early_data", "16384"}, 16384},
		{"ChaCha20", []string{"-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", "-max_early_data", "1"}, 1},
		{"none", nil, 0},
		{"no ticket", []string{"-max_early_data", "5000", "-num_tickets", "0"}, 0},
		{"TLS 1.2", []string{"-max_early_data", "5000", "-tls1_2"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := openSSL(t, append(c.args, "-rev")...).STARTTLS(context.Background(), host).Addresses[0]
			if a.Stage != probe.StageEHLOTLS || a.TLS == nil || a.TLS.EarlyData != c.want {
				t.Errorf("%+v %+v %v", a, a.TLS, a.Failure)
			}
		})
	}
}

// dh1024 is a group too short by now (RFC 9325 §4.5).
const dh1024 = `-----BEGIN DH PARAMETERS-----
MIGHAoGBAKnc49Qj2B+hMvCUPxd+KsWOkTMEPD9VnokvSuPXxRELZzvphATGo+KQ
XCMyVxjamAmt6REkZVBheN2et57o91tf0PKSHAQkZNntRMVRVqDpyAD28KBwy6Pt
ngjYd5q5g7ciNhc7SOCVQiQVMaM4SVLTfYpRrmwz4giGxmaQpvtnAgEC
-----END DH PARAMETERS-----
`
