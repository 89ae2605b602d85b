package dnssec_test

import (
	"testing"

	"github.com/sealane/sealane/app/dnssec"
)

// fuzzQuestions are asked while one response is replaced.
var fuzzQuestions = []string{
	"mx.z.test A", "mx.z.test TXT", "none.z.test A", "x.wild.z.test TXT", "empty.z.test A", "www.z.test A", "host.tree.z.test A",
	"none.h.test A", "x.wild.h.test A", "mx.h.test TXT", "host.bare.h.test A", "host.bare.o.test A", "z.test DS", "away.h.test A",
}

// FuzzLookup replaces one response of a lookup by anything: it never panics, and
// is never secure with other data than the zones'.
func FuzzLookup(f *testing.F) {
	w := &world{tree: sound().grow(f)}
	w.read()
	l := &liar{world: w, known: map[string][]byte{}}
	queries := map[string][]string{}
	seeds := 0
	for i, question := range fuzzQuestions {
		r, all := l.look(question, nil)
		if h, want := heard(r), w.truth(question); h.status != want.status || !h.same(want) {
			f.Fatalf("%s: %s, want %s", question, h, want)
		}
		queries[question] = all
		for k, query := range all {
			wire, err := l.truly(f.Context(), []byte(query))
			must(f, err)
			f.Add(uint8(i), uint8(k), wire)
			seeds++
		}
	}
	if seeds < 5*len(fuzzQuestions) {
		f.Fatalf("%d seeds", seeds)
	}
	f.Fuzz(func(t *testing.T, i, k uint8, wire []byte) {
		question := fuzzQuestions[int(i)%len(fuzzQuestions)]
		all := queries[question]
		r, _ := l.look(question, map[string][]byte{all[int(k)%len(all)]: wire})
		if h, want := heard(r), w.truth(question); r.Status == dnssec.Secure && !h.same(want) {
			t.Errorf("%s: %s, want %s | %s | %s", question, h, want, hopsOf(r), zonesOf(r))
		}
	})
}
