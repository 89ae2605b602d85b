package keyfile_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
)

// read reads blocks of PEM that must be fine.
func read(t *testing.T, blocks ...string) keyfile.File {
	t.Helper()
	file, err := keyfile.Read([]byte(strings.Join(blocks, "")))
	return must(t, file, err)
}

// made by hand: the record that dane derives from a certificate.
func derived(t *testing.T, m *made, usage uint8) string {
	t.Helper()
	record, err := dane.Derive(m.der, usage, dane.SPKISelector, dane.SHA256)
	return must(t, record, err).String()
}

func records(choices []keyfile.Choice) []string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Record.String())
	}
	return all
}

func subjects(files []keyfile.File) (all []keyfile.Subject) {
	for _, f := range files {
		all = append(all, f.Subjects()...)
	}
	return all
}

// What a server shows first is its own, whatever it looks like in a file.
func TestServer(t *testing.T) {
	root := issue{cn: "Root", ca: true}.make(t)
	leaf := issue{cn: "mx.example.com", by: root}.make(t)
	for _, c := range []struct {
		chain  []*made
		anchor *made
	}{{[]*made{leaf, root}, root}, {[]*made{leaf}, nil}, {[]*made{root}, nil}, {[]*made{leaf, leaf}, nil}} {
		var chain [][]byte
		for _, m := range c.chain {
			chain = append(chain, m.der)
		}
		s, err := keyfile.Server(chain)
		if err != nil || s.Recommended().Record.String() != derived(t, c.chain[0], dane.DANEEE) || (s.Anchor != nil) != (c.anchor != nil) || c.anchor != nil && !bytes.Equal(s.Anchor, c.anchor.der) {
			t.Errorf("%v: %+v", err, s)
		}
	}
	if _, err := keyfile.Server([][]byte{{0x30, 0}}); err == nil {
		t.Error("a key in no certificate")
	}
}

func recommended(t testing.TB, files ...keyfile.File) []keyfile.Choice {
	t.Helper()
	all, err := keyfile.Publish(keyfile.Parameters{}, false, subjects(files)...)
	return must(t, all, err)
}

// Records of other parameters are made of every key or of none, and one that the next
// renewal breaks only for who insists.
func TestPublishOther(t *testing.T) {
	root := issue{cn: "Root", ca: true}.make(t)
	acme := read(t, block("CERTIFICATE", issue{cn: "mx.example.com", by: root, days: 90}.make(t).der), block("CERTIFICATE", root.der))
	year := read(t, block("CERTIFICATE", issue{cn: "mx.example.com", by: root, key: newRSA(t)}.make(t).der), block("CERTIFICATE", root.der))
	bare := read(t, block("PUBLIC KEY", spki(t, root.key)))
	for _, c := range []struct {
		parameters string
		insist     bool
		files      []keyfile.File
		want       string // of what each record begins with
		err        error
	}{
		{"", false, []keyfile.File{acme, year, bare}, "3 1 1|3 1 1|3 1 1", nil},
		{"3 1 1", false, []keyfile.File{acme, year}, "3 1 1|3 1 1", nil},
		{"3-1-2", false, []keyfile.File{acme}, "3 1 2", nil},
		{"211", false, []keyfile.File{acme, year}, "2 1 1", nil}, // one authority
		{"211", false, []keyfile.File{acme, bare}, "", keyfile.ErrNoAnchor},
		{"301", false, []keyfile.File{year}, "3 0 1", nil},
		{"301", false, []keyfile.File{year, acme}, "", keyfile.ErrShortLived},
		{"301", true, []keyfile.File{year, acme}, "3 0 1|3 0 1", nil},
		{"302", false, []keyfile.File{acme}, "", keyfile.ErrShortLived},
		{"301", true, []keyfile.File{bare}, "", keyfile.ErrNoCertificate},
		{"111", true, []keyfile.File{acme}, "", keyfile.ErrUsage},
	} {
		p, ok := keyfile.ParseParameters(c.parameters)
		choices, err := keyfile.Publish(p, c.insist, subjects(c.files)...)
		var got []string
		for _, r := range records(choices) {
			got = append(got, r[:len("3 1 1")])
		}
		if !ok || !errors.Is(err, c.err) || strings.Join(got, "|") != c.want {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	for _, text := range []string{"3", "3 1", "3 1 1 1", "3.1.1", "x"} {
		if p, ok := keyfile.ParseParameters(text); ok {
			t.Errorf("%q is %v", text, p)
		}
	}
}

// What is recommended for each file.
func TestPublish(t *testing.T) {
	root := issue{cn: "Example Root", ca: true}.make(t)
	middle := issue{cn: "R10", ca: true, by: root}.make(t)
	leaf := issue{cn: "mx.example.com", dns: []string{"mx.example.com"}, by: middle}.make(t)
	other := issue{cn: "mx.example.com", by: middle, key: newRSA(t)}.make(t)
	own := issue{cn: "mx.example.com", ca: true}.make(t)
	wild := issue{cn: "x", dns: []string{"*.example.com"}, ca: true}.make(t)
	cert := func(m *made) string { return block("CERTIFICATE", m.der) }
	ee, ta := dane.DANEEE, dane.DANETA
	for name, c := range map[string]struct {
		files []keyfile.File
		want  []string
	}{
		"a server's certificate":      {[]keyfile.File{read(t, cert(leaf))}, []string{derived(t, leaf, ee)}},
		"a chain":                     {[]keyfile.File{read(t, cert(leaf), cert(middle), cert(root))}, []string{derived(t, leaf, ee)}},
		"a chain upside down":         {[]keyfile.File{read(t, cert(root), cert(middle), cert(leaf))}, []string{derived(t, leaf, ee)}},
		"its key beside it":           {[]keyfile.File{read(t, block("PRIVATE KEY", pkcs8(t, leaf.key)), cert(leaf))}, []string{derived(t, leaf, ee)}},
		"another key beside it":       {[]keyfile.File{read(t, cert(leaf), block("PUBLIC KEY", spki(t, other.key)))}, []string{derived(t, leaf, ee), derived(t, other, ee)}},
		"two algorithms":              {[]keyfile.File{read(t, cert(leaf), cert(middle), cert(other))}, []string{derived(t, leaf, ee), derived(t, other, ee)}},
		"signed by itself":            {[]keyfile.File{read(t, cert(own))}, []string{derived(t, own, ee)}},
		"by itself, for all hosts":    {[]keyfile.File{read(t, cert(wild))}, []string{derived(t, wild, ee)}},
		"an authority":                {[]keyfile.File{read(t, cert(root))}, []string{derived(t, root, ta)}},
		"an intermediate":             {[]keyfile.File{read(t, cert(middle))}, []string{derived(t, middle, ta)}},
		"an intermediate and its own": {[]keyfile.File{read(t, cert(middle), cert(root))}, []string{derived(t, root, ta)}},
		"now and next":                {[]keyfile.File{read(t, cert(leaf)), read(t, block("CERTIFICATE REQUEST", request(t, other.key)))}, []string{derived(t, leaf, ee), derived(t, other, ee)}},
		"the same key next":           {[]keyfile.File{read(t, cert(leaf)), read(t, block("CERTIFICATE REQUEST", request(t, leaf.key)))}, []string{derived(t, leaf, ee)}},
		"nothing":                     {nil, nil},
	} {
		if got := records(recommended(t, c.files...)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The anchor is the topmost authority that signed, and is given; names alone make none.
func TestAnchor(t *testing.T) {
	root := issue{cn: "Root", ca: true}.make(t)
	middle := issue{cn: "Middle", ca: true, by: root}.make(t)
	leaf := issue{cn: "mx.example.com", by: middle}.make(t)
	namesake := issue{cn: "Middle", ca: true}.make(t)
	// Two authorities that signed each other.
	there := issue{cn: "There", ca: true}.make(t)
	here := issue{cn: "Here", ca: true, by: there}.make(t)
	back := issue{cn: "There", ca: true, by: here, key: there.key}.make(t)
	round := issue{cn: "mx.example.com", by: here}.make(t)
	for name, c := range map[string]struct {
		given  []*made
		anchor *made
	}{
		"chain":              {[]*made{leaf, middle, root}, root},
		"without its root":   {[]*made{leaf, middle}, middle},
		"a gap":              {[]*made{leaf, root}, nil},
		"alone":              {[]*made{leaf}, nil},
		"a namesake":         {[]*made{leaf, namesake}, nil},
		"a namesake as well": {[]*made{leaf, namesake, middle}, middle},
		"round and round":    {[]*made{round, here, back}, nil},
		"no authority":       {[]*made{issue{cn: "a", by: issue{cn: "b"}.make(t)}.make(t)}, nil},
	} {
		var blocks []string
		for _, m := range c.given {
			blocks = append(blocks, block("CERTIFICATE", m.der))
		}
		subject := read(t, blocks...).Subjects()[0]
		choice, err := subject.Record(dane.DANETA, dane.SPKISelector, dane.SHA256)
		switch {
		case name == "round and round": // any of the two
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case c.anchor == nil:
			if !errors.Is(err, keyfile.ErrNoAnchor) {
				t.Errorf("%s: %v, %v", name, choice, err)
			}
		case err != nil || choice.Record.String() != derived(t, c.anchor, dane.DANETA) || !bytes.Equal(subject.Anchor, c.anchor.der):
			t.Errorf("%s: %v, %v", name, choice.Record, err)
		}
	}
}

// What there is to know of each record, and which can't be made.
func TestCautions(t *testing.T) {
	root := issue{cn: "Root", ca: true}.make(t)
	middle := issue{cn: "Middle", ca: true, by: root}.make(t)
	cert := func(days int) string {
		return block("CERTIFICATE", issue{cn: "mx.example.com", by: middle, days: days}.make(t).der)
	}
	chain, whole := block("CERTIFICATE", middle.der), block("CERTIFICATE", middle.der)+block("CERTIFICATE", root.der)
	bare := block("PUBLIC KEY", spki(t, root.key))
	const changes, short, sent, may, full = keyfile.ChangesAtRenewal, keyfile.ShortLived, keyfile.MustBeSent, keyfile.IssuerMayChange, keyfile.Full
	for _, c := range []struct {
		file                      string
		usage, selector, matching uint8
		want                      []keyfile.Caution
		err                       error
	}{
		{cert(90), 3, 1, 1, nil, nil},
		{cert(90), 3, 1, 2, nil, nil},
		{cert(90), 3, 1, 0, []keyfile.Caution{full}, nil},
		{cert(90), 3, 0, 1, []keyfile.Caution{changes, short}, nil},
		{cert(100), 3, 0, 2, []keyfile.Caution{changes, short}, nil},
		{cert(101), 3, 0, 1, []keyfile.Caution{changes}, nil},
		{cert(365), 3, 0, 0, []keyfile.Caution{changes, full}, nil},
		{cert(90) + chain, 2, 1, 1, []keyfile.Caution{sent, may}, nil},
		{cert(90) + whole, 2, 1, 1, []keyfile.Caution{sent}, nil},
		{cert(90) + whole, 2, 0, 0, []keyfile.Caution{sent, full}, nil},
		{whole, 2, 0, 1, []keyfile.Caution{sent}, nil},
		{whole, 3, 1, 1, nil, keyfile.ErrNoCertificate},
		{bare, 3, 1, 0, []keyfile.Caution{full}, nil},
		{bare, 3, 0, 1, nil, keyfile.ErrNoCertificate},
		{bare, 2, 1, 1, nil, keyfile.ErrNoAnchor},
		{cert(90), 2, 1, 1, nil, keyfile.ErrNoAnchor},
		{cert(90), 1, 1, 1, nil, keyfile.ErrUsage},
		{cert(90), 4, 1, 1, nil, keyfile.ErrUsage},
		{cert(90), 3, 2, 1, nil, dane.ErrParameter},
		{cert(90), 3, 1, 3, nil, dane.ErrParameter},
		{bare, 3, 2, 1, nil, dane.ErrParameter},
		{bare, 3, 1, 3, nil, dane.ErrParameter},
	} {
		choice, err := read(t, c.file).Subjects()[0].Record(c.usage, c.selector, c.matching)
		if !errors.Is(err, c.err) || !slices.Equal(choice.Cautions, c.want) {
			t.Errorf("%d %d %d: %v, %v, want %v, %v", c.usage, c.selector, c.matching, choice.Cautions, err, c.want, c.err)
		}
	}
}

// A record goes at port 25 of the base that is given, under the type's name or its number.
func TestWritten(t *testing.T) {
	record := recommended(t, read(t, block("CERTIFICATE", issue{cn: "mx.example.com"}.make(t).der)))[0].Record
	line := dane.Owner(dnsname.MustParse("mx.example.com")).FQDN() + " IN " + dane.GenericType + " " + record.Generic()
	if want := `_25._tcp.mx.example.com. IN TYPE52 \# 35 030101` + hex.EncodeToString(record.Data); line != want {
		t.Errorf("%s, want %s", line, want)
	}
}
