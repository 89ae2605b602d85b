package check

// Levels gives every level that a finding can have, the most urgent first: where
// it depends on the context, those of all contexts that there can be.
func (e Entry) Levels() []Level {
	var possible [Error + 1]bool
	possible[e.Level] = e.LevelIn == nil
	for bits := range 1 << 7 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		c := Context{Enforce: on(0), Testing: on(1), STS: on(2), TLSA: on(3), Bound: on(4), DANE: on(5), DANEOK: on(6)}
		if e.LevelIn != nil && c.possible() {
			possible[e.LevelIn(c)] = true
		}
	}
	var levels []Level
	for l := Error; l > Unknown; l-- {
		if possible[l] {
			levels = append(levels, l)
		}
	}
	return levels
}

// possible tells whether a context holds together: a policy has one mode, and
// what stands on TLSA records needs them.
func (c Context) possible() bool {
	switch {
	case c.Enforce && c.Testing, (c.Enforce || c.Testing) && !c.STS:
		return false
	case c.DANEOK && !c.DANE, c.DANE && !c.Bound, c.Bound && !c.TLSA:
		return false
	}
	return true
}
