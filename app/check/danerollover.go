package check

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"time"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/doh"
)

const dnsTypeTLSA = doh.TypeTLSA

// judgeRollover judges what the records say of the next change of key, on a
// host that authenticates today (RFC 7671 §8).
func (j *judge) judgeRollover(h *host) {
	if len(h.withOutcome(dane.Authenticated)) == 0 {
		return
	}
	host := h.name.String()
	matched, sets := j.matched(h)
	wrong := j.misnumbered(h, matched)
	var usable []dane.TLSA
	said := map[[3]uint8]bool{}
	for i, r := range h.records {
		if r.Unusable() != "" {
			continue
		}
		usable = append(usable, r)
		set := [3]uint8{r.Usage, r.Selector, r.Matching}
		_, misnumbered := wrong[i]
		switch {
		case matched[i] || misnumbered || said[set]:
		case !sets[set]:
			said[set] = true
			j.add("dane.param-set-incomplete", host, "host", host, "record", recordText(r))
		default:
			said[set] = true
			j.judgeStale(h, r)
		}
	}
	if alone(usable, len(matched)) {
		j.judgeAlone(h, usable[0])
	}
	j.judgeLate(h)
}

// alone tells whether the usable records stand or fall with one certificate:
// one DANE-EE record, or several of the whole certificate, by other digests.
func alone(usable []dane.TLSA, matched int) bool {
	for _, r := range usable {
		if r.Usage != dane.DANEEE || len(usable) > 1 && (r.Selector != dane.CertSelector || matched < len(usable)) {
			return false
		}
	}
	return len(usable) > 0
}

// misnumbered finds records that match nothing because their numbers are wrong,
// by index, and says so of the first.
func (j *judge) misnumbered(h *host, matched map[int]bool) map[int]misnumbered {
	m := mismatch{host: h}
	var at []int
	for i, r := range h.records {
		if r.Unusable() == "" && !matched[i] {
			m.usable, at = append(m.usable, r), append(at, i)
		}
	}
	if len(m.usable) == 0 {
		return nil
	}
	for _, e := range h.endpoints {
		if len(e.chain) > 0 {
			m.bad = append(m.bad, e)
		}
	}
	found, host := map[int]misnumbered{}, h.name.String()
	wrong := m.misnumbered()
	for k, i := range at {
		w, hit := wrong[k]
		if !hit {
			continue
		}
		if len(found) == 0 {
			r := h.records[i]
			f := j.add("tlsa.digest-wrong-field", host, "host", host, "record", recordText(r), "want", recordText(w.want))
			if !slices.ContainsFunc(h.records, w.want.Equal) {
				f.publishTLSA(h, w.want.String())
			}
			f.Publish = append(f.Publish, Publication{Type: "TLSA", Name: h.tlsaPlace().String(), Value: r.String(), Remove: true})
		}
		found[i] = w
	}
	return found
}

// matched tells which records match at any address, and which sets of numbers
// have such a record.
func (j *judge) matched(h *host) (records map[int]bool, sets map[[3]uint8]bool) {
	records, sets = map[int]bool{}, map[[3]uint8]bool{}
	for _, e := range h.endpoints {
		for _, m := range e.dane.Matches {
			r := h.records[m.Record]
			records[m.Record] = true
			sets[[3]uint8{r.Usage, r.Selector, r.Matching}] = true
		}
	}
	return records, sets
}

// judgeStale judges a record that matches nothing beside one that does: the
// next key's or the last one's, which is as it should be. One that appeared
// less than two TTLs ago isn't everywhere yet.
func (j *judge) judgeStale(h *host, r dane.TLSA) {
	host := h.name.String()
	j.add("dane.stale-extra-record", host, "host", host, "record", recordText(r))
	if h.before == nil || h.before.tlsa.state != Found {
		return
	}
	for _, old := range h.before.records {
		if old.Equal(r) {
			return
		}
	}
	wait, at := 2*longestTTL(h.tlsa), j.gatheredAt()
	if since := at.Sub(j.facts.Previous.At); since >= 0 && since < wait {
		j.add("dane.rollover-too-soon", host, "host", host, "record", recordText(r), "date", minute(at.Add(wait)))
	}
}

// shortLived is how long a certificate lives at most that is renewed by
// software alone.
const shortLived = 100 * 24 * time.Hour

// judgeAlone judges a single DANE-EE record: what happens at the next renewal.
func (j *judge) judgeAlone(h *host, r dane.TLSA) {
	host := h.name.String()
	leaf := h.withOutcome(dane.Authenticated)[0].leaf()
	renewed := leaf != nil && leaf.NotAfter.Sub(leaf.NotBefore) <= shortLived && !bytes.Equal(leaf.RawIssuer, leaf.RawSubject)
	switch {
	case renewed && r.Selector == dane.CertSelector:
		j.add("dane.acme-selector0", host, "host", host, "record", recordText(r), "date", day(leaf.NotAfter)).publishCurrent(h)
	case renewed && h.changedKey(leaf):
		j.add("dane.acme-key-rotation", host, "host", host, "date", day(leaf.NotAfter))
	default:
		j.add("dane.no-rollover-record", host, "host", host, "record", recordText(r))
	}
}

// changedKey tells whether the earlier check was shown another key, of a
// certificate as short-lived.
func (h *host) changedKey(leaf *x509.Certificate) bool {
	if h.before == nil || len(h.before.endpoints) == 0 {
		return false
	}
	for _, e := range h.before.endpoints {
		old := e.leaf()
		if old == nil || bytes.Equal(old.RawSubjectPublicKeyInfo, leaf.RawSubjectPublicKeyInfo) ||
			old.NotAfter.Sub(old.NotBefore) > shortLived {
			return false
		}
	}
	return true
}

// digestsOfText are the digests of what a certificate or its key looks like in
// a file, instead of its octets.
func digestsOfText(der []byte) [][]byte {
	forms := append(textForms("CERTIFICATE", der), append(bytes.Clone(der), '\n'))
	if spki, err := dane.SPKI(der); err == nil {
		forms = append(append(forms, textForms("PUBLIC KEY", spki)...), append(bytes.Clone(spki), '\n'))
	}
	var digests [][]byte
	for _, form := range forms {
		of256, of512 := sha256.Sum256(form), sha512.Sum512(form)
		digests = append(digests, of256[:], of512[:])
	}
	return digests
}

// textForms are the PEM form (RFC 7468) with the line ends there are.
func textForms(typ string, der []byte) [][]byte {
	lf := pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der})
	return [][]byte{lf, bytes.TrimSuffix(lf, []byte("\n")), bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))}
}

// retiredKey is the SHA2-256 of a key that issues no more.
type retiredKey struct{ name, digest string }

// retiredKeys are issuers whose digests still stand in many zones.
var retiredKeys = []retiredKey{
	{"Let's Encrypt X3", "60b87575447dcba2a36b7d11ac09fb24a9db406fee12d2cc90180517616e8a18"},
	{"Let's Encrypt X4", "b111dd8a1c2091a89bd4fd60c57f0716cce50feeff8137cdbee0326e02cf362b"},
	{"Let's Encrypt R3", "8d02536c887482bc34ff54e41d2ba659bf85b341a0a20afadb5813dcfbcf286d"},
	{"Let's Encrypt R4", "e5545e211347241891c554a03934cde9b749664a59d26d615fe58f77990f2d03"},
	{"Let's Encrypt E1", "276fe8a8c4ec7611565bf9fce6dcace9be320c1b5bea27596b2204071ed04f10"},
	{"Let's Encrypt E2", "bd936e72b212ef6f773102c6b77d38f94297322efc25396bc3279422e0c89270"},
}

// retired gives the name of the retired issuer that a "2 1 1" record is of.
func retired(r dane.TLSA) string {
	if r.Usage != dane.DANETA || r.Selector != dane.SPKISelector || r.Matching != dane.SHA256 {
		return ""
	}
	digits := hex.EncodeToString(r.Data)
	for _, k := range retiredKeys {
		if k.digest == digits {
			return k.name
		}
	}
	return ""
}
