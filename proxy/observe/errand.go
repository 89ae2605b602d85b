package observe

import (
	"crypto/tls"
	"slices"

	"github.com/sealane/sealane/app/probe"
)

// errand is one aside on port 25: a visit up to where it differs from the
// first one.
type errand struct {
	visit
	aside *probe.Aside
}

// run goes through it. Where STARTTLS isn't offered it ends as the first visit
// does.
func (e *errand) run() *probe.Failure {
	if f := e.greet(); f != nil {
		return f
	}
	if e.aside.Kind == probe.PlainMail {
		return e.mail()
	}
	if !offers(e.seen.EHLO, "STARTTLS") {
		return e.quit()
	}
	command := "STARTTLS"
	if e.aside.Kind == probe.Injection {
		command += "\r\nNOOP"
	}
	if f := e.startTLS(command); f != nil {
		return f
	}
	switch e.aside.Kind {
	case probe.OnlyDHE:
		return e.hello(versionTLS12)
	case probe.OldTLS:
		return e.hello(versionTLS11)
	case probe.SSL3:
		return e.hello(versionSSL3)
	case probe.NoSNI:
		config := e.config()
		config.ServerName = ""
		return e.shake(config, e.quit)
	case probe.OnlyRSA, probe.OnlyECDSA:
		config := e.config()
		config.MaxVersion = tls.VersionTLS12
		config.CipherSuites = slices.DeleteFunc(legacy(), func(id uint16) bool {
			return !offersKind(id, e.aside.Kind)
		})
		return e.shake(config, e.renegotiate)
	}
	return e.shake(e.config(), e.injected)
}

// mail sends MAIL FROM:<> in the clear, notes the reply, and takes it back.
func (e *errand) mail() *probe.Failure {
	e.talk.within(e.limits.reply)
	if err := e.talk.say("MAIL FROM:<>"); err != nil {
		return failed(e.ctx, err, probe.ReplyTimeout, broke(e.talk.conn))
	}
	if f := e.hear(&e.aside.Reply); f != nil {
		return f
	}
	e.talk.within(e.limits.reply)
	e.talk.say("RSET")
	e.talk.hear() // so that QUIT isn't pipelined
	return e.quit()
}

// hello sends a hello of a version and reads the answer.
func (e *errand) hello(version uint16) *probe.Failure {
	if _, err := e.tap.Write(oldHello(version, e.host.String()).record()); err != nil {
		return failed(e.ctx, err, probe.TLSTimeout, probe.ConnectionLost)
	}
	f, err := readFlight(e.tap)
	e.aside.Hello = f.hello
	if err != nil {
		return flightFailed(e.ctx, err)
	}
	e.stage(probe.StageDone)
	return nil
}

// shake does a handshake and then what is left of the errand.
func (e *errand) shake(config *tls.Config, then func() *probe.Failure) *probe.Failure {
	config.KeyLogWriter = &e.tap.keys
	secure, seen, failure := e.n.handshakeOver(e.ctx, e.tap, config)
	e.aside.TLS, e.aside.Hello = seen, helloIn(e.tap)
	if failure != nil {
		return failure
	}
	e.talk.over(secure)
	return then()
}

// renegotiate asks for a new handshake, or takes leave where it can't.
func (e *errand) renegotiate() *probe.Failure {
	secure := e.talk.conn.(*tls.Conn)
	if _, _, possible := e.tap.protections(secure.ConnectionState().CipherSuite); !possible {
		return e.quit()
	}
	e.aside.Renegotiates = renegotiates(e.tap, secure, e.host.String(), earlier(e.talk.end, e.limits.again))
	e.stage(probe.StageDone)
	return nil
}

// injected sends QUIT and looks whether a reply to something else comes before
// the reply to it. A single reply is to QUIT, whatever its code.
func (e *errand) injected() *probe.Failure {
	e.stage(probe.StageEHLOTLS)
	e.talk.within(e.limits.reply)
	if err := e.talk.say("QUIT"); err != nil {
		return failed(e.ctx, err, probe.ReplyTimeout, broke(e.talk.conn))
	}
	var first probe.Reply
	if f := e.hear(&first); f != nil {
		return f
	}
	e.stage(probe.StageDone)
	const closing = 221
	if first.Code == closing {
		return nil
	}
	e.talk.within(e.limits.again)
	if second, err := e.talk.hear(); err == nil && second.Code == closing {
		e.aside.Reply = first
	}
	return nil
}

// offersKind tells whether a suite fits an aside: the certificate's key is of
// the type that it names (RFC 5246 §A.5, RFC 8422 §6).
func offersKind(id uint16, kind probe.AsideKind) bool {
	return ecdsaSuite(id) == (kind == probe.OnlyECDSA)
}

func ecdsaSuite(id uint16) bool {
	return slices.Contains([]uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,
	}, id)
}
