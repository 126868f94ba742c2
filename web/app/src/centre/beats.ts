import type { CentreSite } from "@sangam/sdk";
import type { KeptSite } from "./asked.ts";
import { stateOf } from "./sites.ts";

export type Beat = "on-time" | "late" | "unheard";
export const MINUTES = 60;

/** site -> minute since 1970 -> the worst that was so in it. */
export type Beats = ReadonlyMap<string, ReadonlyMap<number, Beat>>;

const WORSE: readonly Beat[] = ["on-time", "late", "unheard"];

/** How a site stands at one moment, as a beat. */
export function beatOf(site: Pick<CentreSite, "state">): Beat {
  switch (stateOf(site)) {
    case "live":
    case "clock_wrong":
      return "on-time";
    case "lagging":
      return "late";
  }
  return "unheard";
}

/** Notes how the sites stand now; a minute keeps the worst of it, and what is older than the hour goes. */
export function noted(beats: Beats, sites: readonly CentreSite[], nowMs: number): Beats {
  const minute = Math.floor(nowMs / 60_000);
  const next = new Map<string, ReadonlyMap<number, Beat>>();
  for (const site of sites) {
    const own = new Map([...(beats.get(site.id) ?? [])].filter(([at]) => at > minute - MINUTES));
    const before = own.get(minute);
    const now = beatOf(site);
    if (!before || WORSE.indexOf(now) > WORSE.indexOf(before)) own.set(minute, now);
    next.set(site.id, own);
  }
  return next;
}

/** Adds what the centre noted itself; where both know a minute, the worse of them is so. */
export function remembered(beats: Beats, sites: readonly Pick<KeptSite, "id" | "hour">[]): Beats {
  const next = new Map(beats);
  for (const { id, hour } of sites) {
    if (!hour) continue;
    const from = Math.floor(Date.parse(hour.from) / 60_000);
    const own = new Map(beats.get(id));
    hour.beats.forEach((said, i) => {
      const beat: Beat = said === "on_time" ? "on-time" : said === "late" ? "late" : "unheard";
      const known = own.get(from + i);
      if (!known || WORSE.indexOf(beat) > WORSE.indexOf(known)) own.set(from + i, beat);
    });
    next.set(id, own);
  }
  return next;
}

/** The bars of one kind as one path, in a box of 240 by 24: the newest minute at the right. */
export function pathOf(own: ReadonlyMap<number, Beat> | undefined, kind: Beat, nowMs: number): string {
  const minute = Math.floor(nowMs / 60_000);
  const height = { "on-time": 20, late: 11, unheard: 3 }[kind];
  let path = "";
  for (const [at, beat] of own ?? []) {
    const back = minute - at;
    if (beat !== kind || back < 0 || back >= MINUTES) continue;
    path += `M${240 - 4 * (back + 1)} ${22 - height}h2.6v${height}h-2.6z`;
  }
  return path;
}
