package ui

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
)

func (v view) tlsaBrief() string {
	n := 0
	for _, h := range v.report.Hosts {
		n += len(h.TLSA)
	}
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// tlsa is a part for each host: its records, what each matches, and the record
// that would match.
func (v view) tlsa() app.UI {
	var parts []app.UI
	for _, h := range v.report.Hosts {
		if !h.Host.IsZero() {
			parts = append(parts, v.hostTLSA(h))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, el("p").class("muted").text(v.w.Mail.None))
	}
	return el("div").body(parts...)
}

func (v view) hostTLSA(h check.HostView) app.UI {
	w := v.w.Mail
	name := h.TLSAName.String()
	if name == "" {
		name = "_25._tcp." + h.Host.String()
	}
	parts := []app.UI{el("h4").body(v.tokens(w.TLSAAt, "name", name)...)}
	if len(h.TLSA) == 0 {
		text := w.NoTLSA
		if h.TLSAState != check.NoData && h.TLSAState != check.NXDomain {
			text = v.w.Details.States.Of(lookupState(h.TLSAState))
		}
		parts = append(parts, el("p").class("muted").text(text))
	}
	for _, r := range h.TLSA {
		parts = append(parts, v.tlsaRecord(r))
	}
	if would := wouldMatch(h); would != "" && len(h.TLSA) > 0 {
		parts = append(parts, el("p").class("source-head").body(
			el("span").text(w.WouldMatch), v.copyButton("tlsa "+h.Host.String(), would)),
			el("pre").attr("tabindex", "0").body(el("code").text(would)))
	}
	return el("section").class("host").body(parts...)
}

// wouldMatch is the record for the leaf that the first address presents.
func wouldMatch(h check.HostView) string {
	for _, a := range h.Addresses {
		if len(a.Chain) > 0 && a.Chain[0].TLSA != "" {
			return a.Chain[0].TLSA
		}
	}
	return ""
}

func (v view) tlsaRecord(r check.TLSAView) app.UI {
	w := v.w.Mail
	name, text := "ok", ""
	switch {
	case r.Unusable != "":
		name, text = "warning", fill(w.Unusable, "code", "tlsa."+r.Unusable)
	case len(r.MatchesAt) == 0:
		name, text = "notice", w.MatchesNone
	default:
		places := make([]string, len(r.MatchesAt))
		for i, p := range r.MatchesAt {
			places[i] = fill(w.MatchPlace, "ip", p.IP.String(), "depth", itoa(p.Depth))
		}
		text = fill(w.Matches, "places", strings.Join(places, ", "))
	}
	record := fmt.Sprintf("%d %d %d %s", r.Record.Usage, r.Record.Selector, r.Record.Matching, hex.EncodeToString(r.Record.Data))
	return el("div").class("tlsa-record").body(
		el("code").class("record").text(shorten(record, 400)),
		fact(name, text),
	)
}
