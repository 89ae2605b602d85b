package locale

// englishGroups are the words of every finding, in the order of their names.
var englishGroups = []group{
	{"cert", englishCert},
	{"dane", englishDANE},
	{"dns", englishDNS},
	{"dnssec", englishDNSSEC},
	{"starttls", englishSTARTTLS},
	{"sts-mx", englishSTSMX},
	{"sts-policy", englishSTSPolicy},
	{"sts-policy-fetch", englishSTSFetch},
	{"sts-record", englishSTSRecord},
	{"tls", englishTLS},
	{"tlsa", englishTLSA},
	{"tlsrpt-record", englishReporting},
}
