package tlsrpt

import "testing"

func TestMisnamed(t *testing.T) {
	report, err := parseReport([]byte(clean), nil)
	if err != nil {
		t.Fatal(err)
	}
	domain, end := report.Policies[0].Domain, "1459555199"
	if begin := report.Begin.Unix(); begin != 1459468800 || report.End.Unix() != 1459555199 {
		t.Fatalf("the report is of %d to %d", begin, report.End.Unix())
	}
	for name, want := range map[string]string{
		"a.json": "",
		"x.zip/a!" + domain + "!1459468800!" + end + ".json":  "",
		"a!" + domain + "!1459468800!" + end + "!001.json.gz": "",
		"a!other.example!1459468800!" + end + ".json":         "other.example",
		"a!" + domain + "!1459468801!" + end + ".json":        "1459468801",
		"a!" + domain + "!1459468800!1.json":                  "1",
		"a!b!c!d":                                             "",
	} {
		if got := report.Misnamed(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
