package ui

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net/netip"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/locale"
)

// presented is the chain of a server with a certificate of 90 days.
func presented(t *testing.T) [][]byte {
	t.Helper()
	issue := func(cn string, ca bool, by *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: cn}, NotBefore: began, NotAfter: began.AddDate(0, 0, 90), IsCA: ca, BasicConstraintsValid: true}
		if by == nil {
			by, signer = c, key
		}
		der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), signer)
		if err != nil {
			t.Fatal(err)
		}
		c, err = x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c, key
	}
	root, key := issue("Root", true, nil, nil)
	leaf, _ := issue("mx.example.com", false, root, key)
	return [][]byte{leaf.Raw, root.Raw}
}

// begins gives what the lines of a field begin with.
func begins(text string, length int) string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		all = append(all, line[:min(len(line), length)])
	}
	return strings.Join(all, "|")
}

// Records of what a server shows are its TLSA base domain's, of both its keys, and what
// is to know of it is said.
func TestMakerAsksAServer(t *testing.T) {
	m := newMakerBench()
	m.Type(compose.FieldDomain, "example.com")
	if m.Ask() != nil || !m.Touched[compose.FieldServer] {
		t.Error("nobody is asked, and that is not said")
	}
	m.Type(compose.FieldServer, "MX.example.com.")
	old := m.Ask()
	run := m.Ask()
	if run == nil || run.Domain.String() != "mx.example.com" || old.Context.Err() == nil {
		t.Fatalf("%+v", run)
	}
	keys := check.Keys{Host: run.Domain, Base: dnsname.MustParse("mx.host.example"), Status: dnssec.Secure,
		Chains: [][][]byte{presented(t), presented(t)}, Mute: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
	m.Answered(old.ID, keys, nil)
	if m.Draft[compose.FieldTLSA] != "" {
		t.Error("an answer that nobody waits for any more counts")
	}
	m.Answered(run.ID, keys, nil)
	if got := begins(m.Draft[compose.FieldTLSA], len("mx.host.example 3 1 1")); got != "mx.host.example 3 1 1|mx.host.example 3 1 1" || len(m.Made.Records) != 2 || !m.Asking.IsZero() {
		t.Errorf("%q, %+v", got, m.Made.Records)
	}
	if len(m.Shown) != 2 || m.Shown[0] != (Shown{"mute", "mx.example.com", "192.0.2.1"}) || m.Shown[1] != (Shown{"alias", "mx.example.com", "mx.host.example"}) {
		t.Errorf("%+v", m.Shown)
	}
	before := m.Draft[compose.FieldTLSA]
	m.Answered(m.Ask().ID, keys, nil)
	if m.Draft[compose.FieldTLSA] != before {
		t.Error("the same keys come twice")
	}
	keys.Base, keys.Status = keys.Host, dnssec.Insecure
	m.Answered(m.Ask().ID, keys, nil)
	if len(m.Shown) != 2 || m.Shown[1].Key != "insecure" {
		t.Errorf("%+v", m.Shown)
	}
	for _, c := range []struct {
		keys    check.Keys
		err     error
		refused keyfile.Kind
	}{{check.Keys{Host: keys.Host}, errors.New("no"), noProbe}, {check.Keys{Host: keys.Host, Base: keys.Host}, nil, notShown}} {
		if m.Answered(m.Ask().ID, c.keys, c.err); m.Refused != c.refused {
			t.Errorf("%v: %s", c.err, m.Refused)
		}
	}
}

// A certificate that is renewed by itself gives a record of the whole only to who
// insists; the next key of the same server goes beside the present one.
func TestMakerRefusesWhatBreaks(t *testing.T) {
	m := newMakerBench()
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMX, "mx.example.com mx2.example.com")
	m.Type(compose.FieldServer, "mx.example.com")
	m.Choose(kindParameter, "3 0 1")
	answer := func() {
		run := m.Ask()
		m.Answered(run.ID, check.Keys{Host: run.Domain, Base: run.Domain, Status: dnssec.Secure, Chains: [][][]byte{presented(t)}}, nil)
	}
	answer()
	if m.Refused != keyfile.Breaks || m.Draft[compose.FieldTLSA] != "" {
		t.Errorf("refused %q, %q", m.Refused, m.Draft[compose.FieldTLSA])
	}
	if page := app.HTMLString(&Make{M: newBench().Machine, Maker: m, Lang: locale.English()}); !strings.Contains(page, `data-refused="short-lived"`) || !strings.Contains(page, `data-act="insist"`) {
		t.Error("there is no way around")
	}
	m.Insist()
	if m.Refused != "" || len(m.Cautions) != 2 || !strings.HasPrefix(m.Draft[compose.FieldTLSA], "mx.example.com 3 0 1 ") {
		t.Errorf("refused %q, %q", m.Refused, m.Draft[compose.FieldTLSA])
	}
	m.Choose(kindParameter, "")
	answer()
	m.Choose(kindParameter, "2 1 1")
	answer()
	if got := begins(m.Draft[compose.FieldTLSA], len("mx.example.com 3 1 1")); got != "mx.example.com 3 0 1|mx.example.com 3 1 1|mx.example.com 2 1 1" {
		t.Errorf("%q", got)
	}
}

// A company that hosts takes the place of a policy of one's own.
func TestMakerHiresACompany(t *testing.T) {
	m := newMakerBench()
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMode, "testing")
	m.Type(compose.FieldMX, "mx.example.com")
	m.Hire("EasyDMARC")
	if len(m.Faults) > 0 || m.Hoster() != "EasyDMARC" || len(m.Made.Records) != 3 || len(m.Made.Files) != 0 {
		t.Errorf("%+v, %+v", m.Faults, m.Made)
	}
	m.Hire("")
	if m.Hoster() != "" || !m.Want.Hosted.IsZero() || m.Draft[compose.FieldHostedReport] != "" {
		t.Errorf("%+v", m.Want.Hosted)
	}
}
