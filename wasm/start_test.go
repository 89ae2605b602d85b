//go:build !js

package main

import (
	"errors"
	"testing"
)

// quickStart refuses a script in which a place of go-app's is missing, or stands twice.
func TestQuickStart(t *testing.T) {
	const loads, registers = `instantiate(fetchWithProgress("/web/app-1.wasm", showProgress), o)`, "\ngoappInitServiceWorker();\n"
	for _, c := range []struct{ name, script, want string }{
		{"go-app's", registers + loads, "\nsealaneLater(goappInitServiceWorker);\ninstantiate(sealaneProgram(), o)"},
		{"another program", registers + `instantiate(fetchWithProgress("/web/app-2.wasm", showProgress), o)`, ""},
		{"no worker", loads, ""},
		{"two workers", registers + registers + loads, ""},
	} {
		got, err := quickStart([]byte(c.script), "/web/app-1.wasm")
		if string(got) != c.want || errors.Is(err, errSite) == (c.want != "") {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}
