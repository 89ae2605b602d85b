package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
)

// servePolicy answers GET /v1/policy?domain= with a probe.Policy.
func (s *Server) servePolicy(w http.ResponseWriter, r *http.Request) {
	s.serveLook(w, r, look{"domain", "", func(ctx context.Context, n *observe.Network, name dnsname.Name) seen {
		p := n.Policy(ctx, name)
		o := seen{value: p, failure: p.Failure}
		for i := range p.Others {
			o.within = append(o.within, p.Others[i].Failure)
		}
		return o
	}})
}

// serveSTARTTLS answers GET /v1/starttls?host= with a probe.STARTTLS. Each
// aside= names a further visit (probe.AsideKind) to make instead of the first.
func (s *Server) serveSTARTTLS(w http.ResponseWriter, r *http.Request) {
	asides, ok := readAsides(r.URL.Query()["aside"])
	if !ok {
		problem(w, http.StatusBadRequest, faultQuery, "aside: an unknown kind, or one twice")
		return
	}
	s.serveLook(w, r, look{"host", fmt.Sprint(asides), func(ctx context.Context, n *observe.Network, name dnsname.Name) seen {
		p := n.STARTTLS(ctx, name, asides...)
		o := seen{value: p, failure: p.Failure}
		for i := range p.Addresses {
			o.within = append(o.within, p.Addresses[i].Failure)
			for j := range p.Addresses[i].Asides {
				o.within = append(o.within, p.Addresses[i].Asides[j].Failure)
			}
		}
		return o
	}})
}

// readAsides reads kinds of asides, each at most once, into the order of their list.
func readAsides(values []string) (kinds []probe.AsideKind, ok bool) {
	for _, v := range values {
		kind := probe.AsideKind(v)
		if !slices.Contains(probe.AsideKinds(), kind) || slices.Contains(kinds, kind) {
			return nil, false
		}
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b probe.AsideKind) int {
		return slices.Index(probe.AsideKinds(), a) - slices.Index(probe.AsideKinds(), b)
	})
	return kinds, true
}

// serveNameservers answers GET /v1/nameservers?zone= with a probe.Nameservers.
// Each question= is "TYPE NAME", the type by number or mnemonic, the name within
// the zone.
func (s *Server) serveNameservers(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	zone, _ := dnsname.Parse(query.Get("zone")) // what is wrong with it, look says
	questions, ok := readQuestions(zone, query["question"])
	if !ok && !zone.IsZero() && zone != dnsname.Root {
		problem(w, http.StatusBadRequest, faultQuery, `question: "TYPE NAME" is expected, of a type that is asked for, within the zone`)
		return
	}
	s.serveLook(w, r, look{"zone", questionsKey(questions), func(ctx context.Context, n *observe.Network, zone dnsname.Name) seen {
		p := n.Nameservers(ctx, zone, questions)
		o := seen{value: p, failure: p.Failure}
		for i := range p.Servers {
			for j := range p.Servers[i].Answers {
				o.within = append(o.within, p.Servers[i].Answers[j].Failure)
			}
		}
		return o
	}})
}

// questionsKey is the canonical text of questions: their answers have their order.
func questionsKey(questions []probe.Question) string {
	var all []string
	for _, q := range questions {
		all = append(all, strconv.Itoa(int(q.Type))+" "+q.Name.String())
	}
	return strings.Join(all, ",")
}

// askedTypes are the types that authoritative servers are asked for.
var askedTypes = []doh.Type{
	doh.TypeA, doh.TypeNS, doh.TypeSOA, doh.TypeMX, doh.TypeTXT, doh.TypeAAAA, doh.TypeDS, doh.TypeDNSKEY, doh.TypeTLSA,
}

// readQuestions reads one to MaxQuestions questions about names in the zone.
func readQuestions(zone dnsname.Name, values []string) ([]probe.Question, bool) {
	if len(values) == 0 || len(values) > probe.MaxQuestions {
		return nil, false
	}
	var all []probe.Question
	for _, v := range values {
		kind, text, _ := strings.Cut(v, " ")
		at := slices.IndexFunc(askedTypes, func(t doh.Type) bool {
			return strconv.Itoa(int(t)) == kind || strings.EqualFold(t.String(), kind)
		})
		name, err := dnsname.Parse(text)
		if at < 0 || err != nil || !name.Within(zone) {
			return nil, false
		}
		all = append(all, probe.Question{Name: name, Type: uint16(askedTypes[at])})
	}
	return all, true
}
