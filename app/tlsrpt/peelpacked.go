package tlsrpt

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"hash"
	"hash/crc32"
	"io"
	"strings"
)

// gzip unpacks gzip (RFC 1952), all of its members.
func (p *peeler) gzip(l *layer, in *bufio.Reader) {
	inner := l.inner("")
	inner.label = unpackedLabel(l.label)
	inner.gzipped = true
	err := p.gunzip(in, func(z *gzip.Reader) {
		p.buffered(&meter{p: p, in: &gunzip{l, in, z}}, func(in *bufio.Reader) { p.container(inner, in) })
	})
	switch {
	case err != nil:
		p.lost(l, whyNot(err, GzipInvalid), 0)
	case p.trouble != "":
		p.lost(l, p.trouble, p.read)
	}
}

// unpackedLabel is what a label promises of the inside.
func unpackedLabel(label string) string {
	label = strings.ToLower(label)
	for _, end := range []string{".gz", ".gzip", "+gzip", "application/gzip", "application/x-gzip"} {
		if before, found := strings.CutSuffix(label, end); found {
			return before
		}
	}
	return label
}

// gunzip reads the members one by one, so that what follows the last is no fault.
type gunzip struct {
	l  *layer
	in *bufio.Reader
	z  *gzip.Reader
}

// Read gives an error with a kind.
func (g *gunzip) Read(to []byte) (int, error) {
	g.z.Multistream(false)
	n, err := g.z.Read(to)
	switch {
	case err == io.EOF:
		head, _ := g.in.Peek(2)
		if string(head) == "\x1F\x8B" && g.z.Reset(g.in) == nil {
			return n, nil
		}
		if head, _ = g.in.Peek(64); len(bytes.Trim(head, "\r\n\x00")) > 0 { // a line's end belongs to a mail's boundary
			g.l.mend(GzipTrailing, "")
		}
	case err != nil:
		err = &ReportError{Kind: whyNot(err, GzipInvalid)}
	}
	return n, err
}

// zip unpacks a zip in one pass, by what stands before each file (PKWARE's
// APPNOTE, 4.3.7), so that it need not be held.
func (p *peeler) zip(l *layer, in *bufio.Reader) {
	if l.zipped {
		p.lost(l, TooNested, 0)
		return
	}
	l.zipped = true
	files := 0
	for ; !p.over(); files++ {
		head, err := in.Peek(30)
		if len(head) >= 4 && behindFiles(head) {
			break
		}
		if len(head) >= 4 && string(head[:4]) != "PK\x03\x04" {
			p.lost(l, ZipInvalid, p.read)
			return
		}
		if err != nil {
			p.lost(l, CutOff, p.read)
			return
		}
		var f zipFile
		f.flags, f.method = word16(head, 6), word16(head, 8)
		f.sum, f.packed = word32(head, 14), int64(word32(head, 18))
		name, more := make([]byte, word16(head, 26)), make([]byte, word16(head, 28))
		in.Discard(30)
		_, err = io.ReadFull(in, name)
		if _, bad := io.ReadFull(in, more); err != nil || bad != nil {
			p.lost(l, CutOff, p.read)
			return
		}
		if f.packed == 1<<32-1 {
			f.packed = packed64(more)
		}
		if !p.zipped(l.inner(string(name)), f, in) {
			return
		}
	}
	if files == 0 {
		p.lost(l, Empty, 0)
	}
}

// behindFiles tells whether a record is none of a file, but of those that stand behind all
// (APPNOTE 4.3.6).
func behindFiles(head []byte) bool {
	switch string(head[:4]) {
	case "PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x06\x08":
		return true
	}
	return false
}

// recordBegins tells whether what follows is a record, or the beginning of one that is cut
// off.
func recordBegins(next []byte) bool {
	if len(next) < 4 {
		return strings.HasPrefix("PK", string(next[:min(len(next), 2)]))
	}
	return string(next[:4]) == "PK\x03\x04" || behindFiles(next)
}

// packed64 gives the size that stands in the extra field of a large file (APPNOTE 4.5.3):
// behind that of what is unpacked.
func packed64(extra []byte) int64 {
	for len(extra) >= 4 {
		size := word16(extra, 2)
		if 4+size > len(extra) {
			break
		}
		if word16(extra, 0) == 1 && size >= 16 {
			return int64(word32(extra, 12)) | int64(word32(extra, 16))<<32&(1<<63-1)
		}
		extra = extra[4+size:]
	}
	return 1<<32 - 1
}

// zipFile is what the header of a file in a zip says.
type zipFile struct {
	flags, method int
	sum           uint32
	packed        int64 // 0 when flag 3 says that the sizes stand behind
}

func word16(b []byte, at int) int { return int(b[at]) | int(b[at+1])<<8 }

func word32(b []byte, at int) uint32 { return uint32(word16(b, at)) | uint32(word16(b, at+2))<<16 }

// zipped reads one file of a zip; false when what follows can't be found.
func (p *peeler) zipped(l *layer, f zipFile, in *bufio.Reader) bool {
	behind := f.flags>>3&1 == 1
	var packed io.Reader = in
	if !behind {
		packed = io.LimitReader(in, f.packed)
	}
	var plain io.Reader
	switch {
	case f.flags&1 == 1:
		p.lost(l, ZipEncrypted, p.read)
	case f.method == 8 && behind:
		plain = p.inflate(in)
		defer p.inflated(plain)
	case f.method == 8:
		plain = p.inflate(bufio.NewReader(packed))
		defer p.inflated(plain)
	case f.method == 0 && !behind:
		plain = packed
	default:
		p.lost(l, ZipMethod, p.read)
	}
	if plain == nil {
		if !behind {
			io.Copy(io.Discard, packed)
		}
		return !behind
	}
	checked := &summed{in: plain, sum: crc32.NewIEEE(), right: func(sum uint32) bool {
		if !behind {
			return f.sum == sum
		}
		return descriptor(in, sum)
	}}
	var err error
	p.buffered(&meter{p: p, in: checked}, func(in *bufio.Reader) {
		if skipped := strings.TrimPrefix(l.label, "/"); !strings.HasSuffix(skipped, "/") && !strings.HasPrefix(skipped, "__MACOSX/") {
			p.container(l, in)
		}
		_, err = io.Copy(io.Discard, in) // what the inside left
	})
	if p.trouble != "" {
		p.lost(l, p.trouble, p.read)
	}
	if !behind {
		io.Copy(io.Discard, packed)
		return true
	}
	return err == nil
}

// summed checks what was unpacked at its end.
type summed struct {
	in    io.Reader
	sum   hash.Hash32
	right func(sum uint32) bool
	done  error
}

// Read gives an error with a kind.
func (s *summed) Read(to []byte) (int, error) {
	if s.done != nil {
		return 0, s.done
	}
	n, err := s.in.Read(to)
	s.sum.Write(to[:n])
	if err == io.EOF {
		if !s.right(s.sum.Sum32()) {
			err = &ReportError{Kind: ZipInvalid}
		}
	} else if err != nil {
		err = &ReportError{Kind: whyNot(err, ZipInvalid)}
	}
	s.done = err
	return n, err
}

// descriptor reads the checksum behind a file, and tells whether it is right: it has a mark
// or not, and sizes of 32 or 64 bits; what follows it tells, or that nothing does
// (APPNOTE 4.3.9).
func descriptor(in *bufio.Reader, sum uint32) bool {
	head, _ := in.Peek(28)
	for _, right := range []bool{true, false} { // of what could be one, a right one
		for _, size := range []int{16, 12, 24, 20} {
			if len(head) < size || !recordBegins(head[size:]) {
				continue
			}
			at, marked := 0, string(head[:4]) == "PK\x07\x08"
			if size%8 == 0 {
				at = 4
			}
			if is := word32(head, at) == sum && marked == (at > 0); is == right {
				in.Discard(size)
				return is
			}
		}
	}
	return false
}
