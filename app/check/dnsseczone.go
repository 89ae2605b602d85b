package check

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// apex gives the apex of the domain's own zone when the name lies there, zero
// when it doesn't or the apex isn't known.
func (j *judge) apex(name dnsname.Name) dnsname.Name {
	soa := j.look(j.facts.Domain, doh.TypeSOA)
	if soa.state == Failed {
		soa = j.lookups[key{j.facts.Domain, doh.TypeSOA, true}]
	}
	if apex := apexOf(soa, j.facts.Domain); name.Within(apex) {
		return apex
	}
	return dnsname.Name{}
}

// judgeZone judges how the domain's own zone is signed.
func (j *judge) judgeZone() {
	d := j.facts.Domain
	zone := j.apex(d)
	if zone.IsZero() {
		zone = d
	}
	ds, keys := j.look(zone, doh.TypeDS), j.withData(zone, doh.TypeDNSKEY)
	if ds.lost() && zone == j.apex(d) &&
		j.mx.status == dnssec.Insecure && !j.has("dnssec.indeterminate") {
		// No AD bit, and the resolver says that it could not find out (EDE 5).
		j.add("dnssec.indeterminate", d.String(), "name", zone.String(), "type", doh.TypeDS.String())
	}
	j.judgeKeys(zone, ds, dnssec.Keys(keys.records))
	if j.vouched(zone, doh.TypeDS).state != Found || keys.state != Found || !j.look(zone, doh.TypeDNSKEY).proves(dnssec.Insecure) {
		return // inert without DS
	}
	j.judgeEntry(zone, ds, keys)
	j.judgeAlgorithms(zone, ds, dnssec.Keys(keys.records))
	j.judgeCDS(zone, dnssec.Keys(keys.records))
	for _, r := range j.vouched(zone, doh.TypeNSEC3PARAM).records {
		if p, ok := r.NSEC3PARAM(); ok {
			j.judgeHashing(p, zone, d.String())
		}
	}
}

// Sizes of RSA keys, in bits, below which they are too short, and far too short.
const (
	shortRSA     = 2048
	veryShortRSA = 1024
)

// judgeKeys looks at algorithms (RFC 8624 §3) and sizes.
func (j *judge) judgeKeys(zone dnsname.Name, ds answer, keys []doh.DNSKEY) {
	d, shortest := j.facts.Domain.String(), shortRSA
	deprecated, level := uint8(0), OK
	for _, k := range keys {
		switch {
		case slices.Contains([]uint8{1, 3, 5, 6, 7, 12}, k.Algorithm) && level < Warning:
			deprecated, level = k.Algorithm, Warning
		case k.Algorithm == 10 && level < Notice: // every validator still has to have it
			deprecated, level = k.Algorithm, Notice
		}
		if bits := dnssec.RSABits(k.Algorithm, k.Public); bits > 0 && dnssec.Unfit(k) == dnssec.NoReason {
			shortest = min(shortest, bits)
		}
	}
	if level > OK {
		j.add("dnssec.algorithm-deprecated", d, "name", zone.String(), "value", strconv.Itoa(int(deprecated))).Level = level
	}
	if shortest < shortRSA {
		f := j.add("dnssec.rsa-key-short", d, "name", zone.String(), "value", strconv.Itoa(shortest))
		if shortest < veryShortRSA {
			f.Level = Error
		}
	}
	weak, sha1 := true, false
	for _, r := range ds.records {
		ds, ok := r.DS()
		weak = weak && ok && (ds.DigestType == 1 || ds.DigestType == 3)
		sha1 = sha1 || ds.DigestType == 1
	}
	if weak && sha1 {
		j.add("dnssec.ds-digest-sha1", d, "name", zone.String())
	}
}

// judgeEntry finds DS records that lead to a revoked key only. Whether the
// resolver minds or not, others do (RFC 5011 §2.1).
func (j *judge) judgeEntry(zone dnsname.Name, ds, keys answer) {
	d := j.facts.Domain.String()
	_, why := dnssec.Entry(zone, ds.records, keys.records, j.work)
	if why == dnssec.RevokedKeyInDS && !j.hasFor("dnssec.revoked-key-in-ds", d) {
		j.add("dnssec.revoked-key-in-ds", d, "name", zone.String(), "type", doh.TypeDNSKEY.String())
	}
}

// judgeAlgorithms holds a zone to signing everything with each algorithm that
// its DS and DNSKEY records announce (RFC 6840 §5.11).
func (j *judge) judgeAlgorithms(zone dnsname.Name, ds answer, keys []doh.DNSKEY) {
	announced, incomplete := map[uint8]bool{}, func(algorithm uint8, typ doh.Type) {
		j.add("dnssec.algorithm-incomplete", j.facts.Domain.String(), "name", zone.String(),
			"value", strconv.Itoa(int(algorithm)), "type", typ.String())
	}
	for _, k := range keys {
		if dnssec.Unfit(k) == dnssec.NoReason {
			announced[k.Algorithm] = true
		}
	}
	for _, r := range ds.records {
		if ds, ok := r.DS(); ok && !announced[ds.Algorithm] && len(announced) > 0 {
			incomplete(ds.Algorithm, doh.TypeDNSKEY)
			return
		}
	}
	if len(announced) < 2 {
		return
	}
	for i := range j.facts.Lookups {
		l := &j.facts.Lookups[i]
		a := j.lookups[key{l.Name, l.Type, l.CD}]
		if a.state != Found || l.Chain || l.CD && j.look(l.Name, l.Type).validated() {
			continue
		}
		signedBy := map[uint8]bool{}
		for _, s := range signaturesBy(a, zone, l.Type) {
			signedBy[s.Algorithm] = true
		}
		if len(signedBy) == 0 || !a.end.Within(zone) {
			continue
		}
		for algorithm := range 256 {
			if announced[uint8(algorithm)] && !signedBy[uint8(algorithm)] {
				incomplete(uint8(algorithm), l.Type)
				return
			}
		}
	}
}

// judgeCDS holds what the zone asks its parent for to what it has (RFC 7344
// §4.1): CDS and CDNSKEY say the same, and at least one of them names a key that
// is there. One for a key to come may stand beside it.
func (j *judge) judgeCDS(zone dnsname.Name, keys []doh.DNSKEY) {
	const most = 16 // records that a zone with sense has at most
	cds, cdnskey := j.vouched(zone, doh.TypeCDS), j.vouched(zone, doh.TypeCDNSKEY)
	if j.open(zone, doh.TypeCDS, doh.TypeCDNSKEY) || cds.state != Found && cdnskey.state != Found ||
		max(len(cds.records), len(cdnskey.records), len(keys)) > most {
		return
	}
	wanted := dnssec.Keys(cdnskey.records)
	names := func(r doh.Record, keys []doh.DNSKEY) bool {
		ds, ok := r.DS()
		return ok && slices.ContainsFunc(keys, func(k doh.DNSKEY) bool {
			digest := dnssec.Digest(zone, k, ds.DigestType)
			return ds.KeyTag == k.KeyTag && ds.Algorithm == k.Algorithm && (digest == nil || bytes.Equal(digest, ds.Digest))
		})
	}
	isRemoval := func(algorithm uint8) bool { return algorithm == 0 } // RFC 8078 §4
	removals, others, present := 0, 0, false
	for _, r := range cds.records {
		ds, _ := r.DS()
		if isRemoval(ds.Algorithm) {
			removals++
			continue
		}
		others++
		present = present || names(r, keys)
	}
	for _, k := range wanted {
		if isRemoval(k.Algorithm) {
			removals++
			continue
		}
		others++
		present = present || slices.ContainsFunc(keys, func(have doh.DNSKEY) bool {
			return have.Flags == k.Flags && have.Algorithm == k.Algorithm && bytes.Equal(have.Public, k.Public)
		})
	}
	differ := cds.state == Found && cdnskey.state == Found && (slices.ContainsFunc(cds.records, func(r doh.Record) bool {
		ds, _ := r.DS()
		return !isRemoval(ds.Algorithm) && !names(r, wanted)
	}) || slices.ContainsFunc(wanted, func(k doh.DNSKEY) bool {
		return !isRemoval(k.Algorithm) && !slices.ContainsFunc(cds.records, func(r doh.Record) bool { return names(r, []doh.DNSKEY{k}) })
	}))
	if differ || removals > 0 && others > 0 || others > 0 && !present {
		j.add("dnssec.cds-mismatch", j.facts.Domain.String(), "name", zone.String())
	}
}

// maxIterations is where resolvers begin to treat a zone as insecure (RFC 9276
// appendix A).
const maxIterations = 100

// judgeHashing judges NSEC3 parameters (RFC 9276 §3.1).
func (j *judge) judgeHashing(p doh.NSEC3PARAM, zone dnsname.Name, subject string) {
	once := func(code Code, pairs ...string) {
		if !j.hasFor(code, subject) {
			j.add(code, subject, append(pairs, "name", zone.String())...)
		}
	}
	switch {
	case p.Iterations > maxIterations:
		once("dnssec.nsec3-iterations-excessive")
	case p.Iterations > 0:
		once("dnssec.nsec3-iterations-nonzero", "value", strconv.Itoa(int(p.Iterations)))
	}
	if len(p.Salt) > 0 {
		once("dnssec.nsec3-salt")
	}
}

// judgeDenials reads how zones hash from what they deny an answer with, or what is
// nearer to a name than a wildcard.
func (j *judge) judgeDenials(a answer, zone, about dnsname.Name) {
	for _, d := range j.denials(a, zone) {
		// Zones of a registry are nobody's here to change.
		if len(d.zone.Labels()) < 2 || dnsname.IsPublicSuffix(d.zone) {
			continue
		}
		subject := j.aboutZone(d.zone, about)
		j.judgeHashing(d.NSEC3PARAM, d.zone, subject)
		if d.OptOut() && !j.hasFor("dnssec.nsec3-opt-out", subject) {
			j.add("dnssec.nsec3-opt-out", subject, "name", d.zone.String())
		}
	}
}

// longLifetime is a signature lifetime that lets old TLSA records be replayed
// for long (RFC 7671 §13).
const longLifetime = 60 * 24 * time.Hour

// judgeLifetime judges how long signatures are made to last, and the TTL that
// stands under them.
func (j *judge) judgeLifetime(a answer, zone dnsname.Name, subject string, typ doh.Type) {
	once := func(code Code, pairs ...string) {
		if !j.hasFor(code, subject) {
			j.add(code, subject, append(pairs, "name", zone.String(), "type", typ.String())...)
		}
	}
	refresh := time.Duration(0)
	for _, r := range j.vouched(zone, doh.TypeSOA).records {
		soa, _ := r.SOA()
		refresh = time.Duration(soa.Refresh) * time.Second
	}
	for _, s := range signatures(a, typ) {
		lasts := s.Expiration.Sub(s.Inception)
		switch {
		case typ == doh.TypeTLSA && lasts > longLifetime:
			once("dnssec.signature-lifetime-long", "value", strconv.Itoa(int(lasts.Hours()/24)))
		case lasts > 0 && lasts < refresh:
			once("dnssec.signature-lifetime-short", "value", strconv.Itoa(int(lasts.Seconds())), "want", strconv.Itoa(int(refresh.Seconds())))
		}
	}
	j.judgeOriginalTTL(a, once, typ)
}

// judgeOriginalTTL finds records whose TTL is above the one that was signed.
func (j *judge) judgeOriginalTTL(a answer, once func(Code, ...string), typ doh.Type) {
	sigs := signatures(a, typ)
	if len(a.records) == 0 || len(sigs) == 0 {
		return
	}
	signed := slices.MaxFunc(sigs, func(x, y doh.RRSIG) int { return int(int64(x.OriginalTTL) - int64(y.OriginalTTL)) }).OriginalTTL
	if ttl := a.records[0].TTL; ttl > signed && signed > 0 { // 0 in evidence that was saved without it
		once("dnssec.ttl-exceeds-original", "value", strconv.FormatUint(uint64(ttl), 10), "want", strconv.FormatUint(uint64(signed), 10))
	}
}

// judgeHalfSecure finds mail hosts that promise TLS by secure TLSA records
// behind MX records that nobody vouches for (RFC 7672 §2.2.1).
func (j *judge) judgeHalfSecure() {
	var secure []*host
	for _, h := range j.hosts {
		if j.mx.status == dnssec.Insecure && j.standing(h) == tlsaSecure {
			secure = append(secure, h)
		}
	}
	if d := j.facts.Domain.String(); len(secure) > 0 {
		j.add("dnssec.mx-insecure-host-secure", d, "domain", d, "host", hostList(secure))
	}
}
