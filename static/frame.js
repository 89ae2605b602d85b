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

  // look takes a theme, and an accent colour of #rgb or #rrggbb only. Text on it
  // is black or white, whichever stands out more (WCAG 2.2, relative luminance).
  function look(theme, accent) {
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    } else {
      delete root.dataset.theme;
    }
    root.style.removeProperty("--accent");
    root.style.removeProperty("--accent-text");
    if (!/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(accent)) {
      return;
    }
    var wide = accent.length === 7, light = [0.2126, 0.7152, 0.0722].reduce(function (sum, weight, i) {
      var c = wide ? parseInt(accent.substr(1 + 2 * i, 2), 16) / 255 : parseInt(accent[1 + i], 16) / 15;
      return sum + weight * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }, 0);
    root.style.setProperty("--accent", accent);
    root.style.setProperty("--accent-text", light > 0.179 ? "#000000" : "#ffffff");
  }
  look(query.get("theme"), query.get("accent") || "");

  window.addEventListener("message", function (e) {
    if (e.source === window.parent && e.data && typeof e.data.sealaneTheme === "string") {
      look(e.data.sealaneTheme, String(e.data.sealaneAccent));
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
