package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"strconv"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

// Protocol is what TLS-ALPN-01 negotiates (RFC 8737 §6.2): a server with an ACME
// offers it beside its own.
const Protocol = "acme-tls/1"

// Order is what an authority is asked for.
type Order struct {
	Names []string // at least one; the first answers who names none (RFC 6066 §3)
	Email string   // where the authority may write to; may be empty
	Dir   string   // where keys and certificates are kept; replicas may share it
	CA    string   // URL of the directory (RFC 8555 §7.1.1); empty for Let's Encrypt
	Roots *x509.CertPool
	// Listen is the server's own address, to which port 443 of the names leads:
	// there the challenge is answered.
	Listen string
}

// ACME gets certificates and renews them. It is safe for concurrent use.
type ACME struct {
	names  []string
	cache  *certmagic.Cache
	config *certmagic.Config
}

// NewACME prepares an order; Manage sends it. Its terms of service are agreed to.
func NewACME(o Order, log *slog.Logger) *ACME {
	a := &ACME{names: o.Names}
	to := zap.New(bridge{log: log})
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil },
		Logger:           to,
	})
	a.config = certmagic.New(a.cache, certmagic.Config{
		Storage:            &certmagic.FileStorage{Path: o.Dir},
		DefaultServerName:  o.Names[0],
		FallbackServerName: o.Names[0],
		Logger:             to,
	})
	if o.CA == "" {
		o.CA = certmagic.LetsEncryptProductionCA
	}
	host, port := split(o.Listen)
	a.config.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(a.config, certmagic.ACMEIssuer{
		CA:                   o.CA,
		Email:                o.Email,
		Agreed:               true,
		TrustedRoots:         o.Roots,
		DisableHTTPChallenge: true,
		ListenHost:           host,
		AltTLSALPNPort:       port,
		Logger:               to,
	})}
	return a
}

// split takes an address to listen on apart; port 0 where there is no number.
func split(listen string) (host string, port int) {
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0
	}
	port, _ = strconv.Atoi(text)
	return host, port
}

// Manage gets what isn't kept yet and renews it, until ctx is done. It returns at
// once and is called when the server listens.
func (a *ACME) Manage(ctx context.Context) error { return a.config.ManageAsync(ctx, a.names) }

// Close ends the renewals.
func (a *ACME) Close() { a.cache.Stop() }

// GetCertificate gives the certificate of a name, or of the challenge for it.
func (a *ACME) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	return a.config.GetCertificate(hello)
}
