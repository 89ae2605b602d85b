package dnssec

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// Anchor is a trust anchor: a DS or DNSKEY record in presentation form, bound
// to the zone that owns it (RFC 4033 §2). It vouches for names at or below
// Zone only.
type Anchor struct {
	Zone   dnsname.Name `json:"zone"`
	Record string       `json:"record"`
}

// RootAnchors are the trust anchors of the DNS root: KSK-2017 and KSK-2024, as
// IANA publishes them in root-anchors.xml (read 2025-01).
func RootAnchors() []Anchor {
	return []Anchor{
		{dnsname.Root, ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"},
		{dnsname.Root, ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"},
	}
}

// Closest gives the anchor's zone that is nearest above or at name, and false
// when no anchor covers it.
func Closest(anchors []Anchor, name dnsname.Name) (dnsname.Name, bool) {
	var best dnsname.Name
	for _, a := range anchors {
		if name.Within(a.Zone) && (best.IsZero() || a.Zone.Within(best)) {
			best = a.Zone
		}
	}
	return best, !best.IsZero()
}

// ErrAnchor is ParseAnchor's error.
var ErrAnchor = errors.New("dnssec: neither a DS nor a DNSKEY record")

// ParseAnchor reads a DS or DNSKEY record in presentation form (RFC 4034 §2.2,
// §5.3): owner, with or without TTL and class, type and data, on one line.
func ParseAnchor(line string) (Anchor, error) {
	line, _, _ = strings.Cut(line, ";")
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return Anchor{}, ErrAnchor
	}
	zone, err := dnsname.Parse(fields[0])
	if err != nil {
		return Anchor{}, fmt.Errorf("%w: %w", ErrAnchor, err)
	}
	a := Anchor{zone, strings.Join(fields, " ")}
	if _, ok := a.record(); !ok {
		return Anchor{}, ErrAnchor
	}
	return a, nil
}

// record reads the anchor's record.
func (a Anchor) record() (doh.Record, bool) {
	fields := strings.Fields(a.Record)
	at := slices.IndexFunc(fields, func(s string) bool { return strings.EqualFold(s, "DS") || strings.EqualFold(s, "DNSKEY") })
	if at < 1 || at > 3 || len(fields) < at+5 || nameOf(fields[0]) != nameFrom(a.Zone) || a.Zone.IsZero() {
		return doh.Record{}, false
	}
	first, err1 := strconv.ParseUint(fields[at+1], 10, 16)
	second, err2 := strconv.ParseUint(fields[at+2], 10, 8)
	third, err3 := strconv.ParseUint(fields[at+3], 10, 8)
	if err1 != nil || err2 != nil || err3 != nil {
		return doh.Record{}, false
	}
	r := doh.Record{Owner: a.Zone.String(), Type: doh.TypeDS}
	text := strings.Join(fields[at+4:], "")
	data, err := hex.DecodeString(text)
	if strings.EqualFold(fields[at], "DNSKEY") {
		r.Type = doh.TypeDNSKEY
		data, err = base64.StdEncoding.DecodeString(text)
	}
	r.RData = append(append(binary.BigEndian.AppendUint16(nil, uint16(first)), byte(second), byte(third)), data...)
	return r, err == nil && len(data) > 0
}

// entryOf gives the keys of a zone that its trust anchors name, as Entry does:
// by digest, or the whole key. Where anchors are of several algorithms there are
// keys for each, and one of each has to sign: whoever can forge the weakest could
// else do without the others. (RFC 6840 §5.11 forbids that for the DS records of
// a delegation, not for anchors.)
func entryOf(zone name, anchors []Anchor, keys []doh.Record, b *Budget) ([][]doh.DNSKEY, Reason) {
	ds := map[uint8][]doh.Record{}
	named := map[uint8][]doh.DNSKEY{}
	for _, a := range anchors {
		r, ok := a.record()
		if !ok || nameFrom(a.Zone) != zone {
			continue
		}
		if d, ok := r.DS(); ok && Supported(d.Algorithm) {
			ds[d.Algorithm] = append(ds[d.Algorithm], r)
		}
		if k, ok := r.DNSKEY(); ok && Supported(k.Algorithm) {
			there := slices.ContainsFunc(keys, func(x doh.Record) bool { return bytes.Equal(x.RData, r.RData) })
			if there && Unfit(k) == NoReason {
				named[k.Algorithm] = append(named[k.Algorithm], k)
			} else {
				named[k.Algorithm] = slices.Clip(named[k.Algorithm])
			}
		}
	}
	for algorithm, records := range ds {
		entry, why := entryBy(zone, records, keys, b)
		if len(entry) == 0 && len(named[algorithm]) == 0 {
			return nil, why
		}
		named[algorithm] = append(named[algorithm], entry...)
	}
	var all [][]doh.DNSKEY
	for algorithm := range 256 {
		entry, there := named[uint8(algorithm)]
		switch {
		case there && len(entry) == 0:
			return nil, DNSKEYMissing
		case there:
			all = append(all, entry)
		}
	}
	if len(all) == 0 {
		return nil, AlgorithmUnsupported
	}
	return all, NoReason
}
