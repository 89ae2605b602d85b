package tlsrpt

import "time"

// Report is a TLS report as its sender meant it (RFC 8460 §4.4). What had to be
// mended to read it is in Repairs.
type Report struct {
	Organization string // organization-name
	Contact      string // contact-info, "" when it is null or missing
	ID           string // report-id
	// Begin and End are the date-range; zero when it can't be read.
	Begin, End time.Time
	Policies   []Reported
	Repairs    []Repair
}

// Reported is what a report says of one policy: an entry of policies.
type Reported struct {
	Type    string   // policy-type, as written: tlsa, sts, no-policy-found or another
	Domain  string   // policy-domain, as written: for DANE the TLSA base domain, but Microsoft's is the mail domain
	Strings []string // policy-string: lines of the policy file, or TLSA records; nil when none was told
	MXHosts []string // mx-host: patterns of an sts policy
	// Successful and Failed are the summary. Failed need not be Detailed.
	Successful, Failed uint64
	Details            []FailureDetail
}

// Detailed is the sum of the failure details, which need not be Failed: types may
// overlap (RFC 8460 §4), and some senders leave details out.
func (r Reported) Detailed() (sum uint64) {
	for _, d := range r.Details {
		sum = add(sum, d.Failed)
	}
	return sum
}

// add is a + b, or the largest number there is.
func add(a, b uint64) uint64 {
	if a+b < a {
		return 1<<64 - 1
	}
	return a + b
}

// FailureDetail is an entry of failure-details; all but Failed are as written, ""
// for what the report doesn't say.
type FailureDetail struct {
	Result        string `json:"result"`                  // result-type; ResultTypes are the registered ones
	SendingIP     string `json:"sendingIP,omitempty"`     // sending-mta-ip
	ReceivingMX   string `json:"receivingMX,omitempty"`   // receiving-mx-hostname
	ReceivingHELO string `json:"receivingHELO,omitempty"` // receiving-mx-helo
	ReceivingIP   string `json:"receivingIP,omitempty"`   // receiving-ip
	Failed        uint64 `json:"failed"`                  // failed-session-count
	Information   string `json:"information,omitempty"`   // additional-information, a URI
	Reason        string `json:"reason,omitempty"`        // failure-reason-code, a text
}

// RepairKind is what was mended, or what departs from RFC 8460 without harm; its
// words are in package locale.
type RepairKind string

// Repair is one departure from RFC 8460, and where.
type Repair struct {
	Kind RepairKind `json:"kind"`
	// Path is where it was first in the report: "policies[0].policy.mx-host"; "" for
	// the container or the whole.
	Path string `json:"path,omitempty"`
	// Value is what stands there, clipped; "" when nothing does.
	Value string `json:"value,omitempty"`
	// Count is how often, at the same member of whatever entries.
	Count int `json:"count"`
}

// Repairs within a report, in the order of RFC 8460 §4.4.
const (
	MissingField         RepairKind = "missing-field"           // a member that must be there isn't
	NullField            RepairKind = "null-field"              // null for "nothing"
	EmptyField           RepairKind = "empty-field"             // "" or [] for "nothing"
	FieldName            RepairKind = "field-name"              // a member under another name, as mx-host-pattern
	FieldRepeated        RepairKind = "field-repeated"          // the last counts (RFC 7493 §2.3 forbids it)
	FieldType            RepairKind = "field-type"              // a value of a kind that says nothing here; ignored
	DateTimeNoTimezone   RepairKind = "datetime-no-timezone"    // read as UTC
	DateTimeNoTime       RepairKind = "datetime-no-time"        // a date alone: its midnight
	DateTimeForm         RepairKind = "datetime-form"           // another form than RFC 3339's
	DateTimeInvalid      RepairKind = "datetime-invalid"        // no time can be made out
	RangeNotUTCDay       RepairKind = "range-not-utc-day"       // not 00:00 to 24:00 UTC (RFC 8460 §4.1)
	ReportIDCut          RepairKind = "report-id-cut"           // ends in the "+" or "@" that a domain was to follow
	PoliciesNotArray     RepairKind = "policies-not-array"      // one entry without a list
	FlatPolicy           RepairKind = "flat-policy"             // policy-type and its kin outside of "policy"
	PolicyTypeUnknown    RepairKind = "policy-type-unknown"     // none of the three
	PolicyStringNotArray RepairKind = "policy-string-not-array" // one string
	PolicyStringLineEnds RepairKind = "policy-string-line-ends" // a CR at the end of lines
	PolicyDespiteFailure RepairKind = "policy-despite-failure"  // a policy is shown although none could be fetched
	ListInString         RepairKind = "list-in-string"          // a JSON list written into a string
	MXHostNotArray       RepairKind = "mx-host-not-array"       // one string (erratum 6241)
	PolicyRepeated       RepairKind = "policy-repeated"         // the same policy in two entries
	SessionsTwice        RepairKind = "sessions-twice"          // the same sessions under sts and under tlsa
	CountMissing         RepairKind = "count-missing"           // read as 0
	CountNotNumber       RepairKind = "count-not-number"        // a number in a string
	CountInvalid         RepairKind = "count-invalid"           // negative, broken or no number: read as 0
	DetailsNotArray      RepairKind = "details-not-array"       // one entry without a list
	DetailsMissing       RepairKind = "details-missing"         // failures without a detail
	CountsInconsistent   RepairKind = "counts-inconsistent"     // the details don't add up to the summary
	UnknownResultType    RepairKind = "unknown-result-type"     // none of the registered ones
	ResultTypeCase       RepairKind = "result-type-case"        // a registered one in other letters
	Datagram             RepairKind = "datagram"                // what Postfix sends its reporter, not a report
	TrailingComma        RepairKind = "trailing-comma"          // JSON: [1,]
	TextAround           RepairKind = "text-around"             // something behind the JSON
	Several              RepairKind = "several"                 // reports behind each other, or in a list
	ControlInString      RepairKind = "control-in-string"       // JSON: a line break or another control in a string
	BadEscape            RepairKind = "bad-escape"              // JSON: an escape that there isn't
	Charset              RepairKind = "charset"                 // not UTF-8: read as Latin-1, or UTF-16
	ByteOrderMark        RepairKind = "byte-order-mark"         // in front of the JSON (RFC 8259 §8.1)
)

// Repairs of what a report came in (RFC 8460 §5).
const (
	GzipMislabelled     RepairKind = "gzip-mislabelled"      // a name or media type of gzip on what is none, or the other way round
	GzipTwice           RepairKind = "gzip-twice"            // gzip in gzip
	GzipTrailing        RepairKind = "gzip-trailing"         // something behind the gzip
	MediaTypeUnexpected RepairKind = "media-type-unexpected" // neither application/tlsrpt+json nor +gzip (§5.3, §5.4)
	WholeMessage        RepairKind = "whole-message"         // the mail is the report, without parts
	MultipartKind       RepairKind = "multipart-kind"        // not multipart/report; report-type=tlsrpt
	MailUnclosed        RepairKind = "mail-unclosed"         // the last boundary is missing
	TransferEncoding    RepairKind = "transfer-encoding"     // base64 or quoted-printable with other characters in it
	HeadersMissing      RepairKind = "headers-missing"       // no TLS-Report-Domain or TLS-Report-Submitter (§5.3)
	SubmitterMismatch   RepairKind = "submitter-mismatch"    // TLS-Report-Submitter is not the domain in From, nor below it (§5.3)
	FilenameDisagrees   RepairKind = "filename-disagrees"    // the file's name tells of another domain or day (§5.1)
	DKIMMissing         RepairKind = "dkim-missing"          // no DKIM-Signature: it MUST be ignored, may be forged (§3)
)

// ErrorKind is why something could not be read; its words are in package locale.
type ErrorKind string

// Why something could not be read.
const (
	NotJSON      ErrorKind = "not-json"       // no JSON and no container
	NotTLSRPT    ErrorKind = "not-tlsrpt"     // JSON of another kind
	IsDMARC      ErrorKind = "is-dmarc"       // a DMARC aggregate report, XML (RFC 7489)
	IsARF        ErrorKind = "is-arf"         // an abuse report (RFC 5965)
	IsXML        ErrorKind = "is-xml"         // other XML or HTML
	Syntax       ErrorKind = "syntax"         // JSON that breaks off in what isn't JSON
	CutOff       ErrorKind = "cut-off"        // the end comes too early
	TooDeep      ErrorKind = "too-deep"       // lists in lists
	TooLarge     ErrorKind = "too-large"      // over Limits.Document
	TooMuch      ErrorKind = "too-much"       // over Limits.Unpacked: a bomb
	TooManyRows  ErrorKind = "too-many-rows"  // more than is ever sent
	TooMany      ErrorKind = "too-many"       // over Limits.Documents
	TooNested    ErrorKind = "too-nested"     // over Limits.Depth; a zip in a zip
	GzipInvalid  ErrorKind = "gzip-invalid"   // a bad header, bad data or a wrong checksum
	ZipInvalid   ErrorKind = "zip-invalid"    // the same of a zip
	ZipEncrypted ErrorKind = "zip-encrypted"  // it needs a password
	ZipMethod    ErrorKind = "zip-method"     // compressed otherwise than by deflate
	MailNoReport ErrorKind = "mail-no-report" // a mail without one
	Empty        ErrorKind = "empty"          // nothing but white space
	Unreadable   ErrorKind = "unreadable"     // the file's reader failed
)

// ReportError is why something could not be read, and where reading stopped.
type ReportError struct {
	Kind ErrorKind
	// Offset is in octets from 0 within the JSON, or within the container for
	// those of containers.
	Offset int64
	// Line and Column count from 1, columns in characters; 0 where there are no
	// lines.
	Line, Column int
}

// Error gives the kind; the words for people are in package locale.
func (e *ReportError) Error() string { return "tlsrpt: " + string(e.Kind) }
