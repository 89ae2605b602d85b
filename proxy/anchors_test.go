package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

// A root of one's own takes the place of the root's anchors; other zones' stand
// beside them.
func TestAnchorsOfAFile(t *testing.T) {
	builtIn := len(dnssec.RootAnchors())
	for text, want := range map[string]struct{ all, roots int }{
		"example. DS 1 13 2 0a0b\n": {builtIn + 1, builtIn},
		". DS 1 13 2 0a0b\n":        {1, 1},
		"example. DS 1 13 2 0a0b\n. DS 1 13 2 0a0b\n. DS 2 13 2 0a\n": {3, 2},
	} {
		file := filepath.Join(t.TempDir(), "anchors")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := new(program).anchors(&worldFlags{anchorFile: file})
		roots := 0
		for _, a := range all {
			if a.Zone == dnsname.Root {
				roots++
			}
		}
		if err != nil || len(all) != want.all || roots != want.roots {
			t.Errorf("%q: %+v, %v", text, all, err)
		}
	}
}
