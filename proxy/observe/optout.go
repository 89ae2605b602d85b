package observe

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// OptOutError is the error of a line that is neither a domain name nor an address
// prefix.
type OptOutError struct {
	File string
	Line int
	Text string // what stands there
}

// Error names the line.
func (e *OptOutError) Error() string {
	return fmt.Sprintf("%s:%d: neither a domain name nor an address prefix: %q", e.File, e.Line, e.Text)
}

// maxOptOut is how many octets of a list are read.
const maxOptOut = 16 << 20

// OptOut is the list of those who asked not to be reached: domain names, each
// with all that is below it, and addresses or address prefixes, one a line; what
// is behind # is a comment. The file is read again when it changed; a file that
// went or has a wrong line leaves the list as it was. It is safe for concurrent
// use, and a nil OptOut lists nobody.
type OptOut struct {
	file   string
	report func(error)

	mu       sync.Mutex
	read     fs.FileInfo // what was read last, nil when it was missing
	names    map[dnsname.Name]bool
	prefixes []netip.Prefix
}

// ReadOptOut reads a list. report gets the error of each later reading.
func ReadOptOut(file string, report func(error)) (*OptOut, error) {
	o := &OptOut{file: file, report: report}
	info, err := os.Stat(file)
	if err == nil {
		err = o.load()
	}
	o.read = info
	if err != nil {
		return nil, err
	}
	return o, nil
}

// load reads the file; with an error nothing changes.
func (o *OptOut) load() error {
	file, err := os.Open(o.file)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxOptOut {
		return errors.Join(err, fmt.Errorf("%s: %w", o.file, fs.ErrInvalid))
	}
	names, prefixes := make(map[dnsname.Name]bool), []netip.Prefix(nil)
	lines := bufio.NewScanner(file)
	for at := 1; lines.Scan(); at++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		if p, ok := prefix(text); ok {
			prefixes = append(prefixes, p)
			continue
		}
		name, err := dnsname.Parse(text)
		if err != nil || name == dnsname.Root || addressLike(name) {
			return &OptOutError{o.file, at, text}
		}
		names[name] = true
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", o.file, err)
	}
	o.names, o.prefixes = names, prefixes
	return nil
}

// prefix reads an address or a prefix. An IPv4 address in IPv6 form is itself.
func prefix(text string) (netip.Prefix, bool) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Zone() == "" {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), true
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err == nil && !p.Addr().Is4In6()
}

// addressLike tells whether the last label is a number: no domain's is (RFC 3696
// §2), so it was to be an address.
func addressLike(name dnsname.Name) bool {
	labels := name.Labels()
	return strings.Trim(labels[len(labels)-1], "0123456789") == ""
}

// refresh reads the file again when it isn't what was read last. Its caller
// holds mu.
func (o *OptOut) refresh() {
	info, err := os.Stat(o.file)
	switch {
	case err != nil && o.read == nil:
		return // missing still
	case err != nil:
		o.read = nil
	case o.read != nil && os.SameFile(info, o.read) && info.ModTime().Equal(o.read.ModTime()) && info.Size() == o.read.Size():
		return
	default:
		o.read, err = info, o.load()
	}
	if err != nil {
		o.report(err)
	}
}

// name tells whether a name is on the list, or one above it.
func (o *OptOut) name(name dnsname.Name) bool {
	if o == nil {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refresh()
	for ; !name.IsZero() && name != dnsname.Root; name = name.Parent() {
		if o.names[name] {
			return true
		}
	}
	return false
}

// address tells whether an address is on the list.
func (o *OptOut) address(ip netip.Addr) bool {
	if o == nil {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refresh()
	return slices.ContainsFunc(o.prefixes, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// optedOut says that what the list names isn't reached.
func optedOut(what string) *probe.Failure {
	return &probe.Failure{Class: probe.OptedOut, Detail: what}
}
