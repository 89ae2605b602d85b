package metrics

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/server"
)

var _ server.Meter = (*Metrics)(nil)

// filled has each metric at least once.
func filled() *Metrics {
	m := New("v1")
	m.Answered("/v1/policy", 200, 30*time.Millisecond)
	m.Answered("/v1/policy", 429, time.Millisecond)
	m.Refused("/v1/policy", "client")
	m.Shared("/v1/starttls")
	m.Failed("/v1/starttls", "connect-timeout")
	m.Running(func() (int, int) { return 3, 40 })
	m.Port25(func() probe.Egress { return probe.EgressBlocked })
	return m
}

// TestServe wants the lines that Prometheus reads, at one path, on a listener that
// is closed with its context.
func TestServe(t *testing.T) {
	before := runtime.NumGoroutine()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- filled().Serve(ctx, on) }()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	get := func(path string) (int, string) {
		r, err := client.Get("http://" + on.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(text)
	}
	code, text := get("/metrics")
	if code != http.StatusOK {
		t.Errorf("status %d", code)
	}
	for _, line := range []string{
		`sealane_requests_total{endpoint="/v1/policy",status="200"} 1`,
		`sealane_requests_total{endpoint="/v1/policy",status="429"} 1`,
		`sealane_request_duration_seconds_bucket{endpoint="/v1/policy",le="0.025"} 1`,
		`sealane_request_duration_seconds_bucket{endpoint="/v1/policy",le="0.1"} 2`,
		`sealane_refused_total{endpoint="/v1/policy",limit="client"} 1`,
		`sealane_shared_total{endpoint="/v1/starttls"} 1`,
		`sealane_failures_total{class="connect-timeout",endpoint="/v1/starttls"} 1`,
		`sealane_running{kind="probes"} 3`,
		`sealane_running{kind="queries"} 40`,
		`sealane_port25_egress{state="blocked"} 1`,
		`sealane_port25_egress{state="open"} 0`,
		`sealane_port25_egress{state="unknown"} 0`,
		`sealane_build_info{go="` + runtime.Version() + `",version="v1"} 1`,
		"go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, "\n"+line) && !(runtime.GOOS != "linux" && strings.HasPrefix(line, "process_")) {
			t.Errorf("no line %s", line)
		}
	}
	if code, _ := get("/"); code != http.StatusNotFound {
		t.Errorf("/: %d", code)
	}
	client.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	for range 250 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
