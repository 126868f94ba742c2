import { type Row, rowsOf, type State } from "@sangam/sdk";

export interface Remedy {
  id: string;
  name: string;
  type: string;
  dosage: string;
  days: number;
}

export interface Visit {
  id: string;
  at: string;
  guruji: string | null;
  note: string;
  remedies: readonly Remedy[];
}

export interface Person {
  name: string;
  birthYear: number | null;
  gender: string;
  place: string;
  guardian: string;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const number = (value: unknown) => (typeof value === "number" ? value : 0);

export function personOf(state: State, id: unknown): Person | null {
  const fields = typeof id === "string" ? rowsOf(state, "person").get(id)?.fields : undefined;
  if (!fields) return null;
  return {
    name: text(fields.name),
    birthYear: number(fields.birthYear) || null,
    gender: text(fields.gender),
    place: text(fields.place),
    guardian: text(fields.guardian),
  };
}

/** A text about health: in the record, or beside it under the same id where it must stay on this site. */
export function healthText(state: State, id: string, inRecord: unknown): string {
  return text(inRecord) || text(rowsOf(state, "private_text").get(id)?.fields.text);
}

export const noteOf = (state: State, consultation: string): string =>
  healthText(state, consultation, rowsOf(state, "consultation").get(consultation)?.fields.notes);

const remedyOf = (state: State, id: string, { fields }: Row): Remedy => ({
  id,
  name: text(fields.name) || healthText(state, id, fields.instructions).split("\n", 1)[0] || "",
  type: text(fields.type),
  dosage: text(fields.dosage),
  days: number(fields.days),
});

/** What was given to an entry, first to last. */
export function remediesOf(state: State, entry: string): readonly Remedy[] {
  return [...rowsOf(state, "remedy")]
    .filter(([, row]) => row.fields.entry === entry)
    .sort(([, a], [, b]) => (text(a.fields.createdAt) < text(b.fields.createdAt) ? -1 : 1))
    .map(([id, row]) => remedyOf(state, id, row));
}

/** Earlier consultations of a person as far as the node tells them, the newest first, this one left out. */
export function visitsOf(state: State, person: unknown, thisOne: unknown): readonly Visit[] {
  if (typeof person !== "string") return [];
  const visits: Visit[] = [];
  for (const [id, { fields }] of rowsOf(state, "consultation")) {
    if (fields.person !== person || id === thisOne || fields.void === true) continue;
    const note = healthText(state, id, fields.notes);
    const remedies = remediesOf(state, text(fields.entry));
    visits.push({ id, at: text(fields.startedAt), guruji: text(fields.guruji) || null, note, remedies });
  }
  return visits.sort((a, b) => (a.at > b.at ? -1 : 1));
}

/** Templates that fit what was typed, by name. */
export function templatesFor(state: State, typed: string, limit = 6): readonly Remedy[] {
  const asked = typed.trim().toLocaleLowerCase("en");
  return [...rowsOf(state, "remedy_template")]
    .filter(
      ([, { fields }]) =>
        fields.disabled !== true && text(fields.name).toLocaleLowerCase("en").includes(asked),
    )
    .map(([id, row]) => remedyOf(state, id, row))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, limit);
}
