import { type ActionData, rowsOf, type State } from "@sangam/sdk";
import type { Group } from "./draft.ts";
import { digits } from "./people.ts";

/** A bus holds no more. */
export const MOST = 100;

export interface Typed {
  name: string;
  phone: string;
}

/** A phone stands at the end of a line, behind a comma, a tab or a space. */
const PHONE = /[\s,;]+(\+?[0-9][0-9 ()-]{5,})$/;

/** Who was typed, empty lines apart; what looks like a phone but has too many digits stays part of the name. */
export function typedPeople(typed: string): readonly Typed[] {
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(0, MOST)
    .map((line) => {
      const phone = PHONE.exec(line)?.[1]?.trim() ?? "";
      const count = digits(phone).length;
      if (count < 7 || count > 15) return { name: line, phone: "" };
      return { name: line.replace(PHONE, "").replace(/[\s,;]+$/, ""), phone };
    });
}

/** Somebody who is expected: booked for today, or waiting for a token. */
export interface Expected {
  id: string;
  from: "booking" | "waitlist";
  name: string;
  guruji: string;
  /** The slot, or since when they wait for a token. */
  at: string;
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const EXPECTED = new Set(["booked", "confirmed"]);

/** Those who wait for a token in the order they came, then today's bookings by time. */
export function expectedToday(state: State): readonly Expected[] {
  const under = (
    id: string,
    from: Expected["from"],
    fields: Readonly<Record<string, unknown>>,
    at: unknown,
  ) => ({
    id,
    from,
    name: text(fields.name),
    guruji: text(fields.guruji),
    at: text(at),
  });
  const byTime = (a: Expected, b: Expected) => (a.at < b.at ? -1 : 1);
  const waiting = [...rowsOf(state, "waitlist")]
    .filter(([, { fields }]) => fields.state === "waiting")
    .map(([id, { fields }]) => under(id, "waitlist", fields, fields.joinedAt));
  const booked = [...rowsOf(state, "appointment")]
    .filter(([, { fields }]) => EXPECTED.has(text(fields.status)) && fields.date === state.view?.day)
    .map(([id, { fields }]) => under(id, "booking", fields, fields.slot));
  return [...waiting.sort(byTime), ...booked.sort(byTime)];
}

export type Asked =
  | { type: "queue.check_in"; name: string; data: ActionData<"queue.check_in"> }
  | { type: "queue.admit"; name: string; data: ActionData<"queue.admit"> };

/** What the node is asked for a group: those who were expected first, for they came first. */
export function askedFor(group: Group, expected: readonly Expected[]): readonly Asked[] {
  const known = expected
    .filter((one) => group.ticked.has(one.id))
    .map(
      (one): Asked =>
        one.from === "booking"
          ? { type: "queue.check_in", name: one.name, data: { appointment: one.id } }
          : { type: "queue.admit", name: one.name, data: { waitlist: one.id } },
    );
  const typed = typedPeople(group.typed).map(
    ({ name, phone }): Asked => ({
      type: "queue.check_in",
      name,
      data: {
        person: { name, ...(phone ? { phone } : {}) },
        ...(group.guruji ? { guruji: group.guruji } : {}),
      },
    }),
  );
  return [...known, ...typed];
}
