package main

import (
	"context"
	"errors"
	"io"
	"syscall/js"
	"time"
)

// errRejected is a promise that was rejected; the reason is wrapped around it.
var errRejected = errors.New("promise rejected")

// await waits for a promise until it is settled, ctx ends or the limit is over.
// cut is then called to end what the promise stands for. go-app's own Then has
// no way out for a promise that fails.
func await(ctx context.Context, promise js.Value, limit time.Duration, cut func()) (js.Value, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type result struct {
		value js.Value
		err   error
	}
	settled := make(chan result, 1)
	var then, catch js.Func
	release := func() { then.Release(); catch.Release() }
	then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		release()
		settled <- result{first(args), nil}
		return nil
	})
	catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		release()
		settled <- result{js.Undefined(), errors.Join(errRejected, errors.New(describe(first(args))))}
		return nil
	})
	promise.Call("then", then, catch)
	select {
	case r := <-settled:
		return r.value, r.err
	case <-ctx.Done():
		cut()
		return js.Undefined(), ctx.Err()
	}
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// describe gives the text of a JavaScript value without calling into it.
func describe(v js.Value) string {
	if v.Type() == js.TypeObject {
		if m := v.Get("message"); m.Type() == js.TypeString {
			return m.String()
		}
	}
	return v.String()
}

// fetch makes a GET request without credentials or referrer and reads the body
// up to most bytes.
func fetch(ctx context.Context, url, accept string, limit time.Duration, most int) (reply, error) {
	controller := js.Global().Get("AbortController").New()
	cut := func() { controller.Call("abort") }
	began := time.Now()
	promise := js.Global().Call("fetch", url, map[string]any{
		"headers":        map[string]any{"Accept": accept},
		"credentials":    "omit",
		"referrerPolicy": "no-referrer",
		"cache":          "no-store",
		"redirect":       "follow",
		"signal":         controller.Get("signal"),
	})
	response, err := await(ctx, promise, limit, cut)
	if err != nil {
		return reply{}, err
	}
	r := reply{Status: response.Get("status").Int()}
	if t := response.Get("headers").Call("get", "Content-Type"); t.Type() == js.TypeString {
		r.Type = t.String()
	}
	buffer, err := await(ctx, response.Call("arrayBuffer"), limit-time.Since(began), cut)
	if err != nil {
		return reply{}, err
	}
	r.Body, err = bytesOf(buffer, most)
	return r, err
}

// bytesOf copies an ArrayBuffer of at most most bytes.
func bytesOf(buffer js.Value, most int) ([]byte, error) {
	array := js.Global().Get("Uint8Array").New(buffer)
	n := array.Get("length").Int()
	if n > most {
		return nil, errTooLarge
	}
	content := make([]byte, n)
	js.CopyBytesToGo(content, array)
	return content, nil
}

// piece is how much of a file is read at once, in octets: two of them are held.
const piece = 256 << 10

// blob reads a JavaScript Blob piece by piece, the next one while the last is worked on.
type blob struct {
	value    js.Value
	size, at int64
	next     chan read
	array    js.Value // what has come, from off on
	off, n   int
}

// read is a piece as an ArrayBuffer, or why there is none.
type read struct {
	buffer js.Value
	err    error
}

// openBlob begins to read a Blob.
func openBlob(value js.Value, size int64) *blob {
	b := &blob{value: value, size: size, next: make(chan read, 1)}
	b.ask()
	return b
}

// ask begins to read the next piece.
func (b *blob) ask() {
	from := b.at
	b.at = min(b.size, from+piece)
	if from == b.at {
		b.next <- read{err: io.EOF}
		return
	}
	promise := b.value.Call("slice", float64(from), float64(b.at)).Call("arrayBuffer")
	go func() {
		defer guard()
		buffer, err := await(context.Background(), promise, time.Minute, func() {})
		b.next <- read{buffer, err}
	}()
}

// Read waits for the next piece if there is nothing left of the last.
func (b *blob) Read(p []byte) (int, error) {
	if b.off == b.n {
		r := <-b.next
		if r.err != nil {
			b.next <- r // and again
			return 0, r.err
		}
		b.array = js.Global().Get("Uint8Array").New(r.buffer)
		b.off, b.n = 0, b.array.Get("length").Int()
		b.ask()
	}
	n := js.CopyBytesToGo(p, b.array.Call("subarray", b.off))
	b.off += n
	return n, nil
}

// newBreathe gives a func that waits until the browser has done what waited: a message
// to oneself comes behind it. A timer would wait for 4 ms more.
func newBreathe() func() {
	channel := js.Global().Get("MessageChannel").New()
	come := make(chan struct{}, 8)
	channel.Get("port1").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
		come <- struct{}{}
		return nil
	}))
	return func() {
		channel.Get("port2").Call("postMessage", js.Null())
		<-come
	}
}
