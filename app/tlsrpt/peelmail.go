package tlsrpt

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// maxHeader bounds the header of a mail, in octets; of what is longer, the rest is
// not looked at.
const maxHeader = 256 << 10

// isHeader tells whether a text begins with a header field (RFC 5322 §2.2).
func isHeader(text string) bool {
	name, _, found := strings.Cut(text[:min(len(text), 80)], ":")
	return found && len(name) > 1 && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// header is that of a mail or of a part: the fields that matter here, by lower-case
// names.
type header map[string]string

// readHeader reads up to the empty line.
func readHeader(in *bufio.Reader) header {
	h := header{}
	name, size, midline := "", 0, false
	for {
		line, err := in.ReadSlice('\n')
		text, begins := strings.TrimRight(string(line), "\r\n"), !midline
		if midline = err == bufio.ErrBufferFull; begins && !midline && text == "" || len(line) == 0 {
			return h
		}
		if size += len(line); size > maxHeader || text == "" {
			continue
		}
		if !begins {
			if name != "" {
				h[name] += text
			}
			continue
		}
		if text[0] == ' ' || text[0] == '\t' {
			if name != "" {
				h[name] += " " + strings.TrimSpace(text)
			}
			continue
		}
		field, value, _ := strings.Cut(text, ":")
		name = strings.ToLower(strings.TrimSpace(field))
		switch name {
		case "content-type", "content-transfer-encoding", "content-disposition", "tls-report-domain", "tls-report-submitter", "dkim-signature", "from":
			h[name] = strings.TrimSpace(value)
		default:
			name = ""
		}
	}
}

// media gives the media type in lower case.
func (h header) media() string {
	media, _, _ := strings.Cut(h["content-type"], ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// parameter gives one of a field (RFC 2045 §5.1), without what RFC 2231 adds.
func (h header) parameter(field, name string) string {
	_, rest, _ := strings.Cut(h[field], ";")
	for rest != "" {
		var key, value string
		key, rest, _ = strings.Cut(rest, "=")
		rest = strings.TrimLeft(rest, " \t")
		if strings.HasPrefix(rest, `"`) {
			value, rest, _ = strings.Cut(rest[1:], `"`)
			_, rest, _ = strings.Cut(rest, ";")
		} else {
			value, rest, _ = strings.Cut(rest, ";")
		}
		if strings.EqualFold(strings.Trim(key, " \t;"), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// file gives the name of an attachment.
func (h header) file() string {
	if name := h.parameter("content-disposition", "filename"); name != "" {
		return name
	}
	return h.parameter("content-type", "name")
}

// author gives the domain of the address in From (RFC 5322 §3.6.2).
func (h header) author() string {
	at := strings.LastIndexByte(h["from"], '@')
	if at < 0 {
		return ""
	}
	domain, _, _ := strings.Cut(strings.ToLower(h["from"][at+1:]), ">")
	return strings.TrimSpace(domain)
}

// within tells whether a domain is another, or below it.
func within(domain, other string) bool {
	return domain == other || strings.HasSuffix(domain, "."+other)
}

// message reads a mail (RFC 8460 §5.3).
func (p *peeler) message(l *layer, in *bufio.Reader) {
	h := readHeader(in)
	if !l.mailed {
		for _, name := range []string{"tls-report-domain", "tls-report-submitter"} {
			if h[name] == "" {
				l.mend(HeadersMissing, "")
			}
		}
		if h["dkim-signature"] == "" {
			l.mend(DKIMMissing, "")
		}
		if submitter, from := strings.ToLower(h["tls-report-submitter"]), h.author(); submitter != "" && from != "" && !within(submitter, from) && !within(from, submitter) {
			l.mend(SubmitterMismatch, submitter+" ≠ "+from)
		}
	}
	l.mailed = true
	if !strings.HasPrefix(h.media(), "multipart/") {
		l.mend(WholeMessage, h.media())
	}
	if before := p.documents; !p.part(l, h, in) && p.documents == before {
		kind := MailNoReport
		if strings.EqualFold(h.parameter("content-type", "report-type"), "feedback-report") {
			kind = IsARF
		}
		p.lost(l, kind, 0)
	}
}

// part reads a mail's body, or a part of it; it tells whether anything was told of.
func (p *peeler) part(l *layer, h header, in *bufio.Reader) bool {
	media := h.media()
	switch {
	case l.depth > p.limits.Depth:
		p.lost(l, TooNested, 0)
		return true
	case strings.HasPrefix(media, "multipart/"):
		if media != "multipart/report" || !strings.EqualFold(h.parameter("content-type", "report-type"), "tlsrpt") {
			l.mend(MultipartKind, media)
		}
		return p.multipart(l, h.parameter("content-type", "boundary"), in)
	}
	before := p.documents
	inner := l.inner(h.file())
	if inner.label == "" || media == "application/tlsrpt+gzip" || media == "application/tlsrpt+json" {
		inner.label = media
	}
	p.buffered(&decoder{l: l, in: in, encoding: strings.ToLower(h["content-transfer-encoding"])}, func(body *bufio.Reader) {
		head, _ := body.Peek(1024)
		if !attached(media, h.file(), head) {
			return
		}
		if media != "application/tlsrpt+json" && media != "application/tlsrpt+gzip" && media != "message/rfc822" {
			l.mend(MediaTypeUnexpected, media)
		}
		p.container(inner, body)
	})
	return p.documents > before
}

// attached tells whether a part is to be looked into: what people read rarely is.
func attached(media, file string, head []byte) bool {
	text := strings.TrimLeft(string(head), "\xEF\xBB\xBF \t\r\n")
	switch {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "\x1F\x8B"), strings.HasPrefix(text, "PK\x03\x04"):
		return true
	case strings.Contains(media, "tlsrpt"), media == "message/rfc822":
		return true
	case strings.HasPrefix(media, "text/") && !strings.Contains(file, ".xml"), strings.HasPrefix(media, "image/"), strings.HasPrefix(media, "message/"), media == "":
		return false
	}
	return strings.Contains(file, ".json") || strings.Contains(file, ".xml") || strings.Contains(file, ".gz") || strings.Contains(file, ".zip")
}

// multipart reads parts between boundaries (RFC 2046 §5.1.1).
func (p *peeler) multipart(l *layer, boundary string, in *bufio.Reader) (told bool) {
	if boundary == "" {
		p.lost(l, MailNoReport, 0)
		return true
	}
	b := &between{l: l, in: in, boundary: "--" + boundary}
	io.Copy(io.Discard, b) // the preamble
	for !b.last && !p.over() {
		b.ended = false
		p.buffered(b, func(part *bufio.Reader) {
			told = p.part(l.inner(""), readHeader(part), part) || told
			io.Copy(io.Discard, part)
		})
	}
	io.Copy(io.Discard, in) // what stands behind
	return told
}

// between reads up to a line that ends a part.
type between struct {
	l        *layer
	in       *bufio.Reader
	boundary string
	ended    bool // by a boundary
	last     bool // no part follows
	midline  bool
	line     []byte
}

// Read gives the part line by line.
func (b *between) Read(to []byte) (int, error) {
	for len(b.line) == 0 {
		if b.ended || b.last {
			return 0, io.EOF
		}
		line, err := b.in.ReadSlice('\n')
		if !b.midline && bytes.HasPrefix(line, []byte(b.boundary)) {
			rest := strings.TrimSpace(string(line[len(b.boundary):]))
			if rest == "" || strings.HasPrefix(rest, "--") {
				b.ended, b.last = true, rest != ""
				return 0, io.EOF
			}
		}
		if b.midline = err == bufio.ErrBufferFull; err != nil && !b.midline {
			if b.last = true; err == io.EOF {
				b.l.mend(MailUnclosed, "")
			} else if len(line) == 0 {
				return 0, err
			}
		}
		b.line = line
	}
	n := copy(to, b.line)
	b.line = b.line[n:]
	return n, nil
}

// mbox reads the mails of a file (RFC 4155): each follows a line "From ".
func (p *peeler) mbox(l *layer, in *bufio.Reader) {
	m := &mailbox{in: in, blank: true}
	io.Copy(io.Discard, m) // nothing, or white space
	for !m.last && !p.over() {
		m.ended = false
		p.buffered(m, func(mail *bufio.Reader) {
			p.message(l.inner(""), mail)
			io.Copy(io.Discard, mail)
		})
	}
}

// mailbox reads up to the line that begins another mail.
type mailbox struct {
	in                          *bufio.Reader
	ended, last, midline, blank bool
	line                        []byte
}

// Read gives the mail line by line.
func (m *mailbox) Read(to []byte) (int, error) {
	for len(m.line) == 0 {
		if m.ended || m.last {
			return 0, io.EOF
		}
		line, err := m.in.ReadSlice('\n')
		if !m.midline && m.blank && bytes.HasPrefix(line, []byte("From ")) {
			m.ended, m.blank = true, false
			return 0, io.EOF
		}
		m.blank = !m.midline && len(bytes.TrimSpace(line)) == 0
		if quoted := bytes.TrimLeft(line, ">"); !m.midline && len(quoted) < len(line) && bytes.HasPrefix(quoted, []byte("From ")) {
			line = line[1:]
		}
		if m.midline = err == bufio.ErrBufferFull; err != nil && !m.midline {
			if m.last = true; err != io.EOF && len(line) == 0 {
				return 0, err
			}
		}
		m.line = line
	}
	n := copy(to, m.line)
	m.line = m.line[n:]
	return n, nil
}
