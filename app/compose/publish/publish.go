// Package publish writes what compose made in the forms that DNS hosts, web
// servers and their tools take: zone files (RFC 1035 §5), requests to an API,
// commands, configuration. Nothing in them is a comment: they are to be used as
// they stand.
package publish

import (
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/doh"
)

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
	// Lacks are types that the product can't hold. Write leaves their records out,
	// and gives no file where nothing else is left.
	Lacks []doh.Type
}

// Web is a form for policy files.
type Web struct {
	ID, Name string
	// Write gives the files for all hosts of a domain; there is one at least.
	Write func([]compose.PolicyFile) []File
}

// DNSForms are the forms for records, as they are offered.
var DNSForms = []DNS{
	{ID: "bind", Name: "BIND", Write: bind},
	{ID: "zone", Name: "RFC 1035", Write: absolute},
	{ID: "type52", Name: "RFC 3597", Write: type52},
	{ID: "nsupdate", Name: "nsupdate", Write: nsupdate},
	{ID: "cloudflare", Name: "Cloudflare", Write: cloudflare},
	{ID: "route53", Name: "Route 53", Write: route53},
	{ID: "azure", Name: "Azure DNS", Write: azure},
	{ID: "google", Name: "Google Cloud DNS", Write: googleCloud},
	{ID: "powershell", Name: "PowerShell", Write: powerShell},
	{ID: "terraform-cloudflare", Name: "Terraform, Cloudflare", Write: terraformCloudflare},
	{ID: "terraform-aws", Name: "Terraform, AWS", Write: terraformAWS},
	{ID: "terraform-azurerm", Name: "Terraform, Azure", Write: terraformAzure, Lacks: []doh.Type{doh.TypeTLSA}},
	{ID: "terraform-google", Name: "Terraform, Google Cloud", Write: terraformGoogle},
	{ID: "terraform-powerdns", Name: "Terraform, PowerDNS", Write: terraformPowerDNS},
	{ID: "octodns", Name: "octoDNS", Write: octoDNS},
	{ID: "dnscontrol", Name: "DNSControl", Write: dnsControl},
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
