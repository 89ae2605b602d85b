package compose

import "net/url"

// Draft is what stands in the form, field by field, as it was typed. Lists are
// apart by white space, commas or semicolons. It is the state of the page and, as
// a query, of its URL.
type Draft [fields]string

// Field is one field of a Draft.
type Field uint8

// The fields.
const (
	FieldDomain       Field = iota
	FieldBelow              // names below the domain that take mail too
	FieldMode               // of the policy; empty for none
	FieldMaxAge             // seconds, or a number with "d" or "w"
	FieldMX                 // patterns
	FieldWeb                // a name, or addresses
	FieldHostedRecord       // where the alias at _mta-sts leads, at a company that hosts
	FieldHostedPolicy       // at mta-sts
	FieldHostedReport       // at _smtp._tls
	FieldRUA                // mail addresses and URIs
	FieldTLSA               // lines of a mail host, where an alias there leads, if one stands, and a record's data
	FieldTTL                // seconds
	FieldZone               // that the domain lies in, where it is not the domain itself
	FieldServer             // the mail server that keys are fetched from, or are of
	FieldStart              // the day on which a plan begins
	FieldTo                 // the mail servers that a plan leads to
	FieldLongest            // the longest max_age of the year before a plan
	fields
)

// parameters are the names of the fields in a query.
var parameters = [fields]string{"d", "below", "mode", "age", "mx", "web", "record", "policy", "report", "rua", "tlsa", "ttl", "zone", "server", "start", "to", "longest"}

// Name is what the field is called in a query.
func (f Field) Name() string { return parameters[f] }

// DraftFrom reads a URL's query. Parameters that no field has are left aside, and
// of one that stands twice the first counts.
func DraftFrom(query url.Values) Draft {
	var d Draft
	for f, name := range parameters {
		d[f] = query.Get(name)
	}
	return d
}

// Query gives the URL's query, which DraftFrom reads back; fields without text are
// left out.
func (d Draft) Query() url.Values {
	query := url.Values{}
	for f, text := range d {
		if text != "" {
			query.Set(parameters[f], text)
		}
	}
	return query
}
