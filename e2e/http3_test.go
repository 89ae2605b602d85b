package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/quic-go/quic-go/http3"
)

// TestThreeProtocolsOnOnePort asks the server, once it has a certificate, over
// HTTP/1.1, HTTP/2 and HTTP/3 (RFC 9114) for the same page.
func TestThreeProtocolsOnOnePort(t *testing.T) {
	built(t)
	dir := t.TempDir()
	ca := newAuthority(t, dir)
	own := ca.issue(t, dir, "own", "localhost")
	p := start(t, binary, "serve", "-lab", "-site", siteDir, "-listen", "localhost:0", "-cert", own.Chain, "-key", own.Key)
	var origin string
	p.await(t, "its address", func() bool {
		origin = regexp.MustCompile(`https://localhost:\d+`).FindString(p.printed())
		return origin != ""
	})
	p.listening(t, strings.TrimPrefix(origin, "https://"))

	pem, err := os.ReadFile(ca.File)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots}
	one := &http.Transport{TLSClientConfig: config.Clone(), TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
	two := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: true}
	three := &http3.Transport{TLSClientConfig: config.Clone()}
	defer three.Close()

	var first []byte
	for _, c := range []struct {
		proto string
		via   http.RoundTripper
	}{{"HTTP/1.1", one}, {"HTTP/2.0", two}, {"HTTP/3.0", three}} {
		r, err := (&http.Client{Transport: c.via}).Get(origin + "/")
		if err != nil {
			t.Errorf("%s: %v", c.proto, err)
			continue
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || r.Proto != c.proto {
			t.Errorf("%s: %s %s, %v", c.proto, r.Proto, r.Status, err)
		}
		if c.proto != "HTTP/3.0" && !strings.Contains(r.Header.Get("Alt-Svc"), "h3=") {
			t.Errorf("%s: no HTTP/3 in Alt-Svc: %q", c.proto, r.Header.Get("Alt-Svc"))
		}
		if first == nil {
			first = body
		}
		if !bytes.Equal(first, body) || len(body) == 0 {
			t.Errorf("%s gives another page", c.proto)
		}
	}
}
