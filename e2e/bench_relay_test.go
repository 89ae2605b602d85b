package e2e

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
)

// relayNames are how many names the relays are asked for in turn.
const relayNames = 200

// TestBenchRelay prints how many DNS queries over HTTP/2 (RFC 8484) one second of
// the relay's processor time carries to an Unbound that has the answers at hand and
// back, beside dnsdist doing the same.
func TestBenchRelay(t *testing.T) {
	bench(t)
	need(t, "bench")
	built(t)
	dir := serverDir(t)
	own := newAuthority(t, dir).issue(t, dir, "own", "localhost")
	upstream := startAnswering(t, dir)
	ours := startRelay(t, upstream, own)
	other := startDNSDist(t, dir, upstream, own)

	var us, them rate
	for range 3 {
		us.add(ours.load(t, dir, 8000))
		them.add(other.load(t, dir, 8000))
	}
	version, _, _ := strings.Cut(must(t, "dnsdist", "--version"), "\n")
	t.Logf("%s; h2load of %s", version, strings.TrimSpace(must(t, "h2load", "--version")))
	t.Logf("DoH queries per second of processor time: ours %.0f, dnsdist %.0f", us.per(), them.per())
	times := us.per() / them.per()
	bar(t, times >= 0.7, "%.2f times dnsdist (bar: 0.7)", times)
}

// relayed is a name whose record the upstream has.
func relayed(i int) dnsname.Name {
	return dnsname.MustParse(fmt.Sprintf("_mta-sts.domain%d.example", i))
}

// startAnswering starts an Unbound that holds what will be asked.
func startAnswering(t *testing.T, dir string) (address string) {
	t.Helper()
	port := freePort(t, "127.0.0.1")
	conf := filepath.Join(dir, "unbound.conf")
	var data strings.Builder
	for i := range relayNames {
		fmt.Fprintf(&data, "  local-data: '%s. 300 IN TXT \"v=STSv1; id=20261122T%06d;\"'\n", relayed(i), i)
	}
	write(t, conf, 0o644, fmt.Sprintf(`server:
  interface: 127.0.0.1@%d
  do-daemonize: no
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  directory: "%[2]s"
  pidfile: "%[2]s/unbound.pid"
  num-threads: 1
  so-rcvbuf: 1m
  module-config: "iterator"
  local-zone: "example." static
%s
remote-control:
  control-enable: no
`, port, dir, data.String()))
	address = fmt.Sprintf("127.0.0.1:%d", port)
	start(t, sbin(t, "unbound"), "-d", "-p", "-c", conf).listening(t, address)
	return address
}

// relayProcess is one that takes DNS over HTTPS.
type relayProcess struct {
	*process
	address string
}

// startRelay starts ours.
func startRelay(t *testing.T, upstream string, own issued) relayProcess {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t, "127.0.0.1"))
	r := relayProcess{start(t, binary, "serve", "-site", siteDir, "-listen", address, "-cert", own.Chain, "-key", own.Key, "-resolver", upstream), address}
	r.listening(t, address)
	return r
}

// startDNSDist starts dnsdist, which like ours keeps no answers, with two threads
// for requests.
func startDNSDist(t *testing.T, dir, upstream string, own issued) relayProcess {
	t.Helper()
	plain, port := freePort(t, "127.0.0.1"), freePort(t, "127.0.0.1")
	conf := filepath.Join(dir, "dnsdist.conf")
	write(t, conf, 0o644, fmt.Sprintf(`setLocal("127.0.0.1:%d")
addDOHLocal("127.0.0.1:%d", "%s", "%s", "/dns-query")
newServer("%s"):setUp()
`, plain, port, own.Chain, own.Key, upstream))
	address := fmt.Sprintf("127.0.0.1:%d", port)
	r := relayProcess{start(t, sbin(t, "dnsdist"), "--supervised", "--disable-syslog", "-C", conf), address}
	r.listening(t, address)
	return r
}

// load asks for so many answers, over 4 connections with 16 queries under way on
// each, once it has seen that a right one comes.
func (r relayProcess) load(t *testing.T, dir string, queries int) (int, time.Duration) {
	t.Helper()
	var urls strings.Builder
	for i := range relayNames {
		query := base64.RawURLEncoding.EncodeToString(doh.Query(relayed(i), doh.TypeTXT, false))
		fmt.Fprintf(&urls, "https://%s/dns-query?dns=%s\n", r.address, query)
	}
	first, _, _ := strings.Cut(urls.String(), "\n")
	wantAnswer(t, first)
	list := filepath.Join(dir, "urls")
	write(t, list, 0o644, urls.String())
	before := processorTime(t, r.cmd.Process.Pid)
	out := must(t, "h2load", "-t", "1", "-c", "4", "-m", "16", "-n", strconv.Itoa(queries), "-H", "accept: application/dns-message", "-i", list)
	used := processorTime(t, r.cmd.Process.Pid) - before
	m := regexp.MustCompile(`status codes: (\d+) 2xx`).FindStringSubmatch(out)
	if m == nil || m[1] != strconv.Itoa(queries) {
		t.Fatalf("h2load at %s: %s", r.name, out)
	}
	return queries, used
}

// wantAnswer gets one answer over HTTP/2.
func wantAnswer(t *testing.T, url string) {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.ProtoMajor != 2 || !bytes.Contains(body, []byte("v=STSv1; id=20261122T000000;")) {
		t.Fatalf("%s: %s %s %q %v", url, response.Proto, response.Status, body, err)
	}
}
