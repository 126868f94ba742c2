import type { Lang, Say } from "./catalogue.ts";
import type { common } from "./common.ts";

/** Times as people say them: in the site's zone, on a 24-hour clock, in Latin digits. */
export type Instant = Date | string | number;
export type SayCommon = Say<(typeof common)["phrases"]>;

const LOCALES: Record<Lang, string> = { en: "en-GB", hi: "hi-IN-u-nu-latn", mr: "mr-IN-u-nu-latn" };
const formats = new Map<string, Intl.DateTimeFormat>();

function format(
  lang: Lang,
  zone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${lang}|${zone}|${Object.keys(options).join()}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(LOCALES[lang], { ...options, ...(zone ? { timeZone: zone } : {}) });
    formats.set(key, made);
  }
  return made;
}

function parts(formatter: Intl.DateTimeFormat, at: Instant): Map<string, string> {
  return new Map(formatter.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
}

/** 9:51, 10:24; "" for what is no time. */
export function clock(at: Instant, zone?: string): string {
  if (Number.isNaN(new Date(at).getTime())) return "";
  const said = parts(format("en", zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), at);
  return `${Number(said.get("hour"))}:${said.get("minute")}`;
}

/** Monday 23 November, in the language's own names. */
export function dayAndDate(at: Instant, lang: Lang, zone?: string): string {
  const said = parts(format(lang, zone, { weekday: "long", day: "numeric", month: "long" }), at);
  return `${said.get("weekday")} ${said.get("day")} ${said.get("month")}`;
}

/** Monday, in the language's own name. */
export function weekday(at: Instant, lang: Lang, zone?: string): string {
  return format(lang, zone, { weekday: "long" }).format(new Date(at));
}

/** How long, in the largest unit that fits, never in a fraction and never nothing: 1 s, 12 min, 3 h, 2 days. */
export function span(ms: number, say: SayCommon): string {
  const seconds = Math.max(1, Math.floor(ms / 1000));
  if (seconds < 60) return say("seconds", { count: seconds });
  if (seconds < 3600) return say("minutes", { count: Math.floor(seconds / 60) });
  if (seconds < 48 * 3600) return say("hours", { count: Math.floor(seconds / 3600) });
  return say("days", { count: Math.floor(seconds / 86_400) });
}

/** 15–30 min, or up to 15 min; null when no wait is known. */
export function waitRange(
  wait: { low: number; high: number } | null | undefined,
  say: SayCommon,
): string | null {
  if (!wait) return null;
  if (wait.low === 0) return say("upTo", { high: wait.high });
  return wait.low === wait.high
    ? say("minutes", { count: wait.high })
    : say("range", { low: wait.low, high: wait.high });
}
