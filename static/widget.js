// <sealane-check domain="example.com"> and <sealane-make> for other people's
// pages. Each is a link until it is used or scrolled into view; then a frame of
// this origin loads the program. Without JavaScript, or when the frame stays
// silent, the link remains. Nothing is set on the host page but the two elements,
// and styles go through the object model, which no policy for styles forbids.
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || !window.customElements || customElements.get("sealane-check")) {
    return;
  }
  var origin = new URL(script.src).origin;
  var patience = 30000; // milliseconds until a silent frame is taken away

  function style(element, declarations) {
    Object.keys(declarations).forEach(function (name) {
      element.style.setProperty(name, declarations[name]);
    });
    return element;
  }

  function define(name, path, words) {
    customElements.define(name, class extends HTMLElement {
      static get observedAttributes() {
        return ["domain", "lang", "theme", "accent"];
      }

      connectedCallback() {
        if (!this.root) {
          this.root = this.attachShadow({ mode: "open" });
          style(this, { display: "block" });
          this.heard = this.hear.bind(this);
        }
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

      attributeChangedCallback() {
        if (this.root) {
          this.link();
          if (this.frame) {
            this.drop();
            this.load();
          }
        }
      }

      // address is the page in the frame, or that which the link leads to.
      address(page) {
        var u = new URL(page, origin);
        var domain = (this.getAttribute("domain") || "").trim();
        if (domain) {
          u.searchParams.set("d", domain);
        }
        return u;
      }

      // link puts the link, with what the host page wrote inside the element.
      link() {
        if (!this.anchor) {
          this.anchor = document.createElement("a");
          this.anchor.appendChild(document.createElement("slot"));
          this.root.appendChild(this.anchor);
          this.anchor.addEventListener("click", (e) => {
            if (!this.failed && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
              e.preventDefault();
              this.load();
            }
          });
        }
        this.anchor.href = this.address(path).href;
        this.anchor.target = "_blank";
        this.anchor.rel = "noopener";
        var slot = this.anchor.firstChild;
        slot.textContent = words.replace("{}", (this.getAttribute("domain") || "").trim()).trim();
      }

      load() {
        this.rest();
        if (this.frame || this.failed) {
          return;
        }
        var u = this.address("/widget" + (path === "/" ? "" : path));
        ["lang", "theme", "accent"].forEach((name) => {
          if (this.getAttribute(name)) {
            u.searchParams.set(name, this.getAttribute(name));
          }
        });
        var f = document.createElement("iframe");
        f.src = u.href;
        f.title = this.anchor.textContent || words;
        f.allow = "clipboard-write";
        f.referrerPolicy = "no-referrer";
        style(f, { border: "0", width: "100%", height: "0", display: "block", "color-scheme": "normal" });
        this.frame = f;
        this.timer = setTimeout(() => {
          this.failed = true;
          this.drop();
        }, patience);
        this.root.appendChild(f);
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
        this.anchor.hidden = false;
      }

      hear(e) {
        if (!this.frame || e.source !== this.frame.contentWindow || e.origin !== origin || !e.data) {
          return;
        }
        var height = Number(e.data.sealaneHeight);
        if (height > 0 && height < 100000) {
          clearTimeout(this.timer);
          this.anchor.hidden = true;
          style(this.frame, { height: Math.ceil(height) + "px" });
        }
        if (e.data.sealaneReport) {
          this.dispatchEvent(new CustomEvent("sealane-report", { bubbles: true, detail: e.data.sealaneReport }));
        }
      }
    });
  }

  define("sealane-check", "/", "Check {} with Sealane");
  define("sealane-make", "/make", "Make mail security records with Sealane");
})();
