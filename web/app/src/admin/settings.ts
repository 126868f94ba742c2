import { rowsOf, type State } from "@sangam/sdk";

/** A whole number that the site may set, with the node's own default and bounds. */
export interface NumberSetting {
  name: (typeof NUMBERS)[number]["name"];
  otherwise: number;
  least: number;
  most: number;
}

export const NUMBERS = [
  { name: "maxEntriesPerDay", otherwise: 0, least: 0, most: 100_000 },
  { name: "waitlistMax", otherwise: 20, least: 0, most: 1000 },
  { name: "appointmentsPerDay", otherwise: 20, least: 0, most: 1000 },
  { name: "slotMinutes", otherwise: 45, least: 5, most: 480 },
  { name: "windowBeforeMinutes", otherwise: 20, least: 0, most: 240 },
  { name: "windowAfterMinutes", otherwise: 15, least: 0, most: 240 },
  { name: "maxAppointmentsInARow", otherwise: 2, least: 1, most: 20 },
  { name: "recallAfterSeconds", otherwise: 60, least: 0, most: 3600 },
  { name: "maxRecalls", otherwise: 3, least: 0, most: 20 },
  { name: "missesToNoShow", otherwise: 2, least: 1, most: 10 },
  { name: "elderlyMinutes", otherwise: 20, least: 0, most: 240 },
  { name: "disabledMinutes", otherwise: 20, least: 0, most: 240 },
  { name: "pregnantMinutes", otherwise: 20, least: 0, most: 240 },
  { name: "notificationDays", otherwise: 30, least: 1, most: 60 },
] as const;

/** What the site set under a name, or undefined. */
export function settingOf(state: State, name: string): unknown {
  for (const { fields } of rowsOf(state, "setting").values()) if (fields.name === name) return fields.value;
  return undefined;
}

/** Minutes after midnight as 9:00 would be typed, and back; null for what is no time of day. */
export const timeOfDay = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

export function minutesOf(typed: string): number | null {
  const said = /^(\d{1,2}):(\d{2})$/.exec(typed.trim());
  if (!said) return null;
  const minutes = Number(said[1]) * 60 + Number(said[2]);
  return Number(said[2]) < 60 && minutes <= 24 * 60 ? minutes : null;
}

/** A text as a Wi-Fi code of a phone's camera has it. */
export const wifiCode = (name: string, password: string): string => {
  const plain = (text: string) => text.replace(/([\\;,:"])/g, "\\$1");
  return password ? `WIFI:T:WPA;S:${plain(name)};P:${plain(password)};;` : `WIFI:T:nopass;S:${plain(name)};;`;
};
