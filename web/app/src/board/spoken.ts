import type { RecentCall } from "@sangam/sdk";
import type { Lang } from "../words/catalogue.ts";

/** The clips of one call in one language, in the order they are spoken: names of files in /voices/<lang>. */
export function spokenCall(call: Pick<RecentCall, "token" | "room">, lang: Lang): string[] {
  const token = spell(call.token, lang);
  // A token that has no sound is still a chime and a line to read.
  if (!token) return ["board"];
  return ["token", ...token, ...place(call.room, lang)];
}

function place(room: string | null, lang: Lang): string[] {
  if (room === null) return ["desk"];
  const name = spell(room, lang);
  if (!name) return ["board"];
  return lang === "en" ? ["room", ...name] : ["room", ...name, "come"];
}

const SEPARATED = /^[\s.-]+/;
/** A name longer than this is no number of a room: read from the board rather than letter by letter. */
const MOST_PARTS = 6;

/** A038 as letter and number, K2-07 as letter and two numbers; null for what the clips cannot say. */
function spell(text: string, lang: Lang): string[] | null {
  const clips: string[] = [];
  let rest = text.trim().toLowerCase();
  let parts = 0;
  while (rest) {
    const part = /^(?:\d+|[a-z])/.exec(rest)?.[0];
    if (!part || ++parts > MOST_PARTS) return null;
    clips.push(...(/\d/.test(part) ? count(part, lang) : [part]));
    rest = rest.slice(part.length).replace(SEPARATED, "");
  }
  return clips.length > 0 ? clips : null;
}

/** 38 as one number, 138 as one, hundred, thirty-eight; longer ones digit by digit. */
function count(digits: string, lang: Lang): string[] {
  const number = Number(digits);
  if (number >= 1000) return [...digits];
  if (number < 100) return [String(number)];
  if (number === 100 && lang === "mr") return ["one_hundred"];
  const rest = number % 100;
  return [String(Math.floor(number / 100)), "hundred", ...(rest > 0 ? [String(rest)] : [])];
}
