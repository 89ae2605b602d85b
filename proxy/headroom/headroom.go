// Package headroom spaces garbage collections by memory rather than by share. Go
// collects when the heap has doubled: of a small server that is every few megabytes,
// twenty-five times a second under load and an eighth of its time; of one with
// thousands of probes under way it is as much memory again as they need.
package headroom

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// apart is about how many octets are allocated from one collection to the next, and
// least and most bound the per cent of what is in use that this may be.
const (
	apart = 24 << 20
	least = 50
	most  = 400
)

// Keep keeps collections apart from now on, unless the environment has GOGC: then
// somebody has decided.
func Keep() {
	if os.Getenv("GOGC") != "" {
		return
	}
	c := &collected{percent: 100, inUse: []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}}}
	c.adjust()
}

// collected is garbage: it is found at each collection, and comes to life again.
type collected struct {
	percent int
	inUse   []metrics.Sample
}

// adjust sets when the next collection is to begin.
func (c *collected) adjust() {
	metrics.Read(c.inUse)
	if p := percent(c.inUse[0].Value.Uint64() + c.inUse[1].Value.Uint64()); p != c.percent {
		c.percent = p
		debug.SetGCPercent(p)
	}
	runtime.SetFinalizer(c, (*collected).adjust)
}

// percent is how much of so many octets in use may be allocated, in steps: each
// change stops the program for a moment.
func percent(inUse uint64) int {
	const step = 50
	return min(max(int(apart*100/max(inUse, 1)/step*step), least), most)
}
