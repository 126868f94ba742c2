import {
  type Act,
  entryById,
  type Outcome,
  type PendingAction,
  type QueueEntry,
  type State,
} from "@sangam/sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "../screen/client.tsx";
import { undone } from "./moves.ts";

/** The node takes an action back for ten seconds; a second less here, so that what is offered still works. */
export const UNDO_MS = 9000;

export interface Undoable {
  action: string;
  type: string;
  data: PendingAction["data"];
  entry: string;
  before: QueueEntry | null;
  /** The row's last action when this one was applied: its own change may arrive a moment later. */
  seen: unknown;
  /** This browser's clock. */
  until: number;
}

/** Whether the offer still stands: in time, and nothing was done to the entry since. */
export function stillOffered(last: Undoable | null, now: number, lastAction: unknown): last is Undoable {
  if (!last || now >= last.until) return false;
  return lastAction === last.action || lastAction === last.seen;
}

export interface Undo {
  last: Undoable | null;
  /** Follows an action; once it is applied it can be taken back. */
  follow(act: Act, type: string, data: PendingAction["data"], before: QueueEntry | null): void;
  undo(): void;
}

export const lastActionOf = (state: State, entry: string) =>
  state.rows.get("row")?.get(entry)?.fields.lastAction;

/** Remembers the last thing done here, as long as the node would take it back. */
export function useUndo(): Undo {
  const client = useClient();
  const [last, setLast] = useState<Undoable | null>(null);
  const held = useRef(last);
  held.current = last;

  useEffect(() => {
    if (!last) return;
    const timer = setTimeout(() => setLast((now) => (now === last ? null : now)), last.until - Date.now());
    return () => clearTimeout(timer);
  }, [last]);

  const follow = useCallback<Undo["follow"]>(
    (act, type, data, before) => {
      void act.settled.then((outcome: Outcome) => {
        if (outcome.status === "rejected") return;
        const answered = (outcome.data as { entry?: unknown } | undefined)?.entry;
        const entry = typeof answered === "string" ? answered : String(data.entry ?? "");
        const seen = lastActionOf(client.getState(), entry);
        setLast({
          action: act.id,
          type,
          data: { ...data, entry },
          entry,
          before,
          seen,
          until: Date.now() + UNDO_MS,
        });
      });
    },
    [client],
  );

  const undo = useCallback(() => {
    const one = held.current;
    if (!one || Date.now() >= one.until) return;
    setLast(null);
    const now = entryById(client.getState(), one.entry);
    client.act(
      "queue.undo",
      { entry: one.entry, action: one.action },
      { optimistic: one.before ? undone(one.before, now) : false },
    );
  }, [client]);

  return { last, follow, undo };
}
