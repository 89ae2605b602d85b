package lab

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/zone"
)

const good = `Wrong.

Why (RFC 8461).
-- zone --
@ MX 10 mx1
mx1 A 192.0.2.10
-- expect --
dns.ok
`

func TestFilesSayWhereTheyAreWrong(t *testing.T) {
	for _, c := range []struct {
		add  string
		line int
		want error
	}{
		{"-- cake --\n", 9, ErrSection},
		{"-- zone --\n", 9, ErrSection},
		{"-- mx --\n", 9, ErrSection},
		{"-- mx a..b --\n", 9, ErrValue},
		{"-- dnssec --\nsecure\n\nmelt\n", 12, ErrDirective},
		{"-- dnssec --\nno-ds please\n", 10, ErrValue},
		{"-- dnssec --\ninception yesterday\n", 10, ErrValue},
		{"-- dnssec --\nservfail mx1 CAKE\n", 10, ErrValue},
		{"-- dnssec --\nno-proof\n", 10, ErrValue},
		{"-- dnssec --\nno-proof mx1 mx2\n", 10, ErrValue},
		{"-- dnssec --\nspoiled-set mx1\n", 10, ErrValue},
		{"-- dnssec --\nforged-set mx1 A 0\n", 10, ErrValue},
		{"-- dnssec --\nsigner mx1 A a..b\n", 10, ErrValue},
		{"-- dnssec --\nkey 13\n", 10, ErrValue},
		{"-- dnssec --\nkey 256 257\n", 10, ErrValue},
		{"-- dnssec --\nkey 13 257 asleep\n", 10, ErrValue},
		{"-- dnssec --\nkey 13 257 colliding 0\n", 10, ErrValue},
		{"-- dnssec --\nds\n", 10, ErrValue},
		{"-- dnssec --\nds 2 right\n", 10, ErrValue},
		{"-- dnssec --\nds 2 algorithm 256\n", 10, ErrValue},
		{"-- dnssec --\nnsec3 0\n", 10, ErrValue},
		{"-- dnssec --\nnsec3 0 salt\n", 10, ErrValue},
		{"-- dnssec --\nnsec3 0 - opt-in\n", 10, ErrValue},
		{"-- dnssec --\nvouched always\n", 10, ErrValue},
		{"-- dnssec sub --\nsecure\n", 9, ErrSection},
		{"-- zone sub.example. --\n", 9, ErrValue},
		{"-- zone @ --\n", 9, ErrValue},
		{"-- zone sub --\n-- dnssec sub --\nmelt\n", 11, ErrDirective},
		{"-- policyhost --\nstatus 99\n", 10, ErrValue},
		{"-- policyhost --\ncolour red\n", 10, ErrDirective},
		{"-- policyhost --\ncertificate golden\n", 10, ErrValue},
		{"-- policyhost --\nnewlines cr\n", 10, ErrValue},
		{"-- mx mx1 --\nstarttls maybe\n", 10, ErrValue},
		{"-- mx mx1 --\n# a comment\ndead\n", 11, ErrValue},
		{"-- mx mx1 --\nsmtp off\n", 10, ErrDirective},
		{"-- mx mx1 --\ntls\n", 10, ErrValue},
		{"-- mx mx1 --\ntls max 1.4\n", 10, ErrValue},
		{"-- mx mx1 --\ntls best 1.2\n", 10, ErrValue},
		{"-- mx mx1 --\nsni\n", 10, ErrValue},
		{"-- mx mx1 --\nkeys dsa\n", 10, ErrValue},
		{"-- mx mx1 --\nclient-certificate golden\n", 10, ErrValue},
		{"-- mx mx1 --\ninjectable\n", 10, ErrValue},
		{"-- mx mx1 --\nmandatory-tls maybe\n", 10, ErrValue},
		{"-- mx mx1 --\nsubmissions\n", 10, ErrValue},
		{"-- mx mx1 --\nsubmissions certificate golden\n", 10, ErrValue},
		{"-- mx mx1 --\ndefault-certificate\n", 10, ErrValue},
		{"-- policyhost --\nonly-path mta-sts.txt\n", 10, ErrValue},
		{"-- policyhost --\nonly-host mail\n", 10, ErrValue},
		{"-- policyhost --\nplain-http\n", 10, ErrValue},
		{"-- dnssec --\nns2\n", 10, ErrValue},
		{"-- dnssec --\nns2 melts\n", 10, ErrValue},
		{"-- dnssec --\nns2 lacks @\n", 10, ErrValue},
		{"-- dnssec --\nns2 refuses CAKE\n", 10, ErrValue},
	} {
		_, err := parseFile("x.test.txtar", []byte(good+c.add))
		var at *FileError
		if !errors.As(err, &at) || at.Line != c.line || at.File != "x.test.txtar" || !errors.Is(err, c.want) {
			t.Errorf("%q: %v", c.add, err)
		}
	}
	for file, data := range map[string]string{
		"x.example.txtar":    good,
		"a.b.test.txtar":     good,
		"x.test.txtar":       "-- zone --\n-- expect --\na.b\n",
		"y.test.txtar":       "Wrong.\n-- zone --\n",
		"sorted.test.txtar":  "Wrong.\n-- zone --\n-- expect --\nb.b\na.a\n",
		"nocodes.test.txtar": "Wrong.\n-- zone --\n-- expect --\nnothing\n",
	} {
		var at *FileError
		if _, err := parseFile(file, []byte(data)); !errors.As(err, &at) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if f, err := parseFile("x.test.txtar", []byte(good)); err != nil || f.wrong != "Wrong." || f.detail != "Why (RFC 8461)." {
		t.Error(f, err)
	}
}

func TestZonesSayWhereTheyAreWrong(t *testing.T) {
	keys, err := newKeyring(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		zone string
		line int
		want error
	}{
		{"mx1 A 192.0.2.10\nmx1 A 192.0.2", 4, zone.ErrRecord},
		{"mx1.other. A 192.0.2.10", 3, zone.ErrOutside},
		{"mx1 A 192.0.2.10\nmx2 A 192.0.2.10", 0, ErrAddress},
		{"mx1 A 8.8.8.8", 0, ErrAddress},
		{"t TLSA {tlsa 3 1 1 mx1", 3, ErrValue},
		{"t TLSA {tlsa 3 1 1}", 3, ErrValue},
		{"t TLSA {tlsa 3 2 1 mx1}", 3, ErrValue},
		{"t TLSA {tlsa 3 1 3 mx1}", 3, ErrValue},
		{"t TLSA {tlsa 3 1 1 mx1 best}", 3, ErrValue},
		{"-- zone sub --\nmx1 A 192.0.2", 4, zone.ErrRecord},
		{"mx1 A 192.0.2.10\n-- zone sub --\nmx1 A 192.0.2.10", 0, ErrAddress},
		{"-- dnssec --\nspoiled-set mx1 A", 0, zone.ErrNoSet},
		{"-- dnssec --\nkey 3 257", 0, zone.ErrAlgorithm},
	} {
		f, err := parseFile("x.test.txtar", []byte("Wrong.\n-- zone --\n"+c.zone+"\n-- expect --\n"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = build([]*domainFile{f}, keys, time.Now())
		var at *FileError
		if !errors.As(err, &at) || at.Line != c.line || !errors.Is(err, c.want) {
			t.Errorf("%q: %v", c.zone, err)
		}
	}
}

// TestRenewal: after weeks the same keys sign anew, and everything that was
// good still is.
func TestRenewal(t *testing.T) {
	now := time.Now()
	l, err := Start(now)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tlsa := func() (string, bool, dns.RR) {
		q := new(dns.Msg).SetQuestion("_25._tcp.mx1.perfect.test.", dns.TypeTLSA)
		q.SetEdns0(1232, true)
		m := l.world.Load().resolve(q, l.now())
		if len(m.Answer) != 3 {
			return "", m.AuthenticatedData, nil
		}
		return m.Answer[0].String(), m.AuthenticatedData, m.Answer[2]
	}
	data, authentic, sig := tlsa()
	if !authentic {
		t.Fatal("not authentic")
	}
	l.at = now.Add(5 * refreshEvery) // the lab's clock
	if _, authentic, _ := tlsa(); authentic {
		t.Error("authentic by signatures of five refreshes ago")
	}
	l.renew()
	again, authentic, newer := tlsa()
	if !authentic || again != data || newer.String() == sig.String() {
		t.Errorf("after renewal: authentic %v\n%s\n%s", authentic, data, again)
	}
	server := l.world.Load().web[l.world.Load().addressesOf(top.Child("mta-sts.perfect"))[0]]
	if leaf := server.tls.Certificates[0].Leaf; leaf.NotAfter.Before(l.now()) || !strings.HasPrefix(leaf.DNSNames[0], "mta-sts.") {
		t.Error("certificate was not renewed")
	}
}

func TestExtensionsBeforeAndInsideTLS(t *testing.T) {
	s := &session{server: &mailServer{hostSpec: &hostSpec{starttls: "on", extra: []string{"X-EXTRA"}, requireTLS: true}}}
	before := strings.Join(s.extensions(), "\n")
	s.secure = true
	after := strings.Join(s.extensions(), "\n")
	if !strings.Contains(before, "250-STARTTLS") || strings.Contains(after, "STARTTLS") ||
		strings.Contains(before, "REQUIRETLS") || !strings.Contains(after, "250-REQUIRETLS") || !strings.Contains(after, "250-X-EXTRA") {
		t.Errorf("%s\n\n%s", before, after)
	}
}
