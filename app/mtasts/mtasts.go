// Package mtasts reads, prints and applies the record and policy of MTA-STS
// (RFC 8461). It is text in, values out: no transport.
package mtasts

import (
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// Mode is a policy's mode (RFC 8461 §5). The zero Mode is unknown.
type Mode uint8

// The modes of RFC 8461 §3.2.
const (
	ModeUnknown Mode = iota
	ModeNone
	ModeTesting
	ModeEnforce
)

// String gives the mode as a policy writes it, "" for an unknown one.
func (m Mode) String() string {
	switch m {
	case ModeNone:
		return "none"
	case ModeTesting:
		return "testing"
	case ModeEnforce:
		return "enforce"
	}
	return ""
}

// ParseMode reads a mode value, which is case-sensitive (RFC 8461 §3.2):
// ModeUnknown for any other text.
func ParseMode(s string) Mode {
	for m := ModeNone; m <= ModeEnforce; m++ {
		if m.String() == s {
			return m
		}
	}
	return ModeUnknown
}

// MaxMaxAge is the largest max_age, in seconds (RFC 8461 §3.2).
const MaxMaxAge = 31557600

// Record is a valid _mta-sts TXT record (RFC 8461 §3.1).
type Record struct {
	ID         string
	Extensions []syntax.Field
}

// Policy is a policy file's content (RFC 8461 §3.2).
type Policy struct {
	Mode       Mode
	MaxAge     uint32 // seconds, 0 to MaxMaxAge
	MX         []Pattern
	Extensions []syntax.Field
}

// Pattern is one mx value: a host name, or "*." and a host name, which stands
// for exactly one label (RFC 8461 §4.1).
type Pattern struct {
	Wildcard bool
	Name     dnsname.Name // without the "*."
}
