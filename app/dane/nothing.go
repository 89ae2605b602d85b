package dane

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// DigestsNothing tells the digest of an empty file: what a script publishes that was
// given no certificate.
func (t TLSA) DigestsNothing() bool {
	return (t.Matching == SHA256 || t.Matching == SHA512) && bytes.Equal(t.Data, association(nil, t.Matching))
}

// examples are digests that stand in RFCs as examples (RFC 6698 §2.3, RFC 7671 §9).
var examples = []string{
	"d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
	"3fe246a848798236dd2ab78d39f0651d6b6e7ca8e2984012eb0a2e1ac8a87b72",
}

// Placeholder tells data that nobody computed: one octet repeated, readable text, or
// an RFC's example.
func (t TLSA) Placeholder() bool {
	same, text := true, len(t.Data) >= 16
	for _, b := range t.Data {
		same = same && b == t.Data[0]
		text = text && b >= 0x20 && b < 0x7f
	}
	return same || text || slices.Contains(examples, hex.EncodeToString(t.Data))
}
