package main

import (
	"testing"

	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/senders"
	"github.com/sealane/sealane/app/syntax"
)

// TestTexts holds -json to giving each oddity with its bytes, what to write
// instead, and who reads it how.
func TestTexts(t *testing.T) {
	r := run(t, "check", "policy-translated.test", "-json")
	doc := decode(t, r.out)
	if len(doc.Texts) != 1 || len(doc.Texts[0].Diagnostics) != 2 {
		t.Fatalf("%+v", doc.Texts)
	}
	policy := doc.Texts[0]
	if policy.Where != "https://mta-sts.policy-translated.test/.well-known/mta-sts.txt" {
		t.Error(policy.Where)
	}
	if d := policy.Diagnostics[0]; d.Code != "sts-policy.translated" || d.Span.Cut(policy.Text) != "모드" || d.Mend != "mode: testing" {
		t.Errorf("%+v", d)
	}
	if _, diagnostics := mtasts.ParsePolicy([]byte(policy.Mended)); !syntax.Valid(diagnostics) {
		t.Errorf("%q: %v", policy.Mended, diagnostics)
	}

	doc = decode(t, run(t, "check", "record-id-hyphen.test", "-json").out)
	if len(doc.Texts) != 1 {
		t.Fatalf("%+v", doc.Texts)
	}
	const code = "sts-record.id-invalid-chars"
	for _, readers := range [][]senders.Reading{doc.Texts[0].Diagnostics[0].Readers, doc.Readers[code]} {
		said := map[senders.ID]senders.Manner{}
		for _, one := range readers {
			said[one.Reader] = one.Manner
		}
		if said["mox"] != senders.Refuses || said["postfix-mta-sts-resolver"] != senders.Takes || said["gmail"] != senders.Undocumented {
			t.Errorf("%v", readers)
		}
	}
	if _, odd := mtasts.ParseRecord(doc.Texts[0].Mended); len(odd) > 0 {
		t.Errorf("%q: %v", doc.Texts[0].Mended, odd)
	}
}
