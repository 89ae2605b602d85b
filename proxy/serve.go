package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/sealane/sealane/app/probe"
	"github.com/sealane/sealane/proxy/server"
)

// serveFlags are those of serve alone.
type serveFlags struct {
	listen, site, cert, key string
	lab                     bool
}

func (s *serveFlags) register(fs *flag.FlagSet) {
	fs.StringVar(&s.listen, "listen", "localhost:8080", "")
	fs.StringVar(&s.site, "site", "", "")
	fs.StringVar(&s.cert, "cert", "", "")
	fs.StringVar(&s.key, "key", "", "")
	fs.BoolVar(&s.lab, "lab", false, "")
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
		return p.wrong(err.Error())
	case len(rest) > 0:
		return p.wrong(p.say(p.cli.UnknownCommand, "value", "serve "+rest[0]))
	case (s.cert == "") != (s.key == ""):
		return p.wrong(p.cli.CertNeedsKey)
	}
	var certificate *tls.Certificate
	if s.cert != "" {
		pair, err := tls.LoadX509KeyPair(s.cert, s.key)
		if err != nil {
			return p.wrong(p.say(p.cli.BadFile, "name", s.cert, "value", reason(err)))
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
	srv, err := server.New(config)
	if err != nil {
		return p.wrong(p.say(p.cli.ServeFailed, "value", err.Error()))
	}
	err = srv.Serve(ctx, s.listen, certificate, func(addr net.Addr) {
		fmt.Fprintln(p.out, p.say(p.cli.Serving, "value", address(s.listen, addr, certificate != nil)))
	})
	if err != nil {
		return p.wrong(p.say(p.cli.ServeFailed, "value", err.Error()))
	}
	return exitClean
}

// serverConfig puts together what the server is made of.
func (p *program) serverConfig(n *networks, s *serveFlags) (server.Config, error) {
	c := server.Config{
		Route: n.route, Site: p.siteFiles(s.site), Port25: n.internet.Egress,
		Page: probe.Config{Anchors: n.anchors},
		Log:  slog.New(slog.NewTextHandler(p.err, nil)),
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
// program. Without it the proxy works, and the page is missing.
func (p *program) siteFiles(dir string) fs.FS {
	if dir == "" {
		if program, err := os.Executable(); err == nil {
			dir = filepath.Join(filepath.Dir(program), "site")
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "index.html")); err != nil || !info.Mode().IsRegular() {
		p.wrong(p.say(p.cli.NoSite, "name", dir))
		return nil
	}
	return os.DirFS(dir)
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
