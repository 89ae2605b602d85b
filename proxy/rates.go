package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/proxy/limits"
	"github.com/sealane/sealane/proxy/server"
)

// setRates reads the values of -rate into a server's configuration.
func setRates(values []string, config *server.Config) (wrong string, ok bool) {
	for _, text := range values {
		name, value, _ := strings.Cut(text, "=")
		kind, whose, _ := strings.Cut(name, ".")
		r := rateOf(config, kind, whose)
		if r == nil {
			return text, false
		}
		if *r, ok = parseRate(value); !ok {
			return text, false
		}
	}
	return "", true
}

// rateOf is the rate of a kind of request for one client, about one name, or for all,
// or that of visits to one address.
func rateOf(config *server.Config, kind, whose string) *limits.Rate {
	if kind == "visit" && whose == "address" {
		return &config.VisitRate
	}
	rates := map[string]*server.Rates{"probe": &config.ProbeRates, "query": &config.QueryRates, "badge": &config.BadgeRates}[kind]
	if rates == nil {
		return nil
	}
	return map[string]*limits.Rate{"client": &rates.Client, "target": &rates.Target, "all": &rates.All}[whose]
}

// parseRate reads a rate: how many pass at once, a slash, and the time after which
// there is one more.
func parseRate(text string) (limits.Rate, bool) {
	burst, every, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(burst)
	if err != nil || n < 1 || n > 1e9 {
		return limits.Rate{}, false
	}
	d, err := time.ParseDuration(every)
	if err != nil || d < time.Microsecond || d > 24*time.Hour {
		return limits.Rate{}, false
	}
	return limits.Rate{Burst: n, Every: d}, true
}
