package publish_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// hostile are pieces of text that end or begin something in one of the forms.
var hostile = []string{
	`"`, `\`, `'`, "`", "${", "%{", "$${", "%%{", "$(", "$HOME", ";", `\;`, `;;`, `" "`, `" " "`, `\"`, `\\`, `""`, `''`,
	"^", ",", "|", "||", "=@", "@", "-", "--", "=", " ", "  ", "#", ": ", "- ", "{", "}", "(", ")", "<", ">", "&", "!", "*", "?", "~", `\n`, `\u0024`, `\010`, `\092`,
}

// someText gives 1 to 700 printable ASCII characters.
func someText(r *rand.Rand) string {
	length := 1 + r.IntN(700)
	if r.IntN(3) == 0 {
		length = 1 + r.IntN(6)
	}
	var out strings.Builder
	for out.Len() < length {
		if r.IntN(2) == 0 {
			out.WriteString(hostile[r.IntN(len(hostile))])
		} else {
			out.WriteByte(byte(' ' + r.IntN('~'-' '+1)))
		}
	}
	return out.String()[:length]
}

func someData(r *rand.Rand, typ doh.Type) string {
	octets := func(n int) []byte {
		all := make([]byte, n)
		for i := range all {
			all[i] = byte(r.Uint32())
		}
		return all
	}
	switch typ {
	case doh.TypeA:
		return netip.AddrFrom4([4]byte(octets(4))).String()
	case doh.TypeAAAA:
		return netip.AddrFrom16([16]byte(append([]byte{0x20, 1}, octets(14)...))).String()
	case doh.TypeCNAME:
		return [...]string{"mta-sts.host.example.", "_mta-sts.example.com.", "a.b.c.example.net."}[r.IntN(3)]
	case doh.TypeTLSA:
		lengths := [...]int{1 + r.IntN(900), 32, 64}
		matching := r.IntN(len(lengths))
		return dane.TLSA{Usage: byte(r.IntN(4)), Selector: byte(r.IntN(2)), Matching: byte(matching), Data: octets(lengths[matching])}.String()
	}
	return someText(r)
}

// someZone gives a zone with sets of up to three records, in any order.
func someZone(r *rand.Rand) compose.Zone {
	owners := []string{"", "_mta-sts.", "mta-sts.", "_smtp._tls.", "_25._tcp.mx1.", "_25._tcp.mx10.", "_25._tcp.mx9.", "a.b.", "a_b.", "9.", "10.", "a.b_2."}
	kinds := []doh.Type{doh.TypeTXT, doh.TypeTXT, doh.TypeTLSA, doh.TypeCNAME, doh.TypeA, doh.TypeAAAA}
	origin := [...]string{"example.com", "4u.example", "xn--bcher-kva.example", "a-b.co.uk"}[r.IntN(4)]
	z := compose.Zone{Origin: dnsname.MustParse(origin)}
	for range 1 + r.IntN(8) {
		name, typ, ttl := dnsname.MustParse(owners[r.IntN(len(owners))]+origin), kinds[r.IntN(len(kinds))], 30+r.Uint32N(30*86400-29)
		if slices.ContainsFunc(z.Records, func(r compose.Record) bool { return r.Name == name && r.Type == typ }) {
			continue
		}
		for range 1 + r.IntN(3) {
			record := compose.Record{Name: name, Type: typ, TTL: ttl, Data: someData(r, typ)}
			if !slices.Contains(z.Records, record) && (typ != doh.TypeCNAME || len(z.Records) == 0 || z.Records[len(z.Records)-1].Name != name) {
				z.Records = append(z.Records, record)
			}
		}
	}
	r.Shuffle(len(z.Records), func(i, j int) { z.Records[i], z.Records[j] = z.Records[j], z.Records[i] })
	return z
}

func someZones() []compose.Zone {
	r := rand.New(rand.NewPCG(52, 3597))
	var all []compose.Zone
	for range 80 {
		all = append(all, someZone(r))
	}
	return all
}

// sorted gives records in an order of their own: a set has none.
func sorted(records []compose.Record) []compose.Record {
	return slices.SortedFunc(slices.Values(records), func(a, b compose.Record) int {
		return strings.Compare(a.Name.String()+" "+a.Type.String()+" "+a.Data, b.Name.String()+" "+b.Type.String()+" "+b.Data)
	})
}

// holdable is what a form can hold of records.
func holdable(f publish.DNS, records []compose.Record) []compose.Record {
	var all []compose.Record
	for _, r := range records {
		if strings.HasSuffix(f.ID, "cloudflare") {
			r.TTL = min(max(r.TTL, 60), 86400)
		}
		if !slices.Contains(f.Lacks, r.Type) {
			all = append(all, r)
		}
	}
	return sorted(all)
}

// reader reads the files of many zones back. It knows of a form what the product's
// documentation says, and nothing of how this package writes it.
type reader func(t *testing.T, zones []compose.Zone, files [][]publish.File) [][]compose.Record

// each is a reader of one zone's files after the other.
func each(read func(t *testing.T, z compose.Zone, files []publish.File) []compose.Record) reader {
	return func(t *testing.T, zones []compose.Zone, files [][]publish.File) [][]compose.Record {
		var all [][]compose.Record
		for i, z := range zones {
			all = append(all, read(t, z, files[i]))
		}
		return all
	}
}

// readers are those that run no program; the others are in readersByProgram.
var readers = map[string]reader{
	"bind":                 each(readZoneFile),
	"zone":                 each(readZoneFile),
	"type52":               each(readZoneFile),
	"nsupdate":             each(readNSUpdate),
	"cloudflare":           each(readCloudflare),
	"route53":              each(readRoute53),
	"powershell":           each(readPowerShell),
	"terraform-cloudflare": each(readTerraform),
	"terraform-aws":        each(readTerraform),
	"terraform-azurerm":    each(readTerraform),
	"terraform-google":     each(readTerraform),
	"terraform-powerdns":   each(readTerraform),
	"octodns":              each(readOctoDNS),
}

// Each form read back gives the same records, whatever text is in them.
func TestFormsReadBack(t *testing.T) {
	zones := someZones()
	for _, f := range publish.DNSForms {
		read, known := readers[f.ID]
		if !known {
			if read, known = readersByProgram[f.ID]; !known {
				t.Errorf("%s: nobody reads it back", f.ID)
			}
			if read == nil {
				continue // no programs under js
			}
		}
		t.Run(f.ID, func(t *testing.T) {
			var files [][]publish.File
			for _, z := range zones {
				files = append(files, f.Write(z))
			}
			held := 0
			for i, got := range read(t, zones, files) {
				want := holdable(f, zones[i].Records)
				if held += len(want); !slices.Equal(sorted(got), want) {
					t.Fatalf("of\n%+v\ncomes back\n%+v\nfrom\n%s", want, sorted(got), files[i])
				}
			}
			if held < len(zones) {
				t.Errorf("only %d records of %d zones came back", held, len(zones))
			}
		})
	}
}

func TestForms(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range publish.DNSForms {
		if got, ok := publish.DNSForm(f.ID); !ok || got.Name != f.Name || f.Name == "" || seen[f.ID] || seen[f.Name] {
			t.Errorf("%s: %q is not its own", f.ID, f.Name)
		}
		seen[f.ID], seen[f.Name] = true, true
	}
	if _, ok := publish.DNSForm("nonesuch"); ok {
		t.Error("there is a form that nobody has")
	}
}

// A type that a product lacks is left out, and so is a file of which nothing is left.
func TestLacks(t *testing.T) {
	z := compose.Zone{Origin: dnsname.MustParse("example.com")}
	for _, typ := range []doh.Type{doh.TypeTLSA, doh.TypeTXT} {
		z.Records = []compose.Record{{Name: z.Origin.Child("_25._tcp"), Type: typ, TTL: 3600, Data: "3 1 1 " + strings.Repeat("00", 32)}}
		for _, f := range publish.DNSForms {
			if lacks := slices.Contains(f.Lacks, typ); (len(f.Write(z)) == 0) != lacks {
				t.Errorf("%s lacks %s: %t, but writes %v", f.ID, typ, lacks, f.Write(z))
			}
		}
	}
}
