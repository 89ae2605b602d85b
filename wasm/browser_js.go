package main

import (
	"context"
	"errors"
	"syscall/js"
	"time"
)

func document() js.Value { return js.Global().Get("document") }

// toASCII lets the browser turn U-labels into A-labels: its URL parser applies
// UTS #46 as browsers do.
func toASCII(name string) (string, error) {
	u := js.Global().Get("URL")
	if u.Get("canParse").Truthy() && !u.Call("canParse", "https://"+name).Bool() {
		return "", errors.New("the browser takes no such host name")
	}
	return u.New("https://" + name).Get("hostname").String(), nil
}

// copyText puts text on the clipboard and tells whether it could. The older
// way goes first: it answers at once and also works in frames.
func copyText(text string) bool {
	area := document().Call("createElement", "textarea")
	area.Set("value", text)
	area.Set("className", "sr")
	focused := document().Get("activeElement")
	document().Get("body").Call("appendChild", area)
	area.Call("select")
	done := document().Call("execCommand", "copy").Bool()
	area.Call("remove")
	if focused.Truthy() && focused.Get("focus").Truthy() {
		focused.Call("focus")
	}
	if done {
		return true
	}
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		return false
	}
	go func() {
		defer guard()
		_, _ = await(context.Background(), clipboard.Call("writeText", text), time.Second, func() {})
	}()
	return true
}

func listen(event string, handle func(js.Value)) {
	document().Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer guard()
		handle(first(args))
		return nil
	}))
}

// typed reads the prerendered field before the engine replaces it.
func typed() (text string, focused bool) {
	field := document().Call("getElementById", "d")
	if !field.Truthy() {
		return "", false
	}
	return field.Get("value").String(), field.Equal(document().Get("activeElement"))
}

func focus(id string) {
	if e := document().Call("getElementById", id); e.Truthy() {
		e.Call("focus")
	}
}

// tellHost gives the page around this frame, whoever's it is, the summary of a
// check; widget.js makes an event of it.
func tellHost(summary string) {
	report := js.Global().Get("JSON").Call("parse", summary)
	js.Global().Get("parent").Call("postMessage", map[string]any{"sealaneReport": report}, "*")
}

// printPage prints behind the next painting, so that what was unfolded for it
// is there.
func printPage() {
	time.AfterFunc(150*time.Millisecond, func() { js.Global().Call("print") })
}

// measure times something for the browser's performance timeline.
func measure(name string) func() {
	clock := js.Global().Get("performance")
	began := clock.Call("now")
	return func() { clock.Call("measure", name, map[string]any{"start": began}) }
}

// local is the browser's localStorage, or the stand-in of boot.js where that is
// blocked.
type local struct{}

// Get gives the value of a key, "" without one.
func (local) Get(key string) string {
	v := js.Global().Get("localStorage").Call("getItem", key)
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

// Set keeps a value and tells whether there was room.
func (local) Set(key, value string) (kept bool) {
	defer func() {
		if recover() != nil { // the browser throws when its quota is used up
			kept = false
		}
	}()
	js.Global().Get("localStorage").Call("setItem", key, value)
	return true
}

// Remove forgets a key.
func (local) Remove(key string) { js.Global().Get("localStorage").Call("removeItem", key) }

// turnTheme goes from light to dark or back, and remembers it; boot.js sets it
// again before the next page is painted.
func turnTheme() {
	root := js.Global().Get("document").Get("documentElement")
	theme := root.Get("dataset").Get("theme")
	dark := js.Global().Call("matchMedia", "(prefers-color-scheme: dark)").Get("matches").Bool()
	if theme.Type() == js.TypeString {
		dark = theme.String() == "dark"
	}
	next := "dark"
	if dark {
		next = "light"
	}
	root.Get("dataset").Set("theme", next)
	local{}.Set("sealane/theme", next)
}

// plainHTTP tells whether the page came over HTTP/1.1.
func plainHTTP() bool {
	return js.Global().Get("location").Get("protocol").String() == "http:"
}

// ready takes away what boot.js set until the program is there, and asks what was asked
// before.
func ready() {
	document().Get("documentElement").Get("classList").Call("remove", "asked")
	if field := document().Call("getElementById", "d"); js.Global().Get("sealaneAsked").Truthy() && field.Truthy() {
		js.Global().Delete("sealaneAsked")
		field.Get("form").Call("requestSubmit")
	}
}

// guard is deferred wherever a panic would leave a dead page: it shows the
// banner of the prerendered page.
func guard() {
	if fault := recover(); fault != nil {
		broken(fault)
	}
}

func broken(fault any) {
	text := "panic"
	switch f := fault.(type) {
	case error:
		text = f.Error()
	case string:
		text = f
	}
	js.Global().Get("console").Call("error", "sealane: "+text)
	if show := js.Global().Get("sealaneBroken"); show.Truthy() {
		show.Invoke()
	}
}
