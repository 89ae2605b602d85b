// Package ui shows a check of a mail domain: go-app components and the state
// machine behind them. Components show; they never ask and never judge. All
// that they want of the world comes through a Door, all words from app/locale.
// What is shown is what RFC 8461, RFC 8460 and RFC 7672 speak of.
package ui

import (
	"context"
	"time"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/probe"
)

// Door is what the page needs of the program around it. Every func must be
// set; Closed gives a door that does nothing.
type Door struct {
	// Check gathers facts about the domain until all is known or ctx ends, and
	// tells learned now and then what it has so far. It blocks.
	Check func(ctx context.Context, d dnsname.Name, learned func(check.Facts)) check.Facts
	// Keys asks a mail host for its certificates. It blocks.
	Keys func(ctx context.Context, host dnsname.Name) (check.Keys, error)
	// ToASCII turns a name with U-labels into A-labels (RFC 5891 §4.4).
	ToASCII func(string) (string, error)
	// Config is asked once; it blocks until the proxy has answered or failed.
	Config func(ctx context.Context) probe.Config
	// Recall gives the facts of the last check of a domain, nil without one;
	// Remember keeps them for the next.
	Recall   func(dnsname.Name) *check.Facts
	Remember func(check.Facts)
	// Kept gives what Keep was given last of a domain that is still remembered, ""
	// for nothing.
	Kept func(dnsname.Name) string
	Keep func(d dnsname.Name, text string)
	// Copy puts text on the clipboard and tells whether it could.
	Copy func(string) bool
	// Save hands the visitor a file.
	Save func(name string, content []byte)
	// Load sets who takes the files that the visitor drops or chooses; nil
	// content means that the file was too large.
	Load func(func(content []byte))
	// Files sets who takes all files that the visitor drops or chooses, until Load
	// does.
	Files func(func(Files))
	// Breathe lets the browser do what has waited: paint, and answer the visitor. It
	// blocks until that is done.
	Breathe func()
	// Now is the clock.
	Now func() time.Time
	// Typed is what stood in the field before the program came, and whether
	// the field had the focus; Focus gives it back.
	Typed func() (text string, focused bool)
	Focus func(id string)
	Print func()
	// Ready is called when the page has been painted for its URL.
	Ready func()
	// Tell gives the page around a frame the summary of a check, as JSON.
	Tell func(summary string)
	// Theme turns light to dark or back.
	Theme func()
	// Measure begins a measurement for the browser's list of them, and gives
	// what ends it.
	Measure func(name string) (end func())
	// Guard is deferred at the top of every goroutine: it recovers and says so.
	Guard func()
}

// Closed is the door of the prerendered page: there is no world behind it.
func Closed() Door {
	return Door{
		Check: func(_ context.Context, d dnsname.Name, _ func(check.Facts)) check.Facts {
			return check.Facts{Version: check.FactsVersion, Domain: d}
		},
		Keys: func(_ context.Context, host dnsname.Name) (check.Keys, error) {
			return check.Keys{Host: host, Base: host}, nil
		},
		ToASCII:  func(s string) (string, error) { return s, nil },
		Config:   func(context.Context) probe.Config { return probe.Config{} },
		Recall:   func(dnsname.Name) *check.Facts { return nil },
		Remember: func(check.Facts) {},
		Kept:     func(dnsname.Name) string { return "" },
		Keep:     func(dnsname.Name, string) {},
		Copy:     func(string) bool { return false },
		Save:     func(string, []byte) {},
		Load:     func(func([]byte)) {},
		Files:    func(func(Files)) {},
		Breathe:  func() {},
		Now:      func() time.Time { return time.Time{} },
		Typed:    func() (string, bool) { return "", false },
		Focus:    func(string) {},
		Print:    func() {},
		Ready:    func() {},
		Tell:     func(string) {},
		Theme:    func() {},
		Measure:  func(string) func() { return func() {} },
		Guard:    func() {},
	}
}
