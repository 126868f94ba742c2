import { type Client, type Fields, type Shape, uuidv7Source } from "@sangam/sdk";
import { inFives } from "../desk/phone.ts";

export type PersonRow = Shape<"PersonRow">;
export type Consent = PersonRow["consents"][number];
export type Relative = PersonRow["family"][number];

export const RELATIONS = [
  "parent",
  "child",
  "spouse",
  "sibling",
  "grandparent",
  "grandchild",
  "guardian",
  "ward",
  "other",
] as const;
export type Relation = (typeof RELATIONS)[number];

export const PURPOSES = ["care", "messages", "share_with_centre", "research"] as const;
export type Purpose = (typeof PURPOSES)[number];

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ONLY_A_NUMBER = /^[\d\s+()-]+$/;
const digitsOf = (text: string) => text.replace(/\D/g, "");

/** Whether the node would look for it: two letters of a name, four digits of a number, or an id. */
export function lookable(typed: string): boolean {
  const asked = typed.trim();
  if (ID.test(asked)) return true;
  if (ONLY_A_NUMBER.test(asked)) return digitsOf(asked).replace(/^0+/, "").length >= 4;
  return /\p{L}/u.test(asked) && [...asked].length >= 2;
}

/** What a form holds of a person: all as typed. */
export interface Draft {
  name: string;
  phone: string;
  phones: string;
  birthYear: string;
  gender: string;
  place: string;
  language: string;
  guardian: string;
}

export const draftOf = (person: PersonRow): Draft => ({
  name: person.name,
  phone: inFives(person.phone ?? ""),
  phones: (person.phones ?? []).map(inFives).join(", "),
  birthYear: person.birthYear ? String(person.birthYear) : "",
  gender: person.gender ?? "",
  place: person.place ?? "",
  language: person.language ?? "",
  guardian: person.guardian ?? "",
});

const listed = (typed: string) =>
  typed
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
const isNumber = (typed: string) => /^[\d\s+()./-]+$/.test(typed) && /^\d{6,15}$/.test(digitsOf(typed));
const FIRST_YEAR = 1880;
const MOST_PHONES = 5;

/** The fields that cannot be saved as typed. A year that is known can be corrected, and not be taken away. */
export function wrongIn(person: PersonRow, draft: Draft, thisYear: number): ReadonlySet<keyof Draft> {
  const wrong = new Set<keyof Draft>();
  const phones = listed(draft.phones);
  const typedYear = draft.birthYear.trim();
  const year = Number(typedYear);
  if (!draft.name.trim()) wrong.add("name");
  if (draft.phone.trim() && !isNumber(draft.phone)) wrong.add("phone");
  if (phones.length > MOST_PHONES || !phones.every(isNumber)) wrong.add("phones");
  if (typedYear ? !/^\d{4}$/.test(typedYear) || year < FIRST_YEAR || year > thisYear : person.birthYear)
    wrong.add("birthYear");
  return wrong;
}

/** What was changed in the form, and what stood there when it was; null when nothing was. */
export function changesOf(person: PersonRow, draft: Draft): { data: Fields; saw: Fields } | null {
  const before = draftOf(person);
  const names = (Object.keys(before) as (keyof Draft)[]).filter(
    (name) => draft[name].trim() !== before[name].trim(),
  );
  if (names.length === 0) return null;
  const value = (name: keyof Draft) => {
    if (name === "phones") return listed(draft.phones);
    return name === "birthYear" ? Number(draft.birthYear) : draft[name].trim();
  };
  return {
    data: Object.fromEntries([["person", person.id], ...names.map((name) => [name, value(name)])]),
    saw: Object.fromEntries(names.map((name) => [name, person[name] || null])),
  };
}

/** What they said last about a purpose, if they were ever asked. */
export const lastWord = (person: PersonRow, purpose: string): Consent | undefined =>
  person.consents.filter((one) => one.purpose === purpose).at(-1);

export const newId = uuidv7Source(Date.now, (bytes) => crypto.getRandomValues(bytes));

interface Judged {
  status: string;
  data?: unknown;
  error?: { code: string; message: string };
}

/**
 * Asks the node for something that must not wait on this device: it is done now or not at all, and its answer is kept
 * nowhere. Rejects with a code and words. The same id again is the same act, done once.
 */
export async function askNow<T>(
  client: Client,
  id: string,
  act: { type: string; data: Fields; saw?: Fields },
): Promise<T> {
  const action = { id, at: new Date().toISOString(), ...act };
  const { results } = await client.request<{ results: Judged[] }>("POST", "/api/v1/actions", {
    actions: [action],
  });
  const judged = results[0];
  if (!judged || judged.status === "rejected") throw judged?.error ?? { code: "unavailable", message: "" };
  return judged.data as T;
}
