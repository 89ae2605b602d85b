package publish_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
)

// configuration is a Terraform file, read.
type configuration struct {
	t    *testing.T
	body *hclsyntax.Body
	// variables that are declared.
	variables map[string]cty.Value
	text      string
}

func readConfiguration(t *testing.T, text string) configuration {
	t.Helper()
	file, diagnostics := hclsyntax.ParseConfig([]byte(text), "zone.tf", hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatalf("%v\n%s", diagnostics, text)
	}
	c := configuration{t, file.Body.(*hclsyntax.Body), map[string]cty.Value{}, text}
	for _, b := range c.body.Blocks {
		if b.Type == "variable" {
			c.variables[b.Labels[0]] = cty.StringVal("the value of " + b.Labels[0])
		}
	}
	return c
}

// arguments gives the arguments of a block.
func (c configuration) arguments(body *hclsyntax.Body) map[string]cty.Value {
	c.t.Helper()
	context := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(c.variables)}}
	all := map[string]cty.Value{}
	for name, a := range body.Attributes {
		value, diagnostics := a.Expr.Value(context)
		if diagnostics.HasErrors() {
			c.t.Fatalf("%s: %v\n%s", name, diagnostics, c.text)
		}
		all[name] = value
	}
	return all
}

// scalar gives a string or number, list the strings of a list.
func scalar(v cty.Value) string {
	if v.Type() == cty.Number {
		return v.AsBigFloat().Text('f', 0)
	}
	return v.AsString()
}

func list(v cty.Value) (all []string) {
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		all = append(all, element.AsString())
	}
	return all
}

// argumentsOf are those that each resource takes, as the providers' documentation
// lists them: those required here, and then those of which one has the data.
var argumentsOf = map[string][2]string{
	"cloudflare_dns_record":    {"zone_id name type ttl", "content data"},
	"aws_route53_record":       {"zone_id name type ttl", "records"},
	"google_dns_record_set":    {"managed_zone name type ttl", "rrdatas"},
	"powerdns_record":          {"zone name type ttl", "records"},
	"azurerm_dns_a_record":     {"resource_group_name zone_name name ttl", "records"},
	"azurerm_dns_aaaa_record":  {"resource_group_name zone_name name ttl", "records"},
	"azurerm_dns_cname_record": {"resource_group_name zone_name name ttl", "record"},
	"azurerm_dns_txt_record":   {"resource_group_name zone_name name ttl", ""},
}

func readTerraform(t *testing.T, z compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	if len(files) == 0 {
		return nil
	}
	c := readConfiguration(t, files[0].Text)
	var all []compose.Record
	seen := map[string]bool{}
	for _, b := range c.body.Blocks {
		if b.Type == "variable" {
			continue
		}
		kind, known := argumentsOf[b.Labels[0]]
		if b.Type != "resource" || !known || seen[b.Labels[1]] || !hclsyntax.ValidIdentifier(b.Labels[1]) {
			t.Fatalf("%s %q, after %v", b.Type, b.Labels, seen)
		}
		seen[b.Labels[1]] = true
		arguments, required, rest := c.arguments(b.Body), strings.Fields(kind[0]), strings.Fields(kind[1])
		for name := range arguments {
			if !slices.Contains(append(required, rest...), name) {
				t.Fatalf("%s has no %s", b.Labels[0], name)
			}
		}
		for _, name := range required {
			if _, has := arguments[name]; !has {
				t.Fatalf("%s without %s", b.Labels[0], name)
			}
		}
		all = append(all, c.records(z, b, arguments)...)
	}
	return all
}

// records reads the records of a resource.
func (c configuration) records(z compose.Zone, b *hclsyntax.Block, arguments map[string]cty.Value) (all []compose.Record) {
	c.t.Helper()
	text := func(name string) string { return scalar(arguments[name]) }
	seconds, err := strconv.ParseUint(text("ttl"), 10, 32)
	if err != nil {
		c.t.Fatal(err)
	}
	name, ttl := text("name"), uint32(seconds)
	add := func(typ, data string) { all = append(all, fromData(c.t, name, ttl, typ, data)) }
	switch kind, _ := strings.CutPrefix(b.Labels[0], "azurerm_dns_"); kind {
	case "cloudflare_dns_record":
		return append(all, c.cloudflare(name, text("type"), ttl, arguments))
	case "aws_route53_record":
		for _, data := range list(arguments["records"]) {
			if text("type") == "TXT" {
				data = `"` + data + `"` // as the provider does
			}
			add(text("type"), data)
		}
	case "google_dns_record_set", "powerdns_record":
		for _, argument := range []string{"rrdatas", "records"} {
			for _, data := range list(cty.TupleVal(elements(arguments[argument]))) {
				add(text("type"), data)
			}
		}
		if !strings.HasSuffix(name, ".") {
			c.t.Fatalf("a relative name %s", name)
		}
	default:
		name = under(name, z)
		switch kind {
		case "a_record", "aaaa_record":
			for _, data := range list(arguments["records"]) {
				add(strings.ToUpper(strings.TrimSuffix(kind, "_record")), data)
			}
		case "cname_record":
			add("CNAME", text("record")+".")
		}
		for _, block := range b.Body.Blocks {
			r := fromData(c.t, name, ttl, "TXT", `""`)
			r.Data = scalar(c.arguments(block.Body)["value"])
			all = append(all, r)
		}
	}
	return all
}

// elements gives the values of a list; none of no value.
func elements(v cty.Value) (all []cty.Value) {
	if v == cty.NilVal {
		return nil
	}
	return v.AsValueSlice()
}

func (c configuration) cloudflare(name, typ string, ttl uint32, arguments map[string]cty.Value) compose.Record {
	c.t.Helper()
	if content, has := arguments["content"]; has {
		return fromCloudflare(c.t, name, typ, ttl, content.AsString(), nil)
	}
	object := arguments["data"].AsValueMap()
	number := func(name string) uint8 {
		n, err := strconv.ParseUint(scalar(object[name]), 10, 8)
		if err != nil {
			c.t.Fatal(err)
		}
		return uint8(n)
	}
	return fromCloudflare(c.t, name, typ, ttl, "", &association{number("usage"), number("selector"), number("matching_type"), scalar(object["certificate"])})
}

// under gives a name that is relative to a zone, "@" for the zone's own.
func under(name string, z compose.Zone) string {
	if name == "@" {
		return z.Origin.FQDN()
	}
	return name + "." + z.Origin.FQDN()
}
