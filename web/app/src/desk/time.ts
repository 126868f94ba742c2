/** Whole minutes between two instants as people count them; "" when either is not known. */
export function minutesSince(at: string | null | undefined, nowMs: number): number | null {
  const from = at ? Date.parse(at) : Number.NaN;
  return Number.isNaN(from) ? null : Math.max(0, Math.floor((nowMs - from) / 60_000));
}

/** 03:42, or 1:03:42 after an hour; null when the beginning is not known. */
export function stopwatch(at: string | null | undefined, nowMs: number): string | null {
  const from = at ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(from)) return null;
  const seconds = Math.max(0, Math.floor((nowMs - from) / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const short = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? short : `${Math.floor(seconds / 3600)}:${short}`;
}
