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
	for key, name := range map[string]dnsname.Name{"domain": n.Domain, "host": n.Host, "name": n.Name, "at": n.Host} {
		if !name.IsZero() {
			args[key] = name.String()
		}
	}
	if n.IP.IsValid() {
		args["ip"], args["at"] = n.IP.String(), n.IP.String()
		if n.IP.Is6() {
			args["at"] = "[" + n.IP.String() + "]"
		}
	}
	return args
}

// Query gives the names as ReadNames takes them, in one order; only those known.
func (n Names) Query() [][2]string {
	args := n.Args()
	var pairs [][2]string
	for _, key := range []string{"domain", "host", "ip", "name"} {
		if args[key] != "" {
			pairs = append(pairs, [2]string{key, args[key]})
		}
	}
	return pairs
}
