package check

import (
	"slices"
	"strings"
)

// Entry is what is fixed about a finding; its words are in app/locale.
type Entry struct {
	Code Code
	// RFC cites where it is written, the deciding section first.
	RFC []Citation
	Who Fixer
	// Level is the finding's level; LevelIn, when set, gives it by context.
	Level   Level
	LevelIn func(Context) Level
	// Result is the TLS-RPT result type a reporter would use (RFC 8460 §4.3).
	Result string
	// NDR are status codes that a human sender sees.
	NDR []string
	// DependsOn are root causes: where one of them is found for the same
	// subject or for what holds it, this finding is a symptom and is left out.
	DependsOn []Code
	// History marks what can only be seen by comparing checks over time.
	History bool
}

// Citation is a section of an RFC.
type Citation struct {
	RFC     int
	Section string // "3.1"; "" for the whole
}

// Fixer says who can mend a finding.
type Fixer string

// The fixers.
const (
	Owner        Fixer = "owner"         // who runs the domain
	DNSHost      Fixer = "dns-host"      // who runs its name servers
	MailProvider Fixer = "mail-provider" // who runs the mail host
	PolicyHost   Fixer = "policy-host"   // who runs the web server of mta-sts.
	Nobody       Fixer = "nobody"        // nothing to mend
	Visitor      Fixer = "visitor"       // who asks: another resolver or proxy
)

// Context is what levels depend on (a finding counts more when a mechanism
// stands on it).
type Context struct {
	Enforce bool // a usable policy in mode enforce
	Testing bool // a usable policy in mode testing
	// Bound: the subject's host has secure TLSA records, usable or not, which
	// promise TLS (RFC 7672 §2.2).
	Bound bool
	// DANE: the subject's host has secure, usable TLSA records.
	DANE bool
	// DANEOK: DANE authenticates the subject's host, or the address.
	DANEOK bool
	// TLSA: the subject's host, or any host for the domain, has TLSA records,
	// secure or not.
	TLSA bool
	// STS: there is a usable policy of any mode but none.
	STS bool
}

// Catalogue gives every entry, group by group.
func Catalogue() []Entry {
	var all []Entry
	for _, group := range groups() {
		all = append(all, group...)
	}
	return all
}

// Lookup gives a code's entry, false for an unknown code.
func (c Code) Lookup() (Entry, bool) {
	for _, group := range groups() {
		if len(group) > 0 && group[0].Code.Group() != c.Group() {
			continue
		}
		for _, e := range group {
			if e.Code == c {
				return e, true
			}
		}
	}
	return Entry{}, false
}

// Causes for which a domain has no mail that could be protected; and noMX, where
// in addition nobody knows where it goes.
var (
	noMail = []Code{"dns.domain-nxdomain", "dns.null-mx", "dns.no-mail-host"}
	noMX   = append(slices.Clip(noMail), "dns.mx-lookup-failed")
)

// groupCauses are the root causes that a whole group depends on, beside those of
// the entry: without mail there is nothing to protect. Of records at the domain
// itself only those are symptoms that say nothing of a fault; the others are left
// over and stay.
func (e Entry) groupCauses() []Code {
	switch e.Code.Group() {
	case "dns", "dnssec":
		return nil
	case "sts-record", "tlsrpt-record":
		if e.Level > Notice {
			return nil
		}
	}
	return noMX
}

// Group is the part of a code before the dot.
func (c Code) Group() string {
	group, _, _ := strings.Cut(string(c), ".")
	return group
}

func groups() [][]Entry {
	return [][]Entry{
		dnsEntries, dnssecEntries,
		stsRecordEntries, stsFetchEntries, stsPolicyEntries, stsMXEntries,
		starttlsEntries, tlsEntries, certEntries, tlsaEntries, daneEntries,
		tlsrptRecordEntries,
	}
}
