// Package dnsname holds Name, one checked domain name in lower case and
// A-label form (RFC 1035 §2.3, RFC 5890 §2.3.2.1), and reads one from what a
// person types: a domain, a mail address or a URL.
package dnsname

import (
	"errors"
	"strings"
)

// Errors of Parse. They are wrapped with nothing: compare with errors.Is.
var (
	ErrEmpty        = errors.New("dnsname: empty name")
	ErrEmptyLabel   = errors.New("dnsname: empty label")
	ErrTooLong      = errors.New("dnsname: name over 253 octets")
	ErrLabelTooLong = errors.New("dnsname: label over 63 octets")
	ErrCharacter    = errors.New("dnsname: character outside letters, digits, hyphen and underscore")
)

// Name is a checked domain name: lower case, A-labels, no final dot. It is
// comparable. The zero Name is no name at all; Root is the DNS root.
type Name struct{ s string }

// Root is the name of the DNS root, printed as ".".
var Root = Name{"."}

// Parse reads a name in presentation form, with or without the final dot
// (RFC 1035 §5.1). Labels are 1 to 63 octets of ASCII letters, digits, hyphen
// and underscore; the whole is at most 253 octets without the final dot.
// Letters are lowered. It takes no U-labels: Read does.
func Parse(s string) (Name, error) {
	if s == "." {
		return Root, nil
	}
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return Name{}, ErrEmpty
	}
	if len(s) > 253 {
		return Name{}, ErrTooLong
	}
	length, upper := 0, false
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '.' {
			switch {
			case length == 0:
				return Name{}, ErrEmptyLabel
			case length > 63:
				return Name{}, ErrLabelTooLong
			}
			length = 0
			continue
		}
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			upper = true
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return Name{}, ErrCharacter
		}
		length++
	}
	if upper {
		s = strings.ToLower(s)
	}
	return Name{s}, nil
}

// MustParse is Parse for constants; it panics on an error.
func MustParse(s string) Name {
	n, err := Parse(s)
	if err != nil {
		panic("dnsname: " + s + ": " + err.Error())
	}
	return n
}

// String gives the name without final dot, "." for Root, "" for the zero Name.
func (n Name) String() string { return n.s }

// FQDN gives the name with the final dot, "" for the zero Name.
func (n Name) FQDN() string {
	if n.s == "" || n.s == "." {
		return n.s
	}
	return n.s + "."
}

// IsZero tells whether n is the zero Name.
func (n Name) IsZero() bool { return n.s == "" }

// Labels gives the labels from left to right; none for Root and the zero Name.
func (n Name) Labels() []string {
	if n.s == "" || n.s == "." {
		return nil
	}
	return strings.Split(n.s, ".")
}

// Parent is the name without its left-most label: Root above a top-level
// name, the zero Name above Root.
func (n Name) Parent() Name {
	if n.s == "" || n.s == "." {
		return Name{}
	}
	_, rest, found := strings.Cut(n.s, ".")
	if !found {
		return Root
	}
	return Name{rest}
}

// Child puts prefix, one or more labels such as "_25._tcp", before n. It gives
// the zero Name when the result would be no valid name.
func (n Name) Child(prefix string) Name {
	s := prefix
	if n.s != "." {
		s += "." + n.s
	}
	child, err := Parse(s)
	if err != nil || n.s == "" {
		return Name{}
	}
	return child
}

// Within tells whether n is zone or lies below it, compared by whole labels.
func (n Name) Within(zone Name) bool {
	if n.s == "" || zone.s == "" {
		return false
	}
	return zone.s == "." || n.s == zone.s || strings.HasSuffix(n.s, "."+zone.s)
}

// IsHostname tells whether every label is a host label of RFC 5321 §4.1.2:
// letters, digits and inner hyphens.
func (n Name) IsHostname() bool {
	labels := n.Labels()
	for _, l := range labels {
		if strings.Contains(l, "_") || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	return len(labels) > 0
}

// MarshalText gives String.
func (n Name) MarshalText() ([]byte, error) { return []byte(n.s), nil }

// UnmarshalText is Parse; empty text gives the zero Name.
func (n *Name) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*n = Name{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err == nil {
		*n = parsed
	}
	return err
}
