package explain_test

import (
	"testing"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/explain"
	"github.com/sealane/sealane/app/probe"
)

// looked is a report of a check that saw everything there is to see of two hosts,
// and found nothing wrong.
func looked() check.Report {
	r := check.Report{Domain: dnsname.MustParse("b.example"), Progress: check.Progress{Done: true}}
	r.Record.State, r.TLSRPT.State, r.Policy.State = check.Found, check.Found, check.Found
	r.Policy.Fetched, r.Policy.Usable = &check.Fetched{}, true
	for _, name := range []string{"mx1.b.example", "mx2.b.example"} {
		a := check.AddressView{Probe: probe.Address{Stage: probe.StageDone, Dialogue: make([]probe.Line, 1)}, Chain: make([]check.CertificateView, 1)}
		r.Hosts = append(r.Hosts, check.HostView{Host: dnsname.MustParse(name), Probed: true, TLSAState: check.Found, Addresses: []check.AddressView{a}})
	}
	return r
}

// TestWeigh says what a check shows, and of what it can't it says nothing.
func TestWeigh(t *testing.T) {
	const mismatch, tlsaLookup, noRecord, notListed = "550 5.7.323 ", "DANE error: tlsa lookup DEFER", "STSFetchResult.NONE", "5.4.8 "
	found := func(code check.Code, subject string) func(*check.Report) {
		return func(r *check.Report) { r.Findings = append(r.Findings, check.Finding{Code: code, Subject: subject}) }
	}
	for _, c := range []struct {
		name, text, about string
		change            func(*check.Report)
		want              string // a letter for each cause: open, holds, struck
	}{
		{"all was looked at", mismatch, "", nil, "ssso"},
		{"no check", mismatch, "", func(r *check.Report) { *r = check.Report{} }, "oooo"},
		{"not done", mismatch, "", func(r *check.Report) { r.Progress.Done = false }, "oooo"},
		{"another domain", mismatch, "to=<x@a.example>", found("dane.mismatch-all", "mx1.b.example"), "oooo"},
		{"the domain itself", mismatch, "to=<x@b.example>", found("dane.mismatch-all", "mx1.b.example"), "hsso"},
		{"at an address of the host", mismatch, "relay=mx1.b.example", found("dane.mismatch-all", "mx1.b.example 192.0.2.1"), "hsso"},
		{"at the other host", mismatch, "relay=mx2.b.example", found("dane.mismatch-all", "mx1.b.example"), "ssso"},
		{"a host that the domain no longer has", mismatch, "relay=old.b.example", found("dane.mismatch-all", "mx1.b.example"), "hsso"},
		{"a host not probed", mismatch, "", func(r *check.Report) { r.Hosts[1].Probed = false }, "osoo"},
		{"the other host not probed", mismatch, "relay=mx1.b.example", func(r *check.Report) { r.Hosts[1].Probed = false }, "ssso"},
		{"no chain", mismatch, "", func(r *check.Report) { r.Hosts[0].Addresses[0].Chain = nil }, "osoo"},
		{"no TLSA answer", mismatch, "", func(r *check.Report) { r.Hosts[0].TLSAState = check.Blind }, "ooso"},
		{"TLSA lookup fails", tlsaLookup, "", found("tlsa.lookup-servfail", "mx1.b.example"), "hsso"},
		{"no DNSSEC seen", tlsaLookup, "", func(r *check.Report) {
			r.NotChecked = []check.NotChecked{{Phrase: check.Phrase{Key: "not-checked.dnssec-resolver"}}}
		}, "oooo"},
		{"no record", noRecord, "", func(r *check.Report) { r.Record.State = check.NXDomain; found("sts-record.absent", "b.example")(r) }, "hss"},
		{"the lookup failed", noRecord, "", func(r *check.Report) { r.Record.State = check.Failed }, "ooo"},
		{"not listed", notListed, "", found("sts-mx.none-match", "b.example"), "ho"},
		{"no policy to compare", notListed, "", func(r *check.Report) { r.Policy.Usable = false }, "oo"},
		{"what hides the rest was found", "STSFetchResult.FETCH_ERROR", "", found("sts-policy-fetch.cert-name-mismatch", "mta-sts.b.example"), "hooos"},
	} {
		r := looked()
		if c.change != nil {
			c.change(&r)
		}
		x := explain.Read(c.about + " " + c.text)
		if len(x.Matches) != 1 {
			t.Fatalf("%s: %+v", c.name, x)
		}
		got := ""
		for _, w := range explain.Weigh(x.Matches[0], r) {
			got += string("ohs"[w.State])
			if w.State == explain.Holds != (len(w.Findings) > 0) {
				t.Errorf("%s: %s is %d with findings %v", c.name, w.ID, w.State, w.Findings)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
