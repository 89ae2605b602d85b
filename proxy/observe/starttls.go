package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// atOnce is how many addresses of one host are spoken with at the same time.
const atOnce = 8

// STARTTLS speaks with every address of a host (RFC 3207 §4): EHLO, STARTTLS,
// EHLO, QUIT, and never MAIL. With asides named it makes those visits instead. Where STARTTLS isn't offered the dialogue ends
// with QUIT: Stage is StageDone, and StartTLS and TLS stay zero.
func (n *Network) STARTTLS(ctx context.Context, host dnsname.Name, asides ...probe.AsideKind) probe.STARTTLS {
	if len(asides) > 0 {
		return n.asides(ctx, host, asides)
	}
	s := probe.STARTTLS{Host: host}
	if host.IsZero() || host == dnsname.Root {
		s.Failure = &probe.Failure{Class: probe.BadRequest, Detail: "no host has this name"}
		return s
	}
	l := n.limits.usual()
	asking, cancel := context.WithTimeout(ctx, l.address)
	addresses, failure := n.addresses(asking, host)
	cancel()
	if failure != nil {
		if failure.Class == probe.Canceled && ctx.Err() == nil {
			failure.Class = probe.NoResolver // our time ended before any resolver's word
		}
		s.Failure = failure
		return s
	}
	s.Addresses = make([]probe.Address, len(addresses))
	turns := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, ip := range addresses {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			s.Addresses[i] = n.address(ctx, host, ip, l)
		})
	}
	all.Wait()
	return s
}

// address is the dialogue with one address.
func (n *Network) address(ctx context.Context, host dnsname.Name, ip netip.Addr, l limits) probe.Address {
	start := time.Now()
	a := probe.Address{IP: ip, Stage: probe.StageConnect}
	if ctx.Err() != nil {
		a.Failure = &probe.Failure{Class: probe.Canceled}
		return a
	}
	conn, failure := n.connect(ctx, ip, n.SMTPPort, l.connect)
	if failure != nil {
		a.Failure, a.Millis = n.unproven(host, failure), millis(start)
		return a
	}
	defer conn.Close()
	if n.Port25 != nil && n.SMTPPort == 25 {
		n.Port25.connected()
	}
	v := &visit{n: n, ctx: ctx, host: host, limits: l, seen: &a}
	v.talk = speak(conn, start, start.Add(l.address))
	a.Failure = v.run()
	a.Dialogue, a.Millis = v.talk.lines, millis(start)
	return a
}

// visit is one dialogue under way.
type visit struct {
	n      *Network
	ctx    context.Context
	host   dnsname.Name
	limits limits
	seen   *probe.Address
	talk   *dialogue
}

// run goes through the stages.
func (v *visit) run() *probe.Failure {
	v.seen.Stage = probe.StageBanner
	v.talk.within(v.limits.banner)
	if f := v.expect(&v.seen.Banner, 220); f != nil {
		return f
	}
	v.seen.Stage = probe.StageEHLO
	if f := v.ask("EHLO "+v.n.name(), &v.seen.EHLO, 250); f != nil {
		return f
	}
	if !offers(v.seen.EHLO, "STARTTLS") {
		return v.quit()
	}
	v.seen.Stage = probe.StageSTARTTLS
	if f := v.ask("STARTTLS", &v.seen.StartTLS, 220); f != nil {
		return f
	}
	v.talk.leftover()
	v.seen.Stage = probe.StageHandshake
	if f := v.secure(); f != nil {
		return f
	}
	v.seen.Stage = probe.StageEHLOTLS
	if f := v.ask("EHLO "+v.n.name(), &v.seen.EHLOTLS, 250); f != nil {
		return f
	}
	return v.quit()
}

// secure does the handshake. Old versions and suites are taken, so that they
// are seen.
func (v *visit) secure() *probe.Failure {
	v.talk.within(v.limits.handshake)
	secure, seen, f := v.n.handshake(v.ctx, v.talk.conn, &tls.Config{
		ServerName:   v.host.String(), // RFC 7672 §8.1
		MinVersion:   tls.VersionTLS10,
		CipherSuites: legacy(),
	})
	if f != nil {
		return f
	}
	v.seen.TLS = seen
	v.talk.over(secure)
	return nil
}

// ask sends a command and expects a reply of one code.
func (v *visit) ask(command string, into *probe.Reply, code int) *probe.Failure {
	v.talk.within(v.limits.reply)
	if err := v.talk.say(command); err != nil {
		return failed(v.ctx, err, probe.ReplyTimeout, probe.ConnectionLost)
	}
	return v.expect(into, code)
}

// expect reads a reply and takes any but one of the code for a failure. To a
// refusal we answer QUIT, as a polite client does.
func (v *visit) expect(into *probe.Reply, code int) *probe.Failure {
	reply, err := v.talk.hear()
	*into = reply
	switch {
	case errors.Is(err, errTooLong):
		return &probe.Failure{Class: probe.ReplyTooLong, Detail: err.Error()}
	case err != nil:
		return failed(v.ctx, err, probe.ReplyTimeout, probe.ReplyMalformed)
	case reply.Code != code:
		v.talk.say("QUIT")
		return &probe.Failure{Class: probe.ReplyNegative, Detail: strconv.Itoa(reply.Code)}
	}
	return nil
}

// quit ends the dialogue. Whether the peer hears it says nothing about it.
func (v *visit) quit() *probe.Failure {
	v.talk.within(v.limits.reply)
	v.talk.say("QUIT")
	v.seen.Stage = probe.StageDone
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
