package e2e

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// load asks one thing after another until ctx ends, some of which it doesn't wait
// for.
func (r *faultRun) load(ctx context.Context, random *rand.Rand) {
	for ctx.Err() == nil {
		asking, leave := ctx, context.CancelFunc(func() {})
		if random.IntN(8) == 0 {
			asking, leave = context.WithTimeout(ctx, time.Duration(5+random.IntN(200))*time.Millisecond)
		}
		d := r.busy[random.IntN(len(r.busy))]
		switch random.IntN(6) {
		case 0:
			r.askPolicy(asking, d)
		case 1:
			r.askMail(asking, d, random.IntN(len(d.mx)))
		case 2:
			r.askNames(asking, d)
		default:
			r.askRelay(asking, d, random)
		}
		leave()
		time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
	}
}

// askRelay puts one question and wants the answer that the zones give; SERVFAIL only
// where the resolver says so.
func (r *faultRun) askRelay(ctx context.Context, d *faultDomain, random *rand.Rand) {
	questions := []struct {
		name dnsname.Name
		typ  doh.Type
	}{
		{d.name, doh.TypeMX}, {d.name.Child("_mta-sts"), doh.TypeTXT}, {d.name.Child("mta-sts"), doh.TypeAAAA},
		{d.name.Child("mx1"), doh.TypeA}, {d.name.Child("_25._tcp.mx1"), doh.TypeTLSA}, {d.name.Child("nothing"), doh.TypeA},
		{dnsname.MustParse("example"), doh.TypeDNSKEY},
	}
	q := questions[random.IntN(len(questions))]
	query := doh.Query(q.name, q.typ, random.IntN(2) == 0)
	from := time.Now()
	wire, err := r.client.Exchange(ctx, query, 0)
	if err != nil {
		r.ownFault("query", err, r.faults.of("resolver", from, time.Now()))
		return
	}
	asked, got := new(dns.Msg), new(dns.Msg)
	if err := errors.Join(asked.Unpack(query), got.Unpack(wire)); err != nil {
		r.client.wrong("%s %v: %v", q.name, q.typ, err)
		return
	}
	want := r.world.resolve(asked)
	switch {
	case got.Rcode == dns.RcodeServerFailure && slices.Contains(r.faults.of("resolver", from.Add(-passed), time.Now()), servfail):
		r.client.count("query SERVFAIL, the resolver's own")
	case got.Rcode != want.Rcode || !slices.Equal(dataOf(got.Answer), dataOf(want.Answer)) || !slices.Equal(dataOf(got.Ns), dataOf(want.Ns)):
		r.client.wrong("%s %v: %s\nwant %s", q.name, q.typ, got, want)
	default:
		r.client.count("query answered right")
	}
}

// dataOf is records without their TTLs, in order.
func dataOf(records []dns.RR) []string {
	var all []string
	for _, rr := range records {
		rr = dns.Copy(rr)
		rr.Header().Ttl = 0
		all = append(all, rr.String())
	}
	slices.Sort(all)
	return all
}

// ownFault counts a failure of our own side, for which something has to have been at
// fault.
func (r *faultRun) ownFault(what string, err error, faults []string) {
	var f *probe.Failure
	switch {
	case !errors.As(err, &f): // we went, or get has said it
	case !harm(faults):
		r.client.wrong("%s: %v, though nothing was at fault", what, err)
	default:
		r.client.count("%s failed by %s", what, f.Class)
	}
}

// Times before an answer in which an observation may have been made, for one that
// doesn't say how long it took; and what the clocks of several processes differ by.
const (
	longest = 70 * time.Second
	spread  = 1500 * time.Millisecond
)

// askPolicy wants the policy as it is, or a failure that is some fault's.
func (r *faultRun) askPolicy(ctx context.Context, d *faultDomain) {
	from := time.Now()
	p, age, err := observed[probe.Policy](ctx, r.client, "/v1/policy?domain="+d.name.String())
	to := time.Now()
	switch {
	case err != nil:
		r.ownFault("policy", err, r.faults.of("resolver", from.Add(-passed), to))
	case p.Failure == nil:
		if p.Status != 200 || !bytes.Equal(p.Body, []byte(d.policyText())) || p.TLS == nil || p.TLS.Trust.Now != probe.Trusted {
			r.client.wrong("policy of %s: %+v", d.name, p)
		}
	default:
		began := from.Add(-age - time.Duration(p.Millis)*time.Millisecond - spread)
		r.explained("policy of "+d.name.String(), p.Failure, r.faults.of("policy "+d.policy, began, to), r.faults.of("resolver", began.Add(-passed), to))
	}
}

// askMail wants a host that is as it is, or a failure that is some fault's.
func (r *faultRun) askMail(ctx context.Context, d *faultDomain, i int) {
	from := time.Now()
	s, age, err := observed[probe.STARTTLS](ctx, r.client, "/v1/starttls?host="+d.host(i))
	to := time.Now()
	switch {
	case err != nil:
		r.ownFault("host", err, r.faults.of("resolver", from.Add(-passed), to))
	case s.Failure != nil:
		r.explained("host "+d.host(i), s.Failure, nil, r.faults.of("resolver", from.Add(-age-longest), to))
	case len(s.Addresses) != 1:
		r.client.wrong("host %s has %d addresses", d.host(i), len(s.Addresses))
	default:
		a := &s.Addresses[0]
		if a.Failure != nil {
			began := from.Add(-age - time.Duration(a.Millis)*time.Millisecond - spread)
			r.explained("host "+d.host(i), a.Failure, r.faults.of("mail "+d.mx[i], began, to), nil)
		} else if a.Stage != probe.StageDone || (a.TLS != nil) != d.tls {
			r.client.wrong("host %s: %+v", d.host(i), a)
		}
	}
}

// askNames wants the same answer of both name servers, or failures that are theirs.
func (r *faultRun) askNames(ctx context.Context, d *faultDomain) {
	from := time.Now()
	path := "/v1/nameservers?zone=" + d.origin + "&question=MX%20" + d.name.String() + "&question=TXT%20_mta-sts." + d.name.String()
	n, age, err := observed[probe.Nameservers](ctx, r.client, path)
	to := time.Now()
	if err != nil {
		r.ownFault("name servers", err, r.faults.of("resolver", from.Add(-passed), to))
		return
	}
	if n.Failure != nil {
		r.explained("servers of "+d.origin, n.Failure, nil, r.faults.of("resolver", from.Add(-age-longest), to))
		return
	}
	for _, s := range n.Servers {
		for _, a := range s.Answers {
			faults := r.faults.of("names "+s.IP.String(), from.Add(-age-longest), to)
			got := new(dns.Msg)
			switch {
			case a.Failure != nil:
				r.explained("name server "+s.IP.String(), a.Failure, faults, nil)
			case got.Unpack(a.Wire) != nil || got.Rcode == dns.RcodeServerFailure && !slices.Contains(faults, servfail) ||
				got.Rcode != dns.RcodeServerFailure && len(got.Answer) == 0:
				r.client.wrong("name server %s: %x under %v", s.IP, a.Wire, faults)
			}
		}
	}
}

// meets are the classes that each fault of a server gives its visitor.
var meets = map[string][]probe.Class{
	refusing: {probe.ConnectRefused},
	killed:   {probe.ConnectRefused, probe.ConnectionLost},
	reset:    {probe.ConnectionLost},
	closing:  {probe.ConnectionLost},
	stalling: {probe.ReplyTimeout, probe.TLSTimeout, probe.Limited},
	muted:    {probe.DNSTimeout, probe.Blocked},
	lossy:    {probe.DNSTimeout, probe.Blocked},
	cutOff:   {probe.ConnectionLost},
}

// meetsOfResolver are those that faults of the resolver give to who resolves.
var meetsOfResolver = map[string][]probe.Class{
	servfail: {probe.DNSFailed},
}

// explained wants a failure's class to be one that the faults met can give.
func (r *faultRun) explained(what string, f *probe.Failure, faults, resolver []string) {
	gives := func(table map[string][]probe.Class, kinds []string) bool {
		return slices.ContainsFunc(kinds, func(kind string) bool { return slices.Contains(table[kind], f.Class) })
	}
	if !gives(meets, faults) && !gives(meetsOfResolver, resolver) {
		r.client.wrong("%s: %v, under %v and of the resolver %v", what, f, faults, resolver)
	}
}
