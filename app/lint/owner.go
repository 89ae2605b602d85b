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
	once, doubled := s.undoubled(name)
	kind, right := placed(f.Kind, once)
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
func (s *scanner) undoubled(name string) (string, bool) {
	bare, dot := strings.CutSuffix(name, ".")
	if once, doubled := mtasts.Undoubled(bare); doubled {
		return once + strings.Repeat(".", len(name)-len(bare)), true
	}
	if !dot && strings.Contains(s.origin, ".") && strings.HasSuffix(strings.ToLower(name), "."+s.origin) {
		return name + ".", true
	}
	return name, false
}

// placed says what is wrong with the labels of a name, and gives it with the right
// ones.
func placed(k Kind, name string) (syntax.Kind, string) {
	lower := strings.ToLower(name)
	if lower == k.labels() || strings.HasPrefix(lower, k.labels()+".") {
		return "", name
	}
	if k == TLSARecord {
		switch port, protocol := service(lower); {
		case port == "*" && protocol == "_tcp":
			return "", name
		case mailPort(port) && protocol == "_tcp":
			return WrongPort, name
		case strings.HasPrefix(port, "_"), strings.HasPrefix(protocol, "_"):
			return WrongProtocolLabel, under(k, name)
		}
	}
	return WrongName, under(k, name)
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
	port, protocol := service(strings.ToLower(owner))
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
