//go:build !js

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/ui"
)

// siteName is what the site is called, and themeColor the colour of the browser's
// own bars.
const (
	siteName   = "Sealane"
	themeColor = "#0b4f6c"
)

// The ids of the loader are go-app's; its app.js writes into the label why the
// program doesn't run, and boot.js moves the line.
const documentText = `<!doctype html>
<html lang="{{.Tag}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<meta name="description" content="{{.Summary}}">
{{if .Path}}<link rel="canonical" href="{{.Origin}}{{.Path}}">
<meta property="og:url" content="{{.Origin}}{{.Path}}">
{{else}}<meta name="robots" content="noindex">
{{end}}<meta name="theme-color" content="{{.Color}}">
<meta property="og:site_name" content="{{.Name}}">
<meta property="og:title" content="{{.Title}}">
<meta property="og:description" content="{{.Summary}}">
<meta property="og:type" content="website">
<meta property="og:image" content="{{.Origin}}/icon-512.png">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="icon" href="/icon-192.png" type="image/png" sizes="192x192">
<link rel="apple-touch-icon" href="/icon-maskable.png">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="stylesheet" href="{{.CSS}}">
<script src="{{.Boot}}"{{if not .Light}} data-program="{{.Program}}" data-octets="{{.Octets}}"{{end}}></script>
{{if .Frame}}<script src="{{.Frame}}"></script>
{{end}}{{if .Light}}{{range .Scripts}}<script src="{{.}}" defer></script>
{{end}}</head>
<body>
{{.Body}}
{{else}}<script src="/wasm_exec.js" defer></script>
<script src="/app.js" defer></script>
</head>
<body>
{{.Body}}
<aside id="app-wasm-loader" class="loader" aria-label="{{.W.Loading}}">
<span id="app-wasm-loader-icon" hidden></span>
<progress id="loader-line" max="100" value="0" aria-hidden="true"></progress>
<p id="app-wasm-loader-label"></p>
</aside>
<aside id="broken" class="broken" role="alert" hidden>
<p>{{.W.Broken}}</p>
<button type="button" id="reload">{{.W.Reload}}</button>
</aside>
<noscript><p class="broken">{{.W.NoScript}}</p></noscript>
{{end}}{{if not .Frame}}<aside id="newer" class="newer" role="status" hidden>
<p>{{.W.Newer}}</p>
<button type="button" id="renew">{{.W.Renew}}</button>
</aside>
{{end}}</body>
</html>
`

// bareARIA is an ARIA state whose "true" the engine has left out.
var bareARIA = regexp.MustCompile(`( aria-[a-z]+)([ >])`)

// badTag is a tag with an attribute that would need escaping, or with a style.
var badTag = regexp.MustCompile(`<[a-z][^>]*(?:\\| style=)`)

// titled is a page that says itself what it is.
type titled interface {
	Title() string
	Summary() string
}

// light is a page that is whole without the program, but for scripts of its own.
type light interface{ Scripts() []string }

// document is the prerendered page at a path. The component may hold constants
// only: the engine does not escape attributes when it writes HTML.
func (s *site) document(lang locale.Language, path string, page app.Composer) ([]byte, error) {
	body := bareARIA.ReplaceAllString(app.HTMLString(page), `$1="true"$2`)
	body = strings.ReplaceAll(body, "</input>", "") // the engine closes what has no end
	if badTag.MatchString(body) {
		return nil, fmt.Errorf("%w: a prerendered attribute needs escaping, or a style", errSite)
	}
	for _, name := range []string{"icon.svg", "icon-192.png", "icon-512.png", "icon-maskable.png"} {
		if len(s.files[name]) == 0 {
			return nil, fmt.Errorf("%w: no %s in the static folder", errSite, name)
		}
	}
	t, err := template.New("document").Parse(documentText)
	if err != nil {
		return nil, err
	}
	title, summary := lang.UI.Shell.Title, lang.UI.Shell.Description
	frame, scripts := "", []string(nil)
	if own, is := page.(titled); is {
		title, summary = own.Title(), own.Summary()
	}
	own, isLight := page.(light)
	if isLight {
		for _, name := range own.Scripts() {
			scripts = append(scripts, cmp.Or(s.hashed[name], "/"+name))
		}
	}
	switch path {
	case ui.WidgetPath, ui.WidgetMakePath:
		frame = s.hashed["frame.js"]
	case missingPath:
		path = "" // it stands for any
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Tag": lang.Tag, "W": lang.UI.Shell, "Color": themeColor, "Name": siteName,
		"Origin": s.place.origin, "Path": path, "Title": title, "Summary": summary,
		"Light": isLight, "Scripts": scripts, "Frame": frame, "CSS": s.hashed["sealane.css"], "Boot": s.hashed["boot.js"],
		"Program": s.hashed["app.wasm"], "Octets": len(s.files[strings.TrimPrefix(s.hashed["app.wasm"], "/")]),
		"Body": template.HTML(body), //nolint:gosec // our own components, constants only
	})
	return out.Bytes(), err
}
