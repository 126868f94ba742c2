import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, entryById, pendingOf, queueOf } from "../src/index.ts";
import { asha, problem } from "../src/testing.ts";
import { settle, until } from "./clock.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
  world.node.entry("a1");
  world.node.entry("a2");
});
afterEach(() => world.close());

const types = () => world.node.received.map((r) => r.action.type);
const distinct = () => new Set(world.node.received.map((r) => r.action.id)).size;
const waiting = (c: Client) => pendingOf(c.getState()).waiting.map((p) => p.type);
const status = (c: Client, id: string) => entryById(c.getState(), id)?.status;

/** Everything on this browser's disk, as text. */
async function onDisk(): Promise<string> {
  const request = world.disk?.open("sangam");
  if (!request) return "";
  const db = await new Promise<IDBDatabase>((open) => {
    request.onsuccess = () => open(request.result);
  });
  const all = await Promise.all(
    ["actions", "notes"].map(
      (name) =>
        new Promise<unknown[]>((read) => {
          const got = db.transaction(name).objectStore(name).getAll();
          got.onsuccess = () => read(got.result);
        }),
    ),
  );
  db.close();
  return JSON.stringify(all);
}

describe("an action", () => {
  it("goes over the live socket, is shown at once, and settles with the node's answer", async () => {
    const client = await world.openTab();
    world.node.judge = () => ({ data: { entry: "a1", token: "A1", status: "called" } });
    const act = client.act("queue.call", { entry: "a1" });
    expect(status(client, "a1")).toBe("called");
    expect(entryById(client.getState(), "a1")?.pending).toBe(true);
    const outcome = await act.settled;
    expect(outcome).toMatchObject({ status: "applied", id: act.id, data: { token: "A1" } });
    expect(world.node.received).toMatchObject([
      { how: "socket", action: { id: act.id, saw: { status: "waiting", generation: 0 } } },
    ]);
    expect(act.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await act.stored).toBe(true);
  });

  it("waits for no disk on a live socket, and is on it until it is settled", async () => {
    const client = await world.openTab();
    const act = client.act("queue.call", { entry: "a1" });
    expect(types()).toEqual(["queue.call"]);
    expect(await act.stored).toBe(true);
    expect(await act.settled).toMatchObject({ status: "applied" });
    await world.clock.advance(20_000);
    expect(types()).toEqual(["queue.call"]);
    expect(await onDisk()).not.toContain(act.id);
  });

  it("is on disk when its tab closes before the answer came, and is sent again under its id", async () => {
    const client = await world.openTab();
    world.node.answerDelayMs = 1_000;
    const act = client.act("queue.call", { entry: "a1" });
    expect(await act.stored).toBe(true);
    world.crash(client);
    expect(await onDisk()).toContain(act.id);
    const later = await world.openTab();
    await world.clock.advance(20_000);
    expect(distinct()).toBe(1);
    expect(waiting(later)).toEqual([]);
  });

  it("does not overtake what was done before it and is not settled", async () => {
    const client = await world.openTab();
    for (const name of ["a", "b", "c", "d", "e"]) client.act("note.write", { name });
    await world.clock.advance(3_000);
    expect([...new Set(world.node.received.map((r) => r.action.data.name))].join("")).toBe("abcde");
    expect(waiting(client)).toEqual([]);
  });

  it("keeps its prediction until its row arrives, without flickering back", async () => {
    const client = await world.openTab();
    const seen: unknown[] = [];
    client.subscribe(() => seen.push(status(client, "a1")));
    await client.act("queue.call", { entry: "a1" }).settled;
    await settle();
    expect(status(client, "a1")).toBe("called");
    world.node.commit([world.node.entry("a1", { status: "called", room: "2" })]);
    expect(client.getState().pending).toEqual([]);
    expect(client.getState().patches).toEqual([]);
    expect(new Set(seen)).toEqual(new Set(["called"]));
  });

  it("lets go of its prediction when the row came before the answer", async () => {
    const client = await world.openTab();
    world.node.judge = () => {
      world.node.commit([world.node.entry("a1", { status: "on_hold", generation: 3 })]);
      return {};
    };
    await client.act("queue.call", { entry: "a1" }).settled;
    expect(client.getState().patches).toEqual([]);
    expect(status(client, "a1")).toBe("on_hold");
  });

  it("takes a wrong guess of who is next back at the answer", async () => {
    const client = await world.openTab();
    world.node.judge = () => ({ data: { entry: "a2", token: "A2", status: "called" } });
    const act = client.act("queue.call_next", { guruji: "g1" });
    expect(status(client, "a1")).toBe("called");
    await act.settled;
    expect(status(client, "a1")).toBe("waiting");
  });

  it("rolls its prediction back when it is rejected, and stays listed until retry or discard", async () => {
    const client = await world.openTab();
    const current = { status: "called", generation: 4 };
    world.node.judge = () => ({
      status: "rejected",
      error: { ...problem(409, "stale", "Changed."), current },
    });
    const act = client.act("queue.hold", { entry: "a1" });
    expect(status(client, "a1")).toBe("on_hold");
    expect(await act.settled).toMatchObject({ status: "rejected", error: { code: "stale" } });
    expect(status(client, "a1")).toBe("waiting");
    expect(pendingOf(client.getState()).rejected).toMatchObject([{ id: act.id, error: { code: "stale" } }]);

    world.node.judge = () => ({});
    const again = client.retry(act.id);
    expect(again.id).not.toBe(act.id);
    expect(await again.settled).toMatchObject({ status: "applied" });
    expect(world.node.received.at(-1)?.action.saw).toEqual(current); // it says it saw the row as it is now
    await settle();
    expect(pendingOf(client.getState()).rejected).toEqual([]);
    expect(await onDisk()).not.toContain(act.id);
  });

  it("can be discarded after a refusal, also by a later tab", async () => {
    const first = await world.openTab();
    world.node.judge = () => ({ status: "rejected", error: problem(409, "not_allowed", "No.") });
    const act = first.act("queue.call", { entry: "a1" });
    await act.settled;
    world.crash(first);
    const second = await world.openTab();
    expect(pendingOf(second.getState()).rejected).toMatchObject([
      { id: act.id, error: { code: "not_allowed" } },
    ]);
    expect(await second.discard(act.id)).toBe(true);
    expect(await second.discard(act.id)).toBe(false);
    expect(await onDisk()).not.toContain(act.id);
    expect(types()).toHaveLength(1);
  });
});

describe("while the node is away", () => {
  it("keeps the order of taps and sends each once when it is back", async () => {
    const client = await world.openTab();
    world.node.down();
    await world.clock.advance(5_000);
    const acts = [
      client.act("queue.call", { entry: "a1" }),
      client.act("queue.start", { entry: "a1" }),
      client.act("queue.hold", { entry: "a2" }),
      client.act("queue.complete", { entry: "a1" }),
    ];
    await Promise.all(acts.map((a) => a.stored));
    expect(waiting(client)).toEqual(["queue.call", "queue.start", "queue.hold", "queue.complete"]);
    expect(queueOf(client.getState()).map((e) => [e.token, e.status])).toEqual([["A2", "on_hold"]]);
    world.node.line = "up";
    await world.clock.advance(6_000);
    const outcomes = await Promise.all(acts.map((a) => a.settled));
    expect(outcomes.map((o) => o.status)).toEqual(["applied", "applied", "applied", "applied"]);
    expect(types()).toEqual(["queue.call", "queue.start", "queue.hold", "queue.complete"]);
    // Each action says what its person saw then, the ones before it included.
    expect(world.node.received.map((r) => r.action.saw?.status)).toEqual([
      "waiting",
      "called",
      "waiting",
      "in_service",
    ]);
  });

  it("survives the tab: what waited is shown and sent by the next one", async () => {
    const first = await world.openTab();
    world.node.down();
    await world.clock.advance(5_000);
    const act = first.act("queue.call", { entry: "a1" });
    await act.stored;
    world.crash(first);
    const second = await world.openTab();
    expect(waiting(second)).toEqual(["queue.call"]); // although the node cannot say who this is yet
    world.node.line = "up";
    await world.clock.advance(6_000);
    expect(world.node.received.map((r) => r.action.id)).toEqual([act.id]);
    expect(waiting(second)).toEqual([]);
  });

  it("sends again under the same id when only the answer was lost, and takes the first answer", async () => {
    const client = await world.openTab();
    world.node.resultsOnSocket = false;
    world.node.judge = () => ({ data: { entry: "a1", token: "A1", status: "called" } });
    const act = client.act("queue.call", { entry: "a1" });
    await until("it reached the node", () => world.node.received.length === 1);
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await world.clock.advance(2_000);
    expect(await act.settled).toMatchObject({ status: "duplicate", data: { token: "A1" } });
    expect(world.node.received.map((r) => [r.how, r.action.id])).toEqual([
      ["socket", act.id],
      ["http", act.id],
    ]);
  });

  it("does not wait for ever for a result that the socket owes", async () => {
    const client = await world.openTab();
    world.node.resultsOnSocket = false;
    const act = client.act("queue.call", { entry: "a1" });
    await until("it reached the node", () => world.node.received.length === 1);
    await world.clock.advance(5_100);
    expect(await act.settled).toMatchObject({ status: "duplicate" });
  });

  it("keeps what the node refused for now, and holds back what comes after it", async () => {
    const client = await world.openTab();
    let busy = true;
    world.node.judge = () =>
      busy ? { status: "rejected", error: problem(503, "unavailable", "Later.", true) } : {};
    const first = client.act("queue.call", { entry: "a1" });
    const second = client.act("queue.start", { entry: "a1" });
    await world.live(20_000);
    expect(waiting(client)).toEqual(["queue.call", "queue.start"]);
    expect(types()).not.toContain("queue.start");
    const tries = world.node.received.length;
    expect(tries).toBeGreaterThan(2);
    expect(tries).toBeLessThan(9);
    busy = false;
    await world.clock.advance(10_100);
    expect([(await first.settled).status, (await second.settled).status]).toEqual(["applied", "applied"]);
  });

  it("sends at most 200 actions or 256 KiB at once", async () => {
    const client = await world.openTab();
    world.node.down();
    await world.clock.advance(5_000);
    const long = "अ".repeat(2_000);
    const acts = Array.from({ length: 450 }, (_, i) =>
      client.act("note.write", { n: i, body: i < 100 ? long : "" }),
    );
    await Promise.all(acts.map((a) => a.stored));
    const bodies: { actions: unknown[]; bytes: number }[] = [];
    world.node.line = "up";
    const route = world.node.route.bind(world.node);
    world.node.route = (method, url, body) => {
      if (url.pathname.endsWith("/actions")) {
        bodies.push({ actions: body?.actions as unknown[], bytes: Buffer.byteLength(JSON.stringify(body)) });
      }
      return route(method, url, body);
    };
    await world.clock.advance(8_000);
    const outcomes = await Promise.all(acts.map((a) => a.settled));
    expect(new Set(outcomes.map((o) => o.status))).toEqual(new Set(["applied"]));
    expect(Math.max(...bodies.map((b) => b.actions.length))).toBeLessThanOrEqual(200);
    expect(Math.max(...bodies.map((b) => b.bytes))).toBeLessThanOrEqual(256 * 1024);
    expect(world.node.received.map((r) => r.action.data.n)).toEqual(acts.map((_, i) => i));
  });

  it.each([problem(500, "internal", "It broke."), problem(422, "invalid", "What is this?")])(
    "isolates an action the node cannot take ($code), so that it holds up no other",
    async (refusal) => {
      const client = await world.openTab();
      world.node.down();
      await world.clock.advance(5_000);
      const acts = ["a", "bad", "c", "d", "e"].map((name) => client.act("note.write", { name }));
      await Promise.all(acts.map((a) => a.stored));
      const route = world.node.route.bind(world.node);
      world.node.route = (method, url, body) => {
        if (JSON.stringify(body ?? {}).includes('"bad"')) throw refusal;
        return route(method, url, body);
      };
      world.node.line = "up";
      await world.clock.advance(90_000);
      const outcomes = await Promise.all(acts.map((a) => a.settled));
      expect(outcomes.map((o) => o.status)).toEqual(["applied", "rejected", "applied", "applied", "applied"]);
    },
  );
});

describe("what a browser may keep", () => {
  it("never a PIN: such an action is sent at once or not at all", async () => {
    const client = await world.openTab();
    await client.act("staff.create", { name: "New", role: "coordinator", pin: "4711" }).settled;
    expect(world.node.received.at(-1)?.action.data.pin).toBe("4711");
    world.node.down();
    await world.clock.advance(3_000);
    const act = client.act("staff.reset_pin", { staff: "s", pin: "4712" });
    expect(await act.stored).toBe(false);
    await world.clock.advance(5_000);
    expect(await act.settled).toMatchObject({
      status: "rejected",
      error: { code: "offline", retryable: true },
    });
    expect(await onDisk()).not.toContain("471");
    expect(JSON.stringify(client.getState())).not.toContain("471");
  });

  it("says so when it keeps actions in memory only, and sends them all the same", async () => {
    world.disk = null;
    const client = await world.openTab();
    expect(client.getState().queueDurable).toBe(false);
    world.node.down();
    await world.clock.advance(5_000);
    const act = client.act("queue.call", { entry: "a1" });
    expect(await act.stored).toBe(false);
    world.node.line = "up";
    await world.clock.advance(6_000);
    expect(await act.settled).toMatchObject({ status: "applied" });
  });

  it("refuses to act for nobody", async () => {
    world.node.user = null;
    const client = await world.openTab();
    const act = client.act("queue.call", { entry: "a1" });
    expect(await act.settled).toMatchObject({ status: "rejected", error: { code: "unauthenticated" } });
  });

  it("waits with a tap made before it is known who is signed in", async () => {
    const client = world.tab();
    client.start();
    const act = client.act("note.write", { name: "early" });
    world.node.judge = () => ({ status: "rejected", error: problem(503, "unavailable", "Later.", true) });
    await world.clock.advance(300);
    expect(client.getState().pending).toMatchObject([{ id: act.id, mine: true, user: { name: "Asha" } }]);
    world.node.judge = () => ({});
    await world.clock.advance(5_000);
    expect(await act.settled).toMatchObject({ status: "applied" });
    expect(new Set(world.node.received.map((r) => `${r.by} ${r.action.id}`))).toEqual(
      new Set([`${asha.id} ${act.id}`]),
    );
  });
});

describe("applyOptimisticUpdate", () => {
  const patch = { kind: "row", id: "a1", fields: { status: "called" } };

  it("shows the patch until it is confirmed or rolled back", async () => {
    const client = await world.openTab();
    const undone: string[] = [];
    const first = client.applyOptimisticUpdate(
      "k",
      () => patch,
      () => undone.push("first"),
    );
    expect(status(client, "a1")).toBe("called");
    first.rollback();
    first.rollback();
    expect(status(client, "a1")).toBe("waiting");
    const second = client.applyOptimisticUpdate(
      "k",
      () => patch,
      () => undone.push("second"),
    );
    second.confirm();
    second.rollback();
    expect(undone).toEqual(["first"]);
    expect(client.getState().patches).toEqual([]);
  });

  it("follows an action, and is rolled back with it", async () => {
    const client = await world.openTab();
    world.node.judge = () => ({ status: "rejected", error: problem(409, "stale", "Changed.") });
    const undone: string[] = [];
    const followed = client.act("queue.recall", { entry: "a1" }, { optimistic: false });
    client.applyOptimisticUpdate(
      "k",
      () => patch,
      () => undone.push("k"),
      { followed },
    );
    await followed.settled;
    await settle();
    expect(undone).toEqual(["k"]);
    expect(status(client, "a1")).toBe("waiting");
  });

  it("follows a promise, as the existing app's screens hand one in", async () => {
    const client = await world.openTab();
    const undone: string[] = [];
    const back = (name: string) => () => undone.push(name);
    client.applyOptimisticUpdate("good", () => Promise.resolve("saved"), back("good"));
    client.applyOptimisticUpdate("bad", () => Promise.reject(new Error("no")), back("bad"));
    expect(client.getState().patches).toEqual([]);
    await settle();
    await world.live(35_000);
    expect(undone).toEqual(["bad"]);
  });

  it("does not believe for ever: after 30 s it is rolled back", async () => {
    const client = await world.openTab();
    const undone: string[] = [];
    client.applyOptimisticUpdate(
      "k",
      () => [patch],
      () => undone.push("k"),
    );
    await world.live(25_000);
    expect(undone).toEqual([]);
    await world.live(10_000);
    expect(undone).toEqual(["k"]);
  });

  it("gives its place to a second one with the same key", async () => {
    const client = await world.openTab();
    const undone: string[] = [];
    client.applyOptimisticUpdate(
      "k",
      () => patch,
      () => undone.push("first"),
    );
    const second = client.applyOptimisticUpdate(
      "k",
      () => ({ ...patch, fields: { status: "on_hold" } }),
      () => undone.push("second"),
    );
    expect(status(client, "a1")).toBe("on_hold");
    second.rollback();
    expect(undone).toEqual(["second"]);
  });
});
