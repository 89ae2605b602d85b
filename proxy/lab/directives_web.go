package lab

import (
	"strconv"
	"strings"
	"time"
)

// policySpec says how the policy host behaves.
type policySpec struct {
	status      int
	contentType string // "none": no header
	location    string
	newlines    string // of the body: "crlf" (the default) or "lf"
	delay       time.Duration
	dead        string
	certificate certificateSpec
	body        string
	// fallback is shown to who sends no server_name; nil: the same.
	fallback      *certificateSpec
	onlyPath      string // where the file lies instead
	onlyHost      string // "www" or "@", which has it instead
	plainHTTP     bool   // port 80 answers too
	refusesAgents bool   // 403 for all but browsers
	noIPv6        bool   // RST on IPv6
}

// policyHost gives the policy host's behaviour, at first a good one's.
func (f *domainFile) policyHost() *policySpec {
	if f.policy == nil {
		f.policy = &policySpec{status: 200, contentType: "text/plain; charset=utf-8", newlines: "crlf"}
	}
	return f.policy
}

func (f *domainFile) policyDirective(words []string) (err error) {
	p := f.policy
	switch words[0] {
	case "status":
		if len(words) == 2 {
			p.status, err = strconv.Atoi(words[1])
		}
		if len(words) != 2 || err != nil || p.status < 200 || p.status > 599 {
			return ErrValue
		}
	case "content-type":
		p.contentType = strings.Join(words[1:], " ")
	case "location":
		p.location = strings.Join(words[1:], " ")
	case "newlines":
		p.newlines, err = oneOf(words, "crlf", "lf")
	case "delay":
		p.delay, err = moment(words)
	case "dead":
		p.dead, err = oneOf(words, deadRefuse, deadTimeout)
	case "certificate":
		err = f.certificateDirective(&p.certificate, words)
	case "default-certificate":
		p.fallback, err = f.furtherCertificate(p.fallback, words)
	case "only-path":
		if len(words) != 2 || !strings.HasPrefix(words[1], "/") {
			return ErrValue
		}
		p.onlyPath = words[1]
	case "only-host":
		p.onlyHost, err = oneOf(words, "www", "@")
	case "plain-http":
		p.plainHTTP, err = onOff(words)
	case "refuses-agents":
		p.refusesAgents, err = onOff(words)
	case "no-ipv6":
		p.noIPv6, err = onOff(words)
	default:
		return ErrDirective
	}
	return err
}
