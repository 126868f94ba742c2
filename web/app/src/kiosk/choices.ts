import { type GurujiRow, gurujisOf, rowsOf, type State, type Wait } from "@sangam/sdk";
import { byRoom } from "../screen/rooms.ts";
import { outOfHours } from "./opening.ts";

/** One card of the question. `ahead` and `wait` are null when the node did not tell. */
export interface Healer {
  id: string;
  name: string;
  room: string | null;
  ahead: number | null;
  wait: Wait | null;
  /** Too long for a number. */
  longWait: boolean;
  /** Resting: until when (RFC 3339), or null for open-ended. Undefined: not resting. */
  restsUntil: string | null | undefined;
  /** Takes nobody more for now. */
  full: boolean;
}

export interface Choices {
  /** The shortest of all who see people now; null when nobody does. */
  whoever: Pick<Healer, "ahead" | "wait" | "longWait"> | null;
  healers: readonly Healer[];
}

/** What can be chosen: every guruji who is here, in the order of the rooms. */
export function choicesOf(state: State): Choices {
  const healers = gurujisOf(state)
    .filter((one) => one.availability !== "off" && one.fields.disabled !== true)
    .map((one) => healerOf(state, one))
    .sort((a, b) => byRoom(a.room, b.room));
  const open = healers.filter((one) => one.restsUntil === undefined && !one.full);
  const first = [...open].sort((a, b) => weight(a) - weight(b))[0];
  return { whoever: first && open.length > 1 ? first : null, healers };
}

const weight = (one: Healer) =>
  one.longWait ? Number.MAX_SAFE_INTEGER : one.wait ? one.wait.low + one.wait.high : (one.ahead ?? 0) * 10;

function healerOf(state: State, one: GurujiRow): Healer {
  const told = rowsOf(state, "guruji_wait").get(one.id)?.fields;
  const waiting = told?.waiting ?? one.fields.waiting;
  return {
    id: one.id,
    name: one.name,
    room: one.room,
    ahead: typeof waiting === "number" ? waiting : null,
    wait: one.wait,
    longWait: (told ?? one.fields).longWait === true,
    restsUntil: one.availability === "on_break" ? one.until : undefined,
    full: one.fields.intakeClosed === true,
  };
}

export type Rest = "closed" | "full" | "shut";

/** Why no token is given at all, as far as this device is told; null: tokens are given. */
export function restOf(state: State, nowMs: number, zone: string | undefined): Rest | null {
  const { healers } = choicesOf(state);
  return (
    dayRests(state) ??
    (outOfHours(state, nowMs, zone) ? "shut" : null) ??
    (healers.length > 0 && healers.every((one) => one.full) ? "full" : null)
  );
}

function dayRests(state: State): Rest | null {
  const today = state.view?.day;
  for (const { fields } of rowsOf(state, "day").values()) {
    if (fields.date !== today) continue;
    if (fields.closedAt || fields.sealedAt) return "shut";
    return fields.intakeClosed === true ? "closed" : null;
  }
  const intake = state.view?.intake as { open?: boolean } | undefined;
  return intake?.open === false ? "closed" : null;
}
