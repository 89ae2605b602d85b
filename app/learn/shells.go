package learn

// What several lines begin or end with.
const (
	// smtp speaks with a mail server under TLS. What follows it ends with quiet,
	// which also ends the session, or with leaf.
	smtp = "openssl s_client -starttls smtp -connect {at}:25 -servername {host} "
	// smtpNoSNI is smtp of a client that doesn't name the host (RFC 6066 §3).
	smtpNoSNI = "openssl s_client -starttls smtp -connect {at}:25 -noservername "
	web       = "openssl s_client -connect mta-sts.{domain}:443 "
	webNamed  = web + "-servername mta-sts.{domain} "
	quiet     = "</dev/null"
	leaf      = "</dev/null 2>/dev/null | openssl x509 "
	// facts are what a name and a date are compared with.
	facts = "-noout -subject -issuer -dates -ext subjectAltName"
	// key and certificate are what the data of 3 1 1 and 3 0 1 is (RFC 7671 §5.1).
	key         = leaf + "-noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256"
	certificate = leaf + "-outform DER | openssl dgst -sha256"
	policy      = "https://mta-sts.{domain}/.well-known/mta-sts.txt"
	// What comes between each and done asks every name server of the domain, of
	// the zone {name}, or of the zone that the host's TLSA records are in, whose
	// SOA comes with the answer that the name itself has none (RFC 2308 §2.2).
	each   = "for s in $(dig +short NS {domain}); do echo $s; "
	ofZone = "for s in $(dig +short NS {name}); do echo $s; "
	ofTLSA = "for s in $(dig +short NS $(dig +noall +authority SOA _25._tcp.{host} | tr -s '\\t' ' ' | cut -d ' ' -f 1)); do echo $s; "
	done   = " @$s; done"
	// old lets OpenSSL take what it no longer does by itself.
	old = "-cipher DEFAULT@SECLEVEL=0 "
	// nowhere is a label that nobody has.
	nowhere = "sealane-no-such-name"
)

// shells are all lines by key.
var shells = []shell{
	// The DNS: the domain and its hosts.
	{"mx", "dig MX {domain}", "mx"},
	{"mx-raw", "dig +noidnout MX {domain}", "mx-escaped"},
	{"mx-each", each + "dig +short +norecurse MX {domain}" + done, "each-differs"},
	{"mx-nowhere", "dig MX " + nowhere + ".{domain}", "any-name"},
	{"mx-one", "dig @1.1.1.1 MX {domain}", "mx"},
	{"mx-two", "dig @9.9.9.9 MX {domain}", "differs"},
	{"ns", "dig +nssearch {domain}", "nssearch"},
	{"domain-address", "dig {domain} A {domain} AAAA", "address"},
	{"domain-cname", "dig CNAME {domain}", "cname"},
	{"address", "dig {host} A {host} AAAA", "address"},
	{"named", "dig {name} A {name} AAAA", "no-address"},
	{"host-cname", "dig CNAME {host}", "cname"},
	{"caa", "dig {host} CAA {domain} CAA", "caa"},

	// DNSSEC: delv validates by itself, dig shows what there is.
	{"delv-mx", "delv MX {domain}", "validated"},
	{"delv-address", "delv A {host}", "validated"},
	{"delv-tlsa", "delv TLSA _25._tcp.{host}", "validated"},
	{"delv-txt", "delv TXT _mta-sts.{domain}", "broken"},
	{"signed", "dig +dnssec +cd +multiline {domain} MX {host} A", "rrsig"},
	{"unchecked", "dig +cd {domain} MX {host} A", "unchecked"},
	{"ds", "dig DS {name}", "ds"},
	{"ds-domain", "dig DS {domain}", "nodata"},
	{"dnskey", "dig +cd +multiline DNSKEY {name}", "dnskey"},
	{"dnskey-short", "dig +cd +short DNSKEY {name}", "key-length"},
	{"dnskey-each", ofZone + "dig +short +norecurse DNSKEY {name}" + done, "each-differs"},
	{"dnskey-ds", "dig +cd +noall +answer DNSKEY {name} | dnssec-dsfromkey -f - {name}", "ds-computed"},
	{"cds", "dig CDS {name}", "cds"},
	{"do-each", ofZone + "dig +dnssec +norecurse SOA {name}" + done, "each-rrsig"},
	{"nsec", "dig +dnssec +cd TLSA _25._tcp.{host}", "nsec"},
	{"nsec3param", "dig NSEC3PARAM {name}", "iterations"},
	{"root", "dig +dnssec SOA .", "ad"},

	// The records of MTA-STS and TLS reporting.
	{"sts", "dig TXT _mta-sts.{domain}", "text"},
	{"sts-bytes", "dig +short TXT _mta-sts.{domain} | od -c", "bytes"},
	{"sts-cname", "dig CNAME _mta-sts.{domain}", "cname"},
	{"sts-trace", "dig +trace +nodnssec TXT _mta-sts.{domain}", "ttl"},
	{"rpt", "dig TXT _smtp._tls.{domain}", "text"},
	{"rpt-bytes", "dig +short TXT _smtp._tls.{domain} | od -c", "bytes"},
	{"rpt-cname", "dig CNAME _smtp._tls.{domain}", "cname"},
	{"rpt-host", "dig TXT _smtp._tls.{host}", "nodata"},
	{"rpt-post", `curl -sSI "$(dig +short TXT _smtp._tls.{domain} | grep -o 'https:[^;,"]*' | head -n 1)"`, "curl-or-status"},
	{"txt-nowhere", "dig TXT " + nowhere + ".{domain}", "any-name"},
	{"txt-name", "dig TXT {name}", "misplaced"},
	{"mx-name", "dig MX {name}", "mx"},

	// The policy file and its web server.
	{"policy", "curl -sSi " + policy, "served"},
	{"policy-text", "curl -sS " + policy, "policy"},
	{"policy-bytes", "curl -sS " + policy + " | od -c", "bytes"},
	{"policy-size", "curl -sS " + policy + " | wc -c", "size"},
	{"policy-time", "curl -sS -o /dev/null -w '%{time_total}\\n' " + policy, "seconds"},
	{"policy-4", "curl -4 -sSi " + policy, "served"},
	{"policy-6", "curl -6 -sSi " + policy, "curl-fails"},
	{"policy-short", "curl -sSi https://mta-sts.{domain}/mta-sts.txt", "served-elsewhere"},
	{"policy-apex", "curl -sSi https://{domain}/.well-known/mta-sts.txt", "served-elsewhere"},
	{"policy-http", "curl -sSi http://mta-sts.{domain}/.well-known/mta-sts.txt", "served-elsewhere"},
	{"policy-agent", "curl -sSi -A Mozilla/5.0 " + policy, "differs"},
	{"web-address", "dig mta-sts.{domain} A mta-sts.{domain} AAAA", "address"},
	{"web-cname", "dig CNAME mta-sts.{domain}", "cname"},
	{"web-tls", webNamed + "-showcerts " + quiet, "verify-code"},
	{"web-old", webNamed + "-tls1_1 " + old + "-brief " + quiet, "succeeds"},
	{"web-12", webNamed + "-tls1_2 -brief " + quiet, "alert"},
	{"web-cert", webNamed + leaf + facts, "names"},
	{"web-no-sni", web + "-noservername " + leaf + facts, "differs"},
	{"web-staple", webNamed + "-status " + quiet, "staple"},
	{"web-key", webNamed + key, "digest"},

	// Port 25 without TLS, and with.
	{"smtp", "curl -sv smtp://{at}:25", "dialogue"},
	{"smtp-mail", "curl -sv -X 'MAIL FROM:<>' smtp://{at}:25", "reply-530"},
	{"smtp-tls", "curl -sv --ssl-reqd -k smtp://{at}:25", "ehlo-tls"},
	{"postfix", `posttls-finger -l may "[{host}]"`, "starttls-reply"},
	{"postfix-dane", "posttls-finger -c -l dane -L summary {domain}", "postfix-dane"},
	{"postfix-only", "posttls-finger -c -l dane-only -L summary {domain}", "postfix-only"},
	{"tls-at-once", "openssl s_client -connect {at}:25 " + quiet, "tls-at-once"},
	{"inject", `python3 -c "import smtplib,ssl; s=smtplib.SMTP('{host}',timeout=30); s.ehlo(); s.send('STARTTLS\r\nNOOP\r\n'); ` +
		`s.getreply(); s.sock=ssl._create_unverified_context().wrap_socket(s.sock); s.file=None; print(s.getreply())"`, "injected"},
	{"tls", smtp + quiet, "tls"},
	{"brief", smtp + "-brief " + quiet, "chosen"},
	{"tls-11", smtp + "-tls1_1 " + old + "-brief " + quiet, "succeeds"},
	{"tls-12", smtp + "-tls1_2 -brief " + quiet, "alert"},
	{"tls-13", smtp + "-tls1_3 -brief " + quiet, "alert"},
	{"tls-no-13", smtp + "-no_tls1_3 " + quiet, "succeeds"},
	{"tls-typed", smtp + "-no_tls1_3", "renegotiates"},
	{"tls-ecdhe", smtp + "-tls1_2 -cipher ECDHE:DHE -brief " + quiet, "alert"},
	{"tls-aead", smtp + "-tls1_2 -cipher AESGCM:CHACHA20 -brief " + quiet, "alert"},
	{"tls-dhe", smtp + "-tls1_2 -cipher DHE:@SECLEVEL=0 -brief " + quiet, "temporary-key"},
	{"tls-curve", smtp + "-tls1_2 -cipher ECDHE:@SECLEVEL=0 -groups P-192 -brief " + quiet, "succeeds"},
	{"tls-hybrid", smtp + "-groups X25519MLKEM768 -brief " + quiet, "hybrid"},
	{"tls-early", "sleep 3 | " + smtp + "-tls1_3", "early-data"},
	{"tls-no-sni", smtpNoSNI + "-brief " + quiet, "alert"},
	{"tls-unsafe", smtp + "-no_tls1_3 -legacy_server_connect " + quiet, "renegotiation-unsafe"},
	{"suites", "nmap -Pn -p 25 --script ssl-enum-ciphers {at}", "suites"},

	// The certificate of a mail server.
	{"cert", smtp + leaf + facts, "names"},
	{"cert-no-sni", smtpNoSNI + leaf + facts, "differs"},
	{"cert-text", smtp + leaf + "-noout -text", "key-size"},
	{"cert-print", smtp + leaf + "-noout -dates -fingerprint -sha256", "each-address"},
	{"cert-rsa", smtp + "-sigalgs RSA-PSS+SHA256:RSA+SHA256 " + leaf + facts, "names"},
	{"cert-ecdsa", smtp + "-sigalgs ECDSA+SHA256 " + leaf + facts, "second-certificate"},
	{"verify", smtp + "-verify_hostname {host} " + quiet, "verify-code"},
	{"staple", smtp + "-status " + quiet, "staple"},
	{"chain", smtp + "-showcerts " + quiet, "chain"},

	// TLSA records, and what they are compared with.
	{"tlsa", "dig +dnssec TLSA _25._tcp.{host}", "tlsa"},
	{"tlsa-name", "dig +dnssec TLSA {name}", "tlsa"},
	{"tlsa-unchecked", "dig +cd TLSA {name}", "unchecked"},
	{"tlsa-domain", "dig TLSA _25._tcp.{domain}", "tlsa-here"},
	{"tlsa-above", "dig TLSA {name}", "name-denied"},
	{"tlsa-cname", "dig CNAME _25._tcp.{host}", "cname"},
	{"tlsa-nowhere", "dig TLSA _1._tcp.{host}", "any-name"},
	{"tlsa-trace", "dig +trace +nodnssec TLSA _25._tcp.{host}", "ttl"},
	{"tlsa-small", "dig +dnssec +bufsize=1232 +ignore TLSA {name}", "truncated"},
	{"tlsa-each", ofTLSA + "dig +norecurse TLSA _25._tcp.{host}" + done, "each-differs"},
	{"key", smtp + key, "digest"},
	{"key-no-sni", smtpNoSNI + key, "digest"},
	{"key-rsa", smtp + "-sigalgs RSA-PSS+SHA256:RSA+SHA256 " + key, "digest"},
	{"key-ecdsa", smtp + "-sigalgs ECDSA+SHA256 " + key, "digest"},
	{"whole", smtp + certificate, "digest-whole"},
	{"pem", smtp + leaf + "| openssl dgst -sha256", "digest-fault"},
	{"nothing", "openssl dgst -sha256 " + quiet, "digest-fault"},
	{"dane", smtp + `-dane_tlsa_domain {host} -dane_tlsa_rrdata "$(dig +short +nosplit TLSA _25._tcp.{host} | head -n 1)" ` + quiet, "dane-verified"},
}
