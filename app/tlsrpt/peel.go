package tlsrpt

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// Limits bound what one file may cost.
type Limits struct {
	Document  int64 // octets of one report as JSON
	Unpacked  int64 // octets of a file and all that is unpacked from it
	Documents int   // reports in a file
	Depth     int   // containers in containers
}

// DefaultLimits are far above what senders send: RFC 8460 §5.2 knows receivers with
// a limit of ten megabytes.
func DefaultLimits() Limits { return Limits{32 << 20, 2 << 30, 100_000, 8} }

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
// gzip, a mail, an mbox or a zip, and these in each other. It reads in one pass and
// holds no more than a document. Peel calls step after at most 64 KB with how many
// octets of the file were read; an error of it or of visit ends the reading and is
// returned. All else that goes wrong is told to visit.
func Peel(name string, in io.Reader, limits Limits, step func(read int64) error, visit func(Found) error) error {
	p := &peeler{limits: limits, step: step, visit: visit, tools: tools.Get().(*toolbox)}
	defer tools.Put(p.tools)
	p.buffered(&source{p: p, in: in}, func(in *bufio.Reader) { p.container(&layer{name: name, label: name}, in) })
	if p.trouble != "" {
		p.lost(&layer{name: name}, p.trouble, p.read)
	}
	return p.failed
}

// peeler is the reading of one file.
type peeler struct {
	limits    Limits
	step      func(int64) error
	visit     func(Found) error
	read      int64 // of the file
	unpacked  int64 // of all there is
	documents int
	failed    error     // of step or visit: all ends
	full      bool      // a limit of the file is reached: all ends
	trouble   ErrorKind // that nobody told of yet
	tools     *toolbox
}

// errFull ends reading at a limit.
var errFull = errors.New("tlsrpt: a limit is reached")

// layer is a container, or what lies in one.
type layer struct {
	within  *layer
	name    string
	label   string // file name and media type, for what they promise
	depth   int
	zipped  bool // in a zip
	gzipped bool // in a gzip, and nothing between
	mailed  bool // in a mail
	repairs []Repair
}

// inner is what lies in a layer.
func (l *layer) inner(name string) *layer {
	if name = Clip(strings.TrimSpace(name), maxValue); name != "" {
		name = "/" + name
	}
	return &layer{within: l, name: l.name + name, label: name, depth: l.depth + 1, zipped: l.zipped, mailed: l.mailed}
}

// mend notes a repair of the layer, once.
func (l *layer) mend(kind RepairKind, value string) {
	for _, known := range l.repairs {
		if known.Kind == kind {
			return
		}
	}
	l.repairs = append(l.repairs, Repair{kind, "", Clip(value, maxValue), 1})
}

// mended gives the repairs of all layers, the outermost first.
func (l *layer) mended() []Repair {
	if l == nil {
		return nil
	}
	return append(l.within.mended(), l.repairs...)
}

// over tells whether all must end.
func (p *peeler) over() bool { return p.failed != nil || p.full }

// tell gives what was found to visit.
func (p *peeler) tell(f Found) {
	if p.failed != nil {
		return
	}
	if p.documents++; p.documents > p.limits.Documents {
		p.full = true
		f = Found{Name: f.Name, Err: &ReportError{Kind: TooMany}}
	}
	p.failed = p.visit(f)
}

// lost tells of what can't be read; trouble with what it lies in outdoes the reason.
func (p *peeler) lost(l *layer, kind ErrorKind, offset int64) {
	if p.trouble != "" {
		kind, p.trouble = p.trouble, ""
	}
	p.tell(Found{Name: l.name, Repairs: l.mended(), Err: &ReportError{Kind: kind, Offset: offset}})
}

// source reads the file.
type source struct {
	p      *peeler
	in     io.Reader
	broken bool
}

// Read counts and lets the page breathe.
func (s *source) Read(to []byte) (int, error) {
	if s.p.over() {
		return 0, errFull
	}
	n, err := s.in.Read(to[:min(len(to), stride)])
	s.p.read += int64(n)
	if err != nil && err != io.EOF && !s.broken {
		s.p.trouble, s.broken = Unreadable, true
	}
	return n, s.p.spend(n, err)
}

// spend counts octets that cost time.
func (p *peeler) spend(n int, err error) error {
	if p.unpacked += int64(n); p.unpacked > p.limits.Unpacked && !p.full {
		p.full, p.trouble = true, TooMuch
	}
	if p.step != nil && p.failed == nil {
		p.failed = p.step(p.read)
	}
	if p.over() {
		return errFull
	}
	return err
}

// meter reads what is unpacked.
type meter struct {
	p      *peeler
	in     io.Reader
	broken bool
}

// Read counts and lets the page breathe.
func (m *meter) Read(to []byte) (int, error) {
	n, err := m.in.Read(to[:min(len(to), stride)])
	var reason *ReportError
	if errors.As(err, &reason) && !m.broken && m.p.trouble == "" {
		m.p.trouble, m.broken = reason.Kind, true
	}
	return n, m.p.spend(n, err)
}

// container finds what lies in a layer by its first octets.
func (p *peeler) container(l *layer, in *bufio.Reader) {
	if l.depth > p.limits.Depth {
		p.lost(l, TooNested, 0)
		return
	}
	head, err := in.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		p.lost(l, whyNot(err, Unreadable), 0)
		return
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	packed := bytes.HasPrefix(head, []byte("\x1F\x8B"))
	if says := strings.ToLower(l.label); l.gzipped && packed {
		l.mend(GzipTwice, "")
	} else if !packed && (strings.HasSuffix(says, "gz") || strings.HasSuffix(says, "gzip")) ||
		packed && strings.HasSuffix(says, "json") {
		l.mend(GzipMislabelled, strings.TrimPrefix(l.label, "/"))
	}
	switch {
	case packed:
		p.gzip(l, in)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		p.zip(l, in)
	case len(text) == 0, strings.IndexByte("{[<", text[0]) >= 0, utf16Order(head) != 0:
		p.document(l, in)
	case bytes.HasPrefix(text, []byte("From ")):
		in.Discard(len(head) - len(text))
		p.mbox(l, in)
	case isHeader(string(text[:min(len(text), 80)])):
		in.Discard(len(head) - len(text))
		p.message(l, in)
	default:
		p.lost(l, NotJSON, 0)
	}
}

// whyNot is the kind of a reader's error.
func whyNot(err error, otherwise ErrorKind) ErrorKind {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return CutOff
	}
	return otherwise
}
