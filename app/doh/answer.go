// Package doh writes DNS questions and reads DNS answers in wire form, as
// RFC 8484 carries them. It has no transport.
package doh

import (
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// Type is a DNS RR type (RFC 1035 §3.2.2).
type Type uint16

// The types Sealane asks for.
const (
	TypeA      Type = 1
	TypeNS     Type = 2
	TypeCNAME  Type = 5
	TypeSOA    Type = 6
	TypeMX     Type = 15
	TypeTXT    Type = 16
	TypeAAAA   Type = 28
	TypeDS     Type = 43
	TypeRRSIG  Type = 46
	TypeDNSKEY Type = 48
	TypeTLSA   Type = 52
)

// Response codes (RFC 1035 §4.1.1).
const (
	RcodeNoError  = 0
	RcodeServFail = 2
	RcodeNXDomain = 3
	RcodeRefused  = 5
)

// Answer is one parsed response.
type Answer struct {
	Rcode     int
	AD        bool // the resolver says: authentic (RFC 4035 §3.2.3)
	Truncated bool
	Answer    []Record
	Authority []Record
	EDE       []EDE
}

// Record is one resource record. RData is in wire form with every compressed
// name written out.
type Record struct {
	Owner string // presentation form, lower case, without final dot
	Type  Type
	TTL   uint32 // seconds
	RData []byte
}

// EDE is an extended DNS error (RFC 8914 §2).
type EDE struct {
	Code uint16 `json:"code"`
	Text string `json:"text,omitempty"`
}

// MX is one MX record (RFC 1035 §3.3.9).
type MX struct {
	Preference uint16
	// Host is zero when the target is no name of letters, digits, hyphens and
	// underscores; Raw is the target as presented, "." for the null MX.
	Host dnsname.Name
	Raw  string
}

// RRSIG is what a finding needs of a signature (RFC 4034 §3.1).
type RRSIG struct {
	Covered    Type
	Algorithm  uint8
	KeyTag     uint16
	Signer     dnsname.Name
	Inception  time.Time
	Expiration time.Time
}

// DS is a delegation signer record (RFC 4034 §5.1).
type DS struct {
	KeyTag     uint16
	Algorithm  uint8
	DigestType uint8
}

// DNSKEY is what a finding needs of a key (RFC 4034 §2.1).
type DNSKEY struct {
	Flags     uint16
	Algorithm uint8
	KeyTag    uint16
}

// SOA is what a finding needs of a zone's SOA (RFC 1035 §3.3.13).
type SOA struct {
	Zone dnsname.Name
}
