/** What an action will do, as far as a client can tell before the node answers, and what its person saw. */
import { shownRows } from "./rows.ts";
import { clinicNow, isTerminal, queueOf } from "./selectors.ts";
import type { Patch, State } from "./types.ts";
import type { Fields } from "./wire.ts";

const moves: Readonly<Record<string, string>> = {
  "queue.call": "called",
  "queue.no_answer": "no_answer",
  "queue.hold": "on_hold",
  "queue.resume": "waiting",
  "queue.start": "in_service",
  "queue.complete": "done",
  "queue.cancel": "cancelled",
  "queue.leave": "left",
  "queue.no_show": "no_show",
  "queue.reinstate": "waiting",
  "queue.transfer": "waiting",
};

const ranks = [
  "waiting",
  "called",
  "on_hold",
  "no_answer",
  "in_service",
  "transferred",
  "closed_by_rollover",
  "no_show",
  "left",
  "cancelled",
  "done",
];

/** The same rule as the node's: an equal or lower rank, or leaving a terminal status, starts a new generation. */
function moved(fields: Fields, status: string): Fields {
  const from = String(fields.status);
  const generation = Number(fields.generation ?? 0);
  const fresh = ranks.indexOf(status) <= ranks.indexOf(from) || (isTerminal(from) && !isTerminal(status));
  return { status, generation: fresh ? generation + 1 : generation };
}

const row = (id: string, fields: Fields): Patch[] => [{ kind: "row", id, fields }];

/** Patches of an action; none when the node alone can tell. */
export function predict(state: State, id: string, type: string, data: Fields, now: number): readonly Patch[] {
  const rows = shownRows(state.rows, state.patches, "row");
  const entry = typeof data.entry === "string" ? rows.get(data.entry) : undefined;
  const status = moves[type];
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
    const next = queueOf(state, guruji).find((e) => e.status === "waiting");
    return next ? row(next.id, moved(next.fields, "called")) : [];
  }
  if (type === "queue.check_in" && state.rows.has("row")) {
    const at = clinicNow(state, now);
    const person = data.person as { name?: string } | undefined;
    return row(id, {
      token: data.token ?? "",
      status: "waiting",
      generation: 0,
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
