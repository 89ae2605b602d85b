package explain

// program is software by what it is known to write.
type program struct {
	key, name string // the part of a FormID before the dot, and its proper name
	side      Side
	rank      rank
	forms     []form
}

// form is one text. Its pieces are found in this order, apart by "*" where anything
// of the same line may stand between; "|" parts other ways to say it. They are in
// lower case with one blank between words. A piece that begins with a dot is the tail
// of an enhanced status code (RFC 3463 §2) of class 4 or 5.
type form struct {
	meaning, pieces string
}

// rank tells which of two forms in one line explains it.
type rank uint8

const (
	number  rank = iota // a status code that several programs use
	library             // what a library says, whatever program calls it
	sure                // what one program says
)

// programs are all that is known.
func programs() []program {
	return []program{
		exchange, exchangeNumbers, postfix, postfixNumbers, posttls,
		exim, mox, stalwart, kumo, halon, maddy, sendmail, gmail, zonemta,
		resolver, tlspol, mailInABox, cipp, aykevl, reportViewer, unboundHost,
		reasons, results, extendedErrors, openSSL, gnuTLS, golang, rustls, python, statusCodes,
	}
}

var exchange = program{"exchange", "Exchange Online", Sending, sure, []form{
	{"sts-mx", "mx hosts of *failed mta-sts validation|.4.8*mta-sts"},
	{"sts-cert", "remote certificate failed mta-sts validation|.7.5*mta-sts"},
	{"dane-starttls", ".7.321"},
	{"dane-cert-expired", ".7.322"},
	{"dane-mismatch", ".7.323"},
	{"dnssec-broken", ".7.324"},
	{"dane-name", ".7.325"},
	{"dns-failed", ".4.312"},
	{"connect-failed", ".4.316|.4.317|primary target ip address responded with"},
	{"hybrid-certificate", "tlscertificatename|tls negotiation failed with error nocredentials"},
	{"hybrid-validation", ".7.5 certificate validation failure"},
	{"wrong-region", "wrong office 365 region|attr35"},
}}

// exchangeNumbers are codes that no registry gives anybody, and that Exchange uses.
var exchangeNumbers = program{"exchange", "Exchange Online", Sending, library, []form{
	{"sts-mx", ".4.8"},
}}

var statusCodes = program{"smtp", "", Sending, number, []form{
	{"code-475", ".7.5"},
}}

var gmail = program{"gmail", "Gmail", Receiving, sure, []form{
	{"tls-demanded", ".7.29"},
	{"send-as", "tls negotiation failed, the certificate doesn't match the host"},
}}

var zonemta = program{"zonemta", "ZoneMTA", Sending, sure, []form{
	{"local-interface", "the resolved ip address corresponds to a local interface"},
}}
