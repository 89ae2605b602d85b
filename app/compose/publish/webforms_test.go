package publish_test

import (
	"encoding/json"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// chancePolicy makes a valid policy, now and then of 50 mx lines, with extension
// fields of characters that mean something in some configuration (RFC 8461 §3.2).
func chancePolicy(t *testing.T, chance *rand.Rand) string {
	p := mtasts.Policy{Mode: mtasts.Mode(1 + chance.Intn(3)), MaxAge: uint32(1 + chance.Intn(mtasts.MaxMaxAge))}
	if p.Mode != mtasts.ModeNone {
		for range []int{1, 2, 3, 50}[chance.Intn(4)] {
			label := string(rune('a'+chance.Intn(26))) + strings.Repeat("x", chance.Intn(60))
			p.MX = append(p.MX, mtasts.Pattern{Wildcard: chance.Intn(3) == 0, Name: dnsname.MustParse(label + ".mail.example.net")})
		}
	}
	const telling = "\"'`$\\{}%#;<>&|*?~!^()[]@:=-_/ é€\U0001F512"
	for range chance.Intn(4) {
		value := "v"
		for range chance.Intn(30) {
			value += string([]rune(telling)[chance.Intn(len([]rune(telling)))])
		}
		p.Extensions = append(p.Extensions, syntax.Field{Name: "x" + string(rune('a'+chance.Intn(26))), Value: value + "${v}{{v}}\\n\\"})
	}
	text := p.String()
	if _, diagnostics := mtasts.ParsePolicy([]byte(text)); !syntax.Valid(diagnostics) {
		t.Fatalf("not valid: %q: %+v", text, diagnostics)
	}
	return text
}

func file(files []publish.File, name string) (publish.File, bool) {
	at := slices.IndexFunc(files, func(f publish.File) bool { return f.Name == name })
	if at < 0 {
		return publish.File{}, false
	}
	return files[at], true
}

// servedBy says, for each form, what host is served which policy, by the form's own
// configuration alone.
var servedBy = map[string]func(t *testing.T, files []publish.File) map[string]string{
	"nginx":   byPattern("/etc/nginx/conf.d/mta-sts.conf", "", `server_name (\S+);[^}]*location = /\.well-known/mta-sts\.txt \{\s+root (\S+);`),
	"caddy":   byPattern("/etc/caddy/Caddyfile", "", `(?m)^(\S+) \{\n\troot \* (\S+)\n`),
	"apache":  byPattern("/etc/apache2/sites-available/mta-sts.conf", "", `ServerName (\S+)\n\s+DocumentRoot (\S+)\n`),
	"traefik": byPattern("mta-sts/nginx.conf", "mta-sts/www", `server_name (\S+);[^}]*location = /\.well-known/mta-sts\.txt \{\s+root /var/www(\S+);`),
	"worker": func(t *testing.T, files []publish.File) map[string]string {
		script, _ := file(files, "worker.js")
		served := map[string]string{}
		for _, m := range regexp.MustCompile(`(?m)^  \["(\S+)", (".*")\],$`).FindAllStringSubmatch(script.Text, -1) {
			var text string
			if err := json.Unmarshal([]byte(m[2]), &text); err != nil {
				t.Fatal(err)
			}
			served[m[1]] = text
		}
		return served
	},
	"netlify":    byFolder("_headers"),
	"azure":      byFolder("staticwebapp.config.json"),
	"cloudfront": byFolder("template.json"),
	"github": func(t *testing.T, files []publish.File) map[string]string {
		served := map[string]string{}
		for host, text := range byFolder("CNAME")(t, files) {
			cname, _ := file(files, host+"/CNAME")
			served[strings.TrimSuffix(cname.Text, "\n")] = text
		}
		return served
	},
}

// byPattern reads a configuration in which the pattern finds hosts and where their
// files are.
func byPattern(name, root, pattern string) func(*testing.T, []publish.File) map[string]string {
	return func(t *testing.T, files []publish.File) map[string]string {
		config, _ := file(files, name)
		served := map[string]string{}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(config.Text, -1) {
			policy, found := file(files, root+m[2]+compose.PolicyPath)
			if !found {
				t.Errorf("%s serves %s from nowhere", name, m[1])
			}
			served[m[1]] = policy.Text
		}
		return served
	}
}

// byFolder reads folders that bear a host's name and hold a file that makes a site of them.
func byFolder(mark string) func(*testing.T, []publish.File) map[string]string {
	return func(_ *testing.T, files []publish.File) map[string]string {
		served := map[string]string{}
		for _, f := range files {
			if host, found := strings.CutSuffix(f.Name, compose.PolicyPath); found {
				if _, marked := file(files, host+"/"+mark); marked {
					served[host] = f.Text
				}
			}
		}
		return served
	}
}

// What each form serves is the policy, octet for octet, for each host its own.
func TestWebFormsServeThePolicy(t *testing.T) {
	chance := rand.New(rand.NewSource(8461))
	for range 100 {
		files := []compose.PolicyFile{
			{Host: dnsname.MustParse("mta-sts.example.com"), Text: chancePolicy(t, chance)},
			{Host: dnsname.MustParse("mta-sts.news.example.com"), Text: chancePolicy(t, chance)},
			{Host: dnsname.MustParse("mta-sts.xn--bcher-kva.example.com"), Text: chancePolicy(t, chance)},
		}[:1+chance.Intn(3)]
		for _, form := range publish.WebForms {
			read, known := servedBy[form.ID]
			if !known {
				t.Fatalf("nothing reads %s", form.ID)
			}
			served := read(t, form.Write(files))
			for _, f := range files {
				if served[f.Host.String()] != f.Text {
					t.Errorf("%s serves %s\n%q, want\n%q", form.ID, f.Host, served[f.Host.String()], f.Text)
				}
			}
			if len(served) != len(files) {
				t.Errorf("%s serves %d hosts of %d", form.ID, len(served), len(files))
			}
		}
	}
	if len(servedBy) != len(publish.WebForms) {
		t.Errorf("%d forms are read, of %d", len(servedBy), len(publish.WebForms))
	}
}

// A reader that finds what is not served would prove nothing.
func TestReadersMissWhatIsNotServed(t *testing.T) {
	files := []compose.PolicyFile{{Host: dnsname.MustParse("mta-sts.example.com"), Text: "version: STSv1\r\n"}}
	for _, form := range publish.WebForms {
		made := form.Write(files)
		for i := range made {
			made[i].Text = strings.ReplaceAll(strings.ReplaceAll(made[i].Text, "\r", ""), `\r`, "")
		}
		if served := servedBy[form.ID](t, made); served["mta-sts.example.com"] == files[0].Text {
			t.Errorf("%s: LF passes for CRLF", form.ID)
		}
	}
}

// Forms are found by IDs that no two share.
func TestFormIDs(t *testing.T) {
	for _, f := range publish.WebForms {
		if got, found := publish.WebForm(f.ID); !found || got.Name != f.Name {
			t.Errorf("%q: %+v", f.ID, got)
		}
	}
	for _, f := range publish.MailForms {
		if got, found := publish.MailForm(f.ID); !found || got.Name != f.Name {
			t.Errorf("%q: %+v", f.ID, got)
		}
	}
	if _, found := publish.WebForm("iis"); found {
		t.Error("a form for IIS")
	}
	if _, found := publish.MailForm("exim"); found {
		t.Error("a form for Exim")
	}
}
