import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, type Outcome, pendingOf, waitingForOthers } from "../src/index.ts";
import { asha, problem, ravi } from "../src/testing.ts";
import { settle, until } from "./clock.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
  world.node.entry("a1");
  world.node.entry("a2");
});
afterEach(() => world.close());

const distinct = () => new Set(world.node.received.map((r) => r.action.id)).size;
const waiting = (c: Client) => pendingOf(c.getState()).waiting.map((p) => p.type);

describe("several tabs and people", () => {
  it("two tabs that replay at once send each action once, in order", async () => {
    const one = await world.openTab();
    const two = await world.openTab({ view: "queue" });
    world.node.down();
    await world.clock.advance(6_000);
    const acts = [one, two, one, two, one].map((c, i) => c.act("note.write", { name: `s${i}` }));
    await Promise.all(acts.map((a) => a.stored));
    await settle();
    expect(waiting(one)).toHaveLength(5);
    expect(waiting(two)).toHaveLength(5);
    world.node.line = "up";
    await world.clock.advance(8_000);
    await until("all are settled", () => waiting(one).length + waiting(two).length === 0);
    expect(world.node.received.map((r) => r.action.data.name)).toEqual(["s0", "s1", "s2", "s3", "s4"]);
    const outcomes = await Promise.all(acts.map((a): Promise<Outcome> => a.settled));
    expect(new Set(outcomes.map((o) => o.status))).toEqual(new Set(["applied"]));
  });

  it("a tab that dies while it sends leaves its actions to another, once its lease is over", async () => {
    const one = await world.openTab();
    const two = await world.openTab({ view: "queue" });
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await world.clock.advance(3_000);
    world.node.line = "silent"; // the request hangs, and the lease with it
    const act = one.act("note.write", { name: "x" });
    await until("it is kept", () => waiting(two).length === 1);
    await settle();
    world.crash(one);
    world.node.line = "up";
    await world.clock.advance(20_000);
    expect(distinct()).toBe(1);
    expect(world.node.received.map((r) => r.action.id)).toContain(act.id);
    expect(waiting(two)).toEqual([]);
  });

  it("a tab that closes before it tells the others leaves no action listed that was judged", async () => {
    const Channel = world.channelClass();
    const mute = class extends Channel {
      override postMessage(said: unknown): void {
        if (!JSON.stringify(said).includes('"settled"')) super.postMessage(said);
      }
    };
    const one = await world.openTab({ deps: { BroadcastChannel: mute } });
    const two = await world.openTab({ view: "queue" });
    world.node.judge = ({ data }) => (data.name === "no" ? { error: problem(409, "stale", "Changed.") } : {});
    for (const name of ["yes", "no"]) await one.act("note.write", { name }).settled;
    await until("the other lists both", () => waiting(two).length === 2);
    world.crash(one);
    await world.clock.advance(40_000);
    expect(waiting(two)).toEqual([]);
    expect(pendingOf(two.getState()).rejected.map((p) => p.data.name)).toEqual(["no"]);
    expect(distinct()).toBe(2);
  });

  it("what one tab discards is settled in the tab that did it", async () => {
    const one = await world.openTab();
    const two = await world.openTab({ view: "queue" });
    world.node.down();
    await world.clock.advance(6_000);
    const act = one.act("note.write", { name: "x" });
    await act.stored;
    await until("the other lists it", () => waiting(two).length === 1);
    await two.discard(act.id);
    expect(await act.settled).toMatchObject({ status: "rejected", error: { code: "aborted" } });
    expect(waiting(one)).toEqual([]);
  });

  it("never sends one person's actions under another, and says whose they are", async () => {
    const client = await world.openTab();
    world.node.down();
    await world.clock.advance(5_000);
    const acts = ["x", "y", "z"].map((name) => client.act("note.write", { name }));
    await Promise.all(acts.map((a) => a.stored));
    world.node.line = "up";
    world.node.before = (path) => {
      if (path.endsWith("/actions") && world.node.user?.id === asha.id)
        throw problem(401, "unauthenticated", "Over.");
    };
    world.node.user = null; // Asha's session ended while the line was down
    await world.clock.advance(8_000);
    expect(client.getState().session.status).toBe("signed_out");
    expect(waitingForOthers(client.getState())).toEqual([{ userId: asha.id, name: "Asha", count: 3 }]);

    await client.signIn({ user: "Ravi", pin: "1" });
    await world.clock.advance(10_000);
    await client.act("queue.call", { entry: "a1" }).settled;
    expect(world.node.received.map((r) => [r.by, r.action.type])).toEqual([[ravi.id, "queue.call"]]);
    expect(waitingForOthers(client.getState())).toEqual([{ userId: asha.id, name: "Asha", count: 3 }]);
    expect(await client.discard(acts[0]?.id ?? "")).toBe(false);

    world.node.before = () => {};
    await client.signOut();
    await client.signIn({ user: "Asha", pin: "1" });
    await world.clock.advance(3_000);
    expect(world.node.received.slice(1).map((r) => [r.by, r.action.data.name])).toEqual([
      [asha.id, "x"],
      [asha.id, "y"],
      [asha.id, "z"],
    ]);
    expect(waitingForOthers(client.getState())).toEqual([]);
  });

  it("stops sending the moment another signs in on top", async () => {
    const client = await world.openTab();
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await world.clock.advance(3_000);
    world.node.answerDelayMs = 1_000;
    const first = client.act("note.write", { name: "x" });
    await first.stored;
    await settle(); // it is under way, and these will have to wait for it
    for (const name of ["y", "z"]) await client.act("note.write", { name }).stored;
    const signedIn = client.signIn({ user: "Ravi", pin: "1" });
    await world.clock.advance(30_000);
    expect((await signedIn).name).toBe("Ravi");
    const by = world.node.received.map((r) => [r.by, r.action.data.name]);
    expect(by.filter(([who]) => who !== asha.id)).toEqual(
      by.filter(([, name]) => name === "x" && by.length === 0),
    );
    expect(waitingForOthers(client.getState())).toMatchObject([{ name: "Asha" }]);
  });

  it("does not send to a node what was meant for another", async () => {
    const client = await world.openTab();
    world.node.down();
    await world.clock.advance(5_000);
    await client.act("queue.call", { entry: "a1" }).stored;
    world.crash(client);
    world.node.id = "node-2";
    world.node.line = "up";
    const later = await world.openTab();
    await world.clock.advance(5_000);
    expect(world.node.received).toEqual([]);
    expect(later.getState().session.node).toBe("node-2");
  });
});
