"use server";
import { SocketEventTypes } from "@sangam/sdk/server";
import { savePapers } from "../../lib/papers.ts";
import { sangam } from "../../lib/sangam.ts";

export type CheckedIn = { ok: true; token: string } | { ok: false; why: string };

/** Asks the node for a place in the queue, under the app's key. */
export async function checkIn(name: string): Promise<CheckedIn> {
  const outcome = await sangam().act("queue.check_in", { person: { name } });
  return outcome.status === "rejected"
    ? { ok: false, why: outcome.error.message }
    : { ok: true, token: outcome.data.token };
}

/** What only this app knows: it commits first, then tells the node, so that every desk hears of it. */
export async function setPapers(entry: string, papers: string): Promise<void> {
  await savePapers(entry, papers);
  // A failure is an answer and is logged; the commit stands, and desks see it at the next load.
  await sangam().emitQueueEvent(SocketEventTypes.QUEUE_ENTRY_UPDATED, entry, { papers });
}
