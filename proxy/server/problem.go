package server

import (
	"net/http"
	"strings"

	"github.com/sealane/sealane/app/probe"
)

// fault is a kind of problem (RFC 9457 §3.1): its token is the "type", a
// relative reference.
type fault struct {
	token string
	title string
	class probe.Class // what the page makes of it
}

// The kinds of problems.
var (
	faultName       = fault{"bad-domain", "This is no domain name", probe.BadRequest}
	faultQuery      = fault{"bad-query", "This DNS query is not relayed", probe.BadRequest}
	faultMedia      = fault{"unsupported-media-type", "A DNS message is expected", probe.BadRequest}
	faultTooLarge   = fault{"too-large", "The request is too large", probe.BadRequest}
	faultMethod     = fault{"method-not-allowed", "This method is not allowed here", probe.BadRequest}
	faultNotFound   = fault{"not-found", "There is nothing here", probe.BadRequest}
	faultBusy       = fault{"busy", "The proxy has too much to do", probe.Limited}
	faultTooMany    = fault{"too-many-requests", "Too many requests at once", probe.Limited}
	faultNoNetwork  = fault{"no-network", "This proxy looks at no network with this name", probe.Unavailable}
	faultOwn        = fault{"unavailable", "The proxy could not look", probe.Unavailable}
	faultNoResolver = fault{"no-resolver", "No resolver answers the proxy", probe.NoResolver}
	faultInternal   = fault{"internal", "The proxy failed", probe.Unavailable}
)

// details is the body of a problem (RFC 9457 §3), with one extension member.
type details struct {
	Type   string      `json:"type"`
	Title  string      `json:"title"`
	Status int         `json:"status"`
	Detail string      `json:"detail,omitempty"`
	Class  probe.Class `json:"class"`
}

// problem answers with a problem.
func problem(w http.ResponseWriter, status int, f fault, detail string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	for _, name := range []string{"Content-Encoding", "Content-Length", "ETag"} {
		h.Del(name) // of an answer that was begun otherwise
	}
	writeJSON(w, status, "application/problem+json", details{f.token, f.title, status, detail, f.class})
}

// wrongMethod answers 405 with the methods that are right.
func wrongMethod(w http.ResponseWriter, allow ...string) {
	w.Header().Set("Allow", strings.Join(allow, ", "))
	problem(w, http.StatusMethodNotAllowed, faultMethod, "")
}

// ownFault answers for a failure of our own side, under its own class.
func ownFault(w http.ResponseWriter, failure *probe.Failure) {
	f, status := faultOwn, http.StatusBadGateway
	switch failure.Class {
	case probe.BadRequest:
		f, status = faultName, http.StatusBadRequest
	case probe.NoResolver:
		f = faultNoResolver
	case probe.DNSTimeout:
		f, status = faultNoResolver, http.StatusGatewayTimeout
	}
	f.class = failure.Class
	problem(w, status, f, failure.Detail)
}
