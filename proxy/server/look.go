package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/panics"
	"github.com/sealane/sealane/proxy/resolve"
	"github.com/sealane/sealane/proxy/share"
)

// observedFor is how long an observation is good for others.
const observedFor = time.Minute

// look is one observation that is asked for: of the name in a query parameter,
// further told apart by the rest of the query, in one form.
type look struct {
	parameter, rest string
	observe         func(context.Context, *observe.Network, dnsname.Name) seen
}

// seen is what an observation saw: its JSON value, why it ended early, and the
// failures within it.
type seen struct {
	value   any
	failure *probe.Failure
	within  []*probe.Failure
}

// serveLook makes one observation, or gives the one that was made for another asker.
// It ends when nobody waits for it any more. Only a fault of our own is a problem;
// whatever the observed side did is the answer.
func (s *Server) serveLook(w http.ResponseWriter, r *http.Request, l look) {
	name, ok := lookedAt(w, r, l.parameter)
	if !ok {
		return
	}
	n, who := s.let(w, r, name, s.probeRates)
	if n == nil {
		return
	}
	leave := s.enter(w, r, s.probes, who)
	if leave == nil {
		return
	}
	at := endpoint(r.URL.Path)
	made, err := s.look(r.Context(), leave, at, n, name, l)
	s.log.Debug("observed", "endpoint", at, "domain", s.logged(name), "shared", made.Shared)
	if err != nil {
		s.lookFailed(w, r, err)
		return
	}
	h := w.Header()
	if made.Shared {
		s.config.Meter.Shared(at)
		h.Set("Age", strconv.Itoa(max(0, int(time.Since(made.At)/time.Second))))
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(made.Value)))
	w.Write(made.Value)
}

// look makes an observation, or waits for the one that is made. Its place is free once
// that is made: the answer may be read slowly.
func (s *Server) look(ctx context.Context, leave func(), at string, n *observe.Network, name dnsname.Name, l look) (share.Made, error) {
	defer leave()
	key := at + " " + networkName(n) + " " + name.String() + " " + l.rest
	return s.flights.Do(ctx, key, goodFor(n), func(ctx context.Context) ([]byte, bool, error) {
		if err := s.mayVisit(ctx, n, s.probeRates, name); err != nil {
			return nil, true, err
		}
		return s.observed(at, l.observe(ctx, n, name))
	})
}

// let lets a request about a name begin: it gives the name's network and who asks, or
// answers why not and gives nil.
func (s *Server) let(w http.ResponseWriter, r *http.Request, name dnsname.Name, rates rated) (n *observe.Network, who netip.Prefix) {
	if who = s.client(r); !s.mayAsk(w, r, rates, who) {
		return nil, who
	}
	return s.networkOf(w, name), who
}

// networkOf gives the network that a name belongs to, or answers that there is none or
// that the name isn't asked about here.
func (s *Server) networkOf(w http.ResponseWriter, name dnsname.Name) *observe.Network {
	n := s.config.Route(name)
	switch {
	case n == nil:
		problem(w, http.StatusBadGateway, faultNoNetwork, "")
		return nil
	case s.public(n) && resolve.Private(name):
		problem(w, http.StatusBadRequest, faultPrivate, "")
		return nil
	}
	return n
}

// public tells whether private names of a network are nobody's business.
func (s *Server) public(n *observe.Network) bool { return !n.Near && !s.config.PrivateNames }

// lookedAt reads the name that a request asks about, or answers with a problem.
func lookedAt(w http.ResponseWriter, r *http.Request, parameter string) (dnsname.Name, bool) {
	values := r.URL.Query()[parameter]
	if len(values) != 1 {
		problem(w, http.StatusBadRequest, faultName, "exactly one "+parameter+" is expected")
		return dnsname.Name{}, false
	}
	name, err := dnsname.Parse(values[0])
	if err == nil && name == dnsname.Root {
		err = dnsname.ErrEmpty
	}
	if err != nil {
		problem(w, http.StatusBadRequest, faultName, err.Error())
		return dnsname.Name{}, false
	}
	return name, true
}

// networkName names a network in the key of an observation.
func networkName(n *observe.Network) string {
	if n.Near {
		return "lab"
	}
	return "internet"
}

// goodFor is how long an observation may be kept. The lab's isn't: it is different in
// each process, and costs nobody anything.
func goodFor(n *observe.Network) time.Duration {
	if n.Near {
		return 0
	}
	return observedFor
}

// observed makes an answer of an observation, and tells whether it is a passing one:
// one with a fault of our own in it. That a port or a host isn't asked at all stays so.
func (s *Server) observed(at string, o seen) (body []byte, passing bool, err error) {
	for _, f := range append(o.within, o.failure) {
		if f != nil {
			s.config.Meter.Failed(at, string(f.Class))
			passing = passing || f.Class.Own() && f.Class != probe.Limited && f.Class != probe.OptedOut
		}
	}
	if o.failure != nil && o.failure.Class.Own() {
		return nil, true, o.failure
	}
	body, err = json.Marshal(o.value)
	return append(body, '\n'), passing, err
}

// lookFailed answers for an observation that wasn't made.
func (s *Server) lookFailed(w http.ResponseWriter, r *http.Request, err error) {
	var failure *probe.Failure
	var over *refusal
	var fault *panics.Recovered
	switch {
	case errors.As(err, &over):
		s.refuse(w, r, over)
	case errors.As(err, &failure):
		ownFault(w, failure)
	case errors.As(err, &fault):
		panic(fault) // ServeHTTP says so, once for each asker
	case r.Context().Err() != nil:
		ownFault(w, &probe.Failure{Class: probe.Canceled})
	default:
		panic(err)
	}
}
