package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The variables of a fault run: for how long, by which seed, and where the evidence
// of wrong verdicts goes.
const (
	faultRunTime     = "SEALANE_FAULT_RUN"
	faultRunSeed     = "SEALANE_FAULT_SEED"
	faultRunEvidence = "SEALANE_FAULT_EVIDENCE"
)

// faultKinds are the domains of a fault run.
var faultKinds = []*faultKind{
	{label: "whole", origin: "example", mode: "enforce", hosts: 2, tls: true, tlsa: "own", right: []string{
		"ok dns.ok", "ok dnssec.secure", "ok sts-record.ok", "ok sts-policy-fetch.ok", "ok sts-policy.valid", "ok sts-mx.all-matched",
		"ok starttls.ok", "ok tls.ok", "ok cert.ok", "ok tlsa.ok", "ok dane.verified", "ok dane.sts-both-ok", "ok tlsrpt-record.ok",
		"notice cert.caa-missing", "notice dane.no-rollover-record", "notice dns.mx-ipv4-only", "notice starttls.requiretls-absent",
		"notice tlsa.shared-ee", "notice tlsrpt-record.mx-host-missing",
	}},
	{label: "otherkey", origin: "example", mode: "enforce", hosts: 1, tls: true, tlsa: "other", right: []string{
		"error dane.mismatch-all", "warning dane.sts-conflict",
		"ok dns.ok", "ok dnssec.secure", "ok sts-record.ok", "ok sts-policy-fetch.ok", "ok sts-policy.valid", "ok sts-mx.all-matched",
		"ok starttls.ok", "ok tls.ok", "ok cert.ok", "ok tlsa.ok", "ok tlsrpt-record.ok",
		"notice cert.caa-missing", "notice dns.mx-ipv4-only", "notice starttls.requiretls-absent", "notice tlsrpt-record.mx-host-missing",
		"notice tlsrpt-record.rua-own-broken-domain",
	}},
	{label: "plain", origin: "example", mode: "enforce", hosts: 1, right: []string{
		"error starttls.not-offered",
		"ok dns.ok", "ok dnssec.secure", "ok sts-record.ok", "ok sts-policy-fetch.ok", "ok sts-policy.valid", "ok sts-mx.all-matched",
		"ok tlsrpt-record.ok",
		"notice dane.mandatory-sender-blocks", "notice dns.mx-ipv4-only", "notice tlsa.absent", "notice tlsrpt-record.rua-own-broken-domain",
	}},
	{label: "unsigned", origin: "open.example", mode: "testing", hosts: 1, tls: true, right: []string{
		"ok dns.ok", "ok sts-record.ok", "ok sts-policy-fetch.ok", "ok sts-policy.valid", "ok sts-mx.all-matched",
		"ok starttls.ok", "ok tls.ok", "ok cert.ok", "ok tlsrpt-record.ok",
		"notice cert.caa-missing", "notice dane.mandatory-sender-blocks", "notice dns.mx-ipv4-only", "notice dnssec.unsigned",
		"notice starttls.requiretls-absent", "notice sts-policy.mode-testing",
	}},
}

// How many domains of each kind there are: each is checked once before what was seen
// of it is forgotten, one is left for the end, and some are asked about all the time.
const (
	faultDomains = 50
	busyDomains  = 2
	forgotten    = 65 * time.Second
)

// faultRun is one run.
type faultRun struct {
	world    *faultWorld
	store    *redis
	replicas []*replica
	client   *faultClient
	faults   timeline
	right    map[string]sight // by label

	busy, last []*faultDomain
	mu         sync.Mutex
	queue      []*faultDomain // those checked longest ago first
}

// TestFaultRun has two replicas under load while their resolver, their Valkey, and
// the servers of the domains that are checked are killed, frozen and slowed at random.
// A check that no fault touched gives the right verdict to the letter. One that met
// faults says of the domain what is right, what is true of a server of its own that
// was at fault, or that it doesn't know, and nothing else.
func TestFaultRun(t *testing.T) {
	built(t)
	if os.Geteuid() != 0 {
		t.Skip("name servers listen on port 53, which takes root")
	}
	length, seed := 20*time.Second, uint64(time.Now().UnixNano())
	if text := os.Getenv(faultRunTime); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	if text := os.Getenv(faultRunSeed); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%v by %s=%d", length, faultRunSeed, seed)
	r := startFaultRun(t)
	r.learnRight(t)
	before := r.usage(t)

	ctx, end := context.WithTimeout(t.Context(), length)
	defer end()
	random := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }
	var all, faults sync.WaitGroup
	for n := range uint64(8) {
		all.Go(func() { r.checks(ctx, random(100+n)) })
		all.Go(func() { r.load(ctx, random(200+n)) })
	}
	pace := min(1, max(0.3, length.Minutes()))
	faults.Go(func() { r.disturbResolver(t, ctx, random(1), pace) })
	faults.Go(func() { r.disturbStore(t, ctx, random(2), pace) })
	faults.Go(func() { r.disturbTargets(t, ctx, random(3), pace) })
	faults.Go(func() { r.disturbNames(t, ctx, random(4), pace) })
	faults.Wait()
	all.Wait()

	time.Sleep(passed)
	for _, d := range r.last { // all is well again
		r.check(t.Context(), d, r.asPage)
	}
	r.wantWell(t, before)
	t.Logf("faults:%s", listed(r.faults.counts()))
	t.Logf("answers:%s", listed(r.client.counts))
	t.Logf("wrong: %d", r.client.wrongs)
}

// startFaultRun starts everything.
func startFaultRun(t *testing.T) *faultRun {
	t.Helper()
	r := &faultRun{store: startRedis(t), right: map[string]sight{}, client: &faultClient{tally: &tally{t: t, counts: map[string]int{}}}}
	r.world = startFaultWorld(t, faultKinds, faultDomains)
	for range 2 {
		args := append(r.world.args(), "-rate", "probe.target=1000/1ms", "-rate", "query.target=100000/1us", "-rate", "query.all=100000/1us")
		replica := startReplica(t, r.store, args...)
		r.replicas = append(r.replicas, replica)
		r.client.origins = append(r.client.origins, replica.Origin)
	}
	for i, d := range r.world.domains {
		switch group := i / len(faultKinds); {
		case group == 0: // for learnRight
		case group == 1:
			r.last = append(r.last, d)
		case group < 2+busyDomains:
			r.busy = append(r.busy, d)
		default:
			r.queue = append(r.queue, d)
		}
	}
	return r
}

// learnRight checks a domain of each kind while nothing is at fault, and wants the
// findings that are known to be right.
func (r *faultRun) learnRight(t *testing.T) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	for _, d := range r.world.domains[:len(faultKinds)] {
		all.Go(func() {
			v := d.sightOf(r.asPage(t.Context(), d))
			mu.Lock()
			defer mu.Unlock()
			r.right[d.label] = v
			if got := v.codes(); !slices.Equal(got, sorted(d.right)) {
				t.Errorf("%s: findings\n%q\nnot checked %q, senders %q\nwant\n%q", d.label, got, v.notChecked, v.senders, d.right)
			}
		})
	}
	all.Wait()
}

// checks checks one domain after another, as many as last until the first is
// forgotten.
func (r *faultRun) checks(ctx context.Context, random *rand.Rand) {
	for rest(ctx, between(random, 1, 0, 3)) {
		r.mu.Lock()
		var d *faultDomain
		if len(r.queue) > 0 && time.Since(r.queue[0].last) > forgotten {
			d, r.queue = r.queue[0], r.queue[1:]
		}
		r.mu.Unlock()
		if d == nil {
			continue
		}
		as := r.asPage
		if random.IntN(4) == 0 {
			as = r.asCommand
		}
		r.check(ctx, d, as)
		r.mu.Lock()
		d.last = time.Now()
		r.queue = append(r.queue, d)
		r.mu.Unlock()
	}
}

// save keeps the evidence of a check where somebody wants it.
func (r *faultRun) save(d *faultDomain, report *reported) {
	dir := os.Getenv(faultRunEvidence)
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, d.name.String()+time.Now().Format("-150405")+".json"), report.Facts, 0o644); err != nil {
		r.client.t.Log(err)
	}
}

// usage is what each replica uses.
type usage struct{ goroutines, files, resident float64 }

func (r *faultRun) usage(t *testing.T) (all []usage) {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	time.Sleep(time.Second) // the replicas notice
	for _, one := range r.replicas {
		all = append(all, usage{one.metric(t, "go_goroutines"), one.metric(t, "process_open_fds"), one.metric(t, "process_resident_memory_bytes") / (1 << 20)})
	}
	return all
}

// wantWell wants the replicas to be those that were started, to have said nothing of
// a fault of their own, and to use no more than before: some for the runtime, and
// the memory for what they keep for others.
func (r *faultRun) wantWell(t *testing.T, before []usage) {
	t.Helper()
	const more, moreMemory = 8, 96
	for i, one := range r.replicas {
		if one.ended() {
			t.Fatalf("replica %d ended", i)
		}
		var now usage
		one.await(t, "the end of all work", func() bool {
			now = r.usage(t)[i]
			return now.goroutines <= before[i].goroutines+more && now.files <= before[i].files+more && now.resident <= before[i].resident+moreMemory
		})
		t.Logf("replica %d: %.0f goroutines, %.0f files, %.0f MB; before: %.0f, %.0f, %.0f", i,
			now.goroutines, now.files, now.resident, before[i].goroutines, before[i].files, before[i].resident)
		if one.metric(t, "sealane_valkey_up") != 1 {
			t.Errorf("replica %d is still alone", i)
		}
		for line := range strings.Lines(one.printed()) {
			if strings.Contains(line, "panic") || strings.Contains(line, `"level":"ERROR"`) {
				t.Errorf("replica %d: %s", i, line)
			}
		}
	}
}
