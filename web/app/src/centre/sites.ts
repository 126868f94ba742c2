import type { CentreSite, LinkState } from "@sangam/sdk";
import type { IconName } from "../blocks/Icon.tsx";
import type { Tone } from "../blocks/small.tsx";

export type SiteState = Exclude<LinkState, "off" | "connecting">;

/** Worst first: what somebody must act on, what nobody can see, what is only late, what is fine. */
export const STATES: readonly SiteState[] = [
  "cloned",
  "rejected",
  "silent",
  "clock_wrong",
  "lagging",
  "never_seen",
  "live",
];

export const LOOK: Readonly<Record<SiteState, { tone: Tone; icon: IconName; quiet?: true }>> = {
  cloned: { tone: "alarm", icon: "users" },
  rejected: { tone: "alarm", icon: "lock" },
  silent: { tone: "rest", icon: "moon" },
  clock_wrong: { tone: "heed", icon: "clock-alert" },
  lagging: { tone: "heed", icon: "hourglass" },
  never_seen: { tone: "rest", icon: "help" },
  live: { tone: "flow", icon: "activity", quiet: true },
};

/** A state that this version does not know counts as not heard: it is not called live. */
export const stateOf = (site: Pick<CentreSite, "state">): SiteState =>
  STATES.find((known) => known === site.state) ?? "never_seen";

const time = (at: string | null) => (at ? Date.parse(at) : 0);

/** Worst first; of the same state the one unheard for longest, then the one furthest behind, then by name. */
export function worstFirst(sites: readonly CentreSite[]): readonly CentreSite[] {
  return [...sites].sort((a, b) => {
    const [x, y] = [stateOf(a), stateOf(b)];
    if (x !== y) return STATES.indexOf(x) - STATES.indexOf(y);
    if (x === "silent") return time(a.lastHeard) - time(b.lastHeard) || byName(a, b);
    return b.backlog.records - a.backlog.records || byName(a, b);
  });
}

const byName = (a: CentreSite, b: CentreSite) => a.name.localeCompare(b.name);

export function countsOf(sites: readonly CentreSite[]): ReadonlyMap<SiteState, number> {
  const counts = new Map<SiteState, number>();
  for (const site of sites) counts.set(stateOf(site), (counts.get(stateOf(site)) ?? 0) + 1);
  return counts;
}

/** Figures of a site that is not heard are of then, not of now. */
export const toldNow = (site: CentreSite): boolean =>
  ["live", "lagging", "clock_wrong"].includes(stateOf(site));
