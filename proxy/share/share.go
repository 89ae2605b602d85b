// Package share gives one answer to all who ask for the same thing at the same
// time, or within a minute.
package share

import (
	"context"
	"time"
)

// Keeper keeps octets under a key for a time: in this process's memory, or in one
// that replicas share. It is safe for concurrent use. What can't be had is missing,
// and what can't be kept is forgotten: a Keeper never fails its asker.
type Keeper interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
}
