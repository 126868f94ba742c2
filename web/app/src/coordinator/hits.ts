import type { QueueEntry } from "@sangam/sdk";
import type { IconName } from "../blocks/Icon.tsx";
import { fits, plain } from "./people.ts";

/** Something that can be done from the palette; `shortcut` is the single key that does the same. */
export interface Deed {
  key: string;
  icon: IconName;
  name: string;
  shortcut?: string;
  run(): void;
}

export type Hit =
  | { group: "person"; key: string; entry: QueueEntry }
  | { group: "deed" | "screen"; key: string; deed: Deed };

const PEOPLE = 7;

/** What fits: people of today, what can be done with the chosen one, and what this screen does. */
export function hitsFor(
  typed: string,
  people: readonly QueueEntry[],
  ofChosen: readonly Deed[],
  ofScreen: readonly Deed[],
): readonly Hit[] {
  const asked = plain(typed);
  const named = (deed: Deed) => plain(deed.name).includes(asked);
  const persons: Hit[] = asked
    ? people
        .filter((entry) => fits(typed, entry.token, entry.name ?? "", String(entry.fields.phone ?? "")))
        .slice(0, PEOPLE)
        .map((entry) => ({ group: "person", key: entry.id, entry }))
    : [];
  return [
    ...persons,
    ...ofChosen.filter(named).map((deed): Hit => ({ group: "deed", key: deed.key, deed })),
    ...ofScreen.filter(named).map((deed): Hit => ({ group: "screen", key: deed.key, deed })),
  ];
}
