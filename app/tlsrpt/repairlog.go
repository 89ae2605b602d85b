package tlsrpt

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxValue is how much of what was mended is shown, in octets.
const maxValue = 100

// repairLog are the repairs of a report: one of each kind for each member, whatever
// entries it is in, so that there are never many.
type repairLog struct {
	all    []Repair
	shapes []string // the paths without indices
}

// add notes a repair of what stands at a path, or of a member of it.
func (m *repairLog) add(kind RepairKind, path []place, name, value string) {
	var buffer [128]byte
	shape := buffer[:0]
	for _, p := range path {
		shape = append(append(shape, p.name...), '.')
	}
	shape = append(shape, name...)
	for i := range m.all {
		if m.all[i].Kind == kind && m.shapes[i] == string(shape) {
			m.all[i].Count++
			return
		}
	}
	m.shapes = append(m.shapes, string(shape))
	m.all = append(m.all, Repair{kind, pathText(path, name), Clip(value, maxValue), 1})
}

// pathText writes a path as "policies[0].policy.mx-host".
func pathText(path []place, name string) string {
	var b strings.Builder
	if name != "" {
		path = append(path[:len(path):len(path)], place{name: name})
	}
	for _, p := range path {
		switch {
		case p.name == "":
			b.WriteString("[" + strconv.Itoa(p.index) + "]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(p.name)
	}
	return b.String()
}

// Clip gives no more than the first n octets of s, in a string of its own, and no
// half character.
func Clip(s string, n int) string {
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n] + "…"
	}
	return strings.Clone(s)
}
