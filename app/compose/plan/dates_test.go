package plan_test

import (
	"testing"

	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/locale"
)

func TestScratch(t *testing.T) {
	chain := certificate(t, start.AddDate(0, 0, 60), "mx1.example.com")
	next := certificate(t, start.AddDate(0, 0, 60), "mx1.example.com")
	w := newWorld(t).server(10, "mx1.example.com", 3600, chain).policy(3600, enforced(604800, "mx1.example.com")).tlsa("mx1.example.com", 3600, of(t, chain, 3, 1, 1))
	in := plan.Input{Want: want("mx1.example.com"), Report: w.report(), Start: start}
	for _, f := range in.Report.Findings {
		t.Log(f.Level, f.Code, f.Subject, f.Args)
	}
	_ = next
	for _, id := range plan.IDs {
		in := in
		if id == plan.Move {
			in.Want = want("mx.example.net")
		}
		t.Log(plan.Markdown(plan.Make(id, in), locale.English()))
	}
}
