package observe

import "errors"

// ErrReserved is wrapped by every error of a dialer that refuses an address or
// a port before connecting: special-purpose addresses (RFC 6890) and every
// port but those of the services looked at.
var ErrReserved = errors.New("observe: address or port is not to be reached")
