package explain

import "strings"

// Software gives the proper name of what writes the text, "" where several programs do.
func (id FormID) Software() string {
	key, _, _ := strings.Cut(string(id), ".")
	for _, p := range programs() {
		if p.key == key {
			return p.name
		}
	}
	return ""
}
