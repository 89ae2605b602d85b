package compose_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// cases is how many drafts TestMadeIsJudgedWell makes up.
var cases = flag.Int("cases", 2000, "drafts to make up and judge")

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// TestMadeIsJudgedWell: what is made of any draft without a fault parses back to
// what was wanted, and a domain that publishes it has no error.
func TestMadeIsJudgedWell(t *testing.T) {
	judged := 0
	for seed := range *cases {
		r := rand.New(rand.NewPCG(uint64(seed), 8461))
		d := randomDraft(r)
		want, faults := d.Read(noUnicode)
		if len(faults) > 0 {
			t.Fatalf("seed %d: %v: %+v", seed, d, faults)
		}
		made := compose.Make(want)
		if back := parsed(t, made); !reflect.DeepEqual(back, wanted(want)) {
			t.Fatalf("seed %d: made %+v\nread %+v\nof   %+v", seed, made, back, wanted(want))
		}
		report := check.Judge(published(t, want, made), now)
		if report.Record.Valid != (want.Mode != mtasts.ModeUnknown) || report.TLSRPT.Valid != (len(want.RUA) > 0) {
			t.Fatalf("seed %d: record valid %v, reporting valid %v\n%v", seed, report.Record.Valid, report.TLSRPT.Valid, lines(made))
		}
		for _, f := range report.Findings {
			if f.Level == check.Error {
				t.Fatalf("seed %d: %s about %s %v\n%v", seed, f.Code, f.Subject, f.Args, lines(made))
			}
		}
		judged++
	}
	t.Logf("%d drafts made, parsed back and judged without an error", judged)
}

// one picks one of several.
func one[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

func label(r *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	n := one(r, 1, 2, 5, 8, 20, 63)
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
		if i > 0 && i < n-1 && r.IntN(9) == 0 {
			b[i] = '-'
		}
	}
	if b[0] >= '0' && b[0] <= '9' {
		b[0] = 'n'
	}
	return strings.ReplaceAll(string(b), "--", "-a")
}

// randomDraft makes up a form without a fault, as people write.
func randomDraft(r *rand.Rand) compose.Draft {
	var d compose.Draft
	domain := label(r) + ".example"
	if r.IntN(3) == 0 {
		domain = label(r) + "." + domain
	}
	d[compose.FieldDomain] = one(r, domain, strings.ToUpper(domain), "postmaster@"+domain, domain+".")
	var mx, hosts []string
	for range 1 + r.IntN(one(r, 1, 3, 40)) {
		host := label(r) + "." + one(r, domain, "mail."+domain, "provider.example", label(r)+".example")
		hosts = append(hosts, host)
		mx = append(mx, one(r, host, strings.ToUpper(host), host+".", "*."+host))
	}
	separator := one(r, "\n", ", ", " ", ";", "\r\n")
	switch r.IntN(5) {
	case 0: // no policy
	case 1:
		d[compose.FieldHostedRecord], d[compose.FieldHostedPolicy] = "_mta-sts.host.example", "mta-sts.host.example."
	default:
		d[compose.FieldMode] = one(r, "testing", "enforce", "none")
		d[compose.FieldMX] = strings.Join(mx, separator)
		d[compose.FieldMaxAge] = one(r, "", "86400", "604800", "7d", "52w", "31557600", fmt.Sprint(86400+r.IntN(31557600-86400)))
		d[compose.FieldWeb] = one(r, "", "web.example.net", "192.0.2.1", "192.0.2.1 2001:db8::1")
	}
	switch r.IntN(4) {
	case 0:
		d[compose.FieldHostedReport] = domain + ".reports.example"
	case 1:
	default:
		var rua []string
		for range 1 + r.IntN(3) {
			local := label(r) + one(r, "", "+tls", "!x", "%y", "&z", "/q", "'a")
			rua = append(rua, one(r, local+"@reports.example.net", "mailto:"+label(r)+"@"+domain, "https://reports.example.net/"+label(r)+"?a=b"))
		}
		d[compose.FieldRUA] = strings.Join(rua, one(r, "\n", " ", ", "))
	}
	if r.IntN(3) == 0 {
		d[compose.FieldBelow] = label(r) + "." + domain
	}
	if r.IntN(2) == 0 {
		var tlsa []string
		for _, host := range hosts[:1+r.IntN(min(len(hosts), 4))] {
			host += one(r, "", "", "", " _dane."+host, " _dane."+domain)
			for range 1 + r.IntN(2) {
				data := make([]byte, 32)
				for i := range data {
					data[i] = byte(r.Uint32())
				}
				tlsa = append(tlsa, fmt.Sprintf("%s %d 1 1 %x", host, one(r, 2, 3), data))
			}
		}
		d[compose.FieldTLSA] = strings.Join(tlsa, "\n")
	}
	d[compose.FieldTTL] = one(r, "", "300", "1h", "2d")
	return d
}

// content is what parsers read in what was made, and what was wanted.
type content struct {
	policies map[string]mtasts.Policy // by the host that serves them
	ids      map[string]string        // by owner
	reports  map[string][]string
	tlsa     map[string][]string
	aliases  map[string]string
	web      []string
}

func newContent() content {
	return content{map[string]mtasts.Policy{}, map[string]string{}, map[string][]string{}, map[string][]string{}, map[string]string{}, nil}
}

// parsed reads what was made with the parsers that senders are held to.
func parsed(t *testing.T, made compose.Made) content {
	t.Helper()
	c := newContent()
	for _, f := range made.Files {
		p, diagnostics := mtasts.ParsePolicy([]byte(f.Text))
		if !syntax.Valid(diagnostics) || p.String() != f.Text {
			t.Fatalf("%q: %+v", f.Text, diagnostics)
		}
		c.policies[f.Host.String()] = p
	}
	for _, r := range made.Records {
		owner := r.Name.String()
		switch {
		case r.Type == doh.TypeTXT && strings.HasPrefix(r.Data, "v=STSv1"):
			record, diagnostics := mtasts.ParseRecord(r.Data)
			if len(diagnostics) > 0 {
				t.Fatalf("%q: %+v", r.Data, diagnostics)
			}
			c.ids[owner] = record.ID
		case r.Type == doh.TypeTXT:
			record, diagnostics := tlsrpt.ParseRecord(r.Data)
			if len(diagnostics) > 0 {
				t.Fatalf("%q: %+v", r.Data, diagnostics)
			}
			c.reports[owner] = record.RUA
		case r.Type == doh.TypeTLSA:
			record, err := dane.ParseText(r.Data)
			if err != nil || record.Unusable() != "" {
				t.Fatalf("%q: %v", r.Data, err)
			}
			c.tlsa[owner] = append(c.tlsa[owner], record.String())
		case r.Type == doh.TypeCNAME && !strings.HasPrefix(r.Data, "web."):
			c.aliases[owner] = r.Data
		default:
			c.web = append(c.web, owner+" "+r.Data)
		}
	}
	return c
}

// wanted is the same by the wish.
func wanted(w compose.Want) content {
	c := newContent()
	report := func(d string, company string) {
		switch {
		case !w.Hosted.Reports.IsZero():
			c.aliases["_smtp._tls."+d] = company
		case len(w.RUA) > 0:
			c.reports["_smtp._tls."+d] = w.RUA
		}
	}
	for _, name := range append([]dnsname.Name{w.Domain}, w.Below...) {
		d := name.String()
		switch {
		case !w.Hosted.IsZero():
			c.aliases["_mta-sts."+d], c.aliases["mta-sts."+d] = w.Hosted.Record.FQDN(), w.Hosted.Policy.FQDN()
		case w.Mode != mtasts.ModeUnknown:
			p := mtasts.Policy{Mode: w.Mode, MaxAge: w.MaxAge}
			if w.Mode != mtasts.ModeNone {
				p.MX = w.MX
			}
			c.policies["mta-sts."+d], c.ids["_mta-sts."+d] = p, compose.ID(p)
			if !w.Web.Name.IsZero() {
				c.web = append(c.web, "mta-sts."+d+" "+w.Web.Name.FQDN())
			}
			for _, a := range w.Web.Addresses {
				c.web = append(c.web, "mta-sts."+d+" "+a.String())
			}
		}
		// the company's alias for the domain bears its name (randomDraft)
		report(d, strings.Replace(w.Hosted.Reports.FQDN(), w.Domain.String(), d, 1))
	}
	for _, t := range w.TLSA {
		if host := t.Host; host != w.Domain && !slices.Contains(w.Below, host) {
			report(host.String(), w.Hosted.Reports.FQDN())
		}
		for _, r := range t.Records {
			owner := "_25._tcp." + t.Host.String()
			if !t.Alias.IsZero() {
				owner = t.Alias.String()
			}
			c.tlsa[owner] = append(c.tlsa[owner], r.String())
		}
	}
	return c
}

// published is what a check sees of a domain that has published what was made:
// secure answers, the policy as its host serves it, and mail hosts that the policy
// names, whose servers nobody has looked at.
func published(t *testing.T, w compose.Want, made compose.Made) check.Facts {
	f := check.Facts{Version: check.FactsVersion, Domain: w.Domain, Trusted: dnsname.Root, At: now, Done: true}
	sets := map[string][]string{}
	add := func(name, typ, data string) {
		key := name + " " + typ
		sets[key] = append(sets[key], data)
	}
	d := w.Domain.String()
	hosts := map[string]bool{}
	for _, p := range w.MX {
		host := p.Name.String()
		if p.Wildcard {
			host = "a." + host
		}
		hosts[host] = true
	}
	for _, tlsa := range w.TLSA {
		if len(w.MX) == 0 || slices.ContainsFunc(w.MX, func(p mtasts.Pattern) bool { return p.Matches(tlsa.Host) }) {
			hosts[tlsa.Host.String()] = true
		}
	}
	if len(hosts) == 0 {
		hosts["mx."+d] = true
	}
	for host := range hosts {
		add(d, "MX", "10 "+host+".")
		add(host, "A", "198.51.100.25")
		sets[host+" AAAA"] = nil
		sets["_25._tcp."+host+" TLSA"] = nil
	}
	for _, r := range made.Records {
		data := r.Data
		if r.Type == doh.TypeTXT {
			data = fmt.Sprintf("%q", data)
			if len(r.Data) > 255 {
				data = fmt.Sprintf("%q %q", r.Data[:255], r.Data[255:])
			}
		}
		switch {
		case r.Type == doh.TypeCNAME: // of a hosted policy nothing more is known
		case r.Type == doh.TypeTLSA: // found by an alias where one stands
			for _, t := range w.TLSA {
				if host := t.Host.String(); t.Owner() == r.Name && hosts[host] {
					add("_25._tcp."+host, "TLSA", data)
				}
			}
		default:
			add(r.Name.String(), r.Type.String(), data)
		}
	}
	add(".", "SOA", "a. b. 1 1 1 1 1")
	for key, data := range sets {
		name, typ, _ := strings.Cut(key, " ")
		f.Lookups = append(f.Lookups, lookup(t, name, dns.StringToType[typ], data))
	}
	slices.SortFunc(f.Lookups, func(a, b check.Lookup) int {
		return strings.Compare(a.Name.String()+" "+a.Type.String(), b.Name.String()+" "+b.Type.String())
	})
	for _, file := range made.Files {
		if file.Host == w.Domain.Child("mta-sts") {
			f.Policy = &check.Fetched{Policy: probe.Policy{URL: file.URL(), Address: netip.MustParseAddr("192.0.2.1"), Status: 200,
				ContentType: []string{"text/plain"}, Body: []byte(file.Text)}}
		}
	}
	return f
}

func lookup(t *testing.T, name string, typ uint16, data []string) check.Lookup {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), typ)
	m.Response, m.AuthenticatedData = true, true
	for _, text := range data {
		rr, err := dns.NewRR(dns.Fqdn(name) + " 3600 IN " + dns.TypeToString[typ] + " " + text)
		if err != nil {
			t.Fatalf("%s %s: %v", name, text, err)
		}
		m.Answer = append(m.Answer, rr)
	}
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return check.Lookup{Name: dnsname.MustParse(name), Type: doh.Type(typ), Wire: wire, Verdict: dnssec.Verdict{Status: dnssec.Secure, Source: dnssec.Validated}}
}
