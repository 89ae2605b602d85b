package locale

import (
	"strconv"
	"strings"
)

// named is how many senders a sentence names before it counts the others: of
// three, all.
const named = 2

// Senders joins the names of senders, given by ID, for a sentence.
func Senders[ID ~string](l Language, ids []ID) string {
	var names []string
	for _, id := range ids[:min(len(ids), named)] {
		name, _ := l.Phrase("sender." + string(id))
		names = append(names, name)
	}
	if others := len(ids) - named; others == 1 {
		name, _ := l.Phrase("sender." + string(ids[named]))
		names = append(names, name)
	} else if others > 1 {
		more, _ := l.Phrase("list.more")
		names = append(names, Fill(more, map[string]string{"count": strconv.Itoa(others)}))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	and, _ := l.Phrase("list.and")
	return Fill(and, map[string]string{"all": strings.Join(names[:last], ", "), "last": names[last]})
}
