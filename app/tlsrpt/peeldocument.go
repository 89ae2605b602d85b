package tlsrpt

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// document reads what is to be JSON.
func (p *peeler) document(l *layer, in io.Reader) {
	text, kind := p.all(in)
	if kind != "" {
		p.lost(l, kind, int64(len(text)))
		return
	}
	if order := utf16Order(text); order != 0 {
		l.mend(Charset, "UTF-16")
		text = fromUTF16(text, order == 'L')
	}
	if after, found := bytes.CutPrefix(text, []byte("\xEF\xBB\xBF")); found {
		l.mend(ByteOrderMark, "")
		text = after
	}
	if len(bytes.TrimSpace(text)) == 0 {
		p.lost(l, Empty, 0)
		return
	}
	if text[0] != '{' { // as most begin
		if kind := alien(string(text[:min(len(text), 4096)])); kind != "" {
			p.lost(l, kind, 0)
			return
		}
	}
	p.tell(Found{Name: l.name, JSON: text, Repairs: l.mended()})
}

// all reads a document into the buffer that all documents share; at a fault it tells of
// which kind, with what could be read.
func (p *peeler) all(in io.Reader) ([]byte, ErrorKind) {
	buffer := p.tools.buffer[:0]
	defer func() {
		if p.tools.buffer = buffer; cap(buffer) > mostKept {
			p.tools.buffer = nil
		}
	}()
	for {
		if len(buffer) == cap(buffer) {
			grown := make([]byte, len(buffer), max(16<<10, int(min(int64(2*cap(buffer)), p.limits.Document+1))))
			copy(grown, buffer)
			buffer = grown
		}
		n, err := in.Read(buffer[len(buffer):min(cap(buffer), len(buffer)+stride)])
		buffer = buffer[:len(buffer)+n]
		switch {
		case int64(len(buffer)) > p.limits.Document:
			return buffer, TooLarge
		case err == io.EOF:
			return buffer, ""
		case err != nil:
			var reason *ReportError
			if errors.As(err, &reason) {
				return buffer, reason.Kind
			}
			return buffer, whyNot(err, Unreadable)
		}
	}
}

// utf16Order tells by a mark, or by what JSON begins with, that a text is UTF-16: 'L' for little
// endian, 'B' for big, 0 for none.
func utf16Order(text []byte) byte {
	if len(text) < 2 {
		return 0
	}
	switch [2]byte{text[0], text[1]} {
	case [2]byte{0xFF, 0xFE}, [2]byte{'{', 0}:
		return 'L'
	case [2]byte{0xFE, 0xFF}, [2]byte{0, '{'}:
		return 'B'
	}
	return 0
}

// fromUTF16 writes a text in UTF-8, without the mark.
func fromUTF16(text []byte, little bool) []byte {
	out := make([]byte, 0, len(text)/2+len(text)/8)
	unit := func(i int) rune {
		switch {
		case i+1 >= len(text):
			return utf8.RuneError
		case little:
			return rune(text[i]) | rune(text[i+1])<<8
		}
		return rune(text[i])<<8 | rune(text[i+1])
	}
	for i := 0; i+1 < len(text); i += 2 {
		c := unit(i)
		if both := utf16.DecodeRune(c, unit(i+2)); utf16.IsSurrogate(c) && both != utf8.RuneError {
			c, i = both, i+2
		}
		if i > 0 || c != 0xFEFF {
			out = utf8.AppendRune(out, c)
		}
	}
	return out
}
