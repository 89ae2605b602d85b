package explain

import "github.com/sealane/sealane/app/check"

// Weigh holds each cause of a match against a check of its domain.
func Weigh(m Match, r check.Report) []Weighed {
	all := make([]Weighed, len(m.Causes))
	for i, c := range m.Causes {
		all[i].Cause = c
	}
	return all
}
