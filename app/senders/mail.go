// Package senders says what each real sender does with mail to a domain: it
// delivers, and how, or skips hosts, defers, returns (RFC 5321 §5.1, RFC 7672
// §2.2, RFC 8461 §5). Pure: from plain data to plain data. What no source
// documents is Unknown, never guessed. Sources are named by RFC and section,
// or by a key such as XDANE, whose title is in app/locale.
package senders

// Answer is yes, no, or (zero) unknown: nobody looked, or nobody could.
type Answer uint8

// The answers.
const (
	Open Answer = iota
	No
	Yes
)

// Is makes an Answer of what is known.
func Is(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// Lookup is how a DNS lookup stands; zero is unknown.
type Lookup uint8

// The states of a lookup.
const (
	LookupOpen Lookup = iota
	Secure            // found, authentic by DNSSEC
	Insecure          // found, not signed
	Bogus             // fails validation
	Failed            // no answer, whoever asks
	Missing           // nothing there: no address, or no mail host at all
	NullMX            // RFC 7505: takes no mail
	NoDomain          // the domain does not exist
)

// TLSA is how a host's TLSA records stand; zero is unknown.
type TLSA uint8

// The states of TLSA records (RFC 7672 §2.2).
const (
	TLSAOpen     TLSA = iota
	TLSAAbsent        // authentically none
	TLSAInsecure      // there or not, no sender may trust them or ask for them
	TLSAFailed        // the lookup fails though the addresses are secure
	TLSAUnusable      // secure, none usable: TLS without authentication
	TLSAUsable        // secure and usable: must authenticate
)

// DANE is what comes of holding the TLSA records against a chain.
type DANE uint8

// The results of DANE (RFC 7672 §3).
const (
	DANEOpen DANE = iota
	DANEAuthenticated
	DANEMismatch
	DANEName
	DANEExpired
	DANEChain
)

// Mode is a policy's mode (RFC 8461 §5); zero is unknown.
type Mode uint8

// The modes; Off is "none", and also no policy at all.
const (
	ModeOpen Mode = iota
	Off
	Testing
	Enforce
)

// Mail is what is known of a domain's way in.
type Mail struct {
	Domain string
	MX     Lookup
	Hosts  []Host // by preference
	Record Record
	Policy Policy
}

// Host is one mail host.
type Host struct {
	Name       string
	Preference uint16
	Addresses  Lookup
	TLSA       TLSA
	// Strict: a pattern of the policy matches by RFC 8461 §4.1. Deep: one does,
	// when a wildcard stands for any number of labels.
	Strict, Deep Answer
	Endpoints    []Endpoint // the addresses, as far as they were tried
}

// Endpoint is one address of a host.
type Endpoint struct {
	Reached, STARTTLS, TLS Answer
	DANE                   DANE
	// Trusted: chain and dates hold. Named: for the host's name (RFC 8461
	// §4.2). Covered: for a name that a pattern covers at any depth.
	Trusted, Named, Covered Answer
	Expired                 bool // what Trusted fails by
	Version                 uint16
}

// RecordState is how the _mta-sts record stands; zero is unknown.
type RecordState uint8

// The states of the record (RFC 8461 §3.1).
const (
	RecordOpen RecordState = iota
	RecordAbsent
	RecordFailed // the lookup fails
	RecordValid
	RecordInvalid // Kinds say why; several records are one of them
)

// Record is the _mta-sts TXT record. Kinds are those of its diagnostics, and
// "multiple".
type Record struct {
	State RecordState
	ID    string
	Kinds []string
}

// Policy is the policy as fetched. Kinds are those of its fatal diagnostics
// and those that readers differ on.
type Policy struct {
	// Served: an HTTP answer came, over a trusted connection; No when the fetch
	// fails by the domain's fault, Open when that isn't known.
	Served    Answer
	Status    int
	Media     string // media type without parameters, "" for none or several
	Millis    int
	Truncated bool // more than 64 KB
	NoCharset bool // bytes outside ASCII, and no charset is named
	Mode      Mode
	MaxAge    uint32 // seconds
	Valid     bool   // by RFC 8461 §3.2
	Kinds     []string
}
