/** Names and shapes of actions and events, for the compiler only: nothing of this file reaches a bundle. */
import type { EventEnvelope, Fields, Wait } from "./wire.ts";

interface Entry {
  entry: string;
  reason?: string;
}

interface Moved {
  entry: string;
  token: string;
  status: string;
}

/** What an action carries, by type. Types that are not listed here carry any fields. */
export interface Actions {
  "queue.check_in": {
    guruji?: string;
    person?: { id?: string; name?: string; phone?: string };
    appointment?: string;
    credit?: "elderly" | "disabled" | "pregnant";
    emergency?: boolean;
    /** From this device's own lease, when it was cut off. */
    token?: string;
    reason?: string;
    language?: string;
    override?: boolean;
  };
  "queue.call_next": { guruji?: string };
  "queue.call": Entry;
  "queue.recall": Entry;
  "queue.no_answer": Entry;
  "queue.hold": Entry;
  "queue.resume": Entry;
  "queue.start": Entry;
  "queue.complete": Entry;
  "queue.cancel": Entry;
  "queue.leave": Entry;
  "queue.no_show": Entry;
  "queue.reinstate": Entry;
  "queue.transfer": Entry & { guruji: string };
  "queue.prioritise": {
    entry: string;
    emergency?: boolean;
    credit?: "elderly" | "disabled" | "pregnant";
    nudge?: number;
    reason: string;
  };
  "queue.undo": { entry: string; action: string };
  "queue.lease_tokens": { count: number };
  "guruji.set_availability": {
    guruji?: string;
    availability: "available" | "on_break" | "busy" | "off";
    until?: string;
  };
  "guruji.set_room": { guruji?: string; room: string };
}

export type ActionType = keyof Actions;
export type ActionData<T extends string> = T extends ActionType ? Actions[T] : Fields;

/** What the node answers to an applied action, by type. */
export interface Answers {
  "queue.check_in": {
    entry: string;
    token: string;
    guruji?: string;
    position: number | null;
    ahead: number | null;
    wait?: Wait | null;
    longWait?: boolean;
    /** The signed link of the slip. */
    link?: string;
  };
  "queue.lease_tokens": { lease: string; day: string; prefix: string; from: number; to: number };
}

type MoveType = Exclude<Extract<ActionType, `queue.${string}`>, keyof Answers>;

export type AnswerData<T extends string> = T extends keyof Answers
  ? Answers[T]
  : T extends MoveType
    ? Moved
    : Fields | undefined;

export type EventType =
  | `appointment.${"created" | "updated" | "cancelled" | "rescheduled" | "checked_in" | "completed" | "reminder"}`
  | `queue.${"entry_added" | "entry_updated" | "entry_removed" | "position_updated"}`
  | `queue.${"called" | "recalled" | "transferred" | "day_opened" | "day_closed"}`
  | `consultation.${"started" | "ended" | "updated"}`
  | `remedy.${"prescribed" | "updated" | "completed"}`
  | `notification.${"sent" | "read" | "deleted"}`
  | `user.${"registered" | "updated" | "status_changed"}`
  | `guruji.${"available" | "busy" | "offline" | "schedule_updated"}`
  | `system.${"maintenance" | "update" | "error"}`
  | "server.time_update"
  | `emergency.${"raised" | "resolved"}`
  | `device.${"requested" | "approved" | "revoked" | "silent"}`
  | "conflict.recorded"
  | `request.${"received" | "settled"}`
  | `announcement.${"published" | "withdrawn"}`
  | "uplink.changed";

export type EventOf<T extends EventType | "*"> = EventEnvelope<T extends "*" ? string : T>;
