package explain

import "strings"

// Known gives what is known: forms, meanings, causes, and questions with the answers
// to them, as the words have them.
func Known() (forms []FormID, meant, behind, asked []string) {
	for _, p := range programs() {
		for i := range p.forms {
			forms = append(forms, p.id(&p.forms[i]))
		}
	}
	for _, m := range meanings {
		meant = append(meant, m.id)
	}
	for _, c := range causes {
		behind = append(behind, string(c.id))
	}
	for _, q := range questions {
		asked = append(asked, q.meaning)
		for _, a := range q.answers {
			asked = append(asked, q.meaning+"."+a.id)
		}
	}
	return forms, meant, behind, asked
}

// Ways gives every way to say every form, with its pieces one after the other.
func Ways(visit func(id FormID, rank int, way string, pieces []string)) {
	for _, p := range programs() {
		for i := range p.forms {
			for way := range strings.SplitSeq(p.forms[i].pieces, "|") {
				visit(p.id(&p.forms[i]), int(p.rank), way, strings.Split(way, "*"))
			}
		}
	}
}

// Gram is the length that no way to say a form may be below.
const Gram = gram

// CausesOf gives the causes of a form.
func CausesOf(id FormID) []Cause { return id.causes() }
