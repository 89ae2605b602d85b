// Fills the page about widgets and badges with what is chosen there, and shows
// the widget itself.
(function () {
  "use strict";
  var article = document.querySelector(".embed"), preview = document.getElementById("preview"), origin = location.origin;
  var said = document.getElementById("accent-said"), hint = said.textContent;
  var badges = origin; // where the proxy is, which draws them

  function chosen(name) { return article.querySelector('[data-choice="' + name + '"]').value.trim(); }
  function show(name, text) {
    var code = article.querySelector('[data-code="' + name + '"]');
    if (code) { // those of badges are gone where there are none
      code.textContent = text;
    }
  }
  function escaped(text) {
    return text.replace(/[&<>"]/g, function (c) { return { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }[c]; });
  }

  // A badge has the name as DNS writes it, which the browser's URL parser knows.
  function ascii(domain) {
    try {
      return new URL("https://" + domain).hostname;
    } catch (e) {
      return domain;
    }
  }

  function fill() {
    var make = chosen("kind") === "make", tag = make ? "sealane-make" : "sealane-check";
    var domain = chosen("domain") || "example.com", accent = chosen("accent"), good = !accent || /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(accent);
    said.textContent = good ? hint : article.dataset.accentWrong;
    said.className = good ? "muted" : "wrong";
    var attributes = { domain: domain, lang: chosen("lang"), theme: chosen("theme"), accent: good ? accent : "" };
    var encoded = encodeURIComponent(domain), whole = origin + (make ? "/make?d=" : "/?d=") + encoded;
    var label = (make ? article.dataset.makeLink : article.dataset.link).split("{domain}").join(domain);
    var written = "", element = document.createElement(tag);
    Object.keys(attributes).forEach(function (name) {
      if (attributes[name]) {
        written += " " + name + '="' + escaped(attributes[name]) + '"';
        element.setAttribute(name, attributes[name]);
      }
    });
    show("lines", '<script async src="' + origin + '/widget.js"><\/script>\n<' + tag + written + '><a href="' + escaped(whole) + '">' + escaped(label) + "</a></" + tag + ">");
    show("docusaurus", 'scripts: [{ src: "' + origin + '/widget.js", async: true }],');
    show("policy", "script-src " + origin + "; frame-src " + origin);
    var badge = badges + "/badge/" + encodeURIComponent(ascii(domain)) + ".svg", check = origin + "/?d=" + encoded;
    var alt = article.dataset.alt.split("{domain}").join(domain);
    show("markdown", "[![" + alt.replace(/[\\[\]]/g, "\\$&") + "](" + badge + ")](" + check + ")");
    show("html", '<a href="' + escaped(check) + '"><img src="' + escaped(badge) + '" alt="' + escaped(alt) + '"></a>');
    show("image", "img-src " + new URL(badges).origin);
    var old = preview.firstElementChild;
    if (old && old.localName === tag && old.getAttribute("domain") === element.getAttribute("domain")) {
      ["lang", "theme", "accent"].forEach(function (name) { old.setAttribute(name, attributes[name]); });
    } else {
      preview.replaceChildren(element);
    }
  }

  function copy(button) {
    var area = document.createElement("textarea"), label = button.dataset.label = button.dataset.label || button.textContent;
    area.value = article.querySelector('[data-code="' + button.dataset.copy + '"]').textContent;
    area.className = "sr";
    document.body.append(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    article.querySelectorAll("[data-copy]").forEach(function (e) { e.textContent = e.dataset.label || e.textContent; });
    button.textContent = done ? article.dataset.copied : article.dataset.select;
    button.dataset.label = label;
    button.focus();
  }

  var timer;
  article.addEventListener("input", function () {
    clearTimeout(timer); // what is typed letter by letter is not asked for letter by letter
    timer = setTimeout(fill, 400);
  });
  article.addEventListener("submit", function (e) { e.preventDefault(); });
  article.addEventListener("click", function (e) {
    if (e.target.dataset && e.target.dataset.copy) {
      copy(e.target);
    }
  });
  fill();

  fetch("/config.json", { credentials: "omit" }).then(function (r) { return r.json(); }).then(function (config) {
    if (config.proxyless) {
      var section = article.querySelector('[data-code="markdown"]').closest("section");
      section.querySelector("p").textContent = article.dataset.badgeNone;
      section.querySelectorAll(".publication").forEach(function (e) { e.remove(); });
    } else if (config.proxy) {
      badges = new URL(config.proxy, origin).href.replace(/\/+$/, "");
      fill();
    }
  }).catch(function () { /* our own origin, as far as we know */ });
})();
