package tlsrpt

import (
	"slices"
	"strings"
)

// resultTypes are the registered ones (RFC 8460 §4.3, §6.6), in the order of libtlsrpt's
// numbers: five from 201, six from 301.
var resultTypes = []string{
	"starttls-not-supported", "certificate-host-mismatch", "certificate-not-trusted", "certificate-expired", "validation-failure",
	"sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid", "tlsa-invalid", "dnssec-invalid", "dane-required",
}

// ResultTypes are the registered result types (RFC 8460 §4.3, §6.6).
func ResultTypes() []string { return slices.Clone(resultTypes) }

// report reads the whole (RFC 8460 §4.4).
func (r *reader) report() (report Report) {
	start := r.at
	if r.peek() != '{' {
		r.other()
		return report
	}
	if strings.HasPrefix(strings.TrimLeft(r.text[r.at+1:], " \t\r\n"), `"d"`) {
		return r.datagram()
	}
	there := r.object(reportMembers, func(i int) {
		switch i {
		case 0:
			report.Organization = r.word()
		case 1:
			report.ID = r.word()
		case 2:
			report.Contact = r.word()
		case 3:
			r.object(rangeMembers, func(i int) {
				if i == 0 {
					report.Begin = r.moment()
				} else {
					report.End = r.moment()
				}
			})
		case 4:
			report.Policies = nil
			r.elements(PoliciesNotArray, func() { report.Policies = append(report.Policies, r.entry()) })
		}
	})
	if r.stopped != nil {
		return report
	}
	if there>>4&1 == 0 {
		r.at = start
		r.fail(NotTLSRPT)
		return report
	}
	if !report.Begin.IsZero() && !report.End.IsZero() && !utcDay(report.Begin, report.End) {
		r.mendAt(RangeNotUTCDay, "date-range", report.Begin.Format("2006-01-02T15:04:05Z")+"/"+report.End.Format("2006-01-02T15:04:05Z"))
	}
	if strings.HasSuffix(report.ID, "+") || strings.HasSuffix(report.ID, "@") {
		r.mendAt(ReportIDCut, "report-id", report.ID)
	}
	r.together(report.Policies)
	return report
}

// other stops at what is no JSON object, and says what it is.
func (r *reader) other() {
	switch kind := alien(r.text[r.at:]); {
	case kind != "":
		r.fail(kind)
	case r.at == len(r.text):
		r.fail(Empty)
	default:
		start := r.at
		if r.skip(); r.stopped == nil || r.text[start] == '[' || r.text[start] == '"' {
			if r.stopped == nil {
				r.at = start
				r.fail(NotTLSRPT)
			}
			return
		}
		if e, ok := r.stopped.(*ReportError); ok && e.Kind == Syntax {
			e.Kind = NotJSON
		}
	}
}

// entry reads an entry of policies.
func (r *reader) entry() (e Reported) {
	flat := false
	counts := uint(0)
	there := r.object(entryMembers, func(i int) {
		switch i {
		case 0:
			r.policy(&e)
		case 1:
			counts |= r.object(summaryMembers, func(i int) {
				if i == 0 {
					e.Successful = r.count()
				} else {
					e.Failed = r.count()
				}
			})
		case 2:
			e.Details = nil
			r.elements(DetailsNotArray, func() {
				if e.Details == nil {
					e.Details = make([]FailureDetail, 0, r.likely)
				}
				e.Details = append(e.Details, FailureDetail{})
				r.detail(detailMembers, &e.Details[len(e.Details)-1])
			})
			r.likely = max(1, len(e.Details))
		default:
			flat = true
			r.policyMember(&e, i-3)
		}
	})
	if r.stopped != nil {
		return e
	}
	switch {
	case there&1 == 0 && flat:
		r.mendAt(FlatPolicy, "policy", "")
	case there&1 == 0:
		r.mendAt(MissingField, "policy", "")
	}
	if there>>1&1 == 0 {
		r.mendAt(MissingField, "summary", "")
	} else {
		r.path = append(r.path, place{name: "summary"})
		for i, name := range summaryMembers.names {
			if counts>>i&1 == 0 {
				r.mendAt(CountMissing, name, "")
			}
		}
		r.path = r.path[:len(r.path)-1]
	}
	r.consistent(e)
	return e
}

// policy reads the policy of an entry.
func (r *reader) policy(e *Reported) {
	there := r.object(policyMembers, func(i int) { r.policyMember(e, i) })
	if r.stopped != nil {
		return
	}
	if e.Type == "sts" || e.Type == "tlsa" {
		if there>>2&1 == 0 {
			r.mendAt(MissingField, "policy-string", "")
		}
	}
	if e.Type == "sts" && there>>3&1 == 0 {
		r.mendAt(MissingField, "mx-host", "")
	}
}

func (r *reader) policyMember(e *Reported, i int) {
	switch i {
	case 0:
		if e.Type = r.word(); e.Type != "" && e.Type != "sts" && e.Type != "tlsa" && e.Type != "no-policy-found" {
			r.mend(PolicyTypeUnknown, e.Type)
		}
	case 1:
		e.Domain = r.word()
	case 2:
		e.Strings = r.lines(r.words(PolicyStringNotArray))
	case 3:
		e.MXHosts = r.words(MXHostNotArray)
	}
}

// detail reads a failure detail.
func (r *reader) detail(m members, d *FailureDetail) {
	there := r.object(m, func(i int) {
		switch i {
		case 0:
			d.Result = r.word()
		case 1:
			d.SendingIP = r.word()
		case 2:
			d.ReceivingMX = r.word()
		case 3:
			d.ReceivingIP = r.word()
		case 4:
			d.Failed = r.count()
		case 5:
			d.ReceivingHELO = r.word()
		case 6:
			d.Information = r.word()
		case 7:
			d.Reason = r.word()
		}
	})
	if r.stopped != nil {
		return
	}
	if there>>4&1 == 0 {
		r.mendAt(CountMissing, "failed-session-count", "")
	}
	r.resultType(d)
	if d.Reason == "" && there>>7&1 == 0 && (d.Result == "validation-failure" || d.Result == "certificate-not-trusted") {
		r.mendAt(MissingField, "failure-reason-code", "") // SHOULD be there: RFC 8460 §4.3.1, §4.3.3
	}
}

// resultType writes the type of a detail as it is registered.
func (r *reader) resultType(d *FailureDetail) {
	if d.Result == "" || slices.Contains(resultTypes, d.Result) {
		return
	}
	plain := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(d.Result)), "_", "-")
	if slices.Contains(resultTypes, plain) {
		r.mendAt(ResultTypeCase, "result-type", d.Result)
		d.Result = plain
		return
	}
	r.mendAt(UnknownResultType, "result-type", d.Result)
}
