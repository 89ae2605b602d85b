package main

import (
	"bytes"
	"crypto/x509"
	"flag"
	"net/netip"
	"net/url"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

// worldFlags are the flags of check and serve that say which world to look at.
type worldFlags struct {
	resolvers           list
	anchorFile, roots   string
	smtpPort, httpsPort uint
	allowPrivate        bool
	ehlo                string // what probes call themselves (RFC 5321 §4.1.1.1)
	morePorts           bool   // 465 and 80 beside 25 and 443
	optOut              string // file
}

func (w *worldFlags) register(fs *flag.FlagSet) {
	fs.Var(&w.resolvers, "resolver", "")
	fs.StringVar(&w.anchorFile, "anchor", "", "")
	fs.StringVar(&w.roots, "roots", "", "")
	fs.UintVar(&w.smtpPort, "smtp-port", 25, "")
	fs.UintVar(&w.httpsPort, "https-port", 443, "")
	fs.BoolVar(&w.allowPrivate, "allow-private", false, "")
	fs.StringVar(&w.ehlo, "ehlo", "probe.sealane.invalid", "")
	fs.BoolVar(&w.morePorts, "more-ports", false, "")
	fs.StringVar(&w.optOut, "opt-out", "", "")
}

// verify checks what flags alone can't: values and combinations.
func (p *program) verify(w *worldFlags) error {
	for _, r := range w.resolvers {
		_, addrErr := netip.ParseAddrPort(r)
		u, urlErr := url.Parse(r)
		if addrErr != nil && (urlErr != nil || u.Scheme != "https" || u.Host == "") {
			return errWords(p.say(p.cli.BadResolver, "value", withoutSecret(r)))
		}
	}
	switch valid := func(port uint) bool { return port > 0 && port <= 65535 }; {
	case !valid(w.smtpPort):
		return errWords(p.say(p.cli.BadPort, "name", "-smtp-port"))
	case !valid(w.httpsPort):
		return errWords(p.say(p.cli.BadPort, "name", "-https-port"))
	}
	name, err := dnsname.Parse(w.ehlo)
	if err != nil || name == dnsname.Root || !name.IsHostname() {
		return errWords(p.say(p.cli.BadEHLO, "value", w.ehlo))
	}
	w.ehlo = name.String()
	changed := w.smtpPort != 25 || w.httpsPort != 443 || w.roots != ""
	if w.allowPrivate && !changed {
		return errWords(p.cli.PrivateNeeds)
	}
	return nil
}

// anchors reads the trust anchors: the root's, and those of the file.
func (p *program) anchors(w *worldFlags) ([]dnssec.Anchor, error) {
	all := dnssec.RootAnchors()
	builtIn := len(all)
	if w.anchorFile == "" {
		return all, nil
	}
	text, err := readFile(w.anchorFile)
	if err != nil {
		return nil, p.badFile(w.anchorFile, err)
	}
	zones := dns.NewZoneParser(bytes.NewReader(text), ".", "")
	zones.SetDefaultTTL(3600) // signers print DS records without one
	found := false
	for rr, ok := zones.Next(); ok; rr, ok = zones.Next() {
		zone, err := dnsname.Parse(rr.Header().Name)
		if err == nil { // the parser takes any word for a digest or a key
			_, err = dns.PackRR(rr, make([]byte, dns.MaxMsgSize), 0, nil, false)
		}
		if t := rr.Header().Rrtype; err != nil || t != dns.TypeDS && t != dns.TypeDNSKEY {
			return nil, errWords(p.say(p.cli.BadAnchor, "name", w.anchorFile))
		}
		if zone == dnsname.Root { // a root of one's own
			all, builtIn = all[builtIn:], 0
		}
		all = append(all, dnssec.Anchor{Zone: zone, Record: rr.String()})
		found = true
	}
	if zones.Err() != nil || !found {
		return nil, errWords(p.say(p.cli.BadAnchor, "name", w.anchorFile))
	}
	return all, nil
}

// rootPools reads the certificate authorities: for what is looked at, instead
// of the system's, and for resolvers, beside them, since a public resolver stays
// the operator's choice. Nil means the system's.
func (p *program) rootPools(w *worldFlags) (alone, beside *x509.CertPool, err error) {
	if w.roots == "" {
		return nil, nil, nil
	}
	pem, err := readFile(w.roots)
	if err != nil {
		return nil, nil, p.badFile(w.roots, err)
	}
	alone = x509.NewCertPool()
	if !alone.AppendCertsFromPEM(pem) {
		return nil, nil, errWords(p.say(p.cli.BadRoots, "name", w.roots))
	}
	if beside, err = x509.SystemCertPool(); err != nil {
		beside = x509.NewCertPool()
	}
	beside.AppendCertsFromPEM(pem)
	return alone, beside, nil
}
