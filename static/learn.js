// What the pages about findings do beside being read. They are whole without it:
// commands then show examples, which only names of the URL's query replace.
(function () {
  "use strict";
  var root = document.documentElement, query = new URLSearchParams(location.search), known = {};
  var article = document.querySelector("[data-learn]"), missing = document.querySelector("[data-missing]");

  // Readers paste these into a shell: whatever is no plain name or address is
  // left out, and a name with a hyphen first, which would be read as an option.
  var isName = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_-]{1,63})*$/;
  var mayBeIP = /^([0-9.]{7,15}|[0-9a-fA-F:.]{0,45}:[0-9a-fA-F:.]{0,45})$/;

  function all(selector, f) { document.querySelectorAll(selector).forEach(f); }
  function add(parent, tag, text) {
    return Object.assign(parent.appendChild(document.createElement(tag)), { textContent: text });
  }

  ["domain", "host", "name"].forEach(function (key) {
    var value = (query.get(key) || "").replace(/\.$/, "");
    if (value.length <= 253 && isName.test(value)) { known[key] = value.toLowerCase(); }
  });
  if (known.host) { known.at = known.host; }
  var ip = query.get("ip") || "";
  if (mayBeIP.test(ip)) {
    try { // an IPv6 address stands in brackets where a port follows
      var v6 = ip.indexOf(":") >= 0, at = new URL("http://" + (v6 ? "[" + ip + "]" : ip)).hostname;
      if (v6 || at === ip) { known.at = at; known.ip = at.replace(/[[\]]/g, ""); }
    } catch (e) { /* no address */ }
  }

  // fill puts the names into the commands and words of a finding; what no name
  // is known for keeps its example, which may hold the names before it.
  function fill() {
    var args = {};
    ["domain", "host", "at", "ip", "name"].forEach(function (key) {
      args[key] = known[key] || (article.getAttribute("data-example-" + key) || "")
        .replace(/\{([a-z]+)\}/g, function (all, name) { return args[name] || all; });
    });
    all("[data-place]", function (e) { e.textContent = args[e.dataset.place]; });
    all("[data-own]", function (e) { e.hidden = Boolean(known.domain && known.host); });
    all("[data-check]", function (e) {
      if (known.domain) { Object.assign(e, { href: "/?d=" + known.domain, textContent: e.dataset.check.split("{domain}").join(known.domain) }); }
    });
  }

  function copy(button) {
    var area = add(document.body, "textarea", button.parentElement.querySelector("code").textContent);
    area.className = "sr";
    area.select();
    var done = document.execCommand("copy"), label = button.dataset.label = button.dataset.label || button.textContent;
    area.remove();
    all("[data-copy]", function (e) { e.textContent = e === button ? article.dataset[done ? "copied" : "select"] : label; });
    button.focus();
  }

  // distance counts the characters to change, add or leave out.
  function distance(a, b) {
    var d = [], i, j;
    for (i = 0; i <= a.length; i++) {
      d.push([i]);
      for (j = 1; j <= b.length; j++) {
        d[i][j] = i === 0 ? j : Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      }
    }
    return d[a.length][b.length];
  }

  // say tells on the list that it stands for another page: of a code that there
  // isn't, with those that are near, or of one that the browser hasn't kept.
  function say(asked) {
    var near = [], list = missing.querySelector("ul"), there = false;
    all(".codes-of .code-list li", function (row) {
      var code = row.lastElementChild.textContent, d = 4 * Math.min(distance(asked, code), distance(asked, code.replace(/^.*\./, "")));
      if (code.split(".")[0] === asked.split(".")[0]) { d /= 2; } // a right group says more than a few letters
      if (asked.length > 2 && code.indexOf(asked) >= 0) { d = 0; }
      there = there || code === asked;
      near.push({ far: d, row: row });
    });
    near.sort(function (a, b) { return a.far - b.far; }).slice(0, 5).forEach(function (n) { list.appendChild(n.row.cloneNode(true)); });
    var text = missing.dataset[there ? "offline" : "missing"].split("{code}").join(asked);
    missing.querySelector("h1").textContent = text;
    missing.querySelector("p").hidden = list.hidden = there;
    missing.hidden = false;
    missing.nextElementSibling.hidden = true;
    document.title = text + document.title.replace(/^.*(?= · )/, "");
  }

  function showLab(domains) {
    all('nav a[href="/lab"]', function (e) { e.hidden = domains.length === 0; });
    domains.forEach(function (d) {
      all("[data-lab-of]", function (section) {
        if ((d.codes || []).indexOf(section.dataset.labOf) < 0) { return; }
        var row = add(section.querySelector("ul"), "li", "");
        add(Object.assign(add(row, "a", ""), { href: "/?d=" + encodeURIComponent(d.domain) }), "code", d.domain);
        add(row, "p", d.wrong);
        section.hidden = false;
      });
    });
  }

  if (article) { fill(); }
  var path = location.pathname.replace(/\/+$/, "").replace(/^\/learn\/?/, "").replace(/\.html$/, "");
  if (missing && path) {
    try { path = decodeURIComponent(path); } catch (e) { /* shown as it is */ }
    say(path.toLowerCase().replace(/[^!-~]/g, "\ufffd").slice(0, 80));
  }
  var names = ["domain", "host", "ip", "name"].filter(function (key) { return known[key]; })
    .map(function (key) { return key + "=" + known[key]; }).join("&");
  all('main a[href^="/learn/"]', function (e) { if (names) { e.href = e.getAttribute("href") + "?" + names; } });
  all("[data-copy]", function (button) { button.addEventListener("click", function () { copy(button); }); });
  all(".theme", function (button) {
    button.addEventListener("click", function () {
      var theme = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      root.dataset.theme = theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("sealane/theme", root.dataset.theme); } catch (e) { /* no room */ }
    });
  });
  function told(base) { return fetch(base + "/config.json", { credentials: "omit" }).then(function (r) { return r.json(); }); }
  told("").then(function (c) { return c.proxy ? told(c.proxy) : c; }).then(function (c) { showLab(c.lab || []); }).catch(function () { /* no proxy, no lab */ });
})();
