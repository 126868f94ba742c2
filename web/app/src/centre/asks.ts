import type { Fields, Shape } from "@sangam/sdk";
import { minutesOf, NUMBERS, timeOfDay } from "../admin/settings.ts";

/** Whom and what a site has, as it last told the centre. */
export type Roster = Shape<"SiteRoster">;

/** What the centre asks of a site in a form; whatever else a request may carry is asked by other programs. */
export const KINDS = ["intake", "day", "availability", "room", "setting", "staff", "device"] as const;
export type Kind = (typeof KINDS)[number];

export const SETTINGS = [
  "opensAt",
  "closesAt",
  "closedWeekdays",
  "enforceHours",
  ...NUMBERS.map(({ name }) => name),
] as const;
export type Setting = (typeof SETTINGS)[number];

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

/** What stands where a site decided nothing. */
const USUAL: Readonly<Record<string, unknown>> = {
  opensAt: 9 * 60,
  closesAt: 18 * 60,
  closedWeekdays: ["sunday"],
  enforceHours: false,
  ...Object.fromEntries(NUMBERS.map(({ name, otherwise }) => [name, otherwise])),
};

/** What a form holds: all as typed. */
export interface Draft {
  kind: Kind;
  /** Give tokens, open the day. */
  open: boolean;
  /** Why, as people read it. */
  reason: string;
  /** Of intake: "" is the whole site. */
  guruji: string;
  availability: "available" | "on_break" | "off";
  /** Of a break: 0 is without an end. */
  breakMinutes: number;
  room: string | null;
  setting: Setting;
  /** Null: as it is. */
  value: string | null;
  days: readonly string[] | null;
  staff: string;
  device: string;
  /** How long it may wait for the site; null: as long as such a thing usually makes sense. */
  waitMinutes: number | null;
}

export const EMPTY: Draft = {
  kind: "intake",
  open: false,
  reason: "",
  guruji: "",
  availability: "on_break",
  breakMinutes: 30,
  room: null,
  setting: "opensAt",
  value: null,
  days: null,
  staff: "",
  device: "",
  waitMinutes: null,
};

export const WAITS = [60, 1440, 10_080] as const;
const OF_NOW: ReadonlySet<Kind> = new Set(["intake", "day", "availability"]);

/** What is of this hour makes no sense tomorrow. */
export const waitOf = (draft: Draft): number =>
  draft.waitMinutes ?? (OF_NOW.has(draft.kind) ? WAITS[0] : WAITS[1]);

export const settingOf = (roster: Roster, name: string): unknown =>
  roster.settings.find((one) => one.name === name)?.value ?? USUAL[name];

/** A value of a setting as it is typed. */
export function typedOf(name: string, value: unknown): string {
  if (name === "opensAt" || name === "closesAt") return timeOfDay(Number(value));
  return String(value ?? "");
}

export interface Asking {
  type: string;
  data: Fields;
  saw?: Fields;
}

/** What is to be asked; else which field is missing or wrong. */
export function askingOf(
  draft: Draft,
  roster: Roster,
  clinicNowMs: number,
): Asking | { wrong: "guruji" | "value" | "staff" | "device" } {
  const reason = draft.reason.trim();
  const why = !draft.open && reason ? { reason } : {};
  switch (draft.kind) {
    case "day":
      return { type: draft.open ? "day.open" : "day.close", data: why };
    case "intake":
      if (draft.guruji) return { type: "day.set_intake", data: { open: draft.open, guruji: draft.guruji } };
      return { type: "day.set_intake", data: { open: draft.open, ...why } };
    case "availability":
      if (!draft.guruji) return { wrong: "guruji" };
      return { type: "guruji.set_availability", data: awayOf(draft, clinicNowMs) };
    case "room": {
      const guruji = roster.gurujis.find(({ id }) => id === draft.guruji);
      if (!guruji) return { wrong: "guruji" };
      const before = guruji.room ?? "";
      const room = (draft.room ?? before).trim();
      if (room === before) return { wrong: "value" };
      return { type: "guruji.set_room", data: { guruji: guruji.id, room }, saw: { room: before || null } };
    }
    case "setting":
      return settingAsked(draft, roster);
    case "staff": {
      const staff = roster.staff.find(({ id }) => id === draft.staff);
      if (!staff) return { wrong: "staff" };
      return { type: "staff.disable", data: { staff: staff.id, disabled: !staff.disabled } };
    }
    case "device":
      if (!draft.device) return { wrong: "device" };
      return { type: "device.revoke", data: { device: draft.device } };
  }
}

function awayOf({ guruji, availability, breakMinutes }: Draft, clinicNowMs: number): Fields {
  if (availability !== "on_break" || breakMinutes === 0) return { guruji, availability };
  return { guruji, availability, until: breakEnd(clinicNowMs, breakMinutes) };
}

/** When a break of so many minutes ends, to the full minute: RFC 3339. */
export function breakEnd(clinicNowMs: number, minutes: number): string {
  const end = clinicNowMs + minutes * 60_000;
  return new Date(end - (end % 60_000)).toISOString();
}

function settingAsked(draft: Draft, roster: Roster): Asking | { wrong: "value" } {
  const name = draft.setting;
  const before = settingOf(roster, name);
  const value = readValue(draft, before);
  if (value === null || JSON.stringify(value) === JSON.stringify(before)) return { wrong: "value" };
  return { type: "setting.update", data: { name, value }, saw: { value: before } };
}

/** The value of what was typed; null when it cannot be one. */
function readValue({ setting, value, days }: Draft, before: unknown): unknown {
  if (setting === "closedWeekdays") return days ?? before;
  if (value === null) return before;
  if (setting === "enforceHours") return value === "true";
  if (setting === "opensAt" || setting === "closesAt") return minutesOf(value);
  const bounds = NUMBERS.find(({ name }) => name === setting);
  const n = Number(value);
  return bounds && /^\d+$/.test(value.trim()) && n >= bounds.least && n <= bounds.most ? n : null;
}
