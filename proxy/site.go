package main

import (
	"io/fs"
	"os"
)

// siteFiles finds the built site: the folder named, or what was built into the
// program. Without that the proxy works, and the page is missing.
func (p *program) siteFiles(dir string) (fs.FS, error) {
	site, err := fs.Sub(embedded, "embedded")
	if dir != "" {
		site = os.DirFS(dir)
	}
	if err == nil {
		if info, err := fs.Stat(site, "index.html"); err == nil && info.Mode().IsRegular() {
			return site, nil
		}
	}
	if dir != "" {
		return nil, errWords(p.say(p.cli.BadSite, "name", dir))
	}
	return nil, nil
}
