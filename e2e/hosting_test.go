package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/publish"
	"github.com/sealane/sealane/app/dnsname"
)

// hostingIP is where the web servers of these tests listen.
const hostingIP = "127.0.0.9"

// hosted are the policies that every form is to serve: a plain one, one of 50 mx
// lines, and one with characters that mean something to some server.
func hosted() []compose.PolicyFile {
	var many strings.Builder
	for i := range 50 {
		fmt.Fprintf(&many, "mx: mx%d.%s.mail.example.net\r\n", i, strings.Repeat("m", 40))
	}
	const begin, end = "version: STSv1\r\nmode: enforce\r\n", "max_age: 604800\r\n"
	return []compose.PolicyFile{
		{Host: dnsname.MustParse("mta-sts.hosting.example"), Text: begin + "mx: mx.hosting.example\r\n" + end},
		{Host: dnsname.MustParse("mta-sts.many.hosting.example"), Text: begin + many.String() + end},
		{Host: dnsname.MustParse("mta-sts.odd.hosting.example"), Text: begin + "mx: *.mail.example.net\r\n" + end +
			"x-odd: \"$host\" ${v} {path} {{.}} `a` 'b' \\r\\n %{HOST} <?php ?> <!--# --> é\r\n"},
	}
}

// hosting is a place where a form's files lie as the form names them.
type hosting struct {
	dir   string
	ca    *authority
	files []publish.File
}

// newHosting writes a form's files below a directory, and a certificate for each host
// where Certbot would have it.
func newHosting(t *testing.T, id string) *hosting {
	t.Helper()
	need(t, "hosting")
	form, found := publish.WebForm(id)
	if !found {
		t.Fatalf("no form %s", id)
	}
	h := &hosting{dir: serverDir(t), files: form.Write(hosted())}
	h.ca = newAuthority(t, h.dir)
	for _, f := range h.files {
		if f.Name != "" {
			write(t, filepath.Join(h.dir, f.Name), 0o644, f.Text)
		}
	}
	for _, f := range hosted() {
		live := filepath.Join(h.dir, "etc/letsencrypt/live", f.Host.String())
		i := h.ca.issue(t, h.dir, f.Host.String(), f.Host.String())
		for from, to := range map[string]string{i.Chain: "fullchain.pem", i.Key: "privkey.pem"} {
			content, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(live, to), 0o644, string(content))
		}
	}
	return h
}

// config is a file of the form with other places in it: each pair of words is what
// stands in the file, and what here. All must be there.
func (h *hosting) config(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s has no %q:\n%s", name, pairs[i], text)
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

// serves fetches every policy as a sender does (RFC 8461 §3.3), by the name of its
// host at a port of hostingIP.
func (h *hosting) serves(t *testing.T, scheme string, port int) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(h.ca.cert)
	client := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableCompression: true, // the octets as they come
			DisableKeepAlives:  true,
			TLSClientConfig:    &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, fmt.Sprintf("%s:%d", hostingIP, port))
			},
		},
	}
	for _, f := range hosted() {
		url := strings.Replace(f.URL(), "https", scheme, 1)
		answer, err := client.Get(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close() // it was read to its end
		kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
		if err != nil || answer.StatusCode != http.StatusOK || kind != "text/plain" || string(body) != f.Text {
			t.Errorf("%s: %s, type %q, %v, body\n%q, want\n%q", url, answer.Status, answer.Header.Get("Content-Type"), err, body, f.Text)
		}
	}
}

// nginxAround is a main file around a form's, with types that are wrong.
func (h *hosting) nginxAround(included string) string {
	return nginxMain(h.dir, "  types { text/html txt; }\n  default_type application/octet-stream;\n  include "+included+";\n")
}

// startNginx holds a form's file to nginx -t, and serves by it.
func (h *hosting) startNginx(t *testing.T, text string, port int) {
	t.Helper()
	included, conf := filepath.Join(h.dir, "included.conf"), filepath.Join(h.dir, "nginx.conf")
	write(t, included, 0o644, text)
	write(t, conf, 0o644, h.nginxAround(included))
	must(t, sbin(t, "nginx"), "-t", "-c", conf, "-p", h.dir, "-e", "stderr")
	p := start(t, sbin(t, "nginx"), "-c", conf, "-p", h.dir, "-e", "stderr")
	p.listening(t, fmt.Sprintf("%s:%d", hostingIP, port))
}

func TestNginxServesThePolicy(t *testing.T) {
	end2end(t)
	h := newHosting(t, "nginx")
	port := freePort(t, hostingIP)
	h.startNginx(t, h.config(t, "/etc/nginx/conf.d/mta-sts.conf", "/var/www/", h.dir+"/var/www/", "/etc/letsencrypt/", h.dir+"/etc/letsencrypt/",
		"    listen [::]:443 ssl;\n", "", "listen 443 ssl;", fmt.Sprintf("listen %s:%d ssl;", hostingIP, port)), port)
	h.serves(t, "https", port)
}

// What Traefik leads to serves the policy without TLS, which Traefik ends.
func TestTraefiksContainerServesThePolicy(t *testing.T) {
	end2end(t)
	h := newHosting(t, "traefik")
	port := freePort(t, hostingIP)
	h.startNginx(t, h.config(t, "mta-sts/nginx.conf", "/var/www/", h.dir+"/mta-sts/www/",
		"listen 80;", fmt.Sprintf("listen %s:%d;", hostingIP, port)), port)
	h.serves(t, "http", port)
}

func TestCaddyServesThePolicy(t *testing.T) {
	end2end(t)
	h := newHosting(t, "caddy")
	t.Setenv("XDG_DATA_HOME", filepath.Join(h.dir, "data"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(h.dir, "config"))
	must(t, "caddy", "validate", "--adapter", "caddyfile", "--config", filepath.Join(h.dir, "/etc/caddy/Caddyfile"))
	port := freePort(t, hostingIP)
	pairs := []string{"/var/www/", h.dir + "/var/www/"}
	for _, f := range hosted() {
		live := filepath.Join(h.dir, "etc/letsencrypt/live", f.Host.String())
		block := f.Host.String() + " {\n"
		pairs = append(pairs, block, block+"\ttls "+live+"/fullchain.pem "+live+"/privkey.pem\n")
	}
	conf := filepath.Join(h.dir, "Caddyfile")
	write(t, conf, 0o644, fmt.Sprintf("{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\thttps_port %d\n\tdefault_bind %s\n}\n", port, hostingIP)+
		h.config(t, "/etc/caddy/Caddyfile", pairs...))
	p := start(t, "caddy", "run", "--adapter", "caddyfile", "--config", conf)
	p.listening(t, fmt.Sprintf("%s:%d", hostingIP, port))
	h.serves(t, "https", port)
}

func TestApacheServesThePolicy(t *testing.T) {
	end2end(t)
	h := newHosting(t, "apache")
	port := freePort(t, hostingIP)
	included, conf := filepath.Join(h.dir, "included.conf"), filepath.Join(h.dir, "apache.conf")
	write(t, included, 0o644, h.config(t, "/etc/apache2/sites-available/mta-sts.conf", "/var/www/", h.dir+"/var/www/",
		"/etc/letsencrypt/", h.dir+"/etc/letsencrypt/", "*:443", fmt.Sprintf("%s:%d", hostingIP, port)))
	write(t, conf, 0o644, fmt.Sprintf(`ServerRoot %[1]s
ServerName localhost
PidFile %[1]s/apache.pid
ErrorLog /dev/stderr
Mutex file:%[1]s default
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
User www-data
Group www-data
TypesConfig /dev/null
AddType text/html .txt
<Directory />
  Require all denied
</Directory>
Listen %[2]s:%[3]d
Include %[4]s
`, h.dir, hostingIP, port, included))
	must(t, sbin(t, "apache2"), "-t", "-f", conf)
	p := start(t, sbin(t, "apache2"), "-f", conf, "-DFOREGROUND")
	p.listening(t, fmt.Sprintf("%s:%d", hostingIP, port))
	h.serves(t, "https", port)
}
