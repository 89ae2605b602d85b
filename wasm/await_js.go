package main

import (
	"context"
	"errors"
	"syscall/js"
	"time"
)

// errRejected is a promise that was rejected; the reason is wrapped around it.
var errRejected = errors.New("promise rejected")

// await waits for a promise until it is settled, ctx ends or the limit is over, if there is
// one. cut is then called to end what the promise stands for. go-app's own Then has
// no way out for a promise that fails.
func await(ctx context.Context, promise js.Value, limit time.Duration, cut func()) (js.Value, error) {
	if limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = limited
	}
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
