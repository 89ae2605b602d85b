package plan_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
)

// start is when every plan is made.
var start = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func name(s string) dnsname.Name { return dnsname.MustParse(s) }

// world is a mail domain as it is: what is published, served and shown.
type world struct {
	t      testing.TB
	domain dnsname.Name
	secure bool // its zone and its mail servers'
	// records have their real TTL; a resolver has had them for age seconds, so that
	// it tells less where no signature says what was signed.
	records []compose.Record
	age     uint32
	file    string // the policy, "" for none
	chains  map[dnsname.Name][][]byte
	servers bool // the zone's name servers were asked, too
}

func newWorld(t testing.TB) *world {
	return &world{t: t, domain: name("example.com"), secure: true, servers: true, chains: map[dnsname.Name][][]byte{}}
}

// add publishes a record.
func (w *world) add(owner string, typ doh.Type, ttl uint32, data string) *world {
	w.records = append(w.records, compose.Record{Name: name(owner), Type: typ, TTL: ttl, Data: data})
	return w
}

// drop takes the records of a name away.
func (w *world) drop(owner string) *world {
	w.records = slices.DeleteFunc(w.records, func(r compose.Record) bool { return r.Name == name(owner) })
	return w
}

// server adds a mail server with a certificate for its name.
func (w *world) server(preference int, host string, ttl uint32, chain [][]byte) *world {
	w.chains[name(host)] = chain
	return w.add("example.com", doh.TypeMX, ttl, strconv.Itoa(preference)+" "+host+".")
}

// policy serves a policy, under a record that isn't one of ours.
func (w *world) policy(ttl uint32, p mtasts.Policy) *world {
	w.file = p.String()
	w.add("mta-sts.example.com", doh.TypeA, ttl, "192.0.2.80")
	return w.add("_mta-sts.example.com", doh.TypeTXT, ttl, "v=STSv1; id=20260101T000000;")
}

// tlsa publishes a record of a mail server.
func (w *world) tlsa(host string, ttl uint32, r dane.TLSA) *world {
	return w.add("_25._tcp."+host, doh.TypeTLSA, ttl, r.String())
}

// do does what a step says.
func (w *world) do(s plan.Step) {
	for _, f := range s.Files {
		if f.Host == w.domain.Child("mta-sts") {
			w.file = f.Text
		}
	}
	w.records = append(w.records, s.Publish...)
	w.records = slices.DeleteFunc(w.records, func(r compose.Record) bool {
		return slices.ContainsFunc(s.Remove, func(o compose.Record) bool { return o.Name == r.Name && o.Type == r.Type && o.Data == r.Data })
	})
	if len(s.Gone) > 0 {
		w.file = ""
	}
}

// asked are the lookups that a check makes of the domain.
func (w *world) asked() (all []check.Lookup) {
	ask := func(n dnsname.Name, types ...doh.Type) {
		for _, typ := range types {
			if !slices.ContainsFunc(all, func(l check.Lookup) bool { return l.Name == n && l.Type == typ }) {
				all = append(all, check.Lookup{Name: n, Type: typ})
			}
		}
	}
	ask(dnsname.Root, doh.TypeSOA)
	ask(w.domain, doh.TypeMX, doh.TypeA, doh.TypeAAAA)
	ask(w.domain.Child("_mta-sts"), doh.TypeTXT)
	ask(w.domain.Child("_smtp._tls"), doh.TypeTXT)
	ask(w.domain.Child("mta-sts"), doh.TypeA, doh.TypeAAAA)
	for _, h := range w.hosts() {
		ask(h, doh.TypeA, doh.TypeAAAA)
		ask(h.Child("_25._tcp"), doh.TypeTLSA)
		ask(h.Child("_smtp._tls"), doh.TypeTXT)
	}
	return all
}

// hosts are the mail servers.
func (w *world) hosts() []dnsname.Name {
	var all []dnsname.Name
	for _, r := range w.records {
		if r.Type == doh.TypeMX && r.Name == w.domain {
			_, host, _ := strings.Cut(r.Data, " ")
			all = append(all, name(host))
		}
	}
	if len(all) == 0 && len(w.chains) > 0 {
		all = append(all, w.domain) // RFC 5321 §5.1
	}
	return all
}

// report is what a check tells of the world.
func (w *world) report() check.Report {
	w.t.Helper()
	return check.Judge(w.facts(), start)
}

// facts are what a check learns of the world.
func (w *world) facts() check.Facts {
	w.t.Helper()
	f := check.Facts{Version: check.FactsVersion, Domain: w.domain, Trusted: dnsname.Root, Done: true, At: start}
	for _, l := range w.asked() {
		l.Wire = w.answer(l.Name, l.Type, false)
		l.Verdict = dnssec.Verdict{Status: dnssec.Insecure, Source: dnssec.Validated}
		if w.secure || l.Name == dnsname.Root {
			l.Verdict.Status = dnssec.Secure
		}
		f.Lookups = append(f.Lookups, l)
	}
	f.Policy = &check.Fetched{Policy: w.fetch()}
	for _, h := range w.hosts() {
		f.Hosts = append(f.Hosts, check.Probed{Host: h, STARTTLS: probe.STARTTLS{Host: h, Addresses: w.probe(h)}})
	}
	slices.SortFunc(f.Hosts, func(a, b check.Probed) int { return strings.Compare(a.Host.String(), b.Host.String()) })
	if w.servers {
		f.Authorities = []check.Authority{w.authority()}
	}
	return f
}

// authority is what the one name server of the zone says.
func (w *world) authority() check.Authority {
	s := probe.Nameserver{Host: name("ns.example.com"), IP: netip.MustParseAddr("192.0.2.53")}
	for _, l := range w.asked() {
		if l.Name.Within(w.domain) && len(s.Answers) < probe.MaxQuestions {
			s.Answers = append(s.Answers, probe.DirectAnswer{Question: probe.Question{Name: l.Name, Type: uint16(l.Type)}, Wire: w.answer(l.Name, l.Type, true)})
		}
	}
	return check.Authority{Zone: w.domain, Nameservers: probe.Nameservers{Zone: w.domain, Servers: []probe.Nameserver{s}}}
}

// answer is a response, the resolver's or the authoritative one.
func (w *world) answer(n dnsname.Name, typ doh.Type, authoritative bool) []byte {
	w.t.Helper()
	m := new(dns.Msg).SetQuestion(n.FQDN(), uint16(typ))
	m.Response, m.Authoritative, m.AuthenticatedData = true, authoritative, w.secure && !authoritative
	owner, ttl := n, uint32(0)
	for range 3 { // an alias or two
		for _, r := range w.all() {
			if r.Name != owner || r.Type != typ && r.Type != doh.TypeCNAME {
				continue
			}
			left := r.TTL
			if !authoritative {
				left -= min(w.age, left)
			}
			m.Answer = append(m.Answer, w.rr(r, left))
			ttl = max(ttl, r.TTL)
			if r.Type == doh.TypeCNAME {
				owner = name(r.Data)
			}
		}
		if owner == n || len(m.Answer) > 1 {
			break
		}
	}
	if len(m.Answer) > 0 && w.secure {
		m.Answer = append(m.Answer, &dns.RRSIG{
			Hdr:         dns.RR_Header{Name: n.FQDN(), Rrtype: dns.TypeRRSIG, Class: dns.ClassINET, Ttl: 60},
			TypeCovered: uint16(typ), Algorithm: 13, Labels: uint8(len(n.Labels())), OrigTtl: ttl, KeyTag: 1, SignerName: w.domain.FQDN(), Signature: "AAAA",
			Inception: uint32(start.AddDate(0, 0, -3).Unix()), Expiration: uint32(start.AddDate(0, 0, 11).Unix())})
	}
	wire, err := m.Pack()
	if err != nil {
		w.t.Fatal(err)
	}
	return wire
}

// all are the records with those that are of no interest here.
func (w *world) all() []compose.Record {
	all := append(slices.Clone(w.records), compose.Record{Name: dnsname.Root, Type: doh.TypeSOA, Data: "a. b. 1 1 1 1 1"})
	for h := range w.chains {
		all = append(all, compose.Record{Name: h, Type: doh.TypeA, TTL: 3600, Data: "192.0.2.25"})
	}
	return all
}

func (w *world) rr(r compose.Record, ttl uint32) dns.RR {
	w.t.Helper()
	data := r.Data
	if r.Type == doh.TypeTXT {
		data = strconv.Quote(data)
	}
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", r.Name.FQDN(), ttl, r.Type, data))
	if err != nil {
		w.t.Fatal(err)
	}
	return rr
}

// fetch is what the policy host answers, where there is one.
func (w *world) fetch() probe.Policy {
	host := w.domain.Child("mta-sts")
	p := probe.Policy{URL: "https://" + host.String() + compose.PolicyPath, Address: netip.MustParseAddr("192.0.2.80")}
	if !slices.ContainsFunc(w.records, func(r compose.Record) bool { return r.Name == host }) {
		p.Failure = &probe.Failure{Class: probe.DNSNotFound}
		return p
	}
	p.TLS = &probe.TLS{Version: 0x0304, Cipher: 0x1301, Chain: certificate(w.t, start.AddDate(1, 0, 0), host.String()), Trust: trust}
	p.Status, p.ContentType, p.Body = 200, []string{"text/plain"}, []byte(w.file)
	if w.file == "" {
		p.Status = 404
	}
	return p
}

var trust = probe.Trust{Now: probe.Trusted, IgnoringDates: probe.Trusted}

// probe is what a mail server answers; one without a chain doesn't.
func (w *world) probe(host dnsname.Name) []probe.Address {
	a := probe.Address{IP: netip.MustParseAddr("192.0.2.25"), Stage: probe.StageConnect, Failure: &probe.Failure{Class: probe.ConnectTimeout}}
	if chain := w.chains[host]; chain != nil {
		a.Stage, a.Failure = probe.StageDone, nil
		a.Banner, a.StartTLS = probe.Reply{Code: 220, Lines: []string{"mail ESMTP"}}, probe.Reply{Code: 220, Lines: []string{"go ahead"}}
		a.EHLO, a.EHLOTLS = probe.Reply{Code: 250, Lines: []string{"mail", "STARTTLS"}}, probe.Reply{Code: 250, Lines: []string{"mail"}}
		a.TLS = &probe.TLS{Version: 0x0304, Cipher: 0x1301, Group: 0x11ec, Chain: chain, Trust: trust}
	}
	return []probe.Address{a}
}

// certificate makes a chain: a server's certificate and its issuer's.
func certificate(t testing.TB, until time.Time, names ...string) [][]byte {
	t.Helper()
	keys := [2]*ecdsa.PrivateKey{}
	for i := range keys {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = k
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: start.AddDate(-5, 0, 0), NotAfter: start.AddDate(5, 0, 0)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: names, NotBefore: start.AddDate(0, 0, -20), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	var chain [][]byte
	for _, c := range []struct {
		template *x509.Certificate
		key      *ecdsa.PrivateKey
	}{{leaf, keys[0]}, {ca, keys[1]}} {
		der, err := x509.CreateCertificate(rand.Reader, c.template, ca, &c.key.PublicKey, keys[1])
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, der)
	}
	return chain
}

// of makes the record of a chain: of the server's certificate, or of its issuer's.
func of(t testing.TB, chain [][]byte, usage, selector, matching uint8) dane.TLSA {
	t.Helper()
	der := chain[0]
	if usage == dane.DANETA {
		der = chain[1]
	}
	r, err := dane.Derive(der, usage, selector, matching)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// want is what is wanted for example.com with some mail servers.
func want(patterns ...string) compose.Want {
	w := compose.Want{Domain: name("example.com"), Zone: name("example.com"), Mode: mtasts.ModeEnforce, MaxAge: 604800, TTL: 3600,
		RUA: []string{"mailto:tls@example.net"}, Web: compose.Web{Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.80")}}}
	for _, text := range patterns {
		p, kind := mtasts.ParsePattern(text)
		if kind != "" {
			panic(text)
		}
		w.MX = append(w.MX, p)
	}
	return w
}

// enforced is a policy.
func enforced(age uint32, patterns ...string) mtasts.Policy {
	return mtasts.Policy{Mode: mtasts.ModeEnforce, MaxAge: age, MX: want(patterns...).MX}
}
