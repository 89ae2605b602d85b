//go:build !js

package locale

var englishEmbed = EmbedWords{
	Title:        "Put it on your own page",
	Lede:         "Two lines of HTML give any page a check, or the form that makes records. A badge shows a domain's state in a README.",
	Kind:         "What",
	Domain:       "Domain",
	Theme:        "Theme",
	Accent:       "Accent colour",
	Language:     "Language",
	Kinds:        Terms{{"check", "A check"}, {"make", "Making records"}},
	Themes:       Terms{{"auto", "As the reader prefers"}, {"light", "Light"}, {"dark", "Dark"}},
	AccentHint:   "#rgb or #rrggbb, such as #0b5876; empty for ours. It is made lighter or darker where text in it could not be read.",
	AccentWrong:  "A colour is written #rgb or #rrggbb.",
	ThemeHint:    "A page with a switch of its own changes the attribute theme, at any time.",
	LanguageHint: "Every other language gives English, too, so far.",
	Lines:        "The two lines",
	LinesAbout:   "The program loads when a reader uses the widget or scrolls to it. Until then, without JavaScript, and whenever the program can't be had, it is the link inside.",
	Generators:   "In a generated site",
	GeneratorsAbout: "MkDocs takes both lines in a page's Markdown. Docusaurus takes the second in a page's MDX, and in place of the first this one in docusaurus.config.js. " +
		"Hugo takes both in a shortcode, such as layouts/shortcodes/sealane.html.",
	Policy:      "Content security policy",
	PolicyAbout: "A page with a strict policy needs these two sources, and nothing for styles.",
	Event:       "What the check found",
	EventAbout: "When a check is done, the element sends the event sealane-report, which bubbles: for your domain, and for each that a reader types into the widget. Its detail is of this shape. " +
		"The level is that of the most urgent finding: error, warning, notice, ok, or unknown where there is none. Findings are counted by level, senders are those that the report names. " +
		"Where complete is false, something could not be looked at.",
	Badge:      "A badge",
	BadgeAbout: "It says what is published and whether it holds, never a grade. It is looked at again after a quarter of an hour; what could not be looked at is not checked. A page with a strict policy needs the source for images.",
	BadgeNone:  "Badges are drawn by a proxy, and this site has none.",
	Heads: Terms{{"lines", "HTML"}, {"docusaurus", "docusaurus.config.js"}, {"policy", "Content-Security-Policy"}, {"event", "JavaScript"}, {"detail", "event.detail"},
		{"markdown", "Markdown"}, {"html", "HTML"}, {"image", "Content-Security-Policy"}},
	Preview:      "Preview",
	PreviewAbout: "This is the widget itself.",
	Link:         "Check {domain} with Sealane",
	AnyLink:      "Check a mail domain with Sealane",
	MakeLink:     "Make mail security records with Sealane",
	Alt:          "Mail to {domain}",
	Copy:         "Copy",
	Copied:       "Copied",
	Select:       "Select and copy it by hand",
	NoScript:     "Without JavaScript this page can't write the lines for you. Put the address of this site in the place of SEALANE, and your domain in the place of example.com.",
}
