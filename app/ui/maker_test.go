package ui

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/keyfile"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
)

func newMakerBench() *Maker { return NewMaker(newBench().Door) }

func TestMakerFollowsWhatIsTyped(t *testing.T) {
	m := newMakerBench()
	if _, shown := m.Fault(compose.FieldDomain); shown || len(m.Made.Records) > 0 {
		t.Error("an empty form has something to say")
	}
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMode, "testing")
	if f, shown := m.Fault(compose.FieldMX); shown {
		t.Errorf("a field that nobody has touched says %+v", f)
	}
	m.Type(compose.FieldMX, "mx1.example.com")
	if len(m.Made.Records) != 1 || len(m.Made.Files) != 1 {
		t.Fatalf("made %+v", m.Made)
	}
	before := m.Made.Records[0]
	m.Type(compose.FieldMX, "http://mx1.example.com/")
	if _, shown := m.Fault(compose.FieldMX); !shown || m.Made.Records[0] != before {
		t.Error("a fault isn't told, or takes away what was there")
	}
}

// The page says what keeps it from making anything, though no field is marked for it
// in which nobody has been.
func TestMakeSaysWhatIsLacking(t *testing.T) {
	m := newMakerBench()
	page := &Make{M: newBench().Machine, Maker: m, Lang: locale.English()}
	w := page.Lang.UI.Make
	if got := page.lacking(); got != "" {
		t.Errorf("an empty form: %q", got)
	}
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMode, "testing")
	if got := page.lacking(); got != w.Wrong.Of(compose.Missing) {
		t.Errorf("without mail servers: %q", got)
	}
	m.Type(compose.FieldMX, "192.0.2.1")
	if got := page.lacking(); got != w.Waiting {
		t.Errorf("beside a marked field: %q", got)
	}
	m.Type(compose.FieldMX, "mx1.example.com")
	m.Type(compose.FieldMX, "")
	if html := app.HTMLString(page); !strings.Contains(html, " data-behind") || len(m.Made.Records) == 0 {
		t.Error("what is of before isn't told, or gone")
	}
}

// A fault says the limits of its own field.
func TestRangesAreNamed(t *testing.T) {
	page := &Make{M: newBench().Machine, Maker: newMakerBench(), Lang: locale.English()}
	said := map[string]bool{}
	for _, f := range []compose.Field{compose.FieldMaxAge, compose.FieldTTL, compose.FieldLongest} {
		said[page.sentence(compose.Fault{Field: f, Kind: compose.OutOfRange, Text: "1"})] = true
	}
	if len(said) != 3 {
		t.Errorf("%v", said)
	}
	// What the words name is taken.
	for f, limits := range map[compose.Field][]string{compose.FieldMaxAge: {"1d", "52w"}, compose.FieldTTL: {"30", "30d"}, compose.FieldLongest: {"52w"}} {
		words := page.sentence(compose.Fault{Field: f, Kind: compose.OutOfRange})
		for _, limit := range limits {
			var d compose.Draft
			d[compose.FieldDomain], d[f] = "example.com", limit
			_, faults := d.Read(nil)
			_, longest := d.Schedule()
			if !strings.Contains(words, limit) || len(faults)+len(longest) > 0 {
				t.Errorf("%s in %q: %+v %+v", limit, words, faults, longest)
			}
		}
	}
}

// The fields that few need stay in sight when the last of them is emptied.
func TestMoreStaysOpen(t *testing.T) {
	m := newMakerBench()
	page := &Make{M: newBench().Machine, Maker: m, Lang: locale.English()}
	open := func() bool { return strings.Contains(app.HTMLString(page.more()), " open") }
	if open() {
		t.Error("open at first")
	}
	for _, text := range []string{"1h", ""} {
		if m.Type(compose.FieldTTL, text); !open() {
			t.Errorf("shut with %q", text)
		}
	}
}

func TestMakerIsItsURL(t *testing.T) {
	m := newMakerBench()
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldRUA, "a&b=c@example.net\nhttps://r.example/?x=1")
	m.Choose(formParameter, "bind")
	m.Choose(planParameter, "move")
	m.Choose(kindParameter, "2 1 1")
	m.Choose(outboundParameter, "postfix-dane")
	m.Type(compose.FieldTo, "mx.example.net")
	other := newMakerBench()
	query, err := url.ParseQuery(m.Query().Encode())
	if err != nil {
		t.Fatal(err)
	}
	other.Navigate(query)
	if other.Draft != m.Draft || other.Form != "bind" || other.Plan != "move" || other.Kind != "2 1 1" || other.Outbound != "postfix-dane" || other.Written[compose.FieldRUA] != 1 {
		t.Errorf("%v, form %q, plan %q", other.Draft, other.Form, other.Plan)
	}
	if day := other.Draft[compose.FieldStart]; day != began.Format(time.DateOnly) {
		t.Errorf("whoever opens the link gets a plan from another day on: %q", day)
	}
	other.Navigate(query)
	if other.Written[compose.FieldRUA] != 1 {
		t.Error("a field is written anew though nothing changed: the caret would jump")
	}
	m.Key([]byte("no key"))
	m.Navigate(url.Values{})
	if _, shown := m.Fault(compose.FieldDomain); shown || len(m.Made.Records) > 0 || m.Refused != "" {
		t.Errorf("an empty form has what was made of the one before: %v", m.Made.Records)
	}
}

func TestFillingKeepsWhatWasTyped(t *testing.T) {
	m := newMakerBench()
	if m.Fill() != nil {
		t.Error("a check begins without a domain")
	}
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMX, "mine.example.com")
	old := m.Fill()
	run := m.Fill()
	if run == nil || old.Context.Err() == nil || !m.Filling {
		t.Fatal("no check, or two")
	}
	report := check.Facts{Version: check.FactsVersion, Domain: dnsname.MustParse("example.com"), At: began, Done: true}
	m.Learned(old.ID, report)
	if !m.Filling {
		t.Error("a check that was given up fills the form")
	}
	m.Learned(run.ID, report)
	if m.Filling || m.Filled.String() != "example.com" || m.Draft[compose.FieldMX] != "mine.example.com" {
		t.Errorf("filled from %q: %v", m.Filled, m.Draft)
	}
	m.Type(compose.FieldDomain, "example.org")
	if !m.Filled.IsZero() {
		t.Error("the form says that it was filled from a domain that isn't in it")
	}
}

// A key gives the record of the mail server that has none yet; pasted, nothing of it
// stays in the field and with that in the URL.
func TestMakerTakesKeys(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	m := newMakerBench()
	m.Type(compose.FieldDomain, "example.com")
	m.Type(compose.FieldMX, "*.example.net")
	m.Type(compose.FieldTLSA, private)
	if len(m.Shown) != 1 || m.Shown[0] != (Shown{"unnamed", "example.com", ""}) {
		t.Errorf("of a key without a mail server it says %v", m.Shown)
	}
	m.Type(compose.FieldMX, "*.example.net mx1.example.com mx2.example.com")
	m.Type(compose.FieldTLSA, "mx1.example.com 3 1 1 "+digest+"\n"+private)
	lines := strings.Split(m.Draft[compose.FieldTLSA], "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[1], "mx2.example.com 3 1 1 ") || m.Refused != "" || len(m.Shown) > 0 || len(m.Want.TLSA) != 2 {
		t.Errorf("refused %q, field %q", m.Refused, m.Draft[compose.FieldTLSA])
	}
	if strings.Contains(m.Query().Encode(), "PRIVATE") {
		t.Error("the key is in the URL")
	}
	m.Key([]byte("no key"))
	if m.Refused != keyfile.NoKey || len(m.Want.TLSA) != 2 {
		t.Errorf("refused %q", m.Refused)
	}
	if m.Key(nil); m.Refused != keyfile.TooLarge {
		t.Errorf("refused %q", m.Refused)
	}
	w := locale.English().UI.Make
	for _, k := range []keyfile.Kind{keyfile.NoKey, keyfile.Encrypted, keyfile.PKCS12, keyfile.PKCS7, keyfile.OpenSSH, keyfile.UnknownBlock, keyfile.Unsupported,
		keyfile.Damaged, keyfile.TooLarge, keyfile.NoServer, keyfile.NoAnchor, keyfile.Breaks, noProbe, notShown} {
		if w.Refused.Of(string(k)) == string(k) {
			t.Errorf("no words for %s", k)
		}
	}
	for _, k := range []string{"mute", "alias", "insecure", "unnamed"} {
		if w.Shown.Of(k) == k {
			t.Errorf("no words for %s", k)
		}
	}
	for _, k := range kinds {
		if _, ok := keyfile.ParseParameters(k); !ok || w.Kinds.Of(k) == k {
			t.Errorf("no words for %q", k)
		}
	}
	for _, c := range []keyfile.Caution{keyfile.ChangesAtRenewal, keyfile.ShortLived, keyfile.MustBeSent, keyfile.IssuerMayChange, keyfile.Full} {
		if w.Cautions.Of(string(c)) == string(c) {
			t.Errorf("no words for %s", c)
		}
	}
}

// A link with a mistake in it shows the mistake where it is.
func TestMakerShowsFaultsOfALink(t *testing.T) {
	m := newMakerBench()
	m.Navigate(url.Values{"d": {"example.com"}, "rua": {"nobody"}, "start": {"soon"}, "server": {"*.example.com"}, "plan": {"microsoft"}, "to": {"mx.microsoft"}})
	for f, kind := range map[compose.Field]string{compose.FieldRUA: "rua-no-scheme", compose.FieldStart: compose.NotDay, compose.FieldServer: compose.NoServer, compose.FieldTo: "not-microsoft"} {
		if fault, shown := m.Fault(f); !shown || fault.Kind != kind {
			t.Errorf("%s: %+v", f.Name(), fault)
		}
	}
}

// Every field has a name and words for what goes in, every kind of fault words.
func TestMakeTermsAreComplete(t *testing.T) {
	w := locale.English().UI.Make
	for f := range len(compose.Draft{}) {
		name := compose.Field(f).Name()
		if w.Fields.Of(name) == name {
			t.Errorf("field %s has no name", name)
		}
		if w.Hints.Of(name) == name {
			t.Errorf("field %s has no hint", name)
		}
	}
	for _, mode := range []string{"", "testing", "enforce", "none"} {
		if w.Modes.Of(mode) == mode || w.Effects.Of(mode) == mode && mode != "" {
			t.Errorf("mode %q has no words", mode)
		}
	}
	for _, c := range []struct {
		field compose.Field
		texts string
	}{
		{compose.FieldBelow, "example.org|a..example.com|-a.example.com"},
		{compose.FieldMode, "off"},
		{compose.FieldMaxAge, "soon|1"},
		{compose.FieldMX, "|10|a@example.com|http://a.example.com|a.example.com:25|192.0.2.1|ä.example|-.example|.example.com|*|*.|a.*.example.com|*.co.uk|a.example.com.example.com"},
		{compose.FieldWeb, "127.0.0.1"},
		{compose.FieldHostedRecord, "a b|a.example"},
		{compose.FieldHostedPolicy, "a.example"},
		{compose.FieldHostedReport, "!"},
		{compose.FieldRUA, "ä@example.com|x|x@|ftp://example.com|mailto:a!b@example.com|mailto:|https://|a@example.com."},
		{compose.FieldTLSA, "3 1 1 00|a.example x|a.example 3 1 1 00|a.example 9 1 1 " + digest + "|a.example 3 9 1 " + digest + "|a.example 3 1 9 " + digest + "|a.example 1 1 1 " + digest},
		{compose.FieldTTL, "x|1"},
		{compose.FieldZone, "example.org|x"},
		{compose.FieldServer, "*.example.com|a.example.com b.example.com"},
		{compose.FieldStart, "2026-13-01"},
		{compose.FieldTo, "*.example.com|10|mx"},
		{compose.FieldLongest, "x|53w"},
	} {
		for text := range strings.SplitSeq(c.texts, "|") {
			m := newMakerBench()
			m.Type(compose.FieldDomain, "example.com")
			m.Type(compose.FieldMode, "testing")
			if c.field != compose.FieldMX {
				m.Type(compose.FieldMX, "mx.example.com")
			}
			m.Type(c.field, text)
			if len(m.Faults) == 0 {
				t.Errorf("%s takes %q", c.field.Name(), text)
			}
			for _, f := range m.Faults {
				if w.Wrong.Of(f.Kind) == f.Kind {
					t.Errorf("%s=%q: no words for %s", c.field.Name(), text, f.Kind)
				}
			}
		}
	}
}

const digest = "0000000000000000000000000000000000000000000000000000000000000001"
