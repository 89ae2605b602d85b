package publish_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// characterString is one as a zone file has it between quotes.
var characterString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// unsplit fails where miekg/dns cut strings that were too long, which servers refuse.
func unsplit(t *testing.T, text string, all ...dns.RR) {
	t.Helper()
	strings := 0
	for _, rr := range all {
		if txt, is := rr.(*dns.TXT); is {
			strings += len(txt.Txt)
		}
	}
	if written := len(characterString.FindAllString(text, -1)); written != strings {
		t.Fatalf("%d strings where %d are needed: %s", written, strings, text)
	}
}

// fromRR makes a record of miekg/dns one of ours, text from its wire form.
func fromRR(t *testing.T, rr dns.RR) compose.Record {
	t.Helper()
	h := rr.Header()
	got := compose.Record{Name: dnsname.MustParse(h.Name), Type: doh.Type(h.Rrtype), TTL: h.Ttl}
	switch rr := rr.(type) {
	case *dns.A:
		got.Data = rr.A.String()
	case *dns.AAAA:
		got.Data = rr.AAAA.String()
	case *dns.CNAME:
		got.Data = rr.Target
	case *dns.TLSA:
		got.Data = fmt.Sprintf("%d %d %d %s", rr.Usage, rr.Selector, rr.MatchingType, rr.Certificate)
	case *dns.TXT:
		wire := make([]byte, 70000)
		end, err := dns.PackRR(rr, wire, 0, nil, false)
		if err != nil {
			t.Fatalf("%v: %v", rr, err)
		}
		for at := end - int(h.Rdlength); at < end; at += 1 + int(wire[at]) {
			got.Data += string(wire[at+1 : at+1+int(wire[at])])
		}
	default:
		t.Fatalf("nobody wrote %v", rr)
	}
	return got
}

// fromData reads RDATA in presentation form, the names in it absolute.
func fromData(t *testing.T, name string, ttl uint32, typ, data string) compose.Record {
	t.Helper()
	if strings.EqualFold(typ, "CNAME") && !strings.HasSuffix(data, ".") {
		t.Fatalf("%s leads to a relative name: %s", name, data)
	}
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", dns.Fqdn(name), ttl, typ, data))
	if err != nil {
		t.Fatalf("%s of %s: %v\n%s", typ, name, err, data)
	}
	unsplit(t, data, rr)
	return fromRR(t, rr)
}

func readZoneFile(t *testing.T, _ compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var all []compose.Record
	var rrs []dns.RR
	parser := dns.NewZoneParser(strings.NewReader(files[0].Text), "", "")
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		all, rrs = append(all, fromRR(t, rr)), append(rrs, rr)
	}
	if err := parser.Err(); err != nil {
		t.Fatalf("%v\n%s", err, files[0].Text)
	}
	unsplit(t, files[0].Text, rrs...)
	return all
}

// readNSUpdate reads commands of nsupdate(1). Text is deleted before it is added.
func readNSUpdate(t *testing.T, z compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var all []compose.Record
	lines := strings.Split(strings.TrimSuffix(files[0].Text, "\n"), "\n")
	if lines[0] != "zone "+z.Origin.FQDN() || lines[len(lines)-1] != "send" {
		t.Fatalf("for another zone, or not sent:\n%s", files[0].Text)
	}
	deleted := map[string]bool{}
	for _, line := range lines[1 : len(lines)-1] {
		if set, deletes := strings.CutPrefix(line, "update delete "); deletes {
			if deleted[set] {
				t.Fatalf("deletes what it added:\n%s", files[0].Text)
			}
			deleted[set] = true
			continue
		}
		text, adds := strings.CutPrefix(line, "update add ")
		rr, err := dns.NewRR(text)
		if !adds || err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		unsplit(t, text, rr)
		if r := fromRR(t, rr); deleted[rr.Header().Name+" "+r.Type.String()] == (r.Type == doh.TypeTXT) {
			all = append(all, r)
			continue
		}
		t.Fatalf("text is added to other text, or what isn't text is deleted:\n%s", files[0].Text)
	}
	return all
}

// decode reads JSON that has no field but those of the value.
func decode(t *testing.T, text string, value any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil || decoder.More() {
		t.Fatalf("%v\n%s", err, text)
	}
}

// association are the fields of a TLSA record's data as Cloudflare has them.
type association struct {
	Usage       uint8  `json:"usage"`
	Selector    uint8  `json:"selector"`
	Matching    uint8  `json:"matching_type"`
	Certificate string `json:"certificate"`
}

func (a association) String() string {
	return fmt.Sprintf("%d %d %d %s", a.Usage, a.Selector, a.Matching, a.Certificate)
}

// fromCloudflare reads a record of the API: every name in it is absolute.
func fromCloudflare(t *testing.T, name, typ string, ttl uint32, content string, data *association) compose.Record {
	t.Helper()
	switch {
	case (data != nil) != (typ == "TLSA") || (data == nil) != (content != ""):
		t.Fatalf("%s of %s has content %q and data %v", typ, name, content, data)
	case data != nil:
		content = data.String()
	case typ == "CNAME" && strings.HasSuffix(content, "."):
		t.Fatalf("the API gives back %s without its final dot", content)
	case typ == "CNAME":
		content += "."
	}
	return fromData(t, name, ttl, typ, content)
}

func readCloudflare(t *testing.T, _ compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var batch struct {
		Posts []struct {
			Type    string       `json:"type"`
			Name    string       `json:"name"`
			TTL     uint32       `json:"ttl"`
			Content string       `json:"content"`
			Data    *association `json:"data"`
		} `json:"posts"`
	}
	decode(t, files[0].Text, &batch)
	var all []compose.Record
	for _, p := range batch.Posts {
		all = append(all, fromCloudflare(t, p.Name, p.Type, p.TTL, p.Content, p.Data))
	}
	return all
}

// readRoute53 reads a change batch, in which a set comes once.
func readRoute53(t *testing.T, _ compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var batch struct {
		Changes []struct {
			Action            string
			ResourceRecordSet struct {
				Name, Type      string
				TTL             uint32
				ResourceRecords []struct{ Value string }
			}
		}
	}
	decode(t, files[0].Text, &batch)
	var all []compose.Record
	seen := map[string]bool{}
	for _, c := range batch.Changes {
		s := c.ResourceRecordSet
		if c.Action != "UPSERT" || seen[s.Name+" "+s.Type] {
			t.Fatalf("%s of %s of %s, after %v", c.Action, s.Type, s.Name, seen)
		}
		seen[s.Name+" "+s.Type] = true
		for _, r := range s.ResourceRecords {
			if len(r.Value) > 4000 {
				t.Fatalf("Route 53 takes no value of %d characters", len(r.Value))
			}
			all = append(all, fromData(t, s.Name, s.TTL, s.Type, r.Value))
		}
	}
	return all
}
