// What must be done before the program arrives, and what must work without it.
(function () {
  "use strict";
  var root = document.documentElement;

  // The program is asked for before the scripts that start it are here. What a
  // browser keeps of compiled code hangs on the answer itself, so that it is handed on as
  // it came; a link that preloads loses it, too.
  var program = document.currentScript.dataset.program;
  var octets = Number(document.currentScript.dataset.octets);
  var answer = program && window.fetch(program);

  // The line shows how much of a copy has come.
  async function follow(copy) {
    var line = document.getElementById("loader-line");
    var reader = copy.body.getReader(), come = 0, part;
    while (!(part = await reader.read()).done) {
      come += part.value.byteLength;
      var percent = Math.floor(100 * come / octets);
      if (line && line.value !== percent) {
        line.value = percent;
      }
    }
  }

  window.sealaneProgram = async function () {
    var whole = await answer;
    follow(whole.clone()).then(function () {
      later.forEach(function (f) { window.setTimeout(f, 5000); });
    }, function () { /* who reads the other one says so */ });
    return whole;
  };

  // The worker fetches all that is kept for a time without a network. That waits, for
  // it would share the line with the program and its first questions.
  var later = [];
  window.sealaneLater = function (f) { later.push(f); };

  // The program reads dropped files by it, some at once: to leave WebAssembly for each
  // takes longer than to read one. Neither its size nor a part is asked for, for which the
  // page would stand still; of one with more than most octets the beginning is read, and
  // its reader goes along. Before the octets stand the ends, of four octets each.
  window.sealaneFiles = async function (files, most) {
    var read = await Promise.all(files.map(async function (file) {
      var one = { parts: [], size: 0, reader: null }, part;
      try {
        one.reader = file.stream().getReader();
        while (one.size < most) {
          part = await one.reader.read();
          if (part.done) {
            one.reader = null;
            break;
          }
          one.parts.push(part.value);
          one.size += part.value.length;
        }
      } catch (e) { // for whoever reads on
        one.reader = { read: function () { return Promise.reject(e); }, cancel: function () { /* there is nothing to end */ } };
      }
      return one;
    }));
    var at = 4 * read.length;
    var octets = new Uint8Array(read.reduce(function (sum, one) { return sum + one.size; }, at));
    var ends = new DataView(octets.buffer);
    read.forEach(function (one, i) {
      one.parts.forEach(function (part) {
        octets.set(part, at);
        at += part.length;
      });
      ends.setUint32(4 * i, at, true);
    });
    return {
      names: files.map(function (file) { return file.name; }).join("\0"), octets: octets, readers: read.map(function (one) { return one.reader; }),
      more: read.some(function (one) { return one.reader; })
    };
  };

  // In a frame or window with blocked storage the names themselves throw; the
  // program then gets a stand-in that forgets.
  function standIn() {
    var kept = new Map();
    return {
      get length() { return kept.size; },
      key: function (i) { return Array.from(kept.keys())[i] || null; },
      getItem: function (k) { return kept.has(k) ? kept.get(k) : null; },
      setItem: function (k, v) { kept.set(String(k), String(v)); },
      removeItem: function (k) { kept.delete(k); },
      clear: function () { kept.clear(); }
    };
  }
  ["localStorage", "sessionStorage"].forEach(function (name) {
    try {
      window[name].getItem("sealane");
    } catch (e) {
      Object.defineProperty(window, name, { value: standIn(), configurable: true });
    }
  });

  var theme = window.localStorage.getItem("sealane/theme");
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
  }

  // A link to a check: the introduction is not shown first.
  var asked = new URLSearchParams(window.location.search).get("d");
  if (asked) {
    root.classList.add("asked");
  }

  // What is asked before the program is here waits for it: sent, it would begin the page
  // anew, and an error text in the field is nothing for a server to see.
  document.addEventListener("submit", function (e) {
    if (document.getElementById("app-wasm-loader") && document.getElementById("d")) {
      e.preventDefault();
      window.sealaneAsked = true;
      root.classList.add("asked");
    }
  }, true);

  // The pages about findings and widgets are no part of the program, whose engine answers
  // clicks on every link of this origin (window.onclick) with a page of its own.
  // It is not told of these, so that the browser follows them.
  document.addEventListener("click", function (e) {
    if (e.target.closest && e.target.closest('a[href^="/learn"], a[href="/embed"]')) {
      e.stopPropagation();
    }
  }, true);

  window.sealaneBroken = function () {
    var banner = document.getElementById("broken");
    if (banner) {
      banner.hidden = false;
    }
  };
  window.addEventListener("error", function (e) {
    if (!e.filename || e.filename.indexOf(window.location.origin) === 0) {
      window.sealaneBroken();
    }
  });

  // current tells whether the newest worker has kept what this page is made of. The
  // cache is the last one: those of older workers go when this is over.
  async function current() {
    var parts = Array.from(document.querySelectorAll("script[src], link[rel=stylesheet]"), function (e) { return e.src || e.href; });
    var kept = await window.caches.open((await window.caches.keys()).pop());
    var found = await Promise.all(parts.concat(program || []).map(function (part) { return kept.match(part); }));
    return found.every(Boolean);
  }

  // A newer version takes over behind the open page, which goes on as it is; the
  // first worker of all is no newer version, and a page that was loaded since is of
  // the new version itself. The browser looks for one when a page is loaded: one that
  // stays open looks again when it is come back to.
  var worker = null;
  try {
    worker = navigator.serviceWorker;
  } catch (e) { /* a frame without an origin of its own */ }
  if (worker) {
    var before = Boolean(worker.controller), hour = 3600000, looked = Date.now();
    worker.addEventListener("controllerchange", function () {
      var notice = document.getElementById("newer");
      if (before && notice) {
        current().then(function (is) { notice.hidden = is; }, function () { notice.hidden = false; });
      }
      before = true;
    });
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && worker.controller && Date.now() - looked > hour) {
        looked = Date.now();
        worker.getRegistration().then(function (r) { return r && r.update(); }).catch(function () { /* offline */ });
      }
    });
  }

  // What the last check came to is read while the program comes (app/ui/earlier.go
  // keeps it, and shows the same until the new check has found something).
  function retell(report) {
    var said = JSON.parse(window.localStorage.getItem("sealane/said/" + asked.trim().toLowerCase().replace(/\.$/, "")));
    if (!said || typeof said.note !== "string") {
      return;
    }
    function add(to, name, text) {
      var e = document.createElement(name);
      e.textContent = text;
      return to.appendChild(e);
    }
    var section = document.createElement("section");
    section.className = "earlier";
    add(section, "h3", said.note);
    add(section, "p", said.headline);
    var list = add(section, "ul", "");
    said.findings.forEach(function (f) {
      var item = add(list, "li", "");
      item.dataset.earlier = f.level;
      add(item, "strong", f.word);
      item.append(" " + f.text);
    });
    report.prepend(section);
  }

  document.addEventListener("DOMContentLoaded", function () {
    var report = document.querySelector("article.report");
    if (asked && report) {
      try {
        retell(report);
      } catch (e) { /* kept by no program of ours: as if there were none */ }
    }
    var field = document.getElementById("d");
    if (field && asked && !field.value) {
      field.value = asked;
    }
    ["reload", "renew"].forEach(function (id) {
      var button = document.getElementById(id);
      if (button) {
        button.addEventListener("click", function () { window.location.reload(); });
      }
    });
    // go-app writes into the label why the program doesn't run, and a zero before.
    var label = document.getElementById("app-wasm-loader-label");
    if (label) {
      new MutationObserver(function () {
        if (isNaN(parseInt(label.textContent, 10))) {
          label.parentElement.classList.add("failed");
        }
      }).observe(label, { childList: true, characterData: true, subtree: true });
    }
  });
})();
