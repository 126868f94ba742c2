import type { IconName } from "../blocks/Icon.tsx";
import type { Tone } from "../blocks/small.tsx";
import type { Say } from "../words/catalogue.ts";
import type { Arrival, DemoState, Item, Site } from "./live.ts";
import type { demo } from "./words.ts";

export type SayDemo = Say<(typeof demo)["phrases"]>;

/** What the page is about just now: one thing, that of the ashram where something was done last. */
export type Mood =
  | { kind: "flowing" | "ended" }
  | { kind: "cut" | "stopped" | "joining"; site: Site }
  | { kind: "back"; site: Site; back: Arrival };

const BACK_MS = 60_000;

export function moodOf(state: DemoState): Mood {
  const off = state.sites
    .flatMap((site): { at: string; mood: Mood }[] => {
      if (site.stoppedAt) return [{ at: site.stoppedAt, mood: { kind: "stopped", site } }];
      return site.cutAt ? [{ at: site.cutAt, mood: { kind: "cut", site } }] : [];
    })
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  if (off) return off.mood;
  const joining = state.sites.find((site) => site.catching);
  if (joining) return { kind: "joining", site: joining };
  const age = ({ at }: Arrival) => Date.parse(state.serverTime) - Date.parse(at);
  const back = state.sites
    .flatMap((site) => (site.back ? [{ kind: "back" as const, site, back: site.back }] : []))
    .sort((a, b) => age(a.back) - age(b.back))[0];
  if (back && age(back.back) < BACK_MS) return back;
  return { kind: state.dayEnded ? "ended" : "flowing" };
}

/** Whether a site's line carries what it is given. */
export const flows = (site: Site) => !site.cutAt && !site.stoppedAt;

export interface Badge {
  tone: Tone;
  icon: IconName;
  word:
    | "live"
    | "lagging"
    | "silent"
    | "never_seen"
    | "clock_wrong"
    | "cloned"
    | "rejected"
    | "connecting"
    | "off"
    | "catching"
    | "locally"
    | "stoppedByYou"
    | "notKnown";
  quiet: boolean;
}

const loud = (tone: Tone, icon: IconName, word: Badge["word"]): Badge => ({ tone, icon, word, quiet: false });
const LIVE: Badge = { tone: "flow", icon: "activity", word: "live", quiet: true };

/** How a site is by its own word; what was done to it here is known before it notices. */
export function siteBadge(site: Site): Badge {
  if (site.stoppedAt) return loud("rest", "power", "stoppedByYou");
  if (site.cutAt) return loud("rest", "cloud-off", "locally");
  if (site.catching) return loud("flow", "activity", "catching");
  const state = site.uplink?.state;
  return state === "silent" ? loud("rest", "cloud-off", "locally") : linkBadge(state);
}

/** How a line is, as the states of the contract name it; what is not known is said to be. */
export function linkBadge(state: string | undefined): Badge {
  switch (state) {
    case "live":
      return LIVE;
    case "lagging":
      return loud("heed", "clock-alert", "lagging");
    case "silent":
      return loud("rest", "moon", "silent");
    case "never_seen":
      return loud("rest", "moon", "never_seen");
    case "clock_wrong":
      return loud("heed", "clock-alert", "clock_wrong");
    case "cloned":
      return loud("heed", "triangle-alert", "cloned");
    case "rejected":
      return loud("heed", "lock", "rejected");
    case "connecting":
      return loud("rest", "hourglass", "connecting");
    case "off":
      return loud("rest", "cloud-off", "off");
  }
  return loud("rest", "help", "notKnown");
}

/** How long something took, in the words of one who watched: 38 ms, 0.4 s, 7 s. */
export function took(ms: number, say: SayDemo): string {
  if (ms < 100) return say("ms", { n: Math.max(1, Math.round(ms)) });
  return say("seconds", { n: ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000) });
}

/** The clinic's time by this browser's clock; `at` is when the state came. */
export function clinicNow(state: DemoState, at: number, now: number): number {
  return Date.parse(state.clinicTime) + Math.max(0, now - at) * state.speed;
}

/** An item is news for ten seconds of real time, however fast the clinic's clock runs. */
export function isNow(item: Item, clinic: number, speed: number): boolean {
  return clinic - Date.parse(item.at) < 10_000 * speed;
}

/** One item as a sentence or two; "" for a kind this page does not know. */
export function sentence(item: Item, site: string, span: (ms: number) => string, say: SayDemo): string {
  const token = item.token ?? "";
  const away = span(item.awayMs ?? 0);
  switch (item.kind) {
    case "called":
      return `${item.room ? say("newsCalledRoom", { site, token, room: item.room }) : say("newsCalled", { site, token })} ${knew(item, say)}`;
    case "given":
      return `${say("newsGiven", { site, token })} ${knew(item, say)}`;
    case "cut":
      return say("newsCut", { site });
    case "silent":
      return say("newsSilent", { site });
    case "joined":
      return say("newsJoined", { site });
    case "back":
      return item.records
        ? say("newsBack", { site, away, count: item.records, took: took(item.tookMs ?? 0, say) })
        : say("newsBackNone", { site, away });
    case "stopped":
      return say("newsStopped", { site });
    case "started":
      return say("newsStarted", { site, away });
    case "failed":
      return say("newsFailed", { site });
    case "ended":
      return say("newsEnded", { site });
    case "morning":
      return say("newsMorning");
  }
  return "";
}

function knew({ tookMs }: Item, say: SayDemo): string {
  return tookMs === undefined ? say("newsUnknown") : say("newsKnew", { took: took(tookMs, say) });
}
