package explain

// What libraries say of a certificate or a handshake, whichever server calls them.
var (
	openSSL = program{"openssl", "OpenSSL", Sending, library, []form{
		{"cert-expired", "certificate has expired"},
		{"cert-future", "certificate is not yet valid"},
		{"cert-self-signed", "self-signed certificate|self signed certificate"},
		{"cert-untrusted", "unable to get local issuer certificate|unable to verify the first certificate|unable to get issuer certificate"},
		{"cert-mismatch", "verify error:num=62|hostname mismatch"},
		{"cert-weak", "ee certificate key too weak|ca md too weak|dh key too small"},
		{"dane-mismatch", "no matching dane tlsa records"},
		{"tls-handshake", "sslv3 alert handshake failure|ssl/tls alert handshake failure|no shared cipher|tlsv1 alert protocol version|unsupported protocol|wrong version number|unexpected eof while reading|unsafe legacy renegotiation disabled|tlsv1 alert internal error"},
	}}
	gnuTLS = program{"gnutls", "GnuTLS", Sending, library, []form{
		{"cert-expired", "the certificate chain uses expired certificate|the certificate is not trusted. the certificate has expired"},
		{"cert-future", "the certificate chain uses not yet valid certificate"},
		{"cert-untrusted", "the certificate issuer is unknown|the certificate issuer is not a ca|the signature in the certificate is invalid|the certificate chain violates the signer's constraints|the certificate chain does not match the intended purpose|(gnutls_handshake): certificate verification failed"},
		{"cert-mismatch", "the name in the certificate does not match the expected"},
		{"cert-weak", "the certificate chain uses insecure algorithm"},
		{"tls-handshake", "a tls fatal alert has been received|a packet with illegal or unsupported version was received|the tls connection was non-properly terminated|no supported cipher suites have been found"},
	}}
	golang = program{"go", "Go crypto/tls", Sending, library, []form{
		{"cert-untrusted", "x509: certificate signed by unknown authority"},
		{"cert-expired", "x509: certificate has expired or is not yet valid"},
		{"cert-mismatch", "x509: certificate is valid for *, not |x509: certificate is not valid for any names|x509: certificate relies on legacy common name|x509: cannot validate certificate for *because it doesn't contain any ip sans"},
		{"tls-handshake", "remote error: tls: |tls: server selected unsupported protocol version|tls: first record does not look like a tls handshake|tls: no supported versions satisfy"},
	}}
	rustls = program{"rustls", "rustls", Sending, library, []form{
		{"cert-expired", "invalid peer certificate: expired|invalid peer certificate: certificate expired|certexpired"},
		{"cert-future", "invalid peer certificate: notvalidyet|invalid peer certificate: certificate not valid yet"},
		{"cert-untrusted", "invalid peer certificate: unknownissuer|unknownissuer"},
		{"cert-mismatch", "invalid peer certificate: notvalidforname|invalid peer certificate: certificate not valid for name|certnotvalidforname"},
		{"tls-handshake", "received fatal alert: |peer is incompatible: "},
	}}
	python = program{"python", "Python ssl", Checking, library, []form{
		{"cert-mismatch", "' doesn't match either of '|' doesn't match '|hostname mismatch, certificate is not valid for"},
	}}
)
