package check

import (
	"crypto/x509"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// endpoint is one address of a mail host, as probed, with what can be read of
// its chain.
type endpoint struct {
	host  *host
	seen  *probe.Address
	view  *AddressView
	chain [][]byte            // DER, leaf first; nil without TLS
	certs []*x509.Certificate // of chain; nil where Go's x509 refuses
	dane  dane.Result
	held  dane.Result // what the records and the chain alone give
	// asides are the further visits to the address.
	asides []probe.Aside
}

// over adds a finding about each address that the test hits, with further
// arguments, or one about the host when all addresses that were judged agree.
func (j *judge) over(h *host, code Code, test func(e *endpoint) (pairs []string, hit bool)) {
	j.overOf(h, code, (*endpoint).judged, test)
}

// overOf is over for the addresses that count.
func (j *judge) overOf(h *host, code Code, counts func(*endpoint) bool, test func(e *endpoint) (pairs []string, hit bool)) {
	var hits []*endpoint
	var args [][]string
	judged := 0
	for _, e := range h.endpoints {
		if !counts(e) {
			continue
		}
		judged++
		if pairs, hit := test(e); hit {
			hits, args = append(hits, e), append(args, pairs)
		}
	}
	if len(hits) == 0 {
		return
	}
	host := h.name.String()
	agree := !slices.ContainsFunc(args, func(a []string) bool { return !slices.Equal(a, args[0]) })
	if agree && len(hits) == judged {
		j.add(code, host, append([]string{"host", host, "ip", addressList(hits)}, args[0]...)...)
		return
	}
	for i, e := range hits {
		ip := e.seen.IP.String()
		j.add(code, host+" "+ip, append([]string{"host", host, "ip", ip}, args[i]...)...)
	}
}

// addressList joins the addresses for a sentence.
func addressList(all []*endpoint) string {
	var ips []string
	for _, e := range all {
		ips = append(ips, e.seen.IP.String())
	}
	return strings.Join(ips, ", ")
}

// publishCurrent adds the "3 1 1" record of every key that the host shows.
func (f *Finding) publishCurrent(h *host) {
	for _, e := range h.endpoints {
		if len(e.view.Chain) > 0 {
			f.publishTLSA(h, e.view.Chain[0].TLSA)
		}
	}
}

// publishKey adds the "3 1 1" record of a certificate's key.
func (f *Finding) publishKey(h *host, der []byte) {
	if r, err := dane.Derive(der, dane.DANEEE, dane.SPKISelector, dane.SHA256); err == nil {
		f.publishTLSA(h, r.String())
	}
}

// publishTLSA adds a record of the host, "" for none, once.
func (f *Finding) publishTLSA(h *host, record string) {
	p := Publication{Type: "TLSA", Name: h.tlsaPlace().String(), Value: record}
	if record != "" && !slices.Contains(f.Publish, p) {
		f.Publish = append(f.Publish, p)
	}
}

// tlsaPlace is where the host's records stand: nothing can stand beside an
// alias (RFC 1034 §3.6.2).
func (h *host) tlsaPlace() dnsname.Name {
	if h.tlsa.hops > 0 && !h.tlsa.loop {
		return h.tlsa.end
	}
	return h.tlsaName()
}

// judged tells whether what happened at the address says anything of the host:
// a fault of ours doesn't, and an address that no public host has is judged
// elsewhere.
func (e *endpoint) judged() bool {
	f := e.seen.Failure
	return f == nil || !f.Class.Own() && f.Class != probe.AddressReserved && f.Class != probe.Unreachable && !e.beyondUs()
}

// noRoute tells an address that the proxy can't call for want of a route. It
// says that its network is blocked when its own routing table is what fails:
// with IPv6 alone, while IPv4 gets through to the same host, that is no IPv6.
func (e *endpoint) noRoute() bool {
	f := e.seen.Failure
	return f != nil && (f.Class == probe.Unreachable || f.Class == probe.Blocked && e.seen.IP.Is6() &&
		slices.ContainsFunc(e.host.endpoints, func(other *endpoint) bool {
			return other.seen.IP.Is4() && other.seen.Stage != probe.StageConnect
		}))
}

// beyondUs tells a handshake that our own TLS library gave up, as over a
// certificate that it can't read: other senders' libraries may go on.
func (e *endpoint) beyondUs() bool {
	f := e.seen.Failure
	return f != nil && f.Class == probe.TLSFailed && e.seen.Stage == probe.StageHandshake
}

// greeted tells whether the server took EHLO.
func (e *endpoint) greeted() bool { return e.seen.EHLO.Code == 250 }

// offers tells whether the server offered STARTTLS.
func (e *endpoint) offers() bool { return e.greeted() && keyword(e.seen.EHLO, "STARTTLS") }

// spokeTLS tells whether the dialogue went on inside TLS.
func (e *endpoint) spokeTLS() bool { return e.seen.TLS != nil && e.seen.EHLOTLS.Code == 250 }

// outdated tells TLS older than 1.2, which new software refuses (RFC 8996 §4,
// RFC 8461 §7.2).
func (e *endpoint) outdated() bool { return e.seen.TLS != nil && e.seen.TLS.Version < tls12 }

// withoutTLS tells whether the server was there and no TLS came about, by no
// fault of ours.
func (e *endpoint) withoutTLS() bool {
	if e.seen.TLS != nil {
		return len(e.chain) == 0
	}
	_, away := e.turnedAway()
	return (e.greeted() || notUnderstood(e.seen.EHLO)) && e.judged() && !away
}

// turnedAway tells a server that would not speak with us, and its reply: that
// says nothing of what it offers to others.
func (e *endpoint) turnedAway() (reply probe.Reply, away bool) {
	f := e.seen.Failure
	switch {
	case f == nil || e.speaksTLSAtOnce():
	case e.seen.Stage == probe.StageConnect: // a reset just behind the acceptance
		return e.seen.Banner, f.Class == probe.ConnectionLost
	case e.seen.Stage == probe.StageBanner:
		return e.seen.Banner, f.Class != probe.ReplyTimeout
	case e.seen.Stage == probe.StageEHLO:
		return e.seen.EHLO, !notUnderstood(e.seen.EHLO)
	case e.seen.Stage == probe.StageSTARTTLS:
		return e.seen.StartTLS, e.seen.StartTLS.Code == 421 // closing down (RFC 5321 §3.8)
	}
	return probe.Reply{}, false
}

// notUnderstood tells the replies to a command that the server doesn't know
// (RFC 5321 §4.2.4). Other refusals are about us, not about the command.
func notUnderstood(r probe.Reply) bool { return r.Code == 500 || r.Code == 502 }

// speaksTLSAtOnce tells whether the server's first octets are a TLS record (an
// alert, 15 03, RFC 8446 §5.1) or an HTTP answer: port 25 runs the wrong service.
func (e *endpoint) speaksTLSAtOnce() bool {
	for _, line := range e.seen.Dialogue {
		if !line.Client {
			return strings.HasPrefix(line.Text, "\x15\x03") || strings.HasPrefix(line.Text, "HTTP/")
		}
	}
	return false
}

// mangled gives a keyword of the EHLO reply that looks like STARTTLS written
// over, as devices that inspect SMTP do, "" without one.
func (e *endpoint) mangled() string {
	lines := e.seen.EHLO.Lines
	for _, line := range lines[min(1, len(lines)):] {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if len(word) == 8 && (strings.Count(word, "X") >= 6 || strings.Count(word, "*") >= 1) {
			return word
		}
	}
	return ""
}

// keyword tells whether an EHLO reply lists an extension. The first line is the
// server's name (RFC 5321 §4.1.1.1).
func keyword(r probe.Reply, name string) bool {
	if r.Code != 250 {
		return false
	}
	for _, line := range r.Lines[min(1, len(r.Lines)):] {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.EqualFold(word, name) {
			return true
		}
	}
	return false
}

// replyText is a reply in one line, or the failure's class without a reply.
func replyText(r probe.Reply, f *probe.Failure) string {
	if r.Code != 0 {
		return clip(strings.TrimSpace(strconv.Itoa(r.Code) + " " + strings.Join(r.Lines, " ")))
	}
	if f != nil {
		return string(f.Class)
	}
	return ""
}

// clip shortens what a server sent to what fits a sentence.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
