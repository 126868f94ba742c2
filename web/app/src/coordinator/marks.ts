import { plain } from "./people.ts";

const VIRAMA = "\u094d";
const CLINGS = /[\p{M}\u200c\u200d]/u;

/** What was typed, as it stands in a name: before it, itself, and after it; null: it does not stand there. */
export function markOf(name: string, typed: string): readonly [string, string, string] | null {
  const asked = plain(typed);
  const from = asked ? name.toLocaleLowerCase("en").indexOf(asked) : -1;
  if (from < 0) return null;
  let to = from + asked.length;
  // A sign of Devanagari is not torn off its letter, nor a joined letter in two.
  while (to < name.length && (CLINGS.test(name.charAt(to)) || name.charAt(to - 1) === VIRAMA)) to++;
  return [name.slice(0, from), name.slice(from, to), name.slice(to)];
}
