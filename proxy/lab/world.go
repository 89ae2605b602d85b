package lab

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// Ports of the lab's servers, as on the internet.
const (
	smtpPort        = 25
	dnsPort         = 53
	httpPort        = 80
	httpsPort       = 443
	submissionsPort = 465
)

// world is the lab at one refresh: zones and what listens at which address. It
// isn't changed once built, but for what the resolver remembers.
type world struct {
	zones  zone.Internet
	second map[string]*secondZone
	anchor dnssec.Anchor
	// owned says who has an address; what serves there is in mail and web.
	owned map[netip.Addr]dnsname.Name
	mail  map[netip.Addr]*mailServer
	web   map[netip.Addr]*webServer

	mu        sync.Mutex
	cache     *dnssec.Cache
	validated int
}

// build makes the world of the files. Its errors about a file are *FileError.
func build(files []*domainFile, keys *keyring, now time.Time) (*world, error) {
	w := &world{
		zones: zone.Internet{}, second: map[string]*secondZone{}, owned: map[netip.Addr]dnsname.Name{},
		mail: map[netip.Addr]*mailServer{}, web: map[netip.Addr]*webServer{},
		anchor: keys.anchor(),
	}
	parent := zone.New(top)
	if err := parent.Add("@ SOA ns.test. hostmaster.test. 1 7200 900 604800 300", "@ NS ns"); err != nil {
		return nil, err
	}
	for _, s := range nameservers {
		for _, ip := range s.addresses {
			typ := "AAAA"
			if ip.Is4() {
				typ = "A"
			}
			if err := parent.Add(fmt.Sprint(s.label, " ", typ, " ", ip)); err != nil {
				return nil, err
			}
			w.owned[ip] = top.Child(s.label)
		}
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
	z, err := b.fill(func(string) bool { return true })
	if err != nil {
		return err
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
	if err := b.secondServer(); err != nil {
		return f.fault(line{}, err)
	}
	return nil
}

// fill makes the zone, unsigned, of those of its lines that are wanted.
func (b *builder) fill(want func(text string) bool) (*zone.Zone, error) {
	f := b.file
	z := zone.New(f.name)
	own := []string{"@ SOA ns.test. hostmaster.test. 1 7200 900 604800 300", "@ NS ns.test."}
	if f.dnssec.second != nil {
		own = append(own, "@ NS ns2.test.")
	}
	if err := z.Add(own...); err != nil {
		return nil, f.fault(line{}, err)
	}
	for _, l := range f.zone {
		text, err := b.expand(l.text)
		if err == nil && want(text) {
			err = z.Add(text)
		}
		if err != nil {
			return nil, f.fault(l, err)
		}
	}
	return z, nil
}

// delegate signs the zone as the file says, and hangs it under its parent.
func (b *builder) delegate(parent, z *zone.Zone) error {
	d, name := &b.file.dnssec, b.file.name
	for _, ns := range z.Records(name, dns.TypeNS) {
		if err := parent.Add(ns.String()); err != nil {
			return err
		}
	}
	for _, s := range d.failing {
		parent.Fail(s.name.FQDN(), s.typ) // the DS of the domain is there
	}
	if d.mode != modeUnsigned {
		key, err := b.sign(z)
		if err != nil {
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

// sign signs the zone with its key.
func (b *builder) sign(z *zone.Zone) (*zone.Key, error) {
	d := &b.file.dnssec
	key, err := b.keys.zone(b.file.name, "")
	if err != nil {
		return nil, err
	}
	return key, z.Sign(key, b.now.Add(d.inception), b.now.Add(d.expiration))
}

// spoil breaks the signed zone as the file says.
func (b *builder) spoil(z *zone.Zone) error {
	d := &b.file.dnssec
	for _, s := range d.failing {
		z.Fail(s.name.FQDN(), s.typ)
	}
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
