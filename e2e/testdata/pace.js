// Notes when a visitor to the link of a check sees what. Runs before all of the page.
(() => {
  const at = {};
  const note = (key) => { at[key] = at[key] || performance.now(); };
  // The field takes text once it is painted where a finger meets it.
  const look = () => {
    const field = document.getElementById("d");
    if (field && !at.usable) {
      const box = field.getBoundingClientRect();
      if (document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === field) {
        note("usable");
      }
    }
    if (!at.started && at.compiled && !document.getElementById("app-wasm-loader")) {
      note("started");
    }
    if (document.querySelector("[data-earlier]")) {
      note("earlier");
    }
    if (document.querySelector("article.report [data-code]")) {
      note("finding");
      return;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...args) => {
    const made = await instantiate.apply(WebAssembly, args);
    note("compiled");
    return made;
  };
  window.pace = () => {
    const [page] = performance.getEntriesByType("navigation");
    const resources = performance.getEntriesByType("resource");
    const program = resources.filter((r) => r.name.endsWith(".wasm"));
    return {
      ...at,
      html: page.responseStart,
      readable: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      asked: program[0].startTime,
      downloaded: program[0].responseEnd,
      lookup: resources.find((r) => r.name.includes("dns=")).startTime,
    };
  };
})();
