// What the pages for other people's frames do beside the program: they tell the
// page around how high they are and how far, and look as it wants.
(function () {
  "use strict";
  var root = document.documentElement, query = new URLSearchParams(window.location.search);
  root.classList.add("framed", "asked");

  // Nothing is kept for offline use: each host page would get a copy of its own,
  // and where storage is blocked the browser would complain.
  try {
    navigator.serviceWorker.register = function () { return new Promise(function () {}); };
  } catch (e) { /* there is none to stop */ }

  function tell(what) { window.parent.postMessage(what, "*"); }

  // The relative luminance of a colour of three parts from 0 to 1, and the contrast
  // of two luminances (WCAG 2.2).
  function luminance(colour) {
    return colour.reduce(function (sum, c, i) {
      return sum + [0.2126, 0.7152, 0.0722][i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }, 0);
  }
  function contrast(a, b) { return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }

  // parsed takes a colour of #rgb or #rrggbb only.
  function parsed(text) {
    var short = /^#[0-9a-f]{3}$/i.test(text);
    return (short || /^#[0-9a-f]{6}$/i.test(text)) && [0, 1, 2].map(function (i) {
      return short ? parseInt(text[1 + i], 16) / 15 : parseInt(text.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
    });
  }

  // The accent goes towards white or black until it can be read on the page, as
  // text on it is black or white.
  var theme, accent, prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  function look() {
    var dark = theme === "dark" || theme !== "light" && prefersDark.matches, page = dark ? 0.007 : 1, colour = parsed(accent);
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    } else {
      delete root.dataset.theme;
    }
    root.style.removeProperty("--accent");
    root.style.removeProperty("--accent-text");
    if (!colour) {
      return;
    }
    while (contrast(luminance(colour), page) < 4.5) {
      colour = colour.map(function (c) { return dark ? c + (1 - c) / 10 : c * 0.9; });
    }
    root.style.setProperty("--accent", "#" + colour.map(function (c) { return Math.round(c * 255).toString(16).padStart(2, "0"); }).join(""));
    root.style.setProperty("--accent-text", luminance(colour) > 0.179 ? "#000000" : "#ffffff");
  }
  prefersDark.addEventListener("change", look);

  theme = query.get("theme");
  accent = query.get("accent") || "";
  look();

  window.addEventListener("message", function (e) {
    // Any page may be the one around, and say anything.
    var said = e.source === window.parent && e.data;
    if (said && typeof said.sealaneTheme === "string" && typeof said.sealaneAccent === "string") {
      theme = said.sealaneTheme;
      accent = said.sealaneAccent;
      look();
    }
  });

  // The pages that links lead to can't be framed.
  document.addEventListener("click", function (e) {
    var link = e.target.closest && e.target.closest("a[href]");
    if (link && link.getAttribute("href").charAt(0) !== "#") {
      link.target = "_blank";
      link.rel = "noopener";
    }
  }, true);

  // The program takes the class away once it has painted.
  var ready = new MutationObserver(function () {
    if (!root.classList.contains("asked")) {
      ready.disconnect();
      height();
      tell({ sealaneReady: true });
    }
  });
  ready.observe(root, { attributes: true, attributeFilter: ["class"] });

  function height() { tell({ sealaneHeight: root.getBoundingClientRect().height }); }

  document.addEventListener("DOMContentLoaded", function () {
    new ResizeObserver(height).observe(document.body);
    var loader = document.getElementById("app-wasm-loader");
    if (loader) { // boot.js says whether it has failed
      new MutationObserver(function () {
        tell(loader.classList.contains("failed") ? { sealaneFailed: true } : { sealaneLoading: true });
      }).observe(loader, { attributes: true, childList: true, characterData: true, subtree: true });
    }
  });
})();
