package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"reflect"
	"syscall"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/resolve"
)

// protocolVersion is the alert of a peer without a version in common (RFC 8446
// §6.2).
const protocolVersion = 70

// failed says what kind of failure err is. timeout is the class of a deadline
// passed, other the class of what nothing else fits. The asker's own leaving
// outranks everything: it ends connections by passing their deadlines.
func failed(ctx context.Context, err error, timeout, other probe.Class) *probe.Failure {
	f := &probe.Failure{Class: other, Detail: resolve.Detail(err)}
	var known *probe.Failure
	var network net.Error
	remote, received := remoteAlert(err)
	switch {
	case ctx.Err() != nil:
		f.Class = probe.Canceled
	case errors.As(err, &known):
		return known
	case errors.Is(err, ErrReserved):
		f.Class = probe.AddressReserved
	case received && remote == protocolVersion:
		f.Class = probe.TLSVersion
	case received: // with TLS 1.3 it may come behind the handshake
		f.Class, f.Alert = probe.TLSAlert, remote
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Class = probe.ConnectRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		f.Class = probe.Unreachable
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		f.Class = timeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		f.Class = probe.ConnectionLost
	}
	return f
}

// handshakeFailed is failed for a TLS handshake over conn. When we gave up
// ourselves, the alert that we sent says why. A peer that answers with no TLS
// at all is told from one that our TLS can't follow, TLSFailed.
func handshakeFailed(ctx context.Context, err error, conn *tap) *probe.Failure {
	f := failed(ctx, err, probe.TLSTimeout, probe.TLSFailed)
	var notTLS tls.RecordHeaderError
	switch {
	case f.Class != probe.TLSFailed:
	case conn.alert == protocolVersion:
		f.Class = probe.TLSVersion
	case errors.As(err, &notTLS):
		f.Class = probe.ReplyMalformed
	}
	return f
}

// broke is the class of an error of a connection that nothing else fits. Inside TLS
// the peer left the protocol, as by alerts without end or a record that doesn't open
// (RFC 8446 §5.2, §6.2).
func broke(conn any) probe.Class {
	if _, secure := conn.(*tls.Conn); secure {
		return probe.TLSFailed
	}
	return probe.ConnectionLost
}

// remoteAlert reads the number of an alert that the peer sent. crypto/tls
// gives it as the Err of an OpError, of a type without a name outside.
func remoteAlert(err error) (uint8, bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return 0, false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return uint8(v.Uint()), true
}
