package e2e

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
)

// mailHost is a mail server (RFC 5321) that takes no mail. With a certificate it
// offers STARTTLS (RFC 3207).
type mailHost struct {
	name        string
	certificate *tls.Certificate
}

// serve speaks with one client until either has had enough.
func (h *mailHost) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(lines string) bool {
		_, err := io.WriteString(conn, lines)
		return err == nil
	}
	in, secured := bufio.NewReader(conn), false
	for ok := say("220 " + h.name + " ESMTP\r\n"); ok; {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); {
		case verb == "EHLO" && h.certificate != nil && !secured:
			ok = say("250-" + h.name + "\r\n250 STARTTLS\r\n")
		case verb == "EHLO":
			ok = say("250 " + h.name + "\r\n")
		case verb == "STARTTLS" && h.certificate != nil && !secured:
			if !say("220 go ahead\r\n") {
				return
			}
			secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*h.certificate}})
			// What came behind STARTTLS in the clear is forgotten (RFC 3207 §4.2).
			conn, in, secured = secure, bufio.NewReader(secure), true
		case verb == "MAIL", verb == "RSET", verb == "NOOP":
			ok = say("250 ok\r\n")
		case verb == "QUIT":
			say("221 bye\r\n")
			return
		default:
			ok = say("502 not here\r\n")
		}
	}
}
