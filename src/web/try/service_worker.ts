/// <reference lib="webworker" />
// Keeps the page, so that it works off-line after its first visit.

/** The files of the page and a name for their state; the build fills both in. */
declare const FILES: readonly string[];
declare const VERSION: string;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(VERSION).then((cache) => cache.addAll(FILES)).then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) =>
      Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)))
    ).then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  if (new URL(event.request.url).origin !== worker.location.origin) return;
  event.respondWith(
    caches.open(VERSION).then(async (cache) => {
      const kept = await cache.match(event.request, { ignoreSearch: true });
      return kept ?? await fetch(event.request);
    }),
  );
});
