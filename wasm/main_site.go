//go:build !js

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "", "folder to write the site to")
	program := flag.String("wasm", "", "the program, built with GOOS=js GOARCH=wasm")
	static := flag.String("static", "static", "folder of files that are served as they lie")
	quality := flag.Int("quality", 11, "brotli quality, 1 to 11: 11 for a release, 5 to be quick")
	flag.Parse()
	if *out == "" || *program == "" || flag.NArg() > 0 || *quality < 1 || *quality > 11 {
		flag.Usage()
		os.Exit(2)
	}
	s, err := newSite(*program, *static)
	if err == nil {
		err = s.write(*out, *quality)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
	for _, f := range s.names() {
		if filepath.Ext(f) == ".wasm" {
			fmt.Printf("%s: %d bytes, %d as brotli -q %d\n", f, len(s.files[f]), s.brotli[f], *quality)
		}
	}
}
