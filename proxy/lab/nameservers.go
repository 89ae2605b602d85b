package lab

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/zone"
)

// nameservers are the lab's authoritative servers. The first serves every zone,
// the second those whose file says so.
var nameservers = []struct {
	label     string
	addresses []netip.Addr
}{
	{"ns", []netip.Addr{netip.MustParseAddr("192.0.2.53"), netip.MustParseAddr("2001:db8::53")}},
	{"ns2", []netip.Addr{netip.MustParseAddr("192.0.2.54"), netip.MustParseAddr("2001:db8::54")}},
}

// secondZone is a zone as the second server has it.
type secondZone struct {
	*secondSpec
	zone *zone.Zone
}

// dialNames reaches a name server; no other address of the lab has port 53.
func (l *Lab) dialNames(ctx context.Context, network string, at netip.AddrPort) (net.Conn, error) {
	for i, s := range nameservers {
		if slices.Contains(s.addresses, at.Addr()) {
			return new(net.Dialer).DialContext(ctx, network, l.doors.names[i])
		}
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// authority answers queries as one of the name servers.
func (l *Lab) authority(server int, udp bool) dns.HandlerFunc {
	return func(w dns.ResponseWriter, query *dns.Msg) {
		write(w, query, l.world.Load().authority(query, server == 1), udp)
	}
}

// authority answers with authority, as the first or the second server; nil is
// silence.
func (w *world) authority(query *dns.Msg, second bool) *dns.Msg {
	refused := new(dns.Msg).SetRcode(query, dns.RcodeRefused)
	if len(query.Question) != 1 || query.Opcode != dns.OpcodeQuery {
		return refused
	}
	q := query.Question[0]
	name, err := dnsname.Parse(dns.CanonicalName(q.Name))
	if err != nil || !name.Within(top) {
		return refused
	}
	z := w.zones.ZoneOf(name.FQDN(), q.Qtype)
	if !second {
		return z.Answer(query)
	}
	s := w.second[z.Origin().FQDN()]
	switch {
	case s == nil || slices.Contains(s.refuses, q.Qtype):
		return refused
	case slices.Contains(s.drops, q.Qtype):
		return nil
	case s.plain:
		query = query.Copy()
		if opt := query.IsEdns0(); opt != nil {
			opt.SetDo(false)
		}
	}
	return s.zone.Answer(query)
}

// secondServer makes the zone as the second server has it.
func (b *builder) secondServer(s *zoneSpec) error {
	without := slices.Clone(s.second.lacks)
	for _, record := range s.second.holds {
		held, err := setOf(record, s.origin)
		if err != nil {
			return err
		}
		without = append(without, held)
	}
	z, err := b.fill(s, func(text string) bool {
		held, err := setOf(text, s.origin)
		return err != nil || !slices.Contains(without, held) // the zone says what is wrong
	})
	if err == nil {
		err = z.Add(s.second.holds...)
	}
	if err == nil {
		err = b.sign(z, s)
	}
	b.second[s.origin.FQDN()] = &secondZone{s.second, z}
	return err
}

// setOf gives the set that a line of a zone belongs to.
func setOf(text string, origin dnsname.Name) (set, error) {
	parser := dns.NewZoneParser(strings.NewReader(text), origin.FQDN(), "")
	parser.SetDefaultTTL(1)
	rr, ok := parser.Next()
	if !ok {
		return set{}, ErrValue
	}
	name, err := dnsname.Parse(dns.CanonicalName(rr.Header().Name))
	return set{name, rr.Header().Rrtype}, err
}
