package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
)

// webRoot is where a server has the files of a host, and below it the policy.
const webRoot = "/var/www/"

// perHost writes a piece of configuration for each host, with its name for "{host}".
func perHost(files []compose.PolicyFile, piece string) string {
	var all []string
	for _, f := range files {
		all = append(all, strings.ReplaceAll(piece, "{host}", f.Host.String()))
	}
	return strings.Join(all, "\n")
}

// served is a server's configuration and, below its root, the policies.
func served(name, text string, files []compose.PolicyFile) []File {
	all := []File{{name, Config, text}}
	for _, f := range files {
		all = append(all, policyFile(webRoot+f.Host.String(), f))
	}
	return all
}

// nginxPolicy gives the policy its type whatever "types" says elsewhere: an empty
// map leaves default_type (nginx documentation, "Module ngx_http_core_module").
const nginxPolicy = `    location = ` + compose.PolicyPath + ` {
        root ` + webRoot + `{host};
        types { }
        default_type text/plain;
    }
    location / {
        return 404;
    }
}
`

// nginx writes a file that nginx includes, with certificates where Certbot has them
// (nginx documentation, "Configuring HTTPS servers"; Certbot documentation, "Where
// are my certificates?").
func nginx(files []compose.PolicyFile) []File {
	const server = `server {
    listen 443 ssl;
    listen [::]:443 ssl;
    server_name {host};
    ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;

` + nginxPolicy
	return served("/etc/nginx/conf.d/mta-sts.conf", perHost(files, server), files)
}

// caddy writes site blocks; Caddy gets the certificates by itself (Caddy
// documentation, "file_server", "header", "Automatic HTTPS").
func caddy(files []compose.PolicyFile) []File {
	const block = `{host} {
	root * ` + webRoot + `{host}
	header ` + compose.PolicyPath + ` Content-Type text/plain
	file_server
}
`
	return served("/etc/caddy/Caddyfile", perHost(files, block), files)
}

// apache writes virtual hosts, with certificates where Certbot has them (Apache HTTP
// Server documentation, "SSL/TLS Strong Encryption: How-To", "ForceType Directive").
func apache(files []compose.PolicyFile) []File {
	const host = `<VirtualHost *:443>
    ServerName {host}
    DocumentRoot ` + webRoot + `{host}
    SSLEngine on
    SSLCertificateFile /etc/letsencrypt/live/{host}/fullchain.pem
    SSLCertificateKeyFile /etc/letsencrypt/live/{host}/privkey.pem

    <Directory ` + webRoot + `{host}>
        AllowOverride None
        Require all granted
    </Directory>
    <Location ` + compose.PolicyPath + `>
        ForceType text/plain
    </Location>
</VirtualHost>
`
	return served("/etc/apache2/sites-available/mta-sts.conf", perHost(files, host), files)
}

// traefik writes a container with labels for Traefik, which serves no files itself,
// and an nginx in it that does. The entry point and the certificate resolver bear the
// names that Traefik's own examples have (Traefik documentation, "Traefik & Docker",
// "Rules & Priority"; Docker documentation, "Compose file reference").
func traefik(files []compose.PolicyFile) []File {
	var hosts []string
	for _, f := range files {
		hosts = append(hosts, "Host(`"+f.Host.String()+"`)")
	}
	const server = `server {
    listen 80;
    server_name {host};

` + nginxPolicy
	all := []File{
		{"compose.yaml", YAML, strings.ReplaceAll(traefikContainer, "{hosts}", strings.Join(hosts, " || "))},
		{"mta-sts/nginx.conf", Config, perHost(files, server)},
	}
	for _, f := range files {
		all = append(all, policyFile("mta-sts/www/"+f.Host.String(), f))
	}
	return all
}

const traefikContainer = `services:
  mta-sts:
    image: nginx:stable
    restart: unless-stopped
    volumes:
      - ./mta-sts/nginx.conf:/etc/nginx/conf.d/default.conf:ro
      - ./mta-sts/www:` + webRoot + `:ro
    labels:
      - "traefik.enable=true"
      - "traefik.http.routers.mta-sts.rule=({hosts}) && Path(` + "`" + compose.PolicyPath + "`" + `)"
      - "traefik.http.routers.mta-sts.entrypoints=websecure"
      - "traefik.http.routers.mta-sts.tls.certresolver=letsencrypt"
      - "traefik.http.services.mta-sts.loadbalancer.server.port=80"
`
