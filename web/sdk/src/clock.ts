/** The node's clock as this device can know it: from times that arrive late by an unknown, never negative, delay. */
import type { ClockState } from "./types.ts";

/**
 * The offset after hearing `serverTime` at `now`. A message is never early, so the greatest difference is the best;
 * `fresh` (a new socket) starts over, since either clock may have been set.
 */
export function offsetAfter(offset: number, serverTime: number, now: number, fresh: boolean): number {
  const sample = serverTime - now;
  return fresh ? sample : Math.max(offset, sample);
}

/** When, by this device's clock, a message that names `serverTime` left the node; never later than now. */
export function leftAt(offset: number, serverTime: number, now: number): number {
  return Math.min(now, serverTime - offset);
}

export interface Told {
  serverTime: string;
  clinicTime: string;
  clinicSpeed: number;
}

export function clockAfter(clock: ClockState, told: Told, now: number, fresh: boolean): ClockState {
  const server = Date.parse(told.serverTime);
  if (!Number.isFinite(server)) return clock;
  const clinic = Date.parse(told.clinicTime);
  return {
    serverOffsetMs: offsetAfter(clock.serverOffsetMs, server, now, fresh),
    clinicTimeMs: Number.isFinite(clinic) ? clinic : clock.clinicTimeMs,
    atServerMs: server,
    clinicSpeed: told.clinicSpeed > 0 ? told.clinicSpeed : 1,
  };
}
