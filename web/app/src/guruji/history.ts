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
  entry: string;
  person: string;
  at: string;
  ended: boolean;
  guruji: string | null;
  note: string;
  /** What was added after it had ended, first to last. */
  added: readonly { id: string; at: string; text: string }[];
  remedies: readonly Remedy[];
}

/** The records of a kind, by id. */
export type Look = (kind: string) => ReadonlyMap<string, Pick<Row, "fields">>;

/** What this screen is told by itself: people of today. */
export const lookInto =
  (state: State): Look =>
  (kind) =>
    rowsOf(state, kind);

/** What the node told when it was asked, and over it what has changed since. */
export const lookBoth =
  (told: Look, now: Look): Look =>
  (kind) =>
    new Map([...told(kind), ...now(kind)]);

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
export function healthText(look: Look, id: string, inRecord: unknown): string {
  return text(inRecord) || text(look("private_text").get(id)?.fields.text);
}

export const noteOf = (look: Look, consultation: string): string =>
  healthText(look, consultation, look("consultation").get(consultation)?.fields.notes);

const remedyOf = (look: Look, id: string, { fields }: Pick<Row, "fields">): Remedy => ({
  id,
  name: text(fields.name) || healthText(look, id, fields.instructions).split("\n", 1)[0] || "",
  type: text(fields.type),
  dosage: text(fields.dosage),
  days: number(fields.days),
});

/** What was given to an entry, first to last. */
export function remediesOf(look: Look, entry: string): readonly Remedy[] {
  return [...look("remedy")]
    .filter(([, row]) => row.fields.entry === entry)
    .sort(([, a], [, b]) => (text(a.fields.createdAt) < text(b.fields.createdAt) ? -1 : 1))
    .map(([id, row]) => remedyOf(look, id, row));
}

const addedTo = (look: Look, consultation: string): Visit["added"] =>
  [...look("amendment")]
    .filter(([, { fields }]) => fields.consultation === consultation)
    .map(([id, { fields }]) => ({ id, at: text(fields.createdAt), text: healthText(look, id, fields.text) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));

/** Consultations that `fits` means, the newest first. */
export function visitsOf(look: Look, fits: (id: string, fields: Row["fields"]) => boolean): readonly Visit[] {
  const visits: Visit[] = [];
  for (const [id, { fields }] of look("consultation")) {
    if (fields.void === true || !fits(id, fields)) continue;
    const entry = text(fields.entry);
    visits.push({
      id,
      entry,
      person: text(fields.person),
      at: text(fields.startedAt),
      ended: text(fields.endedAt) !== "",
      guruji: text(fields.guruji) || null,
      note: healthText(look, id, fields.notes),
      added: addedTo(look, id),
      remedies: remediesOf(look, entry),
    });
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
    .map(([id, row]) => remedyOf(lookInto(state), id, row))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, limit);
}
