package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/panics"
)

// atOnce is how many addresses of one host are spoken with at the same time.
const atOnce = 4

// STARTTLS speaks with every address of a host (RFC 3207 §4): EHLO, STARTTLS,
// EHLO, QUIT, and never MAIL. Where STARTTLS isn't offered the dialogue ends
// with QUIT: Stage is StageDone, and StartTLS and TLS stay zero. With asides
// named it makes those visits instead, to the first address of each family.
func (n *Network) STARTTLS(ctx context.Context, host dnsname.Name, asides ...probe.AsideKind) probe.STARTTLS {
	s := probe.STARTTLS{Host: host}
	l := n.limits.usual()
	addresses, failure := n.hostAddresses(ctx, host, l.address)
	if failure != nil {
		s.Failure = failure
		return s
	}
	if len(asides) > 0 {
		s.Addresses = n.asides(ctx, host, addresses, asides, l)
		return s
	}
	end := time.Now().Add(2 * l.address)
	s.Addresses = make([]probe.Address, len(addresses))
	if len(addresses) == 1 { // as most have: thousands may wait, each goroutine with a stack
		s.Addresses[0] = n.address(ctx, host, addresses[0], end, l)
		return s
	}
	turns := make(chan struct{}, atOnce)
	var all panics.Group
	for i, ip := range addresses {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			s.Addresses[i] = n.address(ctx, host, ip, end, l)
		})
	}
	all.Wait()
	return s
}

// hostAddresses gives the addresses of a host that somebody named.
func (n *Network) hostAddresses(ctx context.Context, host dnsname.Name, limit time.Duration) ([]netip.Addr, *probe.Failure) {
	if host.IsZero() || host == dnsname.Root {
		return nil, &probe.Failure{Class: probe.BadRequest, Detail: "no host has this name"}
	}
	asking, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	addresses, failure := n.addresses(asking, host)
	if failure != nil && failure.Class == probe.Canceled && ctx.Err() == nil {
		failure.Class = probe.NoResolver // our time ended before any resolver's word
	}
	return addresses, failure
}

// address is the dialogue with one address, which has its time as long as that
// ends before the host's does.
func (n *Network) address(ctx context.Context, host dnsname.Name, ip netip.Addr, end time.Time, l limits) probe.Address {
	start := time.Now()
	a := probe.Address{IP: ip, Stage: probe.StageConnect}
	if ctx.Err() != nil {
		a.Failure = &probe.Failure{Class: probe.Canceled}
		return a
	}
	whole := start.Add(l.address)
	end = earlier(end, l.address)
	conn, failure := n.connectMail(ctx, host, ip, end, l)
	if failure != nil {
		a.Failure, a.Millis = failure, millis(start)
		return a
	}
	defer conn.Close()
	v := &visit{n: n, ctx: ctx, host: host, limits: l, seen: &a, since: conn.began}
	v.talk = speak(conn, conn.began, end)
	failure = v.run()
	v.stage(a.Stage) // the time of one that failed
	a.Failure = cut(failure, end, conn.late || end.Before(whole))
	if a.TLS != nil {
		a.TLS.EarlyData = v.tap.earlyData(a.TLS.Cipher)
	}
	a.Dialogue, a.Millis = v.talk.lines, millis(conn.began)
	return a
}

// connectMail connects to port 25 and notes what that says about the port.
func (n *Network) connectMail(ctx context.Context, host dnsname.Name, ip netip.Addr, end time.Time, l limits) (*visitor, *probe.Failure) {
	conn, failure := n.connect(ctx, ip, n.SMTPPort, end, l)
	if failure != nil {
		return nil, n.unproven(host, failure)
	}
	if n.Port25 != nil && n.SMTPPort == 25 {
		n.Port25.connected()
	}
	return conn, nil
}

// visit is one dialogue under way.
type visit struct {
	n      *Network
	ctx    context.Context
	host   dnsname.Name
	limits limits
	seen   *probe.Address
	talk   *dialogue
	tap    *tap      // below TLS, once that is begun
	since  time.Time // when the stage began
}

// stage begins a stage and notes how long the one before took.
func (v *visit) stage(next probe.Stage) {
	if v.seen.Stage != probe.StageDone {
		if v.seen.Times == nil {
			v.seen.Times = make(map[probe.Stage]int)
		}
		v.seen.Times[v.seen.Stage] = millis(v.since)
	}
	v.seen.Stage, v.since = next, time.Now()
}

// run goes through the stages.
func (v *visit) run() *probe.Failure {
	if f := v.greet(); f != nil {
		return f
	}
	if !offers(v.seen.EHLO, "STARTTLS") {
		return v.quit()
	}
	if f := v.startTLS("STARTTLS"); f != nil {
		return f
	}
	if f := v.secure(); f != nil {
		return f
	}
	v.stage(probe.StageEHLOTLS)
	if f := v.ask("EHLO "+v.n.name(), &v.seen.EHLOTLS, 250); f != nil {
		return f
	}
	return v.quit()
}

// greet goes through banner and EHLO.
func (v *visit) greet() *probe.Failure {
	v.stage(probe.StageBanner)
	v.talk.within(v.limits.banner)
	if f := v.expect(&v.seen.Banner, 220); f != nil {
		return f
	}
	v.stage(probe.StageEHLO)
	return v.ask("EHLO "+v.n.name(), &v.seen.EHLO, 250)
}

// startTLS sends the command, STARTTLS and what else is to go with it, up to
// where the handshake begins.
func (v *visit) startTLS(command string) *probe.Failure {
	v.stage(probe.StageSTARTTLS)
	if f := v.ask(command, &v.seen.StartTLS, 220); f != nil {
		return f
	}
	v.talk.leftover()
	v.stage(probe.StageHandshake)
	v.talk.within(v.limits.handshake)
	v.tap = &tap{Conn: v.talk.conn}
	return nil
}

// secure does the handshake. Old versions and suites are taken, so that they
// are seen, and session tickets asked for, so that they come.
func (v *visit) secure() *probe.Failure {
	config := v.config()
	config.KeyLogWriter = &v.tap.keys
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		v.seen.WantsCertificate = true
		return new(tls.Certificate), nil // none
	}
	secure, seen, f := v.n.handshakeOver(v.ctx, v.tap, config)
	// Without a cache crypto/tls passes tickets over; with one it would end the
	// connection at a ticket that it doesn't like.
	config.ClientSessionCache = nil
	if f != nil {
		return f
	}
	v.seen.TLS = seen
	v.talk.over(secure)
	return nil
}

// config takes all versions and suites that crypto/tls has.
func (v *visit) config() *tls.Config {
	return &tls.Config{
		ServerName:   v.host.String(), // RFC 7672 §8.1
		MinVersion:   tls.VersionTLS10,
		CipherSuites: legacy(),
	}
}

// ask sends a command and expects a reply of one code.
func (v *visit) ask(command string, into *probe.Reply, code int) *probe.Failure {
	v.talk.within(v.limits.reply)
	if err := v.talk.say(command); err != nil {
		return failed(v.ctx, err, probe.ReplyTimeout, broke(v.talk.conn))
	}
	return v.expect(into, code)
}

// expect reads a reply and takes any but one of the code for a failure. To a
// refusal we answer QUIT, as a polite client does.
func (v *visit) expect(into *probe.Reply, code int) *probe.Failure {
	f := v.hear(into)
	if f == nil && into.Code != code {
		v.talk.say("QUIT")
		return &probe.Failure{Class: probe.ReplyNegative, Detail: strconv.Itoa(into.Code)}
	}
	return f
}

// hear reads a reply of any code.
func (v *visit) hear(into *probe.Reply) *probe.Failure {
	reply, err := v.talk.hear()
	*into = reply
	switch {
	case errors.Is(err, errTooLong):
		return &probe.Failure{Class: probe.ReplyTooLong, Detail: err.Error()}
	case errors.Is(err, errMalformed):
		return failed(v.ctx, err, probe.ReplyTimeout, probe.ReplyMalformed)
	case err != nil:
		return failed(v.ctx, err, probe.ReplyTimeout, broke(v.talk.conn))
	}
	return nil
}

// quit ends the dialogue. Whether the peer hears it says nothing about it.
func (v *visit) quit() *probe.Failure {
	v.stage(probe.StageDone)
	v.talk.within(v.limits.reply)
	v.talk.say("QUIT")
	return nil
}

// name is what we call ourselves.
func (n *Network) name() string {
	if n.EHLO == "" {
		return "localhost"
	}
	return n.EHLO
}

// offers tells whether an EHLO reply lists an extension (RFC 5321 §4.1.1.1).
// The first line is the greeting.
func offers(ehlo probe.Reply, keyword string) bool {
	for i, line := range ehlo.Lines {
		first, _, _ := strings.Cut(line, " ")
		if i > 0 && strings.EqualFold(first, keyword) {
			return true
		}
	}
	return false
}
