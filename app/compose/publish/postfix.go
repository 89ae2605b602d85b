package publish

// Mail is a form for what a mail server does as a sender: it holds mail for others
// to the policies and records that they publish.
type Mail struct {
	ID, Name string
	Write    func() []File
}

// MailForms are the forms for senders, as they are offered.
var MailForms = []Mail{
	{"postfix-dane", "Postfix", postfixDANE},
	{"postfix-tlspol", "Postfix + postfix-tlspol", postfixTLSPol},
	{"postfix-tlspol-report", "Postfix 3.10 + postfix-tlspol", postfixTLSPolReport},
	{"postfix-mta-sts-resolver", "Postfix + postfix-mta-sts-resolver", postfixResolver},
}

// MailForm gives the form of an ID.
func MailForm(id string) (Mail, bool) {
	for _, f := range MailForms {
		if f.ID == id {
			return f, true
		}
	}
	return Mail{}, false
}

// senderDANE makes Postfix use TLSA records where the resolver on the same host says that
// they are signed (Postfix documentation, "Postfix TLS Support", "DANE TLS
// authentication").
const senderDANE = `smtp_dns_support_level = dnssec
smtp_tls_security_level = dane
`

// senderRoots are what certificates are checked with, which MTA-STS needs and DANE doesn't
// (RFC 8461 §4.2); without them each would fail.
const senderRoots = `smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
`

func mainCF(text string) []File { return []File{{"/etc/postfix/main.cf", Config, text}} }

func postfixDANE() []File { return mainCF(senderDANE) }

// postfixTLSPol asks postfix-tlspol, which lets no policy come before DANE (its
// README, "Postfix configuration").
func postfixTLSPol() []File {
	return mainCF(senderDANE + senderRoots + "smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8642:QUERY\n")
}

// postfixTLSPolReport asks it for what goes into TLS reports too; an older Postfix can't
// read such an answer and defers the mail.
func postfixTLSPolReport() []File {
	return mainCF(senderDANE + senderRoots + "smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8642:QUERYwithTLSRPT\n")
}

// postfixResolver asks postfix-mta-sts-resolver (its README, "Postfix configuration").
// Where a domain has both a policy and TLSA records, its answer comes before DANE.
func postfixResolver() []File {
	return mainCF(senderDANE + senderRoots + "smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix\n")
}
