//go:build !embedsite

package main

import "embed"

// embedded is empty: no site was built in.
var embedded embed.FS
