package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/proxy/observe"
)

// How long the lab waits for others.
const (
	arrivalTimeout = 5 * time.Second  // for the line that names the address
	serverTimeout  = time.Minute      // for a client's next command
	blackHole      = 75 * time.Second // until a connection without answer gives up
)

// doors are the lab's sockets, all on 127.0.0.1 as some systems have no other
// loopback address: one for all mail hosts, two for all web servers, with and
// without TLS, the resolver's, and one for each name server. Which lab address a
// connection to the first three means, its first line says: the lab's dialer
// writes it.
type doors struct {
	dnsAddr   string
	names     []string // of nameservers
	dns       []*dns.Server
	mail      net.Listener
	web       [2]*http.Server
	webAddr   string
	plainAddr string
	running   sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // mail connections, for close
}

func (l *Lab) open() (*doors, error) {
	d := &doors{conns: map[net.Conn]bool{}}
	for _, open := range []func(*Lab) error{d.openDNS, d.openMail, d.openWeb} {
		if err := open(l); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return d, nil
}

// portAttempts bounds the search for a port free for both UDP and TCP.
const portAttempts = 20

// openDNS opens the doors of the resolver and of the name servers.
func (d *doors) openDNS(l *Lab) (err error) {
	if d.dnsAddr, err = d.openNames(l.handler); err != nil {
		return err
	}
	for i := range nameservers {
		addr, err := d.openNames(func(udp bool) dns.HandlerFunc { return l.authority(i, udp) })
		if err != nil {
			return err
		}
		d.names = append(d.names, addr)
	}
	return nil
}

// openNames answers over UDP and TCP at one port.
func (d *doors) openNames(handler func(udp bool) dns.HandlerFunc) (addr string, err error) {
	var packets net.PacketConn
	var listener net.Listener
	for range portAttempts {
		if packets, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			return "", err
		}
		addr = packets.LocalAddr().String()
		if listener, err = net.Listen("tcp", addr); err == nil {
			break
		}
		packets.Close()
	}
	if err != nil {
		return "", err
	}
	for _, s := range []*dns.Server{
		{PacketConn: packets, UDPSize: 4096, Handler: handler(true)},
		{Listener: listener, Handler: handler(false)},
	} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		d.dns = append(d.dns, s)
		d.running.Go(func() { _ = s.ActivateAndServe() })
		<-started
	}
	return addr, nil
}

// handler answers queries at the socket; over UDP an answer that is too long
// is cut (RFC 2181 §9).
func (l *Lab) handler(udp bool) dns.HandlerFunc {
	return func(w dns.ResponseWriter, query *dns.Msg) {
		write(w, query, l.world.Load().resolve(query, l.now()), udp)
	}
}

// write sends a reply; nil is none.
func write(w dns.ResponseWriter, query, reply *dns.Msg, udp bool) {
	if reply == nil {
		return
	}
	if udp {
		size := dns.MinMsgSize
		if opt := query.IsEdns0(); opt != nil {
			size = max(size, min(int(opt.UDPSize()), 1232))
		}
		reply.Truncate(size)
	}
	_ = w.WriteMsg(reply)
}

func (d *doors) close() error {
	var all []error
	for _, s := range d.dns {
		all = append(all, s.Shutdown())
	}
	if d.mail != nil {
		all = append(all, d.mail.Close())
	}
	for _, s := range d.web {
		if s != nil {
			all = append(all, s.Close())
		}
	}
	d.mu.Lock()
	for c := range d.conns {
		c.Close()
	}
	d.mu.Unlock()
	d.running.Wait()
	return errors.Join(all...)
}

// dial reaches the lab's own servers. Any other address or port is refused with
// observe.ErrReserved; the addresses of the lab without a server there refuse as
// a real host does.
func (l *Lab) dial(ctx context.Context, network, to string) (net.Conn, error) {
	refuse := func(err error) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	at, err := netip.ParseAddrPort(to)
	w := l.world.Load()
	_, ours := w.owned[at.Addr()]
	if ours && at.Port() == dnsPort {
		return l.dialNames(ctx, network, at)
	}
	if err != nil || !ours || !strings.HasPrefix(network, "tcp") ||
		!slices.Contains([]uint16{smtpPort, httpsPort, submissionsPort, httpPort}, at.Port()) {
		return refuse(fmt.Errorf("%w: %s", observe.ErrReserved, to))
	}
	dead, ok := w.listening(at)
	switch {
	case !ok || dead == deadRefuse:
		return refuse(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case dead == deadTimeout:
		select {
		case <-ctx.Done():
			return refuse(ctx.Err())
		case <-time.After(blackHole):
			return refuse(os.NewSyscallError("connect", syscall.ETIMEDOUT))
		}
	}
	door := l.doors.mail.Addr().String()
	switch at.Port() {
	case httpsPort:
		door = l.doors.webAddr
	case httpPort:
		door = l.doors.plainAddr
	}
	return knock(ctx, door, at)
}

// knock connects to a door and says which address is meant.
func knock(ctx context.Context, door string, at netip.AddrPort) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", door)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(conn, "%s\n", at); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// arrival is a connection at a door. Its first line, the address meant, is read
// before all else.
type arrival struct {
	net.Conn
	once sync.Once
	at   netip.AddrPort
	err  error
}

// arrivals makes the connections of a listener arrivals.
type arrivals struct{ net.Listener }

func (a arrivals) Accept() (net.Conn, error) {
	conn, err := a.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &arrival{Conn: conn}, nil
}

// address gives the lab address that is meant.
func (a *arrival) address() (netip.AddrPort, error) {
	a.once.Do(func() {
		_ = a.Conn.SetReadDeadline(time.Now().Add(arrivalTimeout))
		text, b := make([]byte, 0, 64), make([]byte, 1)
		for len(text) < cap(text) {
			if _, a.err = a.Conn.Read(b); a.err != nil {
				return
			}
			if b[0] == '\n' {
				break
			}
			text = append(text, b[0])
		}
		a.at, a.err = netip.ParseAddrPort(string(text))
		_ = a.Conn.SetReadDeadline(time.Time{})
	})
	return a.at, a.err
}

// Read reads what comes behind the first line.
func (a *arrival) Read(p []byte) (int, error) {
	if _, err := a.address(); err != nil {
		return 0, err
	}
	return a.Conn.Read(p)
}
