package plan

import (
	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/compose"
	"github.com/sealane/sealane/app/dnsname"
)

// Check is what must hold before the next step.
type Check struct {
	check.Phrase
	Kind Kind
	// Codes are findings that there must not be, of Silent; those without a dot are
	// whole groups, of which only what is at least as bad as Least counts.
	Codes []check.Code
	Least check.Level
	Hosts []dnsname.Name // mail servers, of Trusted and Authentic; none for all
	// Records are of the keys to be used now, Old of those no longer, of Rolled.
	Records, Old []compose.Record
}

// Kind says how a check is made.
type Kind uint8

// The kinds of checks.
const (
	ByHand    Kind = iota // no check of the domain can tell
	Published             // what the step publishes is found
	Removed               // what it removes isn't
	Silent                // none of some findings is made
	Trusted               // mail servers pass MTA-STS (RFC 8461 §4)
	Authentic             // mail servers pass DANE (RFC 7672 §2.2)
	Rolled                // mail servers use other keys
	Signed                // the MX records are secure (RFC 7672 §2.2.1)
)

// State is how far a step is. The zero State is unknown: nobody looked, or nobody
// can tell.
type State uint8

// The states, by rising weight: of several checks the weightiest counts.
const (
	Unknown State = iota
	Done
	NotYet
)

// String gives the state as a key for words.
func (s State) String() string { return [...]string{"unknown", "done", "not-yet"}[s%3] }

// Outcome is what a report says of a step.
type Outcome struct {
	State   State
	Checks  []State  // of each of the step's checks
	Reasons []Reason // for what isn't Done
}

// Reason says what stands in the way, or what isn't known.
type Reason struct {
	check.Phrase
	State State
	Check int // which of the step's checks it is about
	// Code is a finding's, and Subject what it is about; "" for none.
	Code    check.Code
	Subject string
}

func sound() Check {
	return Check{Phrase: say("ask.sound"), Kind: Silent, Least: check.Error, Codes: []check.Code{
		"sts-record", "sts-policy-fetch", "sts-policy", "sts-record.id-unchanged", "sts-record.updated-before-policy"}}
}

// covers also finds what fails only once the policy is enforced.
func covers() Check {
	return Check{Phrase: say("ask.covers"), Kind: Silent, Least: check.Warning, Codes: []check.Code{"sts-mx", "sts-policy.enforce-would-fail"}}
}

func agree() Check {
	return Check{Phrase: say("ask.agree"), Kind: Silent, Codes: []check.Code{
		"dns.mx-inconsistent-nameservers", "tlsa.inconsistent-nameservers", "tlsa.nameserver-drops-tlsa", "dnssec.dnskey-inconsistent-servers"}}
}

func daneSound() Check {
	return Check{Phrase: say("ask.dane-sound"), Kind: Silent, Least: check.Error, Codes: []check.Code{"tlsa", "dane", "dnssec"}}
}

func trusted(hosts ...dnsname.Name) Check {
	return Check{Phrase: say("ask.trusted"), Kind: Trusted, Hosts: hosts}
}

func authentic(hosts ...dnsname.Name) Check {
	return Check{Phrase: say("ask.authentic"), Kind: Authentic, Hosts: hosts}
}

func signed() Check { return Check{Phrase: say("ask.signed"), Kind: Signed} }
