package senders

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// good is a domain where everything holds: DNSSEC, TLSA records, an enforced
// policy, two hosts with one address each.
func good() Mail {
	m := Mail{Domain: "example.com", MX: Secure, Record: Record{State: RecordValid, ID: "1"},
		Policy: Policy{Served: Yes, Status: 200, Media: "text/plain", Mode: Enforce, MaxAge: 604800, Valid: true}}
	for i, name := range []string{"mx1.example.com", "mx2.example.com"} {
		m.Hosts = append(m.Hosts, Host{Name: name, Preference: uint16(10 * (i + 1)), Addresses: Secure, TLSA: TLSAUsable, Strict: Yes, Deep: Yes,
			Endpoints: []Endpoint{{Reached: Yes, STARTTLS: Yes, TLS: Yes, DANE: DANEAuthenticated, Trusted: Yes, Named: Yes, Covered: Yes}}})
	}
	return m
}

// change alters every host and endpoint.
func change(m *Mail, host func(*Host), endpoint func(*Endpoint)) {
	for i := range m.Hosts {
		if host != nil {
			host(&m.Hosts[i])
		}
		for k := range m.Hosts[i].Endpoints {
			if endpoint != nil {
				endpoint(&m.Hosts[i].Endpoints[k])
			}
		}
	}
}

// withoutTLSA and withoutSTS take a mechanism away.
func withoutTLSA(m *Mail) { change(m, func(h *Host) { h.TLSA = TLSAAbsent }, nil) }
func withoutSTS(m *Mail)  { m.Record, m.Policy = Record{State: RecordAbsent}, Policy{Served: No} }

// The columns of the table below, in the order of the matrix.
const columns = "exchange-online gmail postfix-dane postfix-may postfix-mta-sts-resolver postfix-tlspol " +
	"postfix-sts-patterns exim mox stalwart kumomta opportunistic"

var letters = map[byte]Outcome{'?': Unknown, 'D': Delivers, 'u': DeliversUnauthenticated, 'c': DeliversCleartext, 'x': Defers, 'R': Returns}

func TestMatrix(t *testing.T) {
	for _, c := range []struct {
		name string
		want string // a letter for each column
		with func(*Mail)
	}{
		{"all is well", "DDDuDDDDDDDu", func(m *Mail) {}},
		{"nothing is published", "uuuuuuuuuuuu", func(m *Mail) { withoutTLSA(m); withoutSTS(m) }},
		{"only DANE", "DuDuDDDDDDuu", withoutSTS},
		{"only MTA-STS", "DDuuDDDuDDDu", withoutTLSA},
		{"no TLSA record matches", "x?xuxxxxxx?u", func(m *Mail) {
			withoutSTS(m)
			change(m, nil, func(e *Endpoint) { e.DANE = DANEMismatch })
		}},
		{"no TLSA record matches, the policy passes", "x?xuDx?xxx?u", func(m *Mail) {
			change(m, nil, func(e *Endpoint) { e.DANE = DANEMismatch })
		}},
		{"DANE holds, no host in the policy", "??DuxD?Dx??u", func(m *Mail) {
			change(m, func(h *Host) { h.Strict, h.Deep = No, No }, func(e *Endpoint) { e.Covered = No })
		}},
		{"a mismatch at the first host only", "DDDuDDDDDDDu", func(m *Mail) { m.Hosts[0].Endpoints[0].DANE = DANEMismatch }},
		{"TLSA lookups fail", "x?xuxxxxxx?u", func(m *Mail) { withoutSTS(m); change(m, func(h *Host) { h.TLSA = TLSAFailed }, nil) }},
		{"TLSA records, none usable", "uuuuuuuuuuuu", func(m *Mail) { withoutSTS(m); change(m, func(h *Host) { h.TLSA = TLSAUnusable }, nil) }},
		{"none usable and no STARTTLS", "x?xcxxxxxx?c", func(m *Mail) {
			withoutSTS(m)
			change(m, func(h *Host) { h.TLSA = TLSAUnusable }, func(e *Endpoint) { e.STARTTLS, e.TLS = No, Open })
		}},
		{"TLSA records behind an unsigned MX", "uuDuDuuuuuuu", func(m *Mail) { withoutSTS(m); m.MX = Insecure }},
		{"no STARTTLS, nothing published", "ccccccccc??c", func(m *Mail) {
			withoutTLSA(m)
			withoutSTS(m)
			change(m, nil, func(e *Endpoint) { e.STARTTLS, e.TLS = No, Open })
		}},
		{"handshakes fail, nothing published", "??cccccc????", func(m *Mail) {
			withoutTLSA(m)
			withoutSTS(m)
			change(m, nil, func(e *Endpoint) { e.TLS = No })
		}},
		{"expired certificates that DANE authenticates", "?uDuDDDDDD?u", func(m *Mail) {
			withoutSTS(m)
			change(m, nil, func(e *Endpoint) { e.Trusted, e.Expired = No, true })
		}},
		{"bad certificates under enforce", "xxuuxxxuxxxu", func(m *Mail) {
			withoutTLSA(m)
			change(m, nil, func(e *Endpoint) { e.Trusted = No })
		}},
		{"bad certificates under testing", "uuuuuuuuu?uu", func(m *Mail) {
			withoutTLSA(m)
			m.Policy.Mode = Testing
			change(m, nil, func(e *Endpoint) { e.Trusted = No })
		}},
		{"a wildcard too shallow", "xxuuDD?uxxxu", func(m *Mail) {
			withoutTLSA(m)
			change(m, func(h *Host) { h.Strict = No }, nil)
		}},
		{"the MX lookup is bogus", "x?x?xxxxxx??", func(m *Mail) { m.MX, m.Hosts = Bogus, nil }},
		{"the MX lookup fails", "xxxxxxxxxxxx", func(m *Mail) { m.MX, m.Hosts = Failed, nil }},
		{"a null MX", "RRRRRRRRRRRR", func(m *Mail) { m.MX, m.Hosts = NullMX, nil }},
		{"no such domain", "RRRRRRRRRRRR", func(m *Mail) { m.MX, m.Hosts = NoDomain, nil }},
		{"no host has an address", "RRRRRRRRRRRR", func(m *Mail) { change(m, func(h *Host) { h.Addresses = Missing }, nil) }},
		{"no host answers", "xxxxxxxxxxxx", func(m *Mail) { change(m, nil, func(e *Endpoint) { *e = Endpoint{Reached: No} }) }},
		{"an id with a hyphen", "uuuuDuuuuuDu", func(m *Mail) {
			withoutTLSA(m)
			m.Record = Record{State: RecordInvalid, Kinds: []string{"id-invalid-chars"}}
		}},
		{"text/html", "uuuuuuuuDDuu", func(m *Mail) { withoutTLSA(m); m.Policy.Media = "text/html" }},
		{"a policy that takes 3 seconds", "uuuuDuuuDuDu", func(m *Mail) { withoutTLSA(m); m.Policy.Millis = 3000 }},
		{"a blank line in the policy", "uuuuDuuuuDDu", func(m *Mail) {
			withoutTLSA(m)
			m.Policy.Valid, m.Policy.Kinds = false, []string{"blank-line"}
		}},
		{"a redirect", "uuuuuuuuuuuu", func(m *Mail) { withoutTLSA(m); m.Policy.Status = 301 }},
		{"an untrusted policy host", "uuuuuuuuuuuu", func(m *Mail) { withoutTLSA(m); m.Policy.Served = No }},
	} {
		m := good()
		c.with(&m)
		all := Judge(m, now)
		for i, id := range strings.Fields(columns) {
			v := all[i]
			if want := letters[c.want[i]]; string(v.Sender) != id || v.Outcome != want {
				t.Errorf("%s: %s %v %v, want %s %v", c.name, v.Sender, v.Outcome, v.Steps, id, want)
			}
			cite(t, c.name, v)
		}
	}
}

// cite holds every decision to a source.
func cite(t *testing.T, name string, v Verdict) {
	decided := func(o Outcome, source string) {
		if o != Unknown && source == "" {
			t.Errorf("%s: %s %v without a source", name, v.Sender, o)
		}
	}
	for _, s := range v.Steps {
		decided(s.Outcome, s.Source)
	}
	if len(v.Steps) == 0 {
		decided(v.Outcome, v.Source)
	}
	if len(v.Sources) == 0 {
		t.Errorf("%s has no source", v.Sender)
	}
}

func TestNothingKnownIsUnknown(t *testing.T) {
	for name, m := range map[string]Mail{
		"nothing":             {},
		"only the MX records": {MX: Secure, Hosts: []Host{{Name: "mx.example.com"}}},
		"no probe back":       {MX: Secure, Hosts: []Host{{Name: "mx.example.com", Addresses: Secure, TLSA: TLSAUsable, Strict: Yes}}},
		"probes of no avail":  {MX: Secure, Hosts: []Host{{Name: "mx.example.com", Addresses: Secure, TLSA: TLSAAbsent, Endpoints: []Endpoint{{}}}}},
	} {
		for _, v := range Judge(m, now) {
			if v.Outcome != Unknown || len(v.Codes) > 0 || v.Retry != nil {
				t.Errorf("%s: %s %v", name, v.Sender, v.Outcome)
			}
		}
	}
}

// Whatever single thing isn't known, a verdict is either that of the whole
// facts or not known, or a weaker way to deliver: never a refusal.
func TestHalfGathered(t *testing.T) {
	for name, hide := range map[string]func(*Mail){
		"MX security": func(m *Mail) { m.MX = LookupOpen },
		"TLSA":        func(m *Mail) { change(m, func(h *Host) { h.TLSA = TLSAOpen }, nil) },
		"patterns":    func(m *Mail) { change(m, func(h *Host) { h.Strict, h.Deep = Open, Open }, nil) },
		"record":      func(m *Mail) { m.Record = Record{} },
		"policy":      func(m *Mail) { m.Policy = Policy{} },
		"trust":       func(m *Mail) { change(m, nil, func(e *Endpoint) { e.Trusted = Open }) },
		"DANE":        func(m *Mail) { change(m, nil, func(e *Endpoint) { e.DANE = DANEOpen }) },
		"TLS":         func(m *Mail) { change(m, nil, func(e *Endpoint) { e.TLS = Open }) },
	} {
		m := good()
		hide(&m)
		for _, v := range Judge(m, now) {
			if v.Outcome > DeliversCleartext {
				t.Errorf("without %s: %s %v", name, v.Sender, v.Outcome)
			}
		}
	}
}

func TestExchangeOnlineCodes(t *testing.T) {
	for _, c := range []struct {
		codes, returned string
		with            func(*Mail)
	}{
		{"4.7.323", "5.7.323", func(m *Mail) { change(m, nil, func(e *Endpoint) { e.DANE = DANEMismatch }) }},
		{"4.7.322", "5.7.322", func(m *Mail) { change(m, nil, func(e *Endpoint) { e.DANE = DANEExpired }) }},
		{"4.7.325", "5.7.325", func(m *Mail) { change(m, nil, func(e *Endpoint) { e.DANE = DANEName }) }},
		{"4.7.321", "5.7.321", func(m *Mail) { change(m, nil, func(e *Endpoint) { e.STARTTLS = No }) }},
		{"4.7.321", "5.7.321", func(m *Mail) { change(m, nil, func(e *Endpoint) { e.TLS = No }) }},
		{"4.7.324 4.4.312", "5.7.324 5.4.312", func(m *Mail) { m.MX = Bogus }},
		{"4.4.8", "5.4.8", func(m *Mail) { withoutTLSA(m); change(m, func(h *Host) { h.Strict = No }, nil) }},
		{"4.7.5", "5.7.5", func(m *Mail) { withoutTLSA(m); change(m, nil, func(e *Endpoint) { e.Named = No }) }},
	} {
		m := good()
		c.with(&m)
		v := Judge(m, now)[0]
		if v.Sender != "exchange-online" || v.Outcome != Defers || strings.Join(v.Codes, " ") != c.codes {
			t.Errorf("%v %v, want defers %s", v.Outcome, v.Codes, c.codes)
			continue
		}
		if v.Retry == nil || strings.Join(v.Retry.Returned, " ") != c.returned || v.Retry.Source != "XDANE" {
			t.Errorf("%s: %+v, want %s", c.codes, v.Retry, c.returned)
		}
	}
}

func TestExchangeOnlineRetries(t *testing.T) {
	m := good()
	change(&m, nil, func(e *Endpoint) { e.DANE = DANEMismatch })
	r := Judge(m, now)[0].Retry
	want := []time.Time{now.Add(15 * time.Minute), now.Add(30 * time.Minute), now.Add(90 * time.Minute), now.Add(150 * time.Minute)}
	if r == nil || !slices.Equal(r.Tries, want) || r.Every != 60 || !r.GivesUp.Equal(now.Add(24*time.Hour)) {
		t.Errorf("%+v", r)
	}
}

func TestHostsInOrder(t *testing.T) {
	m := good()
	m.Hosts[0].Endpoints[0].DANE = DANEMismatch
	v := Judge(m, now)[0]
	if len(v.Steps) != 2 || v.Steps[0].Outcome != Skips || v.Steps[0].Reason != "dane-mismatch" || v.Steps[1].Outcome != Delivers || len(v.Codes) != 0 {
		t.Errorf("%+v", v)
	}
	// A host that nothing is known of stands before: what follows decides nothing.
	m.Hosts[0].Endpoints[0] = Endpoint{}
	if v := Judge(m, now)[0]; v.Outcome != Unknown {
		t.Errorf("%+v", v)
	}
}

func TestCache(t *testing.T) {
	old := Old{ID: "1", Mode: Enforce, MaxAge: 86400, Fetched: now.Add(-time.Hour), Usable: true}
	m := good()
	withoutSTS(&m)
	change(&m, func(h *Host) { h.Strict = No }, nil)
	c := Cache(m, old, now)
	if c == nil || c.Verdict.Outcome != Defers || c.Replaced || !c.Until.Equal(now.Add(23*time.Hour)) {
		t.Fatalf("a policy taken away: %+v", c)
	}
	if c := Cache(m, old, now.Add(23*time.Hour)); c != nil {
		t.Errorf("it is over: %+v", c)
	}
	next := good()
	next.Record.ID = "2"
	if c := Cache(next, old, now); c == nil || !c.Replaced || c.Verdict.Outcome != Delivers {
		t.Errorf("a new id: %+v", c)
	}
	old.Usable = false
	if c := Cache(m, old, now); c != nil {
		t.Errorf("there was no policy: %+v", c)
	}
}

func TestOutcomeText(t *testing.T) {
	for o := Unknown; o <= Skips; o++ {
		text, err := json.Marshal(o)
		var back Outcome
		if err != nil || json.Unmarshal(text, &back) != nil || back != o {
			t.Errorf("%v comes back as %v", o, back)
		}
	}
	if err := new(Outcome).UnmarshalText([]byte("perhaps")); err != ErrOutcome {
		t.Error(err)
	}
}
