package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// elem is an element being built. The engine's typed elements each bring all
// their methods into the program; this one brings a handful for all tags.
type elem struct{ html app.HTMLElem }

// el begins an element; body or text ends it.
func el(tag string) elem { return elem{app.Elem(tag)} }

// attr sets an attribute; an empty value sets none. Boolean ones must be set
// only when true: written out, browsers read false as true.
func (e elem) attr(name, value string) elem {
	e.html.Attr(name, value)
	return e
}

func (e elem) class(names ...string) elem { return e.attr("class", strings.Join(names, " ")) }

func (e elem) data(name, value string) elem { return e.attr("data-"+name, value) }

func (e elem) aria(name, value string) elem { return e.attr("aria-"+name, value) }

// verbatim keeps the browser from filling in or changing what is typed.
func (e elem) verbatim() elem {
	for _, name := range [...]string{"autocomplete", "autocapitalize", "autocorrect"} {
		e.attr(name, "off")
	}
	return e.attr("spellcheck", "false")
}

// on answers an event. The engine keeps an old handler unless the scope
// differs, so the scope must name everything that the handler has captured.
func (e elem) on(event string, handle app.EventHandler, scope ...any) elem {
	e.html.On(event, handle, app.EventScope(scope...))
	return e
}

func (e elem) body(content ...app.UI) app.UI { return e.html.Body(content...) }

func (e elem) text(s string) app.UI { return e.html.Body(app.Text(s)) }

// worded is a whole element of a class, or of none: in one call, as a page has many.
func worded(tag, class, text string) app.UI { return el(tag).class(class).text(text) }

// svg begins an element of a drawing.
func svg(tag string) elem { return elem{app.Elem(tag).XMLNS("http://www.w3.org/2000/svg")} }

// when gives what is shown only sometimes; nil is left out by the engine.
func when(condition bool, shown func() app.UI) app.UI {
	if !condition {
		return nil
	}
	return shown()
}

// each gives one element for each of n.
func each(n int, one func(i int) app.UI) []app.UI {
	all := make([]app.UI, n)
	for i := range all {
		all[i] = one(i)
	}
	return all
}
