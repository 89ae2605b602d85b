package observe

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

const (
	queryTries   = 2
	surelyTries  = 4    // before a server that answers is said to drop a type
	queryPayload = 1232 // octets of UDP answer offered
	maxStrays    = 16   // datagrams passed over that answer something else
)

// errStray is the reply over TCP to another query.
var errStray = errors.New("observe: an answer to something else")

// inquiry is the questions to one authoritative server.
type inquiry struct {
	n      *Network
	ip     netip.Addr
	limits limits
	end    time.Time
	server *probe.Nameserver
	unmet  int    // questions without an answer before the first answer
	silent uint16 // the type that the server, which answers others, was silent on
}

// ask puts the questions in order. A server that never answered isn't asked
// for ever, and one that is to be spared not at all.
func (i *inquiry) ask(ctx context.Context, questions []probe.Question) {
	last := i.n.spared(ctx, i.ip)
	if last != nil {
		i.unmet = enoughUnmet
	}
	for _, q := range questions {
		a := probe.DirectAnswer{Question: q}
		switch {
		case ctx.Err() != nil:
			a.Failure = &probe.Failure{Class: probe.Canceled}
		case i.unmet >= enoughUnmet:
			again := *last
			a.Failure = &again
		case !time.Now().Before(i.end):
			a.Failure = outOfTime("")
		default:
			a.Wire, a.Failure = i.question(ctx, q)
			last = a.Failure
			switch {
			case a.Failure == nil:
				i.unmet = -probe.MaxQuestions
			case slices.Contains([]probe.Class{probe.AddressReserved, probe.Blocked, probe.Limited, probe.OptedOut}, a.Failure.Class):
				i.unmet = enoughUnmet
			default:
				i.unmet++
			}
		}
		i.server.Answers = append(i.server.Answers, a)
	}
}

// question asks over UDP, and over TCP when the answer was cut (RFC 7766 §5).
// Datagrams get lost: silence on a type that others aren't met with takes more of
// them, once for each type.
func (i *inquiry) question(ctx context.Context, q probe.Question) (wire []byte, failure *probe.Failure) {
	tries := queryTries
	if i.unmet < 0 && q.Type != i.silent {
		tries = surelyTries
	}
	for range tries {
		if wire, failure = i.try(ctx, "udp", q); failure == nil || failure.Class != probe.DNSTimeout {
			break
		}
	}
	if failure != nil && tries == surelyTries {
		i.silent = q.Type
	}
	if failure != nil || wire[2]&2 == 0 { // TC (RFC 1035 §4.1.1)
		return wire, failure
	}
	for range queryTries {
		if wire, failure = i.try(ctx, "tcp", q); failure == nil {
			break
		}
	}
	return wire, failure
}

// try sends one query and waits for its answer.
func (i *inquiry) try(ctx context.Context, network string, q probe.Question) ([]byte, *probe.Failure) {
	limit := min(i.limits.query, time.Until(i.end))
	end := time.Now().Add(limit)
	if f := i.n.kept(i.ip, i.n.DNSPort); f != nil {
		return nil, f
	}
	conn, failure := i.n.dial(ctx, network, i.ip, i.n.DNSPort, limit)
	if failure != nil {
		return nil, failure
	}
	defer conn.Close()
	conn.SetDeadline(end)
	query := directQuery(q)
	if query == nil {
		return nil, &probe.Failure{Class: probe.BadRequest, Detail: "no DNS name"}
	}
	exchange := overUDP
	if network == "tcp" {
		exchange = overTCP
	}
	wire, err := exchange(conn, query)
	if err != nil {
		f := failed(ctx, err, probe.DNSTimeout, probe.ReplyMalformed)
		if f.Class == probe.DNSTimeout && limit < i.limits.query {
			f = outOfTime("in the middle: " + f.Detail)
		}
		return nil, f
	}
	return wire, nil
}

// directQuery is a query to an authoritative server: RD=0, DO=1 (RFC 1035
// §4.1.1, RFC 4035 §4.1), with an ID that nobody can guess.
func directQuery(q probe.Question) []byte {
	wire := doh.Query(q.Name, doh.Type(q.Type), false)
	var m dns.Msg
	if wire == nil || m.Unpack(wire) != nil {
		return nil
	}
	id := make([]byte, 2)
	rand.Read(id) // never fails
	m.Id, m.RecursionDesired, m.Extra = binary.BigEndian.Uint16(id), false, nil
	m.SetEdns0(queryPayload, true)
	wire, err := m.Pack()
	if err != nil {
		return nil
	}
	return wire
}

// overUDP passes over datagrams that don't answer the query (RFC 5452 §3).
func overUDP(conn net.Conn, query []byte) ([]byte, error) {
	if _, err := conn.Write(query); err != nil {
		return nil, err
	}
	buffer := make([]byte, probe.MaxDNSMessage)
	for range maxStrays {
		n, err := conn.Read(buffer)
		if err != nil {
			return nil, err
		}
		if answers(buffer[:n], query) {
			return append([]byte(nil), buffer[:n]...), nil
		}
	}
	return nil, errStray
}

// overTCP puts the length before each message (RFC 1035 §4.2.2).
func overTCP(conn net.Conn, query []byte) ([]byte, error) {
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
		return nil, err
	}
	length := make([]byte, 2)
	if _, err := io.ReadFull(conn, length); err != nil {
		return nil, err
	}
	wire := make([]byte, binary.BigEndian.Uint16(length))
	if _, err := io.ReadFull(conn, wire); err != nil {
		return nil, err
	}
	if !answers(wire, query) {
		return nil, errStray
	}
	return wire, nil
}

// answers tells whether a response has the query's ID and question. A refusal
// may come without the question (RFC 1035 §4.1.1, FORMERR).
func answers(response, query []byte) bool {
	if len(response) < 12 || response[0] != query[0] || response[1] != query[1] || response[2]&0x80 == 0 {
		return false
	}
	asked, typ, _ := doh.Question(query)
	name, about, ok := doh.Question(response)
	if !ok {
		questions := binary.BigEndian.Uint16(response[4:])
		return questions == 0 && response[3]&15 != 0
	}
	return name == asked && about == typ
}
