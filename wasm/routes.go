package main

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/locale"
	"github.com/sealane/sealane/app/ui"
)

// route is a page of the program: the same in the browser and when prerendered.
type route struct {
	path string
	page func() app.Composer
}

// routes gives the pages, all of them over one machine.
func routes(m *ui.Machine) []route {
	lang, maker, explainer, reporter := locale.English(), ui.NewMaker(m.Door), ui.NewExplainer(m), ui.NewReporter(m.Door)
	return []route{
		{"/", func() app.Composer { return &ui.Page{M: m, Lang: lang} }},
		{ui.MakePath, func() app.Composer { return &ui.Make{M: m, Maker: maker, Lang: lang} }},
		{ui.LintPath, func() app.Composer { return &ui.Lint{M: m, Lang: lang} }},
		{ui.ReportsPath, func() app.Composer { return &ui.Reports{M: m, R: reporter, Lang: lang} }},
		{ui.ExplainPath, func() app.Composer { return &ui.Explain{X: explainer, Lang: lang} }},
		{ui.WidgetPath, func() app.Composer { return &ui.Page{M: m, Lang: lang, Framed: true} }},
		{ui.WidgetMakePath, func() app.Composer { return &ui.Make{M: m, Maker: maker, Lang: lang, Framed: true} }},
		{ui.LabPath, func() app.Composer { return &ui.Lab{M: m, Lang: lang} }},
	}
}
