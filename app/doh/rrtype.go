package doh

import "strconv"

// Type is a DNS RR type (RFC 1035 §3.2.2).
type Type uint16

// The types Sealane asks for or reads.
const (
	TypeA          Type = 1
	TypeNS         Type = 2
	TypeCNAME      Type = 5
	TypeSOA        Type = 6
	TypeMX         Type = 15
	TypeTXT        Type = 16
	TypeAAAA       Type = 28
	TypeDNAME      Type = 39
	TypeDS         Type = 43
	TypeRRSIG      Type = 46
	TypeNSEC       Type = 47
	TypeDNSKEY     Type = 48
	TypeNSEC3      Type = 50
	TypeNSEC3PARAM Type = 51
	TypeTLSA       Type = 52
	TypeCDS        Type = 59
	TypeCDNSKEY    Type = 60
	TypeCAA        Type = 257

	typeMD    Type = 3
	typeMF    Type = 4
	typeMB    Type = 7
	typeMG    Type = 8
	typeMR    Type = 9
	typePTR   Type = 12
	typeMINFO Type = 14
	typeRP    Type = 17
	typeAFSDB Type = 18
	typeRT    Type = 21
	typePX    Type = 26
	typeSRV   Type = 33
	typeNAPTR Type = 35
	typeKX    Type = 36
	typeOPT   Type = 41
)

// mnemonics are the types' names as IANA registers them: those above, and what
// type bitmaps (RFC 4034 §4.1.2) often hold.
var mnemonics = []struct {
	typ  Type
	name string
}{
	{TypeA, "A"}, {TypeNS, "NS"}, {TypeCNAME, "CNAME"}, {TypeSOA, "SOA"}, {typePTR, "PTR"}, {13, "HINFO"},
	{TypeMX, "MX"}, {TypeTXT, "TXT"}, {typeRP, "RP"}, {typeAFSDB, "AFSDB"}, {TypeAAAA, "AAAA"}, {29, "LOC"},
	{typeSRV, "SRV"}, {typeNAPTR, "NAPTR"}, {37, "CERT"}, {TypeDNAME, "DNAME"}, {typeOPT, "OPT"}, {TypeDS, "DS"},
	{44, "SSHFP"}, {TypeRRSIG, "RRSIG"}, {TypeNSEC, "NSEC"}, {TypeDNSKEY, "DNSKEY"}, {TypeNSEC3, "NSEC3"},
	{TypeNSEC3PARAM, "NSEC3PARAM"}, {TypeTLSA, "TLSA"}, {53, "SMIMEA"}, {TypeCDS, "CDS"}, {TypeCDNSKEY, "CDNSKEY"},
	{61, "OPENPGPKEY"}, {62, "CSYNC"}, {63, "ZONEMD"}, {64, "SVCB"}, {65, "HTTPS"}, {99, "SPF"}, {256, "URI"},
	{TypeCAA, "CAA"},
}

// String gives the type's mnemonic, or TYPE and its number (RFC 3597 §5).
func (t Type) String() string {
	for _, m := range mnemonics {
		if m.typ == t {
			return m.name
		}
	}
	return "TYPE" + strconv.Itoa(int(t))
}
