package e2e

import (
	"crypto/x509"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The zone that Knot signs, and the mail domains in it. Each has its mail host
// on a loopback address of its own, so that all share one port.
const (
	realZone     = "sealane-e2e.example"
	realHealthy  = "healthy." + realZone
	realOtherKey = "otherkey." + realZone
	realPlain    = "plain." + realZone
	// realSilent has the healthy host, and one that never speaks.
	realSilent = "silent." + realZone

	healthyIP  = "127.0.0.1"
	otherKeyIP = "127.0.0.2"
	plainIP    = "127.0.0.3"
	silentIP   = "127.0.0.4"
)

// realWorld is a small internet of real servers on loopback.
type realWorld struct {
	dir string
	// Resolver is the validating Unbound, as ip:port.
	Resolver string
	// Anchor holds the DS records of the signed zone, Roots the PEM of the
	// authority that issued every certificate.
	Anchor, Roots string
	SMTP, HTTPS   int
	mx            issued
}

// args are the flags that show the command line and the server this world.
func (w *realWorld) args() []string {
	return []string{
		"-resolver", w.Resolver, "-anchor", w.Anchor, "-roots", w.Roots,
		"-smtp-port", fmt.Sprint(w.SMTP), "-https-port", fmt.Sprint(w.HTTPS), "-allow-private",
	}
}

// startRealWorld starts Knot, Unbound, Postfix and nginx, each in its own
// directory, and stops them when the test ends.
func startRealWorld(t *testing.T) *realWorld {
	t.Helper()
	need(t, "servers")
	dir := serverDir(t)
	ca := newAuthority(t, dir)
	w := &realWorld{
		dir: dir, Roots: ca.File, Anchor: filepath.Join(dir, "anchor"),
		SMTP:  freePort(t, healthyIP, otherKeyIP, plainIP, silentIP),
		HTTPS: freePort(t, healthyIP),
	}
	w.mx = ca.issue(t, dir, "mx", "mx."+realHealthy, "mx."+realOtherKey, "mx."+realPlain)
	policy := ca.issue(t, dir, "policy", "mta-sts."+realHealthy, "mta-sts."+realOtherKey, "mta-sts."+realPlain)
	knot := w.startKnot(t)
	w.startUnbound(t, knot)
	w.startPostfix(t)
	w.startNginx(t, policy)
	return w
}

// zone is the zone file: three mail domains with MTA-STS, TLS reporting and
// TLSA. The one of realOtherKey names a key that no server has.
func (w *realWorld) zone(t *testing.T) string {
	t.Helper()
	other, err := x509.MarshalPKIXPublicKey(newKey(t).Public())
	if err != nil {
		t.Fatal(err)
	}
	var z strings.Builder
	fmt.Fprintf(&z, "$ORIGIN %s.\n$TTL 300\n", realZone)
	z.WriteString("@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 127.0.0.1\n")
	for _, d := range []struct{ label, ip, tlsa string }{
		{"healthy", healthyIP, w.mx.tlsa()},
		{"otherkey", otherKeyIP, tlsaOf(other)},
		{"plain", plainIP, w.mx.tlsa()},
	} {
		fmt.Fprintf(&z, "%[1]s MX 10 mx.%[1]s\nmx.%[1]s A %[2]s\n", d.label, d.ip)
		// posttls-finger asks under the port that it connects to.
		fmt.Fprintf(&z, "_25._tcp.mx.%[1]s TLSA %[2]s\n_%[3]d._tcp.mx.%[1]s TLSA %[2]s\n", d.label, d.tlsa, w.SMTP)
		fmt.Fprintf(&z, "mta-sts.%s A 127.0.0.1\n", d.label)
		fmt.Fprintf(&z, "_mta-sts.%s TXT \"v=STSv1; id=20261122;\"\n", d.label)
		fmt.Fprintf(&z, "_smtp._tls.%[1]s TXT \"v=TLSRPTv1; rua=mailto:tls@%[1]s.%[2]s\"\n", d.label, realZone)
	}
	fmt.Fprintf(&z, "silent MX 10 mx.healthy\nsilent MX 20 mx.silent\nmx.silent A %s\n", silentIP)
	return z.String()
}

// startKnot serves the zone, signed by Knot itself with keys of its own
// making, writes the trust anchor, and gives the port.
func (w *realWorld) startKnot(t *testing.T) int {
	t.Helper()
	port := freePort(t, healthyIP)
	dir := filepath.Join(w.dir, "knot")
	conf := filepath.Join(w.dir, "knot.conf")
	write(t, filepath.Join(dir, realZone+".zone"), 0o644, w.zone(t))
	write(t, conf, 0o644, fmt.Sprintf(`server:
    rundir: "%[1]s"
    listen: 127.0.0.1@%[2]d
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "%[1]s"
policy:
  - id: e2e
    manual: on
    algorithm: ecdsap256sha256
    nsec3: on
    nsec3-iterations: 0
    nsec3-salt-length: 0
template:
  - id: default
    storage: "%[1]s"
    file: "%%s.zone"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: %[3]s
    dnssec-signing: on
    dnssec-policy: e2e
`, dir, port, realZone))
	keymgr := sbin(t, "keymgr")
	must(t, keymgr, "-c", conf, realZone, "generate", "algorithm=ECDSAP256SHA256", "ksk=yes", "zsk=no")
	must(t, keymgr, "-c", conf, realZone, "generate", "algorithm=ECDSAP256SHA256", "ksk=no", "zsk=yes")
	write(t, w.Anchor, 0o644, must(t, keymgr, "-c", conf, realZone, "ds"))
	p := start(t, sbin(t, "knotd"), "-c", conf)
	p.listening(t, fmt.Sprintf("127.0.0.1:%d", port))
	return port
}

func (w *realWorld) startUnbound(t *testing.T, knot int) {
	port := freePort(t, healthyIP)
	conf := filepath.Join(w.dir, "unbound.conf")
	write(t, conf, 0o644, fmt.Sprintf(`server:
  interface: 127.0.0.1@%d
  do-ip6: no
  do-daemonize: no
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  directory: "%s"
  pidfile: "%s/unbound.pid"
  num-threads: 1
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "validator iterator"
  trust-anchor-file: "%s"
  ede: yes
  local-zone: "." static # the rest of the world is empty: a resolver that fails on it has no network
  local-zone: "%[5]s" transparent
remote-control:
  control-enable: no
stub-zone:
  name: "%[5]s"
  stub-addr: 127.0.0.1@%[6]d
`, port, w.dir, w.dir, w.Anchor, realZone, knot))
	w.Resolver = fmt.Sprintf("127.0.0.1:%d", port)
	p := start(t, sbin(t, "unbound"), "-d", "-p", "-c", conf)
	p.listening(t, w.Resolver)
}

func (w *realWorld) startNginx(t *testing.T, policy issued) {
	var servers strings.Builder
	for _, domain := range []string{realHealthy, realOtherKey, realPlain} {
		root := filepath.Join(w.dir, "www", domain)
		write(t, filepath.Join(root, ".well-known", "mta-sts.txt"), 0o644,
			"version: STSv1\r\nmode: enforce\r\nmx: mx."+domain+"\r\nmax_age: 1209600\r\n")
		fmt.Fprintf(&servers, `
  server {
    listen 127.0.0.1:%d ssl;
    server_name mta-sts.%s;
    root %s;
  }`, w.HTTPS, domain, root)
	}
	conf := filepath.Join(w.dir, "nginx.conf")
	write(t, conf, 0o644, nginxMain(w.dir, fmt.Sprintf(`  types { text/plain txt; }
  ssl_certificate %s;
  ssl_certificate_key %s;
  ssl_protocols TLSv1.2 TLSv1.3;%s
`, policy.Chain, policy.Key, servers.String())))
	p := start(t, sbin(t, "nginx"), "-c", conf, "-p", w.dir, "-e", "stderr")
	p.listening(t, fmt.Sprintf("127.0.0.1:%d", w.HTTPS))
}

// nginxMain is a configuration of nginx that keeps within a folder, around the
// lines of its http block.
func nginxMain(dir, http string) string {
	return fmt.Sprintf(`daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path %[1]s/nginx-body;
  proxy_temp_path %[1]s/nginx-proxy;
  fastcgi_temp_path %[1]s/nginx-fastcgi;
  uwsgi_temp_path %[1]s/nginx-uwsgi;
  scgi_temp_path %[1]s/nginx-scgi;
%[2]s}
`, dir, http)
}

// sbin finds a server's program, which a path may lack.
func sbin(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Fatalf("%s is not installed", name)
	return ""
}
