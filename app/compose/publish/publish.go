// Package publish writes what compose made in the forms that DNS hosts, web
// servers and their tools take: zone files (RFC 1035 §5), requests to an API,
// commands, configuration. Nothing in them is a comment: they are to be used as
// they stand.
package publish

import "github.com/sealane/sealane/app/compose"

// Language is what a file is written in, for who shows it.
type Language string

// The languages.
const (
	ZoneFile   Language = "zone"
	JSON       Language = "json"
	YAML       Language = "yaml"
	TOML       Language = "toml"
	HCL        Language = "hcl"
	Shell      Language = "sh"
	PowerShell Language = "powershell"
	JavaScript Language = "js"
	Config     Language = "conf" // of a server, in its own syntax
	Plain      Language = "text"
)

// File is one file, or what is pasted into a terminal.
type File struct {
	Name     string // a path, as it is usual; "" for commands
	Language Language
	Text     string
}

// DNS is a form for records.
type DNS struct {
	ID   string // stable, for links: "route53"
	Name string // the product's own, in no language
	// Write gives the files for one zone. Records keep their order but where the
	// form takes sets: those of one name and type stand together then.
	Write func(compose.Zone) []File
}

// Web is a form for policy files.
type Web struct {
	ID, Name string
	// Write gives the files for all hosts of a domain; there is one at least.
	Write func([]compose.PolicyFile) []File
}

// DNSForms are the forms for records, as they are offered.
var DNSForms = []DNS{
	{"bind", "BIND", bind},
	{"zone", "RFC 1035", absolute},
}

// DNSForm gives the form of an ID.
func DNSForm(id string) (DNS, bool) {
	for _, f := range DNSForms {
		if f.ID == id {
			return f, true
		}
	}
	return DNS{}, false
}
