package main

import (
	"context"
	"errors"
	"io"
	"syscall/js"
	"time"

	"github.com/sealane/sealane/app/ui"
)

// maxFile is how large an evidence file may be, in bytes.
const maxFile = 8 << 20

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

// saveFile hands the visitor a file.
func saveFile(name string, content []byte) {
	array := js.Global().Get("Uint8Array").New(len(content))
	js.CopyBytesToJS(array, content)
	blob := js.Global().Get("Blob").New([]any{array}, map[string]any{"type": "application/json"})
	address := js.Global().Get("URL").Call("createObjectURL", blob)
	link := document().Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	time.AfterFunc(time.Minute, func() { js.Global().Get("URL").Call("revokeObjectURL", address) })
}

// onFiles gives take the files that are dropped on the page or chosen. The
// listeners stay for the life of the page.
func onFiles(take func(ui.Files)) {
	give := func(list js.Value) {
		if !list.Truthy() || list.Get("length").Int() == 0 {
			return
		}
		files := js.Global().Get("Array").Call("from", list) // for the list itself is emptied
		take(ui.Files{Len: files.Length(), At: func(i int) ui.File {
			file := files.Index(i)
			return ui.File{Name: file.Get("name").String(), Open: func() io.ReadCloser { return openStream(file) }}
		}})
	}
	listen("change", func(e js.Value) {
		target := e.Get("target")
		if target.Get("type").String() == "file" {
			give(target.Get("files"))
			target.Set("value", "") // so that the same file can be chosen again
		}
	})
	listen("dragover", func(e js.Value) {
		if hasFiles(e) {
			e.Call("preventDefault")
		}
	})
	listen("drop", func(e js.Value) {
		if hasFiles(e) {
			e.Call("preventDefault")
			give(e.Get("dataTransfer").Get("files"))
		}
	})
}

// whole gives all of a file; nil for one over maxFile.
func whole(file ui.File) []byte {
	in := file.Open()
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case err != nil:
		return []byte{}
	case len(content) > maxFile:
		return nil
	}
	return content
}

// hasFiles tells whether something dragged is a file, not text for the field.
func hasFiles(e js.Value) bool {
	transfer := e.Get("dataTransfer")
	return transfer.Truthy() && transfer.Get("types").Call("includes", "Files").Bool()
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
