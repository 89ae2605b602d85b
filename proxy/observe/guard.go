package observe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/resolve"
)

// Guard is the dialer of the internet. It connects to addresses only, never to
// names, and decides twice: before dialing, and on the socket when the kernel
// is about to connect.
type Guard struct {
	// AllowPrivate lets special-purpose addresses through, for a test bed of
	// one's own. Multicast and the unspecified address stay refused.
	AllowPrivate bool
	// Ports that may be reached; empty means 25, 443 and 53.
	Ports []uint16
	// DNSPort is the one of them that may be reached over UDP too; 0 means 53.
	DNSPort uint16
}

// usualPorts are those of SMTP, HTTPS and DNS.
var usualPorts = []uint16{25, 443, dnsPort}

const dnsPort = 53

// Dial connects to "ip:port" over TCP, for DNS also over UDP. What the guard
// refuses gives an error that wraps ErrReserved; an address for which this machine has no route at
// all gives a *probe.Failure of class Blocked, since that is our own fault.
func (g Guard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := g.Check(network, address); err != nil {
		return nil, err
	}
	dialer := net.Dialer{
		Control: g.control,
		// One literal address: no second family to race with.
		FallbackDelay: -1,
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, routeless(address, err)
	}
	return conn, nil
}

// control is Check for the address that the kernel is about to connect to.
func (g Guard) control(network, address string, _ syscall.RawConn) error {
	return g.Check(network, address)
}

// Check tells whether the guard lets a connection to "ip:port" through; its
// error wraps ErrReserved.
func (g Guard) Check(network, address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q is no address and port", ErrReserved, address)
	}
	ports := g.Ports
	if len(ports) == 0 {
		ports = usualPorts
	}
	datagrams := strings.HasPrefix(network, "udp") && to.Port() == cmp.Or(g.DNSPort, dnsPort)
	if !strings.HasPrefix(network, "tcp") && !datagrams {
		return fmt.Errorf("%w: network %q", ErrReserved, network)
	}
	if !slices.Contains(ports, to.Port()) {
		return fmt.Errorf("%w: port %d", ErrReserved, to.Port())
	}
	ip := to.Addr()
	if g.AllowPrivate {
		if u := ip.Unmap(); u.IsMulticast() || u.IsUnspecified() {
			return fmt.Errorf("%w: %v", ErrReserved, ip)
		}
		return nil
	}
	if Reserved(ip) {
		return fmt.Errorf("%w: %v", ErrReserved, ip)
	}
	return nil
}

// routeless turns "network is unreachable" into a failure of our own when this
// machine's routing table is what says so. A connected UDP socket asks that
// table and sends nothing.
func routeless(address string, err error) error {
	if errors.Is(err, syscall.EADDRNOTAVAIL) {
		return &probe.Failure{Class: probe.Blocked, Detail: resolve.Detail(err)}
	}
	if !errors.Is(err, syscall.ENETUNREACH) {
		return err
	}
	conn, udp := net.Dial("udp", address)
	if udp == nil {
		conn.Close()
		return err
	}
	return &probe.Failure{Class: probe.Blocked, Detail: resolve.Detail(err)}
}
