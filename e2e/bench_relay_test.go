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

// shape is how the queries of a load come.
type shape struct{ connections, underWay int }

// TestBenchRelay prints how many DNS queries over HTTP/2 (RFC 8484) one second of
// the relay's processor time carries, with an Unbound behind it that has the answers
// at hand: ours, dnsdist before the same Unbound, Unbound's own DNS over HTTPS, and
// net/http with a handler that answers from a constant.
//
// The bar is held against Unbound's, with many visitors who each wait for an answer.
// net/http hands each frame from one goroutine to another and writes the header and
// the body of an answer by a call of the system each, where the others write many
// answers by one: the last process shows what that costs whatever the handler does.
// With many queries under way on one connection that is most; it is printed, and not
// held.
func TestBenchRelay(t *testing.T) {
	bench(t)
	need(t, "bench")
	built(t)
	dir := serverDir(t)
	own := newAuthority(t, dir).issue(t, dir, "own", "localhost")
	unbound, upstream := startAnswering(t, dir, own)
	relays := []relayProcess{startRelay(t, upstream, own), unbound, startDNSDist(t, dir, upstream, own), startBare(t, own)}
	version, _, _ := strings.Cut(must(t, "dnsdist", "--version"), "\n")
	t.Logf("%s; %s", strings.TrimSpace(must(t, "h2load", "--version")), version)
	for _, s := range []shape{{64, 1}, {4, 16}} {
		rates := make([]rate, len(relays))
		for range 6 { // in turns, and long enough for handshakes not to matter
			for i, r := range relays {
				rates[i].add(r.load(t, dir, s, 8000))
			}
		}
		us, theirs, other, bare := rates[0].per(), rates[1].per(), rates[2].per(), rates[3].per()
		t.Logf("%d connections, %d queries under way on each; per second of processor time: ours %.0f, Unbound %.0f, dnsdist %.0f, bare net/http %.0f",
			s.connections, s.underWay, us, theirs, other, bare)
		t.Logf("net/http alone, doing nothing: %.2f times Unbound; ours is %.2f times that", bare/theirs, us/bare)
		bar(t, us >= 0.7*theirs || s.underWay > 1, "%.2f times Unbound, %.2f times dnsdist (bar: 0.7, of Unbound, with one under way)", us/theirs, us/other)
	}
}

// relayed is a name whose record the upstream has.
func relayed(i int) dnsname.Name {
	return dnsname.MustParse(fmt.Sprintf("_mta-sts.domain%d.example", i))
}

// startAnswering starts an Unbound that holds what will be asked, and gives it as a
// relay, and where it takes DNS over UDP.
func startAnswering(t *testing.T, dir string, own issued) (r relayProcess, plain string) {
	t.Helper()
	port, secure := freePort(t, "127.0.0.1"), freePort(t, "127.0.0.1")
	conf := filepath.Join(dir, "unbound.conf")
	var data strings.Builder
	for i := range relayNames {
		fmt.Fprintf(&data, "  local-data: '%s. 300 IN TXT \"v=STSv1; id=20261122T%06d;\"'\n", relayed(i), i)
	}
	write(t, conf, 0o644, fmt.Sprintf(`server:
  interface: 127.0.0.1@%[1]d
  interface: 127.0.0.1@%[2]d
  https-port: %[2]d
  tls-service-pem: "%[3]s"
  tls-service-key: "%[4]s"
  incoming-num-tcp: 200
  do-daemonize: no
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  directory: "%[5]s"
  pidfile: "%[5]s/unbound.pid"
  num-threads: 1
  module-config: "iterator"
  local-zone: "example." static
%[6]s
remote-control:
  control-enable: no
`, port, secure, own.Chain, own.Key, dir, data.String()))
	plain = fmt.Sprintf("127.0.0.1:%d", port)
	r = relayProcess{start(t, sbin(t, "unbound"), "-d", "-p", "-c", conf), fmt.Sprintf("127.0.0.1:%d", secure)}
	r.listening(t, r.address)
	return r, plain
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
	r := relayProcess{start(t, binary, "serve", "-site", siteDir, "-listen", address, "-cert", own.Chain, "-key", own.Key, "-resolver", upstream, "-rate", "query.all=1000000/1us", "-rate", "query.target=1000000/1us"), address}
	r.listening(t, address)
	return r
}

// startDNSDist starts dnsdist as it is by itself: it keeps no answers.
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

// load asks for so many answers, once it has seen that a right one comes.
func (r relayProcess) load(t *testing.T, dir string, s shape, queries int) (int, time.Duration) {
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
	out := must(t, "h2load", "-t", "1", "-c", strconv.Itoa(s.connections), "-m", strconv.Itoa(s.underWay), "-n", strconv.Itoa(queries), "-H", "accept: application/dns-message", "-i", list)
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
