package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/sealane/sealane/app/locale"
)

// asProgram makes the test binary be the program itself.
const asProgram = "SEALANE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is the program as a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	c.WaitDelay = 10 * time.Second
	return c
}

// exitCode is that of a process that ended by itself.
func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err == nil {
		return 0
	}
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return exit.ExitCode() // -1: a signal ended it
}

// TestInterrupt sends a check the signal of Ctrl-C while it waits for an
// answer: what is known is printed, and the exit says that it wasn't all.
func TestInterrupt(t *testing.T) {
	for name, sig := range map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM} {
		asked := make(chan struct{}, 1)
		silent := resolver(t, func(q, a *dns.Msg) []byte {
			select {
			case asked <- struct{}{}:
			default:
			}
			return nil
		})
		var out, said bytes.Buffer
		c := process(t, "check", "mail.example", "-json", "-resolver", silent)
		c.Stdout, c.Stderr = &out, &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		<-asked
		start := time.Now()
		c.Process.Signal(sig)
		code := exitCode(t, c.Wait())
		if code != exitUnable || said.String() != "sealane: "+locale.EnglishCLI().Stopped+"\n" {
			t.Errorf("%s: exit %d, said %q", name, code, said.String())
		}
		if doc := decode(t, out.String()); doc.Domain != "mail.example" || doc.Headline == "" {
			t.Errorf("%s: %+v", name, doc)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%s: ended after %v", name, took)
		}
	}
}

// TestServeEndsBySignal ends a server as an operator does.
func TestServeEndsBySignal(t *testing.T) {
	var said bytes.Buffer
	c := process(t, "serve", "-lab", "-listen", "127.0.0.1:0")
	c.Stderr = &said
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "http://127.0.0.1:") {
		t.Errorf("%q %v", line, err)
	}
	c.Process.Signal(syscall.SIGTERM)
	if code := exitCode(t, c.Wait()); code != exitClean || strings.Contains(said.String(), "goroutine") {
		t.Errorf("exit %d, said %q", code, said.String())
	}
}

// TestFullDisk wants output that can't be written to be no clean result.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no device that is always full")
	}
	defer full.Close()
	for _, args := range [][]string{{"lab"}, {"lab", "-json"}, {"help"}, {"check", "perfect.test"}, {"check", "perfect.test", "-json"}} {
		var said bytes.Buffer
		c := process(t, args...)
		c.Stdout, c.Stderr = full, &said
		if code := exitCode(t, c.Run()); code != exitUnable || said.String() != "sealane: "+locale.EnglishCLI().Unwritten+"\n" {
			t.Errorf("%v: exit %d, said %q", args, code, said.String())
		}
	}
	r := run(t, "check", "perfect.test", "-save", "/dev/full")
	if !strings.HasPrefix(r.out, "perfect.test: ") { // the report is not lost with the file
		t.Errorf("printed %q", r.out)
	}
	r.out = ""
	refused(t, r)
}
