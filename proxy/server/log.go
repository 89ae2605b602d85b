package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/proxy/panics"
)

// How domains stand in the log.
const (
	LogHash  = "hash"  // by a hash under a key that this process makes and nobody knows
	LogPlain = "plain" // as they are
)

// newLogKey makes the key of the hashes: within a process the same domain is the same
// hash, and nobody can look domains up by it later.
func newLogKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

// logged is a domain for the log, worked out only where it is written.
func (s *Server) logged(name dnsname.Name) slog.LogValuer { return loggedName{s, name} }

type loggedName struct {
	s    *Server
	name dnsname.Name
}

// LogValue is the hash of the domain, or itself.
func (l loggedName) LogValue() slog.Value {
	if l.s.config.LogDomains == LogPlain {
		return slog.StringValue(l.name.String())
	}
	h := hmac.New(sha256.New, l.s.logKey)
	h.Write([]byte(l.name.String()))
	return slog.StringValue(hex.EncodeToString(h.Sum(nil)[:8]))
}

// panicked logs what recover gave, with the stack of where it happened.
func (s *Server) panicked(message string, value any) {
	r := panics.From(value)
	s.log.Error(message, "fault", r.Value, "stack", string(r.Stack))
}

// connectionLog takes what net/http writes of connections. What it says of its
// listener is a warning; the rest tells of single visitors and goes to the debug
// level, without their addresses.
type connectionLog struct{ log *slog.Logger }

// Write takes one line.
func (c connectionLog) Write(line []byte) (int, error) {
	words := strings.Fields(string(line))
	for i, word := range words {
		bare := strings.TrimRight(word, ":;,")
		for _, part := range strings.Split(bare, "->") {
			_, atErr := netip.ParseAddrPort(part)
			_, err := netip.ParseAddr(part)
			if atErr == nil || err == nil {
				words[i] = "*"
			}
		}
	}
	level := slog.LevelDebug
	if strings.HasPrefix(string(line), "http: Accept error") {
		level = slog.LevelWarn
	}
	c.log.Log(context.Background(), level, strings.Join(words, " "))
	return len(line), nil
}
