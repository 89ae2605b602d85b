package server

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/proxy/observe"
)

// dropped is a response that nobody reads.
type dropped struct{ h http.Header }

func (d *dropped) Header() http.Header         { return d.h }
func (d *dropped) WriteHeader(int)             {}
func (d *dropped) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkRelay is what an answer that is known costs beside net/http.
func BenchmarkRelay(b *testing.B) {
	query := doh.Query(dnsname.MustParse("_mta-sts.domain17.example"), doh.TypeTXT, false)
	n := &observe.Network{Exchange: func(context.Context, []byte) ([]byte, error) { return nil, nil }}
	known := reply(b, query)
	n.Known = func([]byte) []byte { return append([]byte(nil), known...) }
	s, err := New(Config{Route: func(dnsname.Name) *observe.Network { return n }})
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/dns-query?dns="+base64.RawURLEncoding.EncodeToString(query), nil)
	r.TLS = &tls.ConnectionState{}
	r.RemoteAddr = "127.0.0.1:5555"
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(&dropped{http.Header{}}, r)
	}
}

// reply is a resolver's answer to a query: one TXT record, and an OPT record.
func reply(b *testing.B, query []byte) []byte {
	var m, asked dns.Msg
	if err := asked.Unpack(query); err != nil {
		b.Fatal(err)
	}
	m.SetReply(&asked)
	rr, err := dns.NewRR(asked.Question[0].Name + " 300 IN TXT \"v=STSv1; id=20261122T000017;\"")
	if err != nil {
		b.Fatal(err)
	}
	m.Answer, m.Compress = []dns.RR{rr}, true
	m.SetEdns0(1232, true)
	wire, err := m.Pack()
	if err != nil {
		b.Fatal(err)
	}
	return wire
}
