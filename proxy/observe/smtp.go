package observe

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// Errors of reading a reply.
var (
	errTooLong   = errors.New("observe: SMTP reply over a limit")
	errMalformed = errors.New("observe: not an SMTP reply")
)

// dialogue is one SMTP conversation (RFC 5321), recorded line by line. Every
// length is bounded by package probe, every wait by a deadline.
type dialogue struct {
	conn  net.Conn
	in    *bufio.Reader
	start time.Time
	end   time.Time // of the whole conversation
	lines []probe.Line
	room  int // octets that may still be recorded
}

// speak begins a recorded conversation over conn.
func speak(conn net.Conn, start, end time.Time) *dialogue {
	return &dialogue{conn: conn, in: bufio.NewReaderSize(conn, 1024), start: start, end: end, room: probe.MaxDialogue}
}

// over goes on with the conversation inside TLS. What the peer sent in the
// clear behind its last reply is recorded as evidence and thrown away: it must
// not be taken for something said inside TLS (RFC 3207 §4.2).
func (d *dialogue) over(secure net.Conn) {
	d.conn, d.in = secure, bufio.NewReaderSize(secure, 1024)
}

// leftover records and drops what was received in the clear but not asked for.
func (d *dialogue) leftover() {
	waiting, _ := d.in.Peek(d.in.Buffered())
	for line := range strings.Lines(string(waiting)) {
		if !d.record(false, line) {
			break
		}
	}
	d.in.Discard(len(waiting))
}

// record keeps one line as it was sent; false when there is no room.
func (d *dialogue) record(client bool, raw string) bool {
	text := withoutEnd(raw)
	if len(text) > d.room {
		d.room = 0
		return false
	}
	d.room -= len(text)
	line := probe.Line{
		Client: client, Text: strings.ToValidUTF8(text, "\uFFFD"), Millis: int(time.Since(d.start).Milliseconds()),
	}
	if line.Text+"\r\n" != raw {
		line.Raw = []byte(raw)
	}
	d.lines = append(d.lines, line)
	return true
}

// withoutEnd takes CRLF or LF from a line.
func withoutEnd(raw string) string { return strings.TrimSuffix(strings.TrimSuffix(raw, "\n"), "\r") }

// within sets the deadline of the next step.
func (d *dialogue) within(limit time.Duration) { d.conn.SetDeadline(earlier(d.end, limit)) }

// say sends one command.
func (d *dialogue) say(command string) error {
	d.record(true, command+"\r\n")
	_, err := io.WriteString(d.conn, command+"\r\n")
	return err
}

// hear reads one reply (RFC 5321 §4.2). What came of it before an error is
// given as well.
func (d *dialogue) hear() (probe.Reply, error) {
	var r probe.Reply
	for {
		line, err := d.line()
		if err != nil {
			return r, err
		}
		code, text, last, ok := parseReplyLine(line)
		if !ok || r.Code != 0 && code != r.Code {
			return r, errMalformed
		}
		r.Code = code
		r.Lines = append(r.Lines, strings.ToValidUTF8(text, "\uFFFD"))
		if last {
			return r, nil
		}
		if len(r.Lines) == probe.MaxReplyLines {
			return r, errTooLong
		}
	}
}

// line reads one line of at most MaxReplyLine octets and records it, and what
// came of it when it doesn't end.
func (d *dialogue) line() (string, error) {
	var b []byte
	for {
		c, err := d.in.ReadByte()
		if err == nil {
			b = append(b, c)
			if c != '\n' && len(b) <= probe.MaxReplyLine {
				continue
			}
			if c != '\n' {
				b, err = b[:probe.MaxReplyLine], errTooLong
			}
		}
		recorded := err != nil && len(b) == 0 || d.record(false, string(b))
		if err == nil && !recorded {
			err = errTooLong
		}
		return withoutEnd(string(b)), err
	}
}

// parseReplyLine splits "250-text". A code alone is a last line.
func parseReplyLine(line string) (code int, text string, last, ok bool) {
	if len(line) < 3 {
		return 0, "", false, false
	}
	for _, c := range []byte(line[:3]) {
		if c < '0' || c > '9' {
			return 0, "", false, false
		}
		code = code*10 + int(c-'0')
	}
	if code < 200 || code > 599 {
		return 0, "", false, false
	}
	if len(line) == 3 {
		return code, "", true, true
	}
	return code, line[4:], line[3] == ' ', line[3] == ' ' || line[3] == '-'
}
