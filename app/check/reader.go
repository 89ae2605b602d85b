package check

import (
	"crypto/x509"

	"github.com/sealane/sealane/app/probe"
)

// reader parses each certificate once: all addresses of a host mostly show the
// same chain.
type reader map[string]*x509.Certificate

// maxParsed is the size in octets up to which a certificate is parsed.
const maxParsed = probe.MaxCertificate

func (r reader) certificate(der []byte) *x509.Certificate {
	c, known := r[string(der)]
	if !known {
		if len(der) <= maxParsed {
			if parsed, err := x509.ParseCertificate(der); err == nil {
				c = parsed
			}
		}
		r[string(der)] = c
	}
	return c
}

// leaf reads the first certificate of a chain, nil without a readable one.
func (r reader) leaf(chain [][]byte) *x509.Certificate {
	if len(chain) == 0 {
		return nil
	}
	return r.certificate(chain[0])
}
