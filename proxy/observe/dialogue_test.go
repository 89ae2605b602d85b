package observe

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

// TestTimesOfStages: a stage's time is its own, that of the one that failed too.
func TestTimesOfStages(t *testing.T) {
	settled(t)
	m := healthy(t)
	m.banner = func(c net.Conn) { time.Sleep(60 * time.Millisecond); text("220 x")(c) }
	m.starttls = silent
	n := facing(serve(t, m.handle))
	leave, _ := n.gate.enter(context.Background(), netip.MustParseAddr("127.0.0.1"), 0)
	time.AfterFunc(100*time.Millisecond, leave)
	a := n.STARTTLS(context.Background(), host).Addresses[0]
	wantFailure(t, a.Failure, probe.ReplyTimeout)
	for stage, least := range map[probe.Stage]int{probe.StageConnect: 1, probe.StageBanner: 55, probe.StageEHLO: 1, probe.StageSTARTTLS: 290} {
		if a.Times[stage] < least {
			t.Errorf("%s took %d ms", stage, a.Times[stage])
		}
	}
	if a.Times[probe.StageConnect] > 90 || a.Times[probe.StageHandshake] != 0 || len(a.Times) != 4 {
		t.Errorf("times %v", a.Times)
	}
}

// TestRawLines: what the text doesn't show is kept as it was sent.
func TestRawLines(t *testing.T) {
	m := healthy(t)
	m.banner = func(c net.Conn) { io.WriteString(c, "220 caf\xe9\n") }
	m.ehlo = func(c net.Conn) { io.WriteString(c, "250-a\r\r\n250 STARTTLS\r\n") }
	m.starttls = func(c net.Conn) { io.WriteString(c, "220 go"); c.Close() }
	var raw []string
	for _, l := range facing(serve(t, m.handle)).STARTTLS(context.Background(), host).Addresses[0].Dialogue {
		raw = append(raw, fmt.Sprintf("%+q %+q", l.Text, l.Raw))
	}
	want := []string{
		`"220 caf\ufffd" "220 caf\xe9\n"`, `"EHLO probe.example.net" ""`, `"250-a\r" ""`, `"250 STARTTLS" ""`, `"STARTTLS" ""`, `"220 go" "220 go"`,
	}
	if !slices.Equal(raw, want) {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
}
