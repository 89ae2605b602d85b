package observe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// Sizes of an HTTP answer that the contract of package probe doesn't name.
const (
	maxHeader  = 64 << 10 // octets of status line and headers, interim answers included
	maxHTTP    = 1 << 20  // octets of the whole answer with its chunk framing
	maxInterim = 5        // interim (1xx) answers passed over
	maxTypes   = 16       // Content-Type headers kept
)

// policyPath is where a policy file lies (RFC 8461 §3.2).
const policyPath = "/.well-known/mta-sts.txt"

// errHeaderTooLong ends the reading of an answer whose header never does.
var errHeaderTooLong = errors.New("observe: HTTP header over its limit")

// Policy fetches a policy file (RFC 8461 §3.3): one GET, no redirect followed,
// one minute, 64 KiB. The chain is observed and the body read though no sender
// would trust them; Trust and the names say so to whoever judges. Others are
// fetched afterwards, within the same minute.
func (n *Network) Policy(ctx context.Context, d dnsname.Name) probe.Policy {
	start := time.Now()
	host := d.Child("mta-sts")
	p := probe.Policy{URL: "https://mta-sts." + d.String() + policyPath}
	if host.IsZero() || d == dnsname.Root {
		p.Failure = &probe.Failure{Class: probe.BadRequest, Detail: "no policy host can have this name"}
		return p
	}
	l := n.limits.usual()
	end := start.Add(l.policy)
	addresses, failure := n.hostAddresses(ctx, host, l.policy)
	if failure == nil {
		failure = n.fetchFrom(ctx, host, addresses, end, l, &p)
	}
	if p.Failure = failure; p.Millis == 0 {
		p.Millis = millis(start)
	}
	p.Others = n.others(ctx, d, addresses, end, l, &p)
	return p
}

// fetchFrom fetches the policy from the first address that answers, over HTTP/2
// where that is all it speaks.
func (n *Network) fetchFrom(ctx context.Context, host dnsname.Name, addresses []netip.Addr, end time.Time, l limits, p *probe.Policy) *probe.Failure {
	failure := n.fetchOverHTTP1(ctx, host, addresses, end, l, p) // and hang up: one connection at a time
	if mayWantHTTP2(failure, p) {
		if f, answered := n.againOverHTTP2(ctx, host, end, l, p); answered {
			failure = f
		}
	}
	return failure
}

// fetchOverHTTP1 fetches it as senders do.
func (n *Network) fetchOverHTTP1(ctx context.Context, host dnsname.Name, addresses []netip.Addr, end time.Time, l limits, p *probe.Policy) *probe.Failure {
	conn, failure := n.reach(ctx, addresses, end, l, p)
	if failure != nil {
		return failure
	}
	defer conn.Close()
	// The time until now is our resolver's, and that of others at the address.
	defer func() { p.Millis = millis(conn.began) }()
	conn.SetDeadline(end)
	return cut(n.fetch(ctx, conn, host, p), end, conn.late)
}

// reach connects to the policy host's addresses in turn until one answers.
func (n *Network) reach(ctx context.Context, addresses []netip.Addr, end time.Time, l limits, p *probe.Policy) (*visitor, *probe.Failure) {
	var word *probe.Failure
	for _, ip := range addresses {
		conn, failure := n.connect(ctx, ip, n.HTTPSPort, end, l)
		if failure == nil {
			p.Address = ip
			return conn, nil
		}
		if word == nil || !failure.Class.Own() || word.Class.Own() {
			p.Address, word = ip, failure // the domain's outweighs ours
		}
		if !time.Now().Before(end) {
			break
		}
	}
	return nil, word
}

// fetch speaks TLS and HTTP/1.1 over conn, whose deadline is the fetch's.
func (n *Network) fetch(ctx context.Context, conn net.Conn, host dnsname.Name, p *probe.Policy) *probe.Failure {
	secure, seen, failure := n.handshakeHTTP(ctx, conn, host.String())
	if failure != nil {
		return failure
	}
	p.TLS = seen
	return get(ctx, secure, host, policyPath, UserAgent, p)
}

// handshakeHTTP is the handshake before HTTP/1.1, with the name as SNI.
func (n *Network) handshakeHTTP(ctx context.Context, conn net.Conn, name string) (*tls.Conn, *probe.TLS, *probe.Failure) {
	secure, seen, failure := n.handshake(ctx, conn, &tls.Config{
		ServerName: name,
		MinVersion: tls.VersionTLS12, // as senders do (RFC 9325 §3.1.1)
		NextProtos: []string{"http/1.1"},
	})
	if failure != nil && failure.Class == probe.ReplyMalformed {
		failure.Class = probe.TLSFailed // no HTTP reply was due yet
	}
	return secure, seen, failure
}

// get asks for a path and reads the answer.
func get(ctx context.Context, conn io.ReadWriter, host dnsname.Name, path, agent string, p *probe.Policy) *probe.Failure {
	request := "GET " + path + " HTTP/1.1\r\nHost: " + host.String() +
		"\r\nUser-Agent: " + agent + "\r\nAccept: text/plain, */*;q=0.1\r\nConnection: close\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		return failed(ctx, err, probe.ReplyTimeout, broke(conn))
	}
	answer, input, failure := readHeader(ctx, conn)
	if failure != nil {
		return failure
	}
	defer answer.Body.Close()
	note(answer, p)
	input.left = maxHTTP
	failure = readBody(ctx, answer.Body, p)
	if failure != nil && failure.Class == probe.ReplyMalformed {
		failure.Class = input.class()
	}
	return failure
}

// capped reads at most left octets, then fails with errHeaderTooLong.
type capped struct {
	r    io.Reader
	left int
	err  error // that ended the reading: a header's parser forgets it
}

// Read reads until nothing is left.
func (c *capped) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, errHeaderTooLong
	}
	n, err := c.r.Read(b[:min(len(b), c.left)])
	c.left -= n
	c.err = err
	return n, err
}

// class is that of an answer that can't be read: what came breaks HTTP, unless it is
// what HTTP goes over that broke.
func (c *capped) class() probe.Class {
	if c.err == nil || errors.Is(c.err, io.EOF) {
		return probe.ReplyMalformed
	}
	return broke(c.r)
}

// readHeader reads the final answer's status line and headers.
func readHeader(ctx context.Context, conn io.Reader) (*http.Response, *capped, *probe.Failure) {
	input := &capped{r: conn, left: maxHeader}
	buffered := bufio.NewReader(input)
	if first, err := buffered.Peek(frameHeader); err == nil && isSettings(first) {
		return nil, nil, &probe.Failure{Class: probe.ReplyMalformed, Detail: "HTTP/2 frames"}
	}
	request := &http.Request{Method: http.MethodGet}
	for range maxInterim + 1 {
		answer, err := http.ReadResponse(buffered, request)
		if errors.Is(err, errHeaderTooLong) || err != nil && input.left == 0 {
			return nil, nil, &probe.Failure{Class: probe.ReplyTooLong, Detail: errHeaderTooLong.Error()}
		}
		if err != nil && input.err != nil {
			err = input.err
		}
		if err != nil {
			return nil, nil, failed(ctx, err, probe.ReplyTimeout, input.class())
		}
		if answer.StatusCode >= 200 || answer.StatusCode == http.StatusSwitchingProtocols {
			return answer, input, nil
		}
	}
	return nil, nil, &probe.Failure{Class: probe.ReplyMalformed, Detail: "interim answers without end"}
}

// note keeps what the headers say.
func note(answer *http.Response, p *probe.Policy) {
	p.Status = answer.StatusCode
	p.Location = kept(answer.Header.Get("Location"))
	for i, v := range answer.Header["Content-Type"] {
		if i < maxTypes {
			p.ContentType = append(p.ContentType, kept(v))
		}
	}
	p.ContentEncoding = kept(strings.Join(answer.Header["Content-Encoding"], ", "))
	p.Age = kept(answer.Header.Get("Age"))
	p.Server = kept(answer.Header.Get("Server"))
}

// kept cuts a header's value to the contract's length and makes it UTF-8.
func kept(v string) string {
	if len(v) > probe.MaxHeaderLength {
		v = v[:probe.MaxHeaderLength]
	}
	if utf8.ValidString(v) {
		return v
	}
	return strings.ToValidUTF8(v, "\uFFFD")
}

// readBody keeps the body as served: a Content-Encoding forced on us stays as
// it is, so nothing can swell.
func readBody(ctx context.Context, body io.Reader, p *probe.Policy) *probe.Failure {
	read, err := io.ReadAll(io.LimitReader(body, probe.MaxPolicyBody+1))
	p.Truncated = len(read) > probe.MaxPolicyBody
	p.Body = read[:min(len(read), probe.MaxPolicyBody)]
	switch {
	case p.Truncated || err == nil:
		return nil
	case errors.Is(err, errHeaderTooLong):
		return &probe.Failure{Class: probe.ReplyTooLong, Detail: "HTTP framing over " + strconv.Itoa(maxHTTP) + " octets"}
	}
	return failed(ctx, err, probe.ReplyTimeout, probe.ReplyMalformed)
}
