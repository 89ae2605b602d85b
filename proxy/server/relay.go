package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
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

// underTest is the zone whose names are different in every process.
var underTest = dnsname.MustParse("test")

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
	n, who := s.let(w, r, name, s.queryRates)
	if n == nil {
		return
	}
	s.noteRelayed(r, name)
	response := known(n, query)
	if response == nil {
		if response = s.exchange(w, r, n, who, name, query); response == nil {
			return
		}
	}
	if s.public(n) && resolve.LeadsInside(response) {
		problem(w, http.StatusBadRequest, faultPrivate, "")
		return
	}
	if resolve.Padded(query) && s.encrypted(r) {
		response = resolve.Pad(response)
	}
	h := w.Header()
	values := []string{strconv.Itoa(len(response)), lifetime(name, response)}
	h["Content-Type"], h["Content-Length"], h["Cache-Control"] = dnsMessageField, values[:1:1], values[1:]
	w.Write(response)
}

// noteRelayed logs what is asked about. Arguments cost more than many an answer.
func (s *Server) noteRelayed(r *http.Request, name dnsname.Name) {
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		s.log.Debug("relayed", "domain", s.logged(name))
	}
}

// errBusy: there is no place to ask the resolver from.
var errBusy = errors.New("server: too many questions at once")

// known gives a response that is at hand, for which nobody is asked; nil for none.
func known(n *observe.Network, query []byte) []byte {
	if n.Known == nil {
		return nil
	}
	return n.Known(query)
}

// exchange asks the resolver, once for all who ask the same at the time, if the name may
// be asked about; or it answers why not and gives nil. Its place is free once that is
// done: the answer may be read slowly. The asking has a place of its own, since it may go
// on for a while when nobody waits for it any more.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request, n *observe.Network, who netip.Prefix, name dnsname.Name, query []byte) []byte {
	leave := s.enter(w, r, s.queries, who)
	if leave == nil {
		return nil
	}
	defer leave()
	made, err := s.questions.Do(r.Context(), networkName(n)+string(query[2:]), 0, func(ctx context.Context) ([]byte, bool, error) {
		done, _ := s.asking.take(netip.Prefix{})
		if done == nil {
			return nil, true, errBusy
		}
		defer done()
		if err := s.mayVisit(ctx, n, s.queryRates, name); err != nil {
			return nil, true, err
		}
		response, err := n.Exchange(ctx, query)
		return response, true, s.failed(err)
	})
	switch {
	case err == errBusy:
		s.crowded(w, r, tooBusy)
		return nil
	case err != nil:
		s.lookFailed(w, r, err)
		return nil
	}
	response := bytes.Clone(made.Value)
	copy(response, query[:2])
	return response
}

// failed is an error of the resolver as a failure, and counts it.
func (s *Server) failed(err error) error {
	if err == nil {
		return nil
	}
	var f *probe.Failure
	if !errors.As(err, &f) {
		f = &probe.Failure{Class: probe.NoResolver, Detail: resolve.Detail(err)}
	}
	s.config.Meter.Failed(relayPath, string(f.Class))
	return f
}

// lifetime is the Cache-Control of an answer (RFC 8484 §5.1). Names under
// test. (RFC 6761 §6.2) mean something else in every process.
func lifetime(name dnsname.Name, response []byte) string {
	if name.Within(underTest) {
		return "no-store"
	}
	return string(strconv.AppendUint([]byte("max-age="), uint64(resolve.Lifetime(response)), 10))
}

// readQuery takes the DNS message out of the request, or answers with a problem.
func (s *Server) readQuery(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	if r.Method == http.MethodGet {
		return queryParameter(w, r.URL)
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

// queryParameter takes it out of a GET request (RFC 8484 §4.1.1). What is in base64url
// as a whole holds no further parameter, and nothing that a URL escapes.
func queryParameter(w http.ResponseWriter, u *url.URL) ([]byte, bool) {
	const most = (resolve.MaxQuery*8+5)/6 + 2 // with padding
	value, plain := strings.CutPrefix(u.RawQuery, "dns=")
	if plain && len(value) <= most {
		if query, err := base64.RawURLEncoding.DecodeString(value); err == nil {
			return query, true
		}
	}
	values := u.Query()["dns"]
	if len(values) != 1 {
		problem(w, http.StatusBadRequest, faultQuery, "exactly one dns parameter is expected")
		return nil, false
	}
	if len(values[0]) > most {
		problem(w, http.StatusRequestURITooLong, faultTooLarge, "")
		return nil, false
	}
	query, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(values[0], "="))
	if err != nil {
		problem(w, http.StatusBadRequest, faultQuery, "not base64url")
		return nil, false
	}
	return query, true
}
