import type { RecentCall } from "@sangam/sdk";
import { useEffect, useRef, useState } from "react";

/** How long one call has the board to itself at least. */
export const CALL_MS = 7000;
/** And at most, whatever its voice does: those called after it wait for it. */
export const CALL_MOST_MS = 30_000;

export interface Calling {
  /** Starts with each call. It resolves when the room is silent again, at the latest after `signal`. */
  onCall(call: RecentCall, signal: AbortSignal): Promise<void>;
  /** Called before this (ms since 1970, clinic time) is too old to be called out; it is only shown. */
  notBeforeMs(): number;
}

/**
 * Gives out calls one after another, never over each other: the one being called now, or null between calls.
 * What was called before the board was opened is known and not called again.
 */
export function useCalls(recent: readonly RecentCall[], calls: Calling): RecentCall | null {
  const seen = useRef<Set<string> | null>(null);
  // At most the five of `recent`; a call that drops out of it unspoken is too old to be spoken.
  const [queue, setQueue] = useState<readonly RecentCall[]>([]);
  const latest = useRef(calls);
  latest.current = calls;

  useEffect(() => {
    const known = seen.current;
    seen.current = new Set(recent.map(keyOf));
    if (!known) return;
    const notBefore = latest.current.notBeforeMs();
    const fresh = recent.filter((call) => !known.has(keyOf(call)) && Date.parse(call.at) >= notBefore);
    if (fresh.length > 0) setQueue((waiting) => [...waiting, ...fresh.reverse()].slice(-recent.length));
  }, [recent]);

  const calling = queue[0] ?? null;
  const key = calling && keyOf(calling);
  useEffect(() => {
    if (!calling) return;
    const gone = new AbortController();
    const next = () => setQueue((waiting) => waiting.slice(1));
    const most = setTimeout(next, CALL_MOST_MS);
    const shown = new Promise((resolve) => setTimeout(resolve, CALL_MS));
    Promise.all([shown, latest.current.onCall(calling, gone.signal).catch(() => {})]).then(
      () => gone.signal.aborted || next(),
    );
    return () => {
      clearTimeout(most);
      gone.abort();
    };
  }, [key]);
  return calling;
}

/** A recall is the same token at another time, and a call of its own. */
const keyOf = (call: RecentCall) => `${call.token} ${call.at}`;
