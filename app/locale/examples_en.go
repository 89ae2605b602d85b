//go:build !js

package locale

// englishExamples stand in a finding's words where no check has given an
// argument: a code, or a group, or * for all; an argument; its value. What is
// special stands behind what is general. Values that hold {domain} or {host} are
// filled again.
const englishExamples = `
*	at	mx.example.com
*	count	2
*	date	2026-01-31
*	days	10
*	domain	example.com
*	got	20
*	host	mx.example.com
*	ip	192.0.2.25
*	issuer	Example CA
*	location	https://www.example.com/
*	name	name.example.net
*	other	…
*	pattern	mail.example.net
*	provider	Example Mail
*	record	3 1 1 8d02536c…
*	seconds	604800
*	status	503
*	type	MX
*	until	2026-06-30
*	value	…
*	version	TLS 1.2
*	want	3 1 1 c4f1a09e…
cert	name	www.example.com
cert.caa-forbids-issuer	name	{domain}
cert.caa-forbids-issuer	value	0 issue "ca.example.net"
cert.chain-expired-intermediate	name	Example CA
cert.cn-only	name	mx.example.com
cert.ends-before-policy	host	mx.example.com
cert.ip-san-only	name	192.0.2.25
cert.key-weak	value	RSA 1024
cert.root-included	name	Example CA
cert.signature-weak	value	SHA-1
cert.wildcard-depth	name	*.com
dane	name	mta-sts.{domain}
dane.acme-selector0	record	3 0 1 8d02536c…
dane.digest-agility-conflict	record	3 1 2 5d1e60a7…
dane.dual-algorithm-unmatched	value	ECDSA
dane.ee-name-mismatch	name	www.example.com
dane.mismatch-ca-as-ee	want	2 1 1 8d02536c…
dane.mismatch-leaf-as-ta	record	2 1 1 8d02536c…
dane.mismatch-leaf-as-ta	want	3 1 1 8d02536c…
dane.mismatch-parameters	want	3 0 1 8d02536c…
dane.ta-name-mismatch	name	www.example.com
dane.ta-name-mismatch	want	{host}
dane.ta-not-in-chain	record	2 0 1 8d02536c…
dns.domain-is-cname	name	example.net
dns.mx-inconsistent-nameservers	name	ns2.example.com
dns.mx-mixed-operators	host	mx.example.com, mx.example.net
dns.mx-relative-name	host	mx.example.com.example.com
dns.mx-relative-name	name	mx.example.com
dns.mx-target-cname	name	mail.example.net
dns.mx-target-invalid-hostname	host	mx_1.example.com
dns.mx-target-is-ip	host	192.0.2.25
dns.mx-target-private-address	ip	10.0.0.25
dns.resolver-disagreement	name	{domain}
dns.resolver-disagreement	other	NXDOMAIN
dns.resolver-disagreement	value	10 mx.example.com
dnssec	name	{domain}
dnssec.algorithm-deprecated	value	5
dnssec.algorithm-incomplete	value	8
dnssec.cname-target-insecure	name	mail.example.net
dnssec.dnskey-inconsistent-servers	value	ns2.example.com
dnssec.nameserver-ignores-do	value	ns2.example.com
dnssec.nsec3-iterations-nonzero	value	10
dnssec.rrsig-wrong-signer	value	example.net
dnssec.rsa-key-short	value	1024
dnssec.signature-lifetime-long	value	90
dnssec.signature-lifetime-short	value	172800
dnssec.signature-lifetime-short	want	604800
dnssec.resolver-disagrees	value	secure
dnssec.resolver-disagrees	want	bogus
dnssec.ttl-exceeds-original	value	7200
dnssec.ttl-exceeds-original	want	3600
starttls.banner-masked	value	220 ****
starttls.banner-not-220	value	554 no service
starttls.command-injection	value	250 Ok
starttls.ehlo-after-tls-fails	value	421 closing
starttls.ehlo-rejected	value	502 not implemented
starttls.mandatory	value	530 Must issue STARTTLS
starttls.refused	value	454 TLS not available
starttls.stripped	value	250-XXXXXXXA
sts-mx	name	provider.example
sts-mx.broad-wildcard	pattern	*.provider.example
sts-mx.domain-listed	pattern	{domain}
sts-mx.implicit-mx-unlisted	host	{domain}
sts-mx.missing-wildcard-prefix	host	a1.mail.example.net
sts-mx.policy-host-listed	pattern	mta-sts.{domain}
sts-mx.tld-mismatch	pattern	mx.example.org
sts-mx.typo	pattern	mx.exmaple.com
sts-mx.wildcard-too-shallow	host	a.mx.example.com
sts-mx.wildcard-too-shallow	pattern	*.example.com
sts-mx.wildcard-vs-apex	pattern	*.mx.example.com
sts-policy-fetch	host	mta-sts.{domain}
sts-policy-fetch	name	www.example.com
sts-policy-fetch	seconds	90
sts-policy-fetch.cert-chain-incomplete	name	Example CA
sts-policy-fetch.cert-untrusted	name	Example CA
sts-policy-fetch.cert-wildcard-depth	name	*.example.com
sts-policy-fetch.charset-unsupported	value	utf-16
sts-policy-fetch.cname-dangling	name	{domain}.provider.example
sts-policy-fetch.content-encoding-forced	value	gzip
sts-policy-fetch.content-type-html	value	text/html
sts-policy-fetch.content-type-other	value	application/octet-stream
sts-policy-fetch.http-403	status	403
sts-policy-fetch.http-404	status	404
sts-policy-fetch.http-429	status	429
sts-policy-fetch.http-only	name	http://mta-sts.{domain}/.well-known/mta-sts.txt
sts-policy-fetch.http-redirect	status	301
sts-policy-fetch.http-status-other	status	204
sts-policy-fetch.provider-deprovisioned	name	provider.example
sts-policy-fetch.provider-stale	name	provider.example
sts-policy-fetch.wrong-host	name	https://{domain}/.well-known/mta-sts.txt
sts-policy-fetch.wrong-path	name	https://mta-sts.{domain}/mta-sts.txt
sts-policy.duplicate-key	value	mode
sts-policy.key-case	value	Mode
sts-policy.key-typo	value	nmx
sts-policy.max-age-below-day	value	3600
sts-policy.max-age-invalid	value	7d
sts-policy.max-age-long-in-rollout	seconds	31557600
sts-policy.max-age-short	value	86400
sts-policy.max-age-too-large	value	99999999
sts-policy.mode-case	value	Enforce
sts-policy.mode-invalid	value	report
sts-policy.mx-doubled-zone	value	mx.example.com.example.com
sts-policy.mx-email-address	value	mail@example.com
sts-policy.mx-invalid-hostname	value	mx_1.example.com
sts-policy.mx-ip-address	value	192.0.2.25
sts-policy.mx-leading-dot	value	.example.com
sts-policy.mx-list-on-one-line	value	mx1.example.com, mx2.example.com
sts-policy.mx-not-exist	name	mail.example.net
sts-policy.mx-port-included	value	mx.example.com:25
sts-policy.mx-priority-included	value	10 mx.example.com
sts-policy.mx-trailing-dot	value	mx.example.com.
sts-policy.mx-u-label	value	mx.bücher.example
sts-policy.mx-url	value	https://mx.example.com/
sts-policy.mx-wildcard-inside	value	mx.*.example.com
sts-policy.mx-wildcard-public-suffix	value	*.com
sts-policy.mx-yaml-list	value	- mx.example.com
sts-policy.non-ascii	value	“
sts-policy.rtf-body	value	{\rtf1\ansi
sts-policy.translated	value	läge: testning
sts-policy.txt-record	value	v=STSv1; id=20260101
sts-policy.unknown-extension-field	value	comment
sts-policy.valid	value	enforce
sts-policy.version-wrong	value	stsv1
sts-record	name	_mta-sts.{domain}
sts-record	record	v=spf1 -all
sts-record	value	20260131T120000
sts-record.cname-dangling	host	_mta-sts.example.net
sts-record.cname-delegated	host	_mta-sts.example.net
sts-record.extension-invalid	value	my note=a b
sts-record.id-invalid-chars	value	2026-01-31
sts-record.id-placeholder	value	UNIX_TIMESTAMP
sts-record.policy-in-txt	value	mode=enforce
sts-record.subdomain-uncovered	domain	sub.example.com
sts-record.subdomain-uncovered	name	_mta-sts.example.com
sts-record.trailing-garbage	value	;;
sts-record.version-case	value	v=stsv1
sts-record.version-unknown	value	v=STSv2
sts-record.wrong-name	name	_mtasts.{domain}
sts-record.wrong-name	record	v=STSv1; id=20260131
sts-record.wrong-separator	value	,
tls.cbc-only	value	TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
tls.curve-weak	value	secp192r1
tls.dh-short	value	1024
tls.legacy-enabled	version	TLS 1.0
tls.no-forward-secrecy	value	TLS_RSA_WITH_AES_128_GCM_SHA256
tls.version-too-old	version	TLS 1.0
tls.weak-cipher	value	TLS_RSA_WITH_3DES_EDE_CBC_SHA
tlsa	name	_25._tcp.{host}
tlsa.cname-dangling	name	_dane.example.net
tlsa.cname-insecure	name	_dane.example.net
tlsa.cname-intermediate-only	name	_25._tcp.mail.example.net
tlsa.cname-intermediate-only	want	_25._tcp.{host}
tlsa.cname-secure	name	_dane.example.net
tlsa.digest-of-empty	record	3 1 1 e3b0c442…
tlsa.digest-wrong-length	want	32
tlsa.doubled-origin	name	_25._tcp.{host}.{domain}
tlsa.empty-nonterminal-nxdomain	name	_tcp.{host}
tlsa.empty-nonterminal-nxdomain	want	_25._tcp.{host}
tlsa.inconsistent-nameservers	name	ns2.example.com
tlsa.matching-full	record	3 1 0 3059301306…
tlsa.matching-unknown	record	3 1 3 8d02536c…
tlsa.nameserver-drops-tlsa	name	ns2.example.com
tlsa.placeholder-data	record	3 1 1 00000000…
tlsa.rrset-large	value	1800
tlsa.selector-cert-ee	record	3 0 1 8d02536c…
tlsa.selector-unknown	record	3 2 1 8d02536c…
tlsa.ta-selector-spki	record	2 1 1 8d02536c…
tlsa.ttl-too-long	value	604800
tlsa.usage-pkix	record	1 1 1 8d02536c…
tlsa.usage-unknown	record	4 1 1 8d02536c…
tlsa.wrong-owner-domain	name	_25._tcp.{domain}
tlsa.wrong-port	name	_465._tcp.{host}
tlsa.wrong-protocol-label	name	_25._udp.{host}
tlsrpt-record	name	_smtp._tls.{domain}
tlsrpt-record	record	v=spf1 -all
tlsrpt-record	value	mailto:tls-reports@{domain}
tlsrpt-record.cname-dangling	host	_smtp._tls.example.net
tlsrpt-record.dmarc-tags	value	p=none
tlsrpt-record.extension-invalid	value	my note=a b
tlsrpt-record.rua-domain-no-mail	name	example.net
tlsrpt-record.rua-domain-no-mail	value	mailto:tls-reports@example.net
tlsrpt-record.rua-external	name	example.net
tlsrpt-record.rua-external	value	mailto:tls-reports@example.net
tlsrpt-record.rua-https-unreachable	name	reports.example.net
tlsrpt-record.rua-https-unreachable	value	https://reports.example.net/tls
tlsrpt-record.rua-invalid-address	value	Reports <tls@example.com>
tlsrpt-record.rua-no-scheme	value	tls-reports@example.com
tlsrpt-record.rua-scheme-unsupported	value	http:
tlsrpt-record.rua-unencoded-reserved	value	mailto:tls-reports@example.com!10m
tlsrpt-record.rua-wrong-separator	value	;
tlsrpt-record.version-case	value	v=tlsrptv1
tlsrpt-record.version-unknown	value	v=TLSRPTv2
tlsrpt-record.wrong-name	name	_smtp._tcp.{domain}
tlsrpt-record.wrong-separator	value	,
`
