/** The public types of the package: what a screen holds in its hands. Shapes of the wire are in wire.ts. */
import type { ActionData, ActionType, AnswerData, EventOf, EventType } from "./catalogue.ts";
import type {
  EntryStatus,
  Fields,
  Open,
  Problem,
  SnapshotView,
  UplinkStatus,
  User,
  ViewName,
  Wait,
} from "./wire.ts";

/** What the package takes from its surroundings; every one can be replaced, so that tests own time and lines. */
export interface Deps {
  fetch: typeof fetch;
  WebSocket: new (url: string) => WebSocket;
  /** null: there is none, the queue of actions lives in memory only. */
  indexedDB: IDBFactory | null;
  /** null: there is none, this tab stands alone. */
  BroadcastChannel: (new (name: string) => BroadcastChannel) | null;
  /** Real time in ms since 1970. */
  now: () => number;
  setTimeout: (run: () => void, ms: number) => unknown;
  clearTimeout: (timer: unknown) => void;
  /** 0 <= x < 1; for jitter only. */
  random: () => number;
  getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => unknown;
}

/** Each [from, to] in ms; a delay is drawn between them. */
export interface PollingIntervals {
  /** Beside a live socket, to check that it tells the truth. */
  live: readonly [number, number];
  /** The socket failed. */
  fallback: readonly [number, number];
  /** Answers are slow. */
  slow: readonly [number, number];
  /** Nothing answers: how often to knock. */
  offline: readonly [number, number];
}

export interface ClientOptions {
  /** Origin of the node, such as "http://192.168.1.10:8080"; the page's own when left out. */
  baseUrl?: string;
  view: ViewName;
  /** Names this screen's own session among those of one browser (header Sangam-Screen). */
  screen: string;
  /** At the hub: the site to look at. */
  site?: string;
  /** Bearer token, where cookies do not work. Kept in memory only. */
  token?: string;
  polling?: Partial<PollingIntervals>;
  /** One tab holds the socket for all of the same view; true when left out. */
  crossTab?: boolean;
  /** Told what the client does, one line each: for a debug mode. */
  log?: (line: string) => void;
  deps?: Partial<Deps>;
}

export type SessionStatus = "unknown" | "signed_out" | "signed_in" | "forbidden";

export interface SessionState {
  /** `unknown` until the node answered who this is; `signed_out` is terminal: nothing runs until a sign-in. */
  status: SessionStatus;
  user: User | null;
  kind: "staff" | "device" | "patient" | null;
  /** The node's id, null before the first answer. */
  node: string | null;
}

/**
 * `realtime`: the socket's beats arrive in time and its frames are whole. `fallback`: polls answer.
 * `offline`: the node does not answer. `unknown`: nothing was heard for two beats and the cause is not known yet.
 */
export type ConnectionMode = "connecting" | "realtime" | "fallback" | "offline" | "unknown";

export interface ConnectionState {
  mode: ConnectionMode;
  /** When what is shown was last known to be whole, by this device's clock; null before the first answer. */
  lastHeardAt: number | null;
  /** How often the node promises a beat. */
  beatMs: number;
  /** Attempts in a row that failed. */
  retryCount: number;
  /** Answers take long. */
  slow: boolean;
  /** The socket's session as the node names it, while it is open. */
  socketId: string | null;
  /** Boot of the node that was last heard. */
  boot: string | null;
  /** Requests that were answered and that failed, since the start: for health. */
  answered: number;
  failed: number;
}

export interface ClockState {
  /** The node's real clock minus this device's. */
  serverOffsetMs: number;
  /** Clinic time (ms since 1970) at server time `atServerMs`, and how fast it runs: 1 but in a demo. */
  clinicTimeMs: number | null;
  atServerMs: number;
  clinicSpeed: number;
}

export interface Row {
  fields: Fields;
  seq: string | null;
}

/** kind -> id -> row. Kinds: `row`, `place`, `guruji`, `guruji_wait`, `recent`, `site_status` and those of records. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, Row>>;

/** What an action is expected to change, shown until the node says how it went. Fields null: the row goes. */
export interface Patch {
  kind: string;
  id: string;
  fields: Fields | null;
}

/** Patches of one action or of one applyOptimisticUpdate. */
export interface PatchSet {
  key: string;
  patches: readonly Patch[];
  /** A change of one of its rows came since it was sent. */
  arrived?: boolean;
}

/**
 * `waiting`: kept, not sent yet ("will send"). `sending`: on its way. `applied`: done, its row is about to arrive.
 * `rejected`: the node refused; it stays until retry or discard.
 */
export type PendingState = "waiting" | "sending" | "applied" | "rejected";

export interface PendingAction {
  id: string;
  type: string;
  data: Fields;
  saw?: Fields | undefined;
  /** When the person acted, by the node's real clock as far as it is known; ms since 1970. */
  at: number;
  state: PendingState;
  /** Why it was rejected. */
  error?: Problem | undefined;
  /** Who made it; it is sent under nobody else. */
  user: { id: string; name: string };
  /** False: it waits for its own user to sign in again. */
  mine: boolean;
}

export interface State {
  session: SessionState;
  connection: ConnectionState;
  /** The site's line to the centre; null: not known, or this node is the centre. */
  uplink: UplinkStatus | null;
  clock: ClockState;
  viewName: ViewName;
  /** The last snapshot's own fields (such as `day`), its lists apart: those are in `rows`. Null before the first. */
  view: SnapshotView | null;
  rows: Rows;
  patches: readonly PatchSet[];
  pending: readonly PendingAction[];
  /** False: actions that wait are lost when the tab closes, since the browser gives no room to keep them. */
  queueDurable: boolean;
  /** Then why, as the browser names it: QuotaExceededError is a full disk. Empty: it has none to offer. */
  queueTrouble?: string;
  tab: { id: string; leader: boolean };
  /** When a change last arrived, by this device's clock. */
  lastUpdate: number | null;
  /** Where `rows` stand in the feed of this view; opaque. */
  cursor: string | null;
  /** Events before this time (RFC 3339) may be missing; null: all were heard. State never has holes. */
  eventsFrom: string | null;
}

export type Outcome<T extends string = string> =
  | { status: "applied" | "duplicate"; id: string; seq?: string | undefined; data: AnswerData<T> }
  | { status: "rejected"; id: string; error: Problem };

export interface ActOptions {
  /**
   * The values that were shown to the person. Left out: those of the row the action names, as shown now.
   * Queue moves need status and generation, transfer also guruji, prioritise also band and credit.
   */
  saw?: Fields | undefined;
  /** Left out: what the client can predict. False: nothing is shown before the node answered. */
  optimistic?: Patch | readonly Patch[] | false;
}

export interface Act<T extends string = string> {
  /** Id of the action, and of the record it creates. */
  id: string;
  /** True when it is on disk and survives the tab; false when it is only in memory. */
  stored: Promise<boolean>;
  /** Resolves when the node judged it, however long that takes; never rejects. */
  settled: Promise<Outcome<T>>;
}

export interface OptimisticUpdate {
  key: string;
  /** It came true: stop showing the patch, keep what the node says. */
  confirm(): void;
  /** It did not: take the patch back and call `rollback`. Both are harmless to call twice. */
  rollback(): void;
}

export interface Pairing {
  /** Show it on the device; an admin compares it. */
  code: string;
  requestId: string;
  /** Resolves once an admin let the device in; rejects with a SangamError when refused or cancelled. */
  approved: Promise<User>;
  cancel(): void;
}

export interface Client {
  readonly options: ClientOptions;
  /** Starts to read and to send what waits. Harmless when started. */
  start(): void;
  /** Ends everything it started; what waits stays on disk. May be started again. */
  stop(): void;
  getState(): State;
  /** `changed` runs after every change of state. Returns how to end it. */
  subscribe(changed: () => void): () => void;
  /** Hears events of one type, or all with "*". Each event once. Returns how to end it. */
  on<T extends EventType | "*">(type: T, heard: (event: EventOf<T>) => void): () => void;
  /** Keeps the action on disk, shows what it will do, sends it. See Act. */
  act<T extends ActionType | (string & Record<never, never>)>(
    type: T,
    data: ActionData<T>,
    options?: ActOptions,
  ): Act<T>;
  /** Sends a rejected action again as a new one with a new id. After `stale` it says it saw the current row. */
  retry(id: string, changed?: { data?: Fields; saw?: Fields }): Act;
  /** Forgets a rejected or waiting action of this user. False: there is none, or it is on its way. */
  discard(id: string): Promise<boolean>;
  /**
   * Shows what `apply` returns until it is confirmed or rolled back; `followed` settles it by itself, and so does a
   * promise that `apply` returns, which shows nothing. After `timeoutMs` (30 s) without either it is rolled back. A
   * second one with the same key takes the first's place.
   */
  applyOptimisticUpdate(
    key: string,
    // biome-ignore lint/suspicious/noConfusingVoidType: an apply with only side effects returns nothing
    apply: () => Patch | readonly Patch[] | PromiseLike<unknown> | void,
    rollback?: () => void,
    options?: { followed?: Act; timeoutMs?: number },
  ): OptimisticUpdate;
  /** These resolve with who is signed in, and reject with a SangamError. Each starts reading anew. */
  signIn(who: { user: string; pin: string }): Promise<User>;
  signInWithPairCode(code: string): Promise<User>;
  signInWithLink(link: string): Promise<User>;
  /** Takes over a session that another request started (such as the setup of a new node). */
  adoptSession(session: { token?: string; user: User }): Promise<User>;
  /** Goes on with the request this screen made before a reload, while nobody decided about it. */
  pairDevice(device: { kind: string; name: string }): Promise<Pairing>;
  /** What this user still has waiting stays on this device, bound to them. */
  signOut(): Promise<void>;
  /** Takes a new snapshot. Rejects with a SangamError when the node does not answer. */
  refetch(): Promise<void>;
  /** A request of the screen's own, under its session. Rejects with a SangamError. */
  request<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<T>;
}

/** A person's place as a screen shows it. Patches of pending actions are in. */
export interface QueueEntry {
  id: string;
  token: string;
  status: Open<EntryStatus>;
  generation: number;
  guruji: string | null;
  band: number;
  order: number;
  /** 1-based among those to be called of the same guruji; null for all others. */
  position: number | null;
  ahead: number | null;
  checkedInAt: string | null;
  wait: Wait | null;
  name: string | null;
  why: readonly string[];
  /** An action on it is not settled: show it as "will send". */
  pending: boolean;
  fields: Fields;
}
