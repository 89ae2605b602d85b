package lab

import (
	"cmp"
	"embed"
	"io/fs"
	"path"
	"slices"

	"github.com/sealane/sealane/app/dnsname"
)

//go:embed domains/*.txtar
var domainFS embed.FS

// Domain is one domain of the lab, as its file tells it.
type Domain struct {
	Name dnsname.Name
	// Wrong is one sentence: what is wrong with the domain.
	Wrong string
	// Detail is the rest of the file's prose, paragraphs apart by an empty line.
	Detail string
	// Codes are the finding codes of every level that a check gives, sorted.
	Codes []string
	// Senders are the outcomes in the order of the matrix: sender, outcome and
	// status codes, apart by blanks.
	Senders []string
}

// Domains gives the lab's domains, sorted by name. Its errors are *FileError.
func Domains() ([]Domain, error) {
	files, err := readFiles()
	if err != nil {
		return nil, err
	}
	domains := make([]Domain, len(files))
	for i, f := range files {
		domains[i] = Domain{Name: f.name, Wrong: f.wrong, Detail: f.detail, Codes: f.expect, Senders: f.senders}
	}
	return domains, nil
}

// readFiles reads the embedded files, sorted by domain.
func readFiles() ([]*domainFile, error) {
	names, err := fs.Glob(domainFS, "domains/*.txtar")
	if err != nil {
		return nil, err
	}
	var files []*domainFile
	for _, name := range names {
		data, err := domainFS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := parseFile(path.Base(name), data)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b *domainFile) int { return cmp.Compare(a.name.String(), b.name.String()) })
	return files, nil
}
