package dnssec

// maxWaste is how many signatures of one zone may fail, at their cost, over all
// lookups of a Cache: some three quarters of a second in a browser. A zone whose
// every signature is wrong has fewer in a whole check.
const maxWaste = 150

// charged does what an answer of a zone takes, unless too many of the zone's
// signatures have failed already, and notes how many do.
func (l *lookup) charged(zone name, work func() Reason) Reason {
	c := l.Cache
	c.mu.Lock()
	spent := c.wasted[zone]
	c.mu.Unlock()
	if spent > maxWaste {
		return OverBudget
	}
	before := *l.whole
	why := work()
	if waste := before.Failures - l.whole.Failures; waste > 0 {
		c.mu.Lock()
		if c.wasted == nil {
			c.wasted = map[name]int{}
		}
		c.wasted[zone] += waste
		c.mu.Unlock()
	}
	return why
}
