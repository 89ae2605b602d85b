package e2e

import (
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// How a server fails. What is slow still works.
const (
	refusing = "refuses"            // nobody listens
	killed   = "killed"             // nor does any connection live on
	reset    = "resets"             // RST in the middle
	closing  = "closes"             // FIN in the middle
	stalling = "stalls"             // says nothing until the fault ends
	slow     = "slow"               // a pause before whatever it says
	muted    = "silent"             // of DNS: no answer at all
	lossy    = "loses"              // of DNS: an eighth of the answers over UDP
	cutting  = "cuts"               // of DNS: TC over UDP, and TCP works
	cutOff   = "cuts, and TCP ends" // of DNS: the same, and TCP doesn't
	servfail = "SERVFAIL"           // of DNS: to every question
)

// pause is that of the slow.
const pause = 80 * time.Millisecond

// target is one TCP server of a domain.
type target struct {
	what, addr string // its name in the timeline; ip:port
	serve      func(net.Conn)

	mu     sync.Mutex
	kind   string        // of its fault; "" for none
	mended chan struct{} // closed at the fault's end
	on     net.Listener
	open   map[*faulty]bool
}

// listen makes it reachable.
func (s *target) listen() error {
	on, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.on = on
	s.mu.Unlock()
	go func() {
		for {
			conn, err := on.Accept()
			if err != nil {
				return
			}
			f := &faulty{Conn: conn, of: s}
			s.mu.Lock()
			s.open[f] = true
			s.mu.Unlock()
			go func() {
				s.serve(f)
				_ = f.Close() // mostly it was closed already
			}()
		}
	}()
	return nil
}

// fail begins a fault; mend ends it.
func (s *target) fail(kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kind, s.mended = kind, make(chan struct{})
	if kind == refusing || kind == killed {
		_ = s.on.Close()
	}
	for conn := range s.open {
		if kind == killed {
			conn.end(0)
		}
	}
}

func (s *target) mend() error {
	s.mu.Lock()
	kind := s.kind
	s.kind = ""
	close(s.mended)
	s.mu.Unlock()
	if kind == refusing || kind == killed {
		return s.listen()
	}
	return nil
}

// faulty is a connection that suffers from its server's faults.
type faulty struct {
	net.Conn
	of *target
}

func (f *faulty) Read(b []byte) (int, error) {
	f.suffer(1)
	return f.Conn.Read(b)
}

func (f *faulty) Write(b []byte) (int, error) {
	f.suffer(2)
	return f.Conn.Write(b)
}

func (f *faulty) Close() error {
	f.of.mu.Lock()
	delete(f.of.open, f)
	f.of.mu.Unlock()
	return f.Conn.Close()
}

// suffer makes the connection wait or end, in one of so many cases.
func (f *faulty) suffer(of int) {
	f.of.mu.Lock()
	kind, mended := f.of.kind, f.of.mended
	f.of.mu.Unlock()
	switch kind {
	case stalling:
		<-mended
	case slow:
		time.Sleep(pause)
	case reset, closing:
		if rand.IntN(1+of) == 0 {
			f.end(map[string]int{reset: 0, closing: -1}[kind])
		}
	}
}

// end ends the connection; a linger of 0 does so by RST.
func (f *faulty) end(linger int) {
	_ = f.Conn.(*net.TCPConn).SetLinger(linger) // it may have ended
	_ = f.Conn.Close()
}

// dnsServer is one DNS server, over UDP and TCP.
type dnsServer struct {
	what, addr string
	answer     func(*dns.Msg) *dns.Msg

	mu      sync.Mutex
	kind    string
	servers []*dns.Server
}

func (s *dnsServer) listen() error {
	udp, err := net.ListenPacket("udp", s.addr)
	if err != nil {
		return err
	}
	tcp, err := net.Listen("tcp", s.addr)
	if err != nil {
		_ = udp.Close()
		return err
	}
	for _, one := range []*dns.Server{{PacketConn: udp, Handler: s}, {Listener: tcp, Handler: s}} {
		ready := make(chan struct{})
		one.NotifyStartedFunc = func() { close(ready) }
		go one.ActivateAndServe() // until it is shut down
		<-ready
		s.servers = append(s.servers, one)
	}
	return nil
}

func (s *dnsServer) close() {
	for _, one := range s.servers {
		_ = one.Shutdown() // it was begun
	}
	s.servers = nil
}

func (s *dnsServer) fail(kind string) {
	s.mu.Lock()
	s.kind = kind
	s.mu.Unlock()
	if kind == killed {
		s.close()
	}
}

func (s *dnsServer) mend() error {
	s.mu.Lock()
	kind := s.kind
	s.kind = ""
	s.mu.Unlock()
	if kind == killed {
		return s.listen()
	}
	return nil
}

// ServeDNS answers, or fails to.
func (s *dnsServer) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	s.mu.Lock()
	kind := s.kind
	s.mu.Unlock()
	udp := w.LocalAddr().Network() == "udp"
	m := s.answer(query)
	switch {
	case kind == muted, kind == lossy && udp && rand.IntN(8) == 0:
		return
	case kind == cutOff && !udp:
		_ = w.Close()
		return
	case kind == servfail:
		m = new(dns.Msg).SetRcode(query, dns.RcodeServerFailure)
		if opt := query.IsEdns0(); opt != nil {
			m.SetEdns0(opt.UDPSize(), opt.Do())
		}
	case kind == slow:
		time.Sleep(pause + time.Duration(rand.IntN(400))*time.Millisecond)
	}
	if udp {
		size := dns.MinMsgSize
		if opt := query.IsEdns0(); opt != nil {
			size = int(opt.UDPSize())
		}
		if kind == cutting || kind == cutOff {
			m.Answer, m.Ns, m.Truncated = nil, nil, true
		}
		m.Truncate(size)
	}
	_ = w.WriteMsg(m) // who lost it asks again
}
