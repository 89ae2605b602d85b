package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"syscall/js"
	"time"

	"github.com/sealane/sealane/app/ui"
)

// maxFile is how large an evidence file may be, in bytes.
const maxFile = 8 << 20

// saveFile hands the visitor a file.
func saveFile(name string, content []byte) {
	array := js.Global().Get("Uint8Array").New(len(content))
	js.CopyBytesToJS(array, content)
	blob := js.Global().Get("Blob").New([]any{array}, map[string]any{"type": "application/octet-stream"})
	address := js.Global().Get("URL").Call("createObjectURL", blob)
	link := document().Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	time.AfterFunc(time.Minute, func() { js.Global().Get("URL").Call("revokeObjectURL", address) })
}

// onFiles gives take the files that are dropped on the page or chosen, once the browser
// has had its turn: to list thousands takes it long. The listeners stay for the life of
// the page.
func onFiles(breathe func(), take func(ui.Files)) {
	give := func(list js.Value, after func()) {
		if !list.Truthy() || list.Get("length").Int() == 0 {
			return
		}
		files := js.Global().Get("Array").Call("from", list) // for the list itself is emptied
		go func() {
			defer guard()
			breathe()
			after()
			take(ui.Files{Len: files.Length(), Read: func(ctx context.Context, from, n int) func() []ui.File {
				promise := js.Global().Call("sealaneFiles", files.Call("slice", from, from+n), beginning)
				return func() []ui.File { return filesOf(ctx, promise) }
			}})
		}()
	}
	listen("change", func(e js.Value) {
		target := e.Get("target")
		if target.Get("type").String() == "file" {
			give(target.Get("files"), func() { target.Set("value", "") }) // so that the same file can be chosen again
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
			give(e.Get("dataTransfer").Get("files"), func() {})
		}
	})
}

// whole gives all of the first file; nil for one over maxFile.
func whole(files ui.Files) []byte {
	content := []byte{}
	for _, file := range files.Read(context.Background(), 0, 1)() {
		defer file.Close()
		read, err := io.ReadAll(io.LimitReader(file, maxFile+1))
		switch {
		case len(read) > maxFile:
			return nil
		case err == nil:
			content = read
		}
	}
	return content
}

// hasFiles tells whether something dragged is a file, not text for the field.
func hasFiles(e js.Value) bool {
	transfer := e.Get("dataTransfer")
	return transfer.Truthy() && transfer.Get("types").Call("includes", "Files").Bool()
}

// beginning is how much of a file is read together with others, in octets.
const beginning = 256 << 10

// filesOf waits for what sealaneFiles of boot.js gives; none when ctx ends before.
func filesOf(ctx context.Context, promise js.Value) (all []ui.File) {
	read, err := await(ctx, promise, 0, func() {})
	if err != nil {
		return nil
	}
	array := read.Get("octets")
	octets := make([]byte, array.Length())
	js.CopyBytesToGo(octets, array)
	more, readers := read.Get("more").Bool(), read.Get("readers")
	names := strings.Split(read.Get("names").String(), "\x00")
	at := 4 * len(names)
	for i, name := range names {
		end := int(binary.LittleEndian.Uint32(octets[4*i:]))
		file := &dropped{ctx: ctx, begin: octets[at:end]}
		if more {
			file.reader = readers.Index(i)
		}
		all = append(all, ui.File{Name: name, ReadCloser: file})
		at = end
	}
	return all
}

// dropped reads a file: its beginning, then what a reader of its stream gives, if there is one.
type dropped struct {
	ctx    context.Context
	begin  []byte
	reader js.Value
	part   js.Value // which is read, from off on
	off, n int
	err    error
}

// Read gives an error of the reader, or of ctx.
func (d *dropped) Read(p []byte) (int, error) {
	if len(d.begin) > 0 {
		n := copy(p, d.begin)
		d.begin = d.begin[n:]
		return n, nil
	}
	for d.off == d.n {
		if !d.reader.Truthy() {
			return 0, cmp.Or(d.err, io.EOF)
		}
		read, err := await(d.ctx, d.reader.Call("read"), 0, func() {})
		if err != nil && d.ctx.Err() == nil {
			d.reader = js.Undefined() // there is nothing to end
			d.err = err
		}
		if err != nil {
			return 0, err
		}
		if read.Get("done").Bool() {
			d.reader = js.Undefined()
			continue
		}
		d.part = read.Get("value")
		d.off, d.n = 0, d.part.Length()
	}
	n := js.CopyBytesToGo(p, d.part.Call("subarray", d.off))
	d.off += n
	return n, nil
}

// Close ends the reading, whether or not the end was reached.
func (d *dropped) Close() error {
	if d.reader.Truthy() {
		d.reader.Call("cancel")
	}
	d.begin, d.reader = nil, js.Undefined()
	return nil
}
