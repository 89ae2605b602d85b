package observe

import (
	"sync"

	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// enoughSilent is how many different hosts must have stayed silent on port 25,
// with none ever answering, before the network itself is blamed.
const enoughSilent = 3

// Port25 learns from connections made anyway whether port 25 gets out of this
// network: many hosting providers drop it. It asks nobody on purpose. The zero
// Port25 knows nothing yet; it is safe for concurrent use.
type Port25 struct {
	mu     sync.Mutex
	forced probe.Egress
	open   bool
	silent map[dnsname.Name]bool // at most enoughSilent
}

// Force gives the operator's word, which experience doesn't change; Unknown
// takes it back.
func (p *Port25) Force(e probe.Egress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forced = e
}

// Egress says what is known so far.
func (p *Port25) Egress() probe.Egress {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.forced != probe.EgressUnknown:
		return p.forced
	case p.open:
		return probe.EgressOpen
	case len(p.silent) >= enoughSilent:
		return probe.EgressBlocked
	}
	return probe.EgressUnknown
}

// connected notes that a connection stood.
func (p *Port25) connected() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = true
}

// unanswered notes that host stayed silent or unreachable.
func (p *Port25) unanswered(host dnsname.Name) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent == nil {
		p.silent = make(map[dnsname.Name]bool)
	}
	if len(p.silent) < enoughSilent {
		p.silent[host] = true
	}
}

// unproven turns silence on port 25 into a failure of our own as long as no
// connection to that port ever stood: then nobody can tell whose silence it is.
// Another port, set for a test bed, is nobody's to block.
func (n *Network) unproven(host dnsname.Name, f *probe.Failure) *probe.Failure {
	if n.Port25 == nil || n.SMTPPort != 25 || f.Class != probe.ConnectTimeout && f.Class != probe.Unreachable {
		return f
	}
	n.Port25.unanswered(host)
	switch n.Port25.Egress() {
	case probe.EgressOpen:
		return f
	case probe.EgressBlocked:
		return &probe.Failure{Class: probe.Blocked, Detail: "port 25 doesn't get out of this network: " + f.Detail}
	}
	return &probe.Failure{Class: probe.Blocked, Detail: "no connection to port 25 ever left this network: " + f.Detail}
}
