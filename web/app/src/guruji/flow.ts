import type { GurujiRow, QueueEntry } from "@sangam/sdk";

/** What the tablet is about just now. */
export type Stage =
  | { name: "here"; entry: QueueEntry; others: readonly QueueEntry[] }
  | { name: "called"; entry: QueueEntry }
  | { name: "free" }
  | { name: "away"; until: string | null; off: boolean };

const time = (at: unknown) => {
  const ms = Date.parse(String(at ?? ""));
  return Number.isNaN(ms) ? Number.MAX_SAFE_INTEGER : ms;
};

/**
 * Who is inside comes before who is called, and both before a break: a person in front of the guruji is never hidden.
 * With several inside the one longest there is shown.
 */
export function stageOf(
  guruji: Pick<GurujiRow, "availability" | "until"> | null,
  queue: readonly QueueEntry[],
): Stage {
  const inside = queue
    .filter((entry) => entry.status === "in_service")
    .sort((a, b) => time(a.fields.startedAt) - time(b.fields.startedAt));
  const [first, ...others] = inside;
  if (first) return { name: "here", entry: first, others };
  const called = queue
    .filter((entry) => entry.status === "called")
    .sort((a, b) => time(a.fields.calledAt) - time(b.fields.calledAt))[0];
  if (called) return { name: "called", entry: called };
  if (guruji?.availability === "on_break") return { name: "away", until: guruji.until, off: false };
  if (guruji?.availability === "off") return { name: "away", until: null, off: true };
  return { name: "free" };
}

/** A second press within this time of a step belongs to the first one. */
export const SETTLE_MS = 700;

/** Whether a press of the one key counts: the stage must have been in sight long enough to be read. */
export const maySettle = (shownSinceMs: number, nowMs: number): boolean => nowMs - shownSinceMs >= SETTLE_MS;
