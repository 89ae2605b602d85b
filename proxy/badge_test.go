package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/lab"
	"github.com/sealane/sealane/proxy/observe"
)

// Every sentence of a headline has words on the badge, or is left out on purpose,
// and the badge has no others.
func TestBadgeHasWordsForEveryHeadline(t *testing.T) {
	words := locale.EnglishBadge().Parts
	said := map[string]bool{}
	for _, key := range locale.English().Keys() {
		key, is := strings.CutPrefix(key, "headline.")
		if !is || slices.Contains(unsaid, key) {
			continue
		}
		for _, part := range summary(check.Report{Headline: []check.Phrase{{Key: "headline." + key}}}).Parts {
			if said[part] = true; words.Of(part) == part {
				t.Errorf("%s: no words for %s", key, part)
			}
		}
	}
	for _, term := range words {
		if !said[term.Key] {
			t.Errorf("%s has words, but no headline says it", term.Key)
		}
	}
}

// TestBadgesOfTheLab checks domains of the lab, with and without anything to say,
// and a world that only fails.
func TestBadgesOfTheLab(t *testing.T) {
	l, err := lab.Start(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	n := &networks{lab: l, labNet: l.Network(), anchors: []dnssec.Anchor{l.Anchor()}, internet: &observe.Network{
		Exchange: func(context.Context, []byte) ([]byte, error) {
			return nil, &probe.Failure{Class: probe.NoResolver}
		},
	}}
	words := locale.EnglishBadge().Parts
	for domain, want := range map[string]string{
		"perfect.test":     "MTA-STS enforce · DANE ok",
		"nothing.test":     "no MTA-STS · no DANE",
		"null-mx.test":     "takes no mail",
		"sts-testing.test": "MTA-STS testing · no DANE",
		"nowhere.test":     "no such domain",
		"example.com":      "",
	} {
		s := summarize(n, slog.New(slog.DiscardHandler))(t.Context(), dnsname.MustParse(domain))
		var said []string
		for _, part := range s.Parts {
			said = append(said, words.Of(part))
		}
		if got := strings.Join(said, " · "); got != want || s.At.IsZero() != (want == "") {
			t.Errorf("%s: %q at %v, want %q", domain, got, s.At, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s := summarize(n, slog.New(slog.DiscardHandler))(ctx, dnsname.MustParse("perfect.test")); len(s.Parts) > 0 {
		t.Errorf("a check cut short says %v", s.Parts)
	}
}
