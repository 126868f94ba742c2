import type { RecentCall } from "@sangam/sdk";
import { useEffect, useRef, useState } from "react";

/** How long one call has the board and the room to itself. */
export const CALL_MS = 7000;

/**
 * Gives out calls one after another, never over each other: the one being called now, or null between calls.
 * What was called before the board was opened is known and not called again. `onCall` starts each.
 */
export function useCalls(
  recent: readonly RecentCall[],
  onCall: () => void,
  lastsMs = CALL_MS,
): RecentCall | null {
  const seen = useRef<Set<string> | null>(null);
  // At most the five of `recent`; a call that drops out of it unspoken is too old to be spoken.
  const [queue, setQueue] = useState<readonly RecentCall[]>([]);
  const start = useRef(onCall);
  start.current = onCall;

  useEffect(() => {
    const known = seen.current;
    seen.current = new Set(recent.map(keyOf));
    if (!known) return;
    const fresh = recent.filter((call) => !known.has(keyOf(call))).reverse();
    if (fresh.length > 0) setQueue((waiting) => [...waiting, ...fresh].slice(-recent.length));
  }, [recent]);

  const calling = queue[0] ?? null;
  const key = calling && keyOf(calling);
  useEffect(() => {
    if (key === null) return;
    start.current();
    const timer = setTimeout(() => setQueue((waiting) => waiting.slice(1)), lastsMs);
    return () => clearTimeout(timer);
  }, [key, lastsMs]);
  return calling;
}

/** A recall is the same token at another time, and a call of its own. */
const keyOf = (call: RecentCall) => `${call.token} ${call.at}`;
