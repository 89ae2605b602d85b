package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
	"github.com/sealane/sealane/app/tlsrpt"
)

// TestProposals holds what is proposed in awkward cases to having no fault
// itself; every other scenario is held to the same.
func TestProposals(t *testing.T) {
	for name, make := range map[string]func(testing.TB) *scenario{
		"placeholder without policy": func(t testing.TB) *scenario {
			s := answered(404)(t)
			s.records[scenarioKey(stsName, doh.TypeTXT)] = nil
			return s.txt(stsName, "v=STSv1; id=YYYYMMDD01")
		},
		"address as mail host": func(t testing.TB) *scenario {
			return stsPolicy("version: STSv1\r\nmode: enforce\r\nmx: 192.0.2.9\r\nmax_age: 604800\r\n")(t).mx(20, "192.0.2.9")
		},
		"none with an address": stsPolicy("version: STSv1\r\nmode: None\r\nmx: 192.0.2.9\r\nmax_age: 604800\r\n"),
		"wildcard over everything": func(t testing.TB) *scenario {
			return stsPolicy("version: STSv1\nmode: Enforce\nmx: *.com\nmax_age: 604800\n")(t).mx(20, "example.com")
		},
		"two reporting records, one URI faulty": func(t testing.TB) *scenario {
			s := stsPolicy(goodPolicy)(t)
			s.records[scenarioKey(rptName, doh.TypeTXT)] = nil
			return s.txt(rptName, "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com.,https://x.example/!1")
		},
		"reporting record at another name, faulty": func(t testing.TB) *scenario {
			s := stsPolicy(goodPolicy)(t)
			s.records[scenarioKey(rptName, doh.TypeTXT)] = nil
			return s.txt("_tlsrpt.example.com", "v=TLSRPTv1; rua=mailto:a@example.com,b@example.com; ;")
		},
	} {
		t.Run(name, func(t *testing.T) {
			if r := make(t).report(); len(r.Findings) == 0 {
				t.Error("no finding at all")
			}
		})
	}
}

// publishable holds what a report proposes to publish to having no fault itself.
func publishable(t testing.TB, r Report) {
	t.Helper()
	for _, f := range r.Findings {
		for _, p := range f.Publish {
			var odd []syntax.Diagnostic
			switch {
			case p.Remove:
			case p.Type == "TXT" && strings.HasPrefix(p.Name, "_mta-sts."):
				_, odd = mtasts.ParseRecord(p.Value)
			case p.Type == "TXT" && strings.HasPrefix(p.Name, "_smtp._tls."):
				_, odd = tlsrpt.ParseRecord(p.Value)
			case p.Type == "file":
				_, odd = mtasts.ParsePolicy([]byte(p.Value))
				odd = slices.DeleteFunc(odd, func(d syntax.Diagnostic) bool { return d.Kind == mtasts.MaxAgeShort })
			}
			if len(odd) > 0 {
				t.Errorf("%s: proposes %s %s %q, which has %v", f.Code, p.Type, p.Name, p.Value, odd)
			}
		}
	}
}
