/** What may be said of a connection, from what was really heard. Pure. */
import type { ConnectionMode } from "./types.ts";

export interface Evidence {
  /** What is shown was known to be whole at some time. */
  heard: boolean;
  /** That was within two beats. */
  fresh: boolean;
  /** A poll was answered so lately that it is proof. */
  polled: boolean;
  /** The socket said hello and has not ended. */
  greeted: boolean;
  /** A frame did not continue the one before, and the gap is not closed yet. */
  doubt: boolean;
  /** A socket was open or failed to open since the start. */
  triedSocket: boolean;
  pollFailures: number;
  /** The last failure was silence, not a refusal. */
  unreachable: boolean;
}

/** How long ago by a clock that may have been set since: one that was set back proves nothing, so either way counts. */
export const elapsedMs = (at: number | null, now: number) =>
  at === null ? Number.POSITIVE_INFINITY : Math.abs(now - at);

/** Two beats: what is older is not called live. */
export const silenceMs = (beatMs: number) => 2 * beatMs;

export function modeOf(e: Evidence): ConnectionMode {
  if (e.greeted && !e.doubt && e.fresh) return "realtime";
  // One lost answer can be chance; two, or one after two silent beats, is a node that is not there.
  if (e.unreachable && (e.pollFailures >= 2 || (e.pollFailures === 1 && !e.fresh && e.heard)))
    return "offline";
  if (!e.heard) return "connecting";
  if (!e.greeted && e.pollFailures === 0 && e.polled) return e.triedSocket ? "fallback" : "connecting";
  return "unknown";
}
