import { type ActionData, type Fields, rowsOf, type Shape, type State } from "@sangam/sdk";
import { numberSetting } from "../desk/settings.ts";
import type { BookDraft } from "./draft.ts";
import { digits, plain } from "./people.ts";

/** An appointment as the desk sees it. */
export interface Booking {
  id: string;
  person: string;
  name: string;
  phone: string;
  guruji: string;
  slot: string;
  status: string;
  reference: string;
  /** When they were last reminded of it; empty: not yet. */
  reminded: string;
  /** It stands on another day now, under another id. */
  moved: boolean;
}

export type BookingRow = Shape<"BookingRow">;

const text = (value: unknown) => (typeof value === "string" ? value : "");
const DAY_MS = 86_400_000;

function booking(id: string, fields: Fields): Booking {
  return {
    id,
    person: text(fields.person),
    name: text(fields.name),
    phone: text(fields.phone),
    guruji: text(fields.guruji),
    slot: text(fields.slot),
    status: text(fields.status),
    reference: text(fields.reference),
    reminded: text(fields.remindedAt),
    moved: text(fields.rescheduledTo) !== "",
  };
}

const COMING = new Set(["booked", "confirmed"]);
/** Nobody has come for it, and it was not cancelled. */
export const isComing = ({ status }: Pick<Booking, "status">) => COMING.has(status);
const takesSlot = ({ status }: Booking) => status !== "cancelled" && status !== "no_show";

/**
 * The bookings of a day by time: what was read of it, and over that what this screen heard since. The feed has all of
 * today; of other days only what changed while the screen was open.
 */
export function bookingsOf(state: State, day: string, read: readonly BookingRow[]): readonly Booking[] {
  const rows = new Map<string, Fields>(read.map((row) => [row.id, row as Fields]));
  for (const [id, { fields }] of rowsOf(state, "appointment")) {
    const before = rows.get(id);
    // A patch of one that only was read has no date of its own.
    if (before || fields.date === day) rows.set(id, { ...before, ...fields });
  }
  return [...rows]
    .map(([id, fields]) => booking(id, fields))
    .sort((a, b) => Number(!isComing(a)) - Number(!isComing(b)) || (a.slot < b.slot ? -1 : 1));
}

/** Those whom the field means: any part of a name, a reference from its start, a run of a phone's digits. */
export function matching(all: readonly Booking[], typed: string, guruji: string): readonly Booking[] {
  const asked = plain(typed);
  const number = digits(asked);
  return all.filter((one) => {
    if (guruji && one.guruji !== guruji) return false;
    if (!asked) return true;
    if (number && /^[0-9\s+()-]+$/.test(asked))
      return one.reference.startsWith(number) || (number.length >= 3 && one.phone.includes(number));
    return plain(one.name).includes(asked);
  });
}

/** The instant at which a clock of the zone says so on that date. */
export function slotOf(day: string, time: string, zone?: string): string {
  const wall = Date.parse(`${day}T${time.padStart(5, "0")}:00Z`);
  if (Number.isNaN(wall)) return "";
  // The second look is for the day on which the zone's clocks change.
  let at = wall;
  for (let i = 0; i < 2; i++) at = wall - (wallOf(at, zone) - at);
  return new Date(at).toISOString();
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What the zone's clock says, in ms as if it were UTC. */
function wallOf(at: number, zone = "UTC"): number {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
    clocks.set(zone, clock);
  }
  return Date.parse(`${clock.format(at).replace(" ", "T")}Z`);
}

/** The clinic's day ends at this hour of the night. */
const CUT_OFF_MS = 3 * 3_600_000;

/** The service-day of a slot: what is in the small hours belongs to the day before. */
export function dayOf(slot: string, zone?: string): string {
  const at = Date.parse(slot);
  return Number.isNaN(at) ? "" : new Date(wallOf(at, zone) - CUT_OFF_MS).toISOString().slice(0, 10);
}

export function dayAfter(day: string, days: number): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? day : new Date(at + days * DAY_MS).toISOString().slice(0, 10);
}

export interface Wish {
  day: string;
  /** HH:MM at the site. */
  time: string;
  guruji: string;
  /** Of the booking that moves: its own slot is free. */
  itself?: string;
}

/** Why the node would refuse a slot, as far as this screen knows the day; null: nothing speaks against it. */
export type Against = "past" | "taken" | "full" | null;

export function against(
  state: State,
  known: readonly Booking[],
  wish: Wish,
  zone: string | undefined,
  nowMs: number,
): Against {
  const slot = Date.parse(slotOf(wish.day, wish.time, zone));
  if (Number.isNaN(slot)) return null;
  if (slot < nowMs - 60_000) return "past";
  const own = takenBy(known, wish);
  if (own.some((one) => Date.parse(one.slot) === slot)) return "taken";
  const most = numberSetting(state, "appointmentsPerDay", 20);
  return most > 0 && own.length >= most ? "full" : null;
}

const takenBy = (known: readonly Booking[], { guruji, itself }: Wish) =>
  known.filter((one) => one.guruji === guruji && one.id !== itself && takesSlot(one));

/** The first few times of a day that are still free, an appointment's length apart, within the site's hours. */
export function freeTimes(
  state: State,
  known: readonly Booking[],
  wish: Omit<Wish, "time">,
  zone: string | undefined,
  nowMs: number,
  most = 6,
): readonly string[] {
  const opens = numberSetting(state, "opensAt", 9 * 60);
  const closes = numberSetting(state, "closesAt", 18 * 60);
  const length = Math.max(5, numberSetting(state, "slotMinutes", 45));
  const times: string[] = [];
  for (let at = opens; at < closes && times.length < most; at += length) {
    const time = `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
    if (against(state, known, { ...wish, time }, zone, nowMs) === null) times.push(time);
  }
  return times;
}

/** What the node is asked. A name without an id is new, unless name and phone are those of somebody it knows. */
export function bookOf(draft: BookDraft, zone: string | undefined): ActionData<"appointment.book"> {
  const phone = draft.phone.trim();
  return {
    person: draft.person ? { id: draft.person } : { name: draft.name.trim(), ...(phone ? { phone } : {}) },
    guruji: draft.guruji,
    slot: slotOf(draft.day, draft.time, zone),
    ...(draft.reason.trim() ? { reason: draft.reason.trim() } : {}),
    ...(draft.recurring ? { recurring: draft.recurring } : {}),
    ...(draft.recurring && draft.times.trim() ? { times: Number(draft.times) } : {}),
  };
}

/** What can be done with a booking, the likeliest first. */
export type Deed = "check_in" | "confirm" | "remind" | "reschedule" | "no_show" | "cancel";

export function deedsOf(one: Booking, day: string, today: string, nowMs: number): readonly Deed[] {
  if (!isComing(one)) return [];
  return [
    ...(day === today ? (["check_in"] as const) : []),
    ...(one.status === "booked" ? (["confirm"] as const) : []),
    ...(Date.parse(one.slot) > nowMs ? (["remind"] as const) : []),
    "reschedule",
    ...(Date.parse(one.slot) <= nowMs ? (["no_show"] as const) : []),
    "cancel",
  ];
}

/** The one to ask people for: a number once it is long enough, else the name. */
export function askedFor(draft: Pick<BookDraft, "name" | "phone">): string {
  if (digits(draft.phone).length >= 4) return digits(draft.phone);
  const name = plain(draft.name);
  return [...name].length >= 2 && /\p{L}/u.test(name) ? draft.name.trim() : "";
}
