package e2e

import (
	"maps"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// benchPage runs a Go test program, as wasm_exec.js has it, and keeps what it
// prints.
const benchPage = `<!doctype html><title>bench</title><script src="/wasm_exec.js"></script><script>
window.printed = ""; window.done = false;
const decoder = new TextDecoder();
globalThis.fs.writeSync = (fd, buf) => { window.printed += decoder.decode(buf); return buf.length; };
const go = new Go();
const query = new URLSearchParams(location.search);
go.argv = ["dnssec.test", "-test.run=^$", "-test.bench=" + query.get("bench"), "-test.benchtime=" + query.get("times") + "x"];
WebAssembly.instantiateStreaming(fetch("/dnssec.test.wasm"), go.importObject)
	.then(r => go.run(r.instance)).then(() => {
		for (const timer of go._scheduledTimeouts.values()) clearTimeout(timer); // Go sets them and does not wait for them
		window.done = true;
	}, e => { window.printed += e; window.done = true; });
</script>`

// TestValidatorInChromium runs the validator's benchmarks in Chromium, compiled as
// the browser program is, and prints what a lookup takes there.
func TestValidatorInChromium(t *testing.T) {
	end2end(t)
	dir := serverDir(t)
	must(t, "make", "-C", "..", "BUILD="+dir, filepath.Join(dir, "dnssec.test.wasm"))
	root := strings.TrimSpace(must(t, "go", "env", "GOROOT"))
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(benchPage))
	})
	mux.HandleFunc("/favicon.ico", func(http.ResponseWriter, *http.Request) {})
	for path, file := range map[string]string{
		"/wasm_exec.js":     filepath.Join(root, "lib/wasm/wasm_exec.js"),
		"/dnssec.test.wasm": filepath.Join(dir, "dnssec.test.wasm"),
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	}
	s := newFront(t, mux)
	p := visit(t, &server{Origin: s.URL}, "/?times=20&bench=Cold")
	p.await("the end of the first benchmarks", `window.done`)
	printed := eval[string](p, `window.printed`)
	for _, part := range []string{"KeyTrap", "Signatures", "Links", "Labels|Aliases", "Hashes", "Questions|Records"} {
		p.goTo("/?times=3&bench=" + url.QueryEscape("Attack/("+part+")"))
		p.await("the end of the benchmarks of "+part, `window.done`)
		printed += eval[string](p, `window.printed`)
	}
	native, err := exec.Command("go", "test", "-run", "^$", "-bench", "Cold|Attack", "-benchtime", "10x", "../app/dnssec").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, native)
	}
	there, here := durations(printed), durations(string(native))
	if len(there) < 4 || len(there) != len(here) {
		t.Fatalf("%d benchmarks ran in Chromium and %d natively:\n%s", len(there), len(here), printed)
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		bar := [2]float64{100, 1000} // an attack, in ms: natively and in Chromium
		if strings.Contains(name, "Cold") {
			bar = [2]float64{3, 60}
		}
		t.Logf("%-44s %8.2f ms native (bar %.0f) %8.1f ms in Chromium (bar %.0f)", name, here[name], bar[0], there[name], bar[1])
	}
}

var benchLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op`)

// durations reads milliseconds for each benchmark.
func durations(printed string) map[string]float64 {
	all := map[string]float64{}
	for _, m := range benchLine.FindAllStringSubmatch(printed, -1) {
		ns, _ := strconv.ParseFloat(m[2], 64)
		all[m[1]] = ns / 1e6
	}
	return all
}
