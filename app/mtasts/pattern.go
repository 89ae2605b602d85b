package mtasts

import (
	"net/netip"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/syntax"
)

// ParsePattern reads an mx value: ["*."] Domain (RFC 8461 §3.2), where Domain
// is that of RFC 5321 §4.1.2, in A-labels. A zero Pattern is no pattern, and
// the Kind says why. A Pattern with a Kind fits the grammar and is still odd:
// an IPv4 address, a wildcard over a public suffix, or a name that ends in the
// same two labels or more twice.
func ParsePattern(s string) (Pattern, syntax.Kind) {
	if kind := misread(s); kind != "" {
		return Pattern{}, kind
	}
	rest, wildcard := strings.CutPrefix(s, "*.")
	switch {
	case s == "*" || wildcard && strings.Trim(rest, ".") == "":
		return Pattern{}, MXBareWildcard
	case strings.Contains(rest, "*"):
		return Pattern{}, MXWildcardInside
	case strings.HasPrefix(s, "."):
		return Pattern{}, MXLeadingDot
	}
	trimmed, dot := strings.CutSuffix(rest, ".")
	name, err := dnsname.Parse(trimmed)
	switch {
	case err != nil || !name.IsHostname() || wildcard && len(s) > 253+2:
		return Pattern{}, MXInvalidHostname
	case dot:
		return Pattern{}, MXTrailingDot
	}
	p := Pattern{Wildcard: wildcard, Name: name}
	switch {
	case isIPv4(rest):
		return p, MXIPAddress
	case wildcard && publicSuffix(name):
		return p, MXWildcardPublicSuffix
	}
	if _, doubled := Undoubled(name.String()); doubled {
		return p, MXDoubledZone
	}
	return p, ""
}

// misread tells what a value is, when it is something else than a name.
func misread(s string) syntax.Kind {
	switch {
	case s == "":
		return MXEmpty
	case len(s) > 4096:
		return MXInvalidHostname
	case strings.Contains(s, "://") || strings.HasPrefix(s, "//"):
		return MXURL
	case manyHosts(s):
		return MXListOnOneLine
	case strings.Contains(s, "@"):
		return MXEmailAddress
	case priority(s):
		return MXPriorityIncluded
	case isAddressLiteral(s):
		return MXIPAddress
	case strings.Contains(s, "/"):
		return MXURL
	case port(s):
		return MXPortIncluded
	case hasNonASCII(s):
		return MXULabel
	}
	return ""
}

// manyHosts tells whether a list separator stands between two hosts.
func manyHosts(s string) bool {
	if strings.ContainsAny(s, ",;") {
		return true
	}
	parts := strings.Fields(s)
	return len(parts) > 1 && strings.Contains(parts[0], ".") && strings.Contains(parts[1], ".")
}

// priority tells whether s is an MX record's data, with the preference.
func priority(s string) bool {
	before, host, found := strings.Cut(strings.ReplaceAll(s, "\t", " "), " ")
	return found && before != "" && strings.Trim(before, "0123456789") == "" && strings.TrimSpace(host) != ""
}

// port tells whether s ends in a colon and a port number.
func port(s string) bool {
	i := strings.LastIndexByte(s, ':')
	return i > 0 && i+1 < len(s) && strings.Trim(s[i+1:], "0123456789") == ""
}

func isAddressLiteral(s string) bool {
	inner := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	inner = strings.TrimPrefix(strings.TrimPrefix(inner, "IPv6:"), "ipv6:")
	addr, err := netip.ParseAddr(inner)
	return err == nil && (inner != s || addr.Is6())
}

func isIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

// publicSuffix tells whether a name is one under which anybody registers: a
// top-level name, or a well-known second-level one.
func publicSuffix(n dnsname.Name) bool {
	return len(n.Labels()) == 1 || dnsname.IsPublicSuffix(n)
}

// String gives the pattern as a policy writes it, in lower case; "" for the
// zero Pattern.
func (p Pattern) String() string {
	if p.Wildcard {
		return "*." + p.Name.String()
	}
	return p.Name.String()
}

// Matches tells whether an MX record's host is one of those the pattern
// stands for: the same name, or, for a wildcard, the name below it by exactly
// one label (RFC 8461 §4.1).
func (p Pattern) Matches(host dnsname.Name) bool {
	if p.Name.IsZero() || host.IsZero() {
		return false
	}
	if p.Wildcard {
		return host.Parent() == p.Name
	}
	return host == p.Name
}
