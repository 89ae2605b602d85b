package dnssec

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/zone"
)

// zoneExample is a signed zone.
func zoneExample(t *testing.T) (*zone.Zone, Anchor) {
	t.Helper()
	origin := dnsname.MustParse("example")
	key, err := zone.GenerateKey(origin, bytes.NewReader(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	z := zone.New(origin)
	if err := z.Add("@ SOA ns hostmaster 1 3600 900 604800 300", "@ NS ns", "ns A 192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if err := z.Sign(key, moment.AddDate(0, 0, -1), moment.AddDate(0, 0, 20)); err != nil {
		t.Fatal(err)
	}
	return z, Anchor{Zone: origin, Record: key.DS().String()}
}

// A response that denies something brings an SOA record. Its signature counts
// too, though no proof needs the record.
func TestDenialsWithUnsoundSOA(t *testing.T) {
	origin := dnsname.MustParse("example")
	for name, c := range map[string]struct {
		spoil func(*zone.Zone) error
		want  Reason
	}{
		"sound":    {func(*zone.Zone) error { return nil }, NoReason},
		"altered":  {func(z *zone.Zone) error { return z.Replace("@ SOA ns hostmaster 1 3600 900 604800 9") }, RRSIGInvalid},
		"unsigned": {func(z *zone.Zone) error { return z.DropSignatures(origin, dns.TypeSOA) }, RRSIGMissing},
		"expired": {func(z *zone.Zone) error {
			return z.SignAgain(origin, dns.TypeSOA, moment.AddDate(0, 0, -9), moment.AddDate(0, 0, -2))
		}, RRSIGExpired},
	} {
		z, anchor := zoneExample(t)
		if err := c.spoil(z); err != nil {
			t.Fatal(err)
		}
		r := Resolver{Anchors: []Anchor{anchor}, Now: func() time.Time { return moment }}
		r.Exchange = func(_ context.Context, query []byte) ([]byte, error) {
			q := new(dns.Msg)
			if err := q.Unpack(query); err != nil {
				return nil, err
			}
			return z.Answer(q).Pack()
		}
		for _, q := range []struct {
			name string
			typ  doh.Type
		}{{"missing.example", doh.TypeA}, {"ns.example", doh.TypeTXT}} {
			got := r.Lookup(t.Context(), q.name, q.typ)
			want := Secure
			if c.want != NoReason {
				want = Bogus
			}
			if got.Status != want || got.Reason != c.want {
				t.Errorf("%s, %s %s: %s %q, want %s %q", name, q.name, q.typ, got.Status, got.Reason, want, c.want)
			}
			if expired := got.Hops[0].Signature; c.want == RRSIGExpired && !expired.Expiration.Before(moment) {
				t.Errorf("%s: shows %+v", name, expired)
			}
		}
	}
}
