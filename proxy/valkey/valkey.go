// Package valkey shares limits and answers between replicas, through a server of
// Valkey or Redis. While that is away, each replica has but its own: the shared
// state is a convenience, never what a request waits for.
package valkey

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"

	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/share"
)

const (
	// patience is how long a request waits for the server, whatever the request's
	// own time: one that is nearly over must not end a connection that all share.
	patience = 40 * time.Millisecond
	// mostKept is how many octets of a value are kept: who asks for large ones, which
	// take longer than that to send, must not make a server seem away.
	mostKept = 256 << 10
	// mendPatience is how long the attempt to come back waits, which may have to
	// connect and shake hands first.
	mendPatience = time.Second
	// mendPause is the time between two such attempts.
	mendPause = 500 * time.Millisecond
)

// Client is a limits.Counter and a share.Keeper over one server.
type Client struct {
	server  rueidis.Client
	counter limits.Counter // while the server is away
	keeper  share.Keeper
	log     *slog.Logger

	healthy atomic.Bool
	ctx     context.Context // ends with Close
	end     context.CancelFunc
	mending sync.WaitGroup
}

// New makes a client of the server that a Server names. It needn't be there yet.
// While it is away, counter and keeper answer. The error is ErrAddress or
// ErrPassword.
func New(at Server, counter limits.Counter, keeper share.Keeper, log *slog.Logger) (*Client, error) {
	option, err := at.option()
	if err != nil {
		return nil, err
	}
	// A client comes even when nobody listens yet.
	server, err := rueidis.NewClient(option)
	if server == nil {
		return nil, err
	}
	c := &Client{server: server, counter: counter, keeper: keeper, log: log}
	c.ctx, c.end = context.WithCancel(context.Background())
	c.healthy.Store(true)
	if err := c.usable(); err != nil {
		c.lost(err)
	}
	return c, nil
}

// Healthy tells whether the server answers; while not, each replica is alone.
func (c *Client) Healthy() bool { return c.healthy.Load() }

// Close ends the connection. Counter and keeper answer who asks after it.
func (c *Client) Close() {
	c.end()
	c.mending.Wait()
	c.server.Close()
}

// Get gives what is kept under a key.
func (c *Client) Get(ctx context.Context, key string) ([]byte, bool) {
	if !c.Healthy() {
		return c.keeper.Get(ctx, key)
	}
	waiting, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	value, err := c.server.Do(waiting, c.server.B().Get().Key(hashed("a", key)).Build()).AsBytes()
	switch {
	case err == nil:
		return value, true
	case rueidis.IsRedisNil(err):
		return nil, false
	}
	c.lost(err)
	return c.keeper.Get(ctx, key)
}

// Put keeps a value for a time, to the millisecond, unless it is too large.
func (c *Client) Put(ctx context.Context, key string, value []byte, ttl time.Duration) {
	if ttl < time.Millisecond || len(value) > mostKept {
		return
	}
	if !c.Healthy() {
		c.keeper.Put(ctx, key, value, ttl)
		return
	}
	waiting, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	set := c.server.B().Set().Key(hashed("a", key)).Value(rueidis.BinaryString(value)).Px(ttl).Build()
	if err := c.server.Do(waiting, set).Error(); err != nil {
		c.lost(err)
		c.keeper.Put(ctx, key, value, ttl)
	}
}

// hashed is a key of the server's: whoever lists them learns no domain name.
func hashed(kind, key string) string {
	sum := sha256.Sum256([]byte(key))
	return "sealane:" + kind + ":" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// lost goes on without the server, says so once, and begins to mend.
func (c *Client) lost(err error) {
	if c.ctx.Err() != nil || !c.healthy.CompareAndSwap(true, false) {
		return
	}
	c.log.Warn("valkey is away: limits and answers are this replica's own", "error", err)
	c.mending.Go(c.mend)
}

// mend tries until the server does its work again.
func (c *Client) mend() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-time.After(mendPause):
		}
		if c.usable() == nil {
			c.healthy.Store(true)
			c.log.Info("valkey is back: limits and answers are shared")
			return
		}
	}
}

// usable asks the server for what it is needed for. An answer to PING isn't enough:
// one that is out of memory, or a replica of another, answers that too.
func (c *Client) usable() error {
	ctx, cancel := context.WithTimeout(c.ctx, mendPatience)
	defer cancel()
	_, err := c.take(ctx, hashed("p", ""), limits.Rate{Burst: 2, Every: time.Microsecond})
	return err
}
