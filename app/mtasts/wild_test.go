package mtasts

import (
	"slices"
	"testing"

	"github.com/sealane/sealane/app/syntax"
)

// wildRow is a text found in the wild.
type wildRow struct {
	Repo, Path         string // of a policy
	Kind, Text, Strict string
	Why                string
	Served             string `json:"served_guess"` // what a site generator makes of it
}

// cause is what is wrong with an invalid text: the kinds of its fatal
// diagnostics, and whether what was meant can be known from it.
type cause struct {
	kinds  []syntax.Kind
	mended bool
}

// wildPolicies are the causes of the invalid policies, by repository and path.
var wildPolicies = map[string]cause{
	"dizzylift/slowbike well-known/mta-sts.txt":                       {[]syntax.Kind{ModeInvalid}, true},
	"ExpertsInside/mta-sts mta-sts.txt":                               {[]syntax.Kind{FrontMatter}, true},
	"OMGSoundboard/OMGSoundboard.github.io mta-sts.txt":               {[]syntax.Kind{FrontMatter}, true},
	"SincereK-3D-Prints/backend mta-sts.txt":                          {[]syntax.Kind{MXInvalidHostname}, false},
	"bhaktiyadav08/ibrotnano.github.io mta-sts.txt":                   {[]syntax.Kind{FrontMatter}, true},
	"jro-japan/japan-research-office-website mta-sts.txt":             {[]syntax.Kind{Unparsable}, false},
	"tuhmaz/alhurani2026 public/.well-known/mta-sts.txt":              {[]syntax.Kind{TXTRecord}, false},
	"litux-web/mta-sts.rodrigues.com.pt docs/.well-known/mta-sts.txt": {[]syntax.Kind{BlankLine}, true},
	"jdgonzalesdp/Livalittle mta-sts.txt":                             {[]syntax.Kind{RTFBody}, true},
	"slatehorse/slatehorse.github.io well-known/mta-sts.txt":          {[]syntax.Kind{FrontMatter}, true},
	"Securenetology/mta-sts mta-sts.txt":                              {[]syntax.Kind{ModeInvalid}, true},
	"jpmahinay/tools mta-sts.txt":                                     {[]syntax.Kind{MXYAMLList}, true},
	"l1kw1d/jprovo.st-MTA mta-sts.txt":                                {[]syntax.Kind{MXTrailingDot}, true},
	"oterdimanx/cucugnan public/.well-known/mta-sts.txt":              {[]syntax.Kind{MXTrailingDot}, true},
}

// wildRecords are the causes of the invalid records, by their text. All of them
// can be mended.
var wildRecords = map[string]syntax.Kind{
	"v=STSv1;id=":                        IDEmpty,
	"v=STSv1; id=":                       IDEmpty,
	"v=STSv1;id=${var.mta_sts_id};":      IDPlaceholder,
	"v=STSv1; id=<ID>":                   IDPlaceholder,
	"v=STSv1; id=<bump on every change>": IDPlaceholder,
	"v=STSv1; id=logimail-v1":            IDInvalidChars,
	"v=STSv1; id=2025-11-09":             IDInvalidChars,
	`v=STSv1\; id=1`:                     syntax.EscapedSemicolon,
	`_mta-sts.alemancenter.com. TXT "v=STSv1; id=20250802"`: syntax.VersionLeadingJunk,
	"id=abc; v=STSv1": syntax.VersionNotFirst,
	"v=STSv1;":        IDMissing,
	"v=STSv1":         IDMissing,
}

// fatalKinds gives the kinds that make a text invalid, each once.
func fatalKinds(diagnostics []syntax.Diagnostic) (kinds []syntax.Kind) {
	for _, d := range diagnostics {
		if d.Fatal && !slices.Contains(kinds, d.Kind) {
			kinds = append(kinds, d.Kind)
		}
	}
	return kinds
}

// TestWildPolicies holds ParsePolicy to policies found in public repositories:
// the verdict, the true cause, and the policy that was meant.
func TestWildPolicies(t *testing.T) {
	sure, invalid := 0, 0
	for i, row := range rows[wildRow](t, "wild/policies.jsonl") {
		policy, diagnostics := ParsePolicy([]byte(row.Text))
		mended, ok := MendPolicy(row.Text)
		mendsHold(t, row.Text, diagnostics)
		if row.Strict != "unsure" {
			sure++
			if got, want := syntax.Valid(diagnostics), row.Strict == "valid"; got != want {
				t.Errorf("row %d: valid = %v, want %v (%s): %q: %v", i, got, want, row.Why, row.Text, diagnostics)
			}
		}
		if row.Strict == "valid" {
			meansTheSame(t, row.Text, policy)
			continue
		}
		invalid++
		want, known := wildPolicies[row.Repo+" "+row.Path]
		if got := fatalKinds(diagnostics); !known || !slices.Equal(got, want.kinds) || ok != want.mended {
			t.Errorf("row %d (%s): %v, mended %v; want %v", i, row.Why, got, ok, want)
		}
		if served, diagnostics := ParsePolicy([]byte(row.Served)); row.Served != "" && (!syntax.Valid(diagnostics) || served.String() != mended) {
			t.Errorf("row %d: mended as %q, served as %q", i, mended, row.Served)
		}
	}
	// The unsure row ends in an empty line, which sts-policy-record of RFC 8461
	// §3.2 has no place for: it is invalid here.
	t.Logf("%d wild policies read as they should be, %d causes named", sure, invalid)
	if sure < 70 || invalid != len(wildPolicies) {
		t.Error("not all rows were read")
	}
}

// TestWildRecords holds ParseRecord to TXT records found in the wild.
func TestWildRecords(t *testing.T) {
	sure, invalid := 0, 0
	for i, row := range rows[wildRow](t, "wild/txt.jsonl") {
		if row.Kind != "mta-sts" || row.Strict == "unsure" {
			continue
		}
		sure++
		if got, want := validTXT(row.Text), row.Strict == "valid"; got != want {
			t.Errorf("row %d: valid = %v, want %v (%s): %q", i, got, want, row.Why, row.Text)
		}
		recordMendsHold(t, row.Text)
		if row.Strict == "valid" {
			continue
		}
		invalid++
		_, diagnostics := ParseRecord(row.Text)
		want, known := wildRecords[row.Text]
		if got := fatalKinds(diagnostics); !known || !slices.Equal(got, []syntax.Kind{want}) {
			t.Errorf("row %d (%s): %v, want %v: %q", i, row.Why, got, want, row.Text)
		}
		if _, ok := MendRecord(row.Text); !ok {
			t.Errorf("row %d isn't mended: %q", i, row.Text)
		}
	}
	t.Logf("%d wild records read as they should be, %d causes named", sure, invalid)
	if sure < 20 || invalid < 10 {
		t.Error("not all rows were read")
	}
}
