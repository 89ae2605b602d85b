package resolve

import (
	"errors"
	"net"
	"strings"
)

// Detail is an error's text without the address that our side of a connection had:
// whoever asks reads it, and behind a translator that is our own network's.
func Detail(err error) string {
	var op *net.OpError
	if !errors.As(err, &op) || op.Source == nil {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), op.Source.String()+"->", "")
}
