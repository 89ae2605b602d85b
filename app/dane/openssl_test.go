//go:build !js

package dane

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Chains and records made by chance are judged alike by OpenSSL's own DANE
// (RFC 6698, RFC 7671), a program of other hands. The servers listen on Unix
// sockets, so that no network is needed.
func TestAsOpenSSLDoes(t *testing.T) {
	path, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no openssl to compare with")
		}
		t.Skip("no openssl to compare with")
	}
	chance := rand.New(rand.NewSource(7671))
	dir := t.TempDir()
	count := map[Outcome]int{}
	for i := range 24 {
		p := newPeer(t, chance)
		socket := fmt.Sprint(i)
		p.serve(t, path, dir, socket)
		for range 10 {
			records := p.records(t, chance)
			got := Verify(records, chainOf(p.sent...), mx[:1], now)
			code := verifyCode(t, path, dir, socket, records)
			count[got.Outcome]++
			if !agrees(got.Outcome, code) {
				t.Errorf("chain %d (%s): %v, OpenSSL says %s; records %v", i, p.kind, got, code, records)
			}
		}
	}
	t.Logf("240 comparisons: %v", count)
	for _, o := range []Outcome{Undecided, AllUnusable, Authenticated, Mismatch, NameMismatch, Expired, ChainInvalid} {
		if count[o] == 0 {
			t.Errorf("chance never came to %v", o)
		}
	}
}

// agrees holds an outcome to OpenSSL's verify code (X509_V_ERR_*). Where no
// valid path leads to a matching anchor OpenSSL may give any reason.
func agrees(o Outcome, code string) bool {
	switch o {
	case Authenticated:
		return code == "0"
	case NameMismatch:
		return code == "62"
	case Expired: // OpenSSL looks at the names first
		return code == "9" || code == "10" || code == "62"
	case Undecided: // the anchor alone is out of date, and not self-signed
		return code == "0"
	case AllUnusable:
		return code == "unusable"
	case Mismatch, ChainInvalid:
		return code != "0" && code != "unusable"
	}
	return false
}

// peer is a server with a chain made by chance.
type peer struct {
	kind string
	all  []*issued // what records are made of, the leaf first
	sent []*issued // what is presented
}

func newPeer(t *testing.T, chance *rand.Rand) *peer {
	var kind []string
	pick := func(odds int, what string) bool {
		hit := chance.Intn(odds) == 0
		if hit {
			kind = append(kind, what)
		}
		return hit
	}
	root := issue{cn: "Root", ca: true}
	middle := issue{cn: "Middle", ca: true}
	leaf := issue{cn: "leaf", dns: []string{"mx.example.com", "other.example.com"}}
	switch chance.Intn(8) {
	case 0:
		leaf.dns, kind = []string{"*.example.com"}, append(kind, "wildcard")
	case 1:
		leaf.dns, kind = []string{"*.com", "*.mx.example.com", "example.com"}, append(kind, "other names")
	case 2:
		leaf.dns, leaf.cn, kind = nil, "mx.example.com", append(kind, "common name")
	case 3:
		leaf.dns, leaf.cn, kind = []string{"mail.example.net"}, "mx.example.com", append(kind, "common name beside another")
	}
	if pick(6, "leaf ended") {
		leaf.from, leaf.to = now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1)
	} else if pick(8, "leaf to come") {
		leaf.from, leaf.to = now.AddDate(0, 0, 1), now.AddDate(1, 0, 0)
	}
	if pick(8, "middle ended") {
		middle.from, middle.to = now.AddDate(-2, 0, 0), now.AddDate(0, 0, -1)
	}
	if pick(10, "for clients") {
		leaf.usage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	top := newIssued(t, root)
	middle.by = top
	between := newIssued(t, middle)
	leaf.by = between
	if pick(6, "self-signed") {
		leaf.by = nil
	}
	end := newIssued(t, leaf)
	impostor := newIssued(t, issue{cn: "Middle", ca: true, by: top})
	p := &peer{all: []*issued{end, between, top, impostor}}
	orders := [][]*issued{{end, between, top}, {end, between}, {end}, {end, top, between}, {end, impostor, between, top},
		{end, end, between}, {end, impostor}, {end, top}}
	order := max(0, chance.Intn(12)-4)
	p.sent = orders[order]
	p.kind = fmt.Sprintf("order %d, %s", order, strings.Join(kind, ", "))
	return p
}

// records are one to three, most of them of the peer's certificates.
func (p *peer) records(t *testing.T, chance *rand.Rand) []TLSA {
	var all []TLSA
	for range 1 + chance.Intn(3) {
		of := p.all[chance.Intn(len(p.all))]
		r := record(t, of, uint8(2+chance.Intn(2)), uint8(chance.Intn(2)), uint8(chance.Intn(3)))
		if of == p.all[0] && r.Usage == DANETA && chance.Intn(2) == 0 {
			r.Usage = DANEEE
		}
		switch chance.Intn(10) {
		case 0:
			r.Data[len(r.Data)-1] ^= 1
			if r.Matching == Full {
				r.Matching, r.Data = SHA256, r.Data[:32]
			}
		case 1:
			r.Data = r.Data[:min(len(r.Data)-1, 31)] // unusable
		}
		all = append(all, r)
	}
	return all
}

// serve starts OpenSSL's server on a socket in dir. OpenSSL takes short names
// only, so it works there.
func (p *peer) serve(t *testing.T, path, dir, socket string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(p.all[0].key)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, typ string, ders ...[]byte) string {
		var text []byte
		for _, d := range ders {
			text = append(text, pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: d})...)
		}
		if err := os.WriteFile(filepath.Join(dir, socket+name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		return socket + name
	}
	args := []string{"s_server", "-unix", socket, "-quiet", "-no-CAfile", "-no-CApath", "-no-CAstore",
		"-key", write(".key", "PRIVATE KEY", der), "-cert", write(".cert", "CERTIFICATE", p.sent[0].der)}
	if len(p.sent) > 1 {
		args = append(args, "-cert_chain", write(".chain", "CERTIFICATE", chainOf(p.sent[1:]...)...))
	}
	server := exec.Command(path, args...)
	var said bytes.Buffer
	server.Dir, server.Stdout, server.Stderr = dir, &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	for range 500 {
		if _, err := os.Stat(filepath.Join(dir, socket)); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("openssl s_server %q doesn't listen: %s", args, &said)
}

var verifyReturn = regexp.MustCompile(`Verify return code: (\d+)`)

// verifyCode gives what OpenSSL's client says of the server, "unusable" when it
// takes none of the records.
func verifyCode(t *testing.T, path, dir, socket string, records []TLSA) string {
	t.Helper()
	args := []string{"s_client", "-unix", socket, "-servername", "mx.example.com", "-no-CAfile", "-no-CApath", "-no-CAstore",
		"-attime", fmt.Sprint(now.Unix()), "-dane_tlsa_domain", "mx.example.com", "-dane_ee_no_namechecks", "-verify_return_error"}
	for _, r := range records {
		args = append(args, "-dane_tlsa_rrdata",
			fmt.Sprintf("%d %d %d %s", r.Usage, r.Selector, r.Matching, hex.EncodeToString(r.Data)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client := exec.CommandContext(ctx, path, args...)
	client.Dir = dir
	out, _ := client.CombinedOutput()
	if found := verifyReturn.FindSubmatch(out); found != nil {
		return string(found[1])
	}
	if strings.Contains(string(out), "Failed to import any TLSA records") {
		return "unusable"
	}
	t.Fatalf("openssl s_client %q says no verify code:\n%s", args, out)
	return ""
}
