package check

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/senders"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// Level is how much a finding matters. The zero Level is Unknown: nobody
// looked, or nobody could.
type Level uint8

// The levels, by rising urgency.
const (
	Unknown Level = iota
	OK
	Notice
	Warning
	Error
)

// Code names a finding: group, dot, kebab-case name. Codes are stable.
type Code string

// Report is what Facts amount to at one moment.
type Report struct {
	Domain dnsname.Name
	At     time.Time
	// Headline is one to four sentences, made from Senders.
	Headline []Phrase
	// Findings are sorted: by level, most urgent first, then by code and subject.
	Findings   []Finding
	NotChecked []NotChecked
	Lane       []Stop
	Record     RecordView
	TLSRPT     ReportingView
	Policy     PolicyView
	Hosts      []HostView // in the order a sender would try them
	DNS        []LookupView
	// Chain is what DNSSEC validation found on the way to the answers.
	Chain ChainView
	// Senders is what each sender does, in the order of the matrix.
	Senders []senders.Verdict
	// Cached is what one does that fetched the policy of Facts.Previous; nil when
	// nothing changed, or none is held any more.
	Cached   *senders.Cached
	Progress Progress
	// Blind: not even the mail hosts could be asked for, by no fault of the domain.
	Blind bool
}

// unlooked lists what no check looks at, addresses that the proxy has no route
// to, which seldom are a host's only ones, asides not made, where the first
// visit has shown what senders meet, and name servers that the proxy can't ask,
// which a resolver did: with these alone a domain can still be called clean.
var unlooked = []string{
	"not-checked.asides", "not-checked.dnssec-as-resolver-says", "not-checked.dnssec-resolver-unfit", "not-checked.history", "not-checked.no-route",
	"not-checked.nameservers", "not-checked.revocation",
}

// Complete tells whether the check saw all that it looks for.
func (r *Report) Complete() bool {
	return !slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return !slices.Contains(unlooked, n.Key) })
}

// Phrase is a text of app/locale by its key, and the arguments that fill it.
type Phrase struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
	// Senders are named in the place of {senders}.
	Senders []senders.ID `json:"senders,omitempty"`
}

// Finding is one thing to say about the domain.
type Finding struct {
	Code  Code  `json:"code"`
	Level Level `json:"level"`
	// Subject is what it is about: a domain, a host, "host ip"; never empty.
	Subject string `json:"subject"`
	// Args fill the {placeholders} of the words in app/locale.
	Args map[string]string `json:"args,omitempty"`
	// Publish is what to put where, ready to copy.
	Publish []Publication `json:"publish,omitempty"`
	// Provider is the known mail provider that can mend it, since it runs the
	// subject's host, or all of the domain's; "" otherwise.
	Provider string `json:"provider,omitempty"`
}

// Publication is one thing to publish.
type Publication struct {
	// Type is "TXT", "TLSA", "MX", "CNAME", "A", "CAA", or "file" for the policy.
	Type string `json:"type"`
	// Name is the owner name, or the URL of a file.
	Name string `json:"name"`
	// Value is the record's data in presentation form, or the file's content.
	Value string `json:"value"`
	// Remove marks what is to be taken away instead.
	Remove bool `json:"remove,omitempty"`
}

// NotChecked is something that was not looked at, with the reason.
type NotChecked struct {
	Phrase
	Subject string `json:"subject"`
}

// Stop is one stop of the lane from sender to mailbox.
type Stop struct {
	// Phrase is the few words at the stop; its Key is "" while pending.
	Phrase
	// Kind is "sender", "dns", "policy", "mx" or "mailbox".
	Kind string
	// Subject is the host of an "mx" stop.
	Subject string
	Level   Level
}

// Progress counts the questions asked and answered.
type Progress struct {
	Asked, Answered int
	Done            bool
}

// TXTView is one TXT record found.
type TXTView struct {
	Owner string
	Text  string
	TTL   uint32
	// Chosen marks the one record that senders read.
	Chosen      bool
	Diagnostics []syntax.Diagnostic
}

// RecordView is the _mta-sts lookup.
type RecordView struct {
	State LookupState
	TXT   []TXTView
	Valid bool
	Value mtasts.Record // when Valid
}

// ReportingView is the _smtp._tls lookup.
type ReportingView struct {
	State LookupState
	TXT   []TXTView
	Valid bool
	Value tlsrpt.Record // when Valid
}

// PolicyView is the policy file as served.
type PolicyView struct {
	State LookupState
	// Fetched is nil while pending.
	Fetched *Fetched
	Names   CertificateView // of the policy host; zero without TLS
	// Usable tells whether a sender would take this policy: fetched by the
	// rules of RFC 8461 §3.3 and valid by §3.2.
	Usable      bool
	Value       mtasts.Policy // as far as it could be read
	Diagnostics []syntax.Diagnostic
	// Mended is what an invalid file was to say, "" where that can't be known.
	Mended string
	// Matches says per pattern, by index of Value.MX, which MX hosts it covers.
	Matches [][]dnsname.Name
}

// HostView is one mail host.
type HostView struct {
	Preference uint16
	Host       dnsname.Name
	// Raw is the MX target as published, for one that is no host name.
	Raw string
	// Implicit marks the domain itself without MX records (RFC 5321 §5.1).
	Implicit bool
	State    LookupState
	IPs      []netip.Addr
	Expanded dnsname.Name // where the CNAME chain ends, zero without one
	// InPolicy: OK matches a pattern, Error doesn't, Unknown no policy to ask.
	InPolicy  Level
	TLSAName  dnsname.Name // where the TLSA records were found, or looked for
	TLSAState LookupState
	TLSA      []TLSAView
	Addresses []AddressView
	Failure   *probe.Failure // of the whole probe
	Probed    bool
}

// TLSAView is one TLSA record of a host.
type TLSAView struct {
	Record dane.TLSA
	TTL    uint32
	// Unusable is the tail of a tlsa.* code, "" for a usable record.
	Unusable string
	// MatchesAt are the places of the presented chains that the record matches.
	MatchesAt []ChainPlace
}

// ChainPlace is a certificate of one address's chain.
type ChainPlace struct {
	IP    netip.Addr
	Depth int // 0 is the leaf
}

// AddressView is one address of a host, as probed.
type AddressView struct {
	Probe  probe.Address
	Chain  []CertificateView
	DANE   Level // OK authenticated, Error not, Unknown no usable TLSA or no chain
	WebPKI Level
}

// CertificateView is what is shown of a certificate.
type CertificateView struct {
	Subject   string
	Issuer    string
	Names     []string // DNS names of the subject alternative name
	NotBefore time.Time
	NotAfter  time.Time
	Key       string // such as "ECDSA P-256" or "RSA 2048"
	// Fault is set when the DER could not be parsed.
	Fault bool
	// TLSA is the record that would match: 3 1 1 at the leaf, 2 1 1 above.
	TLSA string
}

// ChainView is the chain of trust behind one lookup or several: the zones it
// leads through and the names that stand on them, as dnssec.Result has them.
type ChainView struct {
	Zones []dnssec.Zone
	Hops  []dnssec.Hop
}

// LookupState is how a DNS lookup ended.
type LookupState uint8

// The states of a lookup. Failed is a fault on the domain's side, Blind one of
// ours.
const (
	Pending LookupState = iota
	Found
	NoData
	NXDomain
	Failed
	Blind
)

// LookupView is one DNS exchange, for the details.
type LookupView struct {
	Name    dnsname.Name
	Type    doh.Type
	CD      bool
	State   LookupState
	Rcode   int
	Verdict dnssec.Verdict
	AD      bool // the resolver says that it is secure
	EDE     []doh.EDE
	Text    []string // the answer records in presentation form
	// TTL is how long a resolver keeps the answer, in seconds: the TTL that was
	// signed (RFC 4034 §3.1.4), else the one that came, which may be what is left
	// of it. It is 0 for an answer without records.
	TTL     uint32
	Failure *probe.Failure
}

var levelNames = [...]string{"unknown", "ok", "notice", "warning", "error"}

// String gives the level's name in lower case.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return levelNames[Unknown]
}

// MarshalText gives String.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what String gives; anything else is ErrLevel.
func (l *Level) UnmarshalText(text []byte) error {
	for i, name := range levelNames {
		if name == string(text) {
			*l = Level(i)
			return nil
		}
	}
	return ErrLevel
}

// ErrLevel is the error of reading a level that isn't one.
var ErrLevel = errors.New("check: no such level")
