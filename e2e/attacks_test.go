package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// watchFrames counts the frames that the page draws and scrolls it a little in
// each: what is read back a frame later tells whether it still scrolls. It ends
// when the report on a domain is done.
const watchFrames = `(domain => {
	const w = window.watched = {begun: performance.now(), longest: 0, blocked: 0, frames: 0, scrolled: 0, took: 0};
	let last = w.begun, want = -1;
	const frame = () => {
		const now = performance.now();
		w.frames++;
		w.longest = Math.max(w.longest, now - last);
		if (now - last > 50) w.blocked += now - last - 50;
		last = now;
		if (want >= 0 && Math.abs(scrollY - want) < 1) w.scrolled++;
		if (document.querySelector('article.report[data-state="done"][data-domain="' + domain + '"]')) {
			w.took = now - w.begun;
			return;
		}
		scrollTo(0, want = want === 10 ? 40 : 10);
		requestAnimationFrame(frame);
	};
	requestAnimationFrame(frame);
	return true;
})(%q)`

// watched is what watchFrames saw; times are in milliseconds. Blocked is by how
// much frames were later than 50.
type watched struct {
	Longest, Blocked, Took float64
	Frames, Scrolled       int
}

// TestAttacksDontHurtThePage checks domains made to keep a validator busy
// (CVE-2023-50387, CVE-2023-50868) in a small window, and beside them one that is
// as it should be: the report comes, and until then the page draws and scrolls.
func TestAttacksDontHurtThePage(t *testing.T) {
	const hung = 3000 // ms without a frame; the bar of a verdict is 1000
	s := serve(t, "-lab")
	p := visit(t, s, "/?d=nothing.test")
	p.do(chromedp.EmulateViewport(375, 500))
	p.finished("nothing.test")
	for _, domain := range []string{"perfect.test", "dnssec-keytrap.test", "dnssec-hashes.test", "dnssec-forged.test"} {
		p.replace(domain)
		eval[bool](p, fmt.Sprintf(watchFrames, domain))
		p.submit()
		p.await("end of the check of "+domain, `window.watched.took`)
		w := eval[watched](p, `(w => ({Longest: w.longest, Blocked: w.blocked, Took: w.took, Frames: w.frames, Scrolled: w.scrolled}))(window.watched)`)
		t.Logf("%-20s report after %5.0f ms, blocked for %5.0f ms of it, longest gap between frames %4.0f ms, scrolled in %d of %d frames",
			domain, w.Took, w.Blocked, w.Longest, w.Scrolled, w.Frames)
		if w.Longest > hung || w.Frames < 3 || w.Scrolled == 0 {
			t.Errorf("%s: the page hung", domain)
		}
	}
}
