package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/app/serving"
	"github.com/sealane/sealane/proxy/server"
)

// serveFlags are those of serve alone.
type serveFlags struct {
	listen, site, cert, key string
	origins                 []string // whose pages may ask
	lab                     bool
}

func (s *serveFlags) register(fs *flag.FlagSet) {
	fs.StringVar(&s.listen, "listen", "localhost:8080", "")
	fs.StringVar(&s.site, "site", "", "")
	fs.StringVar(&s.cert, "cert", "", "")
	fs.StringVar(&s.key, "key", "", "")
	fs.BoolVar(&s.lab, "lab", false, "")
	fs.Func("allow-origin", "", func(origin string) error { s.origins = append(s.origins, origin); return nil })
}

// serve serves the page and its proxy until ctx ends.
func (p *program) serve(ctx context.Context, args []string) int {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	var w worldFlags
	var s serveFlags
	w.register(set)
	s.register(set)
	rest, err := p.parse(set, args)
	if err == nil {
		err = p.verify(&w)
	}
	switch {
	case err != nil:
		return p.refuse(err)
	case len(rest) > 0:
		return p.wrong(p.say(p.cli.UnknownCommand, "value", "serve "+rest[0]))
	case (s.cert == "") != (s.key == ""):
		return p.wrong(p.cli.CertNeedsKey)
	}
	for _, origin := range s.origins {
		if origin != "*" && !serving.IsOrigin(origin) {
			return p.wrong(p.say(p.cli.BadOrigin, "value", origin))
		}
	}
	var certificate *tls.Certificate
	if s.cert != "" {
		pair, err := tls.LoadX509KeyPair(s.cert, s.key)
		if err != nil {
			return p.wrong(p.badPair(&s))
		}
		certificate = &pair
	}
	n, err := p.networks(&w, s.lab)
	if err != nil {
		return p.wrong(err.Error())
	}
	defer n.close()
	config, err := p.serverConfig(n, &s)
	if err != nil {
		return p.wrong(err.Error())
	}
	config.PrivateNames = w.allowPrivate
	srv, err := server.New(config)
	if err != nil {
		return p.wrong(p.say(p.cli.ServeFailed, "value", s.listen))
	}
	err = srv.Serve(ctx, s.listen, certificate, func(addr net.Addr) {
		if config.Site == nil {
			p.wrong(p.cli.NoSite)
		}
		fmt.Fprintln(p.out, p.say(p.cli.Serving, "value", address(s.listen, addr, certificate != nil)))
	})
	if err != nil {
		return p.wrong(p.listenFault(s.listen, err))
	}
	return exitClean
}

// serverConfig puts together what the server is made of.
func (p *program) serverConfig(n *networks, s *serveFlags) (server.Config, error) {
	site, err := p.siteFiles(s.site)
	if err != nil {
		return server.Config{}, err
	}
	c := server.Config{
		Route: n.route, Site: site, Port25: n.internet.Egress,
		Page: probe.Config{Anchors: n.anchors}, Origins: s.origins,
		Check: summarize(n), Visits: server.Visits{Name: ehloName},
		Log: slog.New(slog.NewTextHandler(p.err, nil)),
	}
	if s.lab {
		list, err := labList()
		if err != nil {
			return c, errWords(p.say(p.cli.LabFailed, "value", err.Error()))
		}
		c.Page.Lab = list
	}
	return c, nil
}

// siteFiles finds the built site: the folder named, or the one beside the
// program. Without the latter the proxy works, and the page is missing.
func (p *program) siteFiles(dir string) (fs.FS, error) {
	named := dir != ""
	if !named {
		program, err := os.Executable()
		if err != nil {
			return nil, nil
		}
		dir = filepath.Join(filepath.Dir(program), "site")
	}
	info, err := os.Stat(filepath.Join(dir, "index.html"))
	switch {
	case err == nil && info.Mode().IsRegular():
		return os.DirFS(dir), nil
	case named:
		return nil, errWords(p.say(p.cli.BadSite, "name", dir))
	}
	return nil, nil
}

// badPair says what is wrong with the certificate or its key.
func (p *program) badPair(s *serveFlags) string {
	for _, name := range []string{s.cert, s.key} {
		if _, err := readFile(name); err != nil {
			return p.badFile(name, err).Error()
		}
	}
	return p.say(p.cli.BadCert, "name", s.cert+", "+s.key)
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
