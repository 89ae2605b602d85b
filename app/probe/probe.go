// Package probe is the contract between the proxy and the page: what a probe
// of a policy host (RFC 8461 §3.3) or of an SMTP server (RFC 3207) saw, as
// JSON, with its limits. It holds observations, never an opinion.
package probe

import (
	"net/netip"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// Limits of one observation.
const (
	MaxPolicyBody   = 64 << 10         // bytes of policy kept; RFC 8461 §3.3
	PolicyTimeout   = 60 * time.Second // RFC 8461 §3.3
	ProbeTimeout    = 30 * time.Second // a whole address, all stages
	MaxReplyLine    = 2048             // bytes; RFC 5321 §4.5.3.1.5 asks for 512
	MaxReplyLines   = 100              // lines of one reply
	MaxDialogue     = 32 << 10         // bytes of dialogue kept per address
	MaxChain        = 20               // certificates kept
	MaxCertificate  = 64 << 10         // bytes of one certificate kept
	MaxAddresses    = 16               // addresses tried per host
	MaxOtherBody    = 4 << 10          // bytes kept of what another fetch met
	MaxDNSMessage   = 65535            // bytes
	MaxHeaderLength = 1024             // bytes kept of one HTTP header's value
)

// Class says what kind of failure ended an observation.
type Class string

// Failures of our own side: never a fault of the domain.
const (
	NoProxy     Class = "no-proxy"     // there is none to ask, so nothing was asked
	Unavailable Class = "unavailable"  // the proxy didn't answer
	Blocked     Class = "blocked"      // the proxy's own network blocks the port
	Limited     Class = "limited"      // the proxy refused for load
	Canceled    Class = "canceled"     // the asker went away
	BadRequest  Class = "bad-request"  // the question itself was refused
	NoResolver  Class = "no-resolver"  // the resolver couldn't be reached
	BadResponse Class = "bad-response" // the resolver or proxy sent no usable answer
	OptedOut    Class = "opted-out"    // its owner asked the proxy's operator not to reach it
)

// Failures seen on the way to the domain's servers.
const (
	DNSNotFound     Class = "dns-nxdomain"     // the name does not exist
	DNSNoAddress    Class = "dns-no-address"   // the name has no A and no AAAA
	DNSFailed       Class = "dns-failed"       // SERVFAIL or another error code
	DNSTimeout      Class = "dns-timeout"      //
	AddressReserved Class = "address-reserved" // special-purpose address: refused, not tried
	ConnectRefused  Class = "connect-refused"  // RST
	ConnectTimeout  Class = "connect-timeout"  //
	Unreachable     Class = "unreachable"      // no route to host or network
	TLSAlert        Class = "tls-alert"        // the peer sent an alert
	TLSVersion      Class = "tls-version"      // no version in common
	TLSTimeout      Class = "tls-timeout"      //
	TLSFailed       Class = "tls-failed"       // any other failure of TLS; of a handshake on port 25: our own gave up
	ReplyMalformed  Class = "reply-malformed"  // not SMTP, or not HTTP
	ReplyTooLong    Class = "reply-too-long"   // over a limit above
	ReplyTimeout    Class = "reply-timeout"    // connected, then silence
	ConnectionLost  Class = "connection-lost"  // closed or reset in the middle
	ReplyNegative   Class = "reply-negative"   // an SMTP reply other than the one needed
)

// Own tells whether the class is a fault of our own tools or network, which
// never becomes a finding against the domain.
func (c Class) Own() bool {
	switch c {
	case NoProxy, Unavailable, Blocked, Limited, Canceled, BadRequest, NoResolver, BadResponse, OptedOut:
		return true
	}
	return false
}

// Failure says why an observation ended early. Detail is the software's own
// text, for the evidence; no decision reads it.
type Failure struct {
	Class  Class  `json:"class"`
	Detail string `json:"detail,omitempty"`
	// Alert is the TLS alert (RFC 8446 §6) of TLSAlert, where it is known.
	Alert uint8 `json:"alert,omitempty"`
}

// Error gives class and detail.
func (f *Failure) Error() string {
	if f.Detail == "" {
		return string(f.Class)
	}
	return string(f.Class) + ": " + f.Detail
}

// Policy is what a GET of a policy file (RFC 8461 §3.3) met. Of the fields
// below, those are set that were reached before Failure; Failure is nil when a
// whole HTTP answer arrived, whatever its status.
type Policy struct {
	URL     string     `json:"url"`
	Address netip.Addr `json:"address,omitzero"` // the one that answered or was tried last
	TLS     *TLS       `json:"tls,omitempty"`    // also set when the chain isn't trusted
	Status  int        `json:"status,omitempty"`
	// Location is the redirect's target; it was not followed.
	Location string `json:"location,omitempty"`
	// ContentType holds every Content-Type header's value, in order.
	ContentType     []string `json:"contentType,omitempty"`
	ContentEncoding string   `json:"contentEncoding,omitempty"`
	Age             string   `json:"age,omitempty"`
	Server          string   `json:"server,omitempty"`
	// Body is at most MaxPolicyBody bytes, as served. A body is read though
	// the chain isn't trusted, so that it can be shown; no sender would.
	Body      []byte   `json:"body,omitempty"`
	Truncated bool     `json:"truncated,omitempty"` // more than MaxPolicyBody
	Millis    int      `json:"millis,omitempty"`    // from the connection on, where one was made
	Failure   *Failure `json:"failure,omitempty"`
	// Others are fetches of what senders don't ask for, made to tell why the
	// one they ask for fails, or whether each address serves it.
	Others []OtherFetch `json:"others,omitempty"`
}

// OtherKind says in what a fetch differs from the one that senders make.
type OtherKind string

// The kinds of other fetches.
const (
	OtherAddress OtherKind = "address"    // a further address, the other family's first before all
	OtherSNI     OtherKind = "no-sni"     // without server_name
	OtherAgent   OtherKind = "user-agent" // with a browser's User-Agent
	OtherPath    OtherKind = "path"       // at a path that people take for the right one
	OtherHost    OtherKind = "host"       // at a host that people take for the right one
	OtherPlain   OtherKind = "http"       // over http, port 80
)

// OtherFetch is one such fetch. Body is at most MaxOtherBody bytes.
type OtherFetch struct {
	Kind    OtherKind  `json:"kind"`
	URL     string     `json:"url"`
	Address netip.Addr `json:"address,omitzero"`
	TLS     *TLS       `json:"tls,omitempty"`
	Status  int        `json:"status,omitempty"`
	// Location, ContentType, ContentEncoding and Age are as in Policy.
	Location        string   `json:"location,omitempty"`
	ContentType     []string `json:"contentType,omitempty"`
	ContentEncoding string   `json:"contentEncoding,omitempty"`
	Age             string   `json:"age,omitempty"`
	Body            []byte   `json:"body,omitempty"`
	Millis          int      `json:"millis,omitempty"` // from the connection on
	Failure         *Failure `json:"failure,omitempty"`
}

// TLS is a completed handshake.
type TLS struct {
	Version uint16 `json:"version"` // as on the wire: 0x0303 is TLS 1.2
	Cipher  uint16 `json:"cipher"`  // IANA number
	Group   uint16 `json:"group,omitempty"`
	ALPN    string `json:"alpn,omitempty"`
	// EarlyData is max_early_data_size of a session ticket received by the end
	// of the dialogue (RFC 8446 §4.6.1): 0-RTT is taken when it isn't 0.
	EarlyData uint32 `json:"earlyData,omitempty"`
	// Chain is DER, leaf first, as presented.
	Chain [][]byte `json:"chain"`
	Trust Trust    `json:"trust"`
}

// Trust is what the proxy's WebPKI verifier (RFC 5280 §6) says of the chain,
// without looking at names: the page does that. A page has no root store.
type Trust struct {
	Now TrustResult `json:"now"`
	// IgnoringDates is the result at a moment when every certificate of the
	// presented leaf's path was in date, or Now's when there is no such moment.
	IgnoringDates TrustResult `json:"ignoringDates,omitempty"`
	// Revoked: a stapled OCSP response, itself signed well and in date, says
	// that the leaf is revoked (RFC 6960 §2.2, RFC 6066 §8).
	Revoked bool   `json:"revoked,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

// TrustResult is one verdict of the verifier. The zero value: not verified.
type TrustResult string

// Verdicts of the verifier.
const (
	Trusted          TrustResult = "trusted"
	UnknownAuthority TrustResult = "unknown-authority"
	Expired          TrustResult = "expired" // or not yet valid: the dates tell
	WrongUsage       TrustResult = "wrong-usage"
	NameConstraint   TrustResult = "name-constraint"
	WeakSignature    TrustResult = "weak-signature"
	OtherFault       TrustResult = "other"
)

// STARTTLS is what all addresses of one mail host answered on port 25.
type STARTTLS struct {
	Host      dnsname.Name `json:"host"`
	Addresses []Address    `json:"addresses,omitempty"`
	// Failure is set when no address could be tried.
	Failure *Failure `json:"failure,omitempty"`
}

// Stage is how far the dialogue with an address came.
type Stage string

// The stages in order (RFC 3207 §4).
const (
	StageConnect   Stage = "connect"
	StageBanner    Stage = "banner"
	StageEHLO      Stage = "ehlo"
	StageSTARTTLS  Stage = "starttls"
	StageHandshake Stage = "handshake"
	StageEHLOTLS   Stage = "ehlo-tls"
	StageDone      Stage = "done" // the reply to QUIT isn't waited for
)

// Address is the dialogue with one address of a mail host.
type Address struct {
	IP netip.Addr `json:"ip"`
	// Stage is where it ended: StageDone, or the stage that failed.
	Stage    Stage  `json:"stage"`
	Dialogue []Line `json:"dialogue,omitempty"`
	Banner   Reply  `json:"banner,omitzero"`
	EHLO     Reply  `json:"ehlo,omitzero"`     // before TLS
	StartTLS Reply  `json:"startTLS,omitzero"` // zero when not offered or not sent
	TLS      *TLS   `json:"tls,omitempty"`
	EHLOTLS  Reply  `json:"ehloTLS,omitzero"` // inside TLS
	// WantsCertificate: the server asked for a client's (RFC 8446 §4.3.2).
	WantsCertificate bool `json:"wantsCertificate,omitempty"`
	// Asides are further visits, where they were asked for; the fields above
	// but IP are then zero.
	Asides []Aside `json:"asides,omitempty"`
	// Times are how long each stage took that was begun, in milliseconds, and
	// never 0. That of the connection doesn't count the wait for a turn.
	Times   map[Stage]int `json:"times,omitempty"`
	Millis  int           `json:"millis,omitempty"` // whole dialogue
	Failure *Failure      `json:"failure,omitempty"`
}

// Reply is one SMTP reply (RFC 5321 §4.2): the code, and each line's text
// behind code and separator. Code 0: none came.
type Reply struct {
	Code  int      `json:"code,omitempty"`
	Lines []string `json:"lines,omitempty"`
}

// Line is one line of the dialogue without its CRLF; bytes that are no UTF-8
// are replaced by U+FFFD.
type Line struct {
	Client bool   `json:"client,omitempty"` // sent by us
	Text   string `json:"text"`
	Millis int    `json:"millis"` // since the connection was begun
	// Raw is what was sent, with the line's end if it has one, where that is
	// another thing than Text and CRLF.
	Raw []byte `json:"raw,omitempty"`
}

// Egress says whether the proxy's network lets port 25 out.
type Egress string

// Egress states; the zero value is unknown.
const (
	EgressUnknown Egress = ""
	EgressOpen    Egress = "open"
	EgressBlocked Egress = "blocked"
)
