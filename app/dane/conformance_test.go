package dane

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
)

// caseRow is a row of dane_cases.jsonl.
type caseRow struct {
	ID   string `json:"id"`
	Base string `json:"base_domain"`
	TLSA []struct {
		Usage    uint8  `json:"usage"`
		Selector uint8  `json:"selector"`
		Matching uint8  `json:"mtype"`
		Data     string `json:"data"`
	} `json:"tlsa"`
	Chain  []string `json:"chain"`
	Expect struct {
		OK    bool `json:"ok"`
		Depth int  `json:"match_depth"`
	} `json:"expect"`
	SMTP string `json:"rfc7672_smtp"`
}

// byRFC are rows where OpenSSL's library default isn't what SMTP has. Row 54
// checks a name with DANE-EE(3) because OpenSSL's caller didn't set
// DANE_FLAG_NO_DANE_EE_NAMECHECKS; RFC 7672 §3.1.1: "The server MUST be
// considered authenticated even if none of the names in the certificate match
// the client's reference identity for the server."
var byRFC = map[string]Outcome{"openssl/danetest.in#54": Authenticated}

func TestOpenSSLCases(t *testing.T) {
	good, all := 0, 0
	for _, line := range lines(t, "dane_cases.jsonl") {
		var row caseRow
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		var records []TLSA
		for _, r := range row.TLSA {
			records = append(records, TLSA{r.Usage, r.Selector, r.Matching, unhex(t, r.Data)})
		}
		var chain [][]byte
		for _, c := range row.Chain {
			chain = append(chain, unpem(t, c))
		}
		got := Verify(records, chain, []dnsname.Name{dnsname.MustParse(row.Base)}, now)
		all++
		if got.accords(row) {
			good++
		} else {
			t.Errorf("%s: got %v by %+v, want %+v (%s)", row.ID, got.Outcome, got.By, row.Expect, row.SMTP)
		}
	}
	t.Logf("dane_cases.jsonl: %d of %d", good, all)
	if all != 55 {
		t.Errorf("%d rows, want 55", all)
	}
}

func (r Result) accords(row caseRow) bool {
	if want, decided := byRFC[row.ID]; decided {
		return r.Outcome == want
	}
	if row.SMTP == "no-usable-records" {
		return r.Outcome == AllUnusable
	}
	if !row.Expect.OK {
		return r.Outcome == Mismatch || r.Outcome == NameMismatch
	}
	// An anchor in a record has no depth in what was presented.
	return r.Outcome == Authenticated && (r.By.Depth == row.Expect.Depth || r.By.Depth < 0)
}

func TestGenerated(t *testing.T) {
	good, all := 0, 0
	for _, line := range lines(t, "tlsa_generate.jsonl") {
		var row struct {
			Source   string `json:"source"`
			PEM      string `json:"cert_pem"`
			Usage    uint8  `json:"usage"`
			Selector uint8  `json:"selector"`
			Matching uint8  `json:"mtype"`
			Data     string `json:"data"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		got, err := Derive(unpem(t, row.PEM), row.Usage, row.Selector, row.Matching)
		want := TLSA{row.Usage, row.Selector, row.Matching, unhex(t, row.Data)}
		all++
		if err == nil && got.Equal(want) {
			good++
		} else {
			t.Errorf("%s: got %v, %v; want %v", row.Source, got, err, want)
		}
	}
	t.Logf("tlsa_generate.jsonl: %d of %d", good, all)
	if all != 27 {
		t.Errorf("%d rows, want 27", all)
	}
}

func lines(t *testing.T, file string) [][]byte {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "conformance", file))
	if err != nil {
		t.Skip("no conformance data here")
	}
	defer f.Close()
	var all [][]byte
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		all = append(all, append([]byte(nil), scanner.Bytes()...))
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unpem(t *testing.T, s string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		t.Fatal("no PEM block")
	}
	return block.Bytes
}
