package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/proxy/resolve"
)

// Summary is what a badge says of a domain: the state of its protection, by the
// keys of locale.BadgeWords, and when that was seen. Without parts it is not
// checked.
type Summary struct {
	Parts []string
	At    time.Time
}

// Times of badges. Who shows one waits for badgePatience: image proxies give up
// soon after. The check goes on, and the next asker gets what it found.
const (
	badgeKept     = 15 * time.Minute // at least what the answer lets others keep it
	badgeUnseen   = time.Minute      // until a failure of ours is tried again
	badgePatience = 8 * time.Second
	badgeLimit    = 90 * time.Second // of one check
	badgesKept    = 2048
	badgesAtOnce  = 4
	badgesEach    = 2
)

// badges keeps the summaries of the last domains that were asked for.
type badges struct {
	check func(context.Context, dnsname.Name) Summary
	limit *limiter
	mu    sync.Mutex
	known map[dnsname.Name]*badge
}

// badge is one domain's summary once done is closed. The check ends before
// goneAt, and what it found is of no use after.
type badge struct {
	done    chan struct{}
	summary Summary
	goneAt  time.Time
}

func newBadges(check func(context.Context, dnsname.Name) Summary) *badges {
	return &badges{check: check, limit: newLimiter(badgesAtOnce, badgesEach), known: map[dnsname.Name]*badge{}}
}

// badgeOf gives the badge of a domain and begins its check if none is kept; nil where
// too many run.
func (s *Server) badgeOf(r *http.Request, domain dnsname.Name) *badge {
	b := s.badges
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if kept := b.known[domain]; kept != nil && now.Before(kept.goneAt) {
		s.config.Meter.Shared("badge")
		return kept
	}
	leave, limit := s.mayCheck(r, domain)
	if leave == nil {
		s.config.Meter.Refused("badge", limit)
		return nil
	}
	b.makeRoom(now)
	fresh := &badge{done: make(chan struct{}), goneAt: now.Add(badgeLimit + badgeUnseen)}
	b.known[domain] = fresh
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), badgeLimit)
	go func() {
		defer leave()
		defer cancel()
		b.finish(fresh, s.checked(ctx, domain))
	}()
	return fresh
}

// mayCheck counts a check that is to begin, and takes a place for it; nil and the
// limit that is in the way where it may not.
func (s *Server) mayCheck(r *http.Request, domain dnsname.Name) (leave func(), limit string) {
	ctx, who := r.Context(), s.client(r)
	if who.IsValid() && !s.config.Counter.Take(ctx, "badge client "+who.String(), s.badgeRates.Client).OK {
		return nil, perClient
	}
	leave, limit = s.badges.limit.take(who)
	n := s.config.Route(domain)
	if leave == nil || n == nil {
		return leave, limit
	}
	var over *refusal
	if errors.As(s.mayVisit(ctx, n, s.badgeRates, domain), &over) {
		leave()
		return nil, over.limit
	}
	return leave, ""
}

// checked is check; a fault of ours in it is that nothing was checked.
func (s *Server) checked(ctx context.Context, domain dnsname.Name) (seen Summary) {
	defer func() {
		if fault := recover(); fault != nil {
			s.panicked("check for a badge failed", fault)
			seen = Summary{}
		}
	}()
	return s.badges.check(ctx, domain)
}

func (b *badges) finish(of *badge, s Summary) {
	kept := badgeKept
	if len(s.Parts) == 0 {
		kept = badgeUnseen
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	of.summary, of.goneAt = s, time.Now().Add(kept)
	close(of.done)
}

// makeRoom forgets what is of no use, and if that isn't enough, any one.
func (b *badges) makeRoom(now time.Time) {
	if len(b.known) < badgesKept {
		return
	}
	for domain, kept := range b.known {
		if !now.Before(kept.goneAt) {
			delete(b.known, domain)
		}
	}
	for domain := range b.known {
		if len(b.known) < badgesKept {
			return
		}
		delete(b.known, domain)
	}
}

// badgeDomain is the domain that a path such as /badge/example.com.svg names.
func badgeDomain(path string) (dnsname.Name, bool) {
	text, is := strings.CutPrefix(path, badgePath)
	text, ends := strings.CutSuffix(text, ".svg")
	domain, err := dnsname.Parse(text)
	return domain, is && ends && err == nil && domain != dnsname.Root
}

const badgePath = "/badge/"

// serveBadge answers GET /badge/DOMAIN.svg. It is an image for other people's
// pages, so that a failure of ours is an image too, and says so.
func (s *Server) serveBadge(w http.ResponseWriter, r *http.Request) {
	domain, ok := badgeDomain(r.URL.Path)
	if !ok {
		problem(w, http.StatusBadRequest, faultName, "/badge/DOMAIN.svg is expected")
		return
	}
	if n := s.config.Route(domain); n != nil && s.public(n) && resolve.Private(domain) {
		problem(w, http.StatusBadRequest, faultPrivate, "")
		return
	}
	var seen Summary
	b := s.badgeOf(r, domain)
	s.log.Debug("badge", "domain", s.logged(domain))
	if b != nil {
		select {
		case <-b.done:
			seen = b.summary
		case <-time.After(badgePatience):
		case <-r.Context().Done():
		}
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Cache-Control", "public, max-age=600")
	if len(seen.Parts) == 0 {
		h.Set("Cache-Control", "public, max-age=60")
	}
	drawn := drawBadge(domain.String(), seen)
	sum := sha256.Sum256([]byte(drawn))
	tag := hex.EncodeToString(sum[:8])
	h.Set("ETag", `"`+tag+`"`)
	if matches(r.Header.Get("If-None-Match"), tag) { // image proxies ask again when it is old
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write([]byte(drawn))
	}
}
