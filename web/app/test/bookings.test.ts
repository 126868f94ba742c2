import type { State } from "@sangam/sdk";
import { describe, expect, it } from "vitest";
import {
  against,
  askedFor,
  type BookingRow,
  bookingsOf,
  bookOf,
  dayAfter,
  dayOf,
  deedsOf,
  freeTimes,
  matching,
  slotOf,
} from "../src/coordinator/bookings.ts";
import { NO_BOOKING, type Recurring, timesAreWrong } from "../src/coordinator/draft.ts";
import { FakeClient } from "./fakeClient.ts";
import { CLINIC_NOW, DAY } from "./fixtures.ts";

const ZONE = "Asia/Kolkata";
const TOMORROW = "2026-11-24";
const row = (id: string, time: string, over: Partial<BookingRow> = {}): BookingRow => ({
  id,
  guruji: "g1",
  person: `p-${id}`,
  name: "Usha Patil",
  phone: "919822012345",
  slot: slotOf(TOMORROW, time, ZONE),
  status: "booked",
  reference: "482913",
  ...over,
});

/** What the feed holds of appointments, and what is expected of actions on their way. */
function stateWith(rows: readonly BookingRow[], settings: Record<string, number> = {}): State {
  const state = new FakeClient().asClient.getState();
  const under = (id: string, fields: object) => [id, { fields: { ...fields }, seq: null }] as const;
  return {
    ...state,
    rows: new Map([
      ...state.rows,
      ["appointment", new Map(rows.map((one) => under(one.id, { ...one, date: TOMORROW })))],
      ["setting", new Map(Object.entries(settings).map(([name, value]) => under(name, { name, value })))],
    ]),
  };
}
const of = (state: State, read: readonly BookingRow[] = []) => bookingsOf(state, TOMORROW, read);

describe("the bookings of a day", () => {
  it("are those that were read, and over them what was heard since", () => {
    const state = stateWith([row("b", "11:00", { status: "confirmed" }), row("c", "9:00")]);
    const shown = of(state, [row("a", "10:00"), row("b", "11:00")]);
    expect(shown.map(({ id, status }) => `${id} ${status}`)).toEqual(["c booked", "a booked", "b confirmed"]);
    expect(bookingsOf(state, DAY, []), "of another day").toEqual([]);
  });
  it("show what an action will make of one that only was read", () => {
    const patch = { key: "x", patches: [{ kind: "appointment", id: "a", fields: { status: "cancelled" } }] };
    const [one] = of({ ...stateWith([]), patches: [patch] }, [row("a", "10:00")]);
    expect(one).toMatchObject({ name: "Usha Patil", reference: "482913", status: "cancelled" });
    expect(of({ ...stateWith([]), patches: [patch] }), "of a day that it is not of").toEqual([]);
  });
  it("stand by time, those to come before those that ended", () => {
    const shown = of(stateWith([]), [
      row("a", "9:00", { status: "no_show" }),
      row("b", "17:00"),
      row("c", "10:00"),
    ]);
    expect(shown.map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });
  it("are found by a part of the name, the reference from its start, digits of the phone, and by guruji", () => {
    const all = of(stateWith([]), [
      row("a", "9:00"),
      row("b", "10:00", { name: "सीता देवी", phone: "", reference: "777001", guruji: "g2" }),
    ]);
    const found = (typed: string, guruji = "") =>
      matching(all, typed, guruji)
        .map(({ id }) => id)
        .join();
    expect([
      found("patil"),
      found("देवी"),
      found("7770"),
      found("98220 12"),
      found("12"),
      found(""),
      found("", "g2"),
    ]).toEqual(["a", "b", "b", "a", "", "a,b", "b"]);
  });
});

describe("a slot", () => {
  it("is the instant at which the site's clock says so, also when that clock changes that day", () => {
    expect(slotOf(TOMORROW, "10:15", ZONE)).toBe("2026-11-24T04:45:00.000Z");
    expect(slotOf("2026-03-29", "09:00", "Europe/Berlin")).toBe("2026-03-29T07:00:00.000Z");
    expect(slotOf("2026-03-28", "09:00", "Europe/Berlin")).toBe("2026-03-28T08:00:00.000Z");
    const days = ["2026-11-23T21:29:00Z", "2026-11-23T21:30:00Z", ""].map((slot) => dayOf(slot, ZONE));
    expect(days, "the clinic's day ends at three").toEqual(["2026-11-23", "2026-11-24", ""]);
    expect([slotOf("", "10:00", ZONE), slotOf(TOMORROW, "", ZONE)]).toEqual(["", ""]);
    expect([dayAfter("2026-12-31", 1), dayAfter("2026-03-01", -1)]).toEqual(["2027-01-01", "2026-02-28"]);
  });
  it("is told against when it is past, taken, or the day is full; not by itself, nor by what was cancelled", () => {
    const full = stateWith([], { appointmentsPerDay: 2 });
    const known = of(full, [
      row("a", "10:00"),
      row("b", "11:00"),
      row("c", "12:00", { status: "cancelled" }),
    ]);
    const told = (time: string, over: object = {}) =>
      against(full, known, { day: TOMORROW, time, guruji: "g1", ...over }, ZONE, CLINIC_NOW);
    expect(told("10:00")).toBe("taken");
    expect(told("12:00")).toBe("full");
    expect(told("10:00", { itself: "a" })).toBeNull();
    expect(told("10:00", { guruji: "g2" })).toBeNull();
    expect(told("10:00", { day: DAY })).toBe("past");
    expect(told("")).toBeNull();
  });
  it("is offered within the hours, an appointment's length apart, where nobody is", () => {
    const state = stateWith([], { opensAt: 600, closesAt: 720, slotMinutes: 30 });
    const wish = { day: TOMORROW, guruji: "g1" };
    expect(freeTimes(state, of(state, [row("a", "10:30")]), wish, ZONE, CLINIC_NOW)).toEqual([
      "10:00",
      "11:00",
      "11:30",
    ]);
    expect(freeTimes(state, [], { ...wish, day: DAY }, ZONE, CLINIC_NOW), "it is 10:24").toEqual([
      "10:30",
      "11:00",
      "11:30",
    ]);
  });
});

describe("what is asked of the node", () => {
  it("names somebody known by id, anybody else by name and phone", () => {
    const draft = {
      ...NO_BOOKING,
      name: " Asha ",
      phone: "98220 1",
      guruji: "g1",
      day: TOMORROW,
      time: "10:15",
      reason: " knee ",
    };
    expect(bookOf(draft, ZONE)).toEqual({
      person: { name: "Asha", phone: "98220 1" },
      guruji: "g1",
      slot: "2026-11-24T04:45:00.000Z",
      reason: "knee",
    });
    expect(bookOf({ ...draft, person: "p1", reason: "" }, ZONE)).toEqual({
      person: { id: "p1" },
      guruji: "g1",
      slot: "2026-11-24T04:45:00.000Z",
    });
  });
  it("repeats a booking as often as was said, or as usual", () => {
    const draft = { ...NO_BOOKING, name: "Asha", guruji: "g1", day: TOMORROW, time: "10:15" };
    const of = (recurring: Recurring | "", times: string) => {
      const asked = bookOf({ ...draft, recurring, times }, ZONE);
      return [asked.recurring, asked.times];
    };
    expect(of("", "5")).toEqual([undefined, undefined]);
    expect(of("weekly", "")).toEqual(["weekly", undefined]);
    expect(of("monthly", " 12 ")).toEqual(["monthly", 12]);
    const wrong = (times: string) => timesAreWrong({ ...draft, recurring: "weekly", reason: "", times });
    expect(["", "2", "53"].some(wrong)).toBe(false);
    expect(["1", "54", "2.5", "-3", "many"].every(wrong)).toBe(true);
  });
  it("is only what may be done with a booking then", () => {
    const [one] = of(stateWith([]), [row("a", "10:00")]);
    if (!one) throw new Error("no booking");
    expect(deedsOf(one, TOMORROW, DAY, CLINIC_NOW)).toEqual(["confirm", "remind", "reschedule", "cancel"]);
    expect(deedsOf({ ...one, status: "confirmed" }, DAY, DAY, Date.parse(one.slot))).toEqual([
      "check_in",
      "reschedule",
      "no_show",
      "cancel",
    ]);
    expect(deedsOf({ ...one, status: "checked_in" }, DAY, DAY, CLINIC_NOW)).toEqual([]);
  });
  it("looks for people by a number that is long enough, else by two letters", () => {
    const asked = (name: string, phone: string) => askedFor({ name, phone });
    expect([asked("Usha", "98220"), asked("Usha", "98"), asked("U", ""), asked("सी", "")]).toEqual([
      "98220",
      "Usha",
      "",
      "सी",
    ]);
  });
});
