import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, pendingOf } from "../src/index.ts";
import { problem } from "../src/testing.ts";
import { settle, until } from "./clock.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
  world.node.entry("a1");
});
afterEach(() => world.close());

const names = () => world.node.received.map((r) => r.action.data.name);
const applied = () => [...world.node.answered.values()].filter((r) => r.status === "applied").length;
const waiting = (c: Client) => pendingOf(c.getState()).waiting.length;

async function offline(): Promise<Client> {
  const client = await world.openTab();
  world.node.down();
  await world.clock.advance(5_000);
  return client;
}

/** Has the disk refuse new actions, as a browser does that is out of room; gives how to end it. */
async function fill(): Promise<() => void> {
  if (!world.disk) throw new Error("no disk");
  const request = world.disk.open("sangam");
  const db = await new Promise<IDBDatabase>((open) => {
    request.onsuccess = () => open(request.result);
  });
  const proto = Object.getPrototypeOf(db.transaction("actions").objectStore("actions")) as IDBObjectStore;
  db.close();
  const { add } = proto;
  proto.add = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
  return () => {
    proto.add = add;
  };
}

describe("a disk that is full", () => {
  it("is told of by name, loses nothing, and takes everything in order once it has room", async () => {
    const client = await offline();
    await client.act("note.write", { name: "1" }).stored;
    expect(client.getState().queueDurable).toBe(true);
    const empty = await fill();
    expect(await client.act("note.write", { name: "2" }).stored).toBe(false);
    expect(client.getState()).toMatchObject({ queueDurable: false, queueTrouble: "QuotaExceededError" });
    expect(waiting(client)).toBe(2);
    empty();
    expect(await client.act("note.write", { name: "3" }).stored).toBe(true);
    expect(client.getState()).toMatchObject({ queueDurable: true, queueTrouble: "" });

    world.crash(client); // what was in memory for a while is on disk now
    world.node.line = "up";
    await world.openTab();
    await world.clock.advance(6_000);
    expect(names()).toEqual(["1", "2", "3"]);
  });

  it("does not keep what is in memory from being sent, in its place", async () => {
    const client = await offline();
    await client.act("note.write", { name: "1" }).stored;
    const empty = await fill();
    const acts = Array.from({ length: 50 }, (_, i) => client.act("note.write", { name: `m${i}` }));
    await Promise.all(acts.map((a) => a.stored));
    world.node.line = "up";
    await world.clock.advance(8_000);
    expect((await Promise.all(acts.map((a) => a.settled))).every((o) => o.status === "applied")).toBe(true);
    expect(names()).toEqual(["1", ...acts.map((_, i) => `m${i}`)]);
    expect(client.getState().queueDurable).toBe(true);
    empty();
  });
});

describe("a disk that goes away", () => {
  it("is opened again when the browser closed it under the page", async () => {
    const client = await offline();
    await client.act("note.write", { name: "1" }).stored;
    const { disk } = world;
    await new Promise((gone) => {
      if (disk) disk.deleteDatabase("sangam").onsuccess = gone;
    });
    expect(await client.act("note.write", { name: "2" }).stored).toBe(true);
    world.node.line = "up";
    await world.clock.advance(6_000);
    expect(names()).toContain("2");
  });
});

describe("a long backlog", () => {
  it("of 2,000 actions survives the browser, and goes out whole, in order, 200 at a time", async () => {
    const client = await offline();
    const acts = Array.from({ length: 2_000 }, (_, i) => client.act("note.write", { name: `n${i}` }));
    await Promise.all(acts.map((a) => a.stored));
    world.crash(client);

    const sizes: number[] = [];
    const route = world.node.route.bind(world.node);
    world.node.route = (method, url, body) => {
      if (url.pathname.endsWith("/actions")) sizes.push([body?.actions].flat().length);
      return route(method, url, body);
    };
    const later = await world.openTab();
    expect(waiting(later)).toBe(2_000);
    world.node.line = "up";
    await world.clock.advance(6_000);
    await until("all are settled", () => waiting(later) === 0, 100_000);
    expect(names()).toEqual(acts.map((_, i) => `n${i}`));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
    expect(sizes).toHaveLength(10);
  }, 60_000);

  it("is applied once although the node starts anew in the middle of it", async () => {
    const client = await offline();
    const acts = Array.from({ length: 500 }, (_, i) => client.act("note.write", { name: `n${i}` }));
    await Promise.all(acts.map((a) => a.stored));
    let requests = 0;
    const route = world.node.route.bind(world.node);
    world.node.route = (method, url, body) => {
      const answer = route(method, url, body);
      if (!url.pathname.endsWith("/actions") || ++requests !== 2) return answer;
      world.node.down(); // it judged them, and died before it could say so
      world.node.boot = "boot-2";
      world.clock.setTimeout(() => {
        world.node.line = "up";
      }, 10_000);
      throw problem(503, "unavailable", "Going down.", true);
    };
    world.node.line = "up";
    await world.clock.advance(40_000);
    const outcomes = await Promise.all(acts.map((a) => a.settled));
    expect(new Set(outcomes.map((o) => o.status))).toEqual(new Set(["applied", "duplicate"]));
    expect(applied()).toBe(500);
    expect([...new Set(names())]).toEqual(acts.map((_, i) => `n${i}`));
  });

  it("is applied once by tabs that replay it at once after a restart of the browser", async () => {
    const first = await offline();
    const acts = Array.from({ length: 300 }, (_, i) => first.act("note.write", { name: `n${i}` }));
    await Promise.all(acts.map((a) => a.stored));
    world.crash(first);
    world.node.line = "up";
    const tabs = [world.tab(), world.tab(), world.tab({ view: "queue" })];
    for (const tab of tabs) tab.start();
    await world.clock.advance(40_000);
    expect(applied()).toBe(300);
    expect([...new Set(names())]).toEqual(acts.map((_, i) => `n${i}`));
    for (const tab of tabs) expect(waiting(tab)).toBe(0);
  });

  it("goes on past an action that is refused, which waits for its person", async () => {
    const client = await offline();
    const acts = ["a", "b", "c"].map((name) => client.act("note.write", { name }));
    await Promise.all(acts.map((a) => a.stored));
    world.node.judge = (action) =>
      action.data.name === "b" ? { status: "rejected", error: problem(409, "closed", "No more today.") } : {};
    world.node.line = "up";
    await world.clock.advance(6_000);
    expect((await Promise.all(acts.map((a) => a.settled))).map((o) => o.status)).toEqual([
      "applied",
      "rejected",
      "applied",
    ]);
    world.crash(client);
    const later = await world.openTab();
    expect(pendingOf(later.getState()).rejected).toMatchObject([
      { data: { name: "b" }, error: { code: "closed" } },
    ]);
    world.node.judge = () => ({});
    const again = later.retry(acts[1]?.id ?? "");
    expect((await again.settled).status).toBe("applied");
    await settle();
    expect(pendingOf(later.getState()).rejected).toEqual([]);
  });
});

describe("a clock that moves", () => {
  it.each([-86_400_000, -60_000, 60_000, 86_400_000])("by %i ms holds up no action", async (step) => {
    const client = await offline();
    const before = client.act("note.write", { name: "before" });
    await before.stored;
    world.skewMs += step;
    const after = client.act("note.write", { name: "after" });
    await after.stored;
    world.node.line = "up";
    await world.clock.advance(20_000);
    expect([(await before.settled).status, (await after.settled).status]).toEqual(["applied", "applied"]);
    expect(names()).toEqual(["before", "after"]);
    expect(before.id < after.id).toBe(true);
  });

  it("does not leave the right to send with a tab that is gone", async () => {
    const one = await world.openTab();
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await world.clock.advance(3_000);
    world.node.line = "silent";
    await one.act("note.write", { name: "x" }).stored;
    await settle();
    world.crash(one);
    world.skewMs -= 3_600_000; // its lease now ends in an hour
    world.node.line = "up";
    const two = await world.openTab();
    await world.clock.advance(20_000);
    expect(waiting(two)).toBe(0);
    expect(applied()).toBe(1);
  });
});
