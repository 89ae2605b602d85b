package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/locale"
)

// TestLogIsJSON wants each line to be an object, and none to say who asked for what,
// even at the debug level. Metrics are not in public.
func TestLogIsJSON(t *testing.T) {
	address, stop := served(t, "-lab", "-metrics", "127.0.0.1:0", "-log", "json", "-log-level", "debug")
	through := &http.Transport{}
	if r, _ := get(t, through, address+"/v1/policy?domain=perfect.test"); r.StatusCode != http.StatusOK {
		t.Errorf("policy: %s", r.Status)
	}
	if r, _ := get(t, through, address+"/metrics"); r.StatusCode != http.StatusNotFound {
		t.Errorf("metrics in public: %s", r.Status)
	}
	through.CloseIdleConnections()
	_, said := stop()
	if strings.Contains(said, "perfect") {
		t.Errorf("said %s", said)
	}
	requests := 0
	for line := range strings.Lines(said) {
		if line == "sealane: "+locale.EnglishCLI().NoSite+"\n" {
			continue
		}
		var entry struct{ Msg, Level string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level == "" {
			t.Errorf("%v: %s", err, line)
		}
		if entry.Msg == "request" {
			requests++
		}
	}
	if requests != 2 {
		t.Errorf("%d requests in the log: %s", requests, said)
	}
}

// TestMetricsApart serves metrics on an address of their own, and says where.
func TestMetricsApart(t *testing.T) {
	through := &http.Transport{}
	c := process(t, "serve", "-listen", "127.0.0.1:0", "-metrics", "127.0.0.1:0", "-log", "json")
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var first struct{ Address string }
	if err := json.NewDecoder(log).Decode(&first); err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, through, "http://"+first.Address+"/metrics"); !bytes.Contains(body, []byte("\nsealane_port25_egress{")) || !bytes.Contains(body, []byte("\nsealane_running{")) {
		t.Errorf("%s", body)
	}
	through.CloseIdleConnections()
	c.Process.Signal(syscall.SIGTERM)
	if code := exitCode(t, c.Wait()); code != exitClean {
		t.Errorf("exit %d", code)
	}
}

// TestGrace ends a server while a probe waits for its resolver: within its grace
// the probe gets its answer to the last octet, and beyond it doesn't hold the end up.
func TestGrace(t *testing.T) {
	cert, key, pool := keyPair(t)
	plain := &http.Transport{}
	one := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	two := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}
	secure := []string{"-cert", cert, "-key", key}
	for _, c := range []struct {
		grace    string
		answered bool
		through  *http.Transport
		more     []string
	}{{"30s", true, plain, nil}, {"0s", false, plain, nil}, {"30s", true, one, secure}, {"30s", true, two, secure}, {"0s", false, two, secure}} {
		asked, answer := make(chan struct{}, 16), make(chan struct{})
		slow := resolver(t, func(q, a *dns.Msg) []byte {
			asked <- struct{}{}
			<-answer
			a.Rcode = dns.RcodeNameError
			octets, _ := a.Pack() // what was parsed packs
			return octets
		})
		p := process(t, append([]string{"serve", "-listen", "127.0.0.1:0", "-grace", c.grace, "-resolver", slow}, c.more...)...)
		client := http.Client{Transport: c.through}
		out, err := p.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		address, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan int, 1)
		go func() {
			r, err := client.Get(strings.TrimSpace(address) + "/v1/policy?domain=mail.example")
			if err != nil {
				got <- 0
				return
			}
			defer r.Body.Close()
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Errorf("grace %s: the answer broke off: %v", c.grace, err)
			}
			got <- r.StatusCode
		}()
		<-asked
		p.Process.Signal(syscall.SIGTERM)
		began := time.Now()
		if c.answered {
			for refused := false; !refused; time.Sleep(5 * time.Millisecond) {
				r, err := client.Get(strings.TrimSpace(address) + "/config.json")
				if err != nil {
					t.Fatal("gone before the probe: ", err)
				}
				r.Body.Close()
				refused = r.StatusCode == http.StatusServiceUnavailable
			}
			close(answer)
		}
		if code := exitCode(t, p.Wait()); code != exitClean {
			t.Errorf("grace %s: exit %d", c.grace, code)
		}
		if !c.answered {
			close(answer)
		}
		if code := <-got; (code == http.StatusOK) != c.answered {
			t.Errorf("grace %s: the probe got %d", c.grace, code)
		}
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("grace %s: ended after %v", c.grace, took)
		}
	}
}
