package certs

import (
	"cmp"
	"context"
	"log/slog"
	"slices"

	"go.uber.org/zap/zapcore"
)

// bridge is a core of zap, which certmagic writes its log to, over slog.
type bridge struct {
	log    *slog.Logger
	fields []zapcore.Field
}

// levels from zap's to slog's; those above are errors.
var levels = map[zapcore.Level]slog.Level{
	zapcore.DebugLevel: slog.LevelDebug, zapcore.InfoLevel: slog.LevelInfo, zapcore.WarnLevel: slog.LevelWarn,
}

func level(l zapcore.Level) slog.Level {
	if to, ok := levels[l]; ok {
		return to
	}
	return slog.LevelError
}

// Enabled tells whether the log takes this level.
func (b bridge) Enabled(l zapcore.Level) bool {
	return b.log.Enabled(context.Background(), level(l))
}

// With adds fields to all that is written.
func (b bridge) With(fields []zapcore.Field) zapcore.Core {
	return bridge{b.log, slices.Concat(b.fields, fields)}
}

// Check has an entry written if its level is enabled.
func (b bridge) Check(e zapcore.Entry, to *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !b.Enabled(e.Level) {
		return to
	}
	return to.AddCore(e, b)
}

// Write writes one entry.
func (b bridge) Write(e zapcore.Entry, fields []zapcore.Field) error {
	values := zapcore.NewMapObjectEncoder()
	for _, f := range slices.Concat(b.fields, fields) {
		f.AddTo(values)
	}
	var attributes []slog.Attr
	for name, value := range values.Fields {
		attributes = append(attributes, slog.Any(name, value))
	}
	slices.SortFunc(attributes, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
	b.log.LogAttrs(context.Background(), level(e.Level), e.Message, attributes...)
	return nil
}

// Sync has nothing to do.
func (bridge) Sync() error { return nil }
