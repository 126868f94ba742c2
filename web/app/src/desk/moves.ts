import type { Act, Client, Fields, Patch, QueueEntry } from "@sangam/sdk";

/** What can be done with one entry. Those in `needsMore` ask for something first, in a panel. */
export type Move =
  | "call"
  | "recall"
  | "no_answer"
  | "hold"
  | "resume"
  | "start"
  | "complete"
  | "transfer"
  | "prioritise"
  | "leave"
  | "no_show"
  | "cancel"
  | "reinstate";

const BY_STATUS: Readonly<Record<string, readonly Move[]>> = {
  waiting: ["call", "hold", "transfer", "prioritise", "leave", "cancel"],
  no_answer: ["call", "hold", "transfer", "prioritise", "no_show", "cancel"],
  called: ["start", "recall", "no_answer", "hold", "transfer", "leave"],
  in_service: ["complete", "hold", "transfer", "cancel"],
  on_hold: ["resume", "call", "transfer", "leave", "cancel"],
};
const ENDED: readonly Move[] = ["reinstate"];

/** The single key of a move: the same on every screen. H holds, and takes off hold. */
export const KEY_OF: Partial<Record<Move, string>> = {
  call: "L",
  recall: "R",
  no_answer: "S",
  hold: "H",
  resume: "H",
  transfer: "T",
  prioritise: "P",
  complete: "F",
  start: "G",
  reinstate: "B",
};

/** Moves of an entry as it stands, the likeliest first; none while its own check-in is not settled. */
export function movesOf(entry: Pick<QueueEntry, "status" | "token">): readonly Move[] {
  return entry.token === "" ? [] : (BY_STATUS[entry.status] ?? ENDED);
}

/** What the person saw of the row when they acted: the node refuses when it has changed since. */
export function sawOf(entry: QueueEntry, move: Move): Fields {
  const saw: Record<string, unknown> = { status: entry.status, generation: entry.generation };
  if (move === "transfer") saw.guruji = entry.guruji;
  if (move === "prioritise") {
    saw.band = entry.band;
    saw.credit = entry.fields.credit ?? 0;
  }
  return saw;
}

/** Acts on an entry as it was shown to the person. `more` is what the move needs beside the entry. */
export function move(client: Client, entry: QueueEntry, what: Move, more: Fields = {}): Act {
  const type = `queue.${what}`;
  return client.act(type, { ...more, entry: entry.id }, { saw: sawOf(entry, what) });
}

/** Ms until the entry may be called again; 0 when it may. */
export function recallInMs(entry: QueueEntry, clinicNowMs: number, afterS: number): number {
  const called = Date.parse(String(entry.fields.calledAt ?? ""));
  return Number.isNaN(called) ? 0 : Math.max(0, called + afterS * 1000 - clinicNowMs);
}

/** What an undo is expected to put back. */
export function undone(before: QueueEntry, now: QueueEntry | null): Patch | false {
  if (!now) return false;
  const { status, guruji, band } = before;
  return {
    kind: "row",
    id: before.id,
    fields: { ...before.fields, status, guruji, band, generation: now.generation + 1 },
  };
}
