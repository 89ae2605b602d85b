package e2e

import (
	"fmt"
	"os/exec"
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
