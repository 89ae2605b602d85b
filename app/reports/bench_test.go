package reports_test

import (
	"bytes"
	"testing"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/reports/mill"
	"github.com/sealane/sealane/app/tlsrpt"
)

// BenchmarkReports reads and sums reports as JSON, of about ten kilobytes each.
func BenchmarkReports(b *testing.B) {
	var texts [][]byte
	size := 0
	for i := range 1000 {
		texts = append(texts, mill.Report(i, 39))
		size += len(texts[i])
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		var set reports.Set
		for _, text := range texts {
			set.Read("x", bytes.NewReader(text), tlsrpt.DefaultLimits(), nil)
		}
		if len(set.Entries()) != len(texts) {
			b.Fatal(set.Unreads())
		}
	}
}

// BenchmarkFiles does the same with all forms of files; per octet of the JSON.
func BenchmarkFiles(b *testing.B) {
	type file struct {
		name string
		text []byte
	}
	var files []file
	size := 0
	for i := range 700 {
		name, text := mill.File(i, 39)
		files = append(files, file{name, text})
		size += len(mill.Report(i, 39))
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		var set reports.Set
		for _, f := range files {
			set.Read(f.name, bytes.NewReader(f.text), tlsrpt.DefaultLimits(), nil)
		}
		if len(set.Entries()) != len(files) {
			b.Fatal(set.Unreads())
		}
	}
}
