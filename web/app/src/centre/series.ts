import type { KeptSite } from "./asked.ts";

export type Figure = "waiting" | "inService" | "done";
/** How many lines have a colour of their own. */
export const LINES = 6;
const MINUTE_S = 60;

type Site = Pick<KeptSite, "name" | "hour">;

export interface Hour {
  /** Seconds since 1970, one a minute, without a gap. */
  minutes: readonly number[];
  lines: readonly { name: string; values: readonly (number | null)[] }[];
}

/** The hours of all sites on one axis of time; null where a site told nothing. */
export function alignedHour(sites: readonly Site[], figure: Figure): Hour {
  const known = sites.map(({ name, hour }) => ({
    name,
    from: hour ? Math.floor(Date.parse(hour.from) / 1000) : 0,
    // What stood when a site was last heard is not what stands: of an unheard minute nothing is known.
    values: (hour?.[figure] ?? []).map((value, i) => (hour?.beats[i] === "unheard" ? null : value)),
  }));
  const spans = known.filter(({ values }) => values.length > 0);
  if (spans.length === 0) return { minutes: [], lines: known.map(({ name }) => ({ name, values: [] })) };
  const first = Math.min(...spans.map(({ from }) => from));
  const end = Math.max(...spans.map(({ from, values }) => from + values.length * MINUTE_S));
  const minutes = Array.from(
    { length: Math.round((end - first) / MINUTE_S) },
    (_, i) => first + i * MINUTE_S,
  );
  return {
    minutes,
    lines: known.map(({ name, from, values }) => ({
      name,
      values: minutes.map((at) => values[Math.round((at - from) / MINUTE_S)] ?? null),
    })),
  };
}

/** What stands now. The newest minute of the axis may be one that this site has not told of yet. */
export const nowOf = (values: readonly (number | null)[]): number | null =>
  values.at(-1) ?? values.at(-2) ?? null;

/** The highest value, and where it first stood. */
export function peakOf(values: readonly (number | null)[]): { value: number; at: number } | null {
  let peak: { value: number; at: number } | null = null;
  values.forEach((value, at) => {
    if (value !== null && (peak === null || value > peak.value)) peak = { value, at };
  });
  return peak;
}
