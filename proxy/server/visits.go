package server

import (
	"cmp"
	"html"
	"net/http"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
)

// Visits is what the page about our visits says of this proxy.
type Visits struct {
	// Name is what probes say in EHLO (RFC 5321 §4.1.1.1): who looks it up is to
	// find this server.
	Name string
	// Contact is an address or a URL of the operator; "" where none is named.
	Contact string
}

// Paths of the page and of its style.
const (
	visitsPath  = "/probes"
	visitsStyle = "/probes.css"
)

// visitsCSS makes the page readable without the site's style, whose name changes.
const visitsCSS = "body{max-width:40rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif;color-scheme:light dark;overflow-wrap:break-word}h1,h2{line-height:1.25}"

// serveVisits answers GET /probes: who we are, what the visits are, and how to be
// left alone.
func (s *Server) serveVisits(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(visitsPage(s.config.Visits, s.probeRates.Target)))
}

// serveVisitsStyle answers with the page's style.
func (s *Server) serveVisitsStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Write([]byte(visitsCSS))
}

// visitsPage draws the page.
func visitsPage(v Visits, each limits.Rate) string {
	words := locale.EnglishVisits()
	args := map[string]string{"name": cmp.Or(v.Name, words.Nameless), "agent": observe.UserAgent, "contact": v.Contact,
		"count": strconv.Itoa(each.Burst), "time": each.Every.String()}
	var b strings.Builder
	title := locale.Fill(words.Title, args)
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
		html.EscapeString(strings.ReplaceAll(title, "`", "")) + "</title>\n<link rel=\"stylesheet\" href=\"" + visitsStyle + "\">\n<main>\n<h1>" + marked(title) + "</h1>\n")
	paragraph := func(text string) { b.WriteString("<p>" + marked(locale.Fill(text, args)) + "</p>\n") }
	paragraph(words.Lede)
	last := words.Contact
	if v.Contact == "" {
		last = words.NoContact
	}
	for _, part := range append(words.Parts, last) {
		b.WriteString("<h2>" + marked(part.Head) + "</h2>\n")
		for _, text := range part.Texts {
			paragraph(text)
		}
	}
	b.WriteString("</main>\n</html>\n")
	return b.String()
}

// marked is a text as HTML: what stands in backticks is code.
func marked(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			b.WriteString("<code>" + html.EscapeString(part) + "</code>")
			continue
		}
		b.WriteString(html.EscapeString(part))
	}
	return b.String()
}
