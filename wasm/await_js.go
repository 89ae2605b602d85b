package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
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

// ahead is how many chunks of a file are asked for at once: a small file's one, and that
// no more follow.
const ahead = 2

// patience is how long a chunk may take: a share of the network may never answer.
const patience = time.Minute

// stream reads a JavaScript Blob by its chunks, the next ones while the last are worked
// on. Neither its size nor a slice is asked for: the browser would stand still until the
// file system has answered.
type stream struct {
	reader      js.Value
	come        chan chunks
	then, catch js.Func
	asking      bool // then or catch will be called
	have        chunks
	next        int      // of have
	array       js.Value // the chunk that is read, from off on
	off, n      int
	err         error
}

// chunks are what came of one asking, as an Array of what ReadableStream's reader gives.
type chunks struct {
	all js.Value
	err error
}

// openStream begins to read a Blob.
func openStream(blob js.Value) io.ReadCloser {
	s := &stream{reader: blob.Call("stream").Call("getReader"), come: make(chan chunks, 1), next: ahead}
	came := func(c chunks) any {
		s.asking = false
		s.come <- c
		if s.err != nil {
			s.release()
		}
		return nil
	}
	s.then = js.FuncOf(func(_ js.Value, args []js.Value) any { return came(chunks{all: first(args)}) })
	s.catch = js.FuncOf(func(_ js.Value, args []js.Value) any { return came(chunks{err: errors.New(describe(first(args)))}) })
	s.ask()
	return s
}

// release gives back what JavaScript holds, unless it will still call it.
func (s *stream) release() {
	if !s.asking {
		s.then.Release()
		s.catch.Release()
	}
}

// ask asks for the next chunks.
func (s *stream) ask() {
	s.asking = true
	var asked [ahead]any
	for i := range asked {
		asked[i] = s.reader.Call("read")
	}
	js.Global().Get("Promise").Call("all", asked[:]).Call("then", s.then, s.catch)
}

// Read waits for the next chunk if there is nothing left of the last.
func (s *stream) Read(p []byte) (int, error) {
	for s.off == s.n {
		if s.err != nil {
			return 0, s.err
		}
		s.chunk()
	}
	n := min(len(p), s.n-s.off)
	part := s.array
	if s.off > 0 || n < s.n {
		part = s.array.Call("subarray", s.off, s.off+n)
	}
	js.CopyBytesToGo(p[:n], part)
	s.off += n
	return n, nil
}

// chunk goes to the next chunk, or sets err.
func (s *stream) chunk() {
	if s.next == ahead {
		if s.have = s.wait(); s.err != nil || s.have.err != nil {
			s.err = cmp.Or(s.err, s.have.err)
			return
		}
		s.next = 0
		if !s.have.all.Index(ahead - 1).Get("done").Bool() {
			s.ask()
		}
	}
	one := s.have.all.Index(s.next)
	if s.next++; one.Get("done").Bool() {
		s.err = io.EOF
		return
	}
	s.array = one.Get("value")
	s.off, s.n = 0, s.array.Get("length").Int()
}

// wait waits for what was asked for.
func (s *stream) wait() chunks {
	select {
	case c := <-s.come: // no timer needed
		return c
	default:
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case c := <-s.come:
		return c
	case <-late.C:
		return chunks{err: os.ErrDeadlineExceeded}
	}
}

// Close ends the reading, whether or not the end was reached; whoever waits in Read gets
// an error.
func (s *stream) Close() error {
	if s.err != io.EOF {
		s.reader.Call("cancel")
	}
	s.err, s.off, s.n = os.ErrClosed, 0, 0
	s.release()
	return nil
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
