//go:build !js

package locale

// EmbedWords stand on the page that shows how to put widgets and badges on other
// pages. They are no part of the browser program, which shows neither.
type EmbedWords struct {
	Title, Lede                           string
	Kind, Domain, Theme, Accent, Language string // names of the fields
	Kinds, Themes                         Terms
	AccentHint, AccentWrong               string
	ThemeHint, LanguageHint               string
	Lines, LinesAbout                     string // the two lines of HTML
	Generators, GeneratorsAbout           string // where those go in a generated site
	Policy, PolicyAbout                   string
	Event, EventAbout                     string
	Badge, BadgeAbout                     string
	BadgeNone                             string // where nobody draws any
	Heads                                 Terms  // what is copied, by name
	Preview, PreviewAbout                 string
	Link                                  string // what stands inside the element: {domain}
	AnyLink, MakeLink                     string
	Alt                                   string // of a badge: {domain}
	Copy, Copied, Select                  string
	NoScript                              string
}

// WidgetWords are the links that a widget is until it is used.
type WidgetWords struct {
	Check string `json:"check"` // {domain}
	Any   string `json:"any"`   // without a domain
	Make  string `json:"make"`
}

// Embed gives the words of the page about widgets and badges.
func (l Language) Embed() EmbedWords { return englishEmbed } // the one language so far

// Widget gives the words of widget.js.
func (l Language) Widget() WidgetWords {
	w := l.Embed()
	return WidgetWords{Check: w.Link, Any: w.AnyLink, Make: w.MakeLink}
}
