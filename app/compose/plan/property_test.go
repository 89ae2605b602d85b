package plan_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/compose/plan"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/mtasts"
)

// Mail servers that domains have, and that they move to.
var (
	oldServers = []string{"mx1.example.com", "mx2.example.com", "mx.old.example.net", "example-com.mail.protection.outlook.com"}
	newServers = []string{"mx.new.example.net", "mx3.example.com", "example-com.h-v1.mx.microsoft"}
	ttls       = []uint32{0, 60, 300, 3600, 7200, 86400, 172800}
	ages       = []uint32{0, 3600, 86400, 604800, mtasts.MaxMaxAge}
)

// certificates are the chains that servers show, and those that they will.
type certificates map[string][2][][]byte

func makeCertificates(t testing.TB) certificates {
	all := certificates{}
	for _, host := range append(slices.Concat(oldServers, newServers), "example.com") {
		all[host] = [2][][]byte{certificate(t, start.AddDate(0, 0, 60), host), certificate(t, start.AddDate(0, 0, 90), host)}
	}
	return all
}

// draw is a world and what is wanted of it, by chance.
type draw struct {
	*rand.Rand
	certs  certificates
	world  *world
	input  plan.Input
	before mtasts.Policy    // that senders may still have from earlier
	fresh  []compose.Record // that not every resolver has yet
	ttls   []uint32
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// some are a few of all, and one at least.
func some[T any](r *rand.Rand, all []T) []T {
	var few []T
	for _, i := range r.Perm(len(all))[:1+r.IntN(len(all))] {
		few = append(few, all[i])
	}
	return few
}

func newDraw(t testing.TB, certs certificates, id plan.ID, seed uint64) *draw {
	d := &draw{Rand: rand.New(rand.NewPCG(seed, 1)), certs: certs, world: newWorld(t)}
	d.world.secure, d.world.age = d.IntN(2) == 0, pick(d.Rand, []uint32{0, 10, 3000, 90000})
	d.world.servers = false
	if d.ttls = ttls; !d.world.secure {
		d.ttls = ttls[:6] // no plan can know of more than a day where nothing states it
	}
	servers := some(d.Rand, oldServers)
	if id == plan.Microsoft {
		servers = append(servers, oldServers[3])
	}
	ttl := pick(d.Rand, d.ttls)
	for i, host := range servers {
		if slices.Index(servers, host) == i {
			d.world.server(pick(d.Rand, []int{0, 10, 20, 65535}), host, ttl, certs[host][0])
		}
	}
	if d.IntN(8) == 0 && id != plan.Microsoft {
		d.world.records, servers = nil, []string{"example.com"}
		d.world.chains = map[dnsname.Name][][]byte{name("example.com"): certs["example.com"][0]}
	}
	patterns := cover(d.Rand, servers)
	if d.IntN(4) == 0 { // the first step of a move is done
		patterns = cover(d.Rand, slices.Concat(servers, newServers))
	}
	if d.IntN(4) > 0 {
		mode := pick(d.Rand, []mtasts.Mode{mtasts.ModeNone, mtasts.ModeTesting, mtasts.ModeEnforce, mtasts.ModeEnforce})
		d.world.policy(pick(d.Rand, d.ttls), mtasts.Policy{Mode: mode, MaxAge: pick(d.Rand, ages), MX: patterns})
	}
	if d.IntN(3) == 0 {
		d.before = mtasts.Policy{Mode: mtasts.ModeEnforce, MaxAge: pick(d.Rand, ages[1:]), MX: cover(d.Rand, servers)}
		d.input.Longest = d.before.MaxAge
	}
	d.input.Start, d.input.Want = start, want()
	w := &d.input.Want
	w.MaxAge, w.TTL = pick(d.Rand, ages[2:]), pick(d.Rand, d.ttls[1:])
	d.wanted(id, servers)
	d.input.Report = d.world.report()
	return d
}

// wanted is what is to be there in the end.
func (d *draw) wanted(id plan.ID, servers []string) {
	w := &d.input.Want
	switch id {
	case plan.First:
		w.MX = cover(d.Rand, append(slices.Clone(servers), some(d.Rand, newServers)...))
		which, publish := d.IntN(2), d.IntN(2) == 0
		if publish {
			which = 0
		}
		w.TLSA = d.records(servers, which, publish)
	case plan.Rollover:
		now := d.records(servers, 0, true)
		w.TLSA = d.records(servers, 1, false)
		for i, t := range w.TLSA {
			w.TLSA[i].Records = nil
			for _, r := range now[i].Records {
				w.TLSA[i].Records = append(w.TLSA[i].Records, of(d.world.t, d.certs[t.Host.String()][1], r.Usage, r.Selector, r.Matching))
			}
			switch d.IntN(6) {
			case 3: // and perhaps one is to come
				w.TLSA[i].Records = append(w.TLSA[i].Records, of(d.world.t, d.certs[t.Host.String()][1], 2, 0, 1))
			case 0: // one set of parameters is to go
				w.TLSA[i].Records = w.TLSA[i].Records[1:]
			case 1: // the first step is done
				for _, r := range w.TLSA[i].Records {
					d.world.tlsa(t.Host.String(), 300, r)
					d.fresh = append(d.fresh, d.world.records[len(d.world.records)-1])
				}
			case 2:
				w.TLSA[i].Records = append(now[i].Records, w.TLSA[i].Records...)
			}
		}
	case plan.Move:
		to := some(d.Rand, append(slices.Clone(newServers), servers[0]))
		for _, h := range to {
			d.input.Hosts = append(d.input.Hosts, name(h))
		}
		w.MX = cover(d.Rand, to)
		d.records(servers, 0, true)
	case plan.Microsoft:
		d.input.Hosts = []dnsname.Name{name(newServers[2])}
	}
}

// cover are patterns that cover hosts.
func cover(r *rand.Rand, hosts []string) []mtasts.Pattern {
	var all []mtasts.Pattern
	for _, h := range hosts {
		p := mtasts.Pattern{Name: name(h)}
		if r.IntN(3) == 0 && strings.Count(h, ".") > 1 {
			p = mtasts.Pattern{Wildcard: true, Name: p.Name.Parent()}
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// records are TLSA records of servers, of the chain that they show or the next,
// and published.
func (d *draw) records(servers []string, which int, publish bool) []compose.HostTLSA {
	var all []compose.HostTLSA
	ttl := pick(d.Rand, d.ttls)
	for _, h := range servers {
		t := compose.HostTLSA{Host: name(h)}
		for _, numbers := range some(d.Rand, [][3]uint8{{3, 1, 1}, {2, 1, 1}, {3, 1, 2}, {3, 0, 1}}) {
			t.Records = append(t.Records, of(d.world.t, d.certs[h][which], numbers[0], numbers[1], numbers[2]))
		}
		for _, r := range t.Records {
			if publish {
				d.world.tlsa(h, ttl, r)
			}
		}
		all = append(all, t)
	}
	return all
}

// live has the plan done, each step at some hour of its day or of a later one.
func (d *draw) live(p plan.Plan) *history {
	h, at := begin(d.world, d.before, d.fresh), time.Time{}
	for _, host := range d.world.hosts() {
		if !slices.Contains(d.input.Hosts, host) {
			h.old = append(h.old, host)
		}
	}
	if p.ID == plan.Microsoft {
		h.old = []dnsname.Name{name(oldServers[3])}
	}
	for i := range p.Steps {
		on := p.Steps[i].From
		if d.IntN(4) == 0 {
			on = on.AddDate(0, 0, d.IntN(20))
		}
		p = p.Done(i, on)
		midnight := on.AddDate(0, 0, 1)
		if moment := on.Add(time.Duration(d.Int64N(int64(24 * time.Hour)))); moment.After(at) {
			at = moment
		}
		h.do(p.Steps[i], at)
		switch p.Steps[i].Key {
		case "step.rollover-switch", "step.rollover-issuer":
			for _, t := range d.input.Want.TLSA {
				if !slices.ContainsFunc(p.Steps[len(p.Steps)-1].Remove, func(r compose.Record) bool { return r.Name == t.Host.Child("_25._tcp") }) {
					continue // left out
				}
				h.roll(t.Host, d.certs[t.Host.String()][1], at.Add(time.Duration(d.Int64N(int64(midnight.Sub(at))))))
			}
		case "step.move-finish", "step.move-stop":
			h.ended = at
		}
	}
	return h
}

// TestNoSenderFails makes plans of every kind for domains of all kinds, has them
// done, and holds what was published at every moment to what senders may still go
// by.
func TestNoSenderFails(t *testing.T) {
	certs, seeds := makeCertificates(t), uint64(400)
	if runtime.GOARCH == "wasm" {
		seeds = 100 // ten times as slow
	}
	for _, id := range plan.IDs {
		t.Run(string(id), func(t *testing.T) {
			steps, none := 0, 0
			for seed := range seeds {
				d := newDraw(t, certs, id, seed)
				p := plan.Make(id, d.input)
				if len(p.Steps) == 0 {
					if none++; len(p.Notes) == 0 {
						t.Fatalf("seed %d: neither steps nor a reason", seed)
					}
				}
				steps += len(p.Steps)
				for i := 1; i < len(p.Steps); i++ {
					if p.Steps[i].From.Before(p.Steps[i-1].From) {
						t.Fatalf("seed %d: step %d comes before the one before", seed, i)
					}
				}
				h := d.live(p)
				faults := h.judge()
				if id == plan.First {
					faults = h.judgeTrial()
				}
				if len(faults) > 0 {
					t.Fatalf("seed %d: %s\n%s", seed, strings.Join(faults, "\n"), strings.Join(outline(p), "\n"))
				}
			}
			if t.Logf("%d steps; %d plans without", steps, none); uint64(steps) < 2*seeds || uint64(none) > seeds/2 {
				t.Error("too few plans to say anything")
			}
		})
	}
}

// outline is a plan in a few lines.
func outline(p plan.Plan) []string {
	var all []string
	for _, n := range p.Notes {
		all = append(all, n.Key)
	}
	for _, s := range p.Steps {
		all = append(all, s.From.Format(time.DateOnly)+" "+strings.TrimPrefix(s.Key, "step.")+" +"+strconv.Itoa(len(s.Publish))+" -"+strconv.Itoa(len(s.Remove)))
		for _, r := range s.Publish {
			if r.Type == doh.TypeMX || r.Type == doh.TypeTLSA {
				all = append(all, "  + "+r.Name.String()+" "+r.Data)
			}
		}
	}
	return all
}

// TestHaste holds the simulation to its purpose: a plan that leaves out one of the
// waits that matter is found out, for some domain.
func TestHaste(t *testing.T) {
	certs := makeCertificates(t)
	for _, c := range []struct {
		id   plan.ID
		step string
	}{
		{plan.First, "first-watch"}, {plan.Rollover, "rollover-switch"}, {plan.Rollover, "rollover-issuer"},
		{plan.Move, "move-add"}, {plan.Move, "move-finish"}, {plan.Microsoft, "move-add"}, {plan.Microsoft, "move-finish"},
		{plan.Down, "down-record"}, {plan.Down, "down-host"},
	} {
		found := false
		for seed := uint64(0); seed < 200 && !found; seed++ {
			d := newDraw(t, certs, c.id, seed)
			p := plan.Make(c.id, d.input)
			at := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Key == "step."+c.step })
			if at < 1 {
				continue
			}
			early := p.Steps[at].From.Sub(p.Steps[at-1].From)
			for i := at; i < len(p.Steps); i++ {
				p.Steps[i].From = p.Steps[i].From.Add(-early)
			}
			h := d.live(p)
			found = len(h.judge())+len(h.judgeTrial()) > 0
		}
		if !found {
			t.Errorf("%s: nobody minds when %s comes at once", c.id, c.step)
		}
	}
}

// TestOrder holds the simulation to the order of steps: whatever a plan does, done
// the other way round is found out.
func TestOrder(t *testing.T) {
	certs := makeCertificates(t)
	for _, id := range []plan.ID{plan.Rollover, plan.Move, plan.Down} {
		found := false
		for seed := uint64(0); seed < 50 && !found; seed++ {
			d := newDraw(t, certs, id, seed)
			p := plan.Make(id, d.input)
			days := slices.Clone(p.Steps)
			slices.Reverse(p.Steps)
			for i := range p.Steps {
				p.Steps[i].From = days[i].From
			}
			found = len(d.live(p).judge()) > 0
		}
		if !found {
			t.Errorf("%s: nobody minds the order", id)
		}
	}
}
