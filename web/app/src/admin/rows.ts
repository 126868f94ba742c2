import { type Fields, rowsOf, type State } from "@sangam/sdk";

export interface DeviceRow {
  id: string;
  kind: string;
  name: string;
  state: string;
  /** What the device shows while it asks. */
  code: string;
  requestedAt: string;
  lastSeen: string;
}

export interface StaffRow {
  id: string;
  name: string;
  role: string;
  /** Of a guruji, else "". */
  room: string;
  /** With which the tokens of a guruji begin, else "". */
  letter: string;
  disabled: boolean;
}

const text = (fields: Fields, name: string) => {
  const value = fields[name];
  return typeof value === "string" ? value : "";
};

/** Those who ask, the longest waiting first; and those let in, by name. Revoked ones are gone. */
export function devicesOf(state: State): { asking: DeviceRow[]; letIn: DeviceRow[] } {
  const all = [...rowsOf(state, "device")].map(([id, { fields }]) => ({
    id,
    kind: text(fields, "kind"),
    name: text(fields, "name"),
    state: text(fields, "state"),
    code: text(fields, "code"),
    requestedAt: text(fields, "requestedAt"),
    lastSeen: text(fields, "lastSeen"),
  }));
  return {
    asking: all
      .filter((one) => one.state === "requested")
      .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1)),
    letIn: all.filter((one) => one.state === "approved").sort((a, b) => a.name.localeCompare(b.name)),
  };
}

/** Who may sign in first, by name; those switched off after them. */
export function staffOf(state: State): StaffRow[] {
  const gurujis = rowsOf(state, "guruji");
  return [...rowsOf(state, "staff")]
    .map(([id, { fields }]) => {
      const guruji = gurujis.get(text(fields, "guruji"))?.fields ?? {};
      return {
        id,
        name: text(fields, "name"),
        role: text(fields, "role"),
        room: text(guruji, "room"),
        letter: text(guruji, "series"),
        disabled: fields.disabled === true,
      };
    })
    .sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.name.localeCompare(b.name));
}

/** Things of these records that this screen has sent and the node has not settled. */
export function unsettled(state: State): ReadonlySet<string> {
  const ids = state.pending
    .filter((one) => one.mine && one.state !== "rejected")
    .map((one) => one.data.device ?? one.data.staff);
  return new Set(ids.filter((id): id is string => typeof id === "string"));
}

/** How true the waits of today were: of those who were told one and have been called, how many waited so long. */
export function waitTruthOf(state: State): { told: number; held: number } {
  const [row] = rowsOf(state, "wait_truth").values();
  const count = (name: string) => (typeof row?.fields[name] === "number" ? (row.fields[name] as number) : 0);
  return { told: count("told"), held: count("held") };
}
