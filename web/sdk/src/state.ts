/** The one reducer. Everything that changes what a screen shows is a Msg; a leading tab sends some to the others. */
import { applyChanges, noRows, openSnapshot } from "./rows.ts";
import type {
  ClockState,
  ConnectionState,
  Patch,
  PatchSet,
  PendingAction,
  SessionState,
  State,
} from "./types.ts";
import type { Change, SnapshotAnswer, UplinkStatus, ViewName } from "./wire.ts";

/** The part of the state that followers take over whole from the tab that leads. */
export type Shared = Omit<State, "session" | "patches" | "pending" | "queueDurable" | "tab" | "viewName">;

export type Msg =
  | { type: "session"; session: SessionState }
  | { type: "connection"; connection: Partial<ConnectionState> }
  | { type: "clock"; clock: Partial<ClockState> }
  | { type: "uplink"; uplink: UplinkStatus | null }
  | { type: "snapshot"; answer: SnapshotAnswer; at: number }
  | { type: "changes"; cursor: string; changes: Change[]; eventsFrom?: string | undefined; at: number }
  | { type: "shared"; shared: Shared }
  | { type: "emptied" }
  | { type: "tab"; leader: boolean }
  | { type: "durable"; durable: boolean; why: string }
  | { type: "added"; action: PendingAction; patches?: readonly Patch[] }
  | { type: "moved"; ids: readonly string[]; to: "waiting" | "sending" }
  | { type: "applied"; id: string; seq?: string | undefined; entry?: unknown }
  | { type: "rejected"; id: string; error: PendingAction["error"] }
  | { type: "dropped"; id: string }
  | { type: "patched"; set: PatchSet }
  | { type: "unpatched"; key: string };

export function initialState(viewName: ViewName, tab: string): State {
  return {
    session: { status: "unknown", user: null, kind: null, node: null },
    connection: {
      mode: "connecting",
      lastHeardAt: null,
      beatMs: 5_000,
      retryCount: 0,
      slow: false,
      socketId: null,
      boot: null,
      answered: 0,
      failed: 0,
    },
    uplink: null,
    clock: { serverOffsetMs: 0, clinicTimeMs: null, atServerMs: 0, clinicSpeed: 1 },
    viewName,
    view: null,
    rows: noRows,
    patches: [],
    pending: [],
    queueDurable: true,
    tab: { id: tab, leader: false },
    cursor: null,
    lastUpdate: null,
    eventsFrom: null,
  };
}

export function sharedOf(state: State): Shared {
  const { session, patches, pending, queueDurable, tab, viewName, ...shared } = state;
  return shared;
}

export function reduce(state: State, msg: Msg): State {
  switch (msg.type) {
    case "session":
      return { ...state, session: msg.session };
    case "connection":
      return merge(state, "connection", msg.connection);
    case "clock":
      return merge(state, "clock", msg.clock);
    case "uplink":
      return { ...state, uplink: msg.uplink };
    case "snapshot":
      return settle(
        { ...state, ...openSnapshot(msg.answer), cursor: msg.answer.cursor, lastUpdate: msg.at },
        () => true,
      );
    case "changes": {
      const { cursor, changes, eventsFrom = state.eventsFrom } = msg;
      const next = { ...state, cursor, eventsFrom };
      if (changes.length === 0) return next;
      const touched = new Set(changes.map((c) => `${c.kind} ${c.id}`));
      return settle({ ...next, rows: applyChanges(state.rows, changes), lastUpdate: msg.at }, (p) =>
        touched.has(`${p.kind} ${p.id}`),
      );
    }
    case "shared":
      return settle({ ...state, ...msg.shared }, () => true);
    case "emptied": {
      const { session, queueDurable, tab } = state;
      return { ...initialState(state.viewName, tab.id), session, queueDurable, tab };
    }
    case "tab":
      return { ...state, tab: { ...state.tab, leader: msg.leader } };
    case "durable":
      return state.queueDurable === msg.durable
        ? state
        : { ...state, queueDurable: msg.durable, queueTrouble: msg.durable ? "" : msg.why };
    default:
      return reducePending(state, msg);
  }
}

function reducePending(state: State, msg: Msg): State {
  switch (msg.type) {
    case "added": {
      if (state.pending.some((p) => p.id === msg.action.id)) return state;
      const next = { ...state, pending: [...state.pending, msg.action] };
      return msg.patches?.length ? withSet(next, { key: msg.action.id, patches: msg.patches }) : next;
    }
    case "moved":
      return mark(state, msg.ids, { state: msg.to });
    case "applied": {
      // The answer may overtake the change it caused. The patch then stays until the row is in, or the row would
      // flicker back for an instant; the action stays listed as long.
      const set = state.patches.find((p) => p.key === msg.id);
      const wrong = set?.patches.some(
        (p) => p.kind === "row" && msg.entry !== undefined && p.id !== msg.entry,
      );
      if (!set || set.arrived || wrong || !msg.seq) return forget(state, msg.id);
      return mark(state, [msg.id], { state: "applied" });
    }
    case "rejected":
      return without(mark(state, [msg.id], { state: "rejected", error: msg.error }), msg.id);
    case "dropped":
      return forget(state, msg.id);
    case "patched":
      return withSet(state, msg.set);
    case "unpatched":
      return without(state, msg.key);
    default:
      return state;
  }
}

function merge<K extends "connection" | "clock">(state: State, key: K, part: Partial<State[K]>): State {
  const before: State[K] = state[key];
  const changed = (Object.keys(part) as (keyof State[K])[]).some((k) => !Object.is(before[k], part[k]));
  return changed ? { ...state, [key]: { ...before, ...part } } : state;
}

/** Lets go of applied actions whose rows have arrived, and marks those of actions that are on their way. */
function settle(state: State, arrived: (patch: Patch) => boolean): State {
  const states = new Map(state.pending.map((p) => [p.id, p.state]));
  let next = state;
  for (const set of state.patches) {
    const of = states.get(set.key);
    if (!set.patches.some(arrived)) continue;
    if (of === "applied") next = forget(next, set.key);
    else if (of === "sending") next = withSet(next, { ...set, arrived: true });
  }
  return next;
}

/** What was judged stays as it is. */
function mark(state: State, ids: readonly string[], change: Partial<PendingAction>): State {
  const open = (p: PendingAction) => ids.includes(p.id) && (p.state === "waiting" || p.state === "sending");
  return { ...state, pending: state.pending.map((p) => (open(p) ? { ...p, ...change } : p)) };
}

function forget(state: State, id: string): State {
  return without({ ...state, pending: state.pending.filter((p) => p.id !== id) }, id);
}

function withSet(state: State, set: PatchSet): State {
  if (!state.patches.some((s) => s.key === set.key)) return { ...state, patches: [...state.patches, set] };
  return { ...state, patches: state.patches.map((s) => (s.key === set.key ? set : s)) };
}

function without(state: State, key: string): State {
  if (!state.patches.some((s) => s.key === key)) return state;
  return { ...state, patches: state.patches.filter((s) => s.key !== key) };
}
