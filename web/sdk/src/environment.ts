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
    random: () => Math.random(),
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

/** Calls back when the page wakes, and when it goes or comes back from the browser's back-forward cache. */
export function watchPage(on: { woke: () => void; left: () => void; returned: () => void }): () => void {
  if (typeof document === "undefined") return () => {};
  const visible = () => {
    if (document.visibilityState === "visible") on.woke();
  };
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) on.returned();
  };
  document.addEventListener("visibilitychange", visible);
  addEventListener("online", on.woke); // a hint to look, never a proof
  addEventListener("pagehide", on.left);
  addEventListener("pageshow", shown);
  return () => {
    document.removeEventListener("visibilitychange", visible);
    removeEventListener("online", on.woke);
    removeEventListener("pagehide", on.left);
    removeEventListener("pageshow", shown);
  };
}
