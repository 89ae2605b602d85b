package check

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
)

// layout is a domain with mail hosts for the rules about hosts: secure DNS, one
// host of one address, a good certificate, a "3 1 1" record and one for the
// next key, no policy. A case changes what it is about.
type layout struct {
	t     *testing.T
	hosts []*site
	// mode of the policy, "" for none.
	mode string
	// age is the policy's max_age in seconds; 0 stands for a week.
	age  int
	mx   dnssec.Status // of the MX records
	more func(s *scenario)
	past func(l *layout) // makes the earlier check
}

// site is one mail host of a layout.
type site struct {
	name  string
	ips   []string
	chain [][]byte
	trust probe.Trust
	// tlsa are records; three numbers alone stand for what matches the leaf, or
	// with usage 2 the issuer.
	tlsa      []string
	tlsaIs    dnssec.Status
	addresses dnssec.Status
	edit      []func(a *probe.Address) // by address; the last one for the rest
	asides    []probe.Aside            // to the first address of each family
	unprobed  bool
	failure   *probe.Failure
}

// nextKey is a record that matches nothing: the next key's.
const nextKey = "3 1 1 8f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8"

func newLayout(t *testing.T) *layout {
	l := &layout{t: t, mx: dnssec.Secure}
	l.host("mx.example.com", certificate{}, "192.0.2.1")
	return l
}

// host adds a host with a certificate in its name unless c has others.
func (l *layout) host(name string, c certificate, ips ...string) *site {
	h := &site{name: name, ips: ips, tlsa: []string{"3 1 1", nextKey}, tlsaIs: dnssec.Secure, addresses: dnssec.Secure}
	h.serve(l.t, c)
	l.hosts = append(l.hosts, h)
	return h
}

// first is the host that most cases are about.
func (l *layout) first() *site { return l.hosts[0] }

// serve gives the host another certificate.
func (h *site) serve(t *testing.T, c certificate) {
	if c.names == nil && c.cn == "" {
		c.names = []string{h.name}
	}
	h.chain, h.trust = scenarioChain(t, c)
}

// each changes what every address answers.
func (h *site) each(edit func(a *probe.Address)) { h.edit = []func(*probe.Address){edit} }

func (h *site) records(t *testing.T) []string {
	var all []string
	for _, r := range h.tlsa {
		if strings.Count(r, " ") == 2 && !strings.HasPrefix(r, `\#`) {
			der := h.chain[0]
			if strings.HasPrefix(r, "2") && len(h.chain) > 1 {
				der = h.chain[1]
			}
			r = scenarioTLSA(t, der, r)
		}
		all = append(all, r)
	}
	return all
}

// scenario builds the facts' scenario.
func (l *layout) scenario() *scenario {
	s := newScenario(l.t, "example.com").none("example.com", doh.TypeMX)
	s.status("example.com", doh.TypeMX, l.mx)
	for i, h := range l.hosts {
		s.mx(10*(i+1), h.name).address(h.name, h.ips...)
		s.status(h.name, doh.TypeA, h.addresses).status(h.name, doh.TypeAAAA, h.addresses)
		s.tlsa(h.name, h.records(l.t)...).status("_25._tcp."+h.name, doh.TypeTLSA, h.tlsaIs)
		l.probe(s, h)
	}
	s.txt("_mta-sts.example.com").txt("_smtp._tls.example.com")
	if l.mode != "" {
		s.txt("_mta-sts.example.com", "v=STSv1; id=1")
		policy := "version: STSv1\r\nmode: " + l.mode + "\r\nmax_age: " + strconv.Itoa(cmp.Or(l.age, 604800)) + "\r\n"
		for _, h := range l.hosts {
			policy += "mx: " + h.name + "\r\n"
		}
		s.policy(policy)
	}
	if l.more != nil {
		l.more(s)
	}
	if l.past != nil {
		before := newLayout(l.t)
		before.hosts = nil
		for _, h := range l.hosts {
			earlier := *h
			before.hosts = append(before.hosts, &earlier)
		}
		l.past(before)
		f := before.scenario().factsNow()
		if f.At.Equal(scenarioNow) {
			f.At = scenarioNow.AddDate(0, 0, -20)
		}
		s.facts.Previous = &f
	}
	return s
}

func (l *layout) probe(s *scenario, h *site) {
	if h.unprobed {
		return
	}
	var all []probe.Address
	for i, ip := range h.ips {
		a := spoken(ip, h.chain, h.trust)
		a.TLS.Chain = slices.Clone(h.chain)
		if len(h.edit) > 0 {
			h.edit[min(i, len(h.edit)-1)](&a)
		}
		all = append(all, a)
	}
	s.probe(h.name, all...)
	s.deeper(h.name, h.ips, h.asides)
	if h.failure != nil {
		for i := range s.facts.Hosts {
			if s.facts.Hosts[i].Host.String() == h.name {
				s.facts.Hosts[i].Failure = h.failure
			}
		}
	}
}

// ruleCase is one finding with a scenario that fires it and one close by that
// doesn't.
type ruleCase struct {
	code    Code
	level   Level
	subject string // "" for mx.example.com
	fires   func(l *layout)
	silent  func(l *layout)
}

func unchanged(*layout) {}

// both applies two changes.
func both(changes ...func(l *layout)) func(l *layout) {
	return func(l *layout) {
		for _, change := range changes {
			change(l)
		}
	}
}

// runRules holds every case to its two scenarios, and the entries to have one.
func runRules(t *testing.T, entries []Entry, cases []ruleCase) {
	covered, alone := map[Code]bool{}, map[Code]bool{}
	for _, c := range cases {
		covered[c.code] = true
		subject := c.subject
		if subject == "" {
			subject = "mx.example.com"
		}
		t.Run(string(c.code), func(t *testing.T) {
			l := newLayout(t)
			c.fires(l)
			s := l.scenario()
			r := s.report()
			alone[c.code] = alone[c.code] || s.firesAlone(c.code)
			i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == c.code && f.Subject == subject })
			if i < 0 {
				t.Errorf("does not fire for %s: %v", subject, codesOf(r))
			} else if r.Findings[i].Level != c.level {
				t.Errorf("level %v, want %v", r.Findings[i].Level, c.level)
			}
			l = newLayout(t)
			c.silent(l)
			r = l.scenario().report()
			for _, f := range r.Findings {
				if f.Code == c.code {
					t.Errorf("fires where it shouldn't, for %s", f.Subject)
				}
			}
		})
	}
	for _, e := range entries {
		if !covered[e.Code] {
			t.Errorf("%s has no case", e.Code)
		}
		if covered[e.Code] && alone[e.Code] == e.History {
			t.Errorf("%s: history %v, and without an earlier check it fires: %v", e.Code, e.History, alone[e.Code])
		}
	}
	t.Logf("%d codes, %d cases", len(entries), len(cases))
}

func codesOf(r Report) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, string(f.Code)+"@"+f.Subject)
	}
	return all
}

// A fault of our own tools is no finding.
func TestOwnFaultsAreNotChecked(t *testing.T) {
	for _, c := range []struct {
		class probe.Class
		key   string
	}{
		{probe.Blocked, "not-checked.port25-blocked"},
		{probe.Unavailable, "not-checked.probe-unavailable"},
		{probe.Canceled, "not-checked.probe-unavailable"},
		{probe.Limited, "not-checked.host-limited"},
		{probe.OptedOut, "not-checked.opted-out"},
	} {
		whole, single := newLayout(t), newLayout(t)
		whole.first().failure = &probe.Failure{Class: c.class}
		whole.first().ips = whole.first().ips[:0]
		whole.more = func(s *scenario) { s.address("mx.example.com", "192.0.2.1") }
		single.first().each(func(a *probe.Address) {
			*a = probe.Address{IP: a.IP, Stage: probe.StageConnect, Failure: &probe.Failure{Class: c.class}}
		})
		for name, l := range map[string]*layout{"host": whole, "address": single} {
			r := l.scenario().report()
			if !slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Key == c.key && n.Subject == "mx.example.com" }) {
				t.Errorf("%s %s: not checked: %+v", name, c.class, r.NotChecked)
			}
			for _, f := range r.Findings {
				switch f.Code.Group() {
				case "starttls", "tls", "cert":
					t.Errorf("%s %s: %s", name, c.class, f.Code)
				case "dane", "tlsa":
					if f.Level >= Warning {
						t.Errorf("%s %s: %s", name, c.class, f.Code)
					}
				}
			}
		}
	}
}

func TestViews(t *testing.T) {
	l := newLayout(t)
	h := l.first()
	h.ips = []string{"192.0.2.1", "2001:db8::1"}
	h.tlsa = []string{"3 1 1", "2 1 1", nextKey, `\# 2 0301`, "1 1 1"}
	l.mode = "enforce"
	r := l.scenario().report()
	v := r.Hosts[0]
	if len(v.TLSA) != 5 || len(v.TLSA[0].MatchesAt) != 2 || v.TLSA[1].MatchesAt[1].Depth != 1 || len(v.TLSA[2].MatchesAt) != 0 {
		t.Fatalf("TLSA views: %+v", v.TLSA)
	}
	if v.TLSA[3].Unusable != "malformed" || v.TLSA[4].Unusable != "usage-pkix" || v.TLSA[0].Unusable != "" {
		t.Errorf("unusable: %+v", v.TLSA)
	}
	if len(v.Addresses) != 2 {
		t.Fatalf("addresses: %+v", v.Addresses)
	}
	a := v.Addresses[1]
	if a.DANE != OK || a.WebPKI != OK || len(a.Chain) != 2 {
		t.Errorf("address: %v %v %d", a.DANE, a.WebPKI, len(a.Chain))
	}
	if want := scenarioTLSA(t, h.chain[0], "3 1 1"); a.Chain[0].TLSA != want || a.Chain[0].Key != "ECDSA P-256" {
		t.Errorf("leaf: %+v, want %s", a.Chain[0], want)
	}
	if want := scenarioTLSA(t, h.chain[1], "2 1 1"); a.Chain[1].TLSA != want {
		t.Errorf("issuer: %+v, want %s", a.Chain[1], want)
	}
}

// Unreadable certificates are a fault in the view, never a panic.
func TestUnreadableChain(t *testing.T) {
	l := newLayout(t)
	l.first().each(func(a *probe.Address) { a.TLS.Chain = [][]byte{[]byte("rubbish"), nil, {0x30}} })
	v := l.scenario().report().Hosts[0].Addresses[0]
	if len(v.Chain) != 3 || !v.Chain[0].Fault || v.WebPKI != Unknown || v.DANE != Error {
		t.Errorf("%+v, WebPKI %v, DANE %v", v.Chain, v.WebPKI, v.DANE)
	}
}
