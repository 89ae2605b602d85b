// Keeps the page usable without a network: a saved check can be loaded anywhere.
// The network goes first for what may change; names that carry a hash of their
// content never do. Requests to others, and questions to the proxy, pass by.
const cacheName = "sealane-{{.Version}}";
const resources = {{.ResourcesToCache}};
const hashed = /^\/web\//;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(resources);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const key of await caches.keys()) {
      if (key !== cacheName) {
        await caches.delete(key);
      }
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin ||
      url.pathname.startsWith("/v1/") || url.pathname === "/dns-query" ||
      url.pathname.startsWith("/badge/") ||
      url.pathname === "/config.json" || url.pathname === "/healthz") {
    return;
  }
  event.respondWith(hashed.test(url.pathname) ? kept(request) : fresh(request));
});

// The browser's own cache goes first: it has the code that was compiled of the
// program beside it, and without that a visit takes seconds more.
async function kept(request) {
  try {
    const answer = await fetch(request.url, { mode: "same-origin", cache: "only-if-cached" });
    if (answer.ok) {
      return answer;
    }
  } catch (absent) {
    // as with a cache that was emptied
  }
  return (await caches.match(request)) || fetch(request);
}

async function fresh(request) {
  // The pages about findings are many: those are kept that were visited, and the
  // list says of the others that they aren't here.
  const path = new URL(request.url).pathname;
  const learn = path.startsWith("/learn/");
  try {
    const answer = await fetch(request);
    if (learn && answer.ok) {
      const copy = answer.clone();
      caches.open(cacheName).then((cache) => cache.put(path, copy)).catch(() => {}); // no room: not kept
    }
    return answer;
  } catch (offline) {
    const answer = (await caches.match(request, { ignoreSearch: true })) || (learn && await caches.match("/learn"));
    if (answer) {
      return answer;
    }
    throw offline;
  }
}
