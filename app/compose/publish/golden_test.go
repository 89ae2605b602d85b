package publish_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
)

// update writes the examples anew: go test ./app/compose/publish -update
var update = flag.Bool("update", false, "write testdata anew")

// example is what a mail domain of its own publishes: with text that is longer than a
// string, and two keys of a host.
func example(t *testing.T) compose.Zone {
	t.Helper()
	digest := strings.Repeat("0123456789abcdef", 4)
	d := compose.Draft{
		compose.FieldDomain: "example.com", compose.FieldMode: "testing", compose.FieldMX: "mx1.example.com",
		compose.FieldBelow: "news.example.com", compose.FieldWeb: "192.0.2.1 192.0.2.2 2001:db8::1",
		compose.FieldRUA:  "tls-reports@example.com https://reports.example.net/v1/" + strings.Repeat("long/", 50),
		compose.FieldTLSA: "mx1.example.com 3 1 1 " + digest + "\nmx1.example.com 2 1 1 " + strings.ToUpper(digest),
	}
	want, faults := d.Read(func(s string) (string, error) { return s, errors.ErrUnsupported })
	zones := compose.Make(want).Zones()
	if len(faults) > 0 || len(zones) != 1 {
		t.Fatalf("%+v: %d zones", faults, len(zones))
	}
	z := zones[0]
	// And one that a hosting company has, for its form's sake.
	z.Records = append(z.Records, compose.Record{Name: z.Origin.Child("mta-sts.shop"), Type: 5, TTL: 300, Data: "policy.host.example."})
	return z
}

// Each form of the example is as it was read by a person: testdata has one of each.
func TestExamples(t *testing.T) {
	z := example(t)
	for _, f := range publish.DNSForms {
		var got txtar.Archive
		for _, file := range f.Write(z) {
			name := file.Name
			if name == "" {
				name = "(" + string(file.Language) + ")"
			}
			got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(file.Text)})
		}
		path := filepath.Join("testdata", f.ID+".txtar")
		if *update {
			if err := os.WriteFile(path, txtar.Format(&got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(txtar.Format(&got), want) {
			t.Errorf("%s: not as in %s:\n%s", f.ID, path, txtar.Format(&got))
		}
	}
}
