package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The things under test, as `make build` leaves them.
const (
	buildDir = "../.build"
	binary   = buildDir + "/sealane"
	program  = buildDir + "/app.wasm"
	siteDir  = buildDir + "/site"
)

// build builds everything once, by the same rules as a person does.
var build = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("make", "-C", "..", "build").CombinedOutput()
	return string(out), err
})

// built makes sure that the binary, the program and the site are those of the
// sources as they are now.
func built(t *testing.T) {
	t.Helper()
	end2end(t)
	if out, err := build(); err != nil {
		t.Fatalf("make build: %v\n%s", err, tail(out, 4000))
	}
}

// freshProgram compiles the browser program anew and gives its SHA-256.
var freshProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sealane-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "app.wasm")
	if text, err := exec.Command("make", "-C", "..", "BUILD="+dir, out).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	content, err := os.ReadFile(out)
	return hash(content), err
})

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// server is a running `sealane serve`.
type server struct {
	*process
	// Origin is the scheme, host and port where it is reached.
	Origin string
	// line is the port of Origin, where there is another before the server's own.
	line *net.UDPConn
	// static serves the pages, from Origin, where the process is but the proxy,
	// at Beside; nil where that serves both.
	static *front
	Beside string
}

func (s *server) stop() {
	if s.static != nil {
		s.static.stop()
	}
	s.process.stop()
	if s.line != nil {
		_ = s.line.Close()
	}
}

var printedURL = regexp.MustCompile(`https?://(?:localhost|127\.0\.0\.1):\d+`)

// serve starts `sealane serve` with the site on a free port of loopback.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	return serveSite(t, siteDir, args...)
}

// serveSite is serve with the site of a folder.
func serveSite(t *testing.T, dir string, args ...string) *server {
	t.Helper()
	built(t)
	return serveOnly(t, append([]string{"-site", dir}, args...)...)
}

// serveOnly is serve for a folder among the arguments.
func serveOnly(t *testing.T, args ...string) *server {
	t.Helper()
	if overH3() {
		return serveH3(t, args...)
	}
	return startServer(t, args...)
}

// startServer starts `sealane serve` and waits until it is there.
func startServer(t *testing.T, args ...string) *server {
	t.Helper()
	p := start(t, binary, append([]string{"serve", "-listen", "127.0.0.1:0"}, args...)...)
	s := &server{process: p}
	p.await(t, "its address", func() bool {
		s.Origin = printedURL.FindString(p.printed())
		return s.Origin != ""
	})
	_, at, _ := strings.Cut(s.Origin, "://")
	p.listening(t, at)
	return s
}

// judged is what `sealane check -json` prints.
type judged struct {
	Domain   string `json:"domain"`
	Headline string `json:"headline"`
	Findings []struct {
		Code    string            `json:"code"`
		Level   string            `json:"level"`
		Subject string            `json:"subject"`
		Args    map[string]string `json:"args"`
	} `json:"findings"`
	NotChecked []struct {
		Key     string `json:"key"`
		Subject string `json:"subject"`
	} `json:"notChecked"`
	Facts json.RawMessage `json:"facts"`
}

// codes gives the sorted set of codes.
func (j judged) codes() []string {
	var all []string
	for _, f := range j.Findings {
		all = append(all, f.Code)
	}
	return sorted(all)
}

// level gives the level of the first finding with a code.
func (j judged) level(code string) string {
	for _, f := range j.Findings {
		if f.Code == code {
			return f.Level
		}
	}
	return ""
}

// checkJSON runs `sealane check -json`. Exit 2, could not check, fails.
func checkJSON(t *testing.T, domain string, args ...string) judged {
	t.Helper()
	built(t)
	r := run(t, binary, append([]string{"check", domain, "-json"}, args...)...)
	if r.code != 0 && r.code != 1 {
		t.Fatalf("sealane check %s: exit %d: %s", domain, r.code, r.err)
	}
	return decode[judged](t, r.out)
}

// decode reads JSON that has to be right.
func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not the JSON expected: %v\n%s", err, tail(text, 500))
	}
	return v
}

// sorted gives the distinct members in order, never nil.
func sorted(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return append([]string{}, slices.Compact(all)...)
}
