package lab

import (
	"crypto/tls"
	"errors"
	"net/netip"
	"slices"
	"sync/atomic"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
)

// mailServer is a mail host as it behaves at one address.
type mailServer struct {
	*hostSpec
	name        dnsname.Name
	tls         *tls.Config
	submissions *tls.Config   // nil: port 465 is closed
	last        *atomic.Int64 // when somebody was here, in nanoseconds since 1970
}

// webServer is a web server as it behaves at one address.
type webServer struct {
	*policySpec
	name dnsname.Name
	tls  *tls.Config
	bare bool // has no policy
}

// mailServers sets up the hosts of the domain's MX records and those that have a
// section.
func (b *builder) mailServers() error {
	for _, rr := range b.zones[b.file.name.FQDN()].Records(b.file.name, dns.TypeMX) {
		host, err := dnsname.Parse(rr.(*dns.MX).Mx)
		if err == nil && b.file.hosts[host] == nil && host.Within(b.file.name) {
			b.file.hosts[host] = &hostSpec{starttls: "on", requireTLS: true}
		}
	}
	for host, spec := range b.file.hosts {
		server := mailServer{hostSpec: spec, name: host}
		var err error
		if server.tls, err = b.mailTLS(host, spec); err != nil {
			return err
		}
		if spec.submissions != nil {
			if server.submissions, err = b.plainTLS(host, generationSubmissions); err != nil {
				return err
			}
		}
		var https *tls.Config
		if spec.https != nil {
			if https, err = b.plainTLS(host, generationHTTPS); err != nil {
				return err
			}
		}
		for _, ip := range b.addressesOf(host) {
			here := server
			here.last = new(atomic.Int64)
			b.mail[ip] = &here
			if https != nil {
				b.web[ip] = &webServer{policySpec: new(policySpec), name: host, tls: https, bare: true}
			}
		}
	}
	return nil
}

// mailTLS gives how a mail server speaks TLS.
func (b *builder) mailTLS(host dnsname.Name, spec *hostSpec) (*tls.Config, error) {
	config, err := b.plainTLS(host, "")
	if err != nil {
		return nil, err
	}
	if spec.bothKeys {
		second, err := b.certificate(host, generationRSA)
		if err != nil {
			return nil, err
		}
		config.Certificates = append(config.Certificates, *second)
	}
	config.MaxVersion = spec.tlsMax
	switch {
	case spec.tlsMin != 0:
		config.MinVersion = spec.tlsMin
	case spec.tlsMax != 0:
		config.MinVersion = min(config.MinVersion, spec.tlsMax)
	}
	switch spec.clientCertificate {
	case "asked":
		config.ClientAuth = tls.RequestClientCert
	case "required":
		config.ClientAuth = tls.RequireAnyClientCert
	}
	var fallback *tls.Config
	if spec.fallback != nil {
		if fallback, err = b.instead(config, host); err != nil {
			return nil, err
		}
	}
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		switch {
		case spec.sniRequired && hello.ServerName == "", spec.failsOn13 && slices.Contains(hello.SupportedVersions, tls.VersionTLS13):
			return nil, errUnwilling
		case hello.ServerName == "":
			return fallback, nil
		}
		return nil, nil
	}
	return config, nil
}

// errUnwilling ends a handshake on purpose.
var errUnwilling = errors.New("lab: this server is told to end such handshakes")

// instead gives the configuration for who sends no server_name.
func (b *builder) instead(config *tls.Config, host dnsname.Name) (*tls.Config, error) {
	other, err := b.certificate(host, generationFallback)
	if err != nil {
		return nil, err
	}
	config = config.Clone()
	config.Certificates = []tls.Certificate{*other}
	return config, nil
}

// plainTLS shows one certificate.
func (b *builder) plainTLS(host dnsname.Name, generation string) (*tls.Config, error) {
	c, err := b.certificate(host, generation)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true}, nil
}

// policyHost sets up the web server of the policy, and the one that has the
// file instead.
func (b *builder) policyHost() error {
	spec := b.file.policy
	if spec == nil {
		return nil
	}
	if err := b.webServer(b.file.name.Child("mta-sts"), spec.onlyHost != ""); err != nil || spec.onlyHost == "" {
		return err
	}
	host, err := b.file.relative(spec.onlyHost)
	if err != nil {
		return err
	}
	return b.webServer(host, false)
}

func (b *builder) webServer(host dnsname.Name, bare bool) error {
	config, err := b.plainTLS(host, "")
	if err != nil {
		return err
	}
	config.NextProtos = []string{"h2", "http/1.1"}
	if b.file.policy.fallback != nil {
		fallback, err := b.instead(config, host)
		if err != nil {
			return err
		}
		config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName == "" {
				return fallback, nil
			}
			return nil, nil
		}
	}
	for _, ip := range b.addressesOf(host) {
		b.web[ip] = &webServer{policySpec: b.file.policy, name: host, tls: config, bare: bare}
	}
	return nil
}

// certificate gives the certificate of a host, the same one each time.
func (b *builder) certificate(host dnsname.Name, generation string) (*tls.Certificate, error) {
	at := host.String() + " " + generation
	if b.certificates[at] != nil {
		return b.certificates[at], nil
	}
	c, err := b.keys.issue(host, generation, b.specOf(host, generation), b.now)
	if err == nil {
		b.certificates[at] = c
	}
	return c, err
}

// specOf says which certificate of a host the file wants.
func (b *builder) specOf(host dnsname.Name, generation string) certificateSpec {
	var further *certificateSpec
	server, policy := b.file.hosts[host], b.file.policy
	switch {
	case server != nil && (generation == "" || generation == generationRSA):
		return server.certificate
	case server != nil && generation == generationFallback:
		further = server.fallback
	case server != nil && generation == generationSubmissions:
		further = server.submissions
	case server != nil && generation == generationHTTPS:
		further = server.https
	case policy != nil && host == b.file.name.Child("mta-sts") && generation == generationFallback:
		further = policy.fallback
	case policy != nil && host == b.file.name.Child("mta-sts"):
		return policy.certificate
	}
	if further == nil {
		return certificateSpec{}
	}
	return *further
}

// listening tells whether a server is at the address, and how it is dead.
func (w *world) listening(at netip.AddrPort) (dead string, ok bool) {
	mail, web := w.mail[at.Addr()], w.web[at.Addr()]
	switch at.Port() {
	case smtpPort:
		if mail != nil {
			return mail.dead, true
		}
	case submissionsPort:
		return "", mail != nil && mail.submissions != nil
	case httpsPort, httpPort:
		if web == nil || web.noIPv6 && at.Addr().Is6() {
			return "", false
		}
		if at.Port() == httpPort {
			return "", web.plainHTTP
		}
		return web.dead, true
	}
	return "", false
}
