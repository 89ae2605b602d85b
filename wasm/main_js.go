package main

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/sealane/sealane/app/check"
	"github.com/sealane/sealane/app/dnsname"
	"github.com/sealane/sealane/app/ui"
)

// firstQuestions is how long the first painting waits for the configuration: who is
// asked stands there, and answers come while the page is drawn.
const firstQuestions = 150 * time.Millisecond

func main() {
	// The engine runs in this goroutine: whatever panics in it ends here.
	defer guard()
	slow := 16
	if plainHTTP() {
		slow = 4
	}
	w := newWorld(fetch, slow)
	// The configuration is under way while the page is drawn.
	go func() {
		defer guard()
		w.Config(context.Background())
	}()
	m := ui.NewMachine(door(w))
	at := app.Window().URL()
	if (at.Path == "/" || at.Path == ui.WidgetPath) && m.Open(at.Query().Get("d")) {
		w.await(firstQuestions)
	}
	for _, r := range routes(m) {
		app.Route(r.path, r.page)
	}
	app.RunWhenOnBrowser()
}

// door is the page's door onto the browser.
func door(w *world) ui.Door {
	text, focused := typed()
	kept := memory{local{}}
	var takeOne func([]byte)
	var takeAll func(ui.Files)
	breathe := newBreathe()
	onFiles(breathe, func(files ui.Files) {
		switch {
		case takeAll != nil:
			takeAll(files)
		case takeOne != nil:
			takeOne(whole(files))
		}
	})
	return ui.Door{
		Check: func(ctx context.Context, d dnsname.Name, learned func(check.Facts)) check.Facts {
			return check.Gather(ctx, w, d, time.Now().UTC(), learned, w.Config(ctx).Anchors...)
		},
		Keys: func(ctx context.Context, host dnsname.Name) (check.Keys, error) {
			return check.AskKeys(ctx, w, host, time.Now().UTC(), w.Config(ctx).Anchors...)
		},
		ToASCII:  toASCII,
		Config:   w.Config,
		Recall:   kept.Recall,
		Remember: kept.Remember,
		Kept:     kept.Kept,
		Keep:     kept.Keep,
		Copy:     copyText,
		Save:     saveFile,
		Load:     func(f func([]byte)) { takeOne, takeAll = f, nil },
		Files:    func(f func(ui.Files)) { takeAll = f },
		Breathe:  breathe,
		Now:      time.Now,
		Measure:  measure,
		Typed: func() (string, bool) {
			t, f := text, focused
			text, focused = "", false
			return t, f
		},
		Focus: focus,
		Print: printPage,
		Ready: ready,
		Tell:  tellHost,
		Theme: turnTheme,
		Guard: guard,
	}
}
