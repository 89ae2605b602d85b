// Package resolve carries DNS messages to recursive resolvers: over UDP with
// TCP for what was cut short (RFC 1035 §4.2, RFC 7766), or over HTTPS (RFC
// 8484). It neither asks nor reads; what it adds is an unguessable ID and the
// check that an answer belongs to its question.
package resolve

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/probe"
)

// Timeout is how long one upstream may take for one answer.
const Timeout = 5 * time.Second

// Errors of New.
var (
	ErrNoUpstream = errors.New("resolve: no resolver to ask")
	ErrUpstream   = errors.New("resolve: neither an address with a port nor an https URL")
)

// Resolver asks recursive resolvers, the first that answers. It is safe for
// concurrent use.
type Resolver struct {
	upstreams []*upstream
	answers   *answers // nil keeps none
}

// upstream is one recursive resolver.
type upstream struct {
	name string
	ask  func(ctx context.Context, query []byte) ([]byte, error)
	// again asks what ask got no answer to: over TCP, where nothing gets lost.
	again   func(ctx context.Context, query []byte) ([]byte, error)
	timeout time.Duration
}

// New makes a resolver of upstreams, best first: "ip:port", "ip" for port 53,
// or the https URL of an RFC 8484 resolver. Certificates of the latter are
// verified by roots, or by the system's when roots is nil.
func New(roots *x509.CertPool, upstreams ...string) (*Resolver, error) {
	if len(upstreams) == 0 {
		return nil, ErrNoUpstream
	}
	r := &Resolver{answers: &answers{}}
	for _, name := range upstreams {
		u := &upstream{name: name, timeout: Timeout}
		if address, ok := socket(name); ok {
			u.ask = (&sockets{address: address}).plain
			u.again = func(ctx context.Context, query []byte) ([]byte, error) { return overTCP(ctx, address, query) }
		} else if parsed, err := url.Parse(name); err == nil && parsed.Scheme == "https" && parsed.Host != "" && parsed.User == nil {
			client := newClient(roots)
			u.name = parsed.Host // visitors see it, and a path may hold a token
			u.ask = func(ctx context.Context, query []byte) ([]byte, error) { return overHTTPS(ctx, client, name, query) }
			u.again = u.ask
		} else {
			return nil, fmt.Errorf("%w: %q", ErrUpstream, name)
		}
		r.upstreams = append(r.upstreams, u)
	}
	return r, nil
}

// System gives the name servers of a resolv.conf file as upstreams for New.
func System(file string) ([]string, error) {
	config, err := dns.ClientConfigFromFile(file)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, s := range config.Servers {
		if _, err := netip.ParseAddr(s); err == nil {
			all = append(all, net.JoinHostPort(s, config.Port))
		}
	}
	if len(all) == 0 {
		return nil, ErrNoUpstream
	}
	return all, nil
}

// socket reads "ip:port" or "ip".
func socket(s string) (string, bool) {
	if at, err := netip.ParseAddrPort(s); err == nil && at.Port() != 0 {
		return at.String(), true
	}
	if ip, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return netip.AddrPortFrom(ip, 53).String(), true
	}
	return "", false
}

// Further gives what asks the upstreams without those that the one before asks
// first: for who finds an answer unusable and not only missing.
func (r *Resolver) Further() []func(ctx context.Context, query []byte) ([]byte, error) {
	var all []func(context.Context, []byte) ([]byte, error)
	for i := 1; i < len(r.upstreams); i++ {
		all = append(all, (&Resolver{upstreams: r.upstreams[i:]}).Exchange)
	}
	return all
}

// Known gives the response to a query when it is at hand, and nil otherwise.
func (r *Resolver) Known(query []byte) []byte {
	if len(query) < 12 {
		return nil
	}
	return r.answers.get(query, time.Now())
}

// Exchange sends one query and gives the response under the query's own ID.
// An error is a *probe.Failure: Canceled, BadResponse, NoResolver when no
// upstream can be reached or is able to find anything out, and DNSTimeout when one stays silent on this
// question, twice, and between answers another of the same type.
func (r *Resolver) Exchange(ctx context.Context, query []byte) ([]byte, error) {
	if len(query) < 12 || len(query) > probe.MaxDNSMessage {
		return nil, &probe.Failure{Class: probe.BadRequest, Detail: "no DNS message"}
	}
	if response := r.Known(query); response != nil {
		return response, nil
	}
	var last *probe.Failure
	for i, u := range r.upstreams {
		response, f := u.exchange(ctx, query)
		if f == nil {
			if i+1 < len(r.upstreams) && unwilling(response) {
				continue // its own word, not the domain's
			}
			copy(response, query[:2])
			r.answers.put(query, response, time.Now())
			return response, nil
		}
		if f.Class == probe.Canceled {
			return nil, f
		}
		if last == nil || f.Class == probe.DNSTimeout {
			last = f // the word of a resolver that works outweighs
		}
	}
	return nil, last
}

// exchange asks u, and where it stays silent or fails a second time, once it has
// answered something else: it may have been away, or a datagram lost.
func (u *upstream) exchange(ctx context.Context, query []byte) ([]byte, *probe.Failure) {
	response, err := once(ctx, query, u.ask, u.timeout)
	alive := false
	switch {
	case silence(err):
		if alive = u.alive(ctx, query); alive {
			response, err = once(ctx, query, u.again, u.timeout/2)
		}
	case err == nil && failing(response):
		if err = u.works(ctx); err == nil {
			response, err = once(ctx, query, u.ask, u.timeout/2)
		}
	}
	if err != nil {
		return nil, u.failure(ctx, err, alive)
	}
	return response, nil
}

// once asks under a fresh ID: the page's is always zero.
func once(ctx context.Context, query []byte, ask func(context.Context, []byte) ([]byte, error), limit time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	asked := bytes.Clone(query)
	binary.BigEndian.PutUint16(asked, uint16(rand.Uint32()))
	response, err := ask(ctx, asked)
	if err != nil {
		return nil, err
	}
	if !belongs(response, asked) {
		return nil, errForeign
	}
	return response, nil
}

// unwilling tells whether a resolver says that it doesn't do this: FORMERR,
// NOTIMP, REFUSED (RFC 1035 §4.1.1).
func unwilling(response []byte) bool {
	switch response[3] & 0x0F {
	case dns.RcodeFormatError, dns.RcodeNotImplemented, dns.RcodeRefused:
		return true
	}
	return false
}

// failing tells SERVFAIL without a reason that lies in the zones: an extended error
// other than those of errors that were kept and of servers out of reach (RFC 8914
// §4.14, §4.23, §4.24). A resolver that has lost its network says no more.
func failing(response []byte) bool {
	if response[3]&0x0F != dns.RcodeServerFailure {
		return false
	}
	var m dns.Msg
	if m.Unpack(response) != nil {
		return true
	}
	opt := m.IsEdns0()
	return opt == nil || !slices.ContainsFunc(opt.Option, func(o dns.EDNS0) bool {
		e, is := o.(*dns.EDNS0_EDE)
		return is && !slices.Contains([]uint16{
			dns.ExtendedErrorCodeOther, dns.ExtendedErrorCodeCachedError,
			dns.ExtendedErrorCodeNoReachableAuthority, dns.ExtendedErrorCodeNetworkError,
		}, e.InfoCode)
	})
}

// works asks u for a top-level domain that doesn't exist, a new one each time: what u
// has in its cache it would say without any network too. The error is that of one
// who can't find out even that.
func (u *upstream) works(ctx context.Context) error {
	var control dns.Msg
	control.SetQuestion(fmt.Sprintf("sealane-%016x.", rand.Uint64()), dns.TypeA)
	wire, err := control.Pack()
	if err != nil {
		return err
	}
	response, err := once(ctx, wire, u.ask, u.timeout/2)
	if err == nil && response[3]&0x0F == dns.RcodeServerFailure {
		return errFailing
	}
	return err
}

// Errors of one upstream.
var (
	errFailing = errors.New("resolve: SERVFAIL, whatever the question")
	errForeign = errors.New("resolve: the answer is not to this question")
	errStatus  = errors.New("resolve: not an RFC 8484 answer")
)

// silence tells the error of a question that nobody answered in time.
func silence(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout()
}

// failure says whose fault it is that u gave no answer. Silence is the question's
// own when u was alive, before it was asked again: else u is dead, or something
// before it drops all questions of a type.
func (u *upstream) failure(ctx context.Context, err error, alive bool) *probe.Failure {
	f := &probe.Failure{Class: probe.NoResolver, Detail: u.name + ": " + Detail(err)}
	switch {
	case ctx.Err() != nil:
		f.Class = probe.Canceled
	case errors.Is(err, errForeign), errors.Is(err, errStatus):
		f.Class = probe.BadResponse
	case silence(err) && alive:
		f.Class = probe.DNSTimeout
	}
	return f
}

// alive asks u for the root's record of a query's type. Every resolver has the
// answer at hand or one round trip away.
func (u *upstream) alive(ctx context.Context, query []byte) bool {
	q, _, ok := question(query)
	if !ok || q.Name == "." {
		return false
	}
	var control dns.Msg
	control.SetQuestion(".", q.Qtype)
	wire, err := control.Pack()
	if err != nil {
		return false
	}
	_, err = once(ctx, wire, u.ask, u.timeout/2)
	return err == nil
}

// belongs tells whether a message is the response to a query: ID, opcode and
// question alike (RFC 5452 §9.1). Letters' case doesn't count. The first name of a
// message has nothing before it to point to, so the octets are the same.
func belongs(response, query []byte) bool {
	if len(response) < 12 || len(query) < 12 || !bytes.Equal(response[:2], query[:2]) ||
		response[2]&0x80 == 0 || (response[2]^query[2])&0x78 != 0 || !bytes.Equal(response[4:6], query[4:6]) {
		return false
	}
	end := nameEnd(query)
	if end < 0 || len(query) < end+4 || len(response) < end+4 || !bytes.Equal(response[end:end+4], query[end:end+4]) {
		return false
	}
	for i := 12; i < end; i++ {
		if lower(response[i]) != lower(query[i]) {
			return false
		}
	}
	return true
}

// nameEnd is where the name of the first question ends; -1 for none without a
// pointer. Lengths of labels stay below every letter.
func nameEnd(wire []byte) int {
	for at := 12; at < len(wire) && wire[at] < 64; at += 1 + int(wire[at]) {
		if wire[at] == 0 {
			return at + 1
		}
	}
	return -1
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// question reads the first question of a message and where it ends.
func question(wire []byte) (dns.Question, int, bool) {
	if len(wire) < 12 || binary.BigEndian.Uint16(wire[4:]) == 0 {
		return dns.Question{}, 0, false
	}
	name, at, err := dns.UnpackDomainName(wire, 12)
	if err != nil || at+4 > len(wire) {
		return dns.Question{}, 0, false
	}
	return dns.Question{
		Name: strings.ToLower(name), Qtype: binary.BigEndian.Uint16(wire[at:]), Qclass: binary.BigEndian.Uint16(wire[at+2:]),
	}, at + 4, true
}

// newClient is an HTTPS client for one RFC 8484 resolver. Redirects are
// errors: the operator named the resolver, not another.
func newClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        time.Minute,
			TLSHandshakeTimeout:    Timeout,
			MaxResponseHeaderBytes: 32 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
