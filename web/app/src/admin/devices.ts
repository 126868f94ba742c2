import { rowsOf, type State } from "@sangam/sdk";

export interface Device {
  id: string;
  kind: string;
  name: string;
  state: string;
  /** Shown on the device while it asks. */
  code: string;
  requestedAt: string;
  approvedAt: string | null;
  lastSeen: string | null;
}

/** The node writes when it last heard a device about once a minute. */
export const HEARD_WITHIN_MS = 120_000;

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Devices by how much they ask: those at the door, then those let in by kind and name, then those put out. */
export function devicesOf(state: State): readonly Device[] {
  const rank = ["requested", "approved", "revoked"];
  return [...rowsOf(state, "device")]
    .map(([id, { fields }]) => ({
      id,
      kind: text(fields.kind),
      name: text(fields.name),
      state: text(fields.state),
      code: text(fields.code),
      requestedAt: text(fields.requestedAt),
      approvedAt: text(fields.approvedAt) || null,
      lastSeen: seen(fields.lastSeen),
    }))
    .sort(
      (a, b) =>
        rank.indexOf(a.state) - rank.indexOf(b.state) ||
        a.kind.localeCompare(b.kind) ||
        a.name.localeCompare(b.name, "en", { numeric: true }),
    );
}

/** A time as text, or in ms since 1970, as the node keeps it for itself. */
function seen(value: unknown): string | null {
  if (typeof value === "number") return new Date(value).toISOString();
  return text(value) || null;
}

export const isHeard = (device: Device, serverNowMs: number): boolean =>
  device.lastSeen !== null && serverNowMs - Date.parse(device.lastSeen) <= HEARD_WITHIN_MS;
