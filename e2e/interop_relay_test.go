package e2e

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// relay carries DNS messages from an address to a server's, as they are, over
// UDP and TCP, until the test ends.
func relay(t *testing.T, from, to string) {
	t.Helper()
	udp, err := net.ListenPacket("udp", from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = udp.Close() })
	tcp, err := net.Listen("tcp", from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tcp.Close() })
	go func() {
		for {
			query := make([]byte, 65535)
			n, asker, err := udp.ReadFrom(query)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go relayOne(udp, asker, query[:n], to)
			}
		}
	}()
	go func() {
		for {
			asker, err := tcp.Accept()
			if err != nil {
				return
			}
			go relayStream(asker, to)
		}
	}()
}

// relayOne carries one query and its answer. What is lost, the asker asks again.
func relayOne(back net.PacketConn, asker net.Addr, query []byte, to string) {
	server, err := net.Dial("udp", to)
	if err != nil {
		return
	}
	defer server.Close()
	_ = server.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := server.Write(query); err != nil {
		return
	}
	answer := make([]byte, 65535)
	if n, err := server.Read(answer); err == nil {
		_, _ = back.WriteTo(answer[:n], asker)
	}
}

func relayStream(asker net.Conn, to string) {
	defer asker.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		_, _ = io.Copy(server, asker)
		_ = server.Close() // the asker is done, and so is the copying below
	}()
	_, _ = io.Copy(asker, server)
}
