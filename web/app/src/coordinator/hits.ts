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
  | { group: "deed"; key: string; deed: Deed; of: QueueEntry }
  | { group: "screen"; key: string; deed: Deed };

const PEOPLE = 7;

/**
 * What fits: people of today, what can be done with the best of them, what of it can be done with the chosen one, and
 * what this screen does.
 */
export function hitsFor(
  typed: string,
  people: readonly QueueEntry[],
  chosen: QueueEntry | null,
  deedsOf: (entry: QueueEntry) => readonly Deed[],
  ofScreen: readonly Deed[],
): readonly Hit[] {
  const asked = plain(typed);
  const named = (deed: Deed) => plain(deed.name).includes(asked);
  const persons = asked
    ? people
        .filter((entry) => fits(typed, entry.token, entry.name ?? "", String(entry.fields.phone ?? "")))
        .slice(0, PEOPLE)
    : [];
  const [best] = persons;
  const deeds = (of: QueueEntry, some: readonly Deed[]) =>
    some.map((deed): Hit => ({ group: "deed", key: `${of.id} ${deed.key}`, deed, of }));
  return [
    ...persons.map((entry): Hit => ({ group: "person", key: entry.id, entry })),
    ...(best ? deeds(best, deedsOf(best)) : []),
    ...(chosen && chosen.id !== best?.id ? deeds(chosen, deedsOf(chosen).filter(named)) : []),
    ...ofScreen.filter(named).map((deed): Hit => ({ group: "screen", key: deed.key, deed })),
  ];
}
