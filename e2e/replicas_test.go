package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/zone"
)

// TestReplicasHoldOneLimit runs three replicas behind a round-robin, with what they
// share in a real server: one client has one limit and a target one visit a minute,
// whichever replica is asked. Without that server each replica has its own, and says
// so; when it is back, one limit holds again.
func TestReplicasHoldOneLimit(t *testing.T) {
	t.Parallel()
	built(t)
	store := startRedis(t)
	port, visits := countingMailServer(t)
	resolver := answerDNS(t, "replicas.example.", "@ SOA ns hostmaster 1 3600 600 86400 300", "* TXT \"v=STSv1; id=1;\"", "mx A 127.0.0.1")
	var replicas []*replica
	for range 3 {
		replicas = append(replicas, startReplica(t, store, "-resolver", resolver, "-smtp-port", fmt.Sprint(port), "-allow-private",
			"-trusted-proxy", "127.0.0.1", "-rate", "query.client=20/1m"))
	}
	front := roundRobin(t, replicas)
	for _, r := range replicas {
		r.await(t, "it to share", func() bool { return r.metric(t, "sealane_valkey_up") == 1 })
	}

	t.Run("one limit", func(t *testing.T) {
		passed := askSixty(t, front, "192.0.2.7")
		if n := passed[0] + passed[1] + passed[2]; n != 20 {
			t.Errorf("%d of 60 queries pass, %v by replica; the limit is 20", n, passed)
		}
		for i, r := range replicas {
			if status, _ := r.query(t, "192.0.2.7"); status != http.StatusTooManyRequests {
				t.Errorf("replica %d by itself: %d", i, status)
			}
			if status, _ := r.query(t, "192.0.2.8"); status != http.StatusOK {
				t.Errorf("replica %d to another client: %d", i, status)
			}
		}
	})

	t.Run("one visit", func(t *testing.T) {
		var first string
		for i, r := range replicas {
			response, body := fetched(t, r.Origin+"/v1/starttls?host=mx.replicas.example")
			if response.StatusCode != http.StatusOK || i > 0 && (body != first || response.Header.Get("Age") == "") {
				t.Errorf("replica %d: %s, age %q: %s", i, response.Status, response.Header.Get("Age"), body)
			}
			first = body
		}
		if n := visits.Load(); n != 1 {
			t.Errorf("three replicas visited the mail host %d times", n)
		}
	})

	t.Run("each for itself", func(t *testing.T) {
		store.kill()
		for i, r := range replicas {
			if status, took := r.query(t, "192.0.2.9"); status != http.StatusOK || took > time.Second {
				t.Errorf("replica %d without the server: %d after %v", i, status, took)
			}
			r.await(t, "it to say that it is alone", func() bool { return r.metric(t, "sealane_valkey_up") == 0 })
		}
		if passed := askSixty(t, front, "192.0.2.10"); passed != [3]int32{20, 20, 20} {
			t.Errorf("passed by replica: %v, and each has a limit of 20", passed)
		}
		if passed := askSixty(t, front, "192.0.2.10"); passed != [3]int32{} {
			t.Errorf("passed by replica: %v, and all are at their limits", passed)
		}
	})

	t.Run("one limit again", func(t *testing.T) {
		store.again(t)
		for _, r := range replicas {
			r.await(t, "it to say that it shares", func() bool { return r.metric(t, "sealane_valkey_up") == 1 })
		}
		passed := askSixty(t, front, "192.0.2.11")
		if n := passed[0] + passed[1] + passed[2]; n != 20 {
			t.Errorf("%d of 60 queries pass, %v by replica; the limit is 20", n, passed)
		}
	})
}

// replica is one of several servers that share what they know.
type replica struct {
	*server
	metrics string // URL
}

var metricsAddress = regexp.MustCompile(`"metrics are served","address":"([^"]+)"`)

func startReplica(t *testing.T, store *redis, args ...string) *replica {
	t.Helper()
	built(t)
	// Behind a reverse proxy, which speaks plain HTTP.
	s := startServer(t, append([]string{"-valkey", store.address(), "-metrics", "127.0.0.1:0", "-log", "json"}, args...)...)
	found := metricsAddress.FindStringSubmatch(s.printed())
	if found == nil {
		t.Fatalf("no address of metrics: %s", s.printed())
	}
	return &replica{server: s, metrics: "http://" + found[1] + "/metrics"}
}

// metric reads one that has no labels.
func (r *replica) metric(t *testing.T, name string) float64 {
	t.Helper()
	_, text := fetched(t, r.metrics)
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s among the metrics", name)
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// query asks one DNS question as a reverse proxy does for a client.
func (r *replica) query(t *testing.T, client string) (status int, took time.Duration) {
	t.Helper()
	began := time.Now()
	status, _ = queryFor(t, r.Origin, client, "a")
	return status, time.Since(began)
}

// queryFor asks a DNS question through a reverse proxy that names the client, which
// has named another, and tells who answered.
func queryFor(t *testing.T, origin, client, label string) (status int, by string) {
	t.Helper()
	query := doh.Query(dnsname.MustParse(label+".replicas.example"), doh.TypeTXT, false)
	request, err := http.NewRequest(http.MethodGet, origin+dohPath(query), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", "198.51.100."+strconv.Itoa(int(label[0]))+", "+client)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection serves again
	return response.StatusCode, response.Header.Get("X-Replica")
}

// askSixty asks 60 questions at the same time and counts those answered, by replica.
func askSixty(t *testing.T, front, client string) (passed [3]int32) {
	t.Helper()
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			status, by := queryFor(t, front, client, string(rune('a'+i%26))+strconv.Itoa(i))
			n, err := strconv.Atoi(by)
			switch {
			case err != nil || status != http.StatusOK && status != http.StatusTooManyRequests:
				t.Errorf("question %d: %d by %q", i, status, by)
			case status == http.StatusOK:
				atomic.AddInt32(&passed[n], 1)
			}
		})
	}
	all.Wait()
	return passed
}

// roundRobin puts a reverse proxy before the replicas, which adds who asks to
// X-Forwarded-For and gives each the next request.
func roundRobin(t *testing.T, replicas []*replica) string {
	t.Helper()
	var turn atomic.Uint32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(turn.Add(1)) % len(replicas)
		to, err := url.Parse(replicas[n].Origin)
		if err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("X-Replica", strconv.Itoa(n))
		httputil.NewSingleHostReverseProxy(to).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// countingMailServer greets without offering STARTTLS, and counts who comes.
func countingMailServer(t *testing.T) (port int, visits *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	visits = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			go (&mailHost{name: "mx.replicas.example"}).serve(conn)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, visits
}

// answerDNS answers as a resolver for one zone, unsigned, until the test ends.
func answerDNS(t *testing.T, origin string, lines ...string) string {
	t.Helper()
	z := zone.New(dnsname.MustParse(origin))
	if err := z.Add(lines...); err != nil {
		t.Fatal(err)
	}
	world := zone.NewInternet(z)
	on, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: on, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		_ = w.WriteMsg(world.Resolve(query)) // who lost it asks again
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { _ = s.Shutdown() })
	return on.LocalAddr().String()
}
