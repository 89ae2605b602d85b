package lab

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// Ports of the lab's servers, as on the internet.
const (
	smtpPort  = 25
	httpsPort = 443
)

// world is the lab at one refresh: zones and what listens at which address. It
// isn't changed once built.
type world struct {
	zones   map[string]*zone.Zone // by origin, with final dot
	failing map[set]bool
	// owned says who has an address; what serves there is in mail and web.
	owned map[netip.Addr]dnsname.Name
	mail  map[netip.Addr]*mailServer
	web   map[netip.Addr]*webServer
}

// mailServer is a mail host as it behaves.
type mailServer struct {
	*hostSpec
	name dnsname.Name
	tls  *tls.Config
}

// webServer is a policy host as it behaves.
type webServer struct {
	*policySpec
	name dnsname.Name
	tls  *tls.Config
}

// build makes the world of the files. Its errors about a file are *FileError.
func build(files []*domainFile, keys *keyring, now time.Time) (*world, error) {
	w := &world{
		zones: map[string]*zone.Zone{}, failing: map[set]bool{}, owned: map[netip.Addr]dnsname.Name{},
		mail: map[netip.Addr]*mailServer{}, web: map[netip.Addr]*webServer{},
	}
	parent := zone.New(top)
	if err := parent.Add(
		"@ SOA ns.test. hostmaster.test. 1 7200 900 604800 300",
		"@ NS ns",
		"ns A 192.0.2.53",
		"ns AAAA 2001:db8::53",
	); err != nil {
		return nil, err
	}
	for _, f := range files {
		b := &builder{world: w, file: f, keys: keys, now: now, certificates: map[string]*tls.Certificate{}}
		if err := b.domain(parent); err != nil {
			return nil, err
		}
	}
	w.zones[top.FQDN()] = parent
	return w, parent.Sign(keys.top, now.Add(-time.Hour), now.Add(3*refreshEvery))
}

// builder builds one domain.
type builder struct {
	*world
	file         *domainFile
	keys         *keyring
	now          time.Time
	certificates map[string]*tls.Certificate
}

func (b *builder) domain(parent *zone.Zone) error {
	f := b.file
	z := zone.New(f.name)
	if err := z.Add("@ SOA ns.test. hostmaster.test. 1 7200 900 604800 300", "@ NS ns.test."); err != nil {
		return f.fault(line{}, err)
	}
	for _, l := range f.zone {
		text, err := b.expand(l.text)
		if err == nil {
			err = z.Add(text)
		}
		if err != nil {
			return f.fault(l, err)
		}
	}
	for _, serve := range []func(*zone.Zone) error{b.addresses, b.mailServers, b.policyHost} {
		if err := serve(z); err != nil {
			return f.fault(line{}, err)
		}
	}
	b.zones[f.name.FQDN()] = z
	if err := b.delegate(parent, z); err != nil {
		return f.fault(line{}, err)
	}
	return nil
}

// delegate signs the zone as the file says, and hangs it under its parent.
func (b *builder) delegate(parent, z *zone.Zone) error {
	d, name := &b.file.dnssec, b.file.name
	if err := parent.Add(name.FQDN() + " NS ns.test."); err != nil {
		return err
	}
	for _, s := range d.failing {
		b.failing[s] = true
	}
	if d.mode != modeUnsigned {
		key, err := b.keys.zone(name, "")
		if err != nil {
			return err
		}
		if err := z.Sign(key, b.now.Add(d.inception), b.now.Add(d.expiration)); err != nil {
			return err
		}
		if d.mode == modeOtherKey {
			if key, err = b.keys.zone(name, modeOtherKey); err != nil {
				return err
			}
		}
		if d.mode != modeNoDS {
			if err := parent.Add(key.DS().String()); err != nil {
				return err
			}
		}
	}
	return b.spoil(z)
}

// spoil breaks the signed zone as the file says.
func (b *builder) spoil(z *zone.Zone) error {
	d := &b.file.dnssec
	for _, s := range d.expired {
		if err := z.SignAgain(s.name, s.typ, b.now.Add(-30*day), b.now.Add(-2*day)); err != nil {
			return err
		}
	}
	for _, s := range d.stripped {
		if err := z.DropSignatures(s.name, s.typ); err != nil {
			return err
		}
	}
	for _, name := range d.unproven {
		z.DropProof(name)
	}
	for _, record := range d.replaced {
		if err := z.Replace(record); err != nil {
			return err
		}
	}
	return nil
}

// documentation are the networks whose addresses the lab's zones may hold.
var documentation = []netip.Prefix{
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"),
}

// addresses notes who owns which address: each has one owner in the lab.
func (b *builder) addresses(z *zone.Zone) error {
	for _, rr := range append(z.All(dns.TypeA), z.All(dns.TypeAAAA)...) {
		ip, _ := address(rr)
		if ip.IsPrivate() {
			continue // whoever dials it is refused, as on the internet
		}
		known := false
		for _, prefix := range documentation {
			known = known || prefix.Contains(ip)
		}
		_, taken := b.owned[ip]
		if !known || taken {
			return fmt.Errorf("%w: %s", ErrAddress, ip)
		}
		b.owned[ip], _ = dnsname.Parse(rr.Header().Name)
	}
	return nil
}

// address reads an A or AAAA record.
func address(rr dns.RR) (netip.Addr, bool) {
	switch rr := rr.(type) {
	case *dns.A:
		ip, ok := netip.AddrFromSlice(rr.A)
		return ip.Unmap(), ok
	case *dns.AAAA:
		return netip.AddrFromSlice(rr.AAAA)
	}
	return netip.Addr{}, false
}

func addressesOf(z *zone.Zone, host dnsname.Name) []netip.Addr {
	var all []netip.Addr
	for _, typ := range []uint16{dns.TypeA, dns.TypeAAAA} {
		for _, rr := range z.Records(host, typ) {
			if ip, ok := address(rr); ok {
				all = append(all, ip)
			}
		}
	}
	return all
}

// mailServers sets up the hosts of the zone's MX records and those that have a
// section.
func (b *builder) mailServers(z *zone.Zone) error {
	for _, rr := range z.Records(b.file.name, dns.TypeMX) {
		host, err := dnsname.Parse(rr.(*dns.MX).Mx)
		if err == nil && b.file.hosts[host] == nil && host.Within(b.file.name) {
			b.file.hosts[host] = &hostSpec{starttls: "on", requireTLS: true}
		}
	}
	for host, spec := range b.file.hosts {
		certificate, err := b.certificate(host, "")
		if err != nil {
			return err
		}
		server := &mailServer{hostSpec: spec, name: host, tls: serverConfig(certificate)}
		for _, ip := range addressesOf(z, host) {
			b.mail[ip] = server
		}
	}
	return nil
}

func (b *builder) policyHost(z *zone.Zone) error {
	if b.file.policy == nil {
		return nil
	}
	host := b.file.name.Child("mta-sts")
	certificate, err := b.certificate(host, "")
	if err != nil {
		return err
	}
	server := &webServer{policySpec: b.file.policy, name: host, tls: serverConfig(certificate)}
	server.tls.NextProtos = []string{"h2", "http/1.1"}
	for _, ip := range addressesOf(z, host) {
		b.web[ip] = server
	}
	return nil
}

func serverConfig(c *tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}
}

// certificate gives the certificate of a host, the same one each time.
func (b *builder) certificate(host dnsname.Name, generation string) (*tls.Certificate, error) {
	at := host.String() + " " + generation
	if b.certificates[at] != nil {
		return b.certificates[at], nil
	}
	var spec certificateSpec
	if server := b.file.hosts[host]; server != nil && generation == "" {
		spec = server.certificate
	} else if b.file.policy != nil && host == b.file.name.Child("mta-sts") {
		spec = b.file.policy.certificate
	}
	c, err := b.keys.issue(host, generation, spec, b.now)
	if err == nil {
		b.certificates[at] = c
	}
	return c, err
}
