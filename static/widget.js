// <sealane-check domain="example.com"> and <sealane-make> for other people's
// pages. Each is a link until it is used or scrolled into view; then a frame of
// this origin loads the program. Without JavaScript, or when the frame stays
// silent, the link remains: what stands inside the element, or else our own.
// Nothing is set on the host page but the two elements, and their looks stay in
// their shadow, by the object model, which no policy for styles forbids.
(function () {
  "use strict";
  var script = document.currentScript, words = {{.Words}};
  if (!script || !script.src || !window.customElements || customElements.get("sealane-check")) {
    return;
  }
  Object.setPrototypeOf(words, null); // lang="constructor" is no language of ours
  var origin = new URL(script.src).origin;
  var patience = 20000; // milliseconds of silence until a frame is taken away

  function style(element, declarations) {
    for (var name in declarations) {
      element.style.setProperty(name, declarations[name]);
    }
  }

  function define(name, path) {
    customElements.define(name, class extends HTMLElement {
      static get observedAttributes() {
        return ["domain", "lang", "theme", "accent"];
      }

      connectedCallback() {
        if (!this.root) {
          this.root = this.attachShadow({ mode: "open" });
          // The host page's own styles win over these, as over a browser's.
          try {
            var sheet = new CSSStyleSheet();
            sheet.replaceSync(":host{display:block}:host([hidden]){display:none}");
            this.root.adoptedStyleSheets = [sheet];
          } catch (e) { /* an older browser shows it inline */ }
          this.slotted = document.createElement("slot");
          this.anchor = document.createElement("a");
          this.anchor.target = "_blank";
          this.anchor.rel = "noopener";
          style(this.anchor, { color: "inherit" }); // ours is read on any background
          this.links = document.createElement("span");
          this.links.append(this.slotted, this.anchor);
          this.root.append(this.links);
          // White space inside the element, or what is only being read, is no link.
          this.slotted.addEventListener("slotchange", () => this.link());
          // The first click uses the widget; while its frame loads, a link is a link.
          this.links.addEventListener("click", (e) => {
            if (!this.frame && !this.failed && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
              e.preventDefault();
              this.load();
            }
          });
          this.heard = (e) => this.hear(e);
        }
        this.failed = false; // who puts it in anew tries anew
        this.link();
        window.addEventListener("message", this.heard);
        if (window.IntersectionObserver) {
          this.watch = new IntersectionObserver((seen) => {
            if (seen.some((s) => s.isIntersecting)) {
              this.load();
            }
          });
          this.watch.observe(this);
        }
      }

      disconnectedCallback() {
        window.removeEventListener("message", this.heard);
        this.rest();
        this.drop();
      }

      attributeChangedCallback(name, before, now) {
        if (!this.root || before === now) {
          return;
        }
        this.link();
        if (name === "theme" || name === "accent") {
          this.look();
        } else if (this.frame) {
          this.drop();
          this.load();
        }
      }

      get(name) {
        return (this.getAttribute(name) || "").trim();
      }

      // address is the page in the frame, or the whole one.
      address(page) {
        var u = new URL(page, origin);
        if (this.get("domain")) {
          u.searchParams.set("d", this.get("domain"));
        }
        return u;
      }

      link() {
        var said = words[this.get("lang")] || words.en, domain = this.get("domain");
        this.anchor.href = this.address(path).href;
        this.said = path !== "/" ? said.make : domain ? said.check.split("{domain}").join(domain) : said.any;
        this.anchor.textContent = this.said;
        // What is for readers without JavaScript is not shown here.
        this.anchor.hidden = Array.from(this.childNodes).some((n) => n.nodeType === 1 ? n.localName !== "noscript" : n.nodeType === 3 && n.data.trim());
      }

      load() {
        this.rest();
        if (this.frame || this.failed || !this.isConnected) {
          return;
        }
        var u = this.address(path === "/" ? "/widget" : "/widget" + path);
        ["lang", "theme", "accent"].forEach((name) => {
          if (this.get(name)) {
            u.searchParams.set(name, this.get(name));
          }
        });
        var f = this.frame = document.createElement("iframe");
        f.src = u.href;
        f.title = this.said;
        f.allow = "clipboard-write";
        f.referrerPolicy = "no-referrer";
        // What nobody sees yet, or what a browser shows in place of it, takes no focus.
        style(f, { border: "0", width: "100%", height: "0", display: "block", visibility: "hidden" });
        this.wait();
        this.root.append(f);
      }

      wait() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.fail(), patience);
      }

      fail() {
        this.failed = true;
        this.drop();
      }

      rest() {
        if (this.watch) {
          this.watch.disconnect();
          this.watch = null;
        }
      }

      // drop takes the frame away; the link is seen again.
      drop() {
        clearTimeout(this.timer);
        if (this.frame) {
          this.frame.remove();
          this.frame = null;
        }
        this.links.hidden = this.ready = false;
      }

      // look tells a frame that listens; another document in it must not hear.
      look() {
        if (!this.ready) {
          return;
        }
        this.frame.contentWindow.postMessage({ sealaneTheme: this.get("theme"), sealaneAccent: this.get("accent") }, origin);
      }

      hear(e) {
        var said = e.data, f = this.frame;
        if (!f || e.source !== f.contentWindow || e.origin !== origin || !said) {
          return;
        }
        if (said.sealaneFailed) {
          this.fail();
          return;
        }
        if (said.sealaneHeight > 0 && said.sealaneHeight < 100000) {
          style(f, { height: Math.ceil(said.sealaneHeight) + "px", visibility: "" });
        }
        if (said.sealaneReady) {
          clearTimeout(this.timer);
          var focused = this.root.activeElement || this.contains(this.getRootNode().activeElement);
          this.links.hidden = this.ready = true;
          if (focused) {
            f.focus();
          }
          this.look(); // what has changed while it loaded
        } else if (said.sealaneLoading) {
          this.wait();
        }
        if (said.sealaneReport) {
          this.dispatchEvent(new CustomEvent("sealane-report", { bubbles: true, detail: said.sealaneReport }));
        }
      }
    });
  }

  define("sealane-check", "/");
  define("sealane-make", "/make");
})();
