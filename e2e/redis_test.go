package e2e

import (
	"fmt"
	"os/exec"
	"syscall"
	"testing"
)

// redis is a server that replicas share, which a test kills and starts anew.
type redis struct {
	*process
	program string
	port    int
}

// startRedis starts one on a free port of loopback.
func startRedis(t *testing.T) *redis {
	t.Helper()
	need(t, "valkey")
	program, err := exec.LookPath("valkey-server")
	if err != nil {
		program = sbin(t, "redis-server")
	}
	r := &redis{program: program, port: freePort(t, "127.0.0.1")}
	r.again(t)
	return r
}

// again starts the server on its port, with nothing in it.
func (r *redis) again(t *testing.T) {
	t.Helper()
	r.process = start(t, r.program, "--port", fmt.Sprint(r.port), "--bind", "127.0.0.1", "--save", "", "--loglevel", "warning", "--dir", t.TempDir())
	r.listening(t, r.address())
}

func (r *redis) address() string { return fmt.Sprintf("127.0.0.1:%d", r.port) }

// kill ends it without a word to anybody.
func (r *redis) kill() {
	_ = r.cmd.Process.Kill() // it runs, or has ended by itself
	<-r.done
}

// fail kills it, or has it stop in the middle of everything.
func (r *redis) fail(kind string) {
	if kind == killed {
		r.kill()
		return
	}
	r.signal(syscall.SIGSTOP)
}

// mend starts it anew, or lets it go on.
func (r *redis) mend(t *testing.T, kind string) {
	if kind == killed {
		r.again(t)
		return
	}
	r.signal(syscall.SIGCONT)
}

func (r *redis) signal(s syscall.Signal) { _ = r.cmd.Process.Signal(s) } // it runs, or has ended by itself
