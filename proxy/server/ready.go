package server

import (
	"context"
	"net/http"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// Times of the question whether the resolver answers.
const (
	readyFor     = 5 * time.Second // how long an answer holds
	readyTimeout = 3 * time.Second
)

// serveHealth says that the process serves.
func (s *Server) serveHealth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n"))
}

// readyState is the body of /readyz.
type readyState struct {
	Ready    bool   `json:"ready"`
	Ending   bool   `json:"ending,omitempty"`
	Resolver string `json:"resolver"` // "answers" or "silent"
	Port25   string `json:"port25"`   // "open", "blocked" or "unknown"
}

// serveReady says whether the proxy can do its work: without a resolver it can't, and
// not when it is about to end.
// Port 25 is told and doesn't decide: without it the rest of a check still works,
// and another replica in the same network would be no better.
func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	state, status := readyState{Resolver: "silent", Port25: "unknown"}, http.StatusServiceUnavailable
	if s.resolverAnswers(r.Context()) {
		state.Resolver = "answers"
	}
	if state.Ending = s.Draining(); !state.Ending && state.Resolver == "answers" {
		state.Ready, status = true, http.StatusOK
	}
	if s.config.Port25 != nil {
		if e := s.config.Port25(); e != probe.EgressUnknown {
			state.Port25 = string(e)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, "application/json", state)
}

// resolverAnswers asks for the root's SOA record, once for all who want to know
// within some seconds.
func (s *Server) resolverAnswers(ctx context.Context) bool {
	made, err := s.ready.Do(ctx, "", readyFor, func(ctx context.Context) ([]byte, bool, error) {
		ctx, cancel := context.WithTimeout(ctx, readyTimeout)
		defer cancel()
		n := s.config.Route(dnsname.Root)
		if n == nil {
			return nil, false, nil
		}
		wire, err := n.Exchange(ctx, doh.Query(dnsname.Root, doh.TypeSOA, true))
		if err != nil {
			return nil, false, nil
		}
		if answer, err := doh.Parse(wire); err != nil || answer.Rcode != 0 {
			return nil, false, nil
		}
		return []byte{1}, false, nil
	})
	return err == nil && len(made.Value) == 1
}
