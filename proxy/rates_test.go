package main

import (
	"testing"
	"time"

	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/server"
)

func TestSetRates(t *testing.T) {
	var c server.Config
	if wrong, ok := setRates([]string{"query.all=40000/100us", "probe.client=1/1m", "badge.target=3/2s", "visit.address=2/3s"}, &c); !ok {
		t.Fatalf("refused: %s", wrong)
	}
	for what, r := range map[string][2]limits.Rate{
		"query.all":     {c.QueryRates.All, {Burst: 40000, Every: 100 * time.Microsecond}},
		"probe.client":  {c.ProbeRates.Client, {Burst: 1, Every: time.Minute}},
		"badge.target":  {c.BadgeRates.Target, {Burst: 3, Every: 2 * time.Second}},
		"visit.address": {c.VisitRate, {Burst: 2, Every: 3 * time.Second}},
		"query.client":  {c.QueryRates.Client, {}}, // the usual one
	} {
		if r[0] != r[1] {
			t.Errorf("%s: %v, want %v", what, r[0], r[1])
		}
	}
}

func TestSetRatesRefuses(t *testing.T) {
	for _, text := range []string{
		"", "query", "query.all", "query.all=", "query.all=1", "query.all=1/", "query.all=0/1s", "query.all=-1/1s",
		"query.all=1/0s", "query.all=1/-1s", "query.all=1/1", "query.all=1/25h", "query.all=1/1ns", "query.all=9999999999/1s",
		"query.some=1/1s", "queries.all=1/1s", "all=1/1s", "query.all=1/1s/1s", "query.all.x=1/1s", "visit.client=1/1s", "query.address=1/1s",
	} {
		var c server.Config
		if wrong, ok := setRates([]string{"probe.all=5/1s", text}, &c); ok || wrong != text {
			t.Errorf("%q is taken", text)
		}
	}
}
