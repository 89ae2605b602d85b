//go:build !js

package publish_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/doh"
)

// readersByProgram are the readers of forms that a program has to run.
var readersByProgram = map[string]reader{"azure": each(readAzure), "google": each(readGoogle), "dnscontrol": readDNSControl}

// stubs stand for the programs: each writes its arguments, each with a NUL behind it.
const stubs = `print() { printf '%s\0' "$#" "$@"; }
az() { print az "$@"; }
gcloud() { print gcloud "$@"; }
aws() { print aws "$@"; }
curl() { print curl "$@"; }
`

// shellVariables are what the commands leave to be set; no value is one word.
var shellVariables = map[string]string{
	"RESOURCE_GROUP": "a group", "MANAGED_ZONE": "a zone", "HOSTED_ZONE_ID": "a hosted zone", "ZONE_ID": "a-zone", "CLOUDFLARE_API_TOKEN": "a token",
}

// calls runs commands in a shell and gives the words of each.
func calls(t *testing.T, text string) (all [][]string) {
	t.Helper()
	command := exec.Command("sh", "-eu", "-c", stubs+text)
	command.Env, command.Dir = []string{"HOME=/nowhere"}, t.TempDir()
	for name, value := range shellVariables {
		command.Env = append(command.Env, name+"="+value)
	}
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%v: %s\n%s", err, complaints.String(), text)
	}
	for words := strings.Split(string(out), "\x00"); len(words) > 1; {
		n, err := strconv.Atoi(words[0])
		if err != nil {
			t.Fatal(err)
		}
		all, words = append(all, words[1:1+n]), words[1+n:]
	}
	return all
}

// azureOptions takes a command apart as the Azure CLI does: knack reads a file where
// "@" begins a word or what is behind its first "=", and argparse takes a word for an
// option that begins with "-" and is longer.
func azureOptions(t *testing.T, words []string) (command string, options map[string][]string) {
	t.Helper()
	options = map[string][]string{}
	option := ""
	for _, w := range words {
		argument := w
		if _, behind, found := strings.Cut(w, "="); found {
			argument = behind
		}
		if strings.HasPrefix(argument, "@") && len(argument) > 1 {
			t.Fatalf("az would read the file %q", argument[1:])
		}
		switch {
		case strings.HasPrefix(w, "-") && len(w) > 1:
			if option = w; options[w] != nil || !strings.HasPrefix(w, "--") || strings.Contains(w, "=") {
				t.Fatalf("no option, or a second: %q", words)
			}
		case option == "":
			command += w + " "
		default:
			options[option] = append(options[option], w)
		}
	}
	return strings.TrimSpace(command), options
}

// azureOptionNames are the options of each command, as its reference lists them.
var azureOptionNames = map[string]string{
	"a add-record":     "--ipv4-address --record-set-name --resource-group --ttl --zone-name",
	"aaaa add-record":  "--ipv6-address --record-set-name --resource-group --ttl --zone-name",
	"cname set-record": "--cname --record-set-name --resource-group --ttl --zone-name",
	"tlsa add-record":  "--certificate-data --certificate-usage --matching-type --record-set-name --resource-group --selector --ttl --zone-name",
	"txt add-record":   "--record-set-name --resource-group --value --zone-name",
	"txt create":       "--name --resource-group --ttl --zone-name",
}

func readAzure(t *testing.T, z compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var all []compose.Record
	textTTL := map[string]string{}
	for _, words := range calls(t, files[0].Text) {
		command, options := azureOptions(t, words)
		command, _ = strings.CutPrefix(command, "az network dns record-set ")
		var names []string
		for name, values := range options {
			if names = append(names, name); len(values) != 1 && name != "--value" {
				t.Fatalf("%s has %q", name, values)
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != azureOptionNames[command] || options["--resource-group"][0] != "a group" || options["--zone-name"][0] != z.Origin.String() {
			t.Fatalf("%q: has %s, takes %s", words, got, azureOptionNames[command])
		}
		value := func(name string) string { return strings.Join(options[name], "") }
		if command == "txt create" {
			textTTL[value("--name")] = value("--ttl")
			continue
		}
		typ, _, _ := strings.Cut(command, " ")
		ttl, data := value("--ttl"), value("--ipv4-address")+value("--ipv6-address")
		switch typ {
		case "cname":
			data = value("--cname") + "."
		case "tlsa":
			data = strings.Join([]string{value("--certificate-usage"), value("--selector"), value("--matching-type"), value("--certificate-data")}, " ")
		case "txt":
			ttl, data = textTTL[value("--record-set-name")], `""`
		}
		seconds, err := strconv.ParseUint(ttl, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		r := fromData(t, under(value("--record-set-name"), z), uint32(seconds), typ, data)
		if r.Type == doh.TypeTXT {
			r.Data = value("--value")
		}
		all = append(all, r)
	}
	return all
}

// readGoogle reads commands of gcloud, whose lists are apart by commas, or by what
// stands between two "^" in the beginning (gcloud topic escaping).
func readGoogle(t *testing.T, _ compose.Zone, files []publish.File) []compose.Record {
	t.Helper()
	var all []compose.Record
	seen := map[string]bool{}
	for _, words := range calls(t, files[0].Text) {
		if strings.Join(words[:4], " ") != "gcloud dns record-sets create" || len(words) != 9 {
			t.Fatalf("%q", words)
		}
		flags := map[string]string{}
		for _, w := range words[5:] {
			name, value, _ := strings.Cut(w, "=")
			flags[name] = value
		}
		if set := words[4] + " " + flags["--type"]; seen[set] || flags["--zone"] != "a zone" {
			t.Fatalf("%q after %v", words, seen)
		} else {
			seen[set] = true
		}
		ttl, err := strconv.ParseUint(flags["--ttl"], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		delimiter, data := ",", flags["--rrdatas"]
		if rest, marked := strings.CutPrefix(data, "^"); marked && strings.Contains(rest, "^") {
			delimiter, data, _ = strings.Cut(rest, "^")
		}
		for _, d := range strings.Split(data, delimiter) {
			all = append(all, fromData(t, words[4], uint32(ttl), flags["--type"], d))
		}
	}
	return all
}

// dnsControlStubs are what dnsconfig.js calls, written so that what they make is JSON.
const dnsControlStubs = `
const vm = require("node:vm"), zones = [];
for (const text of JSON.parse(require("node:fs").readFileSync(0, "utf8"))) {
  const END = {}, records = [], names = {};
  const world = { END, TTL: n => ({ ttl: n }), D_EXTEND: (zone, ...all) => {
    if (all.pop() !== END) throw new Error("no END");
    for (const r of all) records.push({ zone, ...r });
  } };
  for (const type of ["A", "AAAA", "CNAME", "TXT", "TLSA"])
    world[type] = (name, ...all) => ({ type, name, ...all.pop(), data: all });
  vm.runInNewContext('"use strict";' + text, world);
  zones.push(records);
}
console.log(JSON.stringify(zones));
`

func readDNSControl(t *testing.T, zones []compose.Zone, files [][]publish.File) (all [][]compose.Record) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node to run dnsconfig.js")
	}
	var texts []string
	for _, f := range files {
		texts = append(texts, f[0].Text)
	}
	given, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, "-e", dnsControlStubs)
	command.Stdin, command.Stderr = bytes.NewReader(given), os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var said [][]struct {
		Zone, Type, Name string
		TTL              uint32
		Data             []any
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	for i, records := range said {
		var read []compose.Record
		for _, r := range records {
			if r.Zone != zones[i].Origin.String() {
				t.Fatalf("the zone %s", r.Zone)
			}
			if r.Type == "TXT" {
				text := fromData(t, under(r.Name, zones[i]), r.TTL, r.Type, `""`)
				text.Data = r.Data[0].(string)
				read = append(read, text)
				continue
			}
			var words []string
			for _, d := range r.Data {
				if n, is := d.(float64); is {
					d = strconv.Itoa(int(n))
				}
				words = append(words, d.(string))
			}
			read = append(read, fromData(t, under(r.Name, zones[i]), r.TTL, r.Type, strings.Join(words, " ")))
		}
		all = append(all, read)
	}
	return all
}

// The command beside a file names that file, and what is left to be set.
func TestCommandsBesideFiles(t *testing.T) {
	z := example(t)
	for id, want := range map[string][]string{
		"route53": {"aws", "route53", "change-resource-record-sets", "--hosted-zone-id", "a hosted zone", "--change-batch", "file://example.com.json"},
		"cloudflare": {"curl", "--fail-with-body", "https://api.cloudflare.com/client/v4/zones/a-zone/dns_records/batch",
			"--header", "Authorization: Bearer a token", "--header", "Content-Type: application/json", "--data", "@example.com.json"},
	} {
		form, _ := publish.DNSForm(id)
		files := form.Write(z)
		got := calls(t, files[1].Text)
		if len(files) != 2 || files[0].Name != "example.com.json" || files[1].Name != "" || len(got) != 1 || !slices.Equal(got[0], want) {
			t.Errorf("%s: %q runs %q", id, files, got)
		}
	}
}
