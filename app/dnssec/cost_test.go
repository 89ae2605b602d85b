package dnssec

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/sealane/sealane/app/doh"
)

// TestManyKeysAndDelegations holds that a thousand DS records over a thousand
// keys, none the other's, take no time: each label of a name can have a zone so.
func TestManyKeysAndDelegations(t *testing.T) {
	var ds, keys []doh.Record
	for i := range doh.MaxRecords {
		number := binary.BigEndian.AppendUint16(nil, uint16(i))
		ds = append(ds, doh.Record{Owner: "example", Type: doh.TypeDS, RData: append([]byte{0xFF, byte(i), 13, 2}, number...)})
		keys = append(keys, doh.Record{Owner: "example", Type: doh.TypeDNSKEY, RData: append([]byte{1, 0x80, 3, 13}, number...)})
	}
	quickest := time.Hour // a busy machine is slow once, and not each time
	for range 5 {
		start := time.Now()
		if _, why := entryBy(nameOf("example"), ds, keys, NewBudget()); why != DNSKEYMissing {
			t.Errorf("%s", why)
		}
		quickest = min(quickest, time.Since(start))
	}
	if quickest > 40*time.Millisecond {
		t.Errorf("took %v", quickest)
	}
}
