import type { ActionData, Outcome } from "@sangam/sdk";
import type { Known } from "./people.ts";

export type Credit = "" | "elderly" | "disabled" | "pregnant";
type CheckInData = ActionData<"queue.check_in">;

/** A check-in on its way through three screens. It outlives the panel: closing loses nothing. */
export interface Draft {
  step: "person" | "whom" | "token";
  name: string;
  phone: string;
  /** Chosen among those known; the name and phone are theirs then. */
  known: Known | null;
  /** Empty: whoever is free first. */
  guruji: string;
  reason: string;
  credit: Credit;
  emergency: boolean;
  /** Of the action, once asked; its answer, once there. */
  action: string | null;
  outcome: Outcome<"queue.check_in"> | null;
}

export const EMPTY: Draft = {
  step: "person",
  name: "",
  phone: "",
  known: null,
  guruji: "",
  reason: "",
  credit: "",
  emergency: false,
  action: null,
  outcome: null,
};

/** People who came together and get their tokens at once. It outlives the panel: closing loses nothing. */
export interface Group {
  /** One a line: a name, and a phone after it. */
  typed: string;
  /** Of those typed; empty: whoever is free first. */
  guruji: string;
  /** Ids of bookings and of places on the waitlist. */
  ticked: ReadonlySet<string>;
}

export const NO_GROUP: Group = { typed: "", guruji: "", ticked: new Set() };

/** How a booking is repeated, and how many there are then unless somebody says. */
export const USUAL_TIMES = { weekly: 8, monthly: 6, quarterly: 4, yearly: 2 } as const;
export type Recurring = keyof typeof USUAL_TIMES;
export const MOST_TIMES = 53;

/** A booking on its way. It outlives the panel: closing loses nothing. */
export interface BookDraft {
  name: string;
  phone: string;
  /** Chosen among those the site knows; the name and phone are theirs then. */
  person: string;
  guruji: string;
  day: string;
  time: string;
  reason: string;
  /** Empty: once. */
  recurring: Recurring | "";
  /** As typed; empty: as many as usual. */
  times: string;
}

export const NO_BOOKING: BookDraft = {
  name: "",
  phone: "",
  person: "",
  guruji: "",
  day: "",
  time: "",
  reason: "",
  recurring: "",
  times: "",
};

/** A whole number from 2 to MOST_TIMES, or left open. */
export function timesAreWrong({ recurring, times }: BookDraft): boolean {
  if (!recurring || !times.trim()) return false;
  const count = Number(times);
  return !Number.isInteger(count) || count < 2 || count > MOST_TIMES;
}

/** Ten to thirteen digits, however written; none is fine too. */
export function phoneIsWrong(phone: string): boolean {
  const typed = phone.trim();
  if (!typed) return false;
  const count = typed.replace(/[^0-9]/g, "").length;
  return /[^0-9\s()+-]/.test(typed) || count < 7 || count > 15;
}

export const nameOf = (draft: Draft): string => draft.known?.name || draft.name.trim();

/** Takes somebody known into the draft: a booking brings its guruji along. */
export function chosen(draft: Draft, known: Known): Draft {
  return {
    ...draft,
    step: "whom",
    known,
    guruji: known.appointment?.guruji ?? draft.guruji,
  };
}

/** What the node is asked. A name without an id is new, unless name and phone are those of somebody it knows. */
export function askOf(draft: Draft, override = false): CheckInData {
  const { known } = draft;
  const name = draft.name.trim();
  const phone = draft.phone.trim();
  const person = known?.person
    ? { id: known.person }
    : known
      ? { name: known.name, ...(known.phone ? { phone: known.phone } : {}) }
      : name
        ? { name, ...(phone ? { phone } : {}) }
        : null;
  return {
    ...(draft.guruji ? { guruji: draft.guruji } : {}),
    ...(known?.appointment ? { appointment: known.appointment.id } : person ? { person } : {}),
    ...(draft.credit && !draft.emergency ? { credit: draft.credit } : {}),
    ...(draft.emergency ? { emergency: true } : {}),
    ...(draft.reason.trim() ? { reason: draft.reason.trim() } : {}),
    ...(override ? { override: true } : {}),
  };
}
