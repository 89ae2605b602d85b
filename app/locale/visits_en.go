//go:build !js

package locale

// VisitsWords stand on the page that tells a mail administrator what the visits in
// their log are. Texts may hold {name}, which the proxy says in EHLO, {agent}, its
// User-Agent, and {contact}.
type VisitsWords struct {
	Title, Lede string
	Parts       []VisitsPart
	// Nameless stands for {name} where the operator has set none.
	Nameless string
	// Contact is the part about how to be left alone, NoContact what stands there
	// where the operator has named no address.
	Contact, NoContact VisitsPart
}

// VisitsPart is a heading with its paragraphs.
type VisitsPart struct {
	Head  string
	Texts []string
}

// EnglishVisits gives the words of that page; apart from Language, so that the
// browser program does not carry them.
func EnglishVisits() VisitsWords {
	return VisitsWords{
		Title: "Why `{name}` visited your server",
		Lede: "Somebody asked Sealane whether mail to a domain is protected on its way, by MTA-STS (RFC 8461) or DANE (RFC 7672). " +
			"Your server takes that domain's mail, serves its policy or answers for its zone, so it was looked at. No mail was sent, and nothing was tried that needs a password.",
		Nameless: "this proxy",
		Parts: []VisitsPart{
			{"What stands in your log", []string{
				"On port 25: a connection that says `EHLO {name}`, asks for `STARTTLS`, says `EHLO` once more inside TLS, and then `QUIT`. " +
					"Further visits do the same with other TLS versions, key types or no server name, and hang up after the handshake.",
				"One visit sends `NOOP` together with `STARTTLS`, to learn whether your server would carry out what came before encryption (RFC 3207 §4.2). " +
					"One sends `MAIL FROM:<>` without TLS, to learn whether your server asks for encryption first, and `RSET` at once. A recipient is never named, so no message can come of it.",
				"On port 443: one `GET /.well-known/mta-sts.txt` as `{agent}`, once more from your other address family, and a few fetches more where that one fails. A mail server may see one TLS handshake there.",
				"On port 53 of name servers: ordinary questions about the domain's own records. Where the operator allows it, one TLS handshake on port 465 and one `GET` on port 80.",
			}},
			{"How often", []string{
				"Only when somebody asks. The same thing is looked at once a minute at most, however many ask. About one name {count} requests pass at once and then one after each {time}; " +
					"each makes at most one connection at a time to an address, with a pause between two.",
			}},
			{"What is kept", []string{
				"What your server said goes to who asked. This proxy forgets it after a minute and writes no log of it.",
			}},
		},
		Contact: VisitsPart{"To be left alone", []string{
			"Write to {contact}, and name the domains, host names or addresses. The operator puts them on the list of what this proxy doesn't visit. Checks of them then say that they were not made.",
		}},
		NoContact: VisitsPart{"To be left alone", []string{
			"This proxy's operator has named no address here. Who runs the network that it visits from is told by `whois` for the address in your log. The operator can put domains, host names and addresses on the list of what this proxy doesn't visit.",
		}},
	}
}
