package main

import (
	"crypto/x509"
	"errors"
	"flag"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/dnssec"
)

// worldFlags are the flags of check and serve that say which world to look at.
type worldFlags struct {
	resolvers           []string
	anchorFile, roots   string
	smtpPort, httpsPort uint
	allowPrivate        bool
}

func (w *worldFlags) register(fs *flag.FlagSet) {
	fs.Func("resolver", "", func(s string) error { w.resolvers = append(w.resolvers, s); return nil })
	fs.StringVar(&w.anchorFile, "anchor", "", "")
	fs.StringVar(&w.roots, "roots", "", "")
	fs.UintVar(&w.smtpPort, "smtp-port", 25, "")
	fs.UintVar(&w.httpsPort, "https-port", 443, "")
	fs.BoolVar(&w.allowPrivate, "allow-private", false, "")
}

// errWords is a mistake in the command line, already in words.
type errWords string

func (e errWords) Error() string { return string(e) }

// verify checks what flags alone can't: values and combinations.
func (p *program) verify(w *worldFlags) error {
	for _, r := range w.resolvers {
		_, addrErr := netip.ParseAddrPort(r)
		u, urlErr := url.Parse(r)
		if addrErr != nil && (urlErr != nil || u.Scheme != "https" || u.Host == "") {
			return errWords(p.say(p.cli.BadResolver, "value", r))
		}
	}
	if w.smtpPort == 0 || w.smtpPort > 65535 || w.httpsPort == 0 || w.httpsPort > 65535 {
		return errWords(p.say(p.cli.BadFlag, "value", "-smtp-port, -https-port: 1-65535"))
	}
	changed := w.smtpPort != 25 || w.httpsPort != 443 || w.roots != ""
	if w.allowPrivate && !changed {
		return errWords(p.cli.PrivateNeeds)
	}
	return nil
}

// anchors reads the trust anchors: the root's, and those of the file.
func (p *program) anchors(w *worldFlags) ([]dnssec.Anchor, error) {
	all := dnssec.RootAnchors()
	if w.anchorFile == "" {
		return all, nil
	}
	f, err := os.Open(w.anchorFile)
	if err != nil {
		return nil, errWords(p.say(p.cli.BadFile, "name", w.anchorFile, "value", reason(err)))
	}
	defer f.Close()
	zones := dns.NewZoneParser(f, ".", w.anchorFile)
	found := false
	for rr, ok := zones.Next(); ok; rr, ok = zones.Next() {
		zone, err := dnsname.Parse(rr.Header().Name)
		if t := rr.Header().Rrtype; err != nil || t != dns.TypeDS && t != dns.TypeDNSKEY {
			return nil, errWords(p.say(p.cli.BadAnchor, "name", w.anchorFile))
		}
		all = append(all, dnssec.Anchor{Zone: zone, Record: rr.String()})
		found = true
	}
	if zones.Err() != nil || !found {
		return nil, errWords(p.say(p.cli.BadAnchor, "name", w.anchorFile))
	}
	return all, nil
}

// rootPool reads the certificate authorities; nil means the system's.
func (p *program) rootPool(w *worldFlags) (*x509.CertPool, error) {
	if w.roots == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(w.roots)
	if err != nil {
		return nil, errWords(p.say(p.cli.BadFile, "name", w.roots, "value", reason(err)))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errWords(p.say(p.cli.BadRoots, "name", w.roots))
	}
	return pool, nil
}

// reason is what an error says without the path, which the line names already.
func reason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// parse reads flags wherever they stand and gives the other arguments.
func (p *program) parse(fs *flag.FlagSet, args []string) ([]string, error) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	var rest []string
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, errWords(p.cli.Usage)
			}
			line, _, _ := strings.Cut(err.Error(), "\n")
			return nil, errWords(p.say(p.cli.BadFlag, "value", line))
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}
