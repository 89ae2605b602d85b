//go:build !js

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "", "folder to write the site to, or with -join the program")
	linked := flag.String("join", "", "only make the program of what the linker wrote")
	engine := flag.String("engine", "", "only write the engine to build the program with, and js.mod, into this folder")
	program := flag.String("wasm", "", "the program, built with GOOS=js GOARCH=wasm")
	static := flag.String("static", "static", "folder of files that are served as they lie")
	quality := flag.Int("quality", 11, "brotli quality, 1 to 11: 11 for a release, 5 to be quick")
	netlify := flag.String("netlify", "", "netlify.toml to write the rules into, instead of _headers and _redirects")
	var where place
	flag.StringVar(&where.origin, "origin", "", "origin that the site will have, such as https://sealane.example")
	flag.StringVar(&where.proxy, "proxy", "", "origin of the site's proxy, such as https://proxy.example; none without")
	flag.Parse()
	if *engine != "" && flag.NFlag() == 1 && flag.NArg() == 0 {
		exitOn(writeEngine(*engine))
		return
	}
	if *linked != "" && *out != "" && *program == "" && flag.NArg() == 0 {
		exitOn(join(*linked, *out))
		return
	}
	if *out == "" || *program == "" || *linked != "" || *engine != "" || flag.NArg() > 0 || *quality < 1 || *quality > 11 {
		flag.Usage()
		os.Exit(2)
	}
	exitOn(where.valid())
	s, err := newSite(*program, *static, where)
	if err == nil && *netlify != "" {
		err = s.writeNetlify(*netlify)
	}
	if err == nil {
		err = s.write(*out, *quality)
	}
	exitOn(err)
	for _, f := range s.names() {
		if filepath.Ext(f) == ".wasm" {
			fmt.Printf("%s: %d bytes, %d as brotli -q %d\n", f, len(s.files[f]), s.brotli[f], *quality)
		}
	}
}

// join writes a program with joined segments.
func join(linked, out string) error {
	program, err := os.ReadFile(linked)
	if err != nil {
		return err
	}
	if program, err = joinSegments(program); err != nil {
		return fmt.Errorf("%s: %w", linked, err)
	}
	return os.WriteFile(out, program, 0o644)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}
