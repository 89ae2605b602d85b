package publish

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// terraform is a file of HCL ("HCL Native Syntax Specification") for one zone.
type terraform struct {
	zone   compose.Zone
	out    strings.Builder
	labels []string // of resources, so far
}

// label gives a resource's label, and makes a zone's name part of another: Terraform
// takes letters, digits, "-" and "_", and a digit not in the beginning.
func label(kind, name string) string { return kind + "_" + strings.ReplaceAll(name, ".", "_") }

// variable declares what to call the zone, of which Terraform asks the value, and
// gives the reference to it. The zone's name is in it, as files of several zones may
// lie together.
func (t *terraform) variable(kind string) string {
	name := label(kind, t.zone.Origin.String())
	t.out.WriteString("variable " + inQuotes(name) + " {\n  type = string\n}\n")
	return "var." + name
}

// resource writes a resource but for its end: names and values of arguments, in pairs
// and under each other as terraform fmt has them.
func (t *terraform) resource(kind string, s set, pairs ...string) {
	base := label(strings.ToLower(s.typ.String()), s.name.String())
	name := base
	for n := 2; slices.Contains(t.labels, name); n++ {
		name = base + "_" + strconv.Itoa(n)
	}
	t.labels = append(t.labels, name)
	width := 0
	for i := 0; i < len(pairs); i += 2 {
		width = max(width, len(pairs[i]))
	}
	t.out.WriteString("\nresource " + inQuotes(kind) + " " + inQuotes(name) + " {\n")
	for i := 0; i < len(pairs); i += 2 {
		t.out.WriteString("  " + pairs[i] + strings.Repeat(" ", width-len(pairs[i])) + " = " + pairs[i+1] + "\n")
	}
}

func (t *terraform) end() { t.out.WriteString("}\n") }

// files gives the file, or none without a resource.
func (t *terraform) files() []File {
	if len(t.labels) == 0 {
		return nil
	}
	return []File{{t.zone.Origin.String() + ".tf", HCL, t.out.String()}}
}

// inTemplate writes text as a quoted template of HCL in which nothing is a template:
// neither an interpolation nor a directive begins.
func inTemplate(text string) string {
	return strings.NewReplacer("${", `\u0024{`, "%{", `\u0025{`).Replace(inQuotes(text))
}

// list writes the data of a set as a list.
func (s set) list(write func(compose.Record) string) string {
	return "[" + s.join(func(r compose.Record) string { return inTemplate(write(r)) }, ", ") + "]"
}

// terraformCloudflare writes resources of cloudflare/cloudflare 5 ("cloudflare_dns_record
// (Resource)"), one a record. Its content is that of the API.
func terraformCloudflare(z compose.Zone) []File {
	t := terraform{zone: z}
	zoneID := t.variable("zone_id")
	for _, r := range z.Records {
		name, value := "content", inTemplate(data(r))
		switch r.Type {
		case doh.TypeCNAME:
			value = inTemplate(undotted(r.Data))
		case doh.TypeTLSA:
			a := associationOf(r)
			name, value = "data", "{ usage = "+a.usage+", selector = "+a.selector+", matching_type = "+a.matching+", certificate = "+inTemplate(a.digits)+" }"
		}
		t.resource("cloudflare_dns_record", set{name: r.Name, typ: r.Type}, "zone_id", zoneID, "name", inTemplate(r.Name.String()),
			"type", inTemplate(r.Type.String()), "ttl", cloudflareTTL(r.TTL), name, value)
		t.end()
	}
	return t.files()
}

// perSet writes a resource for each set: what the zone is called and how, how a name is
// written, what the list of data is called and what stands in it.
func (t *terraform) perSet(kind, zone, value string, name func(dnsname.Name) string, list string, data func(compose.Record) string) []File {
	for _, s := range sets(t.zone.Records) {
		t.resource(kind, s, zone, value, "name", inTemplate(name(s.name)),
			"type", inTemplate(s.typ.String()), "ttl", seconds(s.ttl), list, s.list(data))
		t.end()
	}
	return t.files()
}

// terraformAWS writes resources of hashicorp/aws ("Resource: aws_route53_record"). It
// puts the outer quotes around text itself; those between strings, and the
// backslashes before quotes in them, are to be written.
func terraformAWS(z compose.Zone) []File {
	t := terraform{zone: z}
	return t.perSet("aws_route53_record", "zone_id", t.variable("zone_id"), dnsname.Name.String, "records", func(r compose.Record) string {
		if r.Type != doh.TypeTXT {
			return r.Data
		}
		text := ""
		for _, s := range pieces(r.Data, maxString) {
			text += inQuotes(s)
		}
		return text[1 : len(text)-1]
	})
}

// terraformGoogle writes resources of hashicorp/google ("google_dns_record_set").
func terraformGoogle(z compose.Zone) []File {
	t := terraform{zone: z}
	return t.perSet("google_dns_record_set", "managed_zone", t.variable("managed_zone"), dnsname.Name.FQDN, "rrdatas", data)
}

// terraformPowerDNS writes resources of pan-net/powerdns ("powerdns_record").
func terraformPowerDNS(z compose.Zone) []File {
	t := terraform{zone: z}
	return t.perSet("powerdns_record", "zone", inTemplate(z.Origin.FQDN()), dnsname.Name.FQDN, "records", data)
}

// terraformAzure writes resources of hashicorp/azurerm ("azurerm_dns_txt_record" and
// its kin), which cuts long text itself and has no resource for TLSA records.
func terraformAzure(z compose.Zone) []File {
	t := terraform{zone: z}
	group := t.variable("resource_group_name")
	verbatim := func(r compose.Record) string { return r.Data }
	for _, s := range sets(z.Records) {
		if s.typ == doh.TypeTLSA {
			continue
		}
		pairs := []string{"resource_group_name", group, "zone_name", inTemplate(z.Origin.String()),
			"name", inTemplate(relative(s.name, z.Origin)), "ttl", seconds(s.ttl)}
		switch s.typ {
		case doh.TypeCNAME:
			pairs = append(pairs, "record", inTemplate(undotted(s.records[0].Data)))
		case doh.TypeA, doh.TypeAAAA:
			pairs = append(pairs, "records", s.list(verbatim))
		}
		t.resource("azurerm_dns_"+strings.ToLower(s.typ.String())+"_record", s, pairs...)
		if s.typ == doh.TypeTXT {
			for _, r := range s.records {
				t.out.WriteString("\n  record {\n    value = " + inTemplate(r.Data) + "\n  }\n")
			}
		}
		t.end()
	}
	return t.files()
}
