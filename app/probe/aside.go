package probe

// AsideKind names a further, short visit to an address of a mail host, made to
// learn one thing that the first visit doesn't show. Each is a connection of
// its own, one at a time per address, and none sends more than QUIT after it.
type AsideKind string

// The kinds of asides. Those of port 25 greet with EHLO and, but for PlainMail,
// send STARTTLS.
const (
	// NoSNI is a handshake without server_name (RFC 7672 §8.1, RFC 8461 §7.1).
	NoSNI AsideKind = "no-sni"
	// OnlyRSA and OnlyECDSA are TLS 1.2 handshakes that offer cipher suites of
	// one signature type only. Once done, renegotiation is asked for (RFC 5746 §3.5).
	OnlyRSA   AsideKind = "rsa"
	OnlyECDSA AsideKind = "ecdsa"
	// OnlyDHE, OldTLS and SSL3 send one ClientHello, read the answer to it and
	// hang up: TLS 1.2 with finite-field DHE suites alone; at most TLS 1.1; SSL
	// 3.0. The first two offer compression (RFC 3749).
	OnlyDHE AsideKind = "dhe"
	OldTLS  AsideKind = "old-tls"
	SSL3    AsideKind = "ssl3"
	// Injection sends NOOP in the same segment as STARTTLS: inside TLS no reply
	// to it may come (RFC 3207 §4.2).
	Injection AsideKind = "injection"
	// PlainMail sends MAIL FROM:<> without TLS, and RSET (RFC 3207 §4).
	PlainMail AsideKind = "plain-mail"
	// HTTPS and Submissions are handshakes on ports 443 and 465, for their
	// certificates.
	HTTPS       AsideKind = "https"
	Submissions AsideKind = "submissions"
)

// AsideKinds lists all kinds.
func AsideKinds() []AsideKind {
	return []AsideKind{NoSNI, OnlyRSA, OnlyECDSA, OnlyDHE, OldTLS, SSL3, Injection, PlainMail, HTTPS, Submissions}
}

// Aside is what one aside met. Fields are set as far as it came.
type Aside struct {
	Kind AsideKind `json:"kind"`
	// Stage is where it ended, as in Address.
	Stage Stage `json:"stage"`
	EHLO  Reply `json:"ehlo,omitzero"`
	// TLS is a completed handshake, Hello the server's first answer of one in
	// TLS 1.2 or older, completed or not.
	TLS   *TLS         `json:"tls,omitempty"`
	Hello *ServerHello `json:"hello,omitempty"`
	// Reply is to what the aside is about: inside TLS to the NOOP of Injection,
	// zero when none came; to MAIL in PlainMail.
	Reply Reply `json:"reply,omitzero"`
	// Renegotiates: the server took up a client's renegotiation; nil when it
	// wasn't asked, or said nothing.
	Renegotiates *bool    `json:"renegotiates,omitempty"`
	Failure      *Failure `json:"failure,omitempty"`
}

// ServerHello is what a server chose in SSL 3.0 to TLS 1.2 (RFC 5246 §7.4.1.3),
// and the group of its key exchange (§7.4.3, RFC 8422 §5.4).
type ServerHello struct {
	Version     uint16 `json:"version"`
	Cipher      uint16 `json:"cipher"`
	Compression uint8  `json:"compression,omitempty"` // 0: none
	// SecureRenegotiation: renegotiation_info was sent (RFC 5746 §3.4).
	SecureRenegotiation bool `json:"secureRenegotiation,omitempty"`
	// ExtendedMasterSecret: RFC 7627 §5.1.
	ExtendedMasterSecret bool   `json:"extendedMasterSecret,omitempty"`
	Group                uint16 `json:"group,omitempty"`  // named group of ECDHE
	DHBits               int    `json:"dhBits,omitempty"` // size of DHE's prime
}
