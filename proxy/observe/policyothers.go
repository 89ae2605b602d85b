package observe

import (
	"bytes"
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/panics"
)

// browserAgent is the User-Agent of a browser, for hosts that answer only those.
const browserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// wrongPaths are what people take for the path of RFC 8461 §3.2.
var wrongPaths = []string{"/mta-sts.txt", "/.well-known/mta-sts", "/well-known/mta-sts.txt", "/.well-known/mta-sts.txt.txt"}

// other is another fetch to be made. Without an address its host's is asked
// for.
type other struct {
	kind        probe.OtherKind
	host        dnsname.Name
	ip          netip.Addr
	path, agent string
}

// others makes the other fetches that p calls for: those to one address in
// their order, to several at once.
func (n *Network) others(ctx context.Context, d dnsname.Name, addresses []netip.Addr, end time.Time, l limits, p *probe.Policy) []probe.OtherFetch {
	end = earlier(end, l.others)
	l.connect = min(l.connect, l.others/2)
	wanted := othersOf(d, addresses, p)
	switch {
	case len(wanted) == 0, p.Failure != nil && p.Failure.Class.Own(), time.Until(end) < l.others/4:
		return nil // with little time left, their timeouts would tell of ours
	case len(addresses) == 0 && !n.announced(ctx, d, end):
		return nil // no policy host, and nobody was told of one
	}
	seen := make([]probe.OtherFetch, len(wanted))
	var all panics.Group
	for i, o := range wanted {
		if slices.ContainsFunc(wanted[:i], func(before other) bool { return before.place() == o.place() }) {
			continue
		}
		all.Go(func() {
			for k := i; k < len(wanted); k++ {
				if wanted[k].place() == o.place() {
					seen[k] = n.other(ctx, wanted[k], end, l)
				}
			}
		})
	}
	all.Wait()
	return seen
}

// place is where a fetch goes, as far as that is known.
func (o other) place() any {
	if o.ip.IsValid() {
		return o.ip
	}
	return o.host
}

// announced tells whether there is a TXT record where a policy is announced
// (RFC 8461 §3.1).
func (n *Network) announced(ctx context.Context, d dnsname.Name, end time.Time) bool {
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	record := d.Child("_mta-sts")
	answer, failure := n.ask(ctx, record, doh.TypeTXT, false)
	return failure == nil && len(answer.RecordsOf(record, doh.TypeTXT)) > 0
}

// othersOf lists the fetches that tell more about p: whether the other family
// and further addresses serve it too, as many as are visited at once; and where
// none was served, where it may lie instead.
func othersOf(d dnsname.Name, addresses []netip.Addr, p *probe.Policy) (all []other) {
	host := d.Child("mta-sts")
	add := func(kind probe.OtherKind, host dnsname.Name, ip netip.Addr, path, agent string) {
		if !host.IsZero() {
			all = append(all, other{kind, host, ip, path, agent})
		}
	}
	for _, ip := range further(addresses, p.Address) {
		add(probe.OtherAddress, host, ip, policyPath, UserAgent)
	}
	if sniMatters(host, p) {
		add(probe.OtherSNI, host, p.Address, "", "")
	}
	html := isHTML(p.Body)
	if html || slices.Contains([]int{401, 403, 429, 451, 503}, p.Status) {
		add(probe.OtherAgent, host, p.Address, policyPath, browserAgent)
	}
	if p.Failure == nil && p.Status == 200 && !html && bytes.Contains(p.Body, []byte("STSv1")) {
		return all
	}
	if p.Status != 0 {
		for _, path := range wrongPaths {
			add(probe.OtherPath, host, p.Address, path, UserAgent)
		}
	}
	add(probe.OtherHost, d, netip.Addr{}, policyPath, UserAgent)
	add(probe.OtherHost, d.Child("www"), netip.Addr{}, policyPath, UserAgent)
	if p.Address.IsValid() {
		add(probe.OtherPlain, host, p.Address, policyPath, UserAgent)
	}
	return all
}

// further gives the addresses beside the one that was fetched from, those of the
// other family first.
func further(addresses []netip.Addr, from netip.Addr) (all []netip.Addr) {
	if !from.IsValid() {
		return nil
	}
	for _, same := range []bool{false, true} {
		for _, ip := range addresses {
			if ip != from && (ip.Is4() == from.Is4()) == same && len(all) < atOnce-1 {
				all = append(all, ip)
			}
		}
	}
	return all
}

// sniMatters tells whether a handshake without server_name may show another
// certificate, a better one: the names of this one don't cover the host, or an
// alert came instead of one.
func sniMatters(host dnsname.Name, p *probe.Policy) bool {
	if p.TLS == nil {
		return p.Failure != nil && p.Failure.Class == probe.TLSAlert
	}
	if len(p.TLS.Chain) == 0 {
		return false
	}
	leaf, err := x509.ParseCertificate(p.TLS.Chain[0])
	return err == nil && leaf.VerifyHostname(host.String()) != nil
}

// isHTML tells whether a body begins as HTML or XML does.
func isHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("<"))
}

// other makes one fetch.
func (n *Network) other(ctx context.Context, o other, end time.Time, l limits) probe.OtherFetch {
	f := probe.OtherFetch{Kind: o.kind, URL: "https://" + o.host.String() + o.path}
	port := n.HTTPSPort
	switch o.kind {
	case probe.OtherPlain:
		f.URL = strings.Replace(f.URL, "https", "http", 1)
		port = n.HTTPPort
	case probe.OtherSNI:
		f.URL += "/"
	}
	addresses := []netip.Addr{o.ip}
	if !o.ip.IsValid() {
		if addresses, f.Failure = n.hostAddresses(ctx, o.host, time.Until(end)); f.Failure != nil {
			return f
		}
	}
	f.Address = addresses[0]
	conn, failure := n.connect(ctx, f.Address, port, end, l)
	if failure != nil {
		f.Failure = failure
		return f
	}
	defer conn.Close()
	conn.SetDeadline(end)
	f.Failure = cut(n.fetchOther(ctx, conn, o, &f), end, true)
	f.Millis = millis(conn.began)
	return f
}

// fetchOther speaks over the connection of one fetch.
func (n *Network) fetchOther(ctx context.Context, conn net.Conn, o other, f *probe.OtherFetch) *probe.Failure {
	answer := probe.Policy{}
	var failure *probe.Failure
	if o.kind == probe.OtherPlain {
		failure = get(ctx, conn, o.host, o.path, o.agent, &answer)
	} else {
		name := o.host.String()
		if o.kind == probe.OtherSNI {
			name = ""
		}
		secure, seen, failed := n.handshakeHTTP(ctx, conn, name)
		f.TLS = seen
		if failed != nil || o.kind == probe.OtherSNI {
			return failed
		}
		failure = get(ctx, secure, o.host, o.path, o.agent, &answer)
	}
	f.Status, f.Body = answer.Status, answer.Body[:min(len(answer.Body), probe.MaxOtherBody)]
	f.Location, f.ContentType = answer.Location, answer.ContentType
	f.ContentEncoding, f.Age = answer.ContentEncoding, answer.Age
	return failure
}
