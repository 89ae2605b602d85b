package server

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// mediaTypes of the files of the site; the system's own table isn't asked, so
// that every machine answers alike.
var mediaTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".gif":         "image/gif",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".pdf":         "application/pdf",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
	".xml":         "application/xml",
}

// encodings of files compressed beforehand, best first, by the ending of the
// compressed neighbour.
var encodings = []struct{ name, ending string }{{"br", ".br"}, {"gzip", ".gz"}}

// forOthers are files that tell static hosts, and pages served by them, what
// this server knows better.
var forOthers = []string{"_headers", "_redirects", "config.json"}

// site serves static files. A file's hash is computed once, and again when the
// file changes.
type site struct {
	files  fs.FS
	mu     sync.Mutex
	hashes map[string]hashed
}

// hashed is a file's hash and what the file looked like then.
type hashed struct {
	hash  string // 16 hexadecimal digits of SHA-256
	size  int64
	mtime time.Time
}

func newSite(files fs.FS) *site { return &site{files: files, hashes: make(map[string]hashed)} }

// serve answers GET and HEAD of a path.
func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	for _, name := range candidates(r.URL.Path) {
		if s.exists(name) {
			s.file(w, r, name, http.StatusOK)
			return
		}
	}
	// The list of findings says itself that there is no such one, and what is near.
	if strings.HasPrefix(r.URL.Path, "/learn/") && s.exists("learn.html") {
		s.file(w, r, "learn.html", http.StatusNotFound)
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "text/html") && s.exists("404.html") {
		s.file(w, r, "404.html", http.StatusNotFound)
		return
	}
	problem(w, http.StatusNotFound, faultNotFound, "")
}

// candidates lists the files that may answer a path, best first: the file
// itself, its page, and for the program's own routes the page above.
func candidates(urlPath string) []string {
	name := strings.Trim(path.Clean("/"+urlPath), "/")
	if name == "" {
		return []string{"index.html"}
	}
	if ending := path.Ext(name); ending == ".br" || ending == ".gz" || slices.Contains(forOthers, name) {
		return nil
	}
	all := []string{name, name + ".html", name + "/index.html"}
	if name == "check" || name == "lab" {
		all = append(all, "index.html")
	}
	return all
}

// exists tells whether there is a regular file of that name.
func (s *site) exists(name string) bool {
	info, err := fs.Stat(s.files, name) // refuses ".." and the like
	return err == nil && info.Mode().IsRegular()
}

// file answers with a file, compressed when the asker takes that.
func (s *site) file(w http.ResponseWriter, r *http.Request, name string, status int) {
	hash, err := s.hash(name)
	if err != nil {
		problem(w, http.StatusInternalServerError, faultInternal, "")
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaType(name))
	h.Set("Vary", "Accept-Encoding")
	if status != http.StatusOK {
		h.Set("Cache-Control", "no-cache") // whatever would be at this path
	}
	served, tag := name, hash
	for _, e := range encodings {
		if accepts(r.Header.Get("Accept-Encoding"), e.name) && s.exists(name+e.ending) {
			h.Set("Content-Encoding", e.name)
			served, tag = name+e.ending, hash+"-"+e.name
			break
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	if status == http.StatusOK && matches(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.send(w, r, served, status)
}

// send writes a file's bytes.
func (s *site) send(w http.ResponseWriter, r *http.Request, name string, status int) {
	f, err := s.files.Open(name)
	if err != nil {
		problem(w, http.StatusInternalServerError, faultInternal, "")
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		problem(w, http.StatusInternalServerError, faultInternal, "")
		return
	}
	w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		io.CopyN(w, f, info.Size())
	}
}

// hash gives the hash of a file's content.
func (s *site) hash(name string) (string, error) {
	f, err := s.files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	known, ok := s.hashes[name]
	s.mu.Unlock()
	if ok && known.size == info.Size() && known.mtime.Equal(info.ModTime()) {
		return known.hash, nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	known = hashed{hex.EncodeToString(sum.Sum(nil)[:8]), info.Size(), info.ModTime()}
	s.mu.Lock()
	s.hashes[name] = known
	s.mu.Unlock()
	return known.hash, nil
}

// mediaType gives a file's media type by its name.
func mediaType(name string) string {
	if t := mediaTypes[path.Ext(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// accepts tells whether an Accept-Encoding field names a coding with a weight
// over zero (RFC 9110 §12.5.3).
func accepts(field, coding string) bool {
	for part := range strings.SplitSeq(field, ",") {
		name, parameters, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil || name != coding {
			continue
		}
		q, err := strconv.ParseFloat(parameters["q"], 64)
		return parameters["q"] == "" || err == nil && q > 0
	}
	return false
}

// matches tells whether an If-None-Match field names an entity tag, compared
// weakly (RFC 9110 §13.1.2).
func matches(field, tag string) bool {
	if strings.TrimSpace(field) == "*" {
		return true
	}
	for part := range strings.SplitSeq(field, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == `"`+tag+`"` {
			return true
		}
	}
	return false
}
