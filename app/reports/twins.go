package reports

import (
	"hash/fnv"

	"github.com/sealane/sealane/app/tlsrpt"
)

// twins are the rows of a report under an sts and under a tlsa policy of one domain: two views
// of the same sessions. Microsoft writes them so, with the mail domain in both. A DANE policy of
// other sessions has the name of the MX for its domain (RFC 8460 §1.1).
type twins struct {
	entries [2][]*row // of sts, of tlsa
	details map[detail]*[2][]*row
}

// detail tells failure details apart.
type detail struct{ result, sendingIP, mx, ip uint32 }

// twinsOf finds the domains that have both.
func twinsOf(all []tlsrpt.Reported) map[string]*twins {
	types := map[string]int{}
	for _, e := range all {
		if i := kind(e.Type); i >= 0 && e.Domain != "" {
			types[name(e.Domain)] |= 1 << i
		}
	}
	found := map[string]*twins{}
	for domain, both := range types {
		if both == 3 {
			found[domain] = &twins{details: map[detail]*[2][]*row{}}
		}
	}
	return found
}

// kind is 0 for sts, 1 for tlsa, -1 for others.
func kind(of string) int {
	switch of {
	case "sts":
		return 0
	case "tlsa":
		return 1
	}
	return -1
}

// entry takes a summary in.
func (t *twins) entry(of string, r *row) {
	if i := kind(of); t != nil && i >= 0 {
		t.entries[i] = append(t.entries[i], r)
	}
}

// detail takes a failure detail in.
func (t *twins) detail(of string, r *row) {
	i := kind(of)
	if t == nil || i < 0 {
		return
	}
	key := detail{r.result, r.sendingIP, r.mx, r.ip}
	if t.details[key] == nil {
		t.details[key] = new([2][]*row)
	}
	t.details[key][i] = append(t.details[key][i], r)
}

// settle takes back from the tlsa rows what the sts rows already say: of sessions in all, of
// failures, and of each kind of detail, the larger figure remains.
func (t *twins) settle() {
	ok, failed := [2]int64{}, [2]int64{}
	for i, entries := range t.entries {
		for _, r := range entries {
			ok[i], failed[i] = plus(ok[i], r.addSuccessful), plus(failed[i], r.addFailed)
			if i == 1 {
				r.addSuccessful, r.addFailed = 0, 0
			}
		}
	}
	all := max(plus(ok[0], failed[0]), plus(ok[1], failed[1]))
	bad := max(failed[0], failed[1])
	first := t.entries[1][0]
	first.addSuccessful, first.addFailed = all-bad-ok[0], bad-failed[0]
	for _, both := range t.details {
		sums := [2]int64{}
		for i, details := range both {
			for _, r := range details {
				sums[i] = plus(sums[i], r.addFailed)
				if i == 1 {
					r.addFailed = 0
				}
			}
		}
		if more := sums[1] - sums[0]; more > 0 {
			both[1][0].addFailed = more
		}
	}
}

// plus adds without running over.
func plus(a, b int64) int64 {
	if sum := a + b; (sum > a) == (b > 0) {
		return sum
	}
	if b > 0 {
		return 1<<63 - 1
	}
	return -1 << 63
}

// digest tells texts apart that nobody makes alike on purpose.
func digest(s string) string {
	h := fnv.New128a()
	h.Write([]byte(s))
	return string(h.Sum(nil))
}
