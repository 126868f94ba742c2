/** The node's clock as this device can know it: from times that arrive late by an unknown, never negative, delay. */
import type { ClockState } from "./types.ts";

export interface Told {
  serverTime: string;
  clinicTime: string;
  clinicSpeed: number;
}

/**
 * The clocks after hearing `told` at `now`. A message is never early, so the greatest difference is the best; `fresh`
 * (a new socket) starts over, since either clock may have been set.
 */
export function clockAfter(clock: ClockState, told: Told, now: number, fresh: boolean): ClockState {
  const server = Date.parse(told.serverTime);
  if (!Number.isFinite(server)) return clock;
  const clinic = Date.parse(told.clinicTime);
  return {
    serverOffsetMs: fresh ? server - now : Math.max(clock.serverOffsetMs, server - now),
    clinicTimeMs: Number.isFinite(clinic) ? clinic : clock.clinicTimeMs,
    atServerMs: server,
    clinicSpeed: told.clinicSpeed > 0 ? told.clinicSpeed : 1,
  };
}
