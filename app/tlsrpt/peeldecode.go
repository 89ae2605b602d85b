package tlsrpt

import (
	"bufio"
	"strings"
)

// decoder undoes a transfer encoding (RFC 2045 §6), line by line.
type decoder struct {
	l        *layer
	in       *bufio.Reader
	encoding string
	out      []byte
	buffer   []byte
	bits     uint32 // of base64 that make no octet yet
	held     int    // how many bits
	done     error
}

// Read gives what was encoded.
func (d *decoder) Read(to []byte) (int, error) {
	for len(d.out) == 0 {
		if d.done != nil {
			return 0, d.done
		}
		line, err := d.in.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			d.done = err
		}
		switch strings.TrimSpace(d.encoding) {
		case "base64":
			d.out = d.base64(line)
		case "quoted-printable":
			d.out = d.quotedPrintable(line)
		default:
			d.out = line
		}
	}
	n := copy(to, d.out)
	d.out = d.out[n:]
	return n, nil
}

// sextets are the values of base64's characters, and of those in URLs; foreign for others.
var sextets = func() (of [256]byte) {
	for c := range of {
		of[c] = foreign
	}
	for v, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		of[c] = byte(v)
	}
	of['-'], of['_'] = 62, 63
	return of
}()

const foreign = 64

// base64 passes over characters that don't belong there, as RFC 2045 §6.8 wants; what follows
// padding begins anew.
func (d *decoder) base64(line []byte) []byte {
	out := d.buffer[:0]
	for i := 0; i < len(line); i++ {
		for ; d.held == 0 && i+4 <= len(line); i += 4 {
			a, b, c, e := sextets[line[i]], sextets[line[i+1]], sextets[line[i+2]], sextets[line[i+3]]
			if (a|b|c|e)&foreign != 0 {
				break
			}
			out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|e)
		}
		if i == len(line) {
			break
		}
		switch v := sextets[line[i]]; {
		case v != foreign:
			d.bits, d.held = d.bits<<6|uint32(v), d.held+6
			if d.held >= 8 {
				d.held -= 8
				out = append(out, byte(d.bits>>d.held))
			}
		case line[i] == '=':
			d.bits, d.held = 0, 0
		case line[i] != '\r' && line[i] != '\n':
			d.l.mend(TransferEncoding, string(rune(line[i])))
		}
	}
	d.buffer = out
	return out
}

// quotedPrintable leaves what is no escape as it stands (RFC 2045 §6.7).
func (d *decoder) quotedPrintable(line []byte) []byte {
	out := d.buffer[:0]
	text := strings.TrimRight(string(line), " \t\r\n")
	soft := strings.HasSuffix(text, "=")
	text = strings.TrimSuffix(text, "=")
	for i := 0; i < len(text); i++ {
		if text[i] != '=' {
			out = append(out, text[i])
			continue
		}
		if i+2 < len(text) && hex(text[i+1]) && hex(text[i+2]) {
			out = append(out, nibble(text[i+1])<<4|nibble(text[i+2]))
			i += 2
			continue
		}
		d.l.mend(TransferEncoding, text[i:])
		out = append(out, '=')
	}
	if !soft && len(line) > 0 && line[len(line)-1] == '\n' {
		out = append(out, '\r', '\n')
	}
	d.buffer = out
	return out
}

// nibble is the value of a hexadecimal digit.
func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
