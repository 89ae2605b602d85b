package lint

import (
	"strings"

	"github.com/sealane/sealane/app/mtasts"
	"github.com/sealane/sealane/app/syntax"
)

// labels are those that senders look for before the domain, or the mail host (RFC 8461
// §3.1, RFC 8460 §3, RFC 7672 §2.2.3).
func (k Kind) labels() string {
	return [...]string{"", "", "_mta-sts", "_smtp._tls", "_25._tcp"}[k]
}

// judgeOwner judges a record's owner name, once for all records that share it.
func (s *scanner) judgeOwner(f *found) {
	if f.Owner.Start == f.Owner.End || f.Owner == s.told {
		return
	}
	s.told = f.Owner
	name := f.Owner.Cut(s.text)
	once, doubled := undoubled(name, f.origin)
	kind, right := s.placed(f, once)
	if !doubled && kind == "" {
		return
	}
	if kind == WrongPort {
		f.tell(s.text, kind, f.Owner, false, "")
		return
	}
	if strings.Contains(right, "*") {
		right, f.lost = "", true // whose it is, only its writer knows
	}
	if doubled {
		f.tell(s.text, DoubledOrigin, f.Owner, true, right)
	}
	if kind != "" {
		f.tell(s.text, kind, f.Owner, true, right)
	}
	if right != "" {
		f.edits = append(f.edits, edit{f.Owner, right})
	}
}

// undoubled takes the zone's name away where the owner ends in it twice, also when
// that comes about by the origin.
func undoubled(name, origin string) (string, bool) {
	bare, dot := strings.CutSuffix(name, ".")
	if once, doubled := mtasts.Undoubled(bare); doubled {
		return once + strings.Repeat(".", len(name)-len(bare)), true
	}
	if !dot && strings.Contains(origin, ".") && strings.HasSuffix(strings.ToLower(name), "."+origin) {
		return name + ".", true
	}
	return name, false
}

// whole is a name of a zone file in lower case, without the final dot and with the
// origin behind it where it is relative (RFC 1035 §5.1).
func whole(name, origin string) string {
	bare, absolute := strings.CutSuffix(strings.ToLower(name), ".")
	switch {
	case absolute, bare == "", origin == "":
		return bare
	case bare == "@":
		return origin
	}
	return bare + "." + origin
}

// whole is the name in a span.
func (s *scanner) whole(name syntax.Span) string { return whole(name.Cut(s.text), s.origin) }

// placed says what is wrong with where a record is, and gives its name with the right
// labels.
func (s *scanner) placed(f *found, name string) (syntax.Kind, string) {
	all := whole(name, f.origin)
	kind := misplaced(f.Kind, all)
	switch {
	case s.led[alias{f.Kind, all}]:
		return "", name
	case kind == "", kind == WrongPort:
		return kind, name
	case strings.HasPrefix(f.origin, "_"): // which is among the labels
		return kind, under(f.Kind, all+".")
	}
	return kind, under(f.Kind, name)
}

// misplaced says what is wrong with the labels of a name.
func misplaced(k Kind, name string) syntax.Kind {
	if name == k.labels() || strings.HasPrefix(name, k.labels()+".") {
		return ""
	}
	if k == TLSARecord {
		switch port, protocol := service(name); {
		case port == "*" && protocol == "_tcp", port == "_dane", protocol == "_dane": // where aliases lead (RFC 7672 §3.1.2)
			return ""
		case mailPort(port) && protocol == "_tcp":
			return WrongPort
		case strings.HasPrefix(port, "_"), strings.HasPrefix(protocol, "_"):
			return WrongProtocolLabel
		}
	}
	return WrongName
}

// alias is a name that records of a kind are looked for at, because another one leads
// there.
type alias struct {
	kind   Kind
	target string
}

// lead follows an alias: senders do (RFC 8461 §3.1, RFC 7672 §3.1.2), and so do the
// clients of other services.
func (s *scanner) lead(from, to string) {
	from, to = whole(from, s.origin), whole(to, s.origin)
	for _, k := range [...]Kind{STSRecord, TLSRPTRecord, TLSARecord} {
		if kind := misplaced(k, from); kind == "" || kind == WrongPort || k == TLSARecord && otherService(from) {
			if s.led == nil {
				s.led = map[alias]bool{}
			}
			s.led[alias{k, to}] = true
		}
	}
}

// service gives the first two labels of a name.
func service(name string) (port, protocol string) {
	port, rest, _ := strings.Cut(name, ".")
	protocol, _, _ = strings.Cut(rest, ".")
	return port, protocol
}

// mailPort tells the labels of the ports where mail is submitted, which a sender to a
// domain never asks for.
func mailPort(label string) bool { return label == "_465" || label == "_587" }

// otherService tells whether a TLSA record is of a port that is not about mail.
func otherService(owner string) bool {
	port, protocol := service(owner)
	number := strings.TrimPrefix(port, "_")
	return number != port && number != "" && strings.Trim(number, "0123456789") == "" && protocol == "_tcp" && number != "25" && !mailPort(port)
}

// under puts a kind's labels before a name, in the place of those that were to be
// them: all that begin with an underscore with what stands before, and words that are
// nearly the labels.
func under(k Kind, name string) string {
	rest, dot := strings.CutSuffix(name, ".")
	if rest == "@" {
		return k.labels()
	}
	all := strings.Split(rest, ".")
	from := 0
	for i, label := range all {
		if strings.HasPrefix(label, "_") || i == from && nearly(k, label, from > 0) {
			from = i + 1
		}
	}
	all = append([]string{k.labels()}, all[from:]...)
	if dot {
		all = append(all, "")
	}
	return strings.Join(all, ".")
}

// nearly tells whether a label without an underscore was to be one of a kind's.
func nearly(k Kind, label string, behind bool) bool {
	label = strings.ToLower(label)
	if k == STSRecord {
		return mtasts.Distance(label, "_mta-sts") <= 2
	}
	return behind && (label == "tls" || label == "tcp" || label == "smtp") || label == "25"
}
