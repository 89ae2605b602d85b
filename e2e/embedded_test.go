package e2e

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// idleBar is how much memory a server without the lab may hold, in KiB.
const idleBar = 60 << 10

// TestEmbeddedSite holds the binary to having the site of the build in it, file by
// file, and prints what it holds in memory as an operator runs it, without the
// lab: when it has nothing to do, and after all of the site was fetched.
func TestEmbeddedSite(t *testing.T) {
	built(t)
	s := serveOnly(t, "-metrics", "127.0.0.1:0")
	time.Sleep(time.Second)
	if kib := resident(t, s.cmd.Process.Pid); kib > idleBar {
		t.Errorf("%d KiB resident, the bar is %d", kib, idleBar)
	} else {
		t.Logf("idle proxy with the site in it: %.1f MB resident, bar %d MB", float64(kib)/1024, idleBar>>10)
	}
	files := siteFiles(t)
	for path, content := range files {
		request, err := http.NewRequest(http.MethodGet, s.Origin+"/"+uncompressed(path), nil)
		if err != nil {
			t.Fatal(err)
		}
		encoding := map[string]string{".br": "br", ".gz": "gzip"}[filepath.Ext(path)]
		request.Header.Set("Accept-Encoding", encoding)
		r, err := client(t).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || string(body) != content || encoding != "" && r.Header.Get("Content-Encoding") != encoding {
			t.Errorf("%s: %s, %d bytes as %q, want %d; %v", path, r.Status, len(body), r.Header.Get("Content-Encoding"), len(content), err)
		}
	}
	if len(files) < 100 {
		t.Errorf("only %d files", len(files))
	}
	kib := resident(t, s.cmd.Process.Pid)
	t.Logf("after all %d files: %.1f MB resident, with what the system may drop", len(files), float64(kib)/1024)
}

// uncompressed is the path of a file whose compressed form lies beside it.
func uncompressed(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path, ".br"), ".gz")
}

// siteFiles gives the files of the built site by path, but for those that are for
// other hosts.
func siteFiles(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(siteDir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		path, _ = filepath.Rel(siteDir, path) // both are relative to this folder
		switch uncompressed(path) {
		case "_headers", "_redirects", "config.json":
		default:
			all[filepath.ToSlash(path)] = string(content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSiteIsNeverOld changes, as make sees it, a source of the site: each time the
// site is built, put where the binary takes it from, and taken.
func TestSiteIsNeverOld(t *testing.T) {
	built(t)
	if r := run(t, "make", "-C", "..", "-q", "build"); r.code != 0 {
		t.Errorf("what was built isn't up to date: exit %d", r.code)
	}
	for _, source := range []string{"static/sealane.css", "app/ui/make.go", "app/locale/ui_en.go", "wasm/routes.go", "go.mod"} {
		if _, err := os.Stat(filepath.Join("..", source)); err != nil {
			t.Fatal(err)
		}
		would := must(t, "make", "-C", "..", "-n", "-W", source, "build")
		at := -1
		for _, step := range []string{"./wasm -out .build/site", "cp -R .build/site proxy/embedded", "-tags embedsite"} {
			next := strings.Index(would, step)
			if next < 0 || next < at {
				t.Errorf("after a change of %s, %q isn't done, or too early:\n%s", source, step, would)
			}
			at = next
		}
	}
}
