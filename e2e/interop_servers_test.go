package e2e

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// nameServer is a knotd or named that serves zone files as they lie, on port 53
// of a loopback address of its own: glue has no port.
type nameServer struct {
	ip    string
	zones strings.Builder // of its configuration
	knot  bool
}

// serves writes a zone to a file and into the server's configuration.
func (s *nameServer) serves(t *testing.T, z *signedZone, file string) {
	t.Helper()
	var text strings.Builder
	for _, rr := range z.records {
		text.WriteString(rr.String() + "\n")
	}
	write(t, file, 0o644, text.String())
	if s.knot {
		fmt.Fprintf(&s.zones, "  - domain: %q\n    file: %q\n", z.origin, file)
	} else {
		fmt.Fprintf(&s.zones, "zone %q { type primary; file %q; };\n", z.origin, file)
	}
}

// start starts the server in a directory of its own.
func (s *nameServer) start(t *testing.T, dir string) {
	t.Helper()
	if s.knot {
		s.startKnot(t, dir)
	} else {
		s.startBIND(t, dir)
	}
}

func (s *nameServer) startKnot(t *testing.T, dir string) {
	t.Helper()
	conf := filepath.Join(dir, "knot.conf")
	write(t, conf, 0o644, fmt.Sprintf(`server:
    rundir: "%[1]s"
    listen: %[2]s@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: "%[1]s"
template:
  - id: default
    storage: "%[1]s"
    zonefile-sync: -1
    journal-content: none
zone:
%[3]s`, dir, s.ip, s.zones.String()))
	start(t, sbin(t, "knotd"), "-c", conf).listening(t, s.ip+":53")
}

func (s *nameServer) startBIND(t *testing.T, dir string) {
	t.Helper()
	// named listens on addresses of interfaces only, such as 127.0.0.1.
	port := freePort(t, "127.0.0.1")
	conf := filepath.Join(dir, "named.conf")
	write(t, conf, 0o644, fmt.Sprintf(`options {
  directory "%[1]s";
  pid-file "%[1]s/named.pid";
  session-keyfile "%[1]s/session.key";
  listen-on port %[2]d { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  notify no;
  dnssec-validation no;
  empty-zones-enable no;
};
controls { };
%[3]s`, dir, port, s.zones.String()))
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	start(t, sbin(t, "named"), "-g", "-n", "1", "-c", conf).listening(t, addr)
	relay(t, s.ip+":53", addr)
}

// loopbacks finds addresses next to each other in 127.0.0.0/8 whose port 53 is
// free.
func loopbacks(t *testing.T, n int) []string {
	t.Helper()
	for range 50 {
		net, ips := fmt.Sprintf("127.%d.%d.", 60+rand.IntN(60), rand.IntN(256)), []string(nil)
		for i := range n {
			ips = append(ips, fmt.Sprintf("%s%d", net, i+1))
		}
		if portFree(53, ips) {
			return ips
		}
	}
	t.Fatal("port 53 is free on no loopback address: something listens on all, or this user may not")
	return nil
}

// startTree signs and serves the whole tree.
func startTree(t *testing.T, root *treeZone) *tree {
	t.Helper()
	w := &tree{dir: serverDir(t)}
	for i, ip := range loopbacks(t, 4) {
		w.servers = append(w.servers, &nameServer{ip: ip, knot: i == knotTop || i == knotLeaf})
	}
	w.anchors = w.plant(t, root, ".").ds
	for i, s := range w.servers {
		s.start(t, filepath.Join(w.dir, fmt.Sprintf("server%d", i)))
	}
	return w
}

// resolver starts an Unbound that knows no other root than the tree's, and
// gives its address.
func (w *tree) resolver(t *testing.T) string {
	t.Helper()
	hints := filepath.Join(w.dir, "hints")
	write(t, hints, 0o644, fmt.Sprintf(". NS ns.\nns. A %s\n", w.servers[knotLeaf].ip))
	return startValidator(t, filepath.Join(w.dir, "unbound"), w.anchors, fmt.Sprintf("  root-hints: %q", hints))
}

// startValidator starts an Unbound that validates from the anchors, with
// further lines of configuration, and gives its address.
func startValidator(t *testing.T, dir string, anchors []*dns.DS, more string) string {
	t.Helper()
	anchor := filepath.Join(dir, "anchor")
	var lines strings.Builder
	for _, ds := range anchors {
		lines.WriteString(ds.String() + "\n")
	}
	write(t, anchor, 0o644, lines.String())
	port := freePort(t, "127.0.0.1")
	conf := filepath.Join(dir, "unbound.conf")
	write(t, conf, 0o644, fmt.Sprintf(`server:
  interface: 127.0.0.1@%[1]d
  do-ip6: no
  do-daemonize: no
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  directory: "%[2]s"
  pidfile: "%[2]s/unbound.pid"
  num-threads: 1
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "validator iterator"
  trust-anchor-file: "%[3]s"
  ede: yes
  max-udp-size: 1000 # what is longer comes over TCP
  val-log-level: 2
%[4]s
remote-control:
  control-enable: no
`, port, dir, anchor, more))
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	start(t, sbin(t, "unbound"), "-d", "-p", "-c", conf).listening(t, addr)
	return addr
}
