/** What may be said of a connection, from what was really heard. Pure. */
import type { ConnectionMode } from "./types.ts";

export interface Evidence {
  /** Since what is shown was last known to be whole; Infinity before the first answer. */
  ageMs: number;
  /** Since a poll was last answered. */
  polledAgoMs: number;
  beatMs: number;
  /** For how long an answered poll is proof. */
  pollProofMs: number;
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

/** Two beats: what is older is not called live. */
export const silenceMs = (beatMs: number) => 2 * beatMs;

export function modeOf(e: Evidence): ConnectionMode {
  const fresh = e.ageMs <= silenceMs(e.beatMs);
  if (e.greeted && !e.doubt && fresh) return "realtime";
  // One lost answer can be chance; two, or one after two silent beats, is a node that is not there.
  if (
    e.unreachable &&
    (e.pollFailures >= 2 || (e.pollFailures === 1 && !fresh && e.ageMs !== Number.POSITIVE_INFINITY))
  ) {
    return "offline";
  }
  if (e.ageMs === Number.POSITIVE_INFINITY) return "connecting";
  if (!e.greeted && e.pollFailures === 0 && e.polledAgoMs <= e.pollProofMs) {
    return e.triedSocket ? "fallback" : "connecting";
  }
  return "unknown";
}
