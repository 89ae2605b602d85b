package e2e

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// faultKind is a way in which a domain is set up, and the verdict that is right for
// it: findings as "level code", and what each sender does.
type faultKind struct {
	label, origin string
	mode          string // of its policy
	hosts         int    // mail hosts, each with an address of its own
	tls           bool   // they offer STARTTLS
	tlsa          string // "own", "other" or "": whose key its TLSA records name
	right         []string
}

// faultDomain is a domain of one kind.
type faultDomain struct {
	*faultKind
	name   dnsname.Name
	mx     []string // addresses
	policy string   // the address of its policy host
	last   time.Time
}

// policyText is what its policy host serves.
func (d *faultDomain) policyText() string {
	text := "version: STSv1\r\nmode: " + d.mode + "\r\n"
	for i := range d.mx {
		text += "mx: " + d.host(i) + "\r\n"
	}
	return text + "max_age: 1209600\r\n"
}

// host is the name of a mail host, by its number.
func (d *faultDomain) host(i int) string { return fmt.Sprintf("mx%d.%s", i+1, d.name) }

// faultWorld is a small internet in the test's process.
type faultWorld struct {
	smtp, https   int
	zones         zone.Internet
	lines         map[string][]string // of zones being made
	anchors       []dnssec.Anchor
	anchor, roots string // files
	resolver      *dnsServer
	names         []*dnsServer
	targets       []*target
	domains       []*faultDomain
}

// args are the flags that show it to a server.
func (w *faultWorld) args() []string {
	return []string{"-resolver", w.resolver.addr, "-anchor", w.anchor, "-roots", w.roots,
		"-smtp-port", fmt.Sprint(w.smtp), "-https-port", fmt.Sprint(w.https), "-allow-private"}
}

// openZone is the one that isn't signed.
const openZone = "open.example."

// startFaultWorld makes so many domains of each kind, and all servers.
func startFaultWorld(t *testing.T, kinds []*faultKind, each int) *faultWorld {
	t.Helper()
	dir := serverDir(t)
	ca := newAuthority(t, dir)
	w := &faultWorld{roots: ca.File, anchor: filepath.Join(dir, "anchor"), zones: zone.Internet{}, lines: map[string][]string{}}
	net := fmt.Sprintf("127.%d.%d", 130+rand.IntN(60), rand.IntN(200))
	w.smtp, w.https = freePort(t, net+".1"), freePort(t, net+".1")
	address := 0
	next := func() string {
		address++
		return fmt.Sprintf("127.%s.%d.%d", strings.Split(net, ".")[1], 200+address/250, 1+address%250)
	}
	other := ca.issue(t, dir, "other", "other.example")
	for i := range each {
		for _, k := range kinds {
			d := &faultDomain{faultKind: k, name: dnsname.MustParse(fmt.Sprintf("%s%d.%s", k.label, i, k.origin)), policy: next()}
			for range k.hosts {
				d.mx = append(d.mx, next())
			}
			w.domains = append(w.domains, d)
			w.add(t, d, ca, dir, other.tlsa())
		}
	}
	ips := loopbacks(t, 2)
	w.sign(t, ips)
	for _, ip := range ips {
		w.names = append(w.names, &dnsServer{what: "names " + ip, addr: ip + ":53", answer: w.authoritative})
	}
	w.resolver = &dnsServer{what: "resolver", addr: fmt.Sprintf("%s:%d", ips[0], freePort(t, ips[0])), answer: w.resolve}
	for _, s := range append(w.names, w.resolver) {
		if err := s.listen(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.close)
	}
	for _, s := range w.targets {
		if err := s.listen(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.on.Close() })
	}
	return w
}

// add puts a domain's records into its zone, and makes its servers.
func (w *faultWorld) add(t *testing.T, d *faultDomain, ca *authority, dir, otherKey string) {
	t.Helper()
	name := d.name.String()
	names := []string{"mta-sts." + name}
	for i := range d.mx {
		names = append(names, d.host(i))
	}
	own := ca.issue(t, dir, name, names...)
	pair, err := tls.LoadX509KeyPair(own.Chain, own.Key)
	if err != nil {
		t.Fatal(err)
	}
	add := func(format string, args ...any) {
		w.lines[d.origin] = append(w.lines[d.origin], fmt.Sprintf(format, args...))
	}
	add(`_mta-sts.%s. TXT "v=STSv1; id=20261122;"`, name)
	add(`_smtp._tls.%s. TXT "v=TLSRPTv1; rua=mailto:tls@%s"`, name, name)
	add("mta-sts.%s. A %s", name, d.policy)
	for i, ip := range d.mx {
		host := &mailHost{name: d.host(i)}
		if d.tls {
			host.certificate = &pair
		}
		add("%s. MX %d %s.", name, 10*(i+1), host.name)
		add("%s. A %s", host.name, ip)
		if data := map[string]string{"own": own.tlsa(), "other": otherKey}[d.tlsa]; data != "" {
			add("_25._tcp.%s. TLSA %s", host.name, data)
		}
		w.target("mail "+ip, fmt.Sprintf("%s:%d", ip, w.smtp), host.serve)
	}
	text := d.policyText()
	w.target("policy "+d.policy, fmt.Sprintf("%s:%d", d.policy, w.https), func(conn net.Conn) { servePolicy(conn, &pair, text) })
}

func (w *faultWorld) target(what, addr string, serve func(net.Conn)) {
	w.targets = append(w.targets, &target{what: what, addr: addr, serve: serve, open: map[*faulty]bool{}})
}

// servePolicy answers one request as a policy host (RFC 8461 §3.3).
func servePolicy(conn net.Conn, certificate *tls.Certificate, text string) {
	secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*certificate}, NextProtos: []string{"http/1.1"}})
	defer func() { _ = secure.Close() }()
	request, err := http.ReadRequest(bufio.NewReader(secure))
	if err != nil {
		return
	}
	status := "200 OK"
	if request.URL.Path != "/.well-known/mta-sts.txt" {
		status, text = "404 Not Found", ""
	}
	_, _ = io.WriteString(secure, fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		status, len(text), text)) // who doesn't get it has gone
}

// sign makes the zones: the root and example are signed, and openZone isn't.
func (w *faultWorld) sign(t *testing.T, ips []string) {
	t.Helper()
	var below *zone.Key
	for _, origin := range []string{openZone, "example.", "."} {
		z := zone.New(dnsname.MustParse(origin))
		lines := append(w.lines[strings.TrimSuffix(origin, ".")], "@ 300 SOA ns1.example. hostmaster.example. 1 3600 600 86400 300",
			"@ 300 NS ns1.example.", "@ 300 NS ns2.example.")
		switch origin {
		case "example.":
			lines = append(lines, "ns1 A "+ips[0], "ns2 A "+ips[1], "open NS ns1.example.", "open NS ns2.example.")
		case ".":
			lines = append(lines, "example. NS ns1.example.", "example. NS ns2.example.",
				"ns1.example. A "+ips[0], "ns2.example. A "+ips[1], below.DS().String())
		}
		if err := z.Add(lines...); err != nil {
			t.Fatal(err)
		}
		w.zones[origin] = z
		if origin == openZone {
			continue
		}
		key, err := zone.GenerateKey(z.Origin(), rand.NewChaCha8(sha256.Sum256([]byte(origin))))
		if err == nil {
			err = z.Sign(key, hours(-1), hours(48))
		}
		if err != nil {
			t.Fatal(err)
		}
		below = key
	}
	record := below.DS().String()
	w.anchors = []dnssec.Anchor{{Zone: dnsname.Root, Record: record}}
	write(t, w.anchor, 0o644, record+"\n")
}

// resolve answers as a resolver that validates.
func (w *faultWorld) resolve(query *dns.Msg) *dns.Msg {
	m := w.zones.Resolve(query)
	if opt := query.IsEdns0(); opt != nil && opt.Do() && len(query.Question) == 1 {
		m.AuthenticatedData = !dns.IsSubDomain(openZone, query.Question[0].Name)
	}
	return m
}

// authoritative answers as a name server of all zones.
func (w *faultWorld) authoritative(query *dns.Msg) *dns.Msg {
	if len(query.Question) == 1 {
		if z := w.zones.ZoneOf(dns.CanonicalName(query.Question[0].Name), query.Question[0].Qtype); z != nil {
			return z.Answer(query)
		}
	}
	return new(dns.Msg).SetRcode(query, dns.RcodeRefused)
}
