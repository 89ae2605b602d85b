//go:build !js

package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/ui"
)

//go:embed worker.js
var workerTemplate string

// hashedDir is where the files lie that app/serving lets be kept for ever.
const hashedDir = "web/"

// errSite is a site that can't be written as it should be.
var errSite = errors.New("incomplete site")

// site is the files of the site, by their path below its root.
type site struct {
	place  place
	files  map[string][]byte
	hashed map[string]string // URL paths of files by the names they had
	brotli map[string]int    // sizes of the compressed forms written
}

// newSite makes all files of the site from the program and the static folder.
func newSite(program, static string, where place) (*site, error) {
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(binary, []byte("\x00asm")) {
		return nil, fmt.Errorf("%w: %s is no WebAssembly", errSite, program)
	}
	s := &site{place: where, files: map[string][]byte{}, hashed: map[string]string{}, brotli: map[string]int{}}
	if err := s.addStatic(os.DirFS(static)); err != nil {
		return nil, err
	}
	if err := s.fillWidget(); err != nil {
		return nil, err
	}
	s.files["app.wasm"] = binary
	for _, name := range []string{"app.wasm", "sealane.css", "boot.js", "frame.js", "learn.js", "embed.js"} {
		if err := s.addHash(name); err != nil {
			return nil, err
		}
	}
	pages, err := s.addPages()
	if err != nil {
		return nil, err
	}
	if err := s.addEngine(s.hashed["app.wasm"], pages); err != nil {
		return nil, err
	}
	return s, s.addForHosts()
}

// fillWidget writes the words into the widget's script: the page's words are in
// app/locale, the script reads no other file.
func (s *site) fillWidget() error {
	words, err := json.Marshal(map[string]locale.WidgetWords{locale.English().Tag: locale.English().Widget()})
	if err != nil {
		return err
	}
	before, after, found := bytes.Cut(s.files["widget.js"], []byte("{{.Words}}"))
	if !found {
		return fmt.Errorf("%w: no place for words in widget.js", errSite)
	}
	s.files["widget.js"] = slices.Concat(before, words, after)
	return nil
}

// addHash moves a file to a name with a hash of its content, by which it may be
// kept for ever.
func (s *site) addHash(name string) error {
	content := s.files[name]
	if len(content) == 0 {
		return fmt.Errorf("%w: no %s in the static folder", errSite, name)
	}
	delete(s.files, name)
	ext := path.Ext(name)
	moved := hashedDir + strings.TrimSuffix(name, ext) + "-" + hash(content) + ext
	s.files[moved], s.hashed[name] = content, "/"+moved
	return nil
}

func (s *site) addStatic(static fs.FS) error {
	return fs.WalkDir(static, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		s.files[name], err = fs.ReadFile(static, name)
		return err
	})
}

// addPages prerenders every route over a closed door, makes the pages about
// findings, and gives the paths that the worker keeps: of findings the list
// alone, for there are hundreds.
func (s *site) addPages() ([]string, error) {
	var paths []string
	m := ui.NewMachine(ui.Closed())
	for _, r := range routes(m) {
		if err := s.addPage(r.path, r.page()); err != nil {
			return nil, err
		}
		paths = append(paths, r.path)
	}
	lang := locale.English()
	for _, e := range check.Catalogue() {
		if err := s.addPage(ui.LearnPath+"/"+string(e.Code), &ui.Learn{Lang: lang, Code: e.Code}); err != nil {
			return nil, err
		}
	}
	for path, page := range map[string]app.Composer{ui.LearnPath: &ui.Learn{Lang: lang}, ui.EmbedPath: &ui.Embed{Lang: lang}} {
		if err := s.addPage(path, page); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, s.addPage(missingPath, &ui.Missing{Lang: lang})
}

func (s *site) addPage(path string, page app.Composer) error {
	text, err := s.document(locale.English(), path, page)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	name := strings.TrimPrefix(path, "/") + ".html"
	if path == "/" {
		name = "index.html"
	}
	s.files[name] = text
	return nil
}

// addEngine adds what go-app's handler makes: the scripts that start the
// program, the worker and the manifest.
func (s *site) addEngine(program string, pages []string) error {
	w := locale.English().UI.Shell
	h := &app.Handler{
		Name: siteName, ShortName: siteName, Description: w.Description,
		BackgroundColor: "#ffffff", ThemeColor: themeColor,
		Icon: app.Icon{Default: "/icon-192.png", Large: "/icon-512.png", SVG: "/icon.svg", Maskable: "/icon-maskable.png"},
		// The engine's own style sheet is not used: it would cover the page.
		ServiceWorkerTemplate: strings.ReplaceAll(workerTemplate, "{{.ResourcesToCache}}", s.resources(program, pages)),
		LoadingLabel:          "{progress}%",
		Resources:             hashedProgram(program),
		Version:               s.version(),
	}
	for _, name := range []string{"wasm_exec.js", "app.js", "app-worker.js", "manifest.webmanifest"} {
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, httptest.NewRequest("GET", "/"+name, nil))
		body := recorder.Body.Bytes()
		if recorder.Code != 200 || len(body) == 0 || bytes.Contains(body, []byte("{{.")) {
			return fmt.Errorf("%w: %s: status %d, %d bytes", errSite, name, recorder.Code, len(body))
		}
		s.files[name] = body
	}
	var err error
	s.files["app.js"], err = quickStart(s.files["app.js"], program)
	return err
}

// resources lists what the worker keeps, as a JavaScript array.
func (s *site) resources(program string, pages []string) string {
	list := append([]string{program, "/wasm_exec.js", "/app.js", "/manifest.webmanifest"}, pages...)
	for _, name := range s.names() {
		if ext := path.Ext(name); ext != ".html" && ext != ".wasm" && ext != ".txt" {
			list = append(list, "/"+name)
		}
	}
	slices.Sort(list)
	quoted := make([]string, len(list))
	for i, p := range list {
		quoted[i] = strconv.Quote(p)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// version is a hash over all files: an old one would be kept for ever.
func (s *site) version() string {
	all := sha256.New()
	for _, name := range s.names() {
		fmt.Fprintf(all, "%s %d\n", name, len(s.files[name]))
		all.Write(s.files[name])
	}
	all.Write([]byte(workerTemplate))
	return hex.EncodeToString(all.Sum(nil)[:8])
}

func (s *site) names() []string {
	names := make([]string, 0, len(s.files))
	for name := range s.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// write writes every file, with .gz and .br beside those that shrink, and
// removes what only earlier builds had.
func (s *site) write(dir string, quality int) error {
	for _, name := range s.names() {
		content := s.files[name]
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return err
		}
		if err := s.compress(name, target, content, quality); err != nil {
			return err
		}
	}
	return s.removeOld(dir)
}

func (s *site) removeOld(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, hashedDir, "*"))
	if err != nil {
		return err
	}
	for _, name := range optional {
		for _, ending := range []string{"", ".br", ".gz"} {
			old = append(old, filepath.Join(dir, name+ending))
		}
	}
	for _, name := range old {
		below, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		below = strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(below), ".br"), ".gz")
		if _, current := s.files[below]; current {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (s *site) compress(name, target string, content []byte, quality int) error {
	var br, gz bytes.Buffer
	// The largest window of RFC 7932: the program is longer than the usual one.
	b := brotli.NewWriterOptions(&br, brotli.WriterOptions{Quality: quality, LGWin: 24})
	z, err := gzip.NewWriterLevel(&gz, min(quality, gzip.BestCompression))
	if err != nil {
		return err
	}
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{b, z} {
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	s.brotli[name] = br.Len()
	for ext, packed := range map[string][]byte{".br": br.Bytes(), ".gz": gz.Bytes()} {
		if path.Ext(name) == ".png" || strings.HasPrefix(name, "_") || len(packed) >= len(content) {
			_ = os.Remove(target + ext) // of an earlier build; there may be none
			continue
		}
		if err := os.WriteFile(target+ext, packed, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// hashedProgram is go-app's resolver: it puts the program under the name that
// carries its hash, and leaves every other place alone.
type hashedProgram string

// Resolve gives the URL path of a resource.
func (p hashedProgram) Resolve(location string) string {
	if location == "/web/app.wasm" {
		return string(p)
	}
	return location
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}
