package reports

import (
	"strconv"
	"strings"
	"time"

	"github.com/sealane/sealane/app/tlsrpt"
)

// texts keeps each text once, with a number; 0 is "".
type texts struct {
	all     []string
	numbers map[string]uint32
	size    int
}

// number gives that of a text, which is cut when it is long.
func (t *texts) number(s string) uint32 {
	if s == "" {
		return 0
	}
	if len(s) > maxLine {
		s = tlsrpt.Clip(s, maxLine)
	}
	if n, ok := t.numbers[s]; ok {
		return n
	}
	s = strings.Clone(s)
	t.all = append(t.all, s)
	t.size += len(s) + 64 // and its place
	t.numbers[s] = uint32(len(t.all))
	return uint32(len(t.all))
}

// text gives that of a number.
func (t *texts) text(n uint32) string {
	if n == 0 {
		return ""
	}
	return t.all[n-1]
}

// keep gives the one copy of a text.
func (t *texts) keep(s string) string { return t.text(t.number(s)) }

// noDay is the day of a report that tells no time.
const noDay = -1 << 31

// row is a summary or a failure detail. Texts stand for their numbers.
type row struct {
	day                                         int32 // since 1970, UTC
	source, domain, policy                      uint32
	detail                                      bool
	result, sendingIP, mx, helo, ip, info, told uint32
	// successful and failed are as reported; a detail only failed.
	successful, failed uint64
	// addSuccessful and addFailed are what the row adds to sums: not the same where a
	// report tells of sessions twice, and below 0 where that is to be taken back.
	addSuccessful, addFailed int64
}

// rows are kept in blocks, so that more of them never move the others.
type rows struct {
	blocks [][]row
	count  int
}

const block = 4096

// add adds a row, and gives its place.
func (r *rows) add(one row) *row {
	if r.count%block == 0 {
		r.blocks = append(r.blocks, make([]row, 0, block))
	}
	last := &r.blocks[len(r.blocks)-1]
	*last = append(*last, one)
	r.count++
	return &(*last)[len(*last)-1]
}

// seen is a policy that senders saw.
type seen struct {
	kind         uint32
	domain       string
	lines, hosts []string
}

// name gives a domain or host as it is compared.
func name(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// policy gives the number of the policy of an entry.
func (s *Set) policy(e tlsrpt.Reported) uint32 {
	lines, hosts := e.Strings[:min(len(e.Strings), maxLines)], e.MXHosts[:min(len(e.MXHosts), maxLines)]
	key := e.Type + "\x00" + name(e.Domain) + "\x00" + strings.Join(lines, "\n") + "\x00" + strings.Join(hosts, "\n")
	if n, ok := s.numbers[key]; ok {
		return n
	}
	p := seen{kind: s.texts.number(e.Type), domain: s.texts.keep(name(e.Domain))}
	for _, line := range lines {
		p.lines = append(p.lines, s.texts.keep(line))
	}
	for _, host := range hosts {
		p.hosts = append(p.hosts, s.texts.keep(host))
	}
	n := uint32(len(s.seen))
	s.texts.size += len(key) + 16*(len(lines)+len(hosts))
	s.seen, s.numbers[key] = append(s.seen, p), n
	return n
}

// sum adds what a report says.
func (s *Set) sum(r tlsrpt.Report) {
	day := int32(noDay)
	if !r.Begin.IsZero() {
		day = int32(r.Begin.Truncate(24*time.Hour).Unix() / int64(24*time.Hour/time.Second)) // before 1970 too
	}
	source := s.texts.number(r.Organization)
	twins := twinsOf(r.Policies)
	for _, e := range r.Policies {
		base := row{day: day, source: source, domain: s.texts.number(name(e.Domain)), policy: s.policy(e)}
		one := base
		one.successful, one.failed = e.Successful, e.Failed
		one.addSuccessful, one.addFailed = int64(e.Successful), int64(e.Failed)
		of := twins[name(e.Domain)]
		of.entry(e.Type, s.rows.add(one))
		for i, d := range e.Details {
			if i%block == block-1 && s.Breathe != nil {
				s.Breathe()
			}
			one := base
			one.detail = true
			one.result, one.sendingIP, one.mx = s.texts.number(d.Result), s.texts.number(d.SendingIP), s.texts.number(name(d.ReceivingMX))
			one.helo, one.ip = s.texts.number(d.ReceivingHELO), s.texts.number(d.ReceivingIP)
			one.info, one.told = s.texts.number(d.Information), s.texts.number(d.Reason)
			one.failed, one.addFailed = d.Failed, int64(d.Failed)
			of.detail(e.Type, s.rows.add(one))
		}
	}
	for _, of := range twins {
		of.settle()
	}
}

// identity tells a report from others.
func identity(r tlsrpt.Report) string {
	if key := r.Organization + "\x00" + r.ID; r.ID != "" && len(key) <= maxName {
		return key
	} else if r.ID != "" {
		return digest(key)
	}
	var b strings.Builder
	add := func(s string) { b.WriteString(strconv.Itoa(len(s)) + ":" + s) }
	add(r.Organization)
	add(r.Begin.String() + r.End.String())
	for _, e := range r.Policies {
		for _, s := range append(append([]string{e.Type, e.Domain}, e.Strings...), e.MXHosts...) {
			add(s)
		}
		add(strconv.FormatUint(e.Successful, 10) + "/" + strconv.FormatUint(e.Failed, 10))
		for _, d := range e.Details {
			for _, s := range []string{d.Result, d.SendingIP, d.ReceivingMX, d.ReceivingHELO, d.ReceivingIP, d.Information, d.Reason} {
				add(s)
			}
			add(strconv.FormatUint(d.Failed, 10))
		}
	}
	return "\x00" + digest(b.String())
}
