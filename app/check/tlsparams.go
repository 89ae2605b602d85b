package check

import (
	"slices"
	"strconv"

	"github.com/sealane/sealane/app/probe"
)

var tlsEntries = []Entry{
	{Code: "tls.version-too-old", Level: Error, Who: MailProvider, RFC: []Citation{{8996, "4"}, {8461, "7.2"}, {9325, "3.1.1"}},
		Result: "validation-failure", DependsOn: []Code{"tls.version-intolerant", "tls.sni-required"}}, // args: host, ip, version
	{Code: "tls.version-intolerant", LevelIn: needsTLS, Who: MailProvider, RFC: []Citation{{8446, "4.2.1"}, {9325, "3.1.3"}},
		Result: "validation-failure"}, // args: host, ip
	{Code: "tls.no-common-cipher", Level: Error, Who: MailProvider, RFC: []Citation{{9325, "4.2"}},
		Result: "validation-failure"}, // args: host, ip
	{Code: "tls.client-cert-required", Level: Error, Who: MailProvider, RFC: []Citation{{3207, "4.1"}, {8446, "4.3.2"}},
		Result: "validation-failure"}, // args: host, ip
	{Code: "tls.sni-required", Level: Error, Who: MailProvider, RFC: []Citation{{8461, "7.1"}, {7672, "8.1"}},
		Result: "validation-failure"}, // args: host, ip
	{Code: "tls.sni-wrong-cert", LevelIn: byPolicy, Who: MailProvider, RFC: []Citation{{8461, "7.1"}, {7672, "8.1"}},
		Result: hostMismatch, DependsOn: []Code{"dane.mismatch-sni-dependent"}}, // args: host, ip, name
	{Code: "tls.ssl-enabled", Level: Error, Who: MailProvider, RFC: []Citation{{9325, "3.1.1"}, {7568, "3"}}},                   // args: host, ip
	{Code: "tls.legacy-enabled", Level: Warning, Who: MailProvider, RFC: []Citation{{8996, "4"}, {8996, "5"}, {9325, "3.1.1"}}}, // args: host, ip, version
	{Code: "tls.compression", Level: Warning, Who: MailProvider, RFC: []Citation{{9325, "3.3"}}},                                // args: host, ip
	{Code: "tls.dh-short", Level: Warning, Who: MailProvider, RFC: []Citation{{9325, "4.5"}},
		Result: "validation-failure"}, // args: host, ip, value
	{Code: "tls.curve-weak", Level: Notice, Who: MailProvider, RFC: []Citation{{9325, "4.5"}}}, // args: host, ip, value
	{Code: "tls.insecure-renegotiation", Level: Warning, Who: MailProvider, RFC: []Citation{{9325, "3.5"}, {5746, "4.1"}},
		Result: "validation-failure"}, // args: host, ip
	{Code: "tls.client-renegotiation", Level: Notice, Who: MailProvider, RFC: []Citation{{9325, "3.5"}}},                      // args: host, ip
	{Code: "tls.no-extended-master-secret", Level: Warning, Who: MailProvider, RFC: []Citation{{9325, "3.5"}, {7627, "5.2"}}}, // args: host, ip
	{Code: "tls.zero-rtt", Level: Notice, Who: MailProvider, RFC: []Citation{{9325, "3.10"}, {8446, "8"}}},                    // args: host, ip
	{Code: "tls.no-tls13", Level: Notice, Who: MailProvider, RFC: []Citation{{9325, "3.1.1"}}},                                // args: host, ip, version
	{Code: "tls.weak-cipher", Level: Warning, Who: MailProvider, RFC: []Citation{{9325, "4.1"}}},                              // args: host, ip, value
	{Code: "tls.no-forward-secrecy", Level: Warning, Who: MailProvider, RFC: []Citation{{9325, "4.1"}},
		DependsOn: []Code{"tls.weak-cipher"}}, // args: host, ip, value
	{Code: "tls.cbc-only", Level: Notice, Who: MailProvider, RFC: []Citation{{9325, "4.2"}},
		DependsOn: []Code{"tls.weak-cipher", "tls.no-forward-secrecy", "tls.version-too-old"}}, // args: host, ip, value
	{Code: "tls.no-pq-hybrid", Level: Notice, Who: MailProvider, RFC: []Citation{{8446, "4.2.7"}}}, // args: domain
	{Code: "tls.ok", Level: OK, Who: Nobody, RFC: []Citation{{9325, "4.2"}}},                       // args: domain
}

const (
	ssl3  = 0x0300
	tls12 = 0x0303
	tls13 = 0x0304
)

// suite is what a TLS 1.2 cipher suite is missing. Suites that aren't listed
// have forward secrecy and authenticated encryption, or are TLS 1.3's.
type suite struct {
	number uint16 // IANA number
	name   string
	fault  suiteFault
}

type suiteFault uint8

const (
	cbc    suiteFault = iota // forward secrecy, no AEAD
	static                   // RSA key transport
	weak                     // NULL, RC4, 3DES, EXPORT
)

// suites are those that a server may pick with a client that takes nearly
// everything, by number.
var suites = []suite{
	{0x0001, "TLS_RSA_WITH_NULL_MD5", weak},
	{0x0002, "TLS_RSA_WITH_NULL_SHA", weak},
	{0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", weak},
	{0x0004, "TLS_RSA_WITH_RC4_128_MD5", weak},
	{0x0005, "TLS_RSA_WITH_RC4_128_SHA", weak},
	{0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", weak},
	{0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", weak},
	{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", static},
	{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", cbc},
	{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", static},
	{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", cbc},
	{0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256", static},
	{0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256", static},
	{0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", cbc},
	{0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", cbc},
	{0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", static},
	{0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", static},
	{0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", weak},
	{0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", weak},
	{0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", cbc},
	{0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", cbc},
	{0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", weak},
	{0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", weak},
	{0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", cbc},
	{0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", cbc},
	{0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", cbc},
	{0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", cbc},
	{0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", cbc},
	{0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", cbc},
}

// faultySuite looks a suite up among those that lack something.
func faultySuite(number uint16) (suite, bool) {
	i, found := slices.BinarySearchFunc(suites, number, func(s suite, n uint16) int { return int(s.number) - int(n) })
	if !found {
		return suite{}, false
	}
	return suites[i], true
}

// judgeTLS judges what the handshake came to, and what the asides show beside it.
func (j *judge) judgeTLS() {
	for _, h := range j.hosts {
		j.over(h, "tls.version-too-old", func(e *endpoint) ([]string, bool) {
			if _, hit := failed(probe.StageHandshake, probe.TLSVersion)(e); hit {
				return []string{"version", unknownArg}, true
			}
			t := e.seen.TLS
			return []string{"version", chosen(t)}, e.outdated()
		})
		j.over(h, "tls.no-tls13", func(e *endpoint) ([]string, bool) {
			t := e.seen.TLS
			return []string{"version", chosen(t)}, t != nil && t.Version == tls12
		})
		j.judgeSuite(h, "tls.weak-cipher", weak)
		j.judgeSuite(h, "tls.no-forward-secrecy", static)
		j.judgeSuite(h, "tls.cbc-only", cbc)
		j.judgeHandshakes(h)
		j.judgeHellos(h)
	}
	if j.everyEndpoint(func(e *endpoint) bool {
		return e.seen.TLS != nil && e.seen.TLS.Version > tls12 && e.seen.TLS.Group != 0 && !hybrid(e.seen.TLS.Group)
	}) {
		j.add("tls.no-pq-hybrid", j.facts.Domain.String(), "domain", j.facts.Domain.String())
	}
	faulty := slices.ContainsFunc(j.report.Findings, func(f Finding) bool { return f.Code.Group() == "tls" && f.Level >= Warning })
	if !faulty && j.everyEndpoint(soundTLS) {
		j.addOnceVisited("tls.ok", j.facts.Domain.String(), "domain", j.facts.Domain.String())
	}
}

func (j *judge) judgeSuite(h *host, code Code, fault suiteFault) {
	j.over(h, code, func(e *endpoint) ([]string, bool) {
		if e.seen.TLS == nil {
			return nil, false
		}
		s, found := faultySuite(e.seen.TLS.Cipher)
		return []string{"value", s.name}, found && s.fault == fault
	})
}

// soundTLS tells whether the handshake came to TLS 1.2 or better with forward
// secrecy and authenticated encryption (RFC 9325 §4.2).
func soundTLS(e *endpoint) bool {
	if e.seen.TLS == nil || e.seen.TLS.Version < tls12 {
		return false
	}
	_, faulty := faultySuite(e.seen.TLS.Cipher)
	return !faulty
}

// hybrid tells a key exchange that also holds against a quantum computer:
// SecP256r1MLKEM768, X25519MLKEM768, SecP384r1MLKEM1024, X25519Kyber768Draft00.
func hybrid(group uint16) bool {
	return group >= 0x11eb && group <= 0x11ed || group == 0x6399
}

// chosen names the version of a handshake, "" without one.
func chosen(t *probe.TLS) string {
	if t == nil {
		return ""
	}
	return versionText(t.Version)
}

// versionText names a version as people do.
func versionText(version uint16) string {
	switch {
	case version == ssl3:
		return "SSL 3.0"
	case version > ssl3 && version <= tls13:
		return "TLS 1." + strconv.Itoa(int(version)-0x0301)
	}
	return "0x" + strconv.FormatUint(uint64(version), 16)
}
