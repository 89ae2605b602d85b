package check

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/probe"
)

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// otherKeys gives the first host records of a chain that it doesn't show.
func otherKeys(records ...string) func(l *layout) {
	return func(l *layout) {
		other := newLayout(l.t).first()
		other.tlsa = records
		l.first().tlsa = other.records(l.t)
	}
}

// issuedBy gives the first host a forged chain of three, and records.
func issuedBy(result probe.TrustResult, change func(f *forged), records ...string) func(l *layout) {
	return func(l *layout) {
		shows(result, change)(l)
		l.first().tlsa = records
	}
}

// signedAt signs the TLSA records at a moment before scenarioNow.
func signedAt(ago time.Duration) func(l *layout) {
	return more(func(s *scenario) {
		s.signed("_25._tcp.mx.example.com", tlsaType, scenarioNow.Add(-ago), scenarioNow.Add(240*time.Hour))
	})
}

// since20Days is a certificate that has been shown for 20 days.
var since20Days = certificate{from: scenarioNow.AddDate(0, 0, -20), until: scenarioNow.AddDate(0, 3, 0)}

// formerly makes the earlier check: its first host as the change has it.
func formerly(change func(l *layout)) func(l *layout) {
	return func(l *layout) { l.past = change }
}

// formerKey: the earlier check was shown another certificate, and the record
// matches that one.
func formerKey(l *layout) {
	old := newLayout(l.t).first()
	l.first().tlsa = []string{scenarioTLSA(l.t, old.chain[0], "3 1 1")}
	l.past = func(before *layout) { before.first().chain = old.chain }
}

// retiredEarly: the earlier check found a record of the key still shown, and
// one of the next.
func retiredEarly(l *layout) {
	record := scenarioTLSA(l.t, l.first().chain[0], "3 1 1")
	l.first().tlsa = []string{nextKey}
	l.past = func(before *layout) { before.first().tlsa = []string{record, nextKey} }
}

// nextOnly: the record of the key still shown was replaced by that of the next.
func nextOnly(l *layout) {
	retiredEarly(l)
	l.past = formerRecord(scenarioTLSA(l.t, l.first().chain[0], "3 1 1"))
}

// formerRecord: the earlier check found one record.
func formerRecord(record string) func(before *layout) {
	return func(before *layout) { before.first().tlsa = []string{record} }
}

// rekeyed: the key was changed since an earlier check of some time ago, which
// found the records of the key before, and those given.
func rekeyed(ago time.Duration, found ...string) func(l *layout) {
	return func(l *layout) {
		old := newLayout(l.t).first()
		next := scenarioTLSA(l.t, l.first().chain[0], "3 1 1")
		l.past = func(before *layout) {
			before.first().chain, before.first().tlsa = old.chain, []string{"3 1 1"}
			for _, r := range found {
				before.first().tlsa = append(before.first().tlsa, strings.Replace(r, "next", next, 1))
			}
			before.more = func(s *scenario) { s.facts.At = scenarioNow.Add(-ago) }
		}
	}
}

// twoKinds gives the first host an RSA and an ECDSA certificate, the first
// visit that of the kind, and the records of what matches.
func twoKinds(first probe.AsideKind, records ...probe.AsideKind) func(l *layout) {
	return func(l *layout) {
		chains := map[probe.AsideKind][][]byte{probe.OnlyRSA: rsaChain(l.t), probe.OnlyECDSA: forge(l.t, asIs)}
		l.first().chain, l.first().tlsa = chains[first], nil
		for _, kind := range records {
			l.first().tlsa = append(l.first().tlsa, scenarioTLSA(l.t, chains[kind][0], "3 1 1"))
		}
		with(shakes(probe.OnlyRSA, chains[probe.OnlyRSA]), shakes(probe.OnlyECDSA, chains[probe.OnlyECDSA]))(l)
	}
}

// otherPort: the record is that of the certificate of another port.
func otherPort(kind probe.AsideKind) func(l *layout) {
	return func(l *layout) {
		chain := forge(l.t, asIs)
		l.first().tlsa = []string{scenarioTLSA(l.t, chain[0], "3 1 1")}
		with(shakes(kind, chain))(l)
	}
}

// changedWithRecords: both changed, and what is there now is not the key's.
func changedWithRecords(l *layout) {
	changedWithoutRecord(l)
	same := l.past
	l.past = func(before *layout) {
		same(before)
		before.first().tlsa = append(before.first().tlsa, nextKey)
	}
}

// changedWithoutRecord: the key changed, the record didn't.
func changedWithoutRecord(l *layout) {
	old := newLayout(l.t).first()
	record := scenarioTLSA(l.t, old.chain[0], "3 1 1")
	l.first().tlsa = []string{record}
	l.past = func(before *layout) { before.first().chain, before.first().tlsa = old.chain, []string{record} }
}

func TestDANERules(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	onlyOther := publishes(nextKey)
	ee := func(number string) func(l *layout) { return issuedBy(probe.Trusted, asIs, number) }
	ninety := func(f *forged) { lasting(-30, 60)(f) }
	runRules(t, daneEntries, []ruleCase{
		{"dane.mismatch-all", Error, "", onlyOther, publishes("3 1 1", nextKey)},
		{"dane.mismatch-all", Error, "", both(onlyOther, insecureMX), insecureMX},
		{"dane.mismatch-some-mx", Warning, "", both(onlyOther, secondHost(whole)), onlyOther},
		{"dane.mismatch-some-addresses", Error, "", both(func(l *layout) {
			twoChains(asIs, asIs)(l)
			l.first().chain = forge(l.t, asIs)
			same := l.first().chain
			l.first().edit[0] = func(a *probe.Address) { a.TLS.Chain = same }
		}), onlyOther},
		{"dane.mismatch-old-certificate", Error, "", both(serves(since20Days), onlyOther, signedAt(24*day)), both(serves(since20Days), onlyOther, signedAt(22*day))},
		{"dane.mismatch-old-certificate", Error, "", formerKey, both(formerKey, publishes("3 1 1"))},
		{"dane.mismatch-parameters", Error, "", func(l *layout) {
			l.first().tlsa = []string{strings.Replace(scenarioTLSA(l.t, l.first().chain[0], "3 1 1"), "3 1 1", "3 0 1", 1)}
		}, otherKeys("3 1 1")},
		{"dane.mismatch-ca-as-ee", Error, "", func(l *layout) {
			l.first().tlsa = []string{strings.Replace(scenarioTLSA(l.t, l.first().chain[1], "2 1 1"), "2", "3", 1)}
		}, otherKeys("3 1 1")},
		{"dane.mismatch-leaf-as-ta", Error, "", func(l *layout) {
			l.first().tlsa = []string{strings.Replace(scenarioTLSA(l.t, l.first().chain[0], "3 1 1"), "3", "2", 1)}
		}, otherKeys("2 1 1")},
		{"dane.mismatch-other-service", Error, "", both(enforce, func(l *layout) {
			l.more = func(s *scenario) {
				s.tlsa("mx.example.com", scenarioTLSA(l.t, s.facts.Policy.Policy.TLS.Chain[0], "3 1 1"))
			}
			l.first().tlsa = nil
		}), both(enforce, onlyOther)},
		{"dane.mismatch-other-service", Error, "", otherPort(probe.HTTPS), otherPort(probe.PlainMail)},
		{"dane.mismatch-other-service", Error, "", otherPort(probe.Submissions), onlyOther},
		{"dane.mismatch-sni-dependent", Error, "", otherPort(probe.NoSNI), both(onlyOther, func(l *layout) { with(shakes(probe.NoSNI, l.first().chain))(l) })},
		{"dane.dual-algorithm-unmatched", Error, "", twoKinds(probe.OnlyECDSA, probe.OnlyECDSA), twoKinds(probe.OnlyECDSA, probe.OnlyECDSA, probe.OnlyRSA)},
		{"dane.dual-algorithm-unmatched", Error, "", twoKinds(probe.OnlyECDSA, probe.OnlyRSA), both(twoKinds(probe.OnlyECDSA), onlyOther)},
		{"dane.mismatch-next-only", Error, "", nextOnly, retiredEarly},
		{"dane.rollover-late-introduction", Error, "", rekeyed(time.Hour), rekeyed(time.Hour, "next")},
		{"dane.rollover-late-introduction", Error, "", rekeyed(time.Hour, nextKey), rekeyed(2 * time.Hour)},
		{"dane.rollover-no-introduction", Notice, "", changedWithoutRecord, changedWithRecords},
		{"dane.mandatory-sender-blocks", Notice, "example.com", noTLSA, unchanged},
		{"dane.mandatory-sender-blocks", Notice, "example.com", noTLSA, both(noTLSA, firstHost(ended(probe.StageConnect, probe.ConnectRefused, noReply)))},
		{"dane.mandatory-sender-blocks", Notice, "example.com", both(insecureAddresses, noTLSA), both(secondHost(whole), func(l *layout) { l.first().tlsa = nil })},
		{"dane.digest-agility-conflict", Error, "", publishes("3 1 1", "3 1 2 "+strings.Repeat("8f1a", 32)), publishes("3 1 2", nextKey)},
		{"dane.rollover-early-retirement", Error, "", retiredEarly, onlyOther},
		{"dane.rollover-early-retirement", Error, "", retiredEarly, nextOnly},
		{"dane.ta-not-in-chain", Error, "", otherKeys("2 1 1"), otherKeys("2 1 1", "3 1 1")},
		{"dane.ta-chain-invalid", Error, "", both(issuedBy(probe.Expired, lasting(-90, -1), "2 1 1")), issuedBy(probe.Trusted, asIs, "2 1 1")},
		{"dane.ta-chain-invalid", Error, "", func(l *layout) {
			issuedBy(probe.Trusted, asIs, "2 1 1")(l)
			l.first().chain[1] = forge(l.t, asIs)[1]
		}, issuedBy(probe.Expired, lasting(-90, -1), "3 1 1")},
		{"dane.ta-name-mismatch", Error, "", issuedBy(probe.Trusted, named("mx.example.net"), "2 1 1"), issuedBy(probe.Trusted, named("example.com"), "2 1 1")},
		{"dane.ta-retired-ca", Error, "", publishes("2 1 1 " + retiredKeys[2].digest), publishes("2 1 1 "+retiredKeys[2].digest, "3 1 1")},
		{"dane.ta-issuer-pool", Notice, "", issuedBy(probe.Trusted, asIs, "2 1 1"), issuedBy(probe.UnknownAuthority, asIs, "2 1 1")},
		{"dane.ta-public-root", Notice, "", func(l *layout) {
			shows(probe.Trusted, func(f *forged) { f.noRoot = false })(l)
			l.first().tlsa = []string{scenarioTLSA(l.t, l.first().chain[2], "2 1 1")}
		}, issuedBy(probe.Trusted, func(f *forged) { f.noRoot = false }, "2 1 1")},
		{"dane.ee-expired", Notice, "", issuedBy(probe.Expired, lasting(-90, -1), "3 1 1"), issuedBy(probe.Expired, lasting(-90, -1), "2 1 1")},
		{"dane.ee-name-mismatch", Notice, "", issuedBy(probe.Trusted, named("mx.example.net"), "3 1 1"), issuedBy(probe.Trusted, named("mx.example.net"), "2 1 1")},
		{"dane.param-set-incomplete", Warning, "", publishes("3 1 1", "2 0 1 "+nextKey[6:]), publishes("3 1 1", nextKey)},
		{"dane.stale-extra-record", Notice, "", publishes("3 1 1", nextKey), publishes("3 1 1", "2 1 1")},
		{"dane.no-rollover-record", Notice, "", publishes("3 1 1"), publishes("3 1 1", nextKey)},
		{"dane.acme-selector0", Warning, "", issuedBy(probe.Trusted, ninety, "3 0 1"), ee("3 0 1")},
		{"dane.acme-selector0", Warning, "", issuedBy(probe.Trusted, ninety, "3 0 1", "3 0 2"), issuedBy(probe.Trusted, ninety, "3 0 1", "2 1 1")},
		{"dane.acme-key-rotation", Warning, "", both(issuedBy(probe.Trusted, ninety, "3 1 1"), formerly(func(before *layout) { issuedBy(probe.Trusted, lasting(-90, 0), "3 1 1")(before) })),
			both(issuedBy(probe.Trusted, ninety, "3 1 1"), formerly(unchanged))},
		{"dane.rollover-too-soon", Notice, "", formerly(func(before *layout) {
			before.first().tlsa = []string{"3 1 1"}
			before.more = func(s *scenario) { s.facts.At = scenarioNow.Add(-time.Hour) }
		}), formerly(func(before *layout) {
			before.first().tlsa = []string{"3 1 1"}
			before.more = func(s *scenario) { s.facts.At = scenarioNow.Add(-3 * time.Hour) }
		})},
		{"dane.half-dane", Warning, "example.com", insecureMX, both(insecureMX, publishes("1 1 1"))},
		{"dane.sts-conflict", Warning, "", both(enforce, onlyOther), onlyOther},
		{"dane.sts-both-ok", OK, "example.com", enforce, both(enforce, noTLSA)},
		{"dane.provider-unsupported", Notice, "example.com", func(l *layout) {
			l.hosts = nil
			l.host("aspmx.l.google.com", certificate{}, "192.0.2.1").tlsa = nil
			insecureAddresses(l)
		}, func(l *layout) {
			l.hosts = nil
			l.host("aspmx.l.notgoogle.com", certificate{}, "192.0.2.1").tlsa = nil
			insecureAddresses(l)
		}},
		{"dane.provider-available-not-enabled", Notice, "example.com", func(l *layout) {
			l.hosts = nil
			l.host("example-com.mail.protection.outlook.com", certificate{}, "192.0.2.1").tlsa = nil
			insecureAddresses(l)
		}, func(l *layout) {
			l.hosts = nil
			l.host("example-com.p-v1.mx.microsoft", certificate{}, "192.0.2.1")
		}},
		{"dane.verified", OK, "example.com", unchanged, insecureMX},
	})
}

// A mismatch has one explanation and says what to publish.
func TestOneExplanation(t *testing.T) {
	t.Parallel()
	explanations := []Code{"tlsa.digest-of-empty", "tlsa.placeholder-data", "tlsa.digest-of-pem"}
	for _, e := range daneEntries {
		if slices.Equal(e.NDR, mismatchNDR) {
			explanations = append(explanations, e.Code)
		}
	}
	for name, change := range map[string]func(l *layout){
		"other key": publishes(nextKey), "old": formerKey, "retired early": retiredEarly, "next only": nextOnly,
		"no introduction": changedWithoutRecord, "443": otherPort(probe.HTTPS), "no name": otherPort(probe.NoSNI),
		"RSA only":         twoKinds(probe.OnlyECDSA, probe.OnlyRSA),
		"name before port": both(otherPort(probe.HTTPS), otherPort(probe.NoSNI)),
		"zero and other":   publishes("3 1 1 "+strings.Repeat("00", 32), nextKey), "anchor": otherKeys("2 1 1", "2 0 1"),
	} {
		l := newLayout(t)
		change(l)
		r := l.scenario().report()
		var got []Finding
		for _, f := range r.Findings {
			if slices.Contains(explanations, f.Code) {
				got = append(got, f)
			}
		}
		if len(got) != 1 {
			t.Errorf("%s: %d explanations: %v", name, len(got), codesOf(r))
			continue
		}
		want := Publication{Type: "TLSA", Name: "_25._tcp.mx.example.com", Value: scenarioTLSA(t, l.first().chain[0], "3 1 1")}
		if !slices.Contains(got[0].Publish, want) {
			t.Errorf("%s: publish %+v, want %+v", name, got[0].Publish, want)
		}
	}
}
