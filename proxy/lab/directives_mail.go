package lab

import (
	"crypto/tls"
	"strings"
	"time"
)

// hostSpec says how a mail server behaves.
type hostSpec struct {
	// starttls is "on", "off", "refuse": offered, then 454; or "first": offered
	// only to a visit after some quiet.
	starttls    string
	requireTLS  bool   // REQUIRETLS in the EHLO after TLS (RFC 8689 §2)
	banner      string // text behind 220, "" for the host's own
	extra       []string
	delay       time.Duration // before the banner
	dead        string
	certificate certificateSpec

	tlsMin, tlsMax    uint16 // 0: TLS 1.2, and the newest
	failsOn13         bool   // ends a handshake that offers TLS 1.3
	sniRequired       bool   // ends a handshake without server_name
	bothKeys          bool   // an RSA key beside the ECDSA one
	clientCertificate string // "asked", "required" or ""
	injectable        bool   // carries out what came with STARTTLS
	mandatoryTLS      bool   // 530 to MAIL before TLS
	// Further certificates, nil for none: to who sends no server_name, and at
	// ports 465 and 443.
	fallback, submissions, https *certificateSpec
}

func (f *domainFile) hostDirective(h *hostSpec, words []string) (err error) {
	switch words[0] {
	case "starttls":
		h.starttls, err = oneOf(words, "on", "off", "refuse", "first")
	case "requiretls":
		h.requireTLS, err = onOff(words)
	case "banner":
		h.banner = strings.Join(words[1:], " ")
	case "ehlo":
		h.extra = append(h.extra, strings.Join(words[1:], " "))
	case "delay":
		h.delay, err = moment(words)
	case "dead":
		h.dead, err = oneOf(words, deadRefuse, deadTimeout, deadSilent)
	case "certificate":
		err = f.certificateDirective(&h.certificate, words)
	case "mandatory-tls":
		h.mandatoryTLS, err = onOff(words)
	case "injectable":
		h.injectable, err = onOff(words)
	default:
		return f.hostTLSDirective(h, words)
	}
	return err
}

// hostTLSDirective reads how a mail server speaks TLS.
func (f *domainFile) hostTLSDirective(h *hostSpec, words []string) (err error) {
	switch words[0] {
	case "tls":
		err = h.tlsDirective(words[1:])
	case "sni":
		_, err = oneOf(words, "required")
		h.sniRequired = true
	case "keys":
		var keys string
		keys, err = oneOf(words, "ecdsa", "both")
		h.bothKeys = keys == "both"
	case "client-certificate":
		h.clientCertificate, err = oneOf(words, "asked", "required")
	case "default-certificate":
		h.fallback, err = f.furtherCertificate(h.fallback, words)
	case "submissions":
		h.submissions, err = f.furtherCertificate(h.submissions, words[1:])
	case "https":
		h.https, err = f.furtherCertificate(h.https, words[1:])
	default:
		return ErrDirective
	}
	return err
}

// tlsVersions are the values of "tls min" and "tls max".
var tlsVersions = map[string]uint16{
	"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13,
}

func (h *hostSpec) tlsDirective(words []string) error {
	if len(words) == 1 && words[0] == "fails-on-1.3" {
		h.failsOn13 = true
		return nil
	}
	if len(words) != 2 || tlsVersions[words[1]] == 0 {
		return ErrValue
	}
	switch words[0] {
	case "min":
		h.tlsMin = tlsVersions[words[1]]
	case "max":
		h.tlsMax = tlsVersions[words[1]]
	default:
		return ErrValue
	}
	return nil
}

// furtherCertificate reads a directive like "certificate" into a certificate
// that is there only when it is named.
func (f *domainFile) furtherCertificate(c *certificateSpec, words []string) (*certificateSpec, error) {
	if c == nil {
		c = new(certificateSpec)
	}
	if len(words) < 2 {
		return c, ErrValue
	}
	return c, f.certificateDirective(c, words)
}
