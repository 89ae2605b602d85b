package e2e

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
)

// verdict is what a validator says of one question.
type verdict struct {
	dnssec.Status
	rcode string
	why   string
}

func (v verdict) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", v.Status, v.rcode, v.why))
}

// unboundSays asks with DO=1 and CD=0: AD is secure, SERVFAIL with a reason (RFC
// 8914) bogus, without one nothing, and the rest insecure.
func unboundSays(t *testing.T, resolver string, q question) verdict {
	t.Helper()
	query := new(dns.Msg).SetQuestion(q.name, q.typ)
	query.SetEdns0(1232, true)
	m, _, err := (&dns.Client{Timeout: 20 * time.Second}).Exchange(query, resolver)
	if err == nil && m.Truncated {
		m, _, err = (&dns.Client{Net: "tcp", Timeout: 20 * time.Second}).Exchange(query, resolver)
	}
	if err != nil {
		t.Fatalf("Unbound: %s: %v", q, err)
	}
	v := verdict{Status: dnssec.Insecure, rcode: dns.RcodeToString[m.Rcode]}
	if m.Rcode == dns.RcodeServerFailure {
		v.Status = dnssec.Indeterminate
	}
	if m.AuthenticatedData {
		v.Status = dnssec.Secure
	}
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				v.why = fmt.Sprintf("EDE %d", e.InfoCode)
				if v.Status == dnssec.Indeterminate && e.InfoCode >= dns.ExtendedErrorCodeDNSBogus && e.InfoCode <= dns.ExtendedErrorCodeNSECMissing {
					v.Status = dnssec.Bogus
				}
			}
		}
	}
	return v
}

// sealaneSays validates what the resolver gives with CD=1, from nothing but the
// anchors.
func sealaneSays(t *testing.T, resolver string, anchors []dnssec.Anchor, q question) verdict {
	t.Helper()
	r := dnssec.Resolver{
		Exchange: func(ctx context.Context, query []byte) ([]byte, error) { return exchange(ctx, resolver, query) },
		Anchors:  anchors, Now: time.Now, Cache: new(dnssec.Cache),
	}
	defer r.Cache.Wait()
	got := r.Lookup(t.Context(), q.name, doh.Type(q.typ))
	return verdict{got.Status, dns.RcodeToString[got.Rcode], string(got.Reason)}
}

// anchorsOf gives DS records as trust anchors.
func anchorsOf(t *testing.T, records []*dns.DS) []dnssec.Anchor {
	t.Helper()
	var all []dnssec.Anchor
	for _, ds := range records {
		a, err := dnssec.ParseAnchor(ds.String())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// exchange asks over UDP, and over TCP when the answer is cut short.
func exchange(ctx context.Context, server string, query []byte) ([]byte, error) {
	answer, err := exchangeOver(ctx, "udp", server, query)
	const truncated = 2 // in the third octet (RFC 1035 §4.1.1)
	if err == nil && len(answer) > 2 && answer[2]&truncated != 0 {
		return exchangeOver(ctx, "tcp", server, query)
	}
	return answer, err
}

func exchangeOver(ctx context.Context, network, server string, query []byte) ([]byte, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, server)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return nil, err
	}
	conn := &dns.Conn{Conn: c, UDPSize: dns.MaxMsgSize - 1}
	if _, err := conn.Write(query); err != nil {
		return nil, err
	}
	return conn.ReadMsgHeader(nil)
}

// validator says what it makes of a question.
type validator func(t *testing.T, q question) verdict

// difference is what others may say that we don't, and the text by which we are
// right. Indeterminate is nothing.
type difference struct {
	unbound, other dnssec.Status
	because        string
}

// agreement compares what validators say, row by row.
type agreement struct {
	resolver string
	anchors  []dnssec.Anchor
	others   []validator // beside Unbound
	rows     []string
	notes    []string // on differences that are explained
	// numbers of rows
	agreed, explained int
	theirs            map[dnssec.Status]int
}

func newAgreement(t *testing.T, resolver string, anchors []*dns.DS) *agreement {
	t.Helper()
	return &agreement{resolver: resolver, anchors: anchorsOf(t, anchors), theirs: map[dnssec.Status]int{}}
}

// ask asks all and gives what Sealane says. They must agree, with Unbound in the
// response code too, unless there is a reason why not.
func (a *agreement) ask(t *testing.T, q question, may difference) verdict {
	t.Helper()
	theirs, ours := unboundSays(t, a.resolver, q), sealaneSays(t, a.resolver, a.anchors, q)
	a.theirs[theirs.Status]++
	said := fmt.Sprintf("%-25s ", theirs)
	same := ours.Status == theirs.Status && (ours.Status != dnssec.Secure || ours.rcode == theirs.rcode)
	allowed := same || theirs.Status == may.unbound && may.unbound != dnssec.Indeterminate
	for _, says := range a.others {
		v := says(t, q)
		said += fmt.Sprintf("%-40s ", v)
		same = same && v.Status == ours.Status
		allowed = allowed && (v.Status == ours.Status || v.Status == may.other && may.other != dnssec.Indeterminate)
	}
	mark := ""
	switch {
	case same:
		a.agreed++
	case allowed:
		a.explained++
		mark = "explained"
	default:
		mark = "differs"
		t.Errorf("%s: %s; Sealane says %s", q, said, ours)
	}
	a.rows = append(a.rows, strings.TrimSpace(fmt.Sprintf("%-52s %s%-46s %s", q, said, ours, mark)))
	return ours
}

// print prints the table and the score.
func (a *agreement) print(t *testing.T) {
	t.Helper()
	t.Logf("name and type, the others, Sealane:\n%s\n%s\n%d of %d agree, and %d more are explained; "+
		"by Unbound %d are secure, %d insecure and %d bogus", strings.Join(a.rows, "\n"), strings.Join(a.notes, "\n"),
		a.agreed, len(a.rows), a.explained, a.theirs[dnssec.Secure], a.theirs[dnssec.Insecure], a.theirs[dnssec.Bogus])
}
