package probe

import (
	"net/netip"

	"github.com/sealane/sealane/app/dnsname"
)

// Limits of asking authoritative servers.
const (
	MaxNameservers = 8  // addresses asked per zone
	MaxQuestions   = 16 // questions put to each
)

// Question is one DNS question (RFC 1035 §4.1.2), class IN.
type Question struct {
	Name dnsname.Name `json:"name"`
	Type uint16       `json:"type"`
}

// Nameservers is what the authoritative servers of a zone answered, each asked
// directly, with RD=0 and DO=1.
type Nameservers struct {
	Zone    dnsname.Name `json:"zone"`
	Servers []Nameserver `json:"servers,omitempty"`
	// Failure is set when no server could be asked.
	Failure *Failure `json:"failure,omitempty"`
}

// Nameserver is one address of an authoritative server.
type Nameserver struct {
	Host    dnsname.Name   `json:"host"`
	IP      netip.Addr     `json:"ip"`
	Answers []DirectAnswer `json:"answers"` // in the order of the questions
}

// DirectAnswer is one response, over TCP where UDP's was cut. Wire is nil when
// none came, and then Failure says why.
type DirectAnswer struct {
	Question
	Wire    []byte   `json:"wire,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}
