package tlsrpt

import "strconv"

// datagram reads what Postfix sends to its reporter by libtlsrpt: one session, with short
// names and numbers (the numbers are those of tlsrpt.h).
func (r *reader) datagram() (report Report) {
	domain, start := "", r.at
	r.object(members{[]string{"d", "policies"}, 0}, func(i int) {
		if i == 0 {
			domain = r.word()
			return
		}
		r.elements(PoliciesNotArray, func() { report.Policies = append(report.Policies, r.session()) })
	})
	if r.stopped == nil && len(report.Policies) == 0 {
		r.at = start
		r.fail(NotTLSRPT)
	}
	for i := range report.Policies {
		if e := &report.Policies[i]; e.Domain == "" {
			e.Domain = domain
		}
	}
	noted := r.mended.all
	r.mended = repairLog{}
	r.mended.add(Datagram, nil, "", domain)
	for _, repair := range noted { // all else is how datagrams are
		if repair.Kind == CountInvalid {
			r.mended.all = append(r.mended.all, repair)
			r.mended.shapes = append(r.mended.shapes, repair.Path)
		}
	}
	return report
}

// session reads an entry of a datagram.
func (r *reader) session() (e Reported) {
	failed := uint64(0)
	r.object(members{[]string{"f", "", "failure-details", "policy-type", "policy-domain", "policy-string", "mx-host"}, 0}, func(i int) {
		switch i {
		case 0:
			failed = min(r.count(), 1)
		case 2:
			r.elements(DetailsNotArray, func() {
				var d FailureDetail
				r.detail(members{[]string{"c", "s", "n", "r", "", "h", "a", "f"}, 0}, &d)
				d.Failed = 1
				d.Result = datagramResult(d.Result)
				e.Details = append(e.Details, d)
			})
		case 1:
			r.skip()
		default:
			r.policyMember(&e, i-3)
		}
	})
	e.Failed, e.Successful = failed, 1-failed
	switch e.Type {
	case "1":
		e.Type = "tlsa"
	case "2":
		e.Type = "sts"
	case "9":
		e.Type = "no-policy-found"
	}
	return e
}

// datagramResult gives the result type of a number, or what stands there.
func datagramResult(s string) string {
	n, err := strconv.Atoi(s)
	switch {
	case err == nil && n > 200 && n <= 205:
		return resultTypes[n-201]
	case err == nil && n > 300 && n <= 306:
		return resultTypes[n-301+5]
	}
	return s
}
