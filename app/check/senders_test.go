package check

import (
	"testing"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/doh"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/senders"
)

// outcome is what one sender does by a report.
func outcome(r Report, id senders.ID) senders.Outcome {
	for _, v := range r.Senders {
		if v.Sender == id {
			return v.Outcome
		}
	}
	return senders.Skips
}

// A world where everything errs says nothing of any sender.
func TestSendersOfADeafWorld(t *testing.T) {
	for _, class := range []probe.Class{probe.Unavailable, probe.Blocked, probe.NoResolver, probe.DNSTimeout} {
		f := gatherAsSaid(t.Context(), deafWorld{class}, dnsname.MustParse("example.com"), nil)
		for _, v := range Judge(f, scenarioNow).Senders {
			if v.Outcome != senders.Unknown {
				t.Errorf("%s: %s %v", class, v.Sender, v.Outcome)
			}
		}
	}
}

// With the proxy away DNS alone says nothing of what is delivered.
func TestSendersWithoutProbes(t *testing.T) {
	s := sound(t)
	for i := range s.facts.Hosts {
		s.facts.Hosts[i].STARTTLS.Addresses = nil
		s.facts.Hosts[i].Failure = &probe.Failure{Class: probe.Unavailable}
	}
	for _, v := range s.report().Senders {
		if v.Outcome != senders.Unknown {
			t.Errorf("%s %v", v.Sender, v.Outcome)
		}
	}
}

// What is read from evidence reaches the senders: each row is one fact.
func TestSendersFromFacts(t *testing.T) {
	const policy = "version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\nmx: smtp.google.com\r\n"
	google := map[string][]string{"smtp.google.com": {"smtp.google.com"}}
	for _, c := range []struct {
		name   string
		sender senders.ID
		want   senders.Outcome
		make   func() *scenario
	}{
		{"sound", "gmail", senders.Delivers, func() *scenario { return healthy(t, policy, google) }},
		{"sound", "postfix-may", senders.DeliversUnauthenticated, func() *scenario { return healthy(t, policy, google) }},
		{"the policy names another host", "gmail", senders.Defers, func() *scenario {
			return healthy(t, policy, map[string][]string{"mx.example.net": {"mx.example.net"}})
		}},
		{"no Content-Type", "mox", senders.Delivers, func() *scenario {
			s := healthy(t, policy, google)
			s.facts.Policy.Policy.ContentType = nil
			return s
		}},
		{"no Content-Type", "postfix-tlspol", senders.DeliversUnauthenticated, func() *scenario {
			s := healthy(t, policy, google)
			s.facts.Policy.Policy.ContentType = nil
			return s
		}},
		{"nobody verified the certificate", "gmail", senders.Unknown, func() *scenario {
			s := healthy(t, policy, google)
			s.facts.Hosts[0].STARTTLS.Addresses[0].TLS.Trust = probe.Trust{}
			return s
		}},
		{"a null MX", "gmail", senders.Returns, func() *scenario {
			return newScenario(t, "example.com").add("example.com", doh.TypeMX, "0 .")
		}},
		{"a bogus MX", "exim", senders.Defers, func() *scenario {
			s := healthy(t, policy, google)
			return s.status("example.com", doh.TypeMX, dnssec.Bogus)
		}},
	} {
		if got := outcome(c.make().report(), c.sender); got != c.want {
			t.Errorf("%s: %s %v, want %v", c.name, c.sender, got, c.want)
		}
	}
}

// A sender that fetched the policy before it was taken away still goes by it.
func TestCachedPolicy(t *testing.T) {
	const policy = "version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\nmx: mx.example.net\r\n"
	before := healthy(t, policy, map[string][]string{"mx.example.net": {"mx.example.net"}})
	after := healthy(t, policy, map[string][]string{"smtp.google.com": {"smtp.google.com"}})
	past := before.factsNow()
	past.At = scenarioNow.Add(-24 * time.Hour)
	after.facts.Previous = &past
	if c := after.report().Cached; c != nil {
		t.Errorf("nothing changed in the policy: %+v", c)
	}
	moved := healthy(t, "version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\nmx: smtp.google.com\r\n",
		map[string][]string{"smtp.google.com": {"smtp.google.com"}})
	moved.facts.Previous = &past
	c := moved.report().Cached
	if c == nil || c.Verdict.Outcome != senders.Defers || c.Replaced || !c.Until.Equal(past.At.Add(7*24*time.Hour)) {
		t.Errorf("another policy under the same id: %+v", c)
	}
	moved.facts.Policy = nil
	if c := moved.report().Cached; c != nil {
		t.Errorf("the policy isn't back: %+v", c)
	}
}
