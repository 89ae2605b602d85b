package probe

import "github.com/sealane/sealane/app/dnssec"

// Config is what /config.json tells the page about the proxy that serves it.
type Config struct {
	// DoH lists RFC 8484 resolvers, best first; a path is the proxy's own relay.
	DoH []string `json:"doh"`
	// Proxy is the base of /v1/, "" for the page's own origin. A page that names
	// one takes the fields below from that proxy's own /config.json.
	Proxy string `json:"proxy"`
	// Proxyless says that there is no proxy: only DNS can be asked.
	Proxyless bool `json:"proxyless,omitempty"`

	Port25  Egress          `json:"port25,omitempty"`
	Anchors []dnssec.Anchor `json:"anchors"`
	// Lab lists the broken-on-purpose domains, when this proxy has a lab.
	Lab []LabDomain `json:"lab,omitempty"`
}

// LabDomain is one domain of the lab, for the list on the page.
type LabDomain struct {
	Domain string   `json:"domain"`
	Wrong  string   `json:"wrong"` // what is wrong with it, a sentence
	Codes  []string `json:"codes"` // finding codes expected, sorted
	// Senders are the outcomes expected: sender, outcome, status codes.
	Senders []string `json:"senders,omitempty"`
}
