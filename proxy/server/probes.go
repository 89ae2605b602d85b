package server

import (
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
	s.look(w, r, "domain", func(n *observe.Network, name dnsname.Name) (any, *probe.Failure) {
		p := n.Policy(r.Context(), name)
		return p, p.Failure
	})
}

// serveSTARTTLS answers GET /v1/starttls?host= with a probe.STARTTLS. Each
// aside= names a further visit (probe.AsideKind) to make instead of the first.
func (s *Server) serveSTARTTLS(w http.ResponseWriter, r *http.Request) {
	asides, ok := readAsides(r.URL.Query()["aside"])
	if !ok {
		problem(w, http.StatusBadRequest, faultQuery, "aside: an unknown kind, or one twice")
		return
	}
	s.look(w, r, "host", func(n *observe.Network, name dnsname.Name) (any, *probe.Failure) {
		p := n.STARTTLS(r.Context(), name, asides...)
		return p, p.Failure
	})
}

// readAsides reads kinds of asides, each at most once.
func readAsides(values []string) (kinds []probe.AsideKind, ok bool) {
	for _, v := range values {
		kind := probe.AsideKind(v)
		if !slices.Contains(probe.AsideKinds(), kind) || slices.Contains(kinds, kind) {
			return nil, false
		}
		kinds = append(kinds, kind)
	}
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
	s.look(w, r, "zone", func(n *observe.Network, zone dnsname.Name) (any, *probe.Failure) {
		p := n.Nameservers(r.Context(), zone, questions)
		return p, p.Failure
	})
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

// look makes one observation of the name in a query parameter. The request's
// end ends the observation. Only a fault of our own is a problem; whatever the
// observed side did is the answer.
func (s *Server) look(w http.ResponseWriter, r *http.Request, parameter string, observe func(*observe.Network, dnsname.Name) (any, *probe.Failure)) {
	values := r.URL.Query()[parameter]
	if len(values) != 1 {
		problem(w, http.StatusBadRequest, faultName, "exactly one "+parameter+" is expected")
		return
	}
	name, err := dnsname.Parse(values[0])
	if err == nil && name == dnsname.Root {
		err = dnsname.ErrEmpty
	}
	if err != nil {
		problem(w, http.StatusBadRequest, faultName, err.Error())
		return
	}
	leave := s.probes.enter(w, r)
	if leave == nil {
		return
	}
	defer leave()
	n := s.config.Route(name)
	if n == nil {
		problem(w, http.StatusBadGateway, faultNoNetwork, "")
		return
	}
	seen, failure := observe(n, name)
	if failure != nil && failure.Class.Own() {
		ownFault(w, failure)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, "application/json", seen)
}
