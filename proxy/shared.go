package main

import (
	"errors"
	"log/slog"
	"os"

	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/server"
	"github.com/sealane/sealane/proxy/share"
	"github.com/sealane/sealane/proxy/valkey"
)

// valkeyPassword is the variable of the shared server's password, which has no
// flag: all who list processes see those.
const valkeyPassword = "SEALANE_VALKEY_PASSWORD"

// shared is what replicas have in common.
type shared struct {
	client *valkey.Client // nil without
	close  func()
}

// shared has the server count and keep in a Valkey, where one is named.
func (p *program) shared(s *serveFlags, config *server.Config, log *slog.Logger) (*shared, error) {
	if s.valkey == "" {
		return &shared{close: func() {}}, nil
	}
	at := valkey.Server{Address: s.valkey, Password: os.Getenv(valkeyPassword)}
	client, err := valkey.New(at, limits.NewLocal(server.LimitedKeys), share.NewLocal(server.KeptOctets), log)
	switch {
	case errors.Is(err, valkey.ErrPassword):
		return nil, errWords(p.say(p.cli.ValkeyPassword, "name", valkeyPassword))
	case err != nil:
		return nil, errWords(p.say(p.cli.BadValkey, "value", withoutSecret(s.valkey)))
	}
	config.Counter, config.Keep = client, client
	return &shared{client: client, close: client.Close}, nil
}
