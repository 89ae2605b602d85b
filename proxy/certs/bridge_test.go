package certs

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"

	"go.uber.org/zap"
)

// TestBridge wants what certmagic logs to be in our log, at its level, with its
// fields.
func TestBridge(t *testing.T) {
	var out bytes.Buffer
	to := zap.New(bridge{log: slog.New(slog.NewJSONHandler(&out, nil))}).With(zap.String("authority", "ca.test"))
	to.Debug("hidden")
	to.Warn("late", zap.Error(errors.New("refused")), zap.Strings("names", []string{"a.test", "b.test"}))
	to.Error("worse")
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%s", out.Bytes())
	}
	var got struct {
		Level, Msg, Authority, Error string
		Names                        []string
	}
	if err := json.Unmarshal(lines[0], &got); err != nil {
		t.Fatal(err)
	}
	if got.Level != "WARN" || got.Msg != "late" || got.Authority != "ca.test" || got.Error != "refused" || len(got.Names) != 2 {
		t.Errorf("%+v", got)
	}
	if err := json.Unmarshal(lines[1], &got); err != nil || got.Level != "ERROR" || got.Msg != "worse" {
		t.Errorf("%v %+v", err, got)
	}
}
