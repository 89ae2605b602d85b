//go:build !js

package main

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/ui"
)

// themeColor is the colour of the browser's own bars.
const themeColor = "#0b4f6c"

// The ids of the loader are go-app's; its app.js writes into the label why the
// program doesn't run, and boot.js moves the line.
const documentText = `<!doctype html>
<html lang="{{.Tag}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<meta name="description" content="{{.Summary}}">
<link rel="canonical" href="{{.Path}}">
<meta name="theme-color" content="{{.Color}}">
<meta property="og:title" content="{{.Title}}">
<meta property="og:description" content="{{.Summary}}">
<meta property="og:type" content="website">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="icon" href="/icon-192.png" type="image/png" sizes="192x192">
<link rel="apple-touch-icon" href="/icon-maskable.png">
<link rel="manifest" href="/manifest.webmanifest">
<link rel="stylesheet" href="/sealane.css?{{.CSS}}">
<script src="/boot.js?{{.Boot}}"{{if not .Light}} data-program="/{{.Program}}" data-octets="{{.Octets}}"{{end}}></script>
{{if .Frame}}<script src="/frame.js?{{.Frame}}"></script>
{{end}}{{if .Light}}{{range .Light}}<script src="/{{.Name}}?{{.Hash}}" defer></script>
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
{{end}}</body>
</html>
`

// bareARIA is an ARIA state whose "true" the engine has left out.
var bareARIA = regexp.MustCompile(`( aria-[a-z]+)([ >])`)

// badTag is a tag with an attribute that would need escaping, or with a style.
var badTag = regexp.MustCompile(`<[a-z][^>]*(?:\\| style=)`)

// light is a page that is whole without the program, but for scripts of its own.
type light interface {
	app.Composer
	Title() string
	Summary() string
	Scripts() []string
}

type script struct{ Name, Hash string }

// document is the prerendered page at a path. The component may hold constants
// only: the engine does not escape attributes when it writes HTML.
func document(lang locale.Language, path string, page app.Composer, files map[string][]byte) ([]byte, error) {
	body := bareARIA.ReplaceAllString(app.HTMLString(page), `$1="true"$2`)
	body = strings.ReplaceAll(body, "</input>", "") // the engine closes what has no end
	if badTag.MatchString(body) {
		return nil, fmt.Errorf("%w: a prerendered attribute needs escaping, or a style", errSite)
	}
	for _, name := range []string{"sealane.css", "boot.js", "frame.js", "learn.js", "embed.js", "widget.js", "icon.svg", "icon-192.png", "icon-512.png", "icon-maskable.png"} {
		if len(files[name]) == 0 {
			return nil, fmt.Errorf("%w: no %s in the static folder", errSite, name)
		}
	}
	t, err := template.New("document").Parse(documentText)
	if err != nil {
		return nil, err
	}
	title, summary := lang.UI.Shell.Title, lang.UI.Shell.Description
	frame, scripts := "", []script(nil)
	if own, is := page.(light); is {
		title, summary = own.Title(), own.Summary()
		for _, name := range own.Scripts() {
			scripts = append(scripts, script{name, hash(files[name])})
		}
	}
	if path == ui.WidgetPath || path == ui.WidgetMakePath {
		frame = hash(files["frame.js"])
	}
	program, octets := programOf(files)
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Tag": lang.Tag, "W": lang.UI.Shell, "Color": themeColor,
		"Path": path, "Title": title, "Summary": summary, "Light": scripts, "Frame": frame,
		"CSS": hash(files["sealane.css"]), "Boot": hash(files["boot.js"]),
		"Program": program, "Octets": octets,
		"Body": template.HTML(body), //nolint:gosec // our own components, constants only
	})
	return out.Bytes(), err
}
