// Command sealane checks how mail to a domain is protected on the wire
// (RFC 8461, RFC 7672, RFC 8460), and serves the page that does the same in a
// browser together with the proxy it needs.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/sealane/sealane/app/locale"
)

// Exit codes.
const (
	exitClean    = 0
	exitFindings = 1
	exitUnable   = 2 // could not check, or was called wrongly
)

// program is one run: where it reads and writes and in which language.
type program struct {
	in       io.Reader
	out, err io.Writer
	// terminal: err is a terminal, so that progress may be shown.
	terminal bool
	words    locale.Language
	cli      locale.CLI
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process at once, should the end take too long.
	context.AfterFunc(ctx, stop)
	out := &printer{to: os.Stdout}
	p := &program{in: os.Stdin, out: out, err: os.Stderr, terminal: isTerminal(os.Stderr), words: locale.English(), cli: locale.EnglishCLI()}
	code := p.run(ctx, os.Args[1:])
	if out.failed {
		code = p.wrong(p.cli.Unwritten)
	}
	os.Exit(code)
}

// printer remembers that something could not be written: a full disk must not
// look like a clean domain.
type printer struct {
	to     io.Writer
	failed bool
}

// Write passes b on.
func (o *printer) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	o.failed = o.failed || err != nil
	return n, err
}

// isTerminal takes any character device but the null device for a terminal.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// run carries out one command line and gives the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		return p.wrong(p.cli.Usage)
	}
	switch command, rest := args[0], args[1:]; command {
	case "check":
		return p.check(ctx, rest)
	case "explain":
		return p.explain(ctx, rest)
	case "judge":
		return p.judge(rest)
	case "serve":
		return p.serve(ctx, rest)
	case "lab":
		return p.lab(rest)
	case "learn":
		return p.learn(rest)
	case "lint":
		return p.lint(rest)
	case "make":
		return p.make(ctx, rest)
	case "reports":
		return p.reports(ctx, rest)
	case "help", "-h", "-help", "--help":
		return p.help()
	default:
		return p.wrong(p.say(p.cli.UnknownCommand, "value", command))
	}
}

// wrong prints one line and gives the exit code for it.
func (p *program) wrong(line string) int {
	fmt.Fprintln(p.err, "sealane:", line)
	return exitUnable
}

// help prints all commands and flags.
func (p *program) help() int {
	fmt.Fprintln(p.out, p.cli.Help)
	return exitClean
}
