package tlsrpt

import "io"

// Limits bound what one file may cost.
type Limits struct {
	Document  int64 // octets of one report as JSON, and of one mail's part
	Unpacked  int64 // octets of a file and all that is unpacked from it
	Documents int   // reports in a file
	Depth     int   // containers in containers
}

// DefaultLimits are far above what senders send: RFC 8460 §5.2 knows receivers
// with a limit of ten megabytes.
func DefaultLimits() Limits { return Limits{32 << 20, 2 << 30, 100_000, 5} }

// Found is what lies in a file: a report, or something that can't be read.
type Found struct {
	// Name says where: the file, and behind slashes what lies in it.
	Name string
	// JSON is valid until visit returns.
	JSON []byte
	// Repairs are those of the containers.
	Repairs []Repair
	// Err is set when there is no JSON.
	Err *ReportError
}

// Peel finds the reports in a file by what they are, and not by their names: JSON,
// gzip, a mail, an mbox or a zip, and these in each other. It reads in one pass and holds
// no more than a document. Peel calls step after at most 64 KB with how many octets of the
// file were read; an error of it or of visit ends the reading and is returned. All else
// that goes wrong is told to visit.
func Peel(name string, in io.Reader, limits Limits, step func(read int64) error, visit func(Found) error) error {
	panic("being written")
}
