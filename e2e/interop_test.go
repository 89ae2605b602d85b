package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
)

// asked is a question to a healthy zone and what has to be said. Where the zone
// opts out, much of what isn't there is insecure, and what depends on the
// signer: that is left to Unbound.
type asked struct {
	question
	want    dnssec.Status
	optsOut bool
}

// askedOfAll is what every healthy zone at the tree's ends is asked.
var askedOfAll = []asked{
	{question{"", dns.TypeMX}, dnssec.Secure, false},
	{question{"", dns.TypeDNSKEY}, dnssec.Secure, false},
	{question{"", dns.TypeDS}, dnssec.Secure, false},
	{question{"_25._tcp.mx", dns.TypeTLSA}, dnssec.Secure, false},
	{question{"www", dns.TypeTXT}, dnssec.Secure, false},  // NODATA
	{question{"_tcp.mx", dns.TypeA}, dnssec.Secure, true}, // an empty non-terminal
	{question{"missing", dns.TypeA}, dnssec.Secure, true}, // NXDOMAIN
	{question{"any.wild", dns.TypeTXT}, dnssec.Secure, true},
	{question{"any.wild", dns.TypeMX}, dnssec.Secure, true}, // NODATA of a wildcard
	{question{"any.wcross", dns.TypeA}, dnssec.Secure, true},
	{question{"cross", dns.TypeA}, dnssec.Secure, false},
	{question{"www.renamed", dns.TypeA}, dnssec.Secure, false},
	{question{"sub", dns.TypeDS}, dnssec.Secure, true}, // an insecure cut
	{question{"www.sub", dns.TypeA}, dnssec.Insecure, false},
}

// askedOfOne is what one zone of each signer and way to deny is asked beside
// that.
var askedOfOne = []asked{
	{question{"www", dns.TypeA}, dnssec.Secure, false},
	{question{"", dns.TypeTXT}, dnssec.Secure, false},
	{question{"www", dns.TypeDS}, dnssec.Secure, false},
	{question{"wild", dns.TypeTXT}, dnssec.Secure, true},
	{question{"missing", dns.TypeDS}, dnssec.Secure, true},
	{question{"a.b.missing", dns.TypeA}, dnssec.Secure, true},
	{question{"a.www", dns.TypeA}, dnssec.Secure, true},
	{question{"_25._tcp.www", dns.TypeTLSA}, dnssec.Secure, true},
	{question{"*.wild", dns.TypeTXT}, dnssec.Secure, false},
	{question{"known.wild", dns.TypeTXT}, dnssec.Secure, false},
	{question{"known.wild", dns.TypeMX}, dnssec.Secure, false},
	{question{"a.b.wild", dns.TypeTXT}, dnssec.Secure, true},
	{question{"any.wild", dns.TypeDS}, dnssec.Secure, true},
	{question{"any.wcname", dns.TypeA}, dnssec.Secure, true},
	{question{"any.wcname", dns.TypeTXT}, dnssec.Secure, true},
	{question{"alias", dns.TypeA}, dnssec.Secure, false},
	{question{"alias", dns.TypeCNAME}, dnssec.Secure, false},
	{question{"alias", dns.TypeTXT}, dnssec.Secure, false},
	{question{"lost", dns.TypeA}, dnssec.Secure, true},
	{question{"cross", dns.TypeTXT}, dnssec.Secure, false},
	{question{"toplain", dns.TypeA}, dnssec.Insecure, false},
	{question{"renamed", dns.TypeDNAME}, dnssec.Secure, false},
	{question{"renamed", dns.TypeA}, dnssec.Secure, false},
	{question{"missing.renamed", dns.TypeA}, dnssec.Secure, true},
	{question{"_25._tcp.mx.renamed", dns.TypeTLSA}, dnssec.Secure, false},
	{question{"sub", dns.TypeNS}, dnssec.Insecure, false},
	{question{"www.sub", dns.TypeTXT}, dnssec.Insecure, false},
	{question{"missing.sub", dns.TypeA}, dnssec.Insecure, false},
}

// askedOfTops is what the zones above those are asked.
var askedOfTops = []question{
	{"", dns.TypeSOA}, {"", dns.TypeDNSKEY}, {"", dns.TypeDS}, {"ns", dns.TypeA}, {"ns", dns.TypeMX},
	{"missing", dns.TypeA}, {"missing", dns.TypeDS}, {"unsigned", dns.TypeDS}, {"unsigned", dns.TypeSOA},
	{"www.unsigned", dns.TypeA}, {"missing.unsigned", dns.TypeA}, {"www.unsigned", dns.TypeDS},
}

// askedOfRoot is what is asked of the root and of the unsigned zone below it.
var askedOfRoot = []question{
	{".", dns.TypeSOA}, {".", dns.TypeDNSKEY}, {".", dns.TypeDS}, {".", dns.TypeMX}, {"ns.", dns.TypeA},
	{"missing.", dns.TypeA}, {"a.b.missing.", dns.TypeA}, {"plain.", dns.TypeDS}, {"plain.", dns.TypeSOA},
	{"www.plain.", dns.TypeA}, {"missing.plain.", dns.TypeA}, {"island.plain.", dns.TypeDS},
	{"www.island.plain.", dns.TypeA}, {"missing.island.plain.", dns.TypeA}, {"any.wild.island.plain.", dns.TypeTXT},
}

// askedOfBroken is what every broken zone is asked, beside its own question.
var askedOfBroken = []question{www, missing, noText, wildcard, {"any.wild", dns.TypeMX}, {"", dns.TypeDS}}

// TestInteropUnbound validates what other people's signers made and servers
// serve, as Unbound does.
func TestInteropUnbound(t *testing.T) {
	end2end(t)
	need(t, "signers")
	w := startTree(t, wholeTree())
	a := newAgreement(t, w.resolver(t), w.anchors)
	for _, q := range askedOfRoot {
		a.ask(t, q, difference{})
	}
	for _, signer := range treeSigners {
		for _, denial := range treeDenials {
			top := topLabel(signer, denial) + "."
			for _, q := range askedOfTops {
				a.ask(t, q.of(top), difference{})
			}
			for _, algorithm := range treeAlgorithms {
				questions := askedOfAll
				if algorithm == treeAlgorithms[1] {
					questions = slices.Concat(questions, askedOfOne)
				}
				a.askLeaf(t, questions, under(leafLabel(algorithm), top), denial == withOptOut, difference{})
			}
		}
	}
	for i := range breakages {
		a.askBroken(t, &breakages[i])
	}
	a.print(t)
}

// askLeaf asks a healthy zone at the tree's ends.
func (a *agreement) askLeaf(t *testing.T, questions []asked, origin string, optOut bool, may difference) {
	t.Helper()
	for _, q := range questions {
		got := a.ask(t, q.of(origin), may)
		if got.Status != q.want && !(q.optsOut && optOut && got.Status == dnssec.Insecure) {
			t.Errorf("%s: %s, want %s", q.of(origin), got, q.want)
		}
	}
}

// askBroken asks a broken zone.
func (a *agreement) askBroken(t *testing.T, b *breakage) {
	t.Helper()
	origin := under(b.label, brokenTop(b.below)+".")
	may := difference{unbound: b.unbound, because: b.because}
	if b.because != "" {
		a.notes = append(a.notes, fmt.Sprintf("%s is %s: %s", origin, b.status, b.because))
	}
	if got := a.ask(t, b.ask.of(origin), may); got.Status != b.status || got.why != string(b.why) {
		t.Errorf("%s: %s, want %s %s", b.ask.of(origin), got, b.status, b.why)
	}
	for _, q := range askedOfBroken {
		if q != b.ask {
			a.ask(t, q.of(origin), may)
		}
	}
}
