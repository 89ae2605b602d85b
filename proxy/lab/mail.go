package lab

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// maxCommand is the length of a command line, in bytes (RFC 5321 §4.5.3.1.4).
const maxCommand = 512

func (d *doors) openMail(l *Lab) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.mail = listener
	d.running.Go(func() {
		for {
			conn, err := (arrivals{listener}).Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				d.running.Go(func() { d.serveMail(l, conn.(*arrival)) })
			}
		}
	})
	return nil
}

func (d *doors) serveMail(l *Lab, conn *arrival) {
	d.mu.Lock()
	d.conns[conn] = true
	d.mu.Unlock()
	defer func() {
		conn.Close()
		d.mu.Lock()
		delete(d.conns, conn)
		d.mu.Unlock()
	}()
	at, err := conn.address()
	if err != nil {
		return
	}
	server := l.world.Load().mail[at.Addr()]
	if server == nil {
		return
	}
	s := &session{server: server}
	s.use(conn)
	if at.Port() == submissionsPort {
		secure := tls.Server(conn, server.submissions)
		if secure.Handshake() != nil {
			return
		}
		s.use(secure)
		s.secure = true
	}
	s.run()
}

// quiet is how long nobody may have been at a server that offers STARTTLS to the
// first visitor only.
const quiet = 5 * time.Second

// session is one SMTP dialogue (RFC 5321 §4.1.1).
type session struct {
	server *mailServer
	conn   net.Conn
	reader *bufio.Reader
	secure bool
	later  bool // somebody was here just now
}

func (s *session) use(conn net.Conn) {
	s.conn = conn
	s.reader = bufio.NewReaderSize(conn, maxCommand)
}

func (s *session) run() {
	if s.server.dead == deadSilent {
		_ = s.conn.SetReadDeadline(time.Now().Add(serverTimeout))
		_, _ = io.Copy(io.Discard, s.conn)
		return
	}
	visited := func() int64 { return s.server.last.Swap(time.Now().UnixNano()) }
	s.later = time.Since(time.Unix(0, visited())) < quiet
	defer visited()
	time.Sleep(s.server.delay)
	banner := s.server.banner
	if banner == "" {
		banner = s.server.name.String() + " ESMTP"
	}
	if !s.say("220 " + banner) {
		return
	}
	for s.command() {
	}
}

// say sends lines; false ends the dialogue.
func (s *session) say(lines ...string) bool {
	_ = s.conn.SetWriteDeadline(time.Now().Add(serverTimeout))
	_, err := io.WriteString(s.conn, strings.Join(lines, "\r\n")+"\r\n")
	return err == nil
}

// command reads and answers one command; false ends the dialogue.
func (s *session) command() bool {
	_ = s.conn.SetReadDeadline(time.Now().Add(serverTimeout))
	text, err := s.reader.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		s.say("500 5.5.6 line too long")
		return false
	}
	if err != nil {
		return false
	}
	verb, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		return s.say(s.extensions()...)
	case "HELO":
		return s.say("250 " + s.server.name.String())
	case "STARTTLS":
		return s.startTLS()
	case "NOOP", "RSET":
		return s.say("250 2.0.0 ok")
	case "QUIT":
		s.say("221 2.0.0 bye")
		return false
	case "MAIL":
		if s.server.mandatoryTLS && !s.secure {
			return s.say("530 5.7.0 Must issue a STARTTLS command first") // RFC 3207 §4
		}
		return s.say("250 2.1.0 ok")
	case "RCPT", "DATA":
		return s.say("550 5.7.1 the lab takes no mail")
	}
	return s.say("502 5.5.1 not known here")
}

// extensions is the reply to EHLO.
func (s *session) extensions() []string {
	words := append([]string{s.server.name.String(), "SIZE 10240000", "8BITMIME"}, s.server.extra...)
	if !s.secure && s.server.starttls != "off" && (s.server.starttls != "first" || !s.later) {
		words = append(words, "STARTTLS")
	}
	if s.server.requireTLS && s.secure {
		words = append(words, "REQUIRETLS")
	}
	words = append(words, "ENHANCEDSTATUSCODES")
	for i := range words {
		separator := "-"
		if i == len(words)-1 {
			separator = " "
		}
		words[i] = "250" + separator + words[i]
	}
	return words
}

// startTLS answers STARTTLS (RFC 3207 §4). What came with the command in clear
// is dropped (§4.2), unless the server is told to be wrong there.
func (s *session) startTLS() bool {
	switch {
	case s.secure || s.server.starttls == "off":
		return s.say("502 5.5.1 not known here")
	case s.server.starttls == "refuse":
		return s.say("454 4.7.0 TLS not available due to temporary reason")
	}
	waiting, _ := s.reader.Peek(s.reader.Buffered())
	injected := append([]byte(nil), waiting...)
	if !s.say("220 2.0.0 ready") {
		return false
	}
	conn := tls.Server(s.conn, s.server.tls)
	if err := conn.Handshake(); err != nil {
		return false
	}
	s.use(conn)
	if s.server.injectable {
		s.reader = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(injected), conn), maxCommand)
	}
	s.secure = true
	return true
}
