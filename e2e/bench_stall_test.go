package e2e

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/proxy/headroom"
	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/observe"
	proxy "github.com/sealane/sealane/proxy/server"
)

// stalls is how many probes wait at the same time.
const stalls = 2000

// stallPort is where every host of the benchmark has its mail server.
const stallPort = "SEALANE_BENCH_STALL_PORT"

// TestBenchStalledProbes lets 2000 probes wait for mail servers that have stopped
// speaking, half of them before their banner and half in the TLS handshake, and
// prints what that costs in memory, and other requests in time.
func TestBenchStalledProbes(t *testing.T) {
	bench(t)
	port := freePort(t, "127.0.0.1")
	waiting := stallingServers(t, port)
	t.Setenv(stallPort, fmt.Sprint(port))
	p := start(t, os.Args[0], "-test.run=^TestBenchStallProcess$", "-test.v")
	var origin string
	p.await(t, "its address", func() bool {
		origin = printedURL.FindString(p.printed())
		return origin != ""
	})
	pid := p.cmd.Process.Pid
	others(t, origin, 500) // warm
	before := others(t, origin, 3000)
	idle := resident(t, pid)

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: stalls, MaxIdleConnsPerHost: stalls}}
	var answered atomic.Int32
	var all sync.WaitGroup
	for i := range stalls {
		all.Go(func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/v1/starttls?host=mx%d.example", origin, i), nil)
			if err != nil {
				return
			}
			if response, err := client.Do(request); err == nil {
				answered.Add(1)
				_ = response.Body.Close()
			}
		})
	}
	p.await(t, "all probes", func() bool { return waiting.Load() == stalls || answered.Load() > 0 })
	time.Sleep(time.Second) // the waiting is measured, not its beginning
	held := others(t, origin, 6000)
	more := float64(resident(t, pid)-idle) / 1024
	if n := answered.Load(); n > 0 || waiting.Load() != stalls {
		t.Fatalf("%d probes wait, %d were answered before the end", waiting.Load(), n)
	}
	bar(t, more <= 150, "memory of %d waiting probes: %.0f MB over %.0f (bar: 150)", stalls, more, float64(idle)/1024)

	leave()
	all.Wait()
	p.await(t, "the end of all probes", func() bool { return waiting.Load() == 0 })
	alone := percentile(append(before, others(t, origin, 3000)...))
	bar(t, percentile(held) <= 2*alone, "p99 of other requests: %v, %v without probes (bar: twice)", percentile(held), alone)
}

// unlimited are rates that a benchmark doesn't reach.
var unlimited = proxy.Rates{
	Client: limits.Rate{Burst: 1e6, Every: time.Microsecond},
	Target: limits.Rate{Burst: 1e6, Every: time.Microsecond},
	All:    limits.Rate{Burst: 1e6, Every: time.Microsecond},
}

// others asks one after another for what needs no probe, and gives the times.
func others(t *testing.T, origin string, times int) []time.Duration {
	t.Helper()
	paths := []string{"/config.json", "/healthz", dohPath(doh.Query(dnsname.MustParse("a.example"), doh.TypeA, false))}
	took := make([]time.Duration, times)
	for i := range took {
		began := time.Now()
		response, _ := fetched(t, origin+paths[i%len(paths)])
		if took[i] = time.Since(began); response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", paths[i%len(paths)], response.Status)
		}
	}
	return took
}

// dohPath is where the relay answers a query (RFC 8484 §4.1).
func dohPath(query []byte) string {
	return "/dns-query?dns=" + base64.RawURLEncoding.EncodeToString(query)
}

// percentile is the 99th.
func percentile(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)*99/100]
}

// stallHost is the address of a host by its number.
func stallHost(i int) string {
	return fmt.Sprintf("127.1.%d.%d", 1+i/250, 1+i%250)
}

// stallingServers starts a mail server on each address, and counts the visitors that
// wait.
func stallingServers(t *testing.T, port int) *atomic.Int32 {
	t.Helper()
	waiting := new(atomic.Int32)
	for i := range stalls {
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", stallHost(i), port))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go stall(conn, i%2 == 0, waiting)
			}
		}()
	}
	return waiting
}

// stall says nothing, or says nothing more once TLS was begun.
func stall(conn net.Conn, atOnce bool, waiting *atomic.Int32) {
	defer conn.Close()
	if !atOnce {
		in := bufio.NewReaderSize(conn, 128)
		for _, reply := range []string{"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go ahead\r\n"} {
			if _, err := io.WriteString(conn, reply); err != nil {
				return
			}
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
	}
	waiting.Add(1)
	_, _ = io.Copy(io.Discard, conn) // until the prober leaves
	waiting.Add(-1)
}

// TestBenchStallProcess is the server of that benchmark, in a process of its own: a
// proxy that takes as many probes as come, for a network in which every host has an
// address.
func TestBenchStallProcess(t *testing.T) {
	port := os.Getenv(stallPort)
	if port == "" {
		t.Skip("a part of TestBenchStalledProbes")
	}
	headroom.Keep() // as the program does
	at := netip.MustParseAddrPort("127.0.0.1:" + port)
	n := &observe.Network{
		SMTPPort: at.Port(), EHLO: "probe.sealane.invalid",
		Dial: observe.Guard{AllowPrivate: true, Ports: []uint16{at.Port()}}.Dial,
		Exchange: func(ctx context.Context, query []byte) ([]byte, error) {
			name, _, _ := doh.Question(query)
			i := 0
			_, _ = fmt.Sscanf(name.String(), "mx%d.", &i) // 0 for other names
			return addressOf(stallHost(i))(ctx, query)
		},
	}
	s, err := proxy.New(proxy.Config{
		Route:      func(dnsname.Name) *observe.Network { return n },
		ProbesEach: 2 * stalls, // all come from here
		ProbeRates: unlimited, QueryRates: unlimited,
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Serve(t.Context(), "127.0.0.1:0", nil, func(addr net.Addr) { fmt.Println("http://" + addr.String()) })
	if err != nil {
		t.Fatal(err)
	}
}
