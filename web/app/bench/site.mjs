// A site at work for the bench: who stands in its queue, and changes made through its public door.

import { userOf } from "../e2e/desk.mjs";
import { act, ask, queueOf, signIn, uuidv7 } from "../e2e/world.mjs";

const BATCH = 200;

/** Somebody at a desk who needs no screen. */
export async function openDesk(site) {
  const who = await signIn(site.url, userOf(site, "coordinator"));
  /** id -> what a desk saw of them last. */
  const seen = new Map();

  async function look() {
    seen.clear();
    for (const { entries } of (await queueOf(who)).gurujis)
      for (const { id, status, generation } of entries) seen.set(id, { status, generation });
  }

  async function must(type, data, saw) {
    const result = await act(who, type, data, saw);
    if (result.status !== "applied") throw new Error(`${type}: ${JSON.stringify(result)}`);
    return result.data;
  }

  return {
    look,
    ids: () => [...seen.keys()],
    /** So many people come, spread over all gurujis. */
    async fill(people) {
      const { gurujis } = await queueOf(who);
      const actions = Array.from({ length: people }, (_, i) => ({
        id: uuidv7(),
        type: "queue.check_in",
        at: new Date().toISOString(),
        data: { guruji: gurujis[i % gurujis.length].id, person: { name: `Devotee ${i + 1}` } },
      }));
      while (actions.length > 0) {
        const body = { actions: actions.splice(0, BATCH) };
        const { results } = await ask(`${who.base}/api/v1/actions`, {
          method: "POST",
          token: who.token,
          body,
        });
        const refused = results.find((one) => one.status !== "applied");
        if (refused) throw new Error(JSON.stringify(refused));
      }
      await look();
    },
    /** Puts somebody on hold, or back into the line. */
    async toggle(id) {
      const saw = seen.get(id);
      const held = saw.status === "on_hold";
      await must(held ? "queue.resume" : "queue.hold", { entry: id }, saw);
      seen.set(id, {
        status: held ? "waiting" : "on_hold",
        generation: saw.generation + (held ? 1 : 0),
      });
    },
    /** Somebody comes, and leaves again. */
    async visit() {
      const { gurujis } = await queueOf(who);
      const { entry } = await must("queue.check_in", { guruji: gurujis[0].id });
      await must("queue.cancel", { entry }, { status: "waiting", generation: 1 });
    },
  };
}
