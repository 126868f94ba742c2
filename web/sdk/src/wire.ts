/**
 * Every JSON shape that crosses between a browser and a node, in one file. Nothing outside the transport
 * builds or takes these apart, so a change of the contract ends here.
 *
 * Times are RFC 3339 UTC with milliseconds, `seq` is a decimal string, unknown is null. Fields that this
 * version does not know are kept untouched; enumerations end in `Open` so that a new value is not an error.
 */

/** A union of known strings that still accepts a value made up after this was compiled. */
export type Open<T extends string> = T | (string & Record<never, never>);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = Readonly<Record<string, unknown>>;

export type Role =
  | "patient"
  | "kiosk"
  | "board"
  | "coordinator"
  | "guruji"
  | "admin"
  | "central_admin"
  | "app";

export type EntryStatus =
  | "waiting"
  | "called"
  | "on_hold"
  | "no_answer"
  | "in_service"
  | "closed_by_rollover"
  | "no_show"
  | "left"
  | "cancelled"
  | "done";

export type ViewName =
  | "queue"
  | "board"
  | "kiosk"
  | "guruji"
  | "coordinator"
  | "admin"
  | "patient"
  | "centre";

/** `application/problem+json`. Decide by `code`, show `message`; `current` is the row as it is now, with `stale`. */
export interface Problem {
  code: Open<ProblemCode>;
  message: string;
  retryable: boolean;
  status?: number;
  current?: Fields;
}

/** Codes of a node, and three of this package: `offline`, `timeout` and `aborted`, which never cross the wire. */
export type ProblemCode =
  | "unauthenticated"
  | "forbidden"
  | "locked_out"
  | "not_found"
  | "invalid"
  | "stale"
  | "not_allowed"
  | "closed"
  | "id_reused"
  | "id_taken"
  | "too_large"
  | "rate_limited"
  | "unavailable"
  | "internal"
  | "offline"
  | "timeout"
  | "aborted";

export interface User {
  id: string;
  name: string;
  role: Open<Role>;
  /** The guruji record of a member of staff who is one. */
  gurujiId?: string;
  /** The queue entry a patient link belongs to. */
  entryId?: string;
  /** The device this session runs on. */
  device?: string;
}

/** `token` comes only with the answer that starts the session. */
export interface SessionAnswer {
  token?: string;
  expiresAt: string | null;
  user: User;
}

/** 202 of a device that waits to be let in; the person reads `code` to an admin. */
export interface PairingAnswer {
  requestId: string;
  code?: string;
}

export interface WireAction {
  id: string;
  type: string;
  at: string;
  saw?: Fields;
  data: Fields;
}

export interface WireResult {
  id: string;
  status: "applied" | "duplicate" | "rejected";
  seq?: string;
  data?: Fields;
  error?: Problem;
}

export interface ActionsAnswer {
  results: WireResult[];
}

/** A row as it is now. `gone`: it may no longer be seen (transferred, revoked, next day). */
export interface Change {
  kind: string;
  id: string;
  seq?: string;
  fields?: Fields;
  gone?: boolean;
}

export interface EventEnvelope<T extends string = string, D = Fields> {
  id: string;
  type: T;
  at: string;
  site: string;
  actor?: string;
  subject: { kind: string; id: string };
  data: D;
}

export interface ChangesAnswer {
  cursor: string;
  changes: Change[];
  events: EventEnvelope[];
  eventsFrom?: string;
  more: boolean;
  reset?: string;
}

export interface Wait {
  low: number;
  high: number;
}

export interface SnapshotEntry {
  id: string;
  token: string;
  status: Open<EntryStatus>;
  generation: number;
  band: number;
  order: number;
  position: number | null;
  ahead: number | null;
  checkedInAt: string;
  wait?: Wait | null;
  name?: string;
  why?: string[] | string;
}

export type Availability = "available" | "on_break" | "busy" | "off";

export interface SnapshotGuruji {
  id: string;
  name: string;
  room: string | null;
  availability: Open<Availability> | Fields;
  entries: SnapshotEntry[];
}

export interface RecentCall {
  token: string;
  room: string | null;
  at: string;
}

export interface Backlog {
  records: number;
  bytes: number;
  oldestAt: string | null;
}

export type LinkState =
  | "live"
  | "lagging"
  | "silent"
  | "never_seen"
  | "clock_wrong"
  | "cloned"
  | "rejected"
  | "off"
  | "connecting";

export interface CentreSite {
  id: string;
  name: string;
  state: Open<LinkState>;
  lastHeard: string | null;
  backlog: Backlog;
  clockOffsetMs: number | null;
  waiting: number | null;
  inService: number | null;
  done: number | null;
}

/** The body of a snapshot. `gurujis` and `recent` come with queue-like views, `sites` with `centre`. */
export interface SnapshotView {
  day?: string;
  gurujis?: SnapshotGuruji[];
  recent?: RecentCall[];
  sites?: CentreSite[];
  [other: string]: unknown;
}

export interface SnapshotAnswer {
  cursor: string;
  at: string;
  view: SnapshotView;
}

export interface UplinkStatus {
  state: Open<LinkState>;
  lagMs: number | null;
  backlog: Backlog;
  lastHeard: string | null;
}

export interface StatusAnswer {
  node: string;
  role: string;
  site?: string;
  boot: string;
  version: string;
  setup?: boolean;
  cursor?: string;
  uplink?: UplinkStatus | null;
  clock?: { offsetMs: number | null };
  disk?: { freeBytes: number | null };
}

interface Times {
  serverTime: string;
  clinicTime: string;
  clinicSpeed: number;
}

export type ServerFrame =
  | ({ frame: "hello"; session: string; node: string; boot: string; cursor: string; beatMs: number } & Times)
  | {
      frame: "changes";
      from: string;
      to: string;
      events: EventEnvelope[];
      eventsFrom?: string;
      changes: Change[];
    }
  | ({ frame: "beat"; cursor: string; uplink: UplinkStatus | null } & Times)
  | ({ frame: "result" } & WireResult)
  | { frame: "reset"; why: string }
  | { frame: "bye"; why: string; retryAfterMs: number };

export type ClientFrame =
  | { frame: "resume"; cursor: string }
  | { frame: "act"; action: WireAction }
  | { frame: "pong" };
