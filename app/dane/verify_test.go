package dane

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

var mx = []dnsname.Name{dnsname.MustParse("mx.example.com"), dnsname.MustParse("example.com")}

func TestVerify(t *testing.T) {
	root := newIssued(t, issue{cn: "Root", ca: true})
	issuer := newIssued(t, issue{cn: "Issuer", ca: true, by: root})
	leaf := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer})
	other := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer})
	named := newIssued(t, issue{cn: "leaf", dns: []string{"mail.example.net"}, by: issuer})
	past := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer,
		from: now.AddDate(-1, 0, 0), to: now.AddDate(0, 0, -1)})
	future := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer,
		from: now.AddDate(0, 0, 1), to: now.AddDate(1, 0, 0)})
	impostor := newIssued(t, issue{cn: "Issuer", ca: true, by: root})
	ended := newIssued(t, issue{cn: "Ended", ca: true, by: root, from: now.AddDate(-2, 0, 0), to: now.AddDate(0, -1, 0)})
	underEnded := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: ended})
	endedRoot := newIssued(t, issue{cn: "Ended root", ca: true, from: now.AddDate(-2, 0, 0), to: now.AddDate(0, -1, 0)})
	underEndedRoot := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: endedRoot})
	namedUnderEnded := newIssued(t, issue{cn: "leaf", dns: []string{"mail.example.net"}, by: ended})
	client := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer,
		usage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	short := newIssued(t, issue{cn: "Short", ca: true, pathLen: -1})
	below := newIssued(t, issue{cn: "Below", ca: true, by: short})
	tooDeep := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: below})
	limited := newIssued(t, issue{cn: "Limited", ca: true, permit: []string{"example.net"}})
	outside := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: limited})

	cases := []struct {
		name    string
		records []TLSA
		chain   [][]byte
		want    Outcome
		matches string // "record@depth", "!" when set aside
	}{
		{"no records", nil, chainOf(leaf), NoRecords, ""},
		{"only PKIX usages", []TLSA{record(t, leaf, 1, 1, 1), record(t, root, 0, 0, 1)}, chainOf(leaf), AllUnusable, ""},
		{"unusable and no chain", []TLSA{record(t, leaf, 1, 1, 1)}, nil, AllUnusable, ""},
		{"no chain", []TLSA{record(t, leaf, 3, 1, 1)}, nil, NoChain, ""},
		{"3 1 1", []TLSA{record(t, leaf, 3, 1, 1)}, chainOf(leaf), Authenticated, "0@0"},
		{"3 0 0", []TLSA{record(t, leaf, 3, 0, 0)}, chainOf(leaf), Authenticated, "0@0"},
		{"one of two", []TLSA{record(t, other, 3, 1, 1), record(t, leaf, 3, 0, 2)}, chainOf(leaf, issuer), Authenticated, "1@0"},
		{"another key", []TLSA{record(t, other, 3, 1, 1)}, chainOf(leaf, issuer), Mismatch, ""},
		{"DANE-EE ignores the name", []TLSA{record(t, named, 3, 1, 1)}, chainOf(named), Authenticated, "0@0"},
		{"DANE-EE ignores the dates", []TLSA{record(t, past, 3, 1, 1)}, chainOf(past), Authenticated, "0@0"},
		{"DANE-EE of the issuer", []TLSA{record(t, issuer, 3, 1, 1)}, chainOf(leaf, issuer), Mismatch, ""},
		{"2 0 1", []TLSA{record(t, issuer, 2, 0, 1)}, chainOf(leaf, issuer), Authenticated, "0@1"},
		{"2 1 2 of the root", []TLSA{record(t, root, 2, 1, 2)}, chainOf(leaf, issuer, root), Authenticated, "0@2"},
		{"chain out of order", []TLSA{record(t, root, 2, 1, 2)}, chainOf(leaf, root, issuer), Authenticated, "0@1"},
		{"anchor not presented", []TLSA{record(t, root, 2, 0, 1)}, chainOf(leaf, issuer), Mismatch, ""},
		{"anchor in the record", []TLSA{record(t, root, 2, 0, 0)}, chainOf(leaf, issuer), Authenticated, "0@-1"},
		{"key in the record", []TLSA{record(t, root, 2, 1, 0)}, chainOf(leaf, issuer), Authenticated, "0@-1"},
		{"key of the issuer, which isn't sent", []TLSA{record(t, issuer, 2, 1, 0)}, chainOf(leaf), Authenticated, "0@-1"},
		{"key of the issuer beside a certificate of its name", []TLSA{record(t, impostor, 2, 0, 0), record(t, issuer, 2, 1, 0)}, chainOf(leaf), Authenticated, "0@-1 1@-1"},
		{"foreign certificate in the record", []TLSA{record(t, short, 2, 0, 0)}, chainOf(leaf, issuer), Mismatch, ""},
		{"foreign key in the record", []TLSA{record(t, short, 2, 1, 0)}, chainOf(leaf, issuer), Mismatch, ""},
		{"DANE-TA of the leaf", []TLSA{record(t, leaf, 2, 1, 1)}, chainOf(leaf, issuer), Mismatch, ""},
		{"DANE-TA of a leaf sent twice", []TLSA{record(t, leaf, 2, 1, 1)}, chainOf(leaf, leaf), Mismatch, ""},
		{"DANE-TA checks the name", []TLSA{record(t, issuer, 2, 1, 1)}, chainOf(named, issuer), NameMismatch, "0@1"},
		{"DANE-TA checks the end", []TLSA{record(t, issuer, 2, 1, 1)}, chainOf(past, issuer), Expired, "0@1"},
		{"DANE-TA checks the beginning", []TLSA{record(t, issuer, 2, 1, 1)}, chainOf(future, issuer), Expired, "0@1"},
		{"an expired anchor, not self-signed", []TLSA{record(t, ended, 2, 1, 1)}, chainOf(underEnded, ended), Undecided, "0@1"},
		{"an expired anchor and another name", []TLSA{record(t, ended, 2, 1, 1)}, chainOf(namedUnderEnded, ended), NameMismatch, "0@1"},
		{"an expired leaf under a bare key", []TLSA{record(t, issuer, 2, 1, 0)}, chainOf(past), Expired, "0@-1"},
		{"an expired anchor in the record", []TLSA{record(t, ended, 2, 0, 0)}, chainOf(underEnded), Undecided, "0@-1"},
		{"an expired certificate below the anchor", []TLSA{record(t, root, 2, 1, 1)}, chainOf(underEnded, ended, root), Expired, "0@2"},
		{"an expired root", []TLSA{record(t, endedRoot, 2, 1, 1)}, chainOf(underEndedRoot, endedRoot), Expired, "0@1"},
		{"the anchor issued nothing here", []TLSA{record(t, impostor, 2, 1, 1)}, chainOf(leaf, impostor), ChainInvalid, "0@1"},
		{"both keys of one name", []TLSA{record(t, issuer, 2, 1, 1)}, chainOf(leaf, impostor, issuer), Authenticated, "0@2"},
		{"missing link", []TLSA{record(t, root, 2, 1, 1)}, chainOf(leaf, root), ChainInvalid, "0@1"},
		{"no server certificate", []TLSA{record(t, issuer, 2, 1, 1)}, chainOf(client, issuer), ChainInvalid, "0@1"},
		{"path length", []TLSA{record(t, short, 2, 0, 1)}, chainOf(tooDeep, below, short), ChainInvalid, "0@2"},
		{"name constraint", []TLSA{record(t, limited, 2, 0, 1)}, chainOf(outside, limited), ChainInvalid, "0@1"},
		{"DANE-EE saves a bad DANE-TA", []TLSA{record(t, issuer, 2, 1, 1), record(t, named, 3, 1, 1)}, chainOf(named, issuer), Authenticated, "0@1 1@0"},
		{"the stronger digest is stale", []TLSA{record(t, other, 3, 1, 2), record(t, leaf, 3, 1, 1)}, chainOf(leaf), Mismatch, "1@0!"},
		{"agility is by selector", []TLSA{record(t, other, 3, 0, 2), record(t, leaf, 3, 1, 1)}, chainOf(leaf), Authenticated, "1@0"},
		{"agility is by usage", []TLSA{record(t, other, 2, 1, 2), record(t, leaf, 3, 1, 1)}, chainOf(leaf), Authenticated, "1@0"},
		{"agility spares Full(0)", []TLSA{record(t, other, 3, 1, 2), record(t, leaf, 3, 1, 0)}, chainOf(leaf), Authenticated, "1@0"},
		{"an unusable digest isn't strong", []TLSA{{3, 1, 2, []byte{1}}, record(t, leaf, 3, 1, 1)}, chainOf(leaf), Authenticated, "1@0"},
		{"no certificate at all", []TLSA{record(t, leaf, 3, 1, 1)}, [][]byte{[]byte("rubbish")}, Mismatch, ""},
		{"rubbish above", []TLSA{record(t, issuer, 2, 1, 1)}, [][]byte{leaf.der, nil, {0x30, 0x84}, issuer.der}, Authenticated, "0@3"},
	}
	for _, c := range cases {
		got := Verify(c.records, c.chain, mx, now)
		if got.Outcome != c.want || matchText(got.Matches) != c.matches {
			t.Errorf("%s: got %v %q, want %v %q", c.name, got.Outcome, matchText(got.Matches), c.want, c.matches)
		}
	}
}

func matchText(found []Match) string {
	var out bytes.Buffer
	for i, m := range found {
		if i > 0 {
			out.WriteByte(' ')
		}
		fmt.Fprintf(&out, "%d@%d", m.Record, m.Depth)
		if m.SetAside {
			out.WriteByte('!')
		}
	}
	return out.String()
}

// The zero moment is a moment, not the system's clock.
func TestVerifyAtZeroTime(t *testing.T) {
	issuer := newIssued(t, issue{cn: "Issuer", ca: true, from: now.AddDate(-20, 0, 0), to: now.AddDate(100, 0, 0)})
	leaf := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer, from: now.AddDate(-20, 0, 0), to: now.AddDate(100, 0, 0)})
	got := Verify([]TLSA{record(t, issuer, 2, 1, 1)}, chainOf(leaf, issuer), mx, time.Time{})
	if got.Outcome != Expired {
		t.Errorf("got %v, want expired: not yet valid", got.Outcome)
	}
}

// A certificate that Go's x509 refuses still matches by its octets.
func TestUnreadableCertificate(t *testing.T) {
	issuer := newIssued(t, issue{cn: "Issuer", ca: true})
	leaf := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer})
	// The serial number, INTEGER of one octet, made negative.
	negative := bytes.Replace(leaf.der, []byte{0xa0, 3, 2, 1, 2, 2, 1, 4}, []byte{0xa0, 3, 2, 1, 2, 2, 1, 0x84}, 1)
	if _, err := x509.ParseCertificate(negative); err == nil {
		t.Fatal("crypto/x509 takes a negative serial number: the test needs another fault")
	}
	bad := &issued{der: negative}
	for _, r := range []TLSA{record(t, bad, 3, 1, 1), record(t, bad, 3, 0, 1), record(t, bad, 3, 0, 0), record(t, leaf, 3, 1, 0)} {
		if got := Verify([]TLSA{r}, chainOf(bad, issuer), mx, now); got.Outcome != Authenticated {
			t.Errorf("%v: %v", r, got.Outcome)
		}
	}
	if got := Verify([]TLSA{record(t, issuer, 2, 1, 1)}, chainOf(bad, issuer), mx, now); got.Outcome != Undecided {
		t.Errorf("DANE-TA above an unreadable leaf: %v, want undecided", got.Outcome)
	}
}

func TestSPKIIsWhatX509Says(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*issued{newIssued(t, issue{cn: "a"}), newIssued(t, issue{cn: "b", key: key})} {
		got, err := SPKI(c.der)
		if err != nil || !bytes.Equal(got, c.cert.RawSubjectPublicKeyInfo) {
			t.Errorf("%s: %x, %v", c.cert.Subject, got, err)
		}
	}
}

func TestNameMatches(t *testing.T) {
	cases := []struct {
		presented, name string
		want            bool
	}{
		{"mx.example.com", "mx.example.com", true},
		{"MX.Example.COM", "mx.example.com", true},
		{"mx.example.com.", "mx.example.com", true},
		{"*.example.com", "mx.example.com", true},
		{"*.example.com", "a.mx.example.com", false},
		{"*.example.com", "example.com", false},
		{"smtp*.example.com", "smtp1.example.com", false},
		{"*smtp.example.com", "mysmtp.example.com", false},
		{"*.*.example.com", "a.b.example.com", false},
		{"a.*.example.com", "a.b.example.com", false},
		{"*", "com", false},
		{"*.", "com", false},
		{"*.com", "example.com", true},
		{"", "example.com", false},
		{"xample.com", "example.com", false},
	}
	for _, c := range cases {
		if got := NameMatches(c.presented, dnsname.MustParse(c.name)); got != c.want {
			t.Errorf("%q for %q: %v", c.presented, c.name, got)
		}
	}
	if NameMatches("", dnsname.Name{}) || NameMatches("*.", dnsname.Root) {
		t.Error("nothing matches nothing")
	}
}

// The CN-ID counts only when there is no DNS-ID (RFC 7672 §3.2.3).
func TestCommonName(t *testing.T) {
	issuer := newIssued(t, issue{cn: "Issuer", ca: true})
	r := []TLSA{record(t, issuer, 2, 1, 1)}
	only := newIssued(t, issue{cn: "*.example.com", by: issuer})
	both := newIssued(t, issue{cn: "mx.example.com", dns: []string{"example.net"}, by: issuer})
	if got := Verify(r, chainOf(only, issuer), mx, now); got.Outcome != Authenticated {
		t.Errorf("CN alone: %v", got.Outcome)
	}
	if got := Verify(r, chainOf(both, issuer), mx, now); got.Outcome != NameMismatch {
		t.Errorf("CN beside a DNS-ID: %v", got.Outcome)
	}
}

// A hundred certificates that all could have issued each other, and a hundred
// records, end in bounded time.
func TestAdversarialChain(t *testing.T) {
	anchor := newIssued(t, issue{cn: "A", ca: true})
	leaf := newIssued(t, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: newIssued(t, issue{cn: "A", ca: true})})
	chain := chainOf(leaf)
	var records []TLSA
	for range 150 {
		c := newIssued(t, issue{cn: "A", ca: true, by: newIssued(t, issue{cn: "A", ca: true})})
		chain = append(chain, c.der)
		records = append(records, record(t, c, 2, 1, 1), record(t, c, 2, 0, 0), record(t, c, 2, 1, 0))
	}
	records = append(records, record(t, anchor, 2, 0, 0))
	began := time.Now()
	got := Verify(records, chain, mx, now)
	took := time.Since(began)
	t.Logf("%d records, %d certificates: %v in %v", len(records), len(chain), got.Outcome, took)
	if got.Outcome != ChainInvalid {
		t.Errorf("got %v, want chain-invalid", got.Outcome)
	}
}

func FuzzVerify(f *testing.F) {
	issuer := newIssued(f, issue{cn: "Issuer", ca: true})
	leaf := newIssued(f, issue{cn: "leaf", dns: []string{"mx.example.com"}, by: issuer})
	f.Add(leaf.der, issuer.der, record(f, leaf, 3, 1, 1).RData())
	f.Add(leaf.der, issuer.der, record(f, issuer, 2, 0, 0).RData())
	f.Add([]byte{0x30, 0x83, 0xff}, []byte{}, record(f, issuer, 2, 1, 0).RData())
	f.Fuzz(func(t *testing.T, first, second, rdata []byte) {
		r, err := Parse(rdata)
		if err != nil {
			return
		}
		got := Verify([]TLSA{r}, [][]byte{first, second}, mx, now)
		if got.Outcome == Authenticated && r.Usage == DANEEE && !r.Selects(first) {
			t.Fatal("authenticated without a match")
		}
	})
}

func TestDeriveErrors(t *testing.T) {
	leaf := newIssued(t, issue{cn: "leaf"})
	cases := []struct {
		der                []byte
		selector, matching uint8
		want               error
	}{
		{leaf.der, 2, 1, ErrParameter},
		{leaf.der, 1, 3, ErrParameter},
		{nil, 1, 1, ErrMalformed},
		{[]byte("-----BEGIN CERTIFICATE-----"), 0, 1, ErrMalformed},
		{leaf.der[:len(leaf.der)-1], 0, 1, ErrMalformed},
		{leaf.der, 0, 1, nil},
	}
	for i, c := range cases {
		if _, err := Derive(c.der, DANEEE, c.selector, c.matching); !errors.Is(err, c.want) {
			t.Errorf("%d: got %v, want %v", i, err, c.want)
		}
	}
}

// A bare key makes the record that its certificate makes by selector 1.
func TestDeriveKey(t *testing.T) {
	leaf := newIssued(t, issue{cn: "leaf"})
	spki := leaf.cert.RawSubjectPublicKeyInfo
	for _, c := range []struct {
		spki     []byte
		matching uint8
		want     error
	}{
		{spki, Full, nil}, {spki, SHA256, nil}, {spki, SHA512, nil},
		{spki, 3, ErrParameter},
		{nil, SHA256, ErrMalformed},
		{leaf.der, SHA256, ErrMalformed},
		{spki[:len(spki)-1], SHA256, ErrMalformed},
	} {
		got, err := DeriveKey(c.spki, DANETA, c.matching)
		if !errors.Is(err, c.want) || err == nil && !got.Equal(record(t, leaf, DANETA, SPKISelector, c.matching)) {
			t.Errorf("%d: %v, %v, want %v", c.matching, got, err, c.want)
		}
	}
}

// The owner is below the base, at port 25; a base that leaves no room has none.
func TestOwner(t *testing.T) {
	long := strings.Repeat("a23456789.", 24) + "example"
	for base, want := range map[string]string{"mx.example.com": "_25._tcp.mx.example.com", long: ""} {
		if got := Owner(dnsname.MustParse(base)).String(); got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}
