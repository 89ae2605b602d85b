package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
)

// TestPortsOfTheInternet: 465 and 80 are the operator's choice.
func TestPortsOfTheInternet(t *testing.T) {
	for _, c := range []struct {
		flags worldFlags
		want  []uint16
	}{
		{worldFlags{smtpPort: 25, httpsPort: 443}, []uint16{25, 443, 53}},
		{worldFlags{smtpPort: 25, httpsPort: 443, morePorts: true}, []uint16{25, 443, 465, 80, 53}},
		{worldFlags{smtpPort: 2525, httpsPort: 443}, []uint16{2525, 443, 53}},
	} {
		p := &program{err: io.Discard, cli: locale.EnglishCLI()}
		n, err := p.networks(&c.flags, false, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if got := n.internet.Ports(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: ports %v", c.flags, got)
		}
	}
}

// TestOptOutIsLogged: what becomes wrong with the list goes where all goes that the
// operator is told.
func TestOptOutIsLogged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "opt-out")
	if err := os.WriteFile(file, []byte("example.com\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log, errs bytes.Buffer
	p := &program{err: &errs, cli: locale.EnglishCLI()}
	w := worldFlags{smtpPort: 25, httpsPort: 443, optOut: file}
	n, err := p.networks(&w, false, slog.New(slog.NewJSONHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("no name at all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the list is looked at, and nobody else
	if s := n.internet.STARTTLS(ctx, dnsname.MustParse("mx.example.com")); s.Failure == nil || s.Failure.Class != probe.OptedOut {
		t.Errorf("%+v", s.Failure)
	}
	var line struct{ Level, Fault string }
	if err := json.Unmarshal(log.Bytes(), &line); err != nil || line.Level != "ERROR" || line.Fault == "" || errs.Len() > 0 {
		t.Errorf("log %q, error stream %q: %v", &log, &errs, err)
	}
}
