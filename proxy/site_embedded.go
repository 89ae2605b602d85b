//go:build embedsite

package main

import "embed"

// embedded is the built site, which the Makefile has put there: a build by hand,
// without the tag, never takes one that is older than its sources. It stays on disk
// until it is asked for, being a part of the program's file.
//
//go:embed embedded
var embedded embed.FS
