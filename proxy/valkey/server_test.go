package valkey

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sealane/sealane/proxy/limits"
)

// redis is a server that a test started.
type redis struct {
	cmd  *exec.Cmd
	port string
	args []string
}

// startRedis starts one on a free port of loopback.
func startRedis(t *testing.T, args ...string) *redis {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	_, port, _ := net.SplitHostPort(free.Addr().String())
	r := &redis{port: port, args: args}
	r.start(t)
	t.Cleanup(func() { r.kill() })
	return r
}

// start starts it, anew after kill, and waits until it listens.
func (r *redis) start(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("valkey-server")
	if err != nil {
		path, err = exec.LookPath("redis-server")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server; see e2e/need.sh valkey")
		}
		t.Skip("no redis-server; see e2e/need.sh valkey")
	}
	r.cmd = exec.Command(path, append([]string{"--port", r.port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir()}, r.args...)...)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the server listens", func() bool {
		conn, err := net.Dial("tcp", r.address())
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func (r *redis) address() string { return "127.0.0.1:" + r.port }

func (r *redis) signal(s syscall.Signal) { r.cmd.Process.Signal(s) }

func (r *redis) kill() {
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

// within waits for what another process does.
func within(t *testing.T, limit time.Duration, what string, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ready(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// own is a replica's own Counter and Keeper, as far as a test needs to see them.
type own struct {
	mu    sync.Mutex
	taken int
	kept  map[string][]byte
}

// ownLimit is a remainder that no server gives.
const ownLimit = -7

func (o *own) Take(_ context.Context, _ string, r limits.Rate) limits.Verdict {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken++
	return limits.Verdict{OK: true, Rate: r, Remaining: ownLimit}
}

func (o *own) Get(_ context.Context, key string) ([]byte, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	v, ok := o.kept[key]
	return v, ok
}

func (o *own) Put(_ context.Context, key string, value []byte, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept[key] = value
}

// journal counts lines of a log.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) lines() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Count(j.b.Bytes(), []byte("\n"))
}

// replica is a client with its own things.
type replica struct {
	*Client
	own *own
	log *journal
}

func connect(t *testing.T, at Server) replica {
	t.Helper()
	r := replica{own: &own{kept: map[string][]byte{}}, log: &journal{}}
	var err error
	if r.Client, err = New(at, r.own, r.own, slog.New(slog.NewTextHandler(r.log, nil))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// shared tells whether a verdict is the server's, and fails when it took longer
// than a request may wait.
func (r replica) shared(t *testing.T) bool {
	t.Helper()
	start := time.Now()
	v := r.Take(t.Context(), "whether shared", limits.Rate{Burst: 1 << 20, Every: time.Millisecond})
	if took := time.Since(start); took > patience+100*time.Millisecond {
		t.Errorf("a verdict took %v", took)
	}
	return v.Remaining != ownLimit
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{
		"127.0.0.1:6379", "valkey.internal:6379", "[::1]:6379", "redis://valkey.internal", "rediss://user@valkey.internal:6380/3", "rediss://[::1]",
	} {
		if _, err := (Server{Address: good}).option(); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, want := range map[string]error{
		"": ErrAddress, "valkey.internal": ErrAddress, "127.0.0.1:0": ErrAddress, ":6379": ErrAddress, "127.0.0.1:70000": ErrAddress,
		"http://127.0.0.1:6379": ErrAddress, "redis://": ErrAddress, "redis://h/x": ErrAddress, "redis://h/-1": ErrAddress,
		"redis://h?password=x": ErrAddress, "redis://h#x": ErrAddress,
		"rediss://user:password@h": ErrPassword, "redis://:password@h": ErrPassword,
	} {
		if _, err := New(Server{Address: bad}, nil, nil, nil); !errors.Is(err, want) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	o, err := Server{Address: "rediss://user@valkey.internal:6380/3", Password: "p"}.option()
	if err != nil || o.InitAddress[0] != "valkey.internal:6380" || o.Username != "user" || o.Password != "p" ||
		o.SelectDB != 3 || o.TLSConfig.ServerName != "valkey.internal" {
		t.Errorf("%+v %v", o, err)
	}
	if o, _ := (Server{Address: "redis://h"}).option(); o.InitAddress[0] != "h:"+strconv.Itoa(6379) || o.TLSConfig != nil {
		t.Errorf("%+v", o)
	}
}
