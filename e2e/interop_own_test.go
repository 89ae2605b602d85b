package e2e

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/zone"
)

// ownOrigin is the zone of the trust anchor of the zones that app/zone makes.
const ownOrigin = "own."

// ownKinds is how app/zone signs, one zone each, below ownOrigin.
var ownKinds = []struct {
	label     string
	algorithm uint8
	nsec3     *zone.NSEC3
}{
	{"nsec-5", 5, nil},
	{"nsec-8", 8, nil},
	{"nsec-13", 13, nil},
	{"nsec-15", 15, nil},
	{"nsec3-7", 7, &zone.NSEC3{}},
	{"nsec3-10", 10, &zone.NSEC3{Iterations: 10, Salt: []byte{0xaa, 0xbb}}},
	{"nsec3-13", 13, &zone.NSEC3{}},
	{"nsec3-14", 14, &zone.NSEC3{Iterations: 150}},
	{"nsec3-151", 13, &zone.NSEC3{Iterations: 151}},
	{"optout-8", 8, &zone.NSEC3{OptOut: true}},
	{"optout-13", 13, &zone.NSEC3{OptOut: true}},
	{"optout-15", 15, &zone.NSEC3{OptOut: true}},
}

// ownZones are zones by app/zone and the servers that have them: a delegation
// leads to the other.
type ownZones struct {
	ips     []string
	servers []zone.Internet
	anchor  *dns.DS
}

// add makes a zone, unsigned, and gives it to a server.
func (o *ownZones) add(t *testing.T, origin string, on int, lines string) *zone.Zone {
	t.Helper()
	z := zone.New(dnsname.MustParse(origin))
	text := "@ 300 SOA ns hostmaster 1 3600 600 86400 300\n@ 300 NS ns\nns 300 A " + o.ips[on] + "\n" + lines
	if err := z.Add(strings.Split(strings.TrimSpace(text), "\n")...); err != nil {
		t.Fatal(err)
	}
	o.servers[on][origin] = z
	return z
}

// signOwn signs a zone and gives its key.
func signOwn(t *testing.T, z *zone.Zone, algorithm uint8, nsec3 *zone.NSEC3) *zone.Key {
	t.Helper()
	random := rand.NewChaCha8(sha256.Sum256([]byte(z.Origin().FQDN())))
	key, err := zone.NewKey(z.Origin(), algorithm, dns.ZONE|dns.SEP, random)
	if err != nil {
		t.Fatal(err)
	}
	if err := z.SignWith(zone.Signing{Keys: []*zone.Key{key}, Inception: hours(-1), Expiration: hours(48), NSEC3: nsec3}); err != nil {
		t.Fatal(err)
	}
	return key
}

// delegate adds a delegation, with the key's DS record when there is a key.
func (o *ownZones) delegate(t *testing.T, z *zone.Zone, label string, on int, key *zone.Key) {
	t.Helper()
	lines := []string{label + " NS ns." + label, "ns." + label + " A " + o.ips[on]}
	if key != nil {
		lines = append(lines, key.DS().String())
	}
	if err := z.Add(lines...); err != nil {
		t.Fatal(err)
	}
}

// startOwnZones makes, signs and serves all zones.
func startOwnZones(t *testing.T) *ownZones {
	t.Helper()
	o := &ownZones{ips: loopbacks(t, 2), servers: []zone.Internet{{}, {}}}
	top := o.add(t, ownOrigin, 0, "")
	for i, kind := range ownKinds {
		origin := under(kind.label, ownOrigin)
		other := under(ownKinds[(i+1)%len(ownKinds)].label, ownOrigin)
		z := o.add(t, origin, 1, strings.ReplaceAll(leafLines(other), "www.plain.", "www.plain."+ownOrigin))
		o.add(t, under("sub", origin), 0, subLines)
		o.delegate(t, z, "sub", 0, nil)
		o.delegate(t, top, kind.label, 1, signOwn(t, z, kind.algorithm, kind.nsec3))
	}
	o.add(t, under("plain", ownOrigin), 1, subLines)
	o.delegate(t, top, "plain", 1, nil)
	for _, b := range ownBreakages {
		z := o.add(t, under(b.label, ownOrigin), 1, leafLines("nsec-13."+ownOrigin))
		o.delegate(t, top, b.label, 1, signOwn(t, z, 13, b.nsec3))
		if err := b.spoil(z); err != nil {
			t.Fatalf("%s: %v", b.label, err)
		}
	}
	o.anchor = signOwn(t, top, 13, nil).DS()
	for i, ip := range o.ips {
		o.serve(t, i, ip+":53")
	}
	return o
}

// serve answers for one server's zones over UDP and TCP.
func (o *ownZones) serve(t *testing.T, i int, addr string) {
	t.Helper()
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		m := new(dns.Msg).SetRcode(query, dns.RcodeRefused)
		if len(query.Question) == 1 {
			if z := o.servers[i].ZoneOf(dns.CanonicalName(query.Question[0].Name), query.Question[0].Qtype); z != nil {
				m = z.Answer(query)
			}
		}
		size := dns.MaxMsgSize
		if w.LocalAddr().Network() == "udp" {
			size = dns.MinMsgSize
			if opt := query.IsEdns0(); opt != nil {
				size = int(opt.UDPSize())
			}
		}
		m.Truncate(size)
		_ = w.WriteMsg(m) // who lost it asks again
	})
	for _, network := range []string{"udp", "tcp"} {
		ready := make(chan struct{})
		s := &dns.Server{Addr: addr, Net: network, Handler: handler, NotifyStartedFunc: func() { close(ready) }}
		failed := make(chan error, 1)
		go func() { failed <- s.ListenAndServe() }()
		select {
		case <-ready:
		case err := <-failed:
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Shutdown() })
	}
}

// TestInteropOwnZones holds zones of app/zone to Unbound and to BIND's delv.
func TestInteropOwnZones(t *testing.T) {
	end2end(t)
	need(t, "signers")
	o := startOwnZones(t)
	dir := serverDir(t)
	resolver := startValidator(t, dir, []*dns.DS{o.anchor}, fmt.Sprintf("stub-zone:\n  name: %q\n  stub-addr: %s\n", ownOrigin, o.ips[0]))
	a := newAgreement(t, resolver, []*dns.DS{o.anchor})
	delv := newDelv(t, filepath.Join(dir, "delv"), resolver, o.anchor)
	a.others = []validator{delv.says}
	a.notes = []string{delvOptOut.because}
	for _, kind := range ownKinds {
		switch origin := under(kind.label, ownOrigin); {
		case kind.algorithm != 13 || kind.nsec3 != nil && kind.nsec3.OptOut:
			a.askLeaf(t, askedOfAll, origin, kind.nsec3 != nil && kind.nsec3.OptOut, delvOptOut)
		case kind.nsec3 != nil && kind.nsec3.Iterations > dnssec.MaxIterations:
			for _, q := range askedOfExcessive {
				if got := a.ask(t, q.of(origin), difference{}); got.Status != q.want {
					t.Errorf("%s: %s, want %s", q.of(origin), got, q.want)
				}
			}
		default:
			a.askLeaf(t, slices.Concat(askedOfAll, askedOfOne), origin, false, difference{})
		}
	}
	for _, q := range []question{{"", dns.TypeSOA}, {"missing", dns.TypeA}, {"plain", dns.TypeDS}, {"www.plain", dns.TypeA}} {
		a.ask(t, q.of(ownOrigin), difference{})
	}
	for _, b := range ownBreakages {
		q := b.ask.of(under(b.label, ownOrigin))
		if got := a.ask(t, q, difference{}); got.Status != b.why.Status() || got.why != string(b.why) {
			t.Errorf("%s: %s, want %s %s", q, got, b.why.Status(), b.why)
		}
	}
	a.print(t)
}

// askedOfExcessive is asked of a zone with more NSEC3 iterations than anybody
// works with: what needs no proof is secure.
var askedOfExcessive = []asked{
	{www, dnssec.Secure, false}, {noText, dnssec.Insecure, false}, {missing, dnssec.Insecure, false}, {wildcard, dnssec.Insecure, false},
}

// delvOptOut is what delv leaves to those who read what it prints.
var delvOptOut = difference{other: dnssec.Secure, because: `RFC 5155 §9.2: "the AD bit, as defined by [RFC4035], MUST NOT be set ` +
	`when returning a response containing a closest (provable) encloser proof in which the NSEC3 RR that covers the 'next closer' ` +
	`name has the Opt-Out bit set." named keeps to that; delv prints only that the proof was validated`}

// ownBreakages is what app/zone breaks on purpose.
var ownBreakages = []struct {
	label string
	nsec3 *zone.NSEC3
	spoil func(*zone.Zone) error
	ask   question
	why   dnssec.Reason
}{
	{"expired", nil, func(z *zone.Zone) error {
		return z.SignAgain(z.Origin().Child("www"), dns.TypeA, hours(-48), hours(-24))
	}, www, dnssec.RRSIGExpired},
	{"future", nil, func(z *zone.Zone) error { return z.SignAgain(z.Origin().Child("www"), dns.TypeA, hours(24), hours(48)) }, www, dnssec.RRSIGNotYetValid},
	{"altered", nil, func(z *zone.Zone) error { return z.Replace("www 300 A 192.0.2.99") }, www, dnssec.RRSIGInvalid},
	{"spoiled", nil, func(z *zone.Zone) error { return z.Spoil("www", dns.TypeA) }, www, dnssec.RRSIGInvalid},
	{"unsigned-set", nil, func(z *zone.Zone) error { return z.DropSignatures(z.Origin().Child("www"), dns.TypeA) }, www, dnssec.RRSIGMissing},
	{"unsigned-keys", nil, func(z *zone.Zone) error { return z.DropSignatures(z.Origin(), dns.TypeDNSKEY) }, www, dnssec.RRSIGMissing},
	{"unproven", nil, func(z *zone.Zone) error { z.DropProof(z.Origin().Child("missing")); return nil }, missing, dnssec.NSECMissing},
	{"unproven-nsec3", &zone.NSEC3{}, func(z *zone.Zone) error { z.DropProof(z.Origin().Child("missing")); return nil }, missing, dnssec.NSECMissing},
	{"unproven-wildcard", nil, func(z *zone.Zone) error { z.DropProof(dnsname.MustParse("any.wild." + z.Origin().FQDN())); return nil },
		wildcard, dnssec.NSECMissing},
	{"proven-other", nil, func(z *zone.Zone) error { z.ProveInstead("missing", "zzz"); return nil }, missing, dnssec.NSECBadProof},
	{"proven-other-nsec3", &zone.NSEC3{}, func(z *zone.Zone) error { z.ProveInstead("missing", "mx"); return nil }, missing, dnssec.NSECBadProof},
	{"liar", nil, func(z *zone.Zone) error {
		return z.EditDenial("www", func(rr dns.RR) {
			rr.(*dns.NSEC).TypeBitMap = append(rr.(*dns.NSEC).TypeBitMap[:1], dns.TypeTXT, dns.TypeNSEC)
		})
	}, noText, dnssec.NSECBadProof},
	{"liar-nsec3", &zone.NSEC3{}, func(z *zone.Zone) error {
		return z.EditDenial("www", func(rr dns.RR) { rr.(*dns.NSEC3).TypeBitMap = []uint16{dns.TypeA, dns.TypeTXT, dns.TypeRRSIG} })
	}, noText, dnssec.NSECBadProof},
	{"signer", nil, func(z *zone.Zone) error {
		return z.Resign("www", dns.TypeA, func(sig *dns.RRSIG) { sig.SignerName = "www." + z.Origin().FQDN() })
	}, www, dnssec.RRSIGWrongSigner},
}

// delv is BIND's validator, asking a resolver.
type delv struct {
	path, anchors, ip, port string
}

func newDelv(t *testing.T, dir, resolver string, anchor *dns.DS) delv {
	t.Helper()
	ip, port, _ := strings.Cut(resolver, ":")
	d := delv{path: sbin(t, "delv"), anchors: filepath.Join(dir, "anchors"), ip: ip, port: port}
	write(t, d.anchors, 0o644, fmt.Sprintf("trust-anchors { %q static-ds %d %d %d %q; };\n",
		anchor.Hdr.Name, anchor.KeyTag, anchor.Algorithm, anchor.DigestType, anchor.Digest))
	return d
}

// says reads what delv prints: above each set how far it is proven, or that
// there is no answer to be had.
func (d delv) says(t *testing.T, q question) verdict {
	t.Helper()
	r := run(t, d.path, "@"+d.ip, "-p", d.port, "-a", d.anchors, "+root="+strings.TrimSuffix(ownOrigin, "."),
		"-t", dns.TypeToString[q.typ], "-q", q.name)
	v := verdict{Status: dnssec.Indeterminate}
	switch failure := delvFails.FindStringSubmatch(r.err); {
	case strings.Contains(r.out, "unsigned answer"):
		v.Status = dnssec.Insecure
	case strings.Contains(r.out, "fully validated"):
		v.Status = dnssec.Secure
	case failure != nil:
		v.Status, v.why = dnssec.Bogus, failure[1]
	}
	return v
}

var delvFails = regexp.MustCompile(`;; resolution failed: (.*)`)
