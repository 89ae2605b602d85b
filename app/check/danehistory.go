package check

import (
	"bytes"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dane"
)

// judgeIntroduction adds to a record of the certificate before, known by the
// earlier check, that nobody published the new key's: what makes the next
// renewal go wrong too. What happens now the explanation says.
func (j *judge) judgeIntroduction(m mismatch, x explanation) {
	h := m.host
	if x.code != "dane.mismatch-old-certificate" || h.before == nil || !sameRecords(h.records, h.before.records) || !h.rekeyed(m.bad) {
		return
	}
	j.add("dane.rollover-no-introduction", h.name.String(), "host", h.name.String(), "date", day(j.facts.Previous.At))
}

func sameRecords(a, b []dane.TLSA) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(r dane.TLSA) bool { return !slices.ContainsFunc(b, r.Equal) })
}

// rekeyed tells whether the addresses show keys that the earlier check saw at
// none of them.
func (h *host) rekeyed(now []*endpoint) bool {
	seen := 0
	for _, e := range now {
		leaf := e.leaf()
		if leaf == nil {
			return false
		}
		for _, past := range h.before.endpoints {
			old := past.leaf()
			if old == nil || bytes.Equal(old.RawSubjectPublicKeyInfo, leaf.RawSubjectPublicKeyInfo) {
				return false
			}
			seen++
		}
	}
	return seen > 0
}

// judgeLate finds a key that came into use before its record had been there for
// two TTLs: resolvers that keep the old records hold it for a stranger's
// (RFC 7671 §8.1).
func (j *judge) judgeLate(h *host) {
	good := h.withOutcome(dane.Authenticated)
	if h.before == nil || h.before.tlsa.state != Found || len(good) == 0 || !h.rekeyed(good) {
		return
	}
	by := good[0].dane.By
	if by.Depth != 0 || len(dane.Verify(h.before.records, good[0].chain, j.identifiers(h), j.now).Matches) > 0 {
		return
	}
	ttl := longestTTL(h.before.tlsa)
	at := j.gatheredAt()
	if since := at.Sub(j.facts.Previous.At); since < 0 || since >= 2*ttl {
		return
	}
	host := h.name.String()
	j.add("dane.rollover-late-introduction", host, "host", host, "record", recordText(h.records[by.Record]),
		"date", minute(at.Add(ttl)))
}

// gatheredAt is when the evidence was gathered, now where that isn't known.
func (j *judge) gatheredAt() time.Time {
	if j.facts.At.IsZero() {
		return j.now
	}
	return j.facts.At
}

// longestTTL is how long a resolver keeps the records of an answer.
func longestTTL(a answer) time.Duration {
	longest := time.Duration(0)
	for _, r := range a.records {
		longest = max(longest, time.Duration(r.TTL)*time.Second)
	}
	return longest
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
