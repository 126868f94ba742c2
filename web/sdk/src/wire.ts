/**
 * Every JSON shape that crosses between a browser and a node, in one file. Nothing outside the transport
 * builds or takes these apart, so a change of the contract ends here.
 *
 * The shapes themselves are generated from the node's own types (api.gen.ts); this file gives them their names here
 * and says what a schema cannot: which words may grow, what is null, and that what is `unknown` there is fields.
 * Times are RFC 3339 UTC with milliseconds, `seq` is a decimal string, unknown is null.
 */
import type { components } from "./api.gen.ts";

/** A union of known strings that still accepts a value made up after this was compiled. */
export type Open<T extends string> = T | (string & Record<never, never>);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = Readonly<Record<string, unknown>>;

/** A schema with the fields this version knows; others are kept untouched, and not typed. */
export type Shape<N extends keyof components["schemas"]> = Known<components["schemas"][N]>;

type Known<T> = T extends readonly (infer E)[]
  ? Known<E>[]
  : T extends object
    ? { [K in keyof T as string extends K ? never : number extends K ? never : K]: Known<T[K]> }
    : T;

/** A shape in which some fields are told more exactly than a schema can. */
type With<T, Told> = Omit<T, keyof Told> & Told;

export type Role = Shape<"User">["role"];

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

/** Codes of a node, and three of this package: `offline`, `timeout` and `aborted`, which never cross the wire. */
export type ProblemCode = Shape<"Problem">["code"] | "offline" | "timeout" | "aborted";

/** `application/problem+json`. Decide by `code`, show `message`; `current` is the row as it is now, with `stale`. */
export type Problem = With<Shape<"Problem">, { code: Open<ProblemCode>; current?: Fields }>;

export type User = With<Shape<"User">, { role: Open<Role> }>;

/** `token` comes only with the answer that starts the session. */
export type SessionAnswer = With<Shape<"Session">, { user: User }>;

/** 202 of a device that waits to be let in; the person reads `code` to an admin. */
export type PairingAnswer = Shape<"DevicePending">;

export type WireAction = With<Shape<"Action">, { saw?: Fields | undefined; data: Fields }>;

export type WireResult = With<Shape<"Result">, { data?: Fields; error?: Problem }>;

export interface ActionsAnswer {
  results: WireResult[];
}

/** A row as it is now. `gone`: it may no longer be seen (transferred, revoked, next day). */
export type Change = With<Shape<"Change">, { fields?: Fields }>;

export type EventEnvelope<T extends string = string, D = Fields> = With<Shape<"Event">, { type: T; data: D }>;

type Carried = { events: EventEnvelope[]; changes: Change[] };

export type ChangesAnswer = With<Shape<"Changes">, Carried>;

export type Wait = Shape<"Wait">;

/** An entry of a snapshot. A view tells only what its reader may see, so most fields may be missing. */
export type SnapshotEntry = With<
  Partial<Shape<"EntryRow">>,
  Pick<
    Shape<"EntryRow">,
    "id" | "token" | "generation" | "band" | "order" | "position" | "ahead" | "checkedInAt"
  > & { status: Open<EntryStatus>; wait?: Wait | null }
>;

export type Availability = Shape<"SetAvailability">["availability"];

export type SnapshotGuruji = With<
  Partial<Shape<"GurujiView">>,
  Pick<Shape<"GurujiView">, "id" | "name" | "room"> & {
    availability: Open<Availability>;
    entries: SnapshotEntry[];
    wait?: Wait | null;
  }
>;

/** Whoever is in the list was called, so there is a time. */
export type RecentCall = With<Shape<"RecentCall">, { at: string }>;

export type Backlog = Shape<"Backlog">;
export type LinkState = Shape<"Uplink">["state"];

export type CentreSite = With<Shape<"SiteStatus">, { state: Open<LinkState> }>;

/** The body of a snapshot. `gurujis` and `recent` come with queue-like views, `sites` with `centre`. */
export interface SnapshotView {
  day?: string;
  gurujis?: SnapshotGuruji[];
  recent?: RecentCall[];
  sites?: CentreSite[];
  [other: string]: unknown;
}

export type SnapshotAnswer = With<Shape<"Snapshot">, { view: SnapshotView }>;

export type UplinkStatus = With<Shape<"Uplink">, { state: Open<LinkState> }>;

/** Without a session a node tells only who it is. */
export type StatusAnswer = With<
  Shape<"Status">,
  { role: Open<Shape<"Status">["role"]>; uplink?: UplinkStatus | null }
>;

export type ServerFrame =
  | Shape<"HelloFrame">
  | With<Shape<"ChangesFrame">, Carried>
  | With<Shape<"BeatFrame">, { uplink: UplinkStatus | null }>
  | With<Shape<"ResultFrame">, Pick<WireResult, "data" | "error">>
  | Shape<"ResetFrame">
  | Shape<"ByeFrame">;

export type ClientFrame =
  | Shape<"ResumeFrame">
  | With<Shape<"ActFrame">, { action: WireAction }>
  | Shape<"PongFrame">;
