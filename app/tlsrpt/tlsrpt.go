// Package tlsrpt reads and prints the _smtp._tls record of SMTP TLS Reporting
// (RFC 8460 §3). It is text in, values out: no transport.
package tlsrpt

import "github.com/sealane/sealane/app/syntax"

// Record is a valid _smtp._tls TXT record (RFC 8460 §3).
type Record struct {
	// RUA are the report URIs in order, as written, of all rua fields.
	RUA        []string
	Extensions []syntax.Field
}
