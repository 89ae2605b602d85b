package main

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"github.com/sealane/sealane/proxy/metrics"
	"github.com/sealane/sealane/proxy/server"
)

// version is what the Makefile says that this program was built of.
var version = "unknown"

// measured is what the operator watches, on an address of its own.
type measured struct {
	metrics *metrics.Metrics // nil without
	begin   func()           // serves them
	close   func()
}

// measured prepares the metrics, if they are wanted, and has the server fill them.
func (p *program) measured(s *serveFlags, config *server.Config, log *slog.Logger) (*measured, error) {
	if s.metrics == "" {
		return &measured{close: func() {}}, nil
	}
	on, err := net.Listen("tcp", s.metrics)
	if err != nil {
		return nil, errWords(p.listenFault(s.metrics, err))
	}
	m := metrics.New(version)
	m.Port25(config.Port25)
	config.Meter = m
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	begin := func() {
		serving.Go(func() {
			if err := m.Serve(ctx, on); err != nil {
				log.Error("the metrics are gone", "fault", err)
			}
		})
		log.Info("metrics are served", "address", on.Addr().String())
	}
	return &measured{metrics: m, begin: begin, close: func() { cancel(); on.Close(); serving.Wait() }}, nil
}

// watch adds what the server and what replicas share know of themselves, and serves
// all of it from then on.
func (m *measured) watch(srv *server.Server, replicas *shared) {
	if m.metrics == nil {
		return
	}
	m.metrics.Running(srv.Running)
	if replicas.client != nil {
		m.metrics.Gauge("sealane_valkey_up", "1 while the server that replicas share answers; 0 while each has but its own limits.", nil, func() float64 {
			if replicas.client.Healthy() {
				return 1
			}
			return 0
		})
	}
	m.begin()
}
