package check

import (
	"slices"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/probe"
)

// misnumbered is a record whose data is right under other numbers.
type misnumbered struct {
	want   dane.TLSA
	atLeaf bool // of the server's own certificate
}

// misnumbered finds, by index, the usable records whose data is that of a
// certificate of a chain under other numbers than the record's.
func (m mismatch) misnumbered() map[int]misnumbered {
	places, found := m.byData(), map[int]misnumbered{}
	matchings := m.matchings()
	m.certificates(func(der []byte, leaf bool) {
		usage := dane.DANETA
		if leaf {
			usage = dane.DANEEE
		}
		for selector := dane.CertSelector; selector <= dane.SPKISelector; selector++ {
			for _, matching := range matchings {
				want, err := dane.Derive(der, usage, selector, matching)
				if err != nil {
					continue
				}
				for _, i := range places[string(want.Data)] {
					if _, known := found[i]; !known && !want.Equal(m.usable[i]) {
						found[i] = misnumbered{want, leaf}
					}
				}
			}
		}
	})
	return found
}

// matchings are the matching types that the records' data can be of, by length.
func (m mismatch) matchings() []uint8 {
	var all []uint8
	for _, r := range m.usable {
		matching := dane.Full
		switch len(r.Data) {
		case 32:
			matching = dane.SHA256
		case 64:
			matching = dane.SHA512
		}
		if !slices.Contains(all, matching) {
			all = append(all, matching)
		}
	}
	return all
}

// wrongNumbers: the data is that of a certificate of the chain under other
// numbers than the record's.
func (j *judge) wrongNumbers(m mismatch) explanation {
	found := m.misnumbered()
	for i, r := range m.usable {
		right, hit := found[i]
		if !hit {
			continue
		}
		code := Code("dane.mismatch-parameters")
		switch {
		case r.Usage == dane.DANEEE && !right.atLeaf:
			code = "dane.mismatch-ca-as-ee"
		case r.Usage == dane.DANETA && right.atLeaf:
			code = "dane.mismatch-leaf-as-ta"
		}
		return explanation{code: code, args: []string{"record", recordText(r), "want", recordText(right.want)}}
	}
	return explanation{}
}

// outcome holds the host's records against a chain that an aside was shown. One
// chosen for another name than senders ask for says nothing.
func (j *judge) outcome(h *host, chain [][]byte) dane.Outcome {
	leaf := j.read.leaf(chain)
	if h.tlsaBase != h.name && leaf != nil && namesHost(leaf, h.name) && !namesHost(leaf, h.tlsaBase) {
		return dane.Undecided
	}
	return dane.Verify(h.records, chain, j.identifiers(h), j.now).Outcome
}

// dependsOnName: without a name in the handshake the right certificate is
// shown. The other way round is no fault: DANE senders must send the name, and
// servers may rely on it (RFC 7672 §8.1).
func (j *judge) dependsOnName(m mismatch) explanation {
	for _, e := range m.bad {
		if chain := e.shown(probe.NoSNI); len(chain) > 0 && j.outcome(m.host, chain) == dane.Authenticated {
			return explanation{code: "dane.mismatch-sni-dependent"}
		}
	}
	return explanation{}
}

// otherKind: the records are of the certificate that clients see which take the
// other kind of key only.
func (j *judge) otherKind(m mismatch) explanation {
	for _, e := range m.bad {
		good, bad := j.kinds(e)
		if good > 0 && len(bad) > 0 {
			return explanation{code: "dane.dual-algorithm-unmatched", args: []string{"value", keyText(j.read.leaf(bad[0]))}, keys: firsts(bad)}
		}
	}
	return explanation{}
}

// kinds counts the certificates of two kinds that authenticate, and gives the
// chains that match no record.
func (j *judge) kinds(e *endpoint) (good int, bad [][][]byte) {
	for _, chain := range j.twoKinds(e) {
		switch j.outcome(e.host, chain) {
		case dane.Authenticated:
			good++
		case dane.Mismatch:
			bad = append(bad, chain)
		}
	}
	return good, bad
}

// judgeTwoKinds finds hosts that authenticate, but not to clients that take the
// other kind of key only.
func (j *judge) judgeTwoKinds(h *host) {
	var keys [][]byte
	first := len(j.report.Findings)
	j.overAsides(h, "dane.dual-algorithm-unmatched", func(e *endpoint) ([]string, bool) {
		if e.dane.Outcome != dane.Authenticated {
			return nil, false
		}
		_, bad := j.kinds(e)
		if len(bad) == 0 {
			return nil, false
		}
		keys = append(keys, firsts(bad)...)
		return []string{"value", keyText(j.read.leaf(bad[0]))}, true
	})
	for i := range j.report.Findings[first:] {
		for _, der := range keys {
			j.report.Findings[first+i].publishKey(h, der)
		}
	}
}

// firsts are the certificates of the servers themselves.
func firsts(chains [][][]byte) [][]byte {
	var all [][]byte
	for _, chain := range chains {
		all = append(all, chain[0])
	}
	return all
}

// otherService: the record is the certificate of the policy host, or of another
// port of the mail host.
func (j *judge) otherService(m mismatch) explanation {
	is := func(chain [][]byte) bool {
		return len(chain) > 0 && len(dane.Verify(m.usable, chain[:1], nil, j.now).Matches) > 0
	}
	found := func(name string) explanation {
		return explanation{code: "dane.mismatch-other-service", args: []string{"name", name}}
	}
	for _, e := range m.bad {
		switch {
		case is(e.shown(probe.HTTPS)):
			return found(m.host.name.String() + ":443")
		case is(e.shown(probe.Submissions)):
			return found(m.host.name.String() + ":465")
		}
	}
	if f := j.facts.Policy; f != nil && f.Policy.TLS != nil && is(f.Policy.TLS.Chain) {
		return found("mta-sts." + j.facts.Domain.String())
	}
	return explanation{}
}

func (j *judge) retiredIssuer(m mismatch) explanation {
	for _, r := range m.usable {
		if name := retired(r); name != "" {
			return explanation{code: "dane.ta-retired-ca", args: []string{"issuer", name}}
		}
	}
	return explanation{}
}

// retiredKey: the earlier check's records match what is served now; they were
// taken away while the key is still in use (RFC 7671 §8.1), or replaced by those
// of the next key.
func (j *judge) retiredKey(m mismatch) explanation {
	if m.host.before == nil {
		return explanation{}
	}
	old := m.host.before.records
	for _, e := range m.bad {
		for _, match := range dane.Verify(old, e.chain[:1], nil, j.now).Matches {
			if match.Depth != 0 {
				continue
			}
			for _, r := range m.usable {
				if !slices.ContainsFunc(old, r.Equal) {
					return explanation{code: "dane.mismatch-next-only", args: []string{"record", recordText(r)}}
				}
			}
			return explanation{code: "dane.rollover-early-retirement", args: []string{"record", recordText(old[match.Record])}}
		}
	}
	return explanation{}
}

// oldByHistory: a record matches what the earlier check was shown.
func (j *judge) oldByHistory(m mismatch) explanation {
	if m.host.before == nil {
		return explanation{}
	}
	for _, e := range m.host.before.endpoints {
		for _, match := range dane.Verify(m.host.records, e.chain, nil, j.now).Matches {
			if match.Depth >= 0 {
				return explanation{code: "dane.mismatch-old-certificate", args: []string{"date", m.since()}}
			}
		}
	}
	return explanation{}
}
