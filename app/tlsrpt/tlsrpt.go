// Package tlsrpt reads and prints the _smtp._tls record of SMTP TLS Reporting
// (RFC 8460 §3). It is text in, values out: no transport.
package tlsrpt

import (
	"strings"

	"github.com/sealane/sealane/app/syntax"
)

// Record is a valid _smtp._tls TXT record (RFC 8460 §3).
type Record struct {
	// RUA are the report URIs in order, as written, of all rua fields.
	RUA        []string
	Extensions []syntax.Field
}

const recordVersion = "v=TLSRPTv1"

// Kinds of diagnostics of a record, beside the shared ones of syntax; each is
// the tail of a code tlsrpt-record.*.
const (
	RUAMissing           syntax.Kind = "rua-missing"
	RUAEmpty             syntax.Kind = "rua-empty"
	RUANoScheme          syntax.Kind = "rua-no-scheme"
	RUASchemeUnsupported syntax.Kind = "rua-scheme-unsupported"
	RUAWrongSeparator    syntax.Kind = "rua-wrong-separator"
	RUASpaceAroundComma  syntax.Kind = "rua-space-around-comma"
	RUARepeated          syntax.Kind = "rua-repeated"
	RUAUnencodedReserved syntax.Kind = "rua-unencoded-reserved"
	RUAInvalidAddress    syntax.Kind = "rua-invalid-address"
	RUATrailingDot       syntax.Kind = "rua-trailing-dot"
	DMARCTags            syntax.Kind = "dmarc-tags"
)

// SelectRecord gives the indices of the TXT records that senders don't
// discard: those that begin with "v=TLSRPTv1;" (RFC 8460 §3). Senders need
// exactly one. White space before the semicolon, which the ABNF allows and the
// prose doesn't, counts.
func SelectRecord(txts []string) (candidates []int) {
	for i, txt := range txts {
		if syntax.Candidate(txt, recordVersion) {
			candidates = append(candidates, i)
		}
	}
	return candidates
}

// String gives the record with all URIs in one rua field.
func (r Record) String() string {
	var b strings.Builder
	b.WriteString(recordVersion + "; rua=" + strings.Join(r.RUA, ","))
	for _, e := range r.Extensions {
		b.WriteString("; " + e.Name + "=" + e.Value)
	}
	return b.String()
}
