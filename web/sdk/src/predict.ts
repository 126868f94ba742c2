/** What an action will do, as far as a client can tell before the node answers, and what its person saw. */
import { shownRows } from "./rows.ts";
import { clinicNow } from "./selectors.ts";
import type { Patch, Row, State } from "./types.ts";
import type { Fields } from "./wire.ts";

/** Lowest first, as the node ranks them. */
const ranks =
  "waiting called on_hold no_answer in_service transferred closed_by_rollover no_show left cancelled done".split(
    " ",
  );

/** What the queue commands make of an entry. */
const moves: Readonly<Record<string, string>> = {
  call: "called",
  no_answer: "no_answer",
  hold: "on_hold",
  resume: "waiting",
  start: "in_service",
  complete: "done",
  cancel: "cancelled",
  leave: "left",
  no_show: "no_show",
  reinstate: "waiting",
  transfer: "waiting",
};

/** The same rule as the node's: an equal or lower rank starts a new generation. */
function moved({ status: from, generation }: Fields, status: string): Fields {
  const fresh = ranks.indexOf(status) <= ranks.indexOf(String(from));
  return { status, generation: Number(generation ?? 0) + (fresh ? 1 : 0) };
}

const row = (id: string, fields: Fields): Patch[] => [{ kind: "row", id, fields }];

/** Who is first of those waiting for a guruji. */
function firstWaiting(rows: ReadonlyMap<string, Row>, guruji: string): [string, Fields] | undefined {
  return [...rows]
    .map(([id, { fields }]): [string, Fields] => [id, fields])
    .filter(([, f]) => f.guruji === guruji && f.status === "waiting")
    .sort(
      ([a, x], [b, y]) =>
        Number(x.band) - Number(y.band) || Number(x.order) - Number(y.order) || (a < b ? -1 : 1),
    )[0];
}

/** Patches of an action; none when the node alone can tell. */
export function predict(state: State, id: string, type: string, data: Fields, now: number): readonly Patch[] {
  const rows = shownRows(state.rows, state.patches, "row");
  const entry = typeof data.entry === "string" ? rows.get(data.entry) : undefined;
  const status = type.startsWith("queue.") && moves[type.slice(6)];
  if (entry && status && typeof data.entry === "string") {
    const fields = moved(entry.fields, status);
    return row(data.entry, type === "queue.transfer" ? { ...fields, guruji: data.guruji } : fields);
  }
  if (entry && type === "queue.prioritise" && typeof data.emergency === "boolean") {
    return row(String(data.entry), { band: data.emergency ? 0 : 1 });
  }
  const guruji = data.guruji ?? state.session.user?.gurujiId;
  if (typeof guruji !== "string") return [];
  if (type === "queue.call_next") {
    const first = firstWaiting(rows, guruji);
    return first ? row(first[0], moved(first[1], "called")) : [];
  }
  if (type === "queue.check_in" && state.rows.has("row")) {
    const at = clinicNow(state, now);
    const person = data.person as { name?: string } | undefined;
    return row(id, {
      token: data.token ?? "",
      status: "waiting",
      generation: 1,
      band: data.emergency ? 0 : 1,
      order: Number.MAX_SAFE_INTEGER, // last of its band until the node says where
      guruji,
      checkedInAt: new Date(at).toISOString(),
      ...(person?.name ? { name: person.name } : {}),
    });
  }
  if (type === "guruji.set_room") return [{ kind: "guruji", id: guruji, fields: { room: data.room } }];
  if (type === "guruji.set_availability") {
    return [
      { kind: "guruji", id: guruji, fields: { availability: data.availability, until: data.until ?? null } },
    ];
  }
  return [];
}

/** The values of the row an action names as they are shown now, patches included; undefined when it names none. */
export function sawNow(state: State, type: string, data: Fields): Fields | undefined {
  if (!type.startsWith("queue.") || type === "queue.undo" || typeof data.entry !== "string") return undefined;
  const fields = shownRows(state.rows, state.patches, "row").get(data.entry)?.fields;
  if (!fields) return undefined;
  const names = ["status", "generation"];
  if (type === "queue.transfer") names.push("guruji");
  if (type === "queue.prioritise") names.push("band", "credit");
  return pick(fields, names);
}

export function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.filter((n) => fields[n] !== undefined).map((n) => [n, fields[n]]));
}
