package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

// The bars that the whole is held to.
const (
	programBar = 2_200_000 // octets, brotli at quality 11
	memoryBar  = 60 << 10  // KiB resident
	withLabBar = 80 << 10  // the same with the lab
	startBar   = 3 * time.Second
)

// TestProgramSize compresses the browser program as far as brotli goes.
func TestProgramSize(t *testing.T) {
	t.Parallel()
	built(t)
	content, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := brotli.NewWriterOptions(&packed, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("browser program: %d octets, brotli -q 11: %d, bar %d", len(content), packed.Len(), programBar)
	if packed.Len() > programBar {
		t.Errorf("the browser program weighs %d octets, %d over the bar", packed.Len(), packed.Len()-programBar)
	}
	for _, heavy := range []string{"regexp.", "net/http.", "golang.org/x/net/idna."} { // as the names of functions have it
		if bytes.Contains(content, []byte(heavy)) {
			t.Errorf("%s is in the program", heavy)
		}
	}
}

// TestServedProgramIsFresh compares the program that a visitor is given with
// one compiled now from the sources.
func TestServedProgramIsFresh(t *testing.T) {
	s := serve(t, "-lab")
	want, err := freshProgram()
	if err != nil {
		t.Fatal(err)
	}
	p := visit(t, s, "/")
	p.ready()
	address := eval[string](p, `performance.getEntriesByType("resource").map(e => e.name).find(n => /\.wasm(\?|$)/.test(n)) || ""`)
	if address == "" {
		t.Fatal("the page loaded no program")
	}
	r, err := client(t).Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	content, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := hash(content); got != want {
		t.Errorf("served: SHA-256 %s of %d octets; compiled now: %s", got, len(content), want)
	}
}

// TestIdleMemory reads what the proxy holds when nobody asks, any more without the
// lab: it has served its pages and failed to find a host.
func TestIdleMemory(t *testing.T) {
	for _, c := range []struct {
		what string
		bar  int
		args []string
	}{{"without the lab", memoryBar, nil}, {"with the lab", withLabBar, []string{"-lab"}}} {
		s := serve(t, c.args...)
		for _, path := range []string{"/", "/config.json", "/v1/starttls?host=nothing.example"} {
			fetched(t, s.Origin+path)
		}
		time.Sleep(2 * time.Second)
		kib := resident(t, s.cmd.Process.Pid)
		t.Logf("idle proxy %s: %.1f MB resident, bar %d MB", c.what, float64(kib)/1024, c.bar>>10)
		if kib > c.bar {
			t.Errorf("%s: %d KiB resident, the bar is %d", c.what, kib, c.bar)
		}
	}
}

// resident asks ps, which Linux and macOS both have, or the kernel.
func resident(t *testing.T, pid int) int {
	t.Helper()
	if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
		if m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status); m != nil {
			kib, _ := strconv.Atoi(string(m[1])) // digits by the pattern
			return kib
		}
	}
	kib, err := strconv.Atoi(strings.TrimSpace(must(t, "ps", "-o", "rss=", "-p", strconv.Itoa(pid))))
	if err != nil {
		t.Fatal(err)
	}
	return kib
}

// TestMakeRunIsQuick times `make run` on a built tree until a page is served.
func TestMakeRunIsQuick(t *testing.T) {
	built(t)
	addr := fmt.Sprintf("localhost:%d", freePort(t, "127.0.0.1"))
	began := time.Now()
	cmd := exec.Command("make", "-C", "..", "run", "LISTEN="+addr)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// Make and the server share a group of their own, which ends as one.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		_ = cmd.Wait()
		if !strings.Contains(out.String(), "http://"+addr) {
			t.Errorf("make run did not print http://%s:\n%s", addr, out.String())
		}
	}()
	for time.Since(began) < 30*time.Second {
		r, err := http.Get("http://" + addr + "/")
		if err == nil {
			page, err := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if err == nil && r.StatusCode == http.StatusOK && bytes.Contains(page, []byte("<form")) {
				took := time.Since(began)
				t.Logf("from make run on a built tree to a served page: %.2f s, bar %s", took.Seconds(), startBar)
				if took > startBar {
					t.Errorf("it took %s", took)
				}
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no page within 30 s:\n%s", out.String())
}

// TestSiteIsComplete wants every file that the page names.
func TestSiteIsComplete(t *testing.T) {
	built(t)
	for _, name := range []string{"index.html", "lab.html", "learn.html", "learn/dane.mismatch-all.html"} {
		found := false
		for _, path := range []string{name, strings.TrimSuffix(name, ".html") + "/index.html"} {
			if _, err := os.Stat(filepath.Join(siteDir, path)); err == nil {
				found = true
			}
		}
		if !found {
			t.Errorf("the site has no %s", name)
		}
	}
	s := serve(t, "-lab")
	p := visit(t, s, "/")
	p.ready()
	for _, address := range eval[[]string](p, `[...document.querySelectorAll("link[href], script[src], img[src]")].map(e => e.href || e.src)`) {
		r, err := client(t).Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", address, r.Status)
		}
	}
}

// TestJudgeInChromium prints how long the page's program takes to judge the
// facts so far, over a whole check of perfect.test. The largest of all lab domains
// is what TestLabEverywhereTheSame prints.
func TestJudgeInChromium(t *testing.T) {
	s := serve(t, "-lab")
	p := visit(t, s, "/?d=perfect.test")
	p.finished("perfect.test")
	took := eval[[]float64](p, `performance.getEntriesByName("judge").map(e => e.duration)`)
	if len(took) < 3 {
		t.Fatalf("%d judgings were measured", len(took))
	}
	last := took[len(took)-1]
	slices.Sort(took)
	t.Logf("Judge in Chromium: %d times, median %.1f ms, largest %.1f ms, of all the evidence %.1f ms (bar 20)",
		len(took), took[len(took)/2], took[len(took)-1], last)
}
