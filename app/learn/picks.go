package learn

// picks are the commands of each group, and of each code that those would not
// show, in the order of the catalogue: "shell" or "shell:shows" after the code;
// without shows it is that of the shell. They are one text: a table of hundreds
// of strings weighs more in the browser program.
const picks = `
dns	mx address
dns.domain-nxdomain	mx:nxdomain
dns.no-mail-host	mx:nodata domain-address:nodata
dns.mx-absent-implicit	mx:nodata domain-address
dns.null-mx	mx:null-mx
dns.null-mx-mixed	mx:null-mx-mixed
dns.mx-lookup-failed	mx:servfail ns
dns.mx-target-nxdomain	mx address:nxdomain
dns.mx-target-no-address	mx address:nodata
dns.mx-target-lookup-failed	address:servfail
dns.mx-target-cname	host-cname
dns.mx-target-cname-loop	address:cname-loop
dns.mx-target-is-ip	mx:mx-ip
dns.mx-target-invalid-hostname	mx:mx-name
dns.mx-target-u-label	mx-raw
dns.mx-relative-name	mx:twice
dns.mx-target-private-address	address:reserved
dns.mx-target-is-policy-host	mx:mx-policy-host
dns.mx-ipv6-only	mx address:no-a
dns.mx-ipv4-only	mx address:no-aaaa
dns.mx-mixed-operators	mx:operators
dns.mx-legacy-provider-name	mx:mx-legacy
dns.mx-inconsistent-nameservers	mx-each
dns.mx-duplicate	mx:same address:same
dns.domain-is-cname	domain-cname
dns.wildcard-mx	mx-nowhere
dns.resolver-disagreement	mx-one mx-two
dnssec	delv-mx delv-address
dnssec.unsigned	ds-domain delv-mx:unsigned
dnssec.mx-zone-unsigned	delv-address:unsigned
dnssec.signed-no-ds	ds:nodata dnskey:keys
dnssec.bogus	delv-mx:broken delv-address:broken unchecked
dnssec.indeterminate	delv-mx:broken unchecked ds
dnssec.rrsig-expired	delv-mx:broken signed:rrsig-end
dnssec.rrsig-not-yet-valid	delv-mx:broken signed:rrsig-begin
dnssec.rrsig-expiring-soon	signed:rrsig-end
dnssec.rrsig-missing	delv-mx:broken signed:rrsig-none
dnssec.rrsig-invalid	delv-mx:broken signed
dnssec.rrsig-wrong-signer	delv-mx:broken signed:rrsig-signer
dnssec.dnskey-missing	ds dnskey:key-id
dnssec.ds-digest-mismatch	ds dnskey-ds
dnssec.zone-key-bit-missing	dnskey:key-flags
dnssec.dnskey-inconsistent-servers	dnskey-each
dnssec.algorithm-incomplete	ds dnskey signed:rrsig-algorithm
dnssec.algorithm-unsupported	dnskey
dnssec.algorithm-deprecated	dnskey
dnssec.ds-digest-unsupported	ds:ds-digest
dnssec.ds-digest-sha1	ds:ds-digest
dnssec.rsa-key-short	dnskey-short
dnssec.revoked-key-in-ds	ds dnskey:key-revoked
dnssec.nsec-missing	delv-tlsa:broken nsec:nsec-none
dnssec.nsec-bad-proof	delv-tlsa:broken nsec
dnssec.nsec3-iterations-nonzero	nsec3param
dnssec.nsec3-iterations-excessive	nsec3param delv-tlsa:broken
dnssec.nsec3-salt	nsec3param:salt
dnssec.nsec3-opt-out	nsec:opt-out
dnssec.mx-insecure-host-secure	delv-mx:unsigned delv-tlsa
dnssec.address-insecure	delv-address:unsigned delv-tlsa
dnssec.cname-target-insecure	delv-address:partly
dnssec.ttl-exceeds-original	signed:rrsig-ttl
dnssec.signature-lifetime-long	signed:rrsig-life
dnssec.signature-lifetime-short	signed:rrsig-life
dnssec.cds-mismatch	cds ds
dnssec.nameserver-ignores-do	do-each
dnssec.resolver-disagrees	delv-mx:broken root
dnssec.not-validated-by-tool	root
dnssec.secure	delv-mx delv-address delv-tlsa
sts-record	sts
sts-record.absent	sts:nodata
sts-record.absent-policy-served	sts:nodata policy
sts-record.lookup-failed	sts:servfail
sts-record.dnssec-bogus	delv-txt
sts-record.wrong-name	sts:nodata txt-name
sts-record.multiple	sts:several
sts-record.foreign-txt	sts:foreign
sts-record.wildcard-only	sts:foreign txt-nowhere
sts-record.version-leading-junk	sts-bytes
sts-record.literal-quotes	sts:escapes
sts-record.escaped-semicolon	sts:escapes
sts-record.id-unchanged	sts policy-text:since
sts-record.updated-before-policy	sts policy-text:since
sts-record.non-ascii	sts-bytes
sts-record.split-strings	sts:strings
sts-record.cname-delegated	sts-cname
sts-record.cname-dangling	sts-cname sts:nodata
sts-record.cname-proxied	sts-cname:nodata sts:nodata
sts-record.ttl-too-long	sts-trace
sts-record.subdomain-uncovered	sts:nodata txt-name:text
sts-policy-fetch	policy
sts-policy-fetch.host-nxdomain	web-address:nxdomain
sts-policy-fetch.host-no-address	web-address:nodata
sts-policy-fetch.dns-error	web-address:servfail
sts-policy-fetch.cname-dangling	web-cname web-address:nxdomain
sts-policy-fetch.address-reserved	web-address:reserved
sts-policy-fetch.ipv4-missing	web-address:no-a policy-4:curl-fails
sts-policy-fetch.ipv6-broken	policy-6 policy-4
sts-policy-fetch.connect-refused	policy:refused
sts-policy-fetch.connect-timeout	policy:no-connection
sts-policy-fetch.tls-handshake-failed	policy:curl-tls web-tls:alert
sts-policy-fetch.tls-too-old	web-12 web-old
sts-policy-fetch.cert-name-mismatch	policy:curl-tls web-cert
sts-policy-fetch.cert-parked-wildcard	web-cert web-address txt-nowhere
sts-policy-fetch.cert-cn-only	policy:curl-tls web-cert:common-name
sts-policy-fetch.cert-wildcard-depth	policy:curl-tls web-cert:star
sts-policy-fetch.cert-expired	policy:curl-tls web-cert:dates
sts-policy-fetch.cert-not-yet-valid	policy:curl-tls web-cert:dates
sts-policy-fetch.cert-self-signed	policy:curl-tls web-tls
sts-policy-fetch.cert-untrusted	policy:curl-tls web-tls
sts-policy-fetch.cert-chain-incomplete	policy:curl-tls web-tls:chain
sts-policy-fetch.cert-revoked	web-staple
sts-policy-fetch.cert-expiring-soon	web-cert:dates
sts-policy-fetch.cert-ends-before-policy	web-cert:dates policy-text
sts-policy-fetch.sni-default-cert	web-cert web-no-sni
sts-policy-fetch.http-redirect	policy:redirect
sts-policy-fetch.http-404	policy:status
sts-policy-fetch.http-403	policy:status
sts-policy-fetch.http-429	policy:status
sts-policy-fetch.http-5xx	policy:status
sts-policy-fetch.http-status-other	policy:status
sts-policy-fetch.bot-challenge	policy:markup policy-agent
sts-policy-fetch.vantage-dependent	policy:elsewhere policy-agent
sts-policy-fetch.wrong-path	policy:status policy-short
sts-policy-fetch.wrong-host	policy:curl-or-status policy-apex
sts-policy-fetch.http-only	policy:curl-fails policy-http
sts-policy-fetch.content-type-html	policy:media-type
sts-policy-fetch.content-type-other	policy:media-type
sts-policy-fetch.charset-unsupported	policy:media-type
sts-policy-fetch.content-encoding-forced	policy:encoding
sts-policy-fetch.body-too-large	policy-size
sts-policy-fetch.body-empty	policy-size:size-zero
sts-policy-fetch.body-html	policy:markup
sts-policy-fetch.body-incomplete	policy-text:curl-cut
sts-policy-fetch.slow	policy-time
sts-policy-fetch.cdn-stale	policy:age
sts-policy-fetch.provider-deprovisioned	web-cname policy:curl-or-status
sts-policy-fetch.provider-stale	web-cname policy-text:policy-mx mx:compare
sts-policy-fetch.not-checked	policy:elsewhere
sts-policy	policy-text
sts-policy.bom	policy-bytes
sts-policy.leading-whitespace	policy-bytes
sts-policy.blank-line	policy-bytes
sts-policy.lf-line-endings	policy-bytes:line-ends
sts-policy.cr-line-endings	policy-bytes:line-ends
sts-policy.mixed-line-endings	policy-bytes:line-ends
sts-policy.missing-final-newline	policy-bytes:line-ends
sts-policy.single-line	policy-bytes:line-ends
sts-policy.non-ascii	policy-bytes
sts-policy.json-body	policy:markup
sts-policy.unparsable	policy-text policy-bytes
sts-policy.testing-without-tlsrpt	policy-text rpt:nodata
sts-policy.enforce-without-tlsrpt	policy-text rpt:nodata
sts-policy.enforce-would-fail	policy-text:policy-mx mx:compare verify
sts-policy.max-age-long-in-rollout	policy-text:since
sts-policy.mx-missing	policy-text:policy-mx
sts-policy.mx-empty	policy-text:policy-mx
sts-policy.mx-not-exist	policy-text:policy-mx named
sts-policy.removed-without-none	sts:since policy:since
sts-mx	policy-text:policy-mx mx:compare
sts-mx.cname-target-listed	policy-text:policy-mx mx:compare host-cname
sts-mx.implicit-mx-unlisted	mx:nodata policy-text:policy-mx
sts-mx.split-operators	web-cname mx:operators
starttls	smtp tls
starttls.connect-refused	smtp:refused
starttls.connect-timeout	smtp:no-connection
starttls.banner-not-220	smtp:greeting
starttls.banner-slow	smtp:greeting-slow
starttls.banner-masked	smtp:masked
starttls.ehlo-rejected	smtp:ehlo-refused
starttls.not-offered	smtp:no-starttls
starttls.not-offered-some	mx smtp:no-starttls
starttls.address-inconsistent	address smtp:each-address
starttls.selective	smtp:again smtp:elsewhere
starttls.refused	postfix
starttls.stripped	smtp:masked
starttls.handshake-failed	tls:alert
starttls.handshake-timeout	tls:hangs
starttls.mandatory	smtp-mail
starttls.readvertised	smtp-tls:starttls-again
starttls.command-injection	inject
starttls.ehlo-after-tls-fails	smtp-tls
starttls.implicit-tls-on-25	tls-at-once
starttls.requiretls-absent	smtp-tls:requiretls
starttls.requiretls-offered	smtp-tls:requiretls
starttls.requiretls-unqualified	smtp-tls:requiretls delv-mx:unsigned policy-text:policy-mx
starttls.unreachable-from-proxy	smtp:elsewhere
tls	brief
tls.version-too-old	tls-12 tls-11
tls.ssl-enabled	suites:suites-ssl
tls.legacy-enabled	tls-11 suites
tls.no-tls13	tls-13 brief
tls.version-intolerant	brief:alert tls-no-13
tls.weak-cipher	brief suites
tls.no-common-cipher	brief:alert suites
tls.no-forward-secrecy	tls-ecdhe brief
tls.cbc-only	tls-aead brief
tls.dh-short	tls-dhe
tls.curve-weak	tls-curve
tls.compression	suites:compressors
tls.insecure-renegotiation	tls-unsafe
tls.client-renegotiation	tls-typed
tls.no-extended-master-secret	tls-no-13:extended-master-secret
tls.zero-rtt	tls-early
tls.sni-required	tls-no-sni:one-fails brief:one-fails
tls.sni-wrong-cert	cert cert-no-sni
tls.client-cert-required	tls:client-certificate
tls.no-pq-hybrid	tls-hybrid brief:temporary-key
cert	verify cert
cert.missing	tls:no-certificate
cert.expired	verify cert:dates
cert.not-yet-valid	verify cert:dates
cert.expiring-soon	cert:dates
cert.renewed-not-loaded	cert:dates web-cert:dates
cert.cn-only	verify cert:common-name
cert.wildcard-depth	verify cert:star
cert.self-signed	verify chain
cert.untrusted-ca	verify chain
cert.chain-incomplete	verify chain
cert.chain-misordered	chain
cert.chain-expired-intermediate	chain:chain-dates
cert.root-included	chain:chain-root
cert.key-weak	cert-text
cert.signature-weak	chain:chain-signatures cert-text:signature
cert.eku-missing	cert-text:usage
cert.name-constraints	verify chain
cert.revoked	staple
cert.ends-before-policy	cert:dates policy-text
cert.per-address-differs	address cert-print
cert.dual-algorithm	cert-rsa cert-ecdsa
cert.caa-missing	caa:nodata
cert.caa-forbids-issuer	caa cert:issuer
tlsa	tlsa-name
tlsa.absent	tlsa-name:nodata
tlsa.lookup-servfail	tlsa-name:servfail address tlsa-unchecked
tlsa.lookup-timeout	tlsa-name:timeout address
tlsa.lookup-servfail-insecure-zone	tlsa-name:servfail delv-address:unsigned
tlsa.empty-nonterminal-nxdomain	tlsa-above tlsa
tlsa.denial-bogus	delv-tlsa:broken nsec
tlsa.insecure	delv-tlsa:unsigned
tlsa.wrong-owner-domain	tlsa-domain tlsa:nodata
tlsa.wrong-port	tlsa:nodata tlsa-name:tlsa-here
tlsa.wrong-protocol-label	tlsa:nodata tlsa-name:tlsa-here
tlsa.doubled-origin	tlsa:nodata tlsa-name:tlsa-here
tlsa.wildcard-synthesised	tlsa tlsa-nowhere
tlsa.cname-secure	tlsa-cname delv-tlsa
tlsa.cname-dangling	tlsa-cname tlsa:nodata
tlsa.cname-insecure	tlsa-cname delv-tlsa:partly
tlsa.cname-intermediate-only	host-cname tlsa:nodata tlsa-name:tlsa-here
tlsa.all-unusable	tlsa postfix-dane
tlsa.some-unusable	tlsa postfix-dane
tlsa.selector-cert-ee	tlsa whole
tlsa.digest-wrong-length	tlsa:digest-length
tlsa.digest-of-empty	tlsa nothing
tlsa.digest-of-pem	tlsa pem key
tlsa.digest-wrong-field	tlsa key whole
tlsa.malformed	tlsa:malformed
tlsa.published-without-starttls	tlsa smtp:no-starttls
tlsa.ttl-too-long	tlsa-trace
tlsa.duplicate	tlsa:same
tlsa.rrset-large	tlsa-small
tlsa.partial-coverage	mx tlsa:each-host
tlsa.primary-uncovered	mx tlsa:each-host
tlsa.inconsistent-nameservers	tlsa-each
tlsa.nameserver-drops-tlsa	tlsa-each
tlsa.shared-ee	mx tlsa:each-host
tlsa.ok	delv-tlsa tlsa
dane	postfix-dane tlsa key
dane.mismatch-some-mx	mx postfix-dane tlsa key
dane.mismatch-some-addresses	address tlsa key:each-address
dane.mismatch-old-certificate	postfix-dane tlsa key cert:dates
dane.mismatch-parameters	tlsa key whole
dane.mismatch-ca-as-ee	tlsa key chain
dane.mismatch-leaf-as-ta	tlsa key whole
dane.mismatch-other-service	tlsa key web-key
dane.mismatch-sni-dependent	tlsa key key-no-sni
dane.ta-not-in-chain	tlsa chain dane
dane.ta-chain-invalid	tlsa chain:chain-dates dane
dane.ta-name-mismatch	dane cert
dane.ta-retired-ca	tlsa cert:issuer
dane.ta-issuer-pool	tlsa cert:issuer
dane.ta-public-root	tlsa cert:issuer
dane.ee-expired	postfix-dane cert:dates
dane.ee-name-mismatch	postfix-dane cert
dane.dual-algorithm-unmatched	tlsa key-rsa key-ecdsa
dane.param-set-incomplete	tlsa key whole
dane.digest-agility-conflict	tlsa key
dane.no-rollover-record	tlsa key
dane.acme-key-rotation	tlsa cert:dates
dane.acme-selector0	tlsa cert:dates whole
dane.rollover-late-introduction	tlsa:since key
dane.rollover-early-retirement	tlsa:since key
dane.rollover-no-introduction	tlsa:since key
dane.rollover-too-soon	tlsa:since tlsa-trace
dane.stale-extra-record	tlsa key
dane.half-dane	delv-mx:unsigned delv-tlsa
dane.sts-conflict	postfix-dane verify
dane.sts-both-ok	postfix-dane verify
dane.mandatory-sender-blocks	postfix-only
dane.provider-unsupported	mx delv-address:unsigned tlsa:nodata
dane.provider-available-not-enabled	mx delv-address:unsigned
dane.verified	postfix-dane dane
tlsrpt-record	rpt
tlsrpt-record.absent	rpt:nodata
tlsrpt-record.lookup-failed	rpt:servfail
tlsrpt-record.wrong-name	rpt:nodata txt-name
tlsrpt-record.multiple	rpt:several
tlsrpt-record.foreign-txt	rpt:foreign
tlsrpt-record.version-leading-junk	rpt-bytes
tlsrpt-record.non-ascii	rpt-bytes
tlsrpt-record.split-strings	rpt:strings
tlsrpt-record.cname-dangling	rpt-cname rpt:nodata
tlsrpt-record.rua-domain-no-mail	rpt mx-name:no-mx
tlsrpt-record.rua-own-broken-domain	rpt postfix-dane
tlsrpt-record.rua-https-unreachable	rpt rpt-post
tlsrpt-record.mx-host-missing	rpt-host
tlsrpt-record.nothing-to-report	rpt sts:nodata tlsa:nodata
`
