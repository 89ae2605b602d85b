package server

import (
	"net/http"

	"github.com/sealane/sealane/app/dnsname"
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

// serveSTARTTLS answers GET /v1/starttls?host= with a probe.STARTTLS.
func (s *Server) serveSTARTTLS(w http.ResponseWriter, r *http.Request) {
	s.look(w, r, "host", func(n *observe.Network, name dnsname.Name) (any, *probe.Failure) {
		p := n.STARTTLS(r.Context(), name)
		return p, p.Failure
	})
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
