package observe

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/panics"
)

// cracked is a connection whose reading panics.
type cracked struct{ net.Conn }

func (cracked) Read([]byte) (int, error) { panic("broken") }

// TestPanics plants a panic in each part that an observation has of others: it is
// raised where the observation was asked for, and no turn is left taken.
func TestPanics(t *testing.T) {
	resolving := func(n *Network, _ netip.AddrPort) {
		n.Exchange = func(context.Context, []byte) ([]byte, error) { panic("broken") }
	}
	oneType := func(typ doh.Type) func(n *Network, _ netip.AddrPort) {
		return func(n *Network, _ netip.AddrPort) {
			exchange := n.Exchange
			n.Exchange = func(ctx context.Context, query []byte) ([]byte, error) {
				if _, of, _ := doh.Question(query); of == typ {
					panic("broken")
				}
				return exchange(ctx, query)
			}
		}
	}
	dialing := func(n *Network, _ netip.AddrPort) {
		n.Dial = func(context.Context, string, string) (net.Conn, error) { panic("broken") }
	}
	reading := func(n *Network, to netip.AddrPort) {
		n.Dial = func(context.Context, string, string) (net.Conn, error) {
			conn, err := net.Dial("tcp", to.String())
			return cracked{conn}, err
		}
	}
	others := func(n *Network, to netip.AddrPort) { // the first fetch is refused, the others break
		dial, first := n.Dial, true
		n.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if first {
				first = false
				return dial(ctx, network, "127.0.0.1:1")
			}
			panic("broken")
		}
	}
	policy := func(n *Network) { n.Policy(context.Background(), domain) }
	mail := func(n *Network) { n.STARTTLS(context.Background(), host) }
	aside := func(n *Network) { n.STARTTLS(context.Background(), host, probe.NoSNI, probe.HTTPS) }
	zone := func(n *Network) {
		n.Nameservers(context.Background(), domain, []probe.Question{{Name: domain, Type: uint16(doh.TypeSOA)}})
	}
	for _, c := range []struct {
		name  string
		plant func(*Network, netip.AddrPort)
		look  func(*Network)
	}{
		{"resolving a policy host", resolving, policy}, {"its IPv6 addresses", oneType(doh.TypeAAAA), policy},
		{"dialing it", dialing, policy}, {"hearing it", reading, policy}, {"other fetches", others, policy},
		{"resolving a mail host", resolving, mail}, {"dialing it", dialing, mail}, {"hearing it", reading, mail},
		{"dialing for an aside", dialing, aside}, {"hearing an aside", reading, aside},
		{"resolving a zone", oneType(doh.TypeNS), zone}, {"its servers", oneType(doh.TypeA), zone},
		{"dialing them", dialing, zone}, {"hearing them", reading, zone},
	} {
		t.Run(c.name, func(t *testing.T) {
			tidy(t)
			to := serve(t, silent)
			n := facing(to)
			n.DNSPort, n.Near = to.Port(), true // a turn is given on at once
			n.Exchange = withNS(n.Exchange)
			c.plant(n, to)
			func() {
				defer func() {
					r := panics.From(recover())
					if r == nil || r.Value != "broken" {
						t.Errorf("recovered %v", r)
					}
				}()
				c.look(n)
			}()
			if n.gate.remembered() > 0 {
				t.Errorf("%d addresses remembered", n.gate.remembered())
			}
		})
	}
}
