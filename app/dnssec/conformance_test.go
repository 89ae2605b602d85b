package dnssec

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
)

// scenario is one of unbound's, over a recorded resolver.
type scenario struct {
	ID      string   `json:"id"`
	Anchors []string `json:"trust_anchors"`
	Now     int64    `json:"now"` // null: whatever the signatures say
	Query   struct{ Name, Type string }
	Expect  struct{ Verdict, Rcode string }
	Oracle  []struct {
		Name, Type string
		Wire       []byte
	}
}

func scenarios(t *testing.T) []scenario {
	t.Helper()
	const path = "../../../shared/data/conformance/dnssec_cases.jsonl.gz"
	file, err := os.Open(path)
	if err != nil {
		t.Skip("no conformance/dnssec_cases.jsonl.gz here")
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []scenario
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var one scenario
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// resolver replays what was recorded, and SERVFAIL for all else.
func (s scenario) resolver(t *testing.T) Resolver {
	known := map[string][]byte{}
	for _, o := range s.Oracle {
		if m := new(dns.Msg); s.Now == 0 && m.Unpack(o.Wire) == nil {
			for _, rr := range m.Answer {
				if sig, ok := rr.(*dns.RRSIG); ok {
					s.Now = int64(sig.Inception)/2 + int64(sig.Expiration)/2
				}
			}
		}
		known[strings.ToLower(o.Name)+" "+o.Type] = o.Wire
	}
	r := Resolver{Now: func() time.Time { return time.Unix(s.Now, 0) }}
	for _, line := range s.Anchors {
		a, err := ParseAnchor(line)
		if err != nil {
			t.Fatalf("%s: %q: %v", s.ID, line, err)
		}
		r.Anchors = append(r.Anchors, a)
	}
	r.Exchange = func(_ context.Context, query []byte) ([]byte, error) {
		q := new(dns.Msg)
		if err := q.Unpack(query); err != nil {
			return nil, err
		}
		wire, ok := known[strings.ToLower(q.Question[0].Name)+" "+dns.TypeToString[q.Question[0].Qtype]]
		if !ok {
			m := new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
			return m.Pack()
		}
		wire = append([]byte(nil), wire...)
		copy(wire, query[:2])
		return wire, nil
	}
	return r
}

// explained are the rows whose verdict comes of a setting of unbound's and not
// of the RFCs' text.
var explained = map[string]string{
	"unbound/val_anchor_nx_nosig#1": "the anchor's zone is denied by a zone that no anchor vouches for: RFC 4035 §4.3 has that Bogus, as missing data that should be present; delv says so too",
	"unbound/val_faildnskey_ok#1":   "the same data as val_faildnskey, with harden-dnssec-stripped: no; RFC 4035 §4.3 has it Bogus",
	"unbound/val_ta_algo_missing_dp#1": "the same data as val_ta_algo_missing, with harden-algo-downgrade: no; " +
		"RFC 6840 §5.11 frees DS records from that, and of trust anchors it says nothing",
	"unbound/val_negcache_nta#20": "a negative trust anchor (RFC 7646), which nobody gave us",
}

// TestConformance holds Lookup to unbound's scenarios. Nothing bogus may pass
// as secure or insecure.
func TestConformance(t *testing.T) {
	all := scenarios(t)
	right := 0
	for _, s := range all {
		got := s.resolver(t).Lookup(context.Background(), s.Query.Name, doh.Type(dns.StringToType[s.Query.Type]))
		want := s.Expect.Verdict
		switch {
		case got.Status.String() == want, want == "not-bogus" && got.Status != Bogus:
			right++
			continue
		case want == "bogus" && got.Status >= Insecure:
			t.Errorf("%s: bogus, and taken for %s", s.ID, got.Status)
		case explained[s.ID] != "":
			continue
		}
		t.Errorf("%s: %s %s: got %s %s, want %s", s.ID, s.Query.Name, s.Query.Type, got.Status, got.Reason, want)
		if testing.Verbose() {
			for _, h := range got.Hops {
				t.Logf("  hop %+v", h)
			}
			for _, z := range got.Zones {
				t.Logf("  zone %+v", z)
			}
		}
	}
	t.Logf("DNSSEC: %d of %d scenarios right, %d explained", right, len(all), len(explained))
}
