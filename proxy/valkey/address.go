package valkey

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/rueidis"
)

// Errors of New, and one of a server.
var (
	ErrAddress  = errors.New(`valkey: neither "host:port" nor a redis or rediss URL`)
	ErrPassword = errors.New("valkey: a password in the address, where all who list processes see it")
	errReply    = errors.New("valkey: not the script's reply")
)

// Server says where a server is and who asks it.
type Server struct {
	// Address is "host:port", or redis://USER@HOST:PORT/DATABASE, or the same by
	// rediss for TLS. User, port and database may be missing.
	Address string
	// Password comes from the environment; "" is none.
	Password string
	// Roots verify the certificate; nil means the system's.
	Roots *x509.CertPool
}

// option reads the address.
func (s Server) option() (rueidis.ClientOption, error) {
	o := rueidis.ClientOption{
		Password: s.Password, ForceSingleClient: true, DisableCache: true, DisableRetry: true,
		// What a request must not wait for anyway, it needn't be answered after.
		ConnWriteTimeout: mendPatience,
		// One connection of modest buffers: commands are short.
		PipelineMultiplex: -1, ReadBufferEachConn: 64 << 10, WriteBufferEachConn: 64 << 10,
	}
	o.Dialer.Timeout = mendPatience
	at := s.Address
	if strings.Contains(at, "://") {
		u, err := url.Parse(at)
		if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
			return o, ErrAddress
		}
		if _, has := u.User.Password(); has {
			return o, ErrPassword
		}
		if path := strings.Trim(u.Path, "/"); path != "" {
			if o.SelectDB, err = strconv.Atoi(path); err != nil || o.SelectDB < 0 {
				return o, ErrAddress
			}
		}
		o.Username = u.User.Username()
		if at = u.Host; u.Port() == "" {
			at = net.JoinHostPort(u.Hostname(), "6379")
		}
		if u.Scheme == "rediss" {
			o.TLSConfig = &tls.Config{ServerName: u.Hostname(), RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
		}
	}
	host, port, err := net.SplitHostPort(at)
	if n, portErr := strconv.ParseUint(port, 10, 16); err != nil || host == "" || portErr != nil || n == 0 {
		return o, ErrAddress
	}
	o.InitAddress = []string{at}
	return o, nil
}
