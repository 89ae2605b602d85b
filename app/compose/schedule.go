package compose

import (
	"strings"
	"time"

	"github.com/sealane/sealane/app/dnsname"
)

// Schedule is what a plan needs to know beside what is wanted.
type Schedule struct {
	Start   time.Time      // the first day, at 0:00 UTC; zero where none is named
	To      []dnsname.Name // the mail servers to move to, the most preferred first
	Longest uint32         // the longest max_age of the last year, in seconds; 0 where nobody says
}

// Schedule reads a draft's fields about plans. What is wrong with them concerns
// nothing else.
func (d Draft) Schedule() (Schedule, []Fault) {
	r := &reader{Draft: d}
	var s Schedule
	if text := strings.TrimSpace(d[FieldStart]); text != "" {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			r.fault(FieldStart, NotDay, r.whole(FieldStart))
		}
		s.Start = day
	}
	s.To = r.servers(FieldTo)
	s.Longest = r.seconds(FieldLongest, 0, 0, maxMaxAge)
	return s, r.faults
}

// Server reads which mail server keys are of; it is zero where none is named.
func (d Draft) Server() (dnsname.Name, []Fault) {
	r := &reader{Draft: d}
	all := r.servers(FieldServer)
	if len(all) > 1 {
		r.fault(FieldServer, NoServer, r.whole(FieldServer))
	}
	if len(all) == 0 || len(r.faults) > 0 {
		return dnsname.Name{}, r.faults
	}
	return all[0], nil
}

// servers reads names of mail servers.
func (r *reader) servers(f Field) []dnsname.Name {
	var all []dnsname.Name
	for _, p := range r.patterns(f) {
		all = append(all, p.Name)
	}
	return all
}
