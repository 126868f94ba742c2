/** What a browser (or Node) offers by itself, taken at the first start and never at import. */
import type { Deps } from "./types.ts";

export function surroundings(given: Partial<Deps> = {}): Deps {
  const here = globalThis as typeof globalThis & { indexedDB?: IDBFactory };
  return {
    fetch: (input, init) => here.fetch(input, init),
    WebSocket: here.WebSocket,
    indexedDB: disk(here),
    BroadcastChannel: here.BroadcastChannel ?? null,
    now: () => Date.now(),
    setTimeout: (run, ms) => here.setTimeout(run, ms),
    clearTimeout: (timer) => here.clearTimeout(timer as number),
    random: Math.random,
    getRandomValues: (bytes) => here.crypto.getRandomValues(bytes),
    ...given,
  };
}

function disk(here: { indexedDB?: IDBFactory }): IDBFactory | null {
  try {
    return here.indexedDB ?? null;
  } catch {
    return null; // some browsers throw where storage is blocked
  }
}

export interface PageEvents {
  woke: () => void;
  left: () => void;
  returned: () => void;
  /** Whether something would be lost with the page. */
  unsafe: () => boolean;
}

/**
 * Calls back when the page wakes, and when it goes or comes back from the browser's back-forward cache; has the
 * browser ask before a page goes that something would be lost with.
 */
export function watchPage(on: PageEvents): () => void {
  if (typeof document === "undefined") return () => {};
  const ended = new AbortController();
  const { signal } = ended;
  const heard = {
    visibilitychange() {
      if (document.visibilityState === "visible") on.woke();
    },
    online: on.woke, // a hint to look, never a proof
    pagehide: on.left,
    pageshow(event: PageTransitionEvent) {
      if (event.persisted) on.returned();
    },
    beforeunload(event: Event) {
      if (on.unsafe()) event.preventDefault();
    },
  };
  for (const [type, call] of Object.entries(heard)) addEventListener(type, call as EventListener, { signal });
  return () => ended.abort();
}
