package reports_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/reports/mill"
	"github.com/sealane/sealane/app/tlsrpt"
)

// BenchmarkSum sums 10 000 reports by what each view sums by.
func BenchmarkSum(b *testing.B) {
	var set reports.Set
	for i := range 10_000 {
		set.Read(fmt.Sprint(i), bytes.NewReader(mill.Report(i, 39)), tlsrpt.DefaultLimits(), nil)
	}
	for _, by := range []reports.By{reports.ByResult, reports.BySource, reports.BySendingIP, reports.ByReceivingMX, reports.ByDay, reports.ByDomain} {
		b.Run(string(by), func(b *testing.B) {
			for b.Loop() {
				set.Sum(by, reports.Filter{})
			}
		})
	}
	b.Run("policies", func(b *testing.B) {
		for b.Loop() {
			set.Policies(reports.Filter{})
		}
	})
	b.Run("failures", func(b *testing.B) {
		for b.Loop() {
			set.Failures(reports.Filter{}, 25)
		}
	})
}
