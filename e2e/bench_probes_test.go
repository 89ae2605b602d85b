package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/headroom"
	"github.com/sealane/sealane/proxy/observe"
)

// sideBySide is how many probes of one prober run at the same time, and probedIPs on
// how many addresses the targets are: ours pauses between its visits to one.
const (
	sideBySide = 16
	probedIPs  = 128
)

// probedIP is the address of the i-th probe's target.
func probedIP(i int) string { return fmt.Sprintf("127.2.0.%d", 1+i%probedIPs) }

// TestBenchProbesOfPostfix prints how many STARTTLS probes of a local Postfix one
// second of processor time gives, and fails where another prober gets more from it.
// Each does one handshake per probe. What Postfix uses counts for nobody.
func TestBenchProbesOfPostfix(t *testing.T) {
	bench(t)
	need(t, "servers")
	zgrab := filepath.Join(buildDir, "zgrab2")
	must(t, "go", "-C", "testdata/zgrab2", "build", "-o", "../../../"+zgrab[len("../"):], "github.com/zmap/zgrab2/cmd/zgrab2")
	dir := serverDir(t)
	w := &realWorld{dir: dir, SMTP: freePort(t, healthyIP, otherKeyIP, plainIP)}
	w.mx = newAuthority(t, dir).issue(t, dir, "mx", "mx."+realHealthy)
	var more []string
	for i := range probedIPs {
		more = append(more, probedIP(i))
	}
	w.startPostfix(t, more...)

	// Turns, so that what else the machine does falls on all.
	var ours, finger, grab rate
	for range 5 {
		ours.add(w.probeOurs(t, 1000))
		finger.add(w.probeFinger(t, 25))
		grab.add(w.probeZGrab(t, zgrab, 1000))
	}
	t.Logf("posttls-finger of %s", strings.TrimSpace(must(t, "postconf", "mail_version")))
	t.Logf("zgrab2 v1.0.0, built by %s", runtime.Version())
	t.Logf("probes per second of processor time: ours %.0f, posttls-finger %.0f, zgrab2 %.0f", ours.per(), finger.per(), grab.per())
	times := ours.per() / max(finger.per(), grab.per())
	bar(t, times >= 1, "%.2f times the faster of them (bar: 1)", times)
}

// rate counts what was done in how much processor time.
type rate struct {
	done int
	used time.Duration
}

func (r *rate) add(done int, used time.Duration) { r.done, r.used = r.done+done, r.used+used }

func (r *rate) per() float64 { return float64(r.done) / r.used.Seconds() }

// Where the process finds what to probe, and how often.
const (
	probePort  = "SEALANE_BENCH_PROBE_PORT"
	probeTimes = "SEALANE_BENCH_PROBE_TIMES"
)

// probeOurs probes in a process of its own, all of whose time counts.
func (w *realWorld) probeOurs(t *testing.T, probes int) (int, time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchProbeProcess$", "-test.v")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", probePort, w.SMTP), fmt.Sprintf("%s=%d", probeTimes, probes))
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Fatalf("%v\n%s", err, tail(string(out), 1000))
	}
	return probes, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// TestBenchProbeProcess is that process.
func TestBenchProbeProcess(t *testing.T) {
	port, err := strconv.ParseUint(os.Getenv(probePort), 10, 16)
	probes, err2 := strconv.Atoi(os.Getenv(probeTimes))
	if err != nil || err2 != nil {
		t.Skip("a part of TestBenchProbesOfPostfix")
	}
	headroom.Keep() // as the program does
	var probed atomic.Int64
	n := &observe.Network{
		Exchange: func(ctx context.Context, query []byte) ([]byte, error) {
			if _, typ, _ := doh.Question(query); typ == doh.TypeA {
				probed.Add(1)
			}
			return addressOf(probedIP(int(probed.Load())))(ctx, query)
		},
		SMTPPort: uint16(port), EHLO: "probe.sealane.invalid",
		Dial: observe.Guard{AllowPrivate: true, Ports: []uint16{uint16(port)}}.Dial,
	}
	host := dnsname.MustParse("mx." + realHealthy)
	inTurns(probes, func() {
		s := n.STARTTLS(context.Background(), host)
		if s.Failure != nil || len(s.Addresses) != 1 || s.Addresses[0].Failure != nil || s.Addresses[0].TLS == nil || s.Addresses[0].Stage != probe.StageDone {
			t.Errorf("a probe failed: %+v", s)
		}
	})
}

// addressOf answers any question by one IPv4 address, or none.
func addressOf(ip string) func(context.Context, []byte) ([]byte, error) {
	return func(_ context.Context, query []byte) ([]byte, error) {
		var m dns.Msg
		if err := m.Unpack(query); err != nil {
			return nil, err
		}
		q := m.Question[0]
		m.SetReply(&m)
		if q.Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60}, A: netip.MustParseAddr(ip).AsSlice(),
			}}
		}
		return m.Pack()
	}
}

// inTurns does something so many times, sideBySide at once.
func inTurns(times int, do func()) {
	var left atomic.Int64
	left.Store(int64(times))
	var all sync.WaitGroup
	for range sideBySide {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				do()
			}
		})
	}
	all.Wait()
}

// probeFinger runs posttls-finger for each probe.
func (w *realWorld) probeFinger(t *testing.T, probes int) (int, time.Duration) {
	t.Helper()
	finger := sbin(t, "posttls-finger")
	var used, failed, probed atomic.Int64
	inTurns(probes, func() {
		target := fmt.Sprintf("[%s]:%d", probedIP(int(probed.Add(1))), w.SMTP)
		// A chain that it doesn't trust is seen all the same.
		cmd := exec.Command(finger, "-c", "-l", "secure", "-L", "summary", target, "mx."+realHealthy)
		out, err := cmd.CombinedOutput()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) || !bytes.Contains(out, []byte("TLS connection established")) {
			failed.Add(1)
		}
		if cmd.ProcessState != nil {
			used.Add(int64(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()))
		}
	})
	if n := failed.Load(); n > 0 {
		t.Fatalf("%d probes of posttls-finger failed", n)
	}
	return probes, time.Duration(used.Load())
}

// probeZGrab runs zgrab2 once for all probes. STARTTLS it does wherever that is
// offered.
func (w *realWorld) probeZGrab(t *testing.T, path string, probes int) (int, time.Duration) {
	t.Helper()
	cmd := exec.Command(path, "smtp", "--port", fmt.Sprint(w.SMTP), "--senders", fmt.Sprint(sideBySide),
		"--server-rate-limit", "1000000", "--blocklist-file", "/dev/null", "--log-file", "/dev/null", "--metadata-file", "/dev/null")
	var targets strings.Builder
	for i := range probes {
		fmt.Fprintf(&targets, "%s,mx.%s\n", probedIP(i), realHealthy)
	}
	cmd.Stdin = strings.NewReader(targets.String())
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("zgrab2: %v %s", err, tail(said.String(), 1000))
	}
	done := 0
	for line := range bytes.Lines(out.Bytes()) {
		var grab struct {
			Data struct {
				SMTP struct {
					Status string
					Result struct {
						TLS struct {
							HandshakeLog json.RawMessage `json:"handshake_log"`
						}
					}
				}
			}
		}
		if err := json.Unmarshal(line, &grab); err != nil {
			t.Fatal(err)
		}
		if grab.Data.SMTP.Status == "success" && len(grab.Data.SMTP.Result.TLS.HandshakeLog) > 2 {
			done++
		}
	}
	if done != probes {
		t.Fatalf("%d of %d probes of zgrab2 came to TLS: %s", done, probes, tail(out.String(), 1500))
	}
	return done, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
