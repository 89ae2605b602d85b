package ui

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/probe"
)

func (v view) mailBrief() string {
	names := make([]string, 0, 2)
	for i, h := range v.report.Hosts {
		if i == 2 {
			names = append(names, "…")
			break
		}
		names = append(names, hostName(h))
	}
	return strings.Join(names, ", ")
}

func hostName(h check.HostView) string {
	if h.Host.IsZero() {
		return visible(shorten(h.Raw, 120))
	}
	return h.Host.String()
}

// mailServers is a part for each host, with one for each address.
func (v view) mailServers() app.UI {
	if len(v.report.Hosts) == 0 {
		return el("p").class("muted").text(v.w.Mail.None)
	}
	parts := make([]app.UI, len(v.report.Hosts))
	for i, h := range v.report.Hosts {
		parts[i] = v.host(h)
	}
	return el("div").body(parts...)
}

func (v view) host(h check.HostView) app.UI {
	w := v.w.Mail
	about := []app.UI{}
	say := func(name, text string) { about = append(about, fact(name, text)) }
	switch {
	case h.Implicit:
		say("", w.Implicit)
	case h.Host.IsZero():
		say("error", fill(w.NotAName, "raw", visible(shorten(h.Raw, 120))))
	default:
		say("", fill(w.Preference, "preference", itoa(int(h.Preference))))
	}
	if !h.Expanded.IsZero() && h.Expanded != h.Host {
		say("notice", fill(w.CNAME, "name", h.Expanded.String()))
	}
	switch h.InPolicy {
	case check.OK:
		say("ok", w.InPolicy)
	case check.Error:
		say("error", w.NotInPolicy)
	}
	parts := []app.UI{el("h4").body(el("code").text(hostName(h))), el("p").class("facts").body(about...)}
	switch {
	case h.Failure != nil:
		parts = append(parts, el("p").class("muted").text(v.failure(h.Failure)))
	case len(h.Addresses) == 0 && !h.Host.IsZero():
		parts = append(parts, el("p").class("muted").text(w.NotProbed+" "+joinIPs(h.IPs)))
	}
	for _, a := range h.Addresses {
		parts = append(parts, v.address(h, a))
	}
	return el("section").class("host").data("host", hostName(h)).body(parts...)
}

// fact is a few words, with a level's mark when name is one.
func fact(name, text string) app.UI {
	if name == "" {
		return el("span").class("fact").text(text)
	}
	return el("span").class("fact").body(mark(name), el("span").text(text))
}

func joinIPs(ips []netip.Addr) string {
	texts := make([]string, len(ips))
	for i, ip := range ips {
		texts[i] = ip.String()
	}
	return strings.Join(texts, ", ")
}

// address is one dialogue: how it ended, what was agreed, and on demand every
// line and every certificate.
func (v view) address(h check.HostView, a check.AddressView) app.UI {
	w, p := v.w.Mail, a.Probe
	ip := p.IP.String()
	facts := []app.UI{el("code").class("ip").text(ip)}
	say := func(name, text string) { facts = append(facts, fact(name, text)) }
	if p.Failure != nil {
		say("error", v.failure(p.Failure)+", "+w.Stages.Of(string(p.Stage)))
	}
	if p.TLS != nil {
		say("", tlsName(p.TLS))
	} else if p.Failure == nil {
		say("error", w.NoTLS)
	}
	verdict := func(l check.Level, fine, fails string) {
		switch l {
		case check.OK:
			say("ok", fine)
		case check.Error:
			say("error", fails)
		}
	}
	verdict(a.DANE, w.DANEOK, w.DANEFails)
	verdict(a.WebPKI, w.WebPKIOK, w.WebPKIFails)
	if p.Millis > 0 {
		say("", fill(w.Milliseconds, "ms", itoa(p.Millis)))
	}
	key := hostName(h) + " " + ip
	parts := []app.UI{el("p").class("facts").body(facts...)}
	if len(p.Dialogue) > 0 {
		parts = append(parts, v.fold("dialogue "+key, w.Dialogue, "small", v.dialogue(p.Dialogue)))
	}
	if len(a.Chain) > 0 {
		chain := make([]app.UI, len(a.Chain))
		for i, c := range a.Chain {
			chain[i] = v.certificate(c, i)
		}
		parts = append(parts, v.fold("chain "+key, fill(w.Chain, "count", itoa(len(chain))), "small", chain...))
	}
	return el("div").class("address").data("address", ip).body(parts...)
}

// dialogue is the lines as they went, ours marked.
func (v view) dialogue(said []probe.Line) app.UI {
	rows := make([]app.UI, len(said))
	for i, l := range said {
		class, arrow, who := "server", "←", v.w.Mail.Server
		if l.Client {
			class, arrow, who = "client", "→", v.w.Mail.Client
		}
		rows[i] = el("div").class("said-line", class).body(
			el("span").class("millis").text(fill(v.w.Mail.Milliseconds, "ms", itoa(l.Millis))),
			el("span").aria("hidden", "true").text(arrow),
			el("span").class("sr").text(who),
			el("code").text(visible(l.Text)),
		)
	}
	return el("div").class("dialogue").attr("tabindex", "0").body(rows...)
}

// certificate is one of a chain; depth 0 is the leaf, below 0 it isn't said.
func (v view) certificate(c check.CertificateView, depth int) app.UI {
	w := v.w.Mail
	if c.Fault {
		return el("p").class("muted").text(w.BadDER)
	}
	var rows []app.UI
	add := func(term string, content ...app.UI) {
		rows = append(rows, el("dt").text(term), el("dd").body(content...))
	}
	code := func(s string) app.UI { return el("code").text(visible(shorten(s, 300))) }
	subject := c.Subject
	switch {
	case depth == 0:
		add(w.Leaf, code(subject))
	case depth > 0:
		add(fill(w.Depth, "depth", itoa(depth)), code(subject))
	}
	if depth <= 0 {
		names := w.NoNames
		if len(c.Names) > 0 {
			names = strings.Join(c.Names[:min(len(c.Names), 20)], ", ")
		}
		add(w.Names, code(names))
	}
	add(w.Issuer, code(c.Issuer))
	add(w.Dates, app.Text(v.dates(c)))
	if c.Key != "" {
		add(w.Key, app.Text(c.Key))
	}
	if c.TLSA != "" && depth >= 0 {
		add(w.WouldMatch, code(c.TLSA))
	}
	return el("dl").class("terms certificate").body(rows...)
}

func (v view) dates(c check.CertificateView) string {
	w := v.w.Mail
	text := fill(w.Valid, "from", day(c.NotBefore), "to", day(c.NotAfter))
	now := v.report.At
	switch {
	case now.After(c.NotAfter):
		text += ", " + w.Expired
	case now.Before(c.NotBefore) && now != (time.Time{}):
		text += ", " + w.NotYet
	}
	return text
}

// tlsName names version and cipher as their registries do.
func tlsName(t *probe.TLS) string {
	version := fmt.Sprintf("TLS 0x%04x", t.Version)
	for _, n := range versionNames {
		if n.number == t.Version {
			version = n.name
		}
	}
	cipher := fmt.Sprintf("0x%04X", t.Cipher)
	for _, n := range cipherNames {
		if n.number == t.Cipher {
			cipher = n.name
		}
	}
	return version + ", " + cipher
}

type tlsNumber struct {
	number uint16
	name   string
}

// versionNames are the protocol versions of RFC 8446 §4.1.2 and before.
var versionNames = []tlsNumber{{0x0304, "TLS 1.3"}, {0x0303, "TLS 1.2"}, {0x0302, "TLS 1.1"}, {0x0301, "TLS 1.0"}, {0x0300, "SSL 3.0"}}

// cipherNames are what a Go client can agree on, by the IANA registry's names.
var cipherNames = []tlsNumber{
	{0x1301, "TLS_AES_128_GCM_SHA256"}, {0x1302, "TLS_AES_256_GCM_SHA384"}, {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
	{0xc02b, "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}, {0xc02c, "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
	{0xc02f, "ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, {0xc030, "ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
	{0xcca8, "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"}, {0xcca9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
	{0xc009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}, {0xc00a, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
	{0xc013, "ECDHE_RSA_WITH_AES_128_CBC_SHA"}, {0xc014, "ECDHE_RSA_WITH_AES_256_CBC_SHA"},
	{0x009c, "RSA_WITH_AES_128_GCM_SHA256"}, {0x009d, "RSA_WITH_AES_256_GCM_SHA384"},
	{0x002f, "RSA_WITH_AES_128_CBC_SHA"}, {0x0035, "RSA_WITH_AES_256_CBC_SHA"}, {0x000a, "RSA_WITH_3DES_EDE_CBC_SHA"},
}
