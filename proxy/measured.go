package main

import (
	"context"
	"log/slog"
	"net"

	"github.com/sealane/sealane/proxy/metrics"
	"github.com/sealane/sealane/proxy/server"
)

// version is what the Makefile says that this program was built of.
var version = "unknown"

// measured is what the operator watches, on an address of its own.
type measured struct {
	metrics *metrics.Metrics // nil without
	close   func()
}

// measured serves the metrics, if they are wanted, and has the server fill them.
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
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := m.Serve(ctx, on); err != nil {
			log.Error("the metrics are gone", "fault", err)
		}
	}()
	log.Info("metrics are served", "address", on.Addr().String())
	return &measured{metrics: m, close: func() { cancel(); <-done }}, nil
}

// watch adds what the server itself knows.
func (m *measured) watch(srv *server.Server) {
	if m.metrics != nil {
		m.metrics.Running(srv.Running)
	}
}
