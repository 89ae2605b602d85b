package lint_test

import (
	"errors"
	"testing"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/lint"
)

// TestPublished reads what was made to publish in every form: each record is found,
// and nothing is wrong with it.
func TestPublished(t *testing.T) {
	var d compose.Draft
	d[compose.FieldDomain], d[compose.FieldMode], d[compose.FieldMX] = "example.com", "enforce", "mx1.example.com"
	d[compose.FieldRUA], d[compose.FieldTLSA] = "tls!reports@example.net https://r.example.net/v1?a=b", "mx1.example.com 3 1 1 "+digest+"\nmx1.example.com 2 1 1 "+digest
	want, faults := d.Read(func(s string) (string, error) { return s, errors.New("no IDNA here") })
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	made := compose.Make(want)
	for _, form := range publish.DNSForms {
		text := ""
		for _, z := range made.Zones() {
			for _, f := range form.Write(z) {
				text += f.Text
			}
		}
		l := lint.Read(text)
		records := len(made.Records) - 2*len(form.Lacks)
		if form.ID == "powershell" {
			records -= 2 // whose numbers are words there
		}
		if len(l.Parts) != records || !l.Valid() || l.Mended != text {
			t.Errorf("%s: %d of %d records\n%s\n%s", form.ID, len(l.Parts), records, show(l), text)
		}
	}
}
