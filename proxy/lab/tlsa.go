package lab

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
)

// expand fills in the TLSA data of a line of a zone.
func (b *builder) expand(text string, origin dnsname.Name) (string, error) {
	before, rest, found := strings.Cut(text, "{tlsa ")
	if !found {
		return text, nil
	}
	inside, after, closed := strings.Cut(rest, "}")
	made, published, differs := strings.Cut(inside, " as ")
	words, numbers := strings.Fields(made), strings.Fields(published)
	if !closed || len(words) < 4 || len(words) > 5 || differs && len(numbers) != 3 {
		return "", fmt.Errorf("%w: %s", ErrValue, text)
	}
	certificate, err := b.placeholder(words[3:], origin)
	if err != nil {
		return "", err
	}
	data, err := association(words[1], words[2], certificate)
	if !differs {
		numbers = words[:3]
	}
	return before + strings.Join(numbers, " ") + " " + data + after, err
}

// placeholder gives the certificate meant by "ca", "HOST" or "HOST GENERATION".
func (b *builder) placeholder(words []string, origin dnsname.Name) (*x509.Certificate, error) {
	if words[0] == "ca" && len(words) == 1 {
		return b.keys.authority.issuing, nil
	}
	host, err := relative(origin, words[0])
	if err != nil {
		return nil, err
	}
	generation := ""
	if len(words) == 2 {
		if generation = words[1]; !slices.Contains(generations, generation) {
			return nil, fmt.Errorf("%w: generation %s", ErrValue, generation)
		}
	}
	c, err := b.certificate(host, generation)
	if err != nil {
		return nil, err
	}
	return c.Leaf, nil
}

// association gives the certificate association data of a certificate (RFC
// 6698 §2.1.4), in presentation form.
func association(selector, matching string, c *x509.Certificate) (string, error) {
	var data []byte
	switch selector {
	case "0":
		data = c.Raw
	case "1":
		data = c.RawSubjectPublicKeyInfo
	default:
		return "", fmt.Errorf("%w: selector %s", ErrValue, selector)
	}
	switch matching {
	case "0":
	case "1":
		sum := sha256.Sum256(data)
		data = sum[:]
	case "2":
		sum := sha512.Sum512(data)
		data = sum[:]
	default:
		return "", fmt.Errorf("%w: matching type %s", ErrValue, matching)
	}
	return hex.EncodeToString(data), nil
}
