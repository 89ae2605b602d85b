package resolve

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
)

// TestDetail: what is told of a failure holds the other side's address, and not ours.
func TestDetail(t *testing.T) {
	theirs, ours := &net.TCPAddr{IP: net.IPv4(8, 8, 8, 8), Port: 25}, &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 40000}
	read := &net.OpError{Op: "read", Net: "tcp", Source: ours, Addr: theirs, Err: errors.New("timeout")}
	for _, err := range []error{
		read, fmt.Errorf("asked: %w", read), fmt.Errorf("%w; %w", read, read),
		&net.OpError{Op: "dial", Net: "tcp", Addr: theirs, Err: errors.New("refused")},
	} {
		if told := Detail(err); strings.Contains(told, "10.1.2.3") || strings.Contains(told, "40000") || !strings.Contains(told, theirs.String()) {
			t.Errorf("%q", told)
		}
	}
	if told := Detail(errStatus); told != errStatus.Error() {
		t.Errorf("%q", told)
	}
}
