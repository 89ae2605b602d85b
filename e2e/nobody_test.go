package e2e

import (
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The account of nobody, and the capability of ports below 1024 (capabilities(7)).
const (
	nobody           = 65534
	capNetBindServer = 10
)

// TestRunsAsNobody runs the program as proxy/deploy does: as nobody, alone in a root
// of its own that it can't write to, and with the one right to a low port.
func TestRunsAsNobody(t *testing.T) {
	end2end(t)
	if os.Getuid() != 0 {
		t.Skip("needs root, to become nobody")
	}
	built(t)
	dir := serverDir(t)
	own := newAuthority(t, dir).issue(t, dir, "own", "localhost")
	jail := filepath.Join(dir, "jail")
	for from, to := range map[string]string{binary: "sealane", own.Chain: "chain.pem", own.Key: "key.pem"} {
		content, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(jail, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(jail, to), 0o755, string(content))
	}

	const address = "127.57.0.1:443" // an address of the test's own, for a port below 1024
	cmd := exec.Command("/sealane", "serve", "-lab", "-listen", address, "-cert", "/chain.pem", "-key", "/key.pem", "-log", "json")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot:      jail,
		Credential:  &syscall.Credential{Uid: nobody, Gid: nobody},
		AmbientCaps: []uintptr{capNetBindServer},
	}
	p := startCommand(t, cmd)
	p.listening(t, address)
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(status), "CapEff:\t0000000000000400\n") || !strings.Contains(string(status), "Uid:\t65534\t65534\t65534\t65534\n") {
		t.Errorf("it isn't nobody with one right:\n%s", status)
	}

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	for path, want := range map[string]string{
		"/healthz": "ok", "/": "<title>", "/v1/policy?domain=perfect.test": `"alpn"`, "/v1/starttls?host=mx1.perfect.test": `"banner"`,
	} {
		r, err := client.Get("https://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s %.300s %v", path, r.Status, body, err)
		}
	}
	p.stop()
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
