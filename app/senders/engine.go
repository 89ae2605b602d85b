package senders

// try goes through the hosts as the sender would.
func (s *sender) try(way *rules, m *Mail, mode Mode) Verdict {
	switch m.MX {
	case NullMX:
		return Verdict{Outcome: Returns, Reason: "null-mx"}
	case NoDomain:
		return Verdict{Outcome: Returns, Reason: "no-domain"}
	case Missing:
		return Verdict{Outcome: Returns, Reason: "no-mail-host"}
	case Failed:
		return Verdict{Outcome: Defers, Reason: "lookup-failed"}
	case Bogus:
		if way.dane { // it has a resolver that validates (RFC 7672 §2.1)
			return Verdict{Outcome: Defers, Reason: "dnssec-bogus"}
		}
		return Verdict{Reason: "undocumented"}
	}
	if len(m.Hosts) == 0 {
		return Verdict{Reason: "unknown"}
	}
	v := Verdict{Outcome: Returns}
	for i := 0; i < len(m.Hosts); {
		// Hosts of one preference are tried in any order (RFC 5321 §5.1).
		next, group := i, Skips
		for ; next < len(m.Hosts) && m.Hosts[next].Preference == m.Hosts[i].Preference; next++ {
			step := way.host(m, &m.Hosts[next], mode)
			v.Steps = append(v.Steps, step)
			group = worse(group, step.Outcome)
			if step.Outcome == Skips && step.Reason != "no-address" {
				v.Outcome = Defers
			}
		}
		if group != Skips {
			v.Outcome = group
			return v
		}
		i = next
	}
	return v
}

// worse joins places that stand in for each other: one that is skipped says
// nothing beside one that isn't, and of several ways to deliver the weakest
// may come about. What passes authenticated passes, whatever the others do.
func worse(a, b Outcome) Outcome {
	switch {
	case a == Skips:
		return b
	case b == Skips:
		return a
	case a == Unknown && b == Delivers || a == Delivers && b == Unknown:
		return Delivers
	case a == Unknown || b == Unknown:
		return Unknown
	}
	return max(a, b)
}

// asks is what a host must show to a sender: a match with TLSA records, any
// TLS, a certificate by MTA-STS.
type asks struct{ dane, tls, sts bool }

// host tells what becomes of trying one host.
func (r *rules) host(m *Mail, h *Host, mode Mode) Step {
	step := Step{Host: h.Name}
	skip := func(reason string) Step {
		step.Outcome, step.Reason = Skips, reason
		return step
	}
	unknown := func(reason string) Step {
		step.Outcome, step.Reason = Unknown, reason
		return step
	}
	switch h.Addresses {
	case Missing, NoDomain:
		return skip("no-address")
	case Failed:
		return skip("lookup-failed")
	case Bogus:
		if r.dane {
			return skip("dnssec-bogus")
		}
		return unknown("undocumented")
	}
	tlsa := r.tlsa(m, h, mode)
	switch tlsa {
	case TLSAOpen:
		return unknown("unknown")
	case TLSAFailed:
		return skip("tlsa-failed")
	}
	need := asks{dane: tlsa == TLSAUsable, tls: tlsa == TLSAUnusable}
	switch {
	case r.order == daneAlone && (need.dane || need.tls), r.order == daneDomain && r.anyTLSA(m):
	case mode == ModeOpen && !(need.dane || need.tls):
		return unknown("unknown")
	case mode == Enforce:
		need.sts = true
		if match := r.matches(h); match == No {
			return skip("sts-mx")
		} else if match == Open {
			return unknown("unknown")
		}
	}
	result := r.endpoints(h, need, mode)
	if mode == ModeOpen && r.order == bothMustPass && result.Outcome.delivers() {
		return unknown("unknown") // a policy may still stand against it
	}
	result.Host = h.Name
	return result
}

// tlsa tells how the host's TLSA records stand for this sender.
func (r *rules) tlsa(m *Mail, h *Host, mode Mode) TLSA {
	if !r.dane || r.order == stsAlone && mode == Enforce {
		return TLSAAbsent
	}
	switch {
	case h.TLSA == TLSAAbsent || h.TLSA == TLSAInsecure:
		return h.TLSA
	case m.MX == Insecure && !r.insecureMX:
		return TLSAInsecure // RFC 7672 §2.2.1
	case m.MX == LookupOpen, r.order == stsAlone && mode == ModeOpen:
		return TLSAOpen
	}
	return h.TLSA
}

// anyTLSA tells whether DANE rules any host of the domain.
func (r *rules) anyTLSA(m *Mail) bool {
	for i := range m.Hosts {
		if r.tlsa(m, &m.Hosts[i], Off) >= TLSAFailed {
			return true
		}
	}
	return false
}

func (r *rules) matches(h *Host) Answer {
	switch {
	case r.certificates:
		return Yes
	case r.deep:
		return h.Deep
	}
	return h.Strict
}

// endpoints joins the addresses of a host.
func (r *rules) endpoints(h *Host, need asks, mode Mode) Step {
	if len(h.Endpoints) == 0 {
		return Step{Reason: "unknown"}
	}
	step := r.endpoint(&h.Endpoints[0], need, mode)
	for i := range h.Endpoints[1:] {
		next := r.endpoint(&h.Endpoints[i+1], need, mode)
		joined := worse(step.Outcome, next.Outcome)
		switch {
		case joined == Skips && step.Reason == "no-answer":
			step = next // what is wrong says more than silence
		case joined != step.Outcome && joined == next.Outcome:
			step = next
		}
	}
	return step
}

// endpoint tells what becomes of trying one address.
func (r *rules) endpoint(e *Endpoint, need asks, mode Mode) Step {
	prefix := ""
	switch {
	case need.dane || need.tls:
		prefix = "dane-"
	case need.sts:
		prefix = "sts-"
	}
	switch {
	case e.Reached == No:
		return Step{Outcome: Skips, Reason: "no-answer"}
	case e.Reached == Open || e.STARTTLS == Open:
		return Step{Reason: "unknown"}
	case e.STARTTLS == No && prefix != "":
		return Step{Outcome: Skips, Reason: prefix + "no-starttls"}
	case e.STARTTLS == No && r.verifies:
		return Step{Reason: "undocumented"}
	case e.STARTTLS == No:
		return Step{Outcome: DeliversCleartext, Reason: "no-starttls"}
	case e.TLS == Open:
		return Step{Reason: "unknown"}
	case e.TLS == No && prefix != "":
		return Step{Outcome: Skips, Reason: prefix + "handshake"}
	case e.TLS == No && r.clear:
		return Step{Outcome: DeliversCleartext, Reason: "handshake"}
	case e.TLS == No:
		return Step{Reason: "undocumented"}
	}
	return r.encrypted(e, need, mode)
}

// encrypted tells what becomes of a connection with TLS.
func (r *rules) encrypted(e *Endpoint, need asks, mode Mode) Step {
	if need.dane {
		if reason := daneReasons[e.DANE]; reason != "dane" {
			return refused(reason)
		}
		if r.dates && e.Expired {
			return Step{Reason: "undocumented"}
		}
	}
	if need.sts {
		if reason := r.certificate(e); reason != "" {
			return refused(reason)
		}
	}
	switch {
	case need.dane:
		return Step{Outcome: Delivers, How: "DANE", Reason: "dane"}
	case need.sts:
		return Step{Outcome: Delivers, How: "MTA-STS", Reason: "sts"}
	case need.tls:
		return Step{Outcome: DeliversUnauthenticated, Reason: "tlsa-unusable"}
	case r.verifies && (r.always || mode != Testing) && r.certificate(e) != "":
		return Step{Reason: "undocumented"}
	case mode == Testing:
		return Step{Outcome: DeliversUnauthenticated, Reason: "sts-testing"}
	}
	return Step{Outcome: DeliversUnauthenticated, Reason: "opportunistic"}
}

var daneReasons = [...]string{"unknown", "dane", "dane-mismatch", "dane-name", "dane-expired", "dane-chain"}

func refused(reason string) Step {
	if reason == "unknown" {
		return Step{Reason: reason}
	}
	return Step{Outcome: Skips, Reason: reason}
}

// certificate tells why MTA-STS refuses the certificate, "" when it doesn't.
func (r *rules) certificate(e *Endpoint) string {
	name, reason := e.Named, "cert-name"
	if r.certificates {
		name, reason = e.Covered, "cert-pattern"
	}
	switch {
	case e.Trusted == No && e.Expired:
		return "cert-expired"
	case e.Trusted == No:
		return "cert-untrusted"
	case name == No:
		return reason
	case e.Trusted == Open || name == Open:
		return "unknown"
	}
	return ""
}
