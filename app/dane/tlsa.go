// Package dane reads TLSA records, says which are usable for SMTP, and matches
// them against a certificate chain (RFC 6698, RFC 7671, RFC 7672).
package dane

// TLSA is one TLSA record's data (RFC 6698 §2.1).
type TLSA struct {
	Usage    uint8 // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218 §2.1)
	Selector uint8 // 0 Cert, 1 SPKI
	Matching uint8 // 0 Full, 1 SHA2-256, 2 SHA2-512
	Data     []byte
}
