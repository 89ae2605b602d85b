package server

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/resolve"
)

// dnsMessage is the media type of RFC 8484 §6.
const dnsMessage = "application/dns-message"

// bodyTimeout is how long the body of a POST may take.
const bodyTimeout = 10 * time.Second

// serveRelay answers /dns-query (RFC 8484 §4.1). DO, CD and AD pass as they
// come, both ways.
func (s *Server) serveRelay(w http.ResponseWriter, r *http.Request) {
	query, ok := readQuery(w, r)
	if !ok {
		return
	}
	name, _, ok := doh.Question(query)
	if !ok || resolve.Allowed(query) != nil {
		problem(w, http.StatusBadRequest, faultQuery, "")
		return
	}
	leave := s.queries.enter(w, r)
	if leave == nil {
		return
	}
	defer leave()
	n := s.config.Route(name)
	if n == nil {
		problem(w, http.StatusBadGateway, faultNoNetwork, "")
		return
	}
	response, err := n.Exchange(r.Context(), query)
	if err != nil {
		var f *probe.Failure
		if !errors.As(err, &f) {
			f = &probe.Failure{Class: probe.NoResolver, Detail: err.Error()}
		}
		ownFault(w, f)
		return
	}
	h := w.Header()
	h.Set("Content-Type", dnsMessage)
	h.Set("Content-Length", strconv.Itoa(len(response)))
	h.Set("Cache-Control", lifetime(name, response))
	w.Write(response)
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
func readQuery(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
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
	// Not every transport can: HTTP/3 has its own idle limit.
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(bodyTimeout))
	query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, resolve.MaxQuery))
	_ = deadline.SetReadDeadline(time.Time{})
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		problem(w, http.StatusRequestEntityTooLarge, faultTooLarge, "")
		return nil, false
	case err != nil:
		problem(w, http.StatusBadRequest, faultQuery, "the body could not be read")
		return nil, false
	}
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
