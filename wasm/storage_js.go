package main

import "syscall/js"

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

// ready takes away what boot.js set until the program is there.
func ready() {
	js.Global().Get("document").Get("documentElement").Get("classList").Call("remove", "asked")
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
