package tlsrpt

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"io"
	"sync"
)

// tools are those of files before: to make them for each file of ten kilobytes takes longer
// than to read it.
var tools = sync.Pool{New: func() any { return &toolbox{} }}

// toolbox is what the reading of a file needs, and what the next one can use again.
type toolbox struct {
	buffer  []byte // of a document
	readers []*bufio.Reader
	gunzips []*gzip.Reader
	flates  []io.Reader // of package flate
}

// mostKept is how much of a buffer is kept, in octets.
const mostKept = 1 << 20

// buffered has something read with a buffer.
func (p *peeler) buffered(in io.Reader, read func(*bufio.Reader)) {
	t, r := p.tools, (*bufio.Reader)(nil)
	if n := len(t.readers); n > 0 {
		r, t.readers = t.readers[n-1], t.readers[:n-1]
		r.Reset(in)
	} else {
		r = bufio.NewReader(in)
	}
	read(r)
	r.Reset(nil)
	t.readers = append(t.readers, r)
}

// inflate unpacks deflate (RFC 1951); inflated takes it back.
func (p *peeler) inflate(in io.Reader) io.Reader {
	t := p.tools
	n := len(t.flates)
	if n == 0 {
		return flate.NewReader(in)
	}
	r := t.flates[n-1]
	t.flates = t.flates[:n-1]
	_ = r.(flate.Resetter).Reset(in, nil) // fails never (its source)
	return r
}

func (p *peeler) inflated(r io.Reader) { p.tools.flates = append(p.tools.flates, r) }

// gunzip has something unpacked, or gives why it can't be.
func (p *peeler) gunzip(in io.Reader, read func(*gzip.Reader)) error {
	t, z := p.tools, &gzip.Reader{}
	if n := len(t.gunzips); n > 0 {
		z, t.gunzips = t.gunzips[n-1], t.gunzips[:n-1]
	}
	err := z.Reset(in)
	if err == nil {
		read(z)
	}
	t.gunzips = append(t.gunzips, z)
	return err
}
