package check

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// with gives the first host asides, made to its first address of each family.
func with(asides ...probe.Aside) func(l *layout) {
	return func(l *layout) { l.first().asides = append(l.first().asides, asides...) }
}

// goodHello is an answer with nothing amiss.
func goodHello() probe.ServerHello {
	return probe.ServerHello{Version: tls12, Cipher: 0xc02f, SecureRenegotiation: true, ExtendedMasterSecret: true, Group: 29}
}

// greets is an aside that came as far as STARTTLS.
func greets(kind probe.AsideKind) probe.Aside {
	return probe.Aside{Kind: kind, Stage: probe.StageDone, EHLO: probe.Reply{Code: 250, Lines: []string{"mail", "STARTTLS"}}}
}

// shakes is an aside whose handshake went well, with the chain.
func shakes(kind probe.AsideKind, chain [][]byte) probe.Aside {
	a, hello := greets(kind), goodHello()
	a.TLS = &probe.TLS{Version: tls12, Cipher: 0xc02f, Chain: chain}
	if kind == probe.OnlyRSA || kind == probe.OnlyECDSA {
		no := false
		a.Hello, a.Renegotiates = &hello, &no
	}
	return a
}

// fails is an aside whose handshake the server ended.
func fails(kind probe.AsideKind, class probe.Class, alert uint8) probe.Aside {
	a := greets(kind)
	a.Stage, a.Failure = probe.StageHandshake, &probe.Failure{Class: class, Alert: alert}
	return a
}

// answers is an aside that got an answer to its first message.
func answers(kind probe.AsideKind, change func(h *probe.ServerHello)) probe.Aside {
	a, hello := greets(kind), goodHello()
	change(&hello)
	a.Hello = &hello
	return a
}

// replies is an aside of which a reply is what matters.
func replies(kind probe.AsideKind, code int, lines ...string) probe.Aside {
	a := greets(kind)
	a.Reply = probe.Reply{Code: code, Lines: lines}
	if kind == probe.Injection {
		a.TLS = &probe.TLS{Version: tls13}
	}
	return a
}

// sound asides: a server that does all as it should.
func soundAsides(chain [][]byte) []probe.Aside {
	return []probe.Aside{
		shakes(probe.NoSNI, chain), fails(probe.OnlyRSA, probe.TLSAlert, handshakeFailure), shakes(probe.OnlyECDSA, chain),
		fails(probe.OnlyDHE, probe.TLSAlert, handshakeFailure), fails(probe.OldTLS, probe.TLSVersion, 70), fails(probe.SSL3, probe.ConnectionLost, 0),
		replies(probe.Injection, 0), replies(probe.PlainMail, 250, "ok"),
	}
}

// brokeOff makes a first visit whose handshake failed behind STARTTLS.
func brokeOff(class probe.Class, alert uint8) func(l *layout) {
	return firstHost(ended(probe.StageHandshake, class, func(a *probe.Address) {
		a.StartTLS, a.Failure.Alert = probe.Reply{Code: 220}, alert
	}))
}

// anyChain is a chain that is nobody's.
func anyChain(l *layout) [][]byte { return l.first().chain }

// rsaChain forges a chain for the first host with an RSA key.
func rsaChain(t testing.TB) [][]byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return forge(t, func(f *forged) { f.public = &key.PublicKey })
}

// TestSoundAsides holds a server whose asides show nothing amiss to none of the
// findings that asides give.
func TestSoundAsides(t *testing.T) {
	l := newLayout(t)
	without := l.scenario().codes()
	l.first().asides = soundAsides(l.first().chain)
	if got := l.scenario().codes(); !slices.Equal(got, without) {
		t.Errorf("with asides %v, without %v", got, without)
	}
}

// TestAsidesOfOurOwnFault holds asides that our own side broke off to saying
// nothing, and so those that the server turned away.
func TestAsidesOfOurOwnFault(t *testing.T) {
	for _, class := range []probe.Class{probe.Blocked, probe.Limited, probe.Canceled, probe.TLSFailed, probe.ReplyNegative, probe.ConnectTimeout} {
		l := newLayout(t)
		without := l.scenario().codes()
		for _, kind := range probe.AsideKinds() {
			a := fails(kind, class, 0)
			if class == probe.ReplyNegative || class == probe.ConnectTimeout {
				a.Stage, a.EHLO = probe.StageBanner, probe.Reply{}
			}
			with(a)(l)
		}
		if got := l.scenario().codes(); !slices.Equal(got, without) {
			t.Errorf("%s: with asides %v, without %v", class, got, without)
		}
	}
}

// TestAsidesNotMade holds asides that our side could not make to being said.
func TestAsidesNotMade(t *testing.T) {
	for _, failure := range []*probe.Failure{nil, {Class: probe.Limited}} {
		l := newLayout(t)
		with(soundAsides(anyChain(l))...)(l)
		s := l.scenario()
		s.facts.Deeper[0].Failure = failure
		said := slices.ContainsFunc(s.report().NotChecked, func(n NotChecked) bool { return n.Key == "not-checked.asides" })
		if said != (failure != nil) {
			t.Errorf("%v: said %v", failure, said)
		}
	}
}

// TestOneCauseOfAHandshake holds a failing handshake to one finding: the cause
// where the asides tell it, else the symptom.
func TestOneCauseOfAHandshake(t *testing.T) {
	t.Parallel()
	refused := []probe.Aside{fails(probe.OnlyRSA, probe.TLSAlert, 40), fails(probe.OnlyECDSA, probe.TLSAlert, 40)}
	for name, c := range map[string]struct {
		first  func(l *layout)
		asides []probe.Aside
		want   Code
	}{
		"no asides":              {brokeOff(probe.TLSAlert, 40), nil, "starttls.handshake-failed"},
		"all refused":            {brokeOff(probe.TLSAlert, 40), append(refused, fails(probe.NoSNI, probe.TLSAlert, 40)), "tls.no-common-cipher"},
		"internal error":         {brokeOff(probe.TLSAlert, 80), refused, "starttls.handshake-failed"},
		"TLS 1.2 passes":         {brokeOff(probe.TLSAlert, 40), []probe.Aside{shakes(probe.OnlyRSA, nil), fails(probe.NoSNI, probe.TLSAlert, 40)}, "tls.version-intolerant"},
		"TLS 1.2 passes, late":   {brokeOff(probe.TLSTimeout, 0), []probe.Aside{shakes(probe.OnlyECDSA, nil), fails(probe.NoSNI, probe.TLSTimeout, 0)}, "tls.version-intolerant"},
		"no version":             {brokeOff(probe.TLSVersion, 70), []probe.Aside{shakes(probe.OnlyECDSA, nil), fails(probe.NoSNI, probe.TLSTimeout, 0)}, "tls.version-intolerant"},
		"without name":           {brokeOff(probe.TLSAlert, 112), []probe.Aside{shakes(probe.NoSNI, nil), fails(probe.OnlyRSA, probe.TLSAlert, 112)}, "tls.sni-required"},
		"lost once":              {brokeOff(probe.ConnectionLost, 0), []probe.Aside{shakes(probe.NoSNI, nil), shakes(probe.OnlyRSA, nil)}, "starttls.handshake-failed"},
		"lost once, turned away": {brokeOff(probe.ConnectionLost, 0), []probe.Aside{shakes(probe.OnlyRSA, nil)}, "starttls.handshake-failed"},
		"client certificate": {both(brokeOff(probe.TLSAlert, 40), func(l *layout) {
			edit := l.first().edit[0]
			l.first().each(func(a *probe.Address) { edit(a); a.WantsCertificate = true })
		}), refused, "tls.client-cert-required"},
		"client certificate in TLS 1.3": {firstHost(func(a *probe.Address) {
			a.Stage, a.EHLOTLS, a.Failure = probe.StageEHLOTLS, probe.Reply{}, &probe.Failure{Class: probe.TLSAlert, Alert: 116}
		}), nil, "tls.client-cert-required"},
	} {
		l := newLayout(t)
		c.first(l)
		with(c.asides...)(l)
		var got []string
		for _, f := range l.scenario().report().Findings {
			if f.Level >= Warning && (f.Code.Group() == "tls" || f.Code.Group() == "starttls") {
				got = append(got, string(f.Code))
			}
		}
		if !slices.Equal(got, []string{string(c.want)}) {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// DANE senders must send the name, and servers may rely on it (RFC 7672 §8.1):
// another certificate without it is no fault.
func TestCertificateByNameIsNoFault(t *testing.T) {
	l := newLayout(t)
	without := l.scenario().codes()
	with(shakes(probe.NoSNI, forge(t, named("other.example.com"))))(l)
	if got := l.scenario().codes(); !slices.Equal(got, without) {
		t.Errorf("%v, want %v", got, without)
	}
}

// TestAsidesAreWaitedFor holds what only asides explain to not being told
// before they are there.
func TestAsidesAreWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		change func(l *layout)
		open   Code // told without asides
	}{
		"handshake": {brokeOff(probe.TLSAlert, 40), "starttls.handshake-failed"},
		"mismatch":  {publishes(nextKey), "dane.mismatch-all"},
		"name":      {both(enforce, shows(probe.Trusted, named("mx.example.net"))), "cert.name-mismatch"},
	} {
		l := newLayout(t)
		c.change(l)
		f := l.scenario().factsNow()
		for _, done := range []bool{true, false} {
			f.Done = done
			if got := slices.Contains(codesOf(Judge(f, scenarioNow)), string(c.open)+"@mx.example.com"); got != done {
				t.Errorf("%s, done %v: told %v", name, done, got)
			}
		}
	}
}

// TestAsidesAskedFor holds the other services to being asked only where a chain
// matches no usable record.
func TestAsidesAskedFor(t *testing.T) {
	chain, trust := scenarioChain(t, certificate{names: []string{"mx.example.com"}})
	record := func(text string) dane.TLSA {
		r, err := dane.ParseText(text)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	matching, other, unusable := record(scenarioTLSA(t, chain[0], "3 1 1")), record(nextKey), record("3 1 1 00")
	visited := Probed{STARTTLS: probe.STARTTLS{Addresses: []probe.Address{spoken("192.0.2.1", chain, trust)}}}
	plain := Probed{STARTTLS: probe.STARTTLS{Addresses: []probe.Address{{EHLO: probe.Reply{Code: 250}}}}}
	for name, c := range map[string]struct {
		first   Probed
		records []dane.TLSA
		want    int
	}{
		"no STARTTLS": {plain, []dane.TLSA{other}, 0}, "no record": {visited, nil, 8}, "unusable": {visited, []dane.TLSA{unusable}, 8},
		"match": {visited, []dane.TLSA{other, matching}, 8}, "mismatch": {visited, []dane.TLSA{other}, 10},
	} {
		if got := asidesOf(c.first, c.records); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestOtherServicesAreAsked gathers a mismatch: the asides of the other services
// are asked for, and only then.
func TestOtherServicesAreAsked(t *testing.T) {
	for record, want := range map[string]bool{nextKey: true, "3 1 1": false} {
		l := newLayout(t)
		publishes(record)(l)
		world := &listening{replayed: replayed{facts: l.scenario().factsNow()}}
		gatherAsSaid(t.Context(), world, dnsname.MustParse("example.com"), nil)
		if got := slices.Contains(world.kinds, probe.HTTPS); got != want || len(world.kinds) == 0 {
			t.Errorf("%s: asked for %v", record, world.kinds)
		}
	}
}

// listening is a replayed World at once, that notes what asides were asked for.
type listening struct {
	replayed
	kinds []probe.AsideKind
}

// TestClimb holds the names at which CAA records are looked for (RFC 8659 §3).
func TestClimb(t *testing.T) {
	for name, want := range map[string]string{
		"mx.a.example.com": "mx.a.example.com a.example.com example.com", "example.com": "example.com", "com": "", ".": "",
		strings.Repeat("a.", 30) + "example.com": "",
	} {
		var got []string
		for _, n := range climb(dnsname.MustParse(name)) {
			got = append(got, n.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestMayIssue holds CAA records to what they allow (RFC 8659 §4.2, §4.3).
func TestMayIssue(t *testing.T) {
	for _, c := range []struct {
		records string // "tag=value", apart by blanks
		wild    bool
		want    bool
	}{
		{"issue=ca.example", false, true}, {"issue=CA.Example", false, true}, {"issue=ca.example;account=1", false, true},
		{"issue=other.example", false, false}, {"issue=other.example issue=ca.example", false, true}, {"issue=;", false, false},
		{"issue=", false, false}, {"iodef=mailto:a@b.example", false, true}, {"issuewild=other.example", false, true},
		{"issue=ca.example issuewild=;", true, false}, {"issue=other.example issuewild=ca.example", true, true},
		{"issue=ca.example", true, true}, {"issue=xca.example", false, false},
	} {
		var records []doh.CAA
		for pair := range strings.FieldsSeq(c.records) {
			tag, value, _ := strings.Cut(pair, "=")
			records = append(records, doh.CAA{Tag: tag, Value: value})
		}
		if got := mayIssue(records, []string{"ca.example"}, c.wild); got != c.want {
			t.Errorf("%s, wildcard %v: %v", c.records, c.wild, got)
		}
	}
}

// TestPublicIssuers holds the table to lower-case domains, and to telling
// issuers apart by how they begin.
func TestPublicIssuers(t *testing.T) {
	for _, i := range publicIssuers {
		for _, d := range i.domains {
			if n, err := dnsname.Parse(d); err != nil || n.String() != d {
				t.Errorf("%s: %s", i.organisation, d)
			}
		}
	}
	for organisation, want := range map[string]string{
		"Let's Encrypt": "letsencrypt.org", "DigiCert Inc": "digicert.com", "Google Trust Services LLC": "pki.goog",
		"GoDaddy.com, Inc.": "godaddy.com", "D-Trust GmbH": "d-trust.net", "Scenario": "", "": "",
	} {
		if got := fmt.Sprint(issuerDomains(organisation)); want == "" && got != "[]" || !strings.Contains(got, want) {
			t.Errorf("%q: %v", organisation, got)
		}
	}
}

func (w *listening) STARTTLS(ctx context.Context, mx dnsname.Name, asides ...probe.AsideKind) (probe.STARTTLS, error) {
	w.kinds = append(w.kinds, asides...)
	return w.facts.Hosts[0].STARTTLS, nil
}

func (w *listening) Exchange(ctx context.Context, query []byte, _ int) (answer []byte, err error) {
	return w.answer(query)
}

func (w *listening) Policy(context.Context, dnsname.Name) (probe.Policy, error) {
	return probe.Policy{Failure: &probe.Failure{Class: probe.DNSNotFound}}, nil
}
