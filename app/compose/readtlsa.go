package compose

import (
	"slices"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
)

// tlsa reads lines of a mail host, where an alias leads if one stands at its
// records' name, and a record's data.
func (r *reader) tlsa() {
	for _, span := range r.words(FieldTLSA, "\r\n") {
		line := span.Cut(r.Draft[FieldTLSA])
		host, data := hostAndData(line)
		name, ok := hostname(host)
		if !ok {
			r.fault(FieldTLSA, NoHost, span)
			continue
		}
		if !roomy(name) {
			r.fault(FieldTLSA, NoRoom, span)
			continue
		}
		var alias dnsname.Name
		if first, rest, _ := strings.Cut(data, " "); strings.HasPrefix(first, "_") {
			var err error
			if alias, err = dnsname.Parse(first); err != nil {
				r.fault(FieldTLSA, NoHost, span)
				continue
			}
			data = rest
		}
		record, err := dane.ParseText(data)
		if err != nil {
			r.fault(FieldTLSA, string(dane.Malformed), span)
			continue
		}
		if kind := record.Unusable(); kind != "" {
			r.fault(FieldTLSA, string(kind), span)
			continue
		}
		r.record(HostTLSA{Host: name, Alias: alias}, record)
	}
}

// hostAndData parts a line into the mail host and the record's data. It may also be
// one of a zone file, as dig prints it: TTL and class stand before the type then
// (RFC 1035 §5.1), and the labels of port 25 before the host (RFC 7672 §2.2.3).
func hostAndData(line string) (host, data string) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return "", ""
	}
	host, words = words[0], words[1:]
	for i, word := range words[:min(len(words), 3)] {
		if strings.EqualFold(word, "TLSA") {
			words = words[i+1:]
			host = strings.TrimPrefix(host, "_25._tcp.")
			break
		}
		if !strings.EqualFold(word, "IN") && strings.Trim(word, "0123456789") != "" {
			break
		}
	}
	return host, strings.Join(words, " ")
}

// record adds a TLSA record of a host, each once.
func (r *reader) record(host HostTLSA, record dane.TLSA) {
	all := &r.want.TLSA
	at := slices.IndexFunc(*all, func(t HostTLSA) bool { return t.Host == host.Host && t.Owner() == host.Owner() })
	if at < 0 {
		at = len(*all)
		*all = append(*all, host)
	}
	if t := &(*all)[at]; !slices.ContainsFunc(t.Records, record.Equal) {
		t.Records = append(t.Records, record)
	}
}
