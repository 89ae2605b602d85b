// Package check asks the world about a mail domain and judges the answers.
//
// Gather asks, Judge decides: Gather fills Facts through a World, in the order
// that takes the least time; Judge is a pure function of Facts and a moment
// (RFC 8461, RFC 8460, RFC 7672 and what they stand on).
package check

import (
	"context"
	"errors"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// World is everything a check may ask of the outside. An error is a
// *probe.Failure when its class is known; what the asked side itself met lies
// in the Failure field of the result.
type World interface {
	// Exchange sends one DNS message in wire form to a resolver, counted from 0,
	// the preferred one first, and gives the response. Past the last resolver it
	// gives ErrNoResolver.
	Exchange(ctx context.Context, query []byte, resolver int) ([]byte, error)
	// Policy fetches the policy file of the policy domain d, as served.
	Policy(ctx context.Context, d dnsname.Name) (probe.Policy, error)
	// STARTTLS speaks with every address of a mail host on port 25; with asides
	// named, it makes those visits instead, to the first address of each family.
	STARTTLS(ctx context.Context, mx dnsname.Name, asides ...probe.AsideKind) (probe.STARTTLS, error)
	// Nameservers puts questions to each authoritative server of a zone.
	Nameservers(ctx context.Context, zone dnsname.Name, questions []probe.Question) (probe.Nameservers, error)
}

// ErrNoResolver is Exchange's error where the world has no such resolver.
var ErrNoResolver = errors.New("check: no further resolver")
