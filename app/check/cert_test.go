package check

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// forged is a chain to be made: the templates of leaf, issuer and root, and the
// leaf's public key.
type forged struct {
	leaf, issuer, root *x509.Certificate
	public             any
	rsaIssuer          bool
	noRoot, noIssuer   bool
}

// forge makes leaf, issuer and root, as the change has them.
func forge(t testing.TB, change func(f *forged)) [][]byte {
	t.Helper()
	f := forged{
		leaf: &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"mx.example.com"},
			NotBefore: scenarioNow.AddDate(0, -2, 0), NotAfter: scenarioNow.AddDate(0, 10, 0),
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IssuingCertificateURL: []string{"http://ca.example/ca.cer"}},
		issuer: &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "Issuer"}, IsCA: true, BasicConstraintsValid: true,
			NotBefore: scenarioNow.AddDate(-2, 0, 0), NotAfter: scenarioNow.AddDate(2, 0, 0)},
		root: &x509.Certificate{SerialNumber: big.NewInt(4), Subject: pkix.Name{CommonName: "Root"}, IsCA: true, BasicConstraintsValid: true,
			NotBefore: scenarioNow.AddDate(-5, 0, 0), NotAfter: scenarioNow.AddDate(5, 0, 0)},
		noRoot: true,
	}
	leafKey, rootKey := scenarioECKey(t), scenarioECKey(t)
	f.public = &leafKey.PublicKey
	change(&f)
	sign := func(c, parent *x509.Certificate, public, signer any) []byte {
		der, err := x509.CreateCertificate(rand.Reader, c, parent, public, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	var issuerKey any = scenarioECKey(t)
	if f.rsaIssuer {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		issuerKey = key
	}
	var issuerPublic any
	switch k := issuerKey.(type) {
	case *ecdsa.PrivateKey:
		issuerPublic = &k.PublicKey
	case *rsa.PrivateKey:
		issuerPublic = &k.PublicKey
	}
	chain := [][]byte{sign(f.leaf, f.issuer, f.public, issuerKey)}
	if !f.noIssuer {
		chain = append(chain, sign(f.issuer, f.root, issuerPublic, rootKey))
	}
	if !f.noRoot {
		chain = append(chain, sign(f.root, f.root, &rootKey.PublicKey, rootKey))
	}
	return chain
}

// shows gives the first host a forged chain that the verifier says result of.
func shows(result probe.TrustResult, change func(f *forged)) func(l *layout) {
	return func(l *layout) {
		l.first().chain = forge(l.t, change)
		l.first().trust = probe.Trust{Now: result, IgnoringDates: result}
	}
}

func serves(c certificate) func(l *layout) {
	return func(l *layout) { l.first().serve(l.t, c) }
}

func asIs(*forged) {}

func named(names ...string) func(f *forged) {
	return func(f *forged) { f.leaf.DNSNames = names }
}

func lasting(from, to int) func(f *forged) {
	return func(f *forged) {
		f.leaf.NotBefore, f.leaf.NotAfter = scenarioNow.AddDate(0, 0, from), scenarioNow.AddDate(0, 0, to)
	}
}

// enforceLong is an enforced policy that is kept for 60 days.
func enforceLong(l *layout) { l.mode, l.age = "enforce", 60*86400 }

// twoChains gives the first host two addresses with chains of their own.
func twoChains(one, other func(f *forged)) func(l *layout) {
	return func(l *layout) {
		show := func(change func(f *forged)) func(a *probe.Address) {
			chain := forge(l.t, change)
			return func(a *probe.Address) { a.TLS.Chain = chain }
		}
		twoAddresses(show(one), show(other))(l)
	}
}

// issued gives the first host a certificate of an organisation, for its name or
// others.
func issued(organisation string, names ...string) func(l *layout) {
	return func(l *layout) {
		shows(probe.Trusted, func(f *forged) {
			f.issuer.Subject.Organization = []string{organisation}
			if names != nil {
				f.leaf.DNSNames = names
			}
		})(l)
		caa("")(l)
	}
}

const caaType = doh.TypeCAA

// caa publishes CAA records at a name, and none at the others above the host.
func caa(at string, records ...string) func(l *layout) {
	return more(func(s *scenario) {
		for _, name := range []string{"mx.example.com", "example.com"} {
			s.none(name, caaType)
			if name == at {
				s.add(name, caaType, records...)
			}
		}
	})
}

func TestCertificateRules(t *testing.T) {
	t.Parallel()
	noNames := func(cn string, ips ...net.IP) func(f *forged) {
		return func(f *forged) {
			f.leaf.DNSNames, f.leaf.IPAddresses, f.leaf.Subject = nil, ips, pkix.Name{CommonName: cn}
		}
	}
	weak := new(big.Int).Lsh(big.NewInt(1), 1023)
	weak.Add(weak, big.NewInt(1))
	month := 30 * 24 * time.Hour
	runRules(t, certEntries, []ruleCase{
		{"cert.missing", Error, "", firstHost(func(a *probe.Address) { a.TLS.Chain = nil }), firstHost(plainOnly)},
		{"cert.expired", Error, "", both(enforce, serves(certificate{from: scenarioNow.Add(-3 * month), until: scenarioNow.Add(-time.Hour)})),
			both(enforce, serves(certificate{until: scenarioNow.Add(time.Hour)}))},
		{"cert.expired", Warning, "", serves(certificate{from: scenarioNow.Add(-3 * month), until: scenarioNow.Add(-time.Hour)}), unchanged},
		{"cert.expired", Warning, "", both(insecureMX, serves(certificate{from: scenarioNow.Add(-3 * month), until: scenarioNow.Add(-time.Hour)})), unchanged},
		{"cert.expired", Error, "", both(otherKeys("3 1 1"), serves(certificate{from: scenarioNow.Add(-3 * month), until: scenarioNow.Add(-time.Hour)})), unchanged},
		{"cert.not-yet-valid", Warning, "", serves(certificate{from: scenarioNow.Add(time.Hour)}), serves(certificate{from: scenarioNow.Add(-time.Hour)})},
		{"cert.expiring-soon", Warning, "", shows(probe.Trusted, lasting(-80, 10)), shows(probe.Trusted, lasting(-10, 7))},
		{"cert.expiring-soon", Notice, "", shows(probe.Trusted, lasting(-340, 25)), shows(probe.Trusted, lasting(-60, 30))},
		{"cert.expiring-soon", Notice, "", shows(probe.Trusted, lasting(-70, 20)), shows(probe.Trusted, lasting(-20, 70))},
		{"cert.renewed-not-loaded", Warning, "mx.example.com 192.0.2.1", twoChains(lasting(-80, 10), lasting(-20, 70)), twoChains(lasting(-30, 60), lasting(-20, 70))},
		{"cert.name-mismatch", Error, "", both(enforce, shows(probe.Trusted, named("mx.example.net"))), both(enforce, shows(probe.Trusted, named("*.example.com")))},
		{"cert.name-mismatch", Warning, "", both(inTesting, shows(probe.Trusted, named("mx.example.net"))), inTesting},
		{"cert.name-mismatch", Notice, "", shows(probe.Trusted, named("mx.example.net")), issuedBy(probe.Trusted, named("mx.example.net"), "2 1 1")},
		{"cert.name-mismatch", Notice, "", shows(probe.Trusted, named("mx.example.net")), shows(probe.Trusted, named("example.net", "MX.example.com"))},
		{"cert.covers-domain-not-mx", Notice, "", shows(probe.Trusted, named("example.com", "www.example.com")), shows(probe.Trusted, named("example.com", "mx.example.com"))},
		{"cert.cn-only", Notice, "", shows(probe.Trusted, noNames("mx.example.com")), shows(probe.Trusted, noNames("mx.example.net"))},
		{"cert.wildcard-depth", Notice, "mx.a.example.com", func(l *layout) {
			l.hosts = nil
			l.host("mx.a.example.com", certificate{names: []string{"*.example.com"}}, "192.0.2.1")
		}, shows(probe.Trusted, named("*.example.com"))},
		{"cert.ip-san-only", Notice, "", shows(probe.Trusted, noNames("", net.IPv4(192, 0, 2, 1))),
			shows(probe.Trusted, func(f *forged) { f.leaf.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} })},
		{"cert.self-signed", Notice, "", serves(certificate{selfSigned: true}), serves(certificate{untrusted: true})},
		{"cert.self-signed", Error, "", both(enforce, serves(certificate{selfSigned: true})), enforce},
		{"cert.untrusted-ca", Notice, "", serves(certificate{untrusted: true}), serves(certificate{leafOnly: true})},
		{"cert.untrusted-ca", Notice, "", shows(probe.UnknownAuthority, func(f *forged) { f.noIssuer, f.leaf.IssuingCertificateURL = true, nil }), shows(probe.Trusted, asIs)},
		{"cert.chain-incomplete", Notice, "", shows(probe.UnknownAuthority, func(f *forged) { f.noIssuer = true }), shows(probe.UnknownAuthority, asIs)},
		{"cert.chain-misordered", Warning, "", func(l *layout) {
			shows(probe.Trusted, func(f *forged) { f.noRoot = false })(l)
			c := l.first().chain
			l.first().chain = [][]byte{c[0], c[2], c[1]}
		}, shows(probe.Trusted, func(f *forged) { f.noRoot = false })},
		{"cert.chain-expired-intermediate", Warning, "", shows(probe.Trusted, func(f *forged) { f.issuer.NotAfter = scenarioNow.AddDate(0, 0, -1) }),
			shows(probe.Trusted, func(f *forged) { f.root.NotAfter = scenarioNow.AddDate(0, 0, -1) })},
		{"cert.root-included", Notice, "", shows(probe.Trusted, func(f *forged) { f.noRoot = false }),
			func(l *layout) { // the record needs the root to be sent
				shows(probe.Trusted, func(f *forged) { f.noRoot = false })(l)
				l.first().tlsa = []string{scenarioTLSA(l.t, l.first().chain[2], "2 0 1")}
			}},
		{"cert.key-weak", Warning, "", shows(probe.Trusted, func(f *forged) { f.public = &rsa.PublicKey{N: weak, E: 65537} }), shows(probe.Trusted, asIs)},
		{"cert.key-weak", Error, "", both(noTLSA, shows(probe.Trusted, func(f *forged) { f.public = &rsa.PublicKey{N: weak, E: 65537} })),
			shows(probe.Trusted, func(f *forged) {
				key, _ := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
				f.public = &key.PublicKey
			})},
		{"cert.signature-weak", Warning, "", shows(probe.WeakSignature, func(f *forged) { f.rsaIssuer, f.leaf.SignatureAlgorithm = true, x509.SHA1WithRSA }),
			shows(probe.Trusted, func(f *forged) { f.rsaIssuer = true })},
		{"cert.eku-missing", Notice, "", shows(probe.WrongUsage, func(f *forged) { f.leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			shows(probe.Trusted, func(f *forged) { f.leaf.ExtKeyUsage = nil })},
		{"cert.name-constraints", Notice, "", shows(probe.NameConstraint, asIs), shows(probe.UnknownAuthority, asIs)},
		{"cert.per-address-differs", Warning, "", twoChains(asIs, asIs), twoAddresses(whole, whole)},
		{"cert.revoked", Warning, "", firstHost(func(a *probe.Address) { a.TLS.Trust.Revoked = true }), unchanged},
		{"cert.dual-algorithm", Notice, "", func(l *layout) {
			with(shakes(probe.OnlyRSA, rsaChain(l.t)), shakes(probe.OnlyECDSA, l.first().chain))(l)
			both(noTLSA)(l)
		}, func(l *layout) {
			with(shakes(probe.OnlyRSA, forge(l.t, asIs)), shakes(probe.OnlyECDSA, l.first().chain))(l)
		}},
		{"cert.caa-missing", Notice, "", issued("Let's Encrypt"), both(issued("Let's Encrypt"), caa("example.com", `0 iodef "mailto:a@example.com"`))},
		{"cert.caa-missing", Notice, "", issued("Unheard of"), both(issued("Let's Encrypt"), more(func(s *scenario) { s.none("mx.example.com", caaType) }))},
		{"cert.caa-forbids-issuer", Warning, "", both(issued("Let's Encrypt"), caa("mx.example.com", `0 issue "sectigo.com"`)),
			both(issued("Let's Encrypt"), caa("mx.example.com", `0 issue "sectigo.com"`, `0 issue "letsencrypt.org; validationmethods=dns-01"`))},
		{"cert.caa-forbids-issuer", Warning, "", both(issued("Sectigo Limited"), caa("example.com", `0 issue ";"`)),
			both(issued("Unheard of"), caa("example.com", `0 issue ";"`))},
		{"cert.caa-forbids-issuer", Warning, "", both(issued("DigiCert Inc", "*.example.com"), caa("example.com", `0 issue "digicert.com"`, `0 issuewild ";"`)),
			both(issued("DigiCert Inc"), caa("example.com", `0 issue "digicert.com"`, `0 issuewild ";"`))},
		{"cert.caa-forbids-issuer", Warning, "", both(issued("GlobalSign nv-sa"), caa("example.com", `0 issue "letsencrypt.org"`)),
			both(issued("GlobalSign nv-sa"), caa("example.com", `0 issue "letsencrypt.org"`), func(l *layout) { l.first().trust = probe.Trust{Now: probe.UnknownAuthority} })},
		{"cert.ends-before-policy", Notice, "example.com", both(enforceLong, shows(probe.Trusted, lasting(-320, 45))), both(enforceLong, shows(probe.Trusted, lasting(-320, 70)))},
		{"cert.ends-before-policy", Notice, "example.com", both(enforceLong, shows(probe.Trusted, lasting(-320, 45))), both(enforceLong, shows(probe.Trusted, lasting(-100, 45)))},
		{"cert.ends-before-policy", Notice, "example.com", both(enforceLong, shows(probe.Trusted, lasting(-320, 45))), both(enforceLong, shows(probe.Trusted, lasting(-320, 20)))},
		{"cert.ends-before-policy", Notice, "example.com", both(enforceLong, shows(probe.Trusted, lasting(-320, 45))), both(inTesting, shows(probe.Trusted, lasting(-320, 45)))},
		{"cert.ok", OK, "example.com", unchanged, serves(certificate{names: []string{"mx.example.net"}})},
	})
}

// Where all addresses agree there is one finding about the host; where only one
// is at fault, one about the address.
func TestFindingsCollapse(t *testing.T) {
	bad := func(a *probe.Address) { a.TLS.Version = 0x0301 }
	for _, c := range []struct {
		edits []func(*probe.Address)
		want  []string
	}{
		{[]func(*probe.Address){bad, bad}, []string{"mx.example.com"}},
		{[]func(*probe.Address){whole, bad}, []string{"mx.example.com 192.0.2.2"}},
		// The third, which nobody reached, has no say.
		{[]func(*probe.Address){bad, bad, ended(probe.StageConnect, probe.Blocked, noReply)}, []string{"mx.example.com"}},
		{[]func(*probe.Address){bad, bad, ended(probe.StageConnect, probe.ConnectRefused, noReply)},
			[]string{"mx.example.com 192.0.2.1", "mx.example.com 192.0.2.2"}},
	} {
		l := newLayout(t)
		l.first().ips = []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}[:len(c.edits)]
		l.first().edit = c.edits
		var got []string
		for _, f := range l.scenario().report().Findings {
			if f.Code == "tls.version-too-old" {
				got = append(got, f.Subject)
			}
		}
		if len(got) != len(c.want) || got[0] != c.want[0] {
			t.Errorf("got %v, want %v", got, c.want)
		}
	}
}
