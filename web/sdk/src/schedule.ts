/** When to ask again: the retry table and the adaptive polling table, as pure functions. */
import type { ConnectionMode, PollingIntervals } from "./types.ts";

export const defaultPolling: PollingIntervals = {
  live: [30_000, 60_000],
  fallback: [5_000, 8_000],
  slow: [2_000, 3_000],
  offline: [3_000, 5_000],
};

export const maxRetryMs = 10_000;

/** An answer slower than this makes the network count as poor. */
export const slowAnswerMs = 1_500;

export function between([from, to]: readonly [number, number], random: () => number): number {
  return from + random() * (to - from);
}

/** How long until the next poll of a reader whose last one was answered. */
export function pollDelay(
  intervals: PollingIntervals,
  mode: ConnectionMode,
  slow: boolean,
  random: () => number,
): number {
  if (mode === "realtime") return between(intervals.live, random);
  if (mode === "offline") return between(intervals.offline, random);
  return between(slow ? intervals.slow : intervals.fallback, random);
}

/** Tries after the first: 5 in fallback (base 500 ms), 3 otherwise (base 1 s), none when offline or signed out. */
export function retryLimit(mode: ConnectionMode, signedIn = true): number {
  if (mode === "offline" || !signedIn) return 0;
  return mode === "fallback" ? 5 : 3;
}

/**
 * The wait before the given try (1 is the first retry): doubling from the base of the mode to at most 10 s, of
 * which the upper half is drawn by chance, so that a hundred tabs do not come back in one instant. Null: give up.
 */
export function retryDelay(
  mode: ConnectionMode,
  attempt: number,
  random: () => number,
  signedIn = true,
): number | null {
  if (attempt > retryLimit(mode, signedIn)) return null;
  return backoff(attempt, mode === "fallback" ? 500 : 1_000, random);
}

/** As retryDelay, without a last try. */
export function backoff(attempt: number, baseMs: number, random: () => number): number {
  const full = Math.min(maxRetryMs, baseMs * 2 ** Math.min(attempt - 1, 16));
  return full * (0.5 + random() / 2);
}
