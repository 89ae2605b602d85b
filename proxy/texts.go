package main

import (
	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/senders"
	"github.com/sealane/sealane/app/syntax"
)

// textDocument is one record or policy in what -json prints.
type textDocument struct {
	// Where is the owner name of a TXT record, or the URL of the policy.
	Where       string              `json:"where"`
	Text        string              `json:"text"`
	Diagnostics []diagnosisDocument `json:"diagnostics"`
	// Mended is what the text was to say; absent where it is valid or that can't
	// be known.
	Mended string `json:"mended,omitempty"`
}

// diagnosisDocument is one oddity, its finding code, and how implementations
// read it, as far as that is documented.
type diagnosisDocument struct {
	Code check.Code `json:"code"`
	syntax.Diagnostic
	Readers []senders.Reading `json:"readers,omitempty"`
}

// texts lists the texts of a report that have diagnostics.
func texts(r check.Report) []textDocument {
	all := []textDocument{}
	add := func(where, text, group, mended string, diagnostics []syntax.Diagnostic) {
		if len(diagnostics) == 0 {
			return
		}
		doc := textDocument{Where: where, Text: text, Mended: mended}
		for _, d := range diagnostics {
			code := check.Code(group + "." + string(d.Kind))
			doc.Diagnostics = append(doc.Diagnostics, diagnosisDocument{code, d, senders.Readers(string(code))})
		}
		all = append(all, doc)
	}
	records := func(views []check.TXTView, group string) {
		for _, v := range views {
			mended := ""
			if !syntax.Valid(v.Diagnostics) {
				mended = v.Diagnostics[0].Mend
			}
			add(v.Owner, v.Text, group, mended, v.Diagnostics)
		}
	}
	records(r.Record.TXT, "sts-record")
	if p := &r.Policy; p.Fetched != nil {
		add(p.Fetched.Policy.URL, string(p.Fetched.Policy.Body), "sts-policy", p.Mended, p.Diagnostics)
	}
	records(r.TLSRPT.TXT, "tlsrpt-record")
	return all
}

// readers gives, by finding code, how implementations read what was found.
func readers(r check.Report) map[check.Code][]senders.Reading {
	all := map[check.Code][]senders.Reading{}
	for _, f := range r.Findings {
		if read := senders.Readers(string(f.Code)); read != nil {
			all[f.Code] = read
		}
	}
	return all
}
