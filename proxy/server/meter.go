package server

import "time"

// Meter is told what the server does. Its methods return at once and may be called
// concurrently. No argument holds anything of a visitor's: endpoints are the paths of
// the API, "badge" or "site".
type Meter interface {
	// Answered is one request's end.
	Answered(endpoint string, status int, took time.Duration)
	// Refused is one that a limit kept out: "client", "target", "all", "busy".
	Refused(endpoint, limit string)
	// Shared is an answer that was kept, or made for another asker at the time.
	Shared(endpoint string)
	// Failed is an observation that ended by a failure of a class of package probe.
	Failed(endpoint, class string)
}

// unmetered is the Meter of a server that has none.
type unmetered struct{}

func (unmetered) Answered(string, int, time.Duration) {}
func (unmetered) Refused(string, string)              {}
func (unmetered) Shared(string)                       {}
func (unmetered) Failed(string, string)               {}
