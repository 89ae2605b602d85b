package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sealane/sealane/app/reports"
	"github.com/sealane/sealane/app/tlsrpt"
)

// reportsFlags are those of reports.
type reportsFlags struct {
	reports.Filter
	by                 string
	json, csv, repairs bool
}

// reports sums TLS reports in files of any form. Exit code 1 says that sessions failed, 2
// that there was no report, or that a file wasn't there.
func (p *program) reports(ctx context.Context, args []string) int {
	set := flag.NewFlagSet("reports", flag.ContinueOnError)
	var show reportsFlags
	set.StringVar(&show.From, "from", "", "")
	set.StringVar(&show.To, "to", "", "")
	set.StringVar(&show.Domain, "domain", "", "")
	set.StringVar(&show.Source, "source", "", "")
	set.StringVar(&show.Result, "result", "", "")
	set.StringVar(&show.by, "by", "", "")
	set.BoolVar(&show.json, "json", false, "")
	set.BoolVar(&show.csv, "csv", false, "")
	set.BoolVar(&show.repairs, "repairs", false, "")
	rest, err := p.parse(set, args)
	if err == nil {
		err = p.verifyReports(show, rest)
	}
	if err != nil {
		return p.refuse(err)
	}
	var read reports.Set
	missing := false
	for _, name := range rest {
		if err := p.readReports(ctx, &read, name); ctx.Err() != nil {
			return p.wrong(p.cli.Stopped)
		} else if err != nil {
			p.wrong(p.badFile(name, err).Error())
			missing = true
		}
	}
	unread, more := read.Unreads()
	for _, u := range unread {
		place := brief(u.File)
		if u.Err.Line > 0 {
			place += fmt.Sprintf(":%d:%d", u.Err.Line, u.Err.Column)
		}
		fmt.Fprintf(p.err, "%s: %s\n", place, p.words.Reports.Errors.Of(string(u.Err.Kind)))
	}
	if more > 0 {
		fmt.Fprintln(p.err, p.say(p.cli.ReportsMore, "count", fmt.Sprint(more)))
	}
	if len(read.Entries()) == 0 {
		return p.wrong(p.cli.ReportsNothing)
	}
	if p.showReports(&read, show) != nil || missing {
		return exitUnable
	}
	if total := read.Total(show.Filter); total.Failed > 0 || total.Detailed > 0 {
		return exitFindings
	}
	return exitClean
}

// verifyReports checks what flags alone can't.
func (p *program) verifyReports(show reportsFlags, files []string) error {
	for _, day := range []string{show.From, show.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return errWords(p.say(p.cli.ReportsBadDay, "value", day))
		}
	}
	tables := []string{"result", "source", "sending-ip", "mx", "day", "domain", "policy", "failure"}
	switch {
	case len(files) == 0:
		return errWords(p.cli.ReportsNoFile)
	case show.by != "" && !slices.Contains(tables, show.by):
		return errWords(p.say(p.cli.ReportsBadBy, "value", show.by, "list", strings.Join(tables, ", ")))
	case show.json && show.csv:
		return errWords(p.cli.ReportsOneForm)
	}
	return nil
}

// readReports reads a file, the standard input, all files below a folder, or those that a
// pattern stands for where the shell left it.
func (p *program) readReports(ctx context.Context, to *reports.Set, name string) error {
	step := func(int64) error { return ctx.Err() }
	if name == standardInput {
		return to.Read(name, p.in, tlsrpt.DefaultLimits(), step)
	}
	info, err := os.Stat(name)
	if matches, bad := filepath.Glob(name); err != nil && bad == nil && len(matches) > 0 {
		for _, one := range matches {
			if err := p.readReports(ctx, to, one); ctx.Err() != nil {
				return err
			} else if err != nil {
				to.Fail(one, &tlsrpt.ReportError{Kind: tlsrpt.Unreadable})
			}
		}
		return nil
	}
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				err = readReport(to, path, step)
			}
			if err == nil || ctx.Err() != nil {
				return err
			}
			to.Fail(path, &tlsrpt.ReportError{Kind: tlsrpt.Unreadable})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		})
	case !info.Mode().IsRegular():
		return errOdd
	}
	return readReport(to, name, step)
}

func readReport(to *reports.Set, name string, step func(int64) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return to.Read(name, file, tlsrpt.DefaultLimits(), step)
}

// showReports prints what was asked for.
func (p *program) showReports(read *reports.Set, show reportsFlags) error {
	by := reports.By(show.by)
	switch {
	case show.json:
		return read.JSON(p.out, show.Filter)
	case show.csv:
		if by == "" {
			by = reports.ByFailure
		}
		return read.CSV(p.out, by, show.Filter)
	}
	p.totals(read, show.Filter)
	for i, h := range read.Hints(show.Filter) {
		if i == 0 {
			fmt.Fprintln(p.out)
		}
		fmt.Fprintln(p.out, p.say(p.words.Reports.Hints.Of(string(h.Kind)), "domain", p.said(h.Domain), "subject", p.said(h.Subject), "count", fmt.Sprint(h.Failed), "days", p.days(h.First, h.Last)))
	}
	switch by {
	case "":
		p.groups(read, reports.ByResult, show.Filter)
		p.groups(read, reports.BySource, show.Filter)
	case reports.ByPolicy:
		p.policies(read.Policies(show.Filter))
	case reports.ByFailure:
		failures, _ := read.Failures(show.Filter, 0)
		p.failures(failures)
	default:
		p.groups(read, by, show.Filter)
	}
	if show.repairs {
		for _, e := range read.Entries() {
			for _, r := range e.Repairs {
				fmt.Fprintf(p.out, "%s: %s: %s\n", brief(e.File), strings.TrimSpace(string(r.Kind)+" "+brief(r.Path)), strings.ReplaceAll(p.words.Reports.Repairs.Of(string(r.Kind)), "`", ""))
			}
		}
	}
	return nil
}

// totals prints how much was read.
func (p *program) totals(read *reports.Set, f reports.Filter) {
	total, doubles, mended := read.Total(f), 0, 0
	for _, e := range read.Entries() {
		if e.Duplicate {
			doubles++
		}
		if len(e.Repairs) > 0 {
			mended++
		}
	}
	fmt.Fprintln(p.out, p.say(p.cli.ReportsTotal, "reports", fmt.Sprint(len(read.Entries())), "doubles", fmt.Sprint(doubles), "mended", fmt.Sprint(mended)))
	fmt.Fprintln(p.out, p.say(p.cli.ReportsSessions, "successful", fmt.Sprint(total.Successful), "failed", fmt.Sprint(total.Failed), "detailed", fmt.Sprint(total.Detailed)))
}

// table begins one under its heads.
func (p *program) table(heads ...string) *tabwriter.Writer {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\n"+strings.Join(heads, "\t")+"\n")
	return w
}

// said is a value for a table.
func (p *program) said(s string) string {
	if s == "" {
		return p.cli.ReportsUnsaid
	}
	return brief(s)
}

// days is from which day to which.
func (p *program) days(first, last string) string {
	if first == last {
		return p.said(first)
	}
	return p.said(first) + " – " + p.said(last)
}

// groups prints a view.
func (p *program) groups(read *reports.Set, by reports.By, f reports.Filter) {
	details := by == reports.ByResult || by == reports.BySendingIP || by == reports.ByReceivingMX
	head := p.words.Reports.By.Of(string(by))
	if details {
		w := p.table(p.cli.ReportsDetailed, head)
		for _, g := range read.Sum(by, f) {
			fmt.Fprintf(w, "%d\t%s", g.Detailed, p.said(g.Key))
			if g.Within != "" {
				fmt.Fprintf(w, "\t%s", brief(g.Within))
			}
			fmt.Fprintln(w)
		}
		w.Flush()
		return
	}
	w := p.table(p.cli.ReportsSuccessful, p.cli.ReportsFailed, p.cli.ReportsDetailed, head)
	for _, g := range read.Sum(by, f) {
		fmt.Fprintf(w, "%d\t%d\t%d\t%s\n", g.Successful, g.Failed, g.Detailed, p.said(g.Key))
	}
	w.Flush()
}

// policies prints the policies that senders saw.
func (p *program) policies(all []reports.Policy) {
	for _, one := range all {
		var sources []string
		for _, source := range one.Sources {
			sources = append(sources, p.said(source))
		}
		fmt.Fprintf(p.out, "\n%s %s, %s: %s\n", p.said(one.Type), p.said(one.Domain), p.days(one.First, one.Last), strings.Join(sources, ", "))
		fmt.Fprintln(p.out, p.say(p.cli.ReportsSessions, "successful", fmt.Sprint(one.Successful), "failed", fmt.Sprint(one.Failed), "detailed", fmt.Sprint(one.Detailed)))
		for _, line := range one.Strings {
			fmt.Fprintln(p.out, "  "+brief(line))
		}
	}
}

// failures prints the failure details.
func (p *program) failures(all []reports.Failure) {
	w := p.table(p.cli.ReportsDetailed, "result-type", "policy-domain", "receiving-mx-hostname", "receiving-ip", "sending-mta-ip", "organization-name", "failure-reason-code")
	for _, f := range all {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Failed, p.said(f.Result), p.said(f.Domain), p.said(f.ReceivingMX), p.said(f.ReceivingIP),
			p.said(f.SendingIP), p.said(f.Source), p.said(f.Reason))
	}
	w.Flush()
}
