package e2e

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a server that a test started; the test's end stops it by its pid.
type process struct {
	cmd  *exec.Cmd
	name string
	done chan struct{}
	once sync.Once

	mu  sync.Mutex
	out bytes.Buffer
}

// start runs a program until the test ends. What it prints is shown when the
// test fails.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	return startCommand(t, exec.Command(name, args...))
}

// startCommand is start for a command that is more than its arguments.
func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, name: filepath.Base(cmd.Path), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// A Postfix master leads its group, and a Ctrl-C at the test is not for it.
	cmd.SysProcAttr.Setpgid = true
	p.cmd.WaitDelay = 2 * time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s does not start: %v", p.name, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended shows in what it printed
		close(p.done)
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("%s printed:\n%s", p.name, tail(p.printed(), 4000))
		}
	})
	return p
}

// Write keeps what the program prints.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(b)
}

func (p *process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// stop asks the program to end, then makes it end.
func (p *process) stop() {
	p.once.Do(func() {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case <-p.done:
		case <-time.After(8 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.done
		}
	})
}

// ended tells whether the program is gone.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// listening waits until something answers on a TCP address.
func (p *process) listening(t *testing.T, addr string) {
	t.Helper()
	p.await(t, "an answer on "+addr, func() bool {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			return false
		}
		_ = c.Close() // nothing was said on it
		return true
	})
}

// await waits until ready says so, for at most 30 seconds.
func (p *process) await(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if ready() {
			return
		}
		if p.ended() {
			t.Fatalf("%s ended before %s:\n%s", p.name, what, tail(p.printed(), 4000))
		}
	}
	t.Fatalf("%s: no %s within 30 s:\n%s", p.name, what, tail(p.printed(), 4000))
}

// result is how a command ended.
type result struct {
	out, err string
	code     int
}

// run runs a program to its end, for at most two minutes.
func run(t *testing.T, name string, args ...string) result {
	t.Helper()
	return runWith(t, "", name, args...)
}

// runWith is run with an input.
func runWith(t *testing.T, input, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return result{out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode()}
}

// must is run for a program that has to succeed.
func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	r := run(t, name, args...)
	if r.code != 0 {
		t.Fatalf("%s %s: exit %d\n%s%s", name, strings.Join(args, " "), r.code, r.out, tail(r.err, 4000))
	}
	return r.out
}

// freePort finds a port that is free over TCP and UDP on every address. It is
// below the ports that systems give to outgoing connections, one of which could
// take it before the server does for which it is meant.
func freePort(t *testing.T, ips ...string) int {
	t.Helper()
	for range 200 {
		if port := 20000 + rand.IntN(12000); portFree(port, ips) {
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func portFree(port int, ips []string) bool {
	for _, ip := range ips {
		addr := net.JoinHostPort(ip, strconv.Itoa(port))
		tcp, err := net.Listen("tcp", addr)
		if err != nil {
			return false
		}
		_ = tcp.Close() // its only use was the number
		udp, err := net.ListenPacket("udp", addr)
		if err != nil {
			return false
		}
		_ = udp.Close()
	}
	return true
}

// serverDir makes a directory that servers under their own users can enter,
// with a path short enough for a socket, and removes it at the end.
func serverDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sealane-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path string, mode os.FileMode, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}
