package resolve

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"

	"github.com/sealane/sealane/app/probe"
)

// media is the type of a DNS message (RFC 8484 §6).
const media = "application/dns-message"

// plain asks over UDP, and over TCP when the answer was cut short (RFC 7766 §5).
func (s *sockets) plain(ctx context.Context, query []byte) ([]byte, error) {
	response, err := s.exchange(ctx, query)
	if err != nil {
		return nil, err
	}
	if response[2]&0x02 != 0 {
		return overTCP(ctx, s.address, query)
	}
	return response, nil
}

// overTCP sends one query over a connection of its own.
func overTCP(ctx context.Context, address string, query []byte) ([]byte, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(longPast) })()
	framed := binary.BigEndian.AppendUint16(make([]byte, 0, len(query)+2), uint16(len(query)))
	if _, err := conn.Write(append(framed, query...)); err != nil {
		return nil, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	response := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, response); err != nil {
		return nil, err
	}
	return response, nil
}

// overHTTPS asks by POST (RFC 8484 §4.1), under ID 0 as it recommends: the
// connection vouches for the answer.
func overHTTPS(ctx context.Context, client *http.Client, resolver string, query []byte) ([]byte, error) {
	zero := bytes.Clone(query)
	zero[0], zero[1] = 0, 0
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, resolver, bytes.NewReader(zero))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", media)
	request.Header.Set("Accept", media)
	response, err := client.Do(request)
	var at *url.Error // which repeats the URL, and a path may hold a token
	if errors.As(err, &at) {
		err = at.Err
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, probe.MaxDNSMessage+1))
	if err != nil {
		return nil, err
	}
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.StatusCode != http.StatusOK || err != nil || kind != media || len(answer) > probe.MaxDNSMessage || len(answer) < 12 {
		return nil, errStatus
	}
	copy(answer, query[:2])
	return answer, nil
}
