// Package certs gives the server its certificate: from files, read again when they
// change, or from an authority by ACME (RFC 8555) with the TLS-ALPN-01 challenge
// (RFC 8737).
package certs

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// fresh is how long the files aren't looked at again.
const fresh = 2 * time.Second

// Files is a certificate chain and its key, in two PEM files. It is safe for
// concurrent use.
type Files struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	pair    *tls.Certificate
	seen    [2]os.FileInfo // what the files looked like when they were read last
	looked  time.Time
	damaged bool // those were no pair
}

// Open reads the files; its error is that of tls.LoadX509KeyPair.
func Open(cert, key string, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, log: log, now: time.Now}
	f.seen, f.looked = f.look(), f.now()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	f.pair = &pair
	return f, nil
}

// GetCertificate gives the pair of the files as they are, or were a moment ago.
// While they are no pair, the last one stays: who renews writes two files, one
// after the other.
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.looked) < fresh {
		return f.pair, nil
	}
	f.looked = now
	seen := f.look()
	changed := !same(seen[0], f.seen[0]) || !same(seen[1], f.seen[1])
	if changed || f.damaged {
		f.seen = seen
		f.read(changed)
	}
	return f.pair, nil
}

// read takes the pair of the files. Of a change that makes them no pair the log
// hears once.
func (f *Files) read(changed bool) {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	switch {
	case err == nil:
		f.pair = &pair
		f.log.Info("certificate read again", "file", f.cert, "until", pair.Leaf.NotAfter)
	case changed:
		f.log.Error("certificate changed and can't be used: the old one stays", "file", f.cert, "key", f.key, "fault", err)
	}
	f.damaged = err != nil
}

// look gives what the files look like; nil for one that isn't there.
func (f *Files) look() (seen [2]os.FileInfo) {
	for i, name := range [...]string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			seen[i] = info
		}
	}
	return seen
}

// same tells whether a file is the one it was.
func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
