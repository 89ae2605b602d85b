package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dashboard is what is of interest in Grafana's file.
type dashboard struct {
	Panels []struct {
		Title   string
		Targets []struct{ Expr, LegendFormat string }
	}
	Templating struct{ List []struct{ Query string } }
}

var (
	// quoted are strings and ranges of a query; word is an identifier in the rest.
	quoted   = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]`)
	word     = regexp.MustCompile(`[a-zA-Z_][a-zA-Z0-9_]*`)
	variable = regexp.MustCompile(`\{\{ *(\w+) *\}\}`)
	// language are the words of PromQL that the dashboard uses.
	language = []string{"sum", "max", "min", "count", "by", "rate", "time", "histogram_quantile"}
	// given are the labels that Prometheus adds to what it reads.
	given = []string{"job", "instance", "le"}
)

// TestDashboard holds each query of the dashboard to metrics and labels that there
// are, and each metric of ours to being shown.
func TestDashboard(t *testing.T) {
	text, err := os.ReadFile("../deploy/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	families, err := filled().registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var series []string
	labels := slices.Clone(given)
	for _, f := range families {
		name := f.GetName()
		series = append(series, name)
		if f.GetMetric()[0].GetHistogram() != nil {
			series = append(series, name+"_bucket")
		}
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
	}
	queries := 0
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			queries++
			for _, w := range word.FindAllString(quoted.ReplaceAllString(q.Expr, " "), -1) {
				if !slices.Contains(language, w) && !slices.Contains(labels, w) && !slices.Contains(series, w) {
					t.Errorf("%s: there is no %s: %s", p.Title, w, q.Expr)
				}
			}
			for _, m := range variable.FindAllStringSubmatch(q.LegendFormat, -1) {
				if !slices.Contains(labels, m[1]) {
					t.Errorf("%s: there is no label %s", p.Title, m[1])
				}
			}
		}
	}
	if queries < len(d.Panels) || queries == 0 {
		t.Errorf("%d queries in %d panels", queries, len(d.Panels))
	}
	for _, f := range families {
		if name := f.GetName(); strings.HasPrefix(name, "sealane_") && !regexp.MustCompile(`\b`+name).Match(text) {
			t.Errorf("the dashboard doesn't show %s", name)
		}
	}
}
