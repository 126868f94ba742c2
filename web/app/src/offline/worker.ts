/**
 * The service worker: it lets a screen start while its box is away. It keeps the pages and their files, and nothing
 * else passes through it: no answer of the API, no call's voice is ever an old one.
 */

/** What the build made; written in by app/kept.ts. */
declare const KEPT: { version: string; pages: string[]; files: string[] };

/** As much of a worker's global as is needed: the types of a page and of a worker cannot both be loaded. */
interface Lasting extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Asked extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker extends EventTarget {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}
const worker = globalThis as unknown as Worker;

const PREFIX = "sangam ";
const MINE = PREFIX + KEPT.version;
/** A box on the same table answers at once; who waits longer than this looks at an empty screen. */
const PATIENCE_MS = 3000;

const pages = new Set(KEPT.pages);

worker.addEventListener("install", (event) => (event as Lasting).waitUntil(keepAll()));
worker.addEventListener("activate", (event) => (event as Lasting).waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => answer(event as Asked));

/** All or nothing: a page is of no use without its files, nor with those of another build. */
async function keepAll() {
  const cache = await caches.open(MINE);
  await cache.addAll([
    ...KEPT.files,
    // The names of pages stay the same from build to build: what the browser remembers of them is not asked.
    ...KEPT.pages.map((page) => new Request(page, { cache: "reload" })),
  ]);
  await worker.skipWaiting();
}

/** The build before stays: a page of it that is still open may need a file that the node has no longer. */
async function takeOver() {
  const builds = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== MINE);
  await Promise.all(builds.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

function answer(event: Asked) {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== worker.location.origin) return;
  if (mode === "navigate") {
    const page = pathname.replace(/(?<=.)\/$/, "");
    if (pages.has(page)) event.respondWith(pageOf(event.request, page));
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(fileOf(event.request));
  }
}

/** The node's own page while it answers: what is kept may be of an older build. */
async function pageOf(request: Request, page: string): Promise<Response> {
  const kept = async () => (await caches.open(MINE)).match(page);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  const told = await Promise.race([fetch(request).catch(() => undefined), late]);
  // A door before the node that says "bad gateway" is a node that is away.
  if (told && told.status < 500) return told;
  return (await kept()) ?? told ?? fetch(request);
}

/** The name of a file tells its content, so one that is kept is never an old one. */
async function fileOf(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}
