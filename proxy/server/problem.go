package server

import (
	"net/http"
	"strings"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
)

// fault is a kind of problem (RFC 9457 §3.1): its token is the "type", a
// relative reference. Its title is in app/locale.
type fault struct {
	token string
	class probe.Class // what the page makes of it
}

// The kinds of problems.
var (
	faultName       = fault{"bad-domain", probe.BadRequest}
	faultQuery      = fault{"bad-query", probe.BadRequest}
	faultPrivate    = fault{"private-name", probe.BadRequest}
	faultContent    = fault{"content-unexpected", probe.BadRequest}
	faultMedia      = fault{"unsupported-media-type", probe.BadRequest}
	faultTooLarge   = fault{"too-large", probe.BadRequest}
	faultMethod     = fault{"method-not-allowed", probe.BadRequest}
	faultNotFound   = fault{"not-found", probe.BadRequest}
	faultOrigin     = fault{"foreign-origin", probe.BadRequest}
	faultOptedOut   = fault{"opted-out", probe.OptedOut}
	faultBusy       = fault{"busy", probe.Limited}
	faultEnding     = fault{"ending", probe.Unavailable}
	faultTooMany    = fault{"too-many-requests", probe.Limited}
	faultNoNetwork  = fault{"no-network", probe.Unavailable}
	faultOwn        = fault{"unavailable", probe.Unavailable}
	faultNoResolver = fault{"no-resolver", probe.NoResolver}
	faultInternal   = fault{"internal", probe.Unavailable}
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
	writeJSON(w, status, "application/problem+json", details{f.token, locale.EnglishProblems().Of(f.token), status, detail, f.class})
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
	case probe.OptedOut: // we could, and won't (RFC 9110 §15.5.4)
		f, status = faultOptedOut, http.StatusForbidden
	case probe.NoResolver:
		f = faultNoResolver
	case probe.DNSTimeout:
		f, status = faultNoResolver, http.StatusGatewayTimeout
	}
	f.class = failure.Class
	problem(w, status, f, failure.Detail)
}
