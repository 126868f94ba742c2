/** What screens read from the state. Pure; those that build lists give the same list while nothing it shows changed. */
import { elapsedMs, silenceMs } from "./evidence.ts";
import { only, shownRows } from "./rows.ts";
import type { ConnectionMode, PendingAction, QueueEntry, Row, State } from "./types.ts";
import type { CentreSite, Fields, RecentCall, Wait } from "./wire.ts";

const terminal: ReadonlySet<string> = new Set(["closed_by_rollover", "no_show", "left", "cancelled", "done"]);

/** Statuses of those who are still to be called; only they have a position. */
export const toBeCalled = (status: string): boolean => status === "waiting" || status === "no_answer";
export const isTerminal = (status: string): boolean => terminal.has(status);

type Lists = Pick<State, "rows" | "patches" | "pending">;

/** Remembers the last answer for the same inputs, per kind of question; screens ask on every render. */
function remembered<A>(make: (state: Lists) => A): (state: Lists) => A {
  const answers = new WeakMap<object, { state: Lists; answer: A }>();
  return (state) => {
    const last = answers.get(state.rows);
    if (last && last.state.patches === state.patches && last.state.pending === state.pending)
      return last.answer;
    const answer = make(state);
    answers.set(state.rows, { state, answer });
    return answer;
  };
}

/** What was made of a row last: an entry stays the same object while nothing of it changed. */
const made = new WeakMap<Row, QueueEntry>();

const allEntries = remembered((state) => {
  const acted = new Set<unknown>();
  for (const p of state.pending) if (p.state !== "rejected") acted.add(p.id).add(p.data.entry);
  const rows: [Row, QueueEntry][] = [];
  for (const [id, row] of shownRows(state.rows, state.patches, "row")) {
    const last = made.get(row);
    const pending = acted.has(id);
    rows.push([row, last?.pending === pending ? last : entryOf(id, row, pending)]);
  }
  return inOrder(rows);
});

const byId = remembered((state) => new Map(allEntries(state).map((e) => [e.id, e])));

const byGuruji = remembered((state) => {
  const queues = new Map<string | null, QueueEntry[]>();
  for (const entry of allEntries(state)) {
    if (isTerminal(entry.status)) continue;
    for (const key of [null, entry.guruji]) {
      const queue = queues.get(key);
      if (queue) {
        if (queue[queue.length - 1] !== entry) queue.push(entry);
      } else queues.set(key, [entry]);
    }
  }
  return queues;
});

const nobody: readonly QueueEntry[] = [];

/**
 * The queue of one guruji, or of all, in the server's order (band, order, id), with what this tab expects of its own
 * pending actions. Terminal entries are left out. Positions are counted within each guruji's queue.
 */
export function queueOf(state: State, gurujiId?: string | null): readonly QueueEntry[] {
  return byGuruji(state).get(gurujiId ?? null) ?? nobody;
}

/** An entry in any status, or null when it may not be seen. */
export function entryById(state: State, id: string): QueueEntry | null {
  return byId(state).get(id) ?? null;
}

/** Entries of a status in queue order, also terminal ones as far as the view has them. */
export function entriesWith(state: State, ...statuses: string[]): readonly QueueEntry[] {
  return allEntries(state).filter((e) => statuses.includes(e.status));
}

function entryOf(id: string, { fields: f }: Row, pending: boolean): QueueEntry {
  const text = (v: unknown) => (typeof v === "string" && v !== "" ? v : null);
  const number = (v: unknown, otherwise: number) => (typeof v === "number" ? v : otherwise);
  return {
    id,
    token: text(f.token) ?? "",
    status: text(f.status) ?? "waiting",
    generation: number(f.generation, 0),
    guruji: text(f.guruji),
    band: number(f.band, 1),
    order: number(f.order, Number.MAX_SAFE_INTEGER),
    position: null,
    ahead: null,
    checkedInAt: text(f.checkedInAt),
    wait: (f.wait as Wait | null | undefined) ?? null,
    name: text(f.name),
    why: Array.isArray(f.why) ? (f.why as string[]) : text(f.why) ? [f.why as string] : [],
    pending,
    fields: f,
  };
}

function inOrder(rows: [Row, QueueEntry][]): QueueEntry[] {
  rows.sort(([, a], [, b]) => a.band - b.band || a.order - b.order || (a.id < b.id ? -1 : 1));
  const called = new Map<string | null, number>();
  return rows.map(([row, entry]) => {
    if (toBeCalled(entry.status)) {
      const ahead = called.get(entry.guruji) ?? 0;
      called.set(entry.guruji, ahead + 1);
      if (entry.ahead !== ahead) entry = { ...entry, position: ahead + 1, ahead };
    }
    made.set(row, entry);
    return entry;
  });
}

/** Position, ahead and wait of one entry as the node counted them: for views that do not see the whole queue. */
export function placeOf(
  state: State,
  entryId: string,
): { position: number | null; ahead: number | null; wait: Wait | null } | null {
  const place = state.rows.get("place")?.get(entryId) ?? state.rows.get("row")?.get(entryId);
  if (!place) return null;
  const { position, ahead, wait } = place.fields;
  return {
    position: (position as number | null | undefined) ?? null,
    ahead: (ahead as number | null | undefined) ?? null,
    wait: (wait as Wait | null | undefined) ?? null,
  };
}

export interface GurujiRow {
  id: string;
  name: string;
  room: string | null;
  availability: string;
  /** End of a break, RFC 3339; null when open-ended or not on a break. */
  until: string | null;
  wait: Wait | null;
  /** How many wait to be called; null where the view does not say. */
  waiting: number | null;
  fields: Fields;
}

/** All gurujis of the view by their letter, pending changes of availability and room in. */
export function gurujisOf(state: State): readonly GurujiRow[] {
  return gurujis(state);
}

const gurujis = remembered((state): readonly GurujiRow[] => {
  const waits = state.rows.get("guruji_wait");
  const series = ({ fields }: GurujiRow) => String(fields.series ?? "");
  return [...shownRows(state.rows, state.patches, "guruji")]
    .map(([id, { fields }]) => {
      const expected = waits?.get(id)?.fields ?? fields;
      return {
        id,
        name: String(fields.name ?? ""),
        room: (fields.room as string | null | undefined) || null,
        availability: String(fields.availability ?? "available"),
        until: (fields.until as string | null | undefined) ?? null,
        wait: (expected.wait as Wait | null | undefined) ?? null,
        waiting: (expected.waiting as number | undefined) ?? null,
        fields,
      };
    })
    .sort((x, y) => {
      const [a, b] = [series(x), series(y)];
      return a.length - b.length || (a < b ? -1 : a > b ? 1 : x.id < y.id ? -1 : 1);
    });
});

const noCalls: readonly RecentCall[] = [];

/** The last five called, newest first. */
export function recentOf(state: State): readonly RecentCall[] {
  const fields = state.rows.get("recent")?.get(only)?.fields;
  return (fields?.recent as RecentCall[] | undefined) ?? noCalls;
}

/** Sites of the centre, in no particular order. */
export function sitesOf(state: State): readonly CentreSite[] {
  return sites(state);
}

const sites = remembered((state): readonly CentreSite[] =>
  [...shownRows(state.rows, state.patches, "site_status")].map(([id, row]) => ({
    ...(row.fields as unknown as CentreSite),
    id,
  })),
);

/** Rows of a plain record kind, pending changes in. */
export function rowsOf(state: State, kind: string): ReadonlyMap<string, Row> {
  return shownRows(state.rows, state.patches, kind);
}

/** Age of what is shown, in ms; null before the first answer. */
export function dataAgeMs(state: State, now: number): number | null {
  const { lastHeardAt } = state.connection;
  return lastHeardAt === null ? null : elapsedMs(lastHeardAt, now);
}

/** No poll proves anything for longer, whatever its pace. */
const fallbackProofMs = 60_000;

/** The connection as it may be told at this moment: what aged in a sleeping tab is `unknown`. */
export function modeNow(state: State, now: number): ConnectionMode {
  const { mode, beatMs } = state.connection;
  const proofMs = mode === "realtime" ? silenceMs(beatMs) : fallbackProofMs;
  const old = elapsedMs(state.connection.lastHeardAt, now) > proofMs;
  return old && (mode === "realtime" || mode === "fallback") ? "unknown" : mode;
}

/** What is shown is older than two beats and nobody polls: show its age in orange. */
export function isStale(state: State, now: number): boolean {
  const age = dataAgeMs(state, now);
  const { mode, beatMs } = state.connection;
  return age === null || (mode !== "fallback" && age > silenceMs(beatMs));
}

/** The node's real time now, ms since 1970. */
export function serverNow(state: State, now: number): number {
  return now + state.clock.serverOffsetMs;
}

/** The clinic's time now, ms since 1970: waits, timers and times of day run on it. A demo runs it faster. */
export function clinicNow(state: State, now: number): number {
  const { clinicTimeMs, atServerMs, clinicSpeed } = state.clock;
  const server = serverNow(state, now);
  return clinicTimeMs === null ? server : clinicTimeMs + (server - atServerMs) * clinicSpeed;
}

/** Connection in the words of the existing app. */
export function connectionLabel(
  mode: ConnectionMode,
): "Real-time" | "Fallback" | "Offline" | "Unknown" | "Connecting" {
  const labels = {
    realtime: "Real-time",
    fallback: "Fallback",
    offline: "Offline",
    unknown: "Unknown",
    connecting: "Connecting",
  } as const;
  return labels[mode];
}

/** This user's actions that are not settled, and those the node refused. */
export function pendingOf(state: State): {
  waiting: readonly PendingAction[];
  rejected: readonly PendingAction[];
} {
  const mine = state.pending.filter((p) => p.mine);
  return {
    waiting: mine.filter((p) => p.state === "waiting" || p.state === "sending"),
    rejected: mine.filter((p) => p.state === "rejected"),
  };
}

/** What waits for others on this device: "3 changes of Asha wait for Asha". */
export function waitingForOthers(state: State): readonly { userId: string; name: string; count: number }[] {
  const counts = new Map<string, { userId: string; name: string; count: number }>();
  for (const { mine, user } of state.pending) {
    if (mine) continue;
    const line = counts.get(user.id) ?? { userId: user.id, name: user.name, count: 0 };
    line.count++;
    counts.set(user.id, line);
  }
  return [...counts.values()];
}
