package lab

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
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
// isn't changed once built.
type world struct {
	zones    zone.Internet
	second   map[string]*secondZone // by origin, with final dot
	anchor   dnssec.Anchor
	memory   memory
	believed map[dnsname.Name]bool // zones that the resolver vouches for
	// owned says who has an address; what serves there is in mail and web.
	owned map[netip.Addr]dnsname.Name
	mail  map[netip.Addr]*mailServer
	web   map[netip.Addr]*webServer
}

// build makes the world of the files. Its errors about a file are *FileError.
func build(files []*domainFile, keys *keyring, now time.Time) (*world, error) {
	w := &world{
		zones: zone.Internet{}, second: map[string]*secondZone{}, anchor: keys.anchor(), believed: map[dnsname.Name]bool{},
		owned: map[netip.Addr]dnsname.Name{},
		mail:  map[netip.Addr]*mailServer{}, web: map[netip.Addr]*webServer{},
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
		b := &builder{world: w, file: f, keys: keys, now: now,
			certificates: map[string]*tls.Certificate{}, delegations: map[dnsname.Name][]string{}}
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
	// delegations are the records in a zone, by its origin, that lead to zones
	// below it.
	delegations map[dnsname.Name][]string
}

func (b *builder) domain(parent *zone.Zone) error {
	f := b.file
	below := slices.Clone(f.zones)
	slices.SortFunc(below, func(a, b *zoneSpec) int { return len(b.origin.Labels()) - len(a.origin.Labels()) })
	for _, s := range below { // what a zone delegates to comes before it
		if err := b.zone(s); err != nil {
			return err
		}
	}
	for _, s := range f.zones {
		if err := b.addresses(b.zones[s.origin.FQDN()]); err != nil {
			return f.fault(line{}, err)
		}
	}
	for _, serve := range []func() error{b.mailServers, b.policyHost, func() error { return parent.Add(b.delegations[top]...) }} {
		if err := serve(); err != nil {
			return f.fault(line{}, err)
		}
	}
	return nil
}

// zone makes a zone, as each name server has it.
func (b *builder) zone(s *zoneSpec) error {
	z, err := b.fill(s, func(string) bool { return true })
	if err != nil {
		return err
	}
	b.zones[s.origin.FQDN()], b.believed[s.origin] = z, s.vouched
	if err = b.sign(z, s); err == nil {
		err = b.delegate(z, s)
	}
	if err == nil && s.second != nil {
		err = b.secondServer(s)
	}
	if err != nil {
		return b.file.fault(line{}, err)
	}
	return nil
}

// fill makes a zone, unsigned, of those of its lines that are wanted.
func (b *builder) fill(s *zoneSpec, want func(text string) bool) (*zone.Zone, error) {
	f := b.file
	z := zone.New(s.origin)
	own := []string{"@ SOA ns.test. hostmaster.test. 1 7200 900 604800 300", "@ NS ns.test."}
	if s.second != nil {
		own = append(own, "@ NS ns2.test.")
	}
	if err := z.Add(append(own, b.delegations[s.origin]...)...); err != nil {
		return nil, f.fault(line{}, err)
	}
	for _, l := range s.lines {
		text, err := b.expand(l.text, s.origin)
		if err == nil && want(text) {
			err = z.Add(text)
		}
		if err != nil {
			return nil, f.fault(l, err)
		}
	}
	return z, nil
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

// addressesOf gives a host's own addresses, or those of the wildcard that stands
// for it, not those that an alias leads to.
func (w *world) addressesOf(host dnsname.Name) []netip.Addr {
	var all []netip.Addr
	for _, typ := range []uint16{dns.TypeA, dns.TypeAAAA} {
		q := new(dns.Msg).SetQuestion(host.FQDN(), typ)
		for _, rr := range w.zones.Resolve(q).Answer {
			if ip, ok := address(rr); ok && rr.Header().Name == host.FQDN() {
				all = append(all, ip)
			}
		}
	}
	return all
}
