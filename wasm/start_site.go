//go:build !js

package main

import (
	"fmt"
	"strings"
)

// engineSays are the places of go-app's app.js that stand in the way of a quick
// start, and what is there instead.
var engineSays = []struct{ engine, ours string }{
	// The answer is wrapped to count what has come, and a browser keeps no compiled
	// code for one that a script has made. boot.js has long asked for the program.
	{"fetchWithProgress(\"{{program}}\", showProgress)", "sealaneProgram()"},
	// The worker's fetching would share the line with the program's.
	{"\ngoappInitServiceWorker();\n", "\nsealaneLater(goappInitServiceWorker);\n"},
}

// quickStart gives the engine's script with our start. Another release of go-app
// may say it otherwise, and then there is no site.
func quickStart(script []byte, program string) ([]byte, error) {
	text := string(script)
	for _, s := range engineSays {
		engine := strings.Replace(s.engine, "{{program}}", program, 1)
		if strings.Count(text, engine) != 1 {
			return nil, fmt.Errorf("%w: app.js no longer says %s", errSite, engine)
		}
		text = strings.Replace(text, engine, s.ours, 1)
	}
	return []byte(text), nil
}
