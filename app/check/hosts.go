package check

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"strconv"
	"strings"

	"github.com/sealane/sealane/app/dane"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
	"github.com/sealane/sealane/app/mtasts"
)

// readHosts reads what the probes saw and holds the TLSA records against it.
func (j *judge) readHosts() {
	before := j.earlier()
	for _, h := range j.hosts {
		h.before = before[h.name]
		readRecords(h)
		readEndpoints(h, j.read)
		for _, e := range h.endpoints {
			j.authenticate(e)
		}
	}
}

// earlier gives the hosts of the earlier check by name, read as far as their
// records and chains.
func (j *judge) earlier() map[dnsname.Name]*host {
	past := j.past()
	if past == nil {
		return nil
	}
	hosts := map[dnsname.Name]*host{}
	for _, h := range past.hosts {
		readRecords(h)
		readEndpoints(h, j.read)
		if !h.name.IsZero() {
			hosts[h.name] = h
		}
	}
	return hosts
}

// readRecords reads the TLSA records. One that can't be read stands as the
// zero record, which is unusable, so that indices agree.
func readRecords(h *host) {
	for _, r := range h.tlsa.records {
		record, _ := dane.Parse(r.RData)
		h.records = append(h.records, record)
		h.view.TLSA = append(h.view.TLSA, TLSAView{Record: record, TTL: r.TTL, Unusable: string(record.Unusable())})
	}
}

// readEndpoints makes the views of a host's addresses.
func readEndpoints(h *host, r reader) {
	if h.probed == nil {
		return
	}
	h.view.Failure = h.probed.Failure
	seen := &h.probed.STARTTLS
	if h.view.Failure == nil {
		h.view.Failure = seen.Failure
	}
	addresses := h.probed.addresses()
	h.view.Addresses = make([]AddressView, len(addresses))
	for i := range addresses {
		e := &endpoint{host: h, seen: &addresses[i], view: &h.view.Addresses[i]}
		e.view.Probe = *e.seen
		if t := e.seen.TLS; t != nil {
			e.chain = t.Chain[:min(len(t.Chain), dane.MaxChain)]
		}
		for depth, der := range e.chain {
			e.certs = append(e.certs, r.certificate(der))
			e.view.Chain = append(e.view.Chain, certificateView(der, e.certs[depth], depth))
		}
		if h.deeper != nil {
			for _, a := range h.deeper.addresses() {
				if a.IP == e.seen.IP {
					e.asides, e.view.Probe.Asides = a.Asides, a.Asides
				}
			}
		}
		h.endpoints = append(h.endpoints, e)
	}
}

// certificateView makes what is shown of a certificate; c is nil when the DER
// could not be parsed.
func certificateView(der []byte, c *x509.Certificate, depth int) CertificateView {
	v := CertificateView{Fault: c == nil}
	usage := dane.DANETA
	if depth == 0 {
		usage = dane.DANEEE
	}
	if record, err := dane.Derive(der, usage, dane.SPKISelector, dane.SHA256); err == nil {
		v.TLSA = record.String()
	}
	if c != nil {
		v.Subject, v.Issuer = c.Subject.String(), c.Issuer.String()
		v.Names, v.NotBefore, v.NotAfter, v.Key = c.DNSNames, c.NotBefore, c.NotAfter, keyText(c)
	}
	return v
}

func keyText(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA " + strconv.Itoa(k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}

// standing is what a host's TLSA lookup amounts to, in the order of RFC 7672
// §2.2: MX records, then addresses, and only then TLSA records.
type standing uint8

const (
	tlsaUnknown  standing = iota
	tlsaNone              // none there, addresses secure
	tlsaIgnored           // records, but no sender may trust them
	tlsaSecure            // records that senders go by
	tlsaBroken            // the lookup fails, and senders can't tell
	tlsaNotAsked          // the lookup fails, but the addresses aren't secure
)

func (j *judge) standing(h *host) standing {
	secure := h.addresses == dnssec.Secure
	switch {
	case h.name.IsZero() || h.addresses == dnssec.Indeterminate || j.mx.status == dnssec.Indeterminate:
		return tlsaUnknown
	case h.tlsa.state == Failed && secure:
		return tlsaBroken
	case h.tlsa.state == Failed && h.addresses == dnssec.Insecure && !h.signedAlias():
		return tlsaNotAsked
	case (h.tlsa.state == NoData || h.tlsa.state == NXDomain) && secure && h.tlsa.status != dnssec.Indeterminate:
		return tlsaNone
	case h.tlsa.state != Found || h.tlsa.status == dnssec.Indeterminate:
		return tlsaUnknown
	case h.tlsa.status != dnssec.Secure:
		return tlsaIgnored
	case secure:
		return tlsaSecure
	}
	// An alias that leaves the signed zone: the records at the name itself
	// count (RFC 7672 §2.2.2, "Insecure CNAME").
	if _, hops := h.expanded(); hops > 0 && h.tlsaBase == h.name {
		return tlsaSecure
	}
	return tlsaIgnored
}

// signedAlias tells whether the host is an alias with a signature: then its own
// zone may be secure though the addresses aren't, and senders ask for TLSA
// records all the same (RFC 7672 §2.2.2, "Insecure CNAME").
func (h *host) signedAlias() bool {
	for _, a := range []answer{h.a, h.aaaa} {
		if a.hops > 0 && signedAtFirst(a) {
			return true
		}
	}
	return false
}

// usable tells whether any record of the host can authenticate.
func (h *host) usable() bool {
	return slices.ContainsFunc(h.records, func(t dane.TLSA) bool { return t.Unusable() == "" })
}

// binding tells whether every DANE sender goes by the host's TLSA records: they
// are usable, secure, and so are the MX records that led there.
func (j *judge) binding(h *host) bool {
	return j.mx.status == dnssec.Secure && j.standing(h) == tlsaSecure && h.usable()
}

// verify holds a host's records against an address's chain, or gives what came of
// it at an address before that shows the same: signatures take their time.
func (j *judge) verify(e *endpoint) dane.Result {
	for _, other := range e.host.endpoints {
		if other == e {
			break
		}
		if slices.EqualFunc(other.chain, e.chain, bytes.Equal) {
			return other.held
		}
	}
	return dane.Verify(e.host.records, e.chain, j.identifiers(e.host), j.now)
}

// authenticate holds the records against one address's chain.
func (j *judge) authenticate(e *endpoint) {
	h := e.host
	e.held = j.verify(e)
	e.dane = e.held
	if e.shownToAnother() {
		e.dane.Outcome = dane.Undecided
		j.notChecked("not-checked.other-sni", h.name.String()+" "+e.seen.IP.String(),
			"host", h.name.String(), "ip", e.seen.IP.String(), "name", h.tlsaBase.String())
	}
	for _, m := range e.dane.Matches {
		if m.Depth >= 0 {
			places := &h.view.TLSA[m.Record].MatchesAt
			*places = append(*places, ChainPlace{e.seen.IP, m.Depth})
		}
	}
	if j.binding(h) {
		e.view.DANE = daneVerdict(e)
		if _, unmatched := j.kinds(e); e.view.DANE == OK && len(unmatched) > 0 {
			e.view.DANE = Unknown // it depends on the sender
		}
	}
	e.view.WebPKI = j.webPKI(e)
}

// daneVerdict is what an address's result means for a DANE sender.
func daneVerdict(e *endpoint) Level {
	switch e.dane.Outcome {
	case dane.Authenticated:
		return OK
	case dane.Mismatch, dane.NameMismatch, dane.Expired, dane.ChainInvalid:
		return Error
	case dane.NoChain:
		if e.withoutTLS() {
			return Error
		}
	}
	return Unknown
}

// shownToAnother tells a certificate that fails and may have been chosen for
// the name that the proxy asked for. Behind an alias senders ask for another
// one, the TLSA base domain (RFC 7672 §8.1).
func (e *endpoint) shownToAnother() bool {
	h := e.host
	switch e.dane.Outcome {
	case dane.Mismatch, dane.NameMismatch, dane.Expired, dane.ChainInvalid:
	default:
		return false
	}
	leaf := e.leaf()
	return h.tlsaBase != h.name && leaf != nil && namesHost(leaf, h.name) && !namesHost(leaf, h.tlsaBase)
}

// identifiers are the names that every sender accepts for DANE-TA (RFC 7672
// §3.2.2): the TLSA base domain and, behind secure MX records, the mail domain
// and where its alias leads.
func (j *judge) identifiers(h *host) []dnsname.Name {
	names := []dnsname.Name{h.tlsaBase}
	if j.mx.status == dnssec.Secure {
		names = append(names, j.facts.Domain, j.mx.end)
	}
	return names
}

// context is what the levels of findings about a subject depend on.
func (j *judge) context(subject string) Context {
	var c Context
	if p := &j.report.Policy; p.Usable && j.report.Record.Valid {
		c.Enforce = p.Value.Mode == mtasts.ModeEnforce
		c.Testing = p.Value.Mode == mtasts.ModeTesting
		c.STS = c.Enforce || c.Testing
	}
	hosts, ip := j.hosts, ""
	if h := j.hostOf(subject); h != nil && subject != j.facts.Domain.String() {
		hosts = []*host{h}
		_, ip, _ = strings.Cut(subject, " ")
	}
	good, bad := 0, 0
	for _, h := range hosts {
		c.TLSA = c.TLSA || len(h.records) > 0
		if j.standing(h) != tlsaSecure {
			continue
		}
		c.Bound = true
		if !h.usable() {
			continue
		}
		c.DANE = true
		for _, e := range h.endpoints {
			switch {
			case ip != "" && e.seen.IP.String() != ip:
			case e.dane.Outcome == dane.Authenticated:
				good++
			case e.dane.Outcome == dane.Undecided:
			case len(e.chain) > 0 || e.withoutTLS():
				bad++
			}
		}
	}
	c.DANEOK = good > 0 && bad == 0
	return c
}
