package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// toPublish is a zone with records of each type, and text that means something to
// who reads a zone file.
func toPublish() compose.Zone {
	z := compose.Zone{Origin: dnsname.MustParse("example.com")}
	add := func(prefix string, typ doh.Type, ttl uint32, data string) {
		z.Records = append(z.Records, compose.Record{Name: dnsname.MustParse(prefix + "example.com"), Type: typ, TTL: ttl, Data: data})
	}
	add("_mta-sts.", doh.TypeTXT, 3600, "v=STSv1; id=20260101;")
	add("_smtp._tls.", doh.TypeTXT, 300, "v=TLSRPTv1; rua=mailto:a@example.com,https://example.net/"+strings.Repeat("long/", 80))
	add("", doh.TypeTXT, 300, `it's "quoted" \ and \" $ORIGIN ( ; @`)
	add("", doh.TypeTXT, 300, strings.Repeat(`"\;`, 120))
	add("mta-sts.", doh.TypeA, 600, "192.0.2.1")
	add("mta-sts.", doh.TypeA, 600, "192.0.2.2")
	add("mta-sts.", doh.TypeAAAA, 600, "2001:db8::1")
	add("mta-sts.news.", doh.TypeCNAME, 60, "policy.host.example.")
	for _, usage := range []string{"2", "3"} {
		add("_25._tcp.mx.", doh.TypeTLSA, 3600, usage+" 1 1 "+strings.Repeat("0123456789abcdef", 4))
	}
	return z
}

// lines writes the records, in an order of their own.
func lines(records []compose.Record) (all []string) {
	for _, r := range records {
		all = append(all, fmt.Sprint(r.Name, " ", r.TTL, " ", r.Type, " ", r.Data))
	}
	slices.Sort(all)
	return all
}

// loaded reads what a tool made of a zone, but for what a zone has to have.
func loaded(t *testing.T, text string) []string {
	t.Helper()
	var all []compose.Record
	parser := dns.NewZoneParser(strings.NewReader(text), "", "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		h := rr.Header()
		r := compose.Record{Name: dnsname.MustParse(h.Name), Type: doh.Type(h.Rrtype), TTL: h.Ttl}
		switch rr := rr.(type) {
		case *dns.SOA, *dns.NS:
			continue
		case *dns.TXT:
			wire := make([]byte, 65536)
			end, err := dns.PackRR(rr, wire, 0, nil, false)
			if err != nil {
				t.Fatal(err)
			}
			for at := end - int(h.Rdlength); at < end; at += 1 + int(wire[at]) {
				r.Data += string(wire[at+1 : at+1+int(wire[at])])
			}
		default:
			r.Data = strings.TrimPrefix(rr.String(), h.String())
			if r.Type == doh.TypeTLSA {
				r.Data = strings.ToLower(r.Data) // digits, which BIND writes in capitals
			}
		}
		all = append(all, r)
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return lines(all)
}

const zoneHead = "example.com. 300 IN SOA ns.example.com. hostmaster.example.com. 1 3600 600 86400 300\nexample.com. 300 IN NS ns.host.example.\n"

// TestPublishedZoneFiles has other people's tools read the zone files.
func TestPublishedZoneFiles(t *testing.T) {
	end2end(t)
	need(t, "signers")
	dir, z := serverDir(t), toPublish()
	for _, id := range []string{"bind", "zone", "type52"} {
		form, _ := publish.DNSForm(id)
		file := filepath.Join(dir, id)
		write(t, file, 0o644, zoneHead+form.Write(z)[0].Text)
		for name, args := range map[string][]string{
			"named-checkzone": {"-q", "-i", "none", "-D", "-o", "-", "example.com", file},
			"ldns-read-zone":  {file},
		} {
			if got, want := loaded(t, must(t, sbin(t, name), args...)), lines(z.Records); !slices.Equal(got, want) {
				t.Errorf("%s of %s:\n%q\nwant\n%q", name, id, got, want)
			}
		}
	}
}

// TestPublishedUpdate has nsupdate send the update to a named, twice, and asks what is
// in its zone then. What text was there is gone.
func TestPublishedUpdate(t *testing.T) {
	end2end(t)
	need(t, "signers")
	dir, z := serverDir(t), toPublish()
	server := &nameServer{ip: loopbacks(t, 1)[0]}
	file := filepath.Join(dir, "zone")
	write(t, file, 0o644, zoneHead+"_mta-sts.example.com. 300 IN TXT \"v=STSv1; id=old;\"\n")
	fmt.Fprintf(&server.zones, "zone \"example.com\" { type primary; file %q; allow-update { 127.0.0.1; }; };\n", file)
	write(t, filepath.Join(dir, "named", "named.conf"), 0o644, "")
	server.startBIND(t, filepath.Join(dir, "named"))
	form, _ := publish.DNSForm("nsupdate")
	for range 2 {
		if r := runWith(t, "server "+server.ip+"\n"+form.Write(z)[0].Text, "nsupdate"); r.code != 0 || r.err != "" {
			t.Fatalf("nsupdate: exit %d\n%s%s", r.code, r.out, r.err)
		}
		got, want := loaded(t, must(t, "dig", "@"+server.ip, "+onesoa", "+noall", "+answer", "AXFR", "example.com")), lines(z.Records)
		if !slices.Equal(got, want) {
			t.Fatalf("the zone has\n%q\nwant\n%q", got, want)
		}
	}
}
