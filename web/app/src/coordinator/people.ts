import { entriesWith, isTerminal, type QueueEntry, rowsOf, type State, toBeCalled } from "@sangam/sdk";

/** Somebody this screen knows of today: with a token, or booked. */
export interface Known {
  /** Of the entry or of the appointment. */
  id: string;
  person: string | null;
  name: string;
  phone: string;
  entry: QueueEntry | null;
  appointment: { id: string; slot: string; guruji: string | null } | null;
}

const STATUSES =
  "waiting called on_hold no_answer in_service no_show left cancelled done closed_by_rollover".split(" ");
const MAY_CHECK_IN = new Set(["booked", "confirmed"]);
const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Letters and digits as they are compared: without case, accents' variants or spaces around. */
export const plain = (said: string) =>
  said.normalize("NFC").trim().toLocaleLowerCase("en").replace(/\s+/g, " ");
export const digits = (said: string) => said.replace(/[^0-9]/g, "");

/** Whether somebody fits what was typed: token from its start, any part of a name, any run of a phone's digits. */
export function fits(typed: string, token: string, name: string, phone: string): boolean {
  const asked = plain(typed);
  if (!asked) return true;
  const number = digits(asked);
  return (
    plain(token).startsWith(asked.replace(/[\s-]/g, "")) ||
    plain(name).includes(asked) ||
    (number.length >= 3 &&
      number.length >= asked.replace(/[\s+-]/g, "").length &&
      digits(phone).includes(number))
  );
}

export const everybody = (state: State): readonly QueueEntry[] => entriesWith(state, ...STATUSES);

/** Those of today who fit, waiting ones first; then those who are booked and have not come. */
export function knownToday(state: State, typed: string, limit = 6): readonly Known[] {
  const found: Known[] = [];
  for (const entry of everybody(state)) {
    const phone = text(entry.fields.phone);
    if (!entry.name || !fits(typed, "", entry.name, phone)) continue;
    found.push({
      id: entry.id,
      person: text(entry.fields.person) || null,
      name: entry.name,
      phone,
      entry,
      appointment: null,
    });
  }
  found.sort((a, b) => Number(ended(a)) - Number(ended(b)));
  const booked: Known[] = [];
  for (const [id, { fields }] of rowsOf(state, "appointment")) {
    if (!MAY_CHECK_IN.has(text(fields.status)) || text(fields.date) !== state.view?.day) continue;
    if (!fits(typed, "", text(fields.name), text(fields.phone))) continue;
    booked.push({
      id,
      person: text(fields.person) || null,
      name: text(fields.name),
      phone: text(fields.phone),
      entry: null,
      appointment: { id, slot: text(fields.slot), guruji: text(fields.guruji) || null },
    });
  }
  booked.sort((a, b) => (text(a.appointment?.slot) < text(b.appointment?.slot) ? -1 : 1));
  return [...found, ...booked].slice(0, limit);
}

const ended = (one: Known) => one.entry !== null && isTerminal(one.entry.status);

/** Whether they stand in a queue now, so that a second token would be a mistake. */
export const waitsAlready = (one: Known): boolean => one.entry !== null && !isTerminal(one.entry.status);

/** Those of a lane whom the search leaves in sight. */
export function found(entries: readonly QueueEntry[], typed: string): readonly QueueEntry[] {
  if (!plain(typed)) return entries;
  return entries.filter((entry) => fits(typed, entry.token, entry.name ?? "", text(entry.fields.phone)));
}

export interface Standing {
  /** 1-based among those to be called, as far as this screen can tell. */
  place: number;
  of: number;
  before: readonly QueueEntry[];
  after: readonly QueueEntry[];
  /** The time of day their place counts from. */
  countsFromMs: number;
}

const BAND_UNIT = 2 ** 43;

/** Where a newcomer will stand: by the node's own order, which is a time of day with the band above it. */
export function standing(
  queue: readonly QueueEntry[],
  newcomer: { clinicNowMs: number; creditMinutes: number; emergency: boolean; slot?: string },
): Standing {
  const line = queue.filter((entry) => toBeCalled(entry.status));
  const slot = newcomer.slot ? Date.parse(newcomer.slot) : Number.NaN;
  // They will be checked in after everybody this screen has seen, even if its clock was last read before that.
  const seen = queue.map((entry) => Date.parse(entry.checkedInAt ?? "")).filter((ms) => !Number.isNaN(ms));
  const arrives = Math.max(newcomer.clinicNowMs, ...seen);
  const from = (Number.isNaN(slot) ? arrives : slot) - newcomer.creditMinutes * 60_000;
  const order = (newcomer.emergency ? 0 : BAND_UNIT) + from;
  const at = line.findIndex((entry) => entry.order > order);
  const index = at < 0 ? line.length : at;
  return {
    place: index + 1,
    of: line.length + 1,
    before: line.slice(Math.max(0, index - 2), index),
    after: line.slice(index, index + 2),
    countsFromMs: from,
  };
}
