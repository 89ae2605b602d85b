package server

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/observe"
	"github.com/sealane/sealane/proxy/resolve"
)

// dnsMessage is the media type of RFC 8484 §6.
const dnsMessage = "application/dns-message"

var dnsMessageField = []string{dnsMessage}

// relayPath is where the relay is.
const relayPath = "/dns-query"

// serveRelay answers /dns-query (RFC 8484 §4.1). DO, CD and AD pass as they
// come, both ways. To a padded query over an encrypted connection the answer is
// padded too (RFC 7830 §4, RFC 8467 §4.1).
func (s *Server) serveRelay(w http.ResponseWriter, r *http.Request) {
	query, ok := s.readQuery(w, r)
	if !ok {
		return
	}
	name, _, ok := doh.Question(query)
	if !ok || resolve.Allowed(query) != nil {
		problem(w, http.StatusBadRequest, faultQuery, "")
		return
	}
	n, leave := s.let(w, r, name, s.queryRates, s.queries)
	if leave == nil {
		return
	}
	response, err := s.exchange(r.Context(), leave, n, name, query)
	if s.log.Enabled(r.Context(), slog.LevelDebug) { // Debug's stack alone costs a small answer's twentieth
		s.log.Debug("relayed", "domain", s.logged(name))
	}
	var over *refusal
	var f *probe.Failure
	switch {
	case errors.As(err, &over):
		s.refuse(w, r, over)
		return
	case errors.As(err, &f):
		s.config.Meter.Failed(relayPath, string(f.Class))
		ownFault(w, f)
		return
	}
	if s.public(n) && resolve.LeadsInside(response) {
		problem(w, http.StatusBadRequest, faultPrivate, "")
		return
	}
	if resolve.Padded(query) && s.encrypted(r) {
		response = resolve.Pad(response)
	}
	h := w.Header()
	h["Content-Type"] = dnsMessageField
	h["Content-Length"] = []string{strconv.Itoa(len(response))}
	h["Cache-Control"] = []string{lifetime(name, response)}
	w.Write(response)
}

// exchange asks the resolver, if the name may be asked about; what is known needs
// no leave, for nobody is asked. Its place is free once that is done: the answer may
// be read slowly. Errors that aren't a refusal are a *probe.Failure.
func (s *Server) exchange(ctx context.Context, leave func(), n *observe.Network, name dnsname.Name, query []byte) ([]byte, error) {
	defer leave()
	if n.Known != nil {
		if response := n.Known(query); response != nil {
			return response, nil
		}
	}
	if err := s.mayVisit(ctx, n, s.queryRates, name); err != nil {
		return nil, err
	}
	response, err := n.Exchange(ctx, query)
	var f *probe.Failure
	if err != nil && !errors.As(err, &f) {
		err = &probe.Failure{Class: probe.NoResolver, Detail: resolve.Detail(err)}
	}
	return response, err
}

// lifetime is the Cache-Control of an answer (RFC 8484 §5.1). Names under
// test. (RFC 6761 §6.2) mean something else in every process.
func lifetime(name dnsname.Name, response []byte) string {
	if labels := name.Labels(); len(labels) > 0 && labels[len(labels)-1] == "test" {
		return "no-store"
	}
	return "max-age=" + strconv.FormatUint(uint64(resolve.Lifetime(response)), 10)
}

// readQuery takes the DNS message out of the request, or answers with a problem.
func (s *Server) readQuery(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	if r.Method == http.MethodGet {
		value, ok := parameter(r.URL)
		if !ok {
			problem(w, http.StatusBadRequest, faultQuery, "exactly one dns parameter is expected")
			return nil, false
		}
		if len(value) > base64.RawURLEncoding.EncodedLen(resolve.MaxQuery)+2 {
			problem(w, http.StatusRequestURITooLong, faultTooLarge, "")
			return nil, false
		}
		query, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
		if err != nil {
			problem(w, http.StatusBadRequest, faultQuery, "not base64url")
			return nil, false
		}
		return query, true
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != dnsMessage {
		problem(w, http.StatusUnsupportedMediaType, faultMedia, "")
		return nil, false
	}
	s.awaitContent(w)
	query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, resolve.MaxQuery))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		problem(w, http.StatusRequestEntityTooLarge, faultTooLarge, "")
		return nil, false
	case err != nil:
		problem(w, http.StatusBadRequest, faultQuery, "the body could not be read")
		return nil, false
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{}) // now it is the asker's leaving that is waited for
	return query, true
}

// parameter gives the one dns parameter of a request, which mostly is all that is
// asked with and needs no decoding.
func parameter(u *url.URL) (string, bool) {
	if value, ok := strings.CutPrefix(u.RawQuery, "dns="); ok && !strings.ContainsAny(value, "&;%+") {
		return value, true
	}
	values := u.Query()["dns"]
	return strings.Join(values, ""), len(values) == 1
}
