package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"log/slog"
	"net/url"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/proxy/certs"
)

// acmeFlags say of whom to get a certificate.
type acmeFlags struct {
	domains               list
	email, dir, ca, roots string
}

func (a *acmeFlags) register(fs *flag.FlagSet) {
	fs.Var(&a.domains, "acme-domain", "")
	fs.StringVar(&a.email, "acme-email", "", "")
	fs.StringVar(&a.dir, "acme-dir", "", "")
	fs.StringVar(&a.ca, "acme-ca", "", "")
	fs.StringVar(&a.roots, "acme-roots", "", "")
}

// secured is where the server's certificates come from.
type secured struct {
	config *tls.Config // nil: plain HTTP
	acme   *certs.ACME // nil without
	log    *slog.Logger
}

// secured finds them.
func (p *program) secured(s *serveFlags, log *slog.Logger) (*secured, error) {
	withFiles, withACME := s.cert != "" || s.key != "", len(s.acme.domains) > 0
	switch {
	case withFiles && withACME:
		return nil, errWords(p.cli.CertOrACME)
	case withFiles && (s.cert == "" || s.key == ""):
		return nil, errWords(p.cli.CertNeedsKey)
	case withFiles:
		files, err := certs.Open(s.cert, s.key, log)
		if err != nil {
			return nil, p.badPair(s)
		}
		return &secured{config: &tls.Config{GetCertificate: files.GetCertificate}}, nil
	case withACME:
		order, err := p.order(&s.acme, s.listen)
		if err != nil {
			return nil, err
		}
		acme := certs.NewACME(order, log)
		return &secured{acme: acme, log: log, config: &tls.Config{
			GetCertificate: acme.GetCertificate,
			NextProtos:     []string{"h2", "http/1.1", certs.Protocol},
		}}, nil
	}
	return &secured{}, nil
}

// order checks what the authority is asked for.
func (p *program) order(a *acmeFlags, listen string) (certs.Order, error) {
	o := certs.Order{Email: a.email, Dir: a.dir, CA: a.ca, Listen: listen}
	for _, text := range a.domains {
		name, err := dnsname.Parse(text)
		if err != nil || name == dnsname.Root || !name.IsHostname() {
			return o, errWords(p.say(p.cli.BadACMEDomain, "value", text))
		}
		o.Names = append(o.Names, name.String())
	}
	if o.Dir == "" {
		return o, errWords(p.cli.ACMENeeds)
	}
	if u, err := url.Parse(a.ca); a.ca != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return o, errWords(p.say(p.cli.BadACMECA, "value", withoutSecret(a.ca)))
	}
	if a.roots == "" {
		return o, nil
	}
	pem, err := readFile(a.roots)
	if err != nil {
		return o, p.badFile(a.roots, err)
	}
	o.Roots = x509.NewCertPool()
	if !o.Roots.AppendCertsFromPEM(pem) {
		return o, errWords(p.say(p.cli.BadRoots, "name", a.roots))
	}
	return o, nil
}

// begin gets what certificates aren't there yet, once the server listens.
func (s *secured) begin(ctx context.Context) {
	if s.acme == nil {
		return
	}
	if err := s.acme.Manage(ctx); err != nil {
		s.log.Error("no certificates can be asked for", "fault", err)
	}
}

func (s *secured) close() {
	if s.acme != nil {
		s.acme.Close()
	}
}

// badPair says what is wrong with the certificate or its key.
func (p *program) badPair(s *serveFlags) errWords {
	for _, name := range []string{s.cert, s.key} {
		if _, err := readFile(name); err != nil {
			return p.badFile(name, err)
		}
	}
	return errWords(p.say(p.cli.BadCert, "name", s.cert+", "+s.key))
}
