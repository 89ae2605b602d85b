// Package metrics tells Prometheus what the server does. Nothing in it is of a
// visitor: labels are endpoints, status codes, limits and classes of failures.
package metrics

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sealane/sealane/app/probe"
)

// buckets of the time that a request takes, in seconds: from a file of the site to
// a probe of a host that stays silent.
var buckets = []float64{.001, .005, .025, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}

// Metrics is a server.Meter. It is safe for concurrent use.
type Metrics struct {
	registry                            *prometheus.Registry
	answered, refused, shared, failures *prometheus.CounterVec
	took                                *prometheus.HistogramVec
}

// New makes metrics of a program of this version, and those of its process.
func New(version string) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		answered: counter("sealane_requests_total", "Requests that were answered.", "endpoint", "status"),
		refused:  counter("sealane_refused_total", "Requests that a limit kept out.", "endpoint", "limit"),
		shared:   counter("sealane_shared_total", "Answers that were kept, or made for another request at the time.", "endpoint"),
		failures: counter("sealane_failures_total", "Observations that ended by a failure.", "endpoint", "class"),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sealane_request_duration_seconds", Help: "How long requests took.", Buckets: buckets,
		}, []string{"endpoint"}),
	}
	m.registry.MustRegister(m.answered, m.refused, m.shared, m.failures, m.took,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Gauge("sealane_build_info", "The program's build; always 1.", map[string]string{"version": version, "go": runtime.Version()},
		func() float64 { return 1 })
	return m
}

// Answered counts one request's end.
func (m *Metrics) Answered(endpoint string, status int, took time.Duration) {
	m.answered.WithLabelValues(endpoint, strconv.Itoa(status)).Inc()
	m.took.WithLabelValues(endpoint).Observe(took.Seconds())
}

// Refused counts one that a limit kept out.
func (m *Metrics) Refused(endpoint, limit string) { m.refused.WithLabelValues(endpoint, limit).Inc() }

// Shared counts an answer that was there already.
func (m *Metrics) Shared(endpoint string) { m.shared.WithLabelValues(endpoint).Inc() }

// Failed counts an observation that ended by a failure.
func (m *Metrics) Failed(endpoint, class string) { m.failures.WithLabelValues(endpoint, class).Inc() }

// Gauge adds a value that is asked for each time somebody looks. Each name and set
// of labels is added once.
func (m *Metrics) Gauge(name, help string, labels map[string]string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
}

// Running adds how many probes and DNS queries run now.
func (m *Metrics) Running(running func() (probes, queries int)) {
	const name, help = "sealane_running", "What runs now."
	m.Gauge(name, help, map[string]string{"kind": "probes"}, func() float64 { n, _ := running(); return float64(n) })
	m.Gauge(name, help, map[string]string{"kind": "queries"}, func() float64 { _, n := running(); return float64(n) })
}

// Port25 adds whether port 25 gets out of this network: 1 for the state that it is
// in, 0 for the others.
func (m *Metrics) Port25(egress func() probe.Egress) {
	for state, label := range map[probe.Egress]string{
		probe.EgressUnknown: "unknown", probe.EgressOpen: "open", probe.EgressBlocked: "blocked",
	} {
		m.Gauge("sealane_port25_egress", "Whether port 25 gets out of this network.", map[string]string{"state": label}, func() float64 {
			if egress() == state {
				return 1
			}
			return 0
		})
	}
}

// Timeouts of those who look.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 30 * time.Second
)

// Serve answers GET /metrics on a listener until ctx is done.
func (m *Metrics) Serve(ctx context.Context, on net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	server := &http.Server{Handler: mux, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, MaxHeaderBytes: 8 << 10}
	defer context.AfterFunc(ctx, func() { server.Close() })()
	if err := server.Serve(on); ctx.Err() == nil {
		return err
	}
	return nil
}
