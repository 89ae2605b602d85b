package ui

import (
	"strings"
	"testing"

	"github.com/sealane/sealane/app/senders"
)

func TestSendersAreShown(t *testing.T) {
	page := shown(nil)
	for _, want := range []string{
		`data-sender="exchange-online"`, `data-outcome="defers"`, `data-sender="gmail"`, "4.7.323", "5.7.323",
		"after 15, 15 minutes, then every 60; gives up after 24 hours", "https://www.rfc-editor.org/rfc/rfc8461#section-4",
		"No TLSA record matches the certificate.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestSendersHaveTheirPlaceFromTheStart(t *testing.T) {
	page := shown(func(m *Machine) { m.State, m.Report.Senders = Running, nil })
	if got, want := strings.Count(page, "data-sender="), len(senders.All()); got != want {
		t.Errorf("%d cards before the report, want %d", got, want)
	}
	if strings.Contains(page, `data-outcome="defers"`) {
		t.Error("an outcome is shown before there is one")
	}
}
