package check

import (
	"slices"
	"time"

	"github.com/sealane/sealane/app/dane"
)

// withOutcome gives the host's addresses where Verify came to one of the outcomes.
func (h *host) withOutcome(outcomes ...dane.Outcome) []*endpoint {
	var all []*endpoint
	for _, e := range h.endpoints {
		if slices.Contains(outcomes, e.dane.Outcome) {
			all = append(all, e)
		}
	}
	return all
}

// mismatch is one host whose usable records match nothing that some of its
// addresses show.
type mismatch struct {
	host   *host
	bad    []*endpoint
	usable []dane.TLSA
}

// explanation is why records don't match: a finding with its further arguments.
// The zero explanation is none.
type explanation struct {
	code Code
	args []string
	keys [][]byte // further certificates whose records are missing
}

// explainMismatch gives exactly one explanation of a mismatch: the first of the
// tests below that hits, the cause that can be proven best in front.
func (j *judge) explainMismatch(h *host) {
	m := mismatch{host: h, bad: h.withOutcome(dane.Mismatch)}
	if len(m.bad) == 0 {
		return
	}
	for _, r := range h.records {
		if r.Unusable() == "" {
			m.usable = append(m.usable, r)
		}
	}
	x := m.first(j.emptyDigest, j.placeholder, j.agilityConflict, j.wrongNumbers, j.pemDigest, j.someAddresses)
	if x.code == "" && j.asidesOpen(h) {
		return
	}
	if x.code == "" {
		x = m.first(j.dependsOnName, j.otherKind, j.otherService, j.retiredIssuer, j.retiredKey, j.oldByHistory,
			j.anchorNotSent, j.oldBySignature, j.unexplained)
	}
	host := h.name.String()
	f := j.add(x.code, host, append([]string{"host", host, "ip", addressList(m.bad)}, x.args...)...)
	f.publishCurrent(h)
	for _, der := range x.keys {
		f.publishKey(h, der)
	}
	j.judgeIntroduction(m, x)
}

// first gives the explanation of the first test that hits.
func (m mismatch) first(tests ...func(mismatch) explanation) explanation {
	for _, test := range tests {
		if x := test(m); x.code != "" {
			return x
		}
	}
	return explanation{}
}

func (j *judge) someAddresses(m mismatch) explanation {
	if len(m.host.withOutcome(dane.Authenticated)) == 0 {
		return explanation{}
	}
	return explanation{code: "dane.mismatch-some-addresses"}
}

func (j *judge) emptyDigest(m mismatch) explanation {
	return m.find("tlsa.digest-of-empty", dane.TLSA.DigestsNothing)
}

func (j *judge) placeholder(m mismatch) explanation {
	return m.find("tlsa.placeholder-data", dane.TLSA.Placeholder)
}

// find gives the explanation of the first record that the test hits, unless
// some addresses authenticate: then the difference between them says more.
func (m mismatch) find(code Code, test func(dane.TLSA) bool) explanation {
	if len(m.host.withOutcome(dane.Authenticated)) > 0 {
		return explanation{}
	}
	for _, r := range m.usable {
		if test(r) {
			return explanation{code: code, args: []string{"record", recordText(r)}}
		}
	}
	return explanation{}
}

// agilityConflict: a record matches, but a stronger digest beside it doesn't,
// and that one alone counts (RFC 7671 §9).
func (j *judge) agilityConflict(m mismatch) explanation {
	for _, e := range m.bad {
		for _, match := range e.dane.Matches {
			if match.SetAside {
				return explanation{code: "dane.digest-agility-conflict", args: []string{"record", recordText(m.host.records[match.Record])}}
			}
		}
	}
	return explanation{}
}

// certificates gives each certificate that the bad addresses show, once, with
// whether it is shown as a leaf.
func (m mismatch) certificates(each func(der []byte, leaf bool)) {
	type place struct {
		der  string
		leaf bool
	}
	seen := map[place]bool{}
	for _, e := range m.bad {
		for depth, der := range e.chain {
			p := place{string(der), depth == 0}
			if !seen[p] {
				seen[p] = true
				each(der, depth == 0)
			}
		}
	}
}

// byData gives the places of the usable records by their data: records and
// certificates are as many as somebody else likes, so they aren't multiplied.
func (m mismatch) byData() map[string][]int {
	places := map[string][]int{}
	for i, r := range m.usable {
		places[string(r.Data)] = append(places[string(r.Data)], i)
	}
	return places
}

// pemDigest: the digest was made of the text form, or of the octets and a
// final newline.
func (j *judge) pemDigest(m mismatch) explanation {
	places, first := m.byData(), len(m.usable)
	m.certificates(func(der []byte, leaf bool) {
		for _, digest := range digestsOfText(der) {
			for _, i := range places[string(digest)] {
				if m.usable[i].Matching != dane.Full {
					first = min(first, i)
				}
			}
		}
	})
	if first == len(m.usable) {
		return explanation{}
	}
	want := m.bad[0].view.Chain[0].TLSA
	if want == "" {
		want = unknownArg
	}
	return explanation{code: "tlsa.digest-of-pem", args: []string{"record", recordText(m.usable[first]), "want", want}}
}

// anchorNotSent: all records are DANE-TA and none is of a certificate sent.
func (j *judge) anchorNotSent(m mismatch) explanation {
	if slices.ContainsFunc(m.usable, func(r dane.TLSA) bool { return r.Usage != dane.DANETA }) {
		return explanation{}
	}
	return explanation{code: "dane.ta-not-in-chain", args: []string{"record", recordText(m.usable[0])}}
}

// backdated is how far a signer sets the beginning back at most that reckons
// from the moment of signing. Those that reckon by the calendar, in days or
// weeks, go back by as much as a fortnight.
const (
	backdated   = 72 * time.Hour
	calendarDay = 24 * 60 * 60 // seconds
)

// oldBySignature: the records were signed well before the certificate existed,
// so they can't have been made for it.
func (j *judge) oldBySignature(m mismatch) explanation {
	signed := signatures(m.host.tlsa, dnsTypeTLSA)
	if len(signed) == 0 {
		return explanation{}
	}
	for _, e := range m.bad {
		leaf := e.leaf()
		if leaf == nil {
			return explanation{}
		}
		for _, s := range signed {
			if s.Inception.Unix()%calendarDay == 0 || s.Inception.Add(backdated).After(leaf.NotBefore) {
				return explanation{}
			}
		}
	}
	return explanation{code: "dane.mismatch-old-certificate", args: []string{"date", m.since()}}
}

// since is the day the certificate shown became valid.
func (m mismatch) since() string {
	for _, e := range m.bad {
		if leaf := e.leaf(); leaf != nil {
			return day(leaf.NotBefore)
		}
	}
	return unknownArg
}

func (j *judge) unexplained(m mismatch) explanation {
	for _, h := range j.hosts {
		if h != m.host && j.standing(h) == tlsaSecure && len(h.withOutcome(dane.Authenticated)) > 0 {
			return explanation{code: "dane.mismatch-some-mx"}
		}
	}
	return explanation{code: "dane.mismatch-all"}
}
