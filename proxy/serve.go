package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/serving"
	"github.com/sealane/sealane/proxy/headroom"
	"github.com/sealane/sealane/proxy/resolve"
	"github.com/sealane/sealane/proxy/server"
)

// serveFlags are those of serve alone.
type serveFlags struct {
	listen, site, cert, key string
	origins                 list // whose pages may ask
	lab                     bool
	acme                    acmeFlags
	metrics                 string // the address of those; none without
	valkey                  string // the server that replicas share; none without
	contact                 string // of the operator
	logDomains              string
	trustedProxies          list
	trusted                 []netip.Prefix // the same, read
	rates                   list
	log, logLevel           string
	grace                   time.Duration
}

func (s *serveFlags) register(fs *flag.FlagSet) {
	fs.StringVar(&s.listen, "listen", "localhost:8080", "")
	fs.StringVar(&s.site, "site", "", "")
	fs.StringVar(&s.cert, "cert", "", "")
	fs.StringVar(&s.key, "key", "", "")
	fs.BoolVar(&s.lab, "lab", false, "")
	fs.Var(&s.origins, "allow-origin", "")
	s.acme.register(fs)
	fs.StringVar(&s.metrics, "metrics", "", "")
	fs.StringVar(&s.valkey, "valkey", "", "")
	fs.StringVar(&s.contact, "contact", "", "")
	fs.Var(&s.trustedProxies, "trusted-proxy", "")
	fs.Var(&s.rates, "rate", "")
	fs.StringVar(&s.logDomains, "log-domains", server.LogHash, "")
	fs.StringVar(&s.log, "log", "text", "")
	fs.StringVar(&s.logLevel, "log-level", "info", "")
	fs.DurationVar(&s.grace, "grace", 30*time.Second, "")
}

// serveSet holds all flags of serve.
func serveSet(w *worldFlags, s *serveFlags) *flag.FlagSet {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	w.register(set)
	s.register(set)
	return set
}

// readServe reads the command line of serve, and what it leaves to the
// environment.
func (p *program) readServe(args []string) (w worldFlags, s serveFlags, err error) {
	set := serveSet(&w, &s)
	rest, err := p.parse(set, args)
	if err == nil {
		err = p.environment(set)
	}
	if err == nil {
		err = p.verify(&w)
	}
	switch {
	case err != nil:
		return w, s, err
	case len(rest) > 0:
		return w, s, errWords(p.say(p.cli.UnknownCommand, "value", "serve "+rest[0]))
	case s.grace < 0:
		return w, s, errWords(p.cli.BadGrace)
	}
	if s.logDomains != server.LogHash && s.logDomains != server.LogPlain {
		return w, s, errWords(p.say(p.cli.BadLogDomains, "value", s.logDomains))
	}
	if wrong, ok := setRates(s.rates, &server.Config{}); !ok {
		return w, s, errWords(p.say(p.cli.BadRate, "value", wrong))
	}
	for _, text := range s.trustedProxies {
		prefix, err := netip.ParsePrefix(text)
		if ip, bad := netip.ParseAddr(text); bad == nil {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			return w, s, errWords(p.say(p.cli.BadTrustedProxy, "value", text))
		}
		s.trusted = append(s.trusted, prefix.Masked())
	}
	for _, origin := range s.origins {
		if origin != "*" && !serving.IsOrigin(origin) {
			return w, s, errWords(p.say(p.cli.BadOrigin, "value", origin))
		}
	}
	return w, s, nil
}

// serve serves the page and its proxy until ctx ends.
func (p *program) serve(ctx context.Context, args []string) int {
	w, s, err := p.readServe(args)
	if err != nil {
		return p.refuse(err)
	}
	log, err := p.logger(&s)
	if err != nil {
		return p.wrong(err.Error())
	}
	secure, err := p.secured(&s, log)
	if err != nil {
		return p.wrong(err.Error())
	}
	defer secure.close()
	n, err := p.networks(&w, s.lab, log)
	if err != nil {
		return p.wrong(err.Error())
	}
	defer n.close()
	config, err := p.serverConfig(n, &s, log)
	if err != nil {
		return p.wrong(err.Error())
	}
	if config.PrivateNames = w.allowPrivate; !w.allowPrivate {
		n.internet.Private = resolve.Private
	}
	shared, err := p.shared(&s, &config, log)
	if err != nil {
		return p.wrong(err.Error())
	}
	defer shared.close()
	measured, err := p.measured(&s, &config, log)
	if err != nil {
		return p.wrong(err.Error())
	}
	defer measured.close()
	srv, err := server.New(config)
	if err != nil {
		return p.wrong(p.say(p.cli.ServeFailed, "value", s.listen))
	}
	if !w.allowPrivate { // a test bed of one's own needn't be spared
		n.internet.MayVisitAddress = srv.MayVisitAddress
	}
	headroom.Keep()
	measured.watch(srv, shared)
	err = srv.Serve(ctx, s.listen, secure.config, func(addr net.Addr) {
		if config.Site == nil {
			p.wrong(p.cli.NoSite)
		}
		fmt.Fprintln(p.out, p.say(p.cli.Serving, "value", address(s.listen, addr, secure.config != nil)))
		secure.begin(ctx)
	})
	if err != nil {
		return p.wrong(p.listenFault(s.listen, err))
	}
	return exitClean
}

// logger makes the log of a server, on the error stream.
func (p *program) logger(s *serveFlags) (*slog.Logger, error) {
	var level slog.Level
	switch s.logLevel {
	case "debug", "info", "warn", "error":
		if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
			return nil, err
		}
	default:
		return nil, errWords(p.say(p.cli.BadLogLevel, "value", s.logLevel))
	}
	options := &slog.HandlerOptions{Level: level}
	switch s.log {
	case "text":
		return slog.New(slog.NewTextHandler(p.err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.err, options)), nil
	}
	return nil, errWords(p.say(p.cli.BadLog, "value", s.log))
}

// serverConfig puts together what the server is made of.
func (p *program) serverConfig(n *networks, s *serveFlags, log *slog.Logger) (server.Config, error) {
	site, err := p.siteFiles(s.site)
	if err != nil {
		return server.Config{}, err
	}
	c := server.Config{
		Route: n.route, Site: site, Port25: n.internet.Egress,
		Page: probe.Config{Anchors: n.anchors}, Origins: s.origins,
		Check: summarize(n, log), Visits: server.Visits{Name: n.internet.EHLO, Contact: s.contact},
		LogDomains: s.logDomains, TrustedProxies: s.trusted,
		Log: log, Grace: s.grace,
	}
	setRates(s.rates, &c) // which readServe has tried
	if s.lab {
		list, err := labList()
		if err != nil {
			return c, errWords(p.say(p.cli.LabFailed, "value", err.Error()))
		}
		c.Page.Lab = list
	}
	return c, nil
}

// listenFault says why nobody can listen on an address.
func (p *program) listenFault(listen string, err error) string {
	var address *net.AddrError
	var name *net.DNSError
	text := p.cli.ServeFailed
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		text = p.cli.ListenTaken
	case errors.Is(err, fs.ErrPermission):
		text = p.cli.ListenForbidden
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		text = p.cli.ListenNotHere
	case errors.As(err, &address), errors.As(err, &name):
		text = p.cli.BadListen
	}
	return p.say(text, "value", listen)
}

// address is where the page is, under the name that was asked for.
func address(listen string, addr net.Addr, secure bool) string {
	host, _, err := net.SplitHostPort(listen)
	_, port, _ := net.SplitHostPort(addr.String())
	if err != nil || host == "" {
		host = "localhost"
	}
	scheme := "http"
	if secure {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
