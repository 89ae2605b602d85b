package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// errExhausted ends a connection that sends more than an answer can take.
var errExhausted = errors.New("observe: HTTP/2 connection over its limit")

// mayWantHTTP2 tells whether a fetch ended as one does at a host that speaks
// HTTP/2 only (RFC 9113): by an alert at the protocols offered, or by frames
// though none was agreed on.
func mayWantHTTP2(f *probe.Failure, p *probe.Policy) bool {
	switch {
	case f == nil || p.Status != 0:
		return false
	case p.TLS == nil:
		return f.Class == probe.TLSAlert
	}
	return p.TLS.ALPN == "" && (f.Class == probe.TLSAlert || f.Class == probe.ReplyMalformed)
}

// frameHeader is the length of what every HTTP/2 frame begins with: length,
// type, flags, stream (RFC 9113 §4.1).
const frameHeader = 9

// isSettings tells whether a frame header is that of the SETTINGS with which an
// HTTP/2 server begins (RFC 9113 §3.4).
func isSettings(b []byte) bool {
	return b[0] == 0 && b[3] == 4 && b[5]|b[6]|b[7]|b[8] == 0
}

// againOverHTTP2 fetches once more from the same address, over HTTP/2. The
// first observation stands unless an HTTP answer comes of it.
func (n *Network) againOverHTTP2(ctx context.Context, host dnsname.Name, end time.Time, l limits, p *probe.Policy) (*probe.Failure, bool) {
	conn, failure := n.connect(ctx, p.Address, n.HTTPSPort, end, l)
	if failure != nil {
		return failure, false
	}
	defer conn.Close()
	conn.SetDeadline(end)
	again := probe.Policy{URL: p.URL, Address: p.Address}
	failure = n.fetchOverHTTP2(ctx, &metered{Conn: conn, left: maxHeader + maxHTTP}, host, &again)
	if again.Status == 0 {
		return failure, false
	}
	again.Millis = millis(conn.began)
	*p = again
	return failure, true
}

// fetchOverHTTP2 is fetch for HTTP/2, with the client of package http: no
// redirect, no decompression, one connection.
func (n *Network) fetchOverHTTP2(ctx context.Context, conn net.Conn, host dnsname.Name, p *probe.Policy) *probe.Failure {
	secure, seen, failure := n.handshake(ctx, conn, &tls.Config{
		ServerName: host.String(), MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"},
	})
	if failure != nil {
		return failure
	}
	p.TLS = seen
	if seen.ALPN != "h2" {
		return &probe.Failure{Class: probe.ReplyMalformed, Detail: "HTTP/2 was not agreed on"}
	}
	client := &http.Transport{
		DialTLSContext:         func(context.Context, string, string) (net.Conn, error) { return secure, nil },
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return &probe.Failure{Class: probe.BadRequest, Detail: err.Error()}
	}
	request.Header.Set("User-Agent", UserAgent)
	request.Header.Set("Accept", "text/plain, */*;q=0.1")
	answer, err := client.RoundTrip(request)
	if err != nil {
		return failed(ctx, err, probe.ReplyTimeout, probe.ReplyMalformed)
	}
	defer answer.Body.Close()
	note(answer, p)
	return readBody(ctx, answer.Body, p)
}

// metered is a connection that ends after so many octets received: HTTP/2 has
// frames that carry nothing, and a peer may send them for ever.
type metered struct {
	net.Conn
	left int
}

// Read reads until nothing is left.
func (m *metered) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errExhausted
	}
	n, err := m.Conn.Read(b[:min(len(b), m.left)])
	m.left -= n
	return n, err
}
