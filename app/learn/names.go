package learn

import (
	"net/netip"

	"github.com/sealane/sealane/app/dnsname"
)

// Names are those of a check that commands are about; what is zero is not known.
type Names struct {
	Domain, Host, Name dnsname.Name
	IP                 netip.Addr
}

// ReadNames takes the names from a query. A reader pastes them into a shell, so
// whatever is no plain name or address is left out, and so is a name that begins
// with a hyphen, which a program would take for an option.
func ReadNames(get func(key string) string) Names {
	name := func(key string) dnsname.Name {
		n, err := dnsname.Parse(get(key))
		if err != nil || n == dnsname.Root || n.String()[0] == '-' {
			return dnsname.Name{}
		}
		return n
	}
	names := Names{Domain: name("domain"), Host: name("host"), Name: name("name")}
	if ip, err := netip.ParseAddr(get("ip")); err == nil && ip.Zone() == "" {
		names.IP = ip
	}
	return names
}

// Args gives what fills the places: "domain", "host", "name" and "ip" where they
// are known, and "at", the address to connect to, else the host. An IPv6 address
// stands in brackets there, since a port follows (RFC 3986 §3.2.2).
func (n Names) Args() map[string]string {
	args := map[string]string{}
	add := func(key, value string) {
		if value != "" {
			args[key] = value
		}
	}
	add("domain", n.Domain.String())
	add("host", n.Host.String())
	add("at", n.Host.String())
	add("name", n.Name.String())
	if n.IP.IsValid() {
		ip := n.IP.String()
		add("ip", ip)
		if n.IP.Is6() {
			ip = "[" + ip + "]"
		}
		add("at", ip)
	}
	return args
}

// Query gives the names as the query of a URL that ReadNames takes, with its
// question mark; "" when none is known. Nothing in them needs escaping.
func (n Names) Query() string {
	args, query := n.Args(), ""
	for _, key := range []string{"domain", "host", "ip", "name"} {
		if value := args[key]; value != "" {
			query += "&" + key + "=" + value
		}
	}
	if query == "" {
		return ""
	}
	return "?" + query[1:]
}
