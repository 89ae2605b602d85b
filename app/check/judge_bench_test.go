package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// large is a domain with as much as one check gathers of a big provider: many
// hosts, addresses, TLSA records and patterns.
func large(t testing.TB) *scenario {
	s := sound(t)
	var policy strings.Builder
	policy.WriteString("version: STSv1\r\nmode: enforce\r\nmax_age: 2592000\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\n")
	for i := range maxHosts - 2 {
		host := fmt.Sprintf("in%d.mail.example.com", i)
		chain, trust := scenarioChain(t, certificate{names: []string{host}})
		var all []probe.Address
		var ips []string
		for k := range 4 {
			ips = append(ips, netip.AddrFrom4([4]byte{192, 0, byte(i), byte(k)}).String(), fmt.Sprintf("2001:db8:%x::%x", i, k+1))
		}
		for _, ip := range ips {
			all = append(all, spoken(ip, chain, trust))
		}
		s.mx(100+i, host).address(host, ips...).probe(host, all...)
		s.tlsa(host, scenarioTLSA(t, chain[0], "3 1 1"), scenarioTLSA(t, chain[1], "2 1 1"))
		fmt.Fprintf(&policy, "mx: %s\r\n", host)
	}
	return s.policy(policy.String())
}

func BenchmarkJudge(b *testing.B) {
	for name, f := range map[string]Facts{
		"two hosts": sound(b).factsNow(), "twenty hosts of eight addresses": large(b).factsNow(), "with asides and other fetches": visited(b),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Judge(f, scenarioNow)
			}
		})
	}
}

// TestRecordAmongMany finds the one record behind many other texts.
func TestRecordAmongMany(t *testing.T) {
	s := newScenario(t, "example.com").mx(10, "mx.example.com").address("mx.example.com", "192.0.2.1")
	for i := range 40 {
		s.txt(stsName, fmt.Sprintf("other %d", i)).txt(rptName, fmt.Sprintf("other %d", i))
	}
	got := s.txt(stsName, goodRecord).txt(rptName, "v=TLSRPTv1; rua=mailto:a@example.com").codes()
	for code, want := range map[Code]bool{"sts-record.ok": true, "tlsrpt-record.ok": true, "sts-record.absent": false, "tlsrpt-record.absent": false} {
		if slices.Contains(got, code) != want {
			t.Errorf("%s: %v, want %v", code, !want, want)
		}
	}
}

// TestJudgeIsQuickOnHostileFacts gives Judge the most that 64 KiB answers hold;
// it must not take a time that grows with the square.
func TestJudgeIsQuickOnHostileFacts(t *testing.T) {
	manyMX := newScenario(t, "example.com")
	for i := range 3000 {
		manyMX.mx(i, fmt.Sprintf("_%d.a", i))
	}
	var lines strings.Builder
	lines.WriteString("version: STSv1\r\nmode: enforce\r\nmax_age: 2592000\r\n")
	for i := range 5000 {
		fmt.Fprintf(&lines, "mx: %d.b\r\n", i)
	}
	manyMX.txt(stsName, goodRecord).address("mta-sts.example.com", "192.0.2.80").policy(lines.String())
	texts := func(name, text string, n int) *scenario {
		s := oneHost(t, "mx.example.com")
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(text, i)
		}
		return s.txt(name, all...)
	}
	uris := strings.Repeat("mailto:a@b.example,", 3000)
	for name, s := range map[string]*scenario{
		"mx": manyMX, "id": texts(stsName, "id=%d", 2500), "stsv": texts(stsName, "v=STSv1; id=%d", 2000),
		"rua": texts(rptName, "rua=%d", 2500), "tlsrpt": texts(rptName, "v=TLSRPTv1; rua=mailto:a%d@example.com", 1000),
		"uris": texts(rptName, "v=TLSRPTv1; rua="+uris+"mailto:x%d@example.com", 1),
	} {
		f := s.factsNow()
		r, took := quickest(f)
		t.Logf("%s: %v, %d findings", name, took, len(r.Findings))
		if took > time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

// quickest is what the quickest of three judgements takes: a busy machine is
// slow once, and not each time.
func quickest(f Facts) (r Report, took time.Duration) {
	took = time.Hour
	for range 3 {
		start := time.Now()
		r = Judge(f, scenarioNow)
		took = min(took, time.Since(start))
	}
	return r, took
}
