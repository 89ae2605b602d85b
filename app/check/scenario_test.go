package check

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// scenarioNow is when every scenario is judged.
var scenarioNow = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// scenario builds Facts. A fresh one is a domain of which nothing is known but
// that the resolver validates; names that are asked for and hold nothing are
// added by none. Every answer is secure unless status says otherwise.
type scenario struct {
	t       testing.TB
	domain  string
	records map[key][]string
	rcodes  map[key]int
	states  map[key]dnssec.Status
	ede     map[key][]uint16
	sigs    map[key][2]time.Time // inception, expiration of an RRSIG beside the data
	fails   map[key]probe.Class
	auth    map[key][]string
	ttls    map[key]int            // 3600 where not set
	labels  int                    // in the RRSIGs; 0 for as many as the owner has
	edits   map[key]func(*dns.Msg) // the last change to an answer with data
	// validated has the lookups that fail validated anew, from the DS records of the
	// topmost zone that has some.
	validated bool
	facts     Facts
}

// newScenario starts with nothing but the resolver's self-test.
func newScenario(t testing.TB, domain string) *scenario {
	s := &scenario{t: t, domain: domain, records: map[key][]string{}, rcodes: map[key]int{},
		states: map[key]dnssec.Status{}, ede: map[key][]uint16{}, sigs: map[key][2]time.Time{},
		fails: map[key]probe.Class{}, auth: map[key][]string{}, ttls: map[key]int{}, edits: map[key]func(*dns.Msg){}}
	s.facts = Facts{Version: FactsVersion, Domain: dnsname.MustParse(domain), Trusted: dnsname.Root, Done: true, At: scenarioNow}
	s.add(".", doh.TypeSOA, "a. b. 1 1 1 1 1")
	return s
}

func scenarioKey(name string, typ doh.Type) key { return key{dnsname.MustParse(name), typ, false} }

// add adds records in presentation form behind the type; without any it makes
// an empty NOERROR answer.
func (s *scenario) add(name string, typ doh.Type, data ...string) *scenario {
	k := scenarioKey(name, typ)
	s.records[k] = append(s.records[k], data...)
	return s
}

// none says that the name exists without records of the type.
func (s *scenario) none(name string, types ...doh.Type) *scenario {
	for _, typ := range types {
		s.add(name, typ)
	}
	return s
}

// nxdomain says that the name does not exist.
func (s *scenario) nxdomain(name string, types ...doh.Type) *scenario {
	for _, typ := range types {
		s.add(name, typ)
		s.rcodes[scenarioKey(name, typ)] = dns.RcodeNameError
	}
	return s
}

// servfail says that the lookup fails, with extended errors.
func (s *scenario) servfail(name string, typ doh.Type, ede ...uint16) *scenario {
	k := scenarioKey(name, typ)
	s.add(name, typ)
	s.rcodes[k], s.ede[k] = dns.RcodeServerFailure, ede
	return s
}

// fail says that the lookup got no response.
func (s *scenario) fail(name string, typ doh.Type, class probe.Class) *scenario {
	s.add(name, typ)
	s.fails[scenarioKey(name, typ)] = class
	return s
}

// status sets what the resolver says of one lookup; bogus makes a SERVFAIL.
func (s *scenario) status(name string, typ doh.Type, status dnssec.Status) *scenario {
	s.states[scenarioKey(name, typ)] = status
	return s
}

// ttl sets the TTL of a lookup's records, in seconds.
func (s *scenario) ttl(name string, typ doh.Type, seconds int) *scenario {
	s.ttls[scenarioKey(name, typ)] = seconds
	return s
}

// signed puts an RRSIG by the zone of signer beside the data.
func (s *scenario) signed(name string, typ doh.Type, inception, expiration time.Time) *scenario {
	s.sigs[scenarioKey(name, typ)] = [2]time.Time{inception, expiration}
	return s
}

func (s *scenario) mx(pref int, host string) *scenario {
	return s.add(s.domain, doh.TypeMX, fmt.Sprintf("%d %s.", pref, strings.TrimSuffix(host, ".")))
}

// txt adds one TXT record for each text, split into strings of 255 bytes.
func (s *scenario) txt(name string, texts ...string) *scenario {
	s.none(name, doh.TypeTXT)
	for _, text := range texts {
		var parts []string
		for chunk := range slices.Chunk([]byte(text), 255) {
			var b strings.Builder
			for _, c := range chunk {
				fmt.Fprintf(&b, `\%03d`, c)
			}
			parts = append(parts, `"`+b.String()+`"`)
		}
		if len(parts) == 0 {
			parts = []string{`""`}
		}
		s.add(name, doh.TypeTXT, strings.Join(parts, " "))
	}
	return s
}

// address gives a host its addresses; a family without any answers nothing.
func (s *scenario) address(host string, ips ...string) *scenario {
	s.none(host, doh.TypeA, doh.TypeAAAA)
	for _, ip := range ips {
		typ := doh.TypeA
		if netip.MustParseAddr(ip).Is6() {
			typ = doh.TypeAAAA
		}
		s.add(host, typ, ip)
	}
	return s
}

// tlsa adds TLSA records ("3 1 1 hex") for port 25 of a base domain; without
// any it makes a denial.
func (s *scenario) tlsa(base string, records ...string) *scenario {
	return s.add("_25._tcp."+base, doh.TypeTLSA, records...)
}

// policy is a policy file fetched well: 200, text/plain, a trusted chain for
// the right name.
func (s *scenario) policy(body string) *scenario {
	host := "mta-sts." + s.domain
	chain, trust := scenarioChain(s.t, certificate{names: []string{host}})
	s.facts.Policy = &Fetched{Policy: probe.Policy{
		URL: "https://" + host + "/.well-known/mta-sts.txt", Address: netip.MustParseAddr("192.0.2.80"),
		TLS:    &probe.TLS{Version: 0x0304, Cipher: 0x1301, Chain: chain, Trust: trust},
		Status: 200, ContentType: []string{"text/plain; charset=utf-8"}, Body: []byte(body), Millis: 120,
	}}
	return s
}

// fetched sets the policy fetch outright.
func (s *scenario) fetched(p probe.Policy) *scenario {
	s.facts.Policy = &Fetched{Policy: p}
	return s
}

// probe adds what the addresses of a host answered.
func (s *scenario) probe(host string, addresses ...probe.Address) *scenario {
	h := dnsname.MustParse(host)
	s.facts.Hosts = append(s.facts.Hosts, Probed{Host: h, STARTTLS: probe.STARTTLS{Host: h, Addresses: addresses}})
	slices.SortFunc(s.facts.Hosts, func(a, b Probed) int { return strings.Compare(a.Host.String(), b.Host.String()) })
	return s
}

// deeper adds asides, to the first address of each family.
func (s *scenario) deeper(host string, ips []string, asides []probe.Aside) *scenario {
	if len(asides) == 0 {
		return s
	}
	h := dnsname.MustParse(host)
	p := Probed{Host: h, STARTTLS: probe.STARTTLS{Host: h}}
	seen := map[bool]bool{}
	for _, ip := range ips {
		a := netip.MustParseAddr(ip)
		if !seen[a.Is4()] {
			p.STARTTLS.Addresses = append(p.STARTTLS.Addresses, probe.Address{IP: a, Asides: asides})
		}
		seen[a.Is4()] = true
	}
	s.facts.Deeper = append(s.facts.Deeper, p)
	slices.SortFunc(s.facts.Deeper, func(a, b Probed) int { return strings.Compare(a.Host.String(), b.Host.String()) })
	return s
}

// firesAlone tells whether a code is found without the earlier check.
func (s *scenario) firesAlone(code Code) bool {
	f := s.factsNow()
	f.Previous = nil
	return slices.ContainsFunc(Judge(f, scenarioNow).Findings, func(x Finding) bool { return x.Code == code })
}

// spoken is a dialogue that went well with TLS 1.3 and the chain.
func spoken(ip string, chain [][]byte, trust probe.Trust) probe.Address {
	return probe.Address{
		IP: netip.MustParseAddr(ip), Stage: probe.StageDone,
		Banner:   probe.Reply{Code: 220, Lines: []string{"mail ESMTP"}},
		EHLO:     probe.Reply{Code: 250, Lines: []string{"mail", "STARTTLS"}},
		StartTLS: probe.Reply{Code: 220, Lines: []string{"go ahead"}},
		TLS:      &probe.TLS{Version: 0x0304, Cipher: 0x1301, Group: 0x11ec, Chain: chain, Trust: trust},
		EHLOTLS:  probe.Reply{Code: 250, Lines: []string{"mail"}},
		Millis:   150,
	}
}

// certificate says what scenarioChain shall make; zero fields are filled with
// what is right.
type certificate struct {
	names       []string
	cn          string
	from, until time.Time
	selfSigned  bool
	leafOnly    bool // the issuer isn't sent
	untrusted   bool // the verifier doesn't know the issuer
}

// scenarioChain makes a chain, leaf first, and what a verifier would say.
func scenarioChain(t testing.TB, c certificate) ([][]byte, probe.Trust) {
	t.Helper()
	if c.from.IsZero() {
		c.from = scenarioNow.AddDate(0, -2, 0)
	}
	if c.until.IsZero() {
		c.until = scenarioNow.AddDate(0, 10, 0)
	}
	caKey, leafKey := scenarioECKey(t), scenarioECKey(t)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Scenario CA"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: scenarioNow.AddDate(-5, 0, 0), NotAfter: scenarioNow.AddDate(5, 0, 0)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: c.cn}, DNSNames: c.names,
		NotBefore: c.from, NotAfter: c.until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IssuingCertificateURL: []string{"http://ca.example/ca.cer"}}
	trust := probe.Trust{Now: probe.Trusted, IgnoringDates: probe.Trusted}
	if c.untrusted || c.selfSigned || c.leafOnly {
		trust = probe.Trust{Now: probe.UnknownAuthority, IgnoringDates: probe.UnknownAuthority}
	} else if scenarioNow.After(c.until) || scenarioNow.Before(c.from) {
		trust.Now = probe.Expired
	}
	if c.selfSigned {
		leaf.Subject = pkix.Name{CommonName: "self"}
		return [][]byte{scenarioSign(t, leaf, leaf, leafKey, leafKey)}, trust
	}
	chain := [][]byte{scenarioSign(t, leaf, ca, leafKey, caKey)}
	if !c.leafOnly {
		chain = append(chain, scenarioSign(t, ca, ca, caKey, caKey))
	}
	return chain, trust
}

func scenarioECKey(t testing.TB) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func scenarioSign(t testing.TB, c, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) []byte {
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// factsNow gives the facts.
func (s *scenario) factsNow() Facts {
	s.t.Helper()
	f := s.facts
	for k, data := range s.records {
		f.Lookups = append(f.Lookups, s.lookup(k, data)...)
	}
	slices.SortFunc(f.Lookups, compareLookups)
	if s.validated {
		s.validate(&f)
	}
	f.Asked = len(f.Lookups) + len(f.Hosts)
	f.Answered = f.Asked
	return f
}

// validate puts the validator's verdict in the place of the resolver's.
func (s *scenario) validate(f *Facts) {
	s.t.Helper()
	var anchors []dnssec.Anchor
	for k, data := range s.records {
		if k.typ != doh.TypeDS || len(data) == 0 || len(anchors) > 0 && !anchors[0].Zone.Within(k.name) {
			continue
		}
		anchors = nil
		for _, d := range data {
			anchors = append(anchors, dnssec.Anchor{Zone: k.name, Record: k.name.FQDN() + " DS " + d})
		}
	}
	r := dnssec.Resolver{Anchors: anchors, Now: func() time.Time { return scenarioNow }, Exchange: func(_ context.Context, query []byte) ([]byte, error) {
		name, typ, _ := doh.Question(query)
		for _, cd := range []bool{true, false} {
			if i := slices.IndexFunc(f.Lookups, func(l Lookup) bool { return l.Name == name && l.Type == typ && l.CD == cd }); i >= 0 {
				return append([]byte{0, 0}, f.Lookups[i].Wire[2:]...), nil
			}
		}
		return nil, ErrNoResolver
	}}
	for i := range f.Lookups {
		if l := &f.Lookups[i]; !l.CD && s.states[key{name: l.Name, typ: l.Type}] == dnssec.Bogus {
			result := r.Lookup(s.t.Context(), l.Name.String(), l.Type)
			l.Verdict = result.Verdict()
			f.Zones = joined(f.Zones, result.Zones)
		}
	}
}

func (s *scenario) lookup(k key, data []string) []Lookup {
	l := Lookup{Name: k.name, Type: k.typ}
	if class, failed := s.fails[k]; failed {
		l.Failure = &probe.Failure{Class: class}
		return []Lookup{l}
	}
	status, told := s.states[k]
	if !told {
		status = dnssec.Secure
	}
	if status != dnssec.Bogus {
		wire, verdict := s.message(k, data, s.rcodes[k], status)
		l.Wire, l.Verdict = wire, verdict
		if s.rcodes[k] == dns.RcodeServerFailure {
			cd, _ := s.message(k, nil, dns.RcodeServerFailure, dnssec.Indeterminate)
			return []Lookup{l, {Name: k.name, Type: k.typ, CD: true, Wire: cd}}
		}
		return []Lookup{l}
	}
	l.Wire, l.Verdict = s.message(k, nil, dns.RcodeServerFailure, dnssec.Indeterminate)
	cd, _ := s.message(k, data, s.rcodes[k], dnssec.Indeterminate)
	return []Lookup{l, {Name: k.name, Type: k.typ, CD: true, Wire: cd}}
}

// message packs one response and gives the verdict that Gather would take.
func (s *scenario) message(k key, data []string, rcode int, status dnssec.Status) ([]byte, dnssec.Verdict) {
	s.t.Helper()
	var m dns.Msg
	m.SetQuestion(k.name.FQDN(), uint16(k.typ))
	m.Compress = len(data) > 100 // to fit in 64 KiB
	m.Response, m.Rcode, m.AuthenticatedData = true, rcode, status == dnssec.Secure
	owner := k.name.FQDN()
	for _, d := range data {
		typ := k.typ.String()
		if alias, ok := strings.CutPrefix(d, "CNAME "); ok {
			typ, d = "CNAME", alias
		}
		rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", owner, cmp.Or(s.ttls[k], 3600), typ, d))
		if err != nil {
			s.t.Fatalf("%s %s %s: %v", owner, typ, d, err)
		}
		m.Answer = append(m.Answer, rr)
		if typ == "CNAME" {
			owner = rr.(*dns.CNAME).Target
		}
	}
	if sig, ok := s.sigs[k]; ok && rcode == dns.RcodeSuccess {
		m.Answer = append(m.Answer, &dns.RRSIG{
			Hdr:         dns.RR_Header{Name: owner, Rrtype: dns.TypeRRSIG, Class: dns.ClassINET, Ttl: 3600},
			TypeCovered: uint16(k.typ), Algorithm: 13, Labels: uint8(cmp.Or(s.labels, dns.CountLabel(owner))), OrigTtl: 3600, KeyTag: 1,
			Inception: uint32(sig[0].Unix()), Expiration: uint32(sig[1].Unix()),
			SignerName: dnsname.MustParse(s.domain).FQDN(), Signature: "AAAA"})
	}
	for _, a := range s.auth[k] {
		rr, err := dns.NewRR(a)
		if err != nil {
			s.t.Fatal(err)
		}
		m.Ns = append(m.Ns, rr)
	}
	if edit := s.edits[k]; edit != nil && rcode != dns.RcodeServerFailure {
		edit(&m)
	}
	ede := s.ede[k]
	if len(ede) > 0 {
		opt := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT}}
		for _, code := range ede {
			opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: code})
		}
		m.Extra = append(m.Extra, opt)
	}
	wire, err := m.Pack()
	if err != nil {
		s.t.Fatal(err)
	}
	return wire, dnssec.AsResolverSays(rcode, m.AuthenticatedData, ede)
}

// report judges the scenario.
func (s *scenario) report() Report {
	s.t.Helper()
	f := s.factsNow()
	if t, ok := s.t.(*testing.T); ok && f.Done {
		for seed := range uint64(4) {
			steady(t, f, seed)
		}
	}
	r := Judge(f, scenarioNow)
	publishable(s.t, r)
	return r
}

// codes are those of the report's findings, sorted, each once.
func (s *scenario) codes() []Code {
	var all []Code
	for _, f := range s.report().Findings {
		all = append(all, f.Code)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sound is a domain that has everything and gets everything right: two hosts
// with DANE, MTA-STS in enforce, reports.
func sound(t testing.TB) *scenario {
	s := newScenario(t, "example.com")
	for i, host := range []string{"mx1.example.com", "mx2.example.com"} {
		v4, v6 := fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%d", i+1)
		s.mx(10*i, host).address(host, v4, v6)
		chain, trust := scenarioChain(t, certificate{names: []string{host}})
		s.tlsa(host, scenarioTLSA(t, chain[0], "3 1 1"), scenarioTLSA(t, chain[1], "2 1 1"))
		s.probe(host, spoken(v4, chain, trust), spoken(v6, chain, trust))
	}
	s.address("example.com", "192.0.2.80", "2001:db8::80").address("mta-sts.example.com", "192.0.2.80", "2001:db8::80")
	s.none("example.com", doh.TypeDS, doh.TypeDNSKEY).nxdomain("sealane-wildcard-check.example.com", doh.TypeMX)
	s.txt("_mta-sts.example.com", "v=STSv1; id=20260601").txt("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:tls@example.com")
	s.policy("version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 2592000\r\n")
	return s
}

// scenarioTLSA makes the record's text for a certificate.
func scenarioTLSA(t testing.TB, der []byte, parameters string) string {
	t.Helper()
	var usage, selector, matching uint8
	if _, err := fmt.Sscan(parameters, &usage, &selector, &matching); err != nil {
		t.Fatal(err)
	}
	record, err := dane.Derive(der, usage, selector, matching)
	if err != nil {
		t.Fatal(err)
	}
	return record.String()
}

const hex32 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func scenarioIP(s string) netip.Addr { return netip.MustParseAddr(s) }
