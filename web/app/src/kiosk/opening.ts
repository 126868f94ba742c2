import type { State } from "@sangam/sdk";
import { settingOf } from "../desk/settings.ts";
import { clock, weekday } from "../words/times.ts";

const DAY_MS = 86_400_000;
const WEEK = [1, 2, 3, 4, 5, 6, 7];
/** The hours of a site that set none: the node's own defaults. */
const OPENS_AT = 9 * 60;
const CLOSES_AT = 18 * 60;
const CLOSED = ["sunday"];

interface Hours {
  opensAt: number;
  closesAt: number;
  closedOn: readonly unknown[];
}

function hoursOf(state: State): Hours {
  const minutes = (name: string, otherwise: number) => {
    const set = settingOf(state, name);
    return typeof set === "number" ? set : otherwise;
  };
  const closedOn = settingOf(state, "closedWeekdays");
  return {
    opensAt: minutes("opensAt", OPENS_AT),
    closesAt: minutes("closesAt", CLOSES_AT),
    closedOn: Array.isArray(closedOn) ? closedOn : CLOSED,
  };
}

const worksOn = (hours: Hours, atMs: number, zone: string | undefined) =>
  !hours.closedOn.includes(weekday(atMs, "en", zone).toLowerCase());

function minuteOf(atMs: number, zone: string | undefined): number {
  const [hour = 0, minute = 0] = clock(atMs, zone).split(":").map(Number);
  return hour * 60 + minute;
}

/** Where a site holds to its hours, whether it is outside them now. */
export function outOfHours(state: State, nowMs: number, zone: string | undefined): boolean {
  if (settingOf(state, "enforceHours") !== true) return false;
  const hours = hoursOf(state);
  const minute = minuteOf(nowMs, zone);
  return minute < hours.opensAt || minute >= hours.closesAt || !worksOn(hours, nowMs, zone);
}

export interface Opening {
  today: boolean;
  /** A moment of that day, to name it by. */
  dayMs: number;
  /** 9:00 */
  time: string;
}

/** When it opens next by the hours of the site; `notToday` when today is over whatever the hour. Null: never. */
export function nextOpening(
  state: State,
  nowMs: number,
  zone: string | undefined,
  notToday: boolean,
): Opening | null {
  const hours = hoursOf(state);
  const time = `${Math.floor(hours.opensAt / 60)}:${String(hours.opensAt % 60).padStart(2, "0")}`;
  if (!notToday && minuteOf(nowMs, zone) < hours.opensAt && worksOn(hours, nowMs, zone))
    return { today: true, dayMs: nowMs, time };
  const ahead = WEEK.find((n) => worksOn(hours, nowMs + n * DAY_MS, zone));
  return ahead === undefined ? null : { today: false, dayMs: nowMs + ahead * DAY_MS, time };
}
