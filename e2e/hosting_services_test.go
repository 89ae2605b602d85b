package e2e

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
)

// text gives a file of the form.
func (h *hosting) text(t *testing.T, name string) string {
	t.Helper()
	for _, f := range h.files {
		if f.Name == name {
			return f.Text
		}
	}
	t.Fatalf("no file %q", name)
	return ""
}

// The labels lead each host, and no other path, to the container; what is mounted in
// it is there.
func TestTraefiksLabels(t *testing.T) {
	end2end(t)
	h := newHosting(t, "traefik")
	var file struct {
		Services map[string]struct {
			Image           string
			Volumes, Labels []string
		}
	}
	if err := yaml.Unmarshal([]byte(h.text(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	service := file.Services["mta-sts"]
	var hosts []string
	for _, f := range hosted() {
		hosts = append(hosts, "Host(`"+f.Host.String()+"`)")
	}
	rule := "traefik.http.routers.mta-sts.rule=(" + strings.Join(hosts, " || ") + ") && Path(`/.well-known/mta-sts.txt`)"
	if !slices.Contains(service.Labels, rule) || service.Image == "" {
		t.Errorf("labels %q, want one %q", service.Labels, rule)
	}
	for _, v := range service.Volumes {
		source := strings.TrimPrefix(strings.Split(v, ":")[0], "./")
		if !slices.ContainsFunc(h.files, func(f publish.File) bool { return f.Name == source || strings.HasPrefix(f.Name, source+"/") }) {
			t.Errorf("nothing to mount as %s", v)
		}
	}
}

// workerAnswer is what a Worker answers.
type workerAnswer struct {
	URL, Type, Body string
	Status          int
}

// runWorker runs a Worker in Node, with Node's own Request and Response.
func runWorker(t *testing.T, dir string, urls []string) []workerAnswer {
	t.Helper()
	list, err := json.Marshal(urls)
	if err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run.mjs")
	write(t, run, 0o644, `import worker from "./worker.mjs";
const all = [];
for (const url of `+string(list)+`) {
  const r = await worker.fetch(new Request(url));
  all.push({ url, status: r.status, type: r.headers.get("content-type"), body: Buffer.from(await r.arrayBuffer()).toString("utf8") });
}
console.log(JSON.stringify(all));
`)
	var all []workerAnswer
	if err := json.Unmarshal([]byte(must(t, "node", run)), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWorkerServesThePolicy(t *testing.T) {
	end2end(t)
	h := newHosting(t, "worker")
	script := filepath.Join(h.dir, "worker.mjs") // Node takes a module by its name
	write(t, script, 0o644, h.text(t, "worker.js"))
	must(t, "node", "--check", script)
	urls := []string{"https://mta-sts.other.example" + compose.PolicyPath, "https://mta-sts.hosting.example/", "https://constructor" + compose.PolicyPath}
	for _, f := range hosted() {
		urls = append(urls, f.URL())
	}
	for i, a := range runWorker(t, h.dir, urls) {
		want := workerAnswer{urls[i], "text/plain", "", 404}
		if i >= 3 {
			want.Status, want.Body = 200, hosted()[i-3].Text
		}
		if a != want {
			t.Errorf("got %+v, want %+v", a, want)
		}
	}
	var config struct {
		Name, Main, Compatibility_date string
		Workers_dev                    *bool
		Routes                         []struct {
			Pattern       string
			Custom_domain bool
		}
	}
	if _, err := toml.Decode(h.text(t, "wrangler.toml"), &config); err != nil {
		t.Fatal(err)
	}
	if config.Main != "worker.js" || config.Workers_dev == nil || *config.Workers_dev || !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(config.Name) {
		t.Errorf("%+v", config)
	}
	for i, f := range hosted() {
		if i >= len(config.Routes) || config.Routes[i].Pattern != f.Host.String() || !config.Routes[i].Custom_domain {
			t.Errorf("no route for %s: %+v", f.Host, config.Routes)
		}
	}
}

// Git keeps the policy's line ends where it is told to make them LF.
func TestGitKeepsLineEnds(t *testing.T) {
	end2end(t)
	for _, id := range []string{"github", "netlify", "azure"} {
		h := newHosting(t, id)
		for _, f := range hosted() {
			dir := filepath.Join(h.dir, f.Host.String())
			must(t, "git", "-C", dir, "init", "-q")
			must(t, "git", "-C", dir, "-c", "core.autocrlf=true", "add", ".")
			if got := must(t, "git", "-C", dir, "cat-file", "blob", ":"+strings.TrimPrefix(compose.PolicyPath, "/")); got != f.Text {
				t.Errorf("%s: Git has %q, want %q", id, got, f.Text)
			}
		}
	}
}

// What services read beside the policy.
func TestServicesFiles(t *testing.T) {
	end2end(t)
	pages, netlify, azure := newHosting(t, "github"), newHosting(t, "netlify"), newHosting(t, "azure")
	for _, f := range hosted() {
		host := f.Host.String()
		if got := pages.text(t, host+"/CNAME"); got != host+"\n" {
			t.Errorf("CNAME %q", got)
		}
		if got := pages.text(t, host+"/.nojekyll"); got != "" {
			t.Errorf(".nojekyll %q", got)
		}
		if got := netlify.text(t, host+"/_headers"); got != "/.well-known/mta-sts.txt\n  Content-Type: text/plain\n" {
			t.Errorf("_headers %q", got)
		}
		var config struct{ MimeTypes map[string]string }
		if err := json.Unmarshal([]byte(azure.text(t, host+"/staticwebapp.config.json")), &config); err != nil || config.MimeTypes[".txt"] != "text/plain" {
			t.Errorf("staticwebapp.config.json: %+v, %v", config, err)
		}
		if azure.text(t, host+"/index.html") == "" {
			t.Error("Azure deploys nothing without an index.html")
		}
	}
}

// The template refers to nothing that it doesn't have, and names the host where it
// must; the commands are a shell's.
func TestCloudFrontsTemplate(t *testing.T) {
	end2end(t)
	h := newHosting(t, "cloudfront")
	for _, f := range hosted() {
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		text := h.text(t, f.Host.String()+"/template.json")
		if err := json.Unmarshal([]byte(text), &template); err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`"Ref": "([A-Za-z:]+)"|"Fn::GetAtt": \["([A-Za-z]+)"|\$\{([A-Za-z:]+)`).FindAllStringSubmatch(text, -1)
		for _, m := range named {
			if name := m[1] + m[2] + m[3]; !strings.HasPrefix(name, "AWS::") && template.Resources[name].Type == "" {
				t.Errorf("the template has no %s", name)
			}
		}
		if len(named) < 9 {
			t.Errorf("only %d references found", len(named))
		}
		distribution := template.Resources["Distribution"].Properties["DistributionConfig"].(map[string]any)
		if fmt.Sprint(distribution["Aliases"]) != "["+f.Host.String()+"]" || template.Resources["Certificate"].Properties["DomainName"] != f.Host.String() {
			t.Errorf("the template is for %v and %v", distribution["Aliases"], template.Resources["Certificate"].Properties["DomainName"])
		}
	}
	commands := filepath.Join(h.dir, "commands.sh")
	write(t, commands, 0o644, h.text(t, ""))
	must(t, "sh", "-n", commands)
	for _, f := range hosted() {
		for _, name := range []string{"/template.json", compose.PolicyPath + ` "s3://`} {
			if !strings.Contains(h.text(t, ""), " "+f.Host.String()+name) {
				t.Errorf("no command for %s%s", f.Host, name)
			}
		}
	}
}

// Postfix knows every parameter, and reads each as it stands.
func TestPostfixTakesTheSnippets(t *testing.T) {
	end2end(t)
	need(t, "hosting")
	for _, form := range publish.MailForms {
		t.Run(form.ID, func(t *testing.T) {
			t.Parallel() // postconf sleeps
			dir := serverDir(t)
			text := form.Write()[0].Text
			write(t, filepath.Join(dir, "main.cf"), 0o644, "compatibility_level = 3.6\nmyhostname = mx.hosting.example\n"+text)
			write(t, filepath.Join(dir, "master.cf"), 0o644, "smtp unix - - n - - smtp\n")
			r := run(t, sbin(t, "postconf"), "-c", dir, "-n")
			for line := range strings.Lines(text) {
				if !strings.Contains(r.out, line) {
					t.Errorf("Postfix has no %q:\n%s", line, r.out)
				}
			}
			if r.code != 0 || r.err != "" || !strings.Contains(r.out, "smtp_tls_security_level = dane\n") {
				t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
			}
		})
	}
}
