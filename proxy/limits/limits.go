// Package limits says how often something may be asked for, by key. What counts is
// this process's memory, or one that replicas share.
package limits

import (
	"context"
	"time"
)

// Rate lets Burst pass at once and one more after each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Window is how long a key that has used its Burst takes to have it all again.
func (r Rate) Window() time.Duration { return time.Duration(r.Burst) * r.Every }

// Verdict is what became of one Take.
type Verdict struct {
	OK        bool
	Rate      Rate
	Remaining int           // that would pass at once now
	Reset     time.Duration // until one more would
}

// Counter counts what passes under a key. It is safe for concurrent use, answers
// without waiting for anybody long, and forgets keys that have their Burst again.
type Counter interface {
	Take(ctx context.Context, key string, r Rate) Verdict
}
