// Package lab is a small internet under .test (RFC 6761 §6.2), in the process,
// where each domain is broken on purpose in one way: DNS with DNSSEC (RFC 1035,
// RFC 4035), mail servers with STARTTLS (RFC 3207) and policy hosts (RFC 8461
// §3.3), all real servers on loopback sockets.
//
// Each file in domains is one domain; its form is told in file.go. The
// addresses in the zones are documentation addresses (RFC 5737, RFC 3849): only
// the lab's own dialer reaches what they stand for.
package lab

import (
	"context"
	"crypto/x509"
	"net"
	"sync/atomic"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/proxy/observe"
)

// top is the zone that the lab's trust anchor vouches for.
var top = dnsname.MustParse("test")

// refreshEvery is how often signatures and certificates are made anew, from the
// same keys; the shortest-lived of the good ones last twice as long.
const refreshEvery = 7 * 24 * time.Hour

// Lab is a running lab. Its methods may be called from any goroutine.
type Lab struct {
	files  []*domainFile
	keys   *keyring
	began  time.Time // by the machine's clock
	at     time.Time // by the lab's: the moment given to Start
	world  atomic.Pointer[world]
	doors  *doors
	timer  *time.Timer
	closed atomic.Bool
}

// Start starts the lab at the moment now: dates of signatures and certificates
// are relative to it, and from it the lab's clock runs on. It fails with a
// *FileError when a domain's file is wrong, else with the error of a socket.
func Start(now time.Time) (*Lab, error) {
	files, err := readFiles()
	if err != nil {
		return nil, err
	}
	return start(files, now)
}

func start(files []*domainFile, now time.Time) (*Lab, error) {
	keys, err := newKeyring(now)
	if err != nil {
		return nil, err
	}
	l := &Lab{files: files, keys: keys, began: time.Now(), at: now}
	if err := l.refresh(); err != nil {
		return nil, err
	}
	if l.doors, err = l.open(); err != nil {
		return nil, err
	}
	l.timer = time.AfterFunc(refreshEvery, l.renew)
	return l, nil
}

// now is the lab's clock.
func (l *Lab) now() time.Time { return l.at.Add(time.Since(l.began)) }

// refresh makes the world anew, with dates relative to the lab's clock.
func (l *Lab) refresh() error {
	w, err := build(l.files, l.keys, l.now())
	if err == nil {
		l.world.Store(w)
	}
	return err
}

// renew is refresh from the timer. What was built once can be built again; were
// it not so, the old world stays.
func (l *Lab) renew() {
	_ = l.refresh()
	if !l.closed.Load() {
		l.timer.Reset(refreshEvery)
	}
}

// Close ends the lab's servers and waits for them. It may be called again.
func (l *Lab) Close() error {
	if l.closed.Swap(true) {
		return nil
	}
	l.timer.Stop()
	return l.doors.close()
}

// Network is the lab as a network to look at: the resolver's Exchange, a Dial
// that reaches the lab's addresses and nothing else, and the lab's certificate
// authority as only root.
func (l *Lab) Network() *observe.Network {
	roots := x509.NewCertPool()
	roots.AddCert(l.keys.authority.root)
	return &observe.Network{
		Exchange: l.exchange,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			return l.dial(ctx, network, address)
		},
		Roots:    roots,
		SMTPPort: smtpPort, HTTPSPort: httpsPort, SubmissionsPort: submissionsPort, HTTPPort: httpPort, DNSPort: dnsPort,
		EHLO: "sealane.test", Near: true,
	}
}

// Anchor gives the trust anchor of test., a DS record.
func (l *Lab) Anchor() dnssec.Anchor { return l.keys.anchor() }

// DNSAddr gives the address, "127.0.0.1:port", of the lab's resolver, over UDP
// and TCP.
func (l *Lab) DNSAddr() string { return l.doors.dnsAddr }
