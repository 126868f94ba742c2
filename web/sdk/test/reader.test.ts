import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, dataAgeMs, modeNow, queueOf } from "../src/index.ts";
import { until } from "./clock.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const mode = (c: Client) => modeNow(c.getState(), world.clock.now());
const tokens = (c: Client) => queueOf(c.getState()).map((e) => e.token);

describe("a reader with a live socket", () => {
  it("starts nothing before start", async () => {
    world.tab();
    await world.clock.advance(60_000);
    expect(world.node.requests).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });

  it("shows the snapshot, then what changes, and says realtime", async () => {
    world.node.entry("a1");
    const client = await world.openTab();
    expect(tokens(client)).toEqual(["A1"]);
    expect(mode(client)).toBe("realtime");
    world.node.commit([world.node.entry("a2")]);
    expect(tokens(client)).toEqual(["A1", "A2"]);
    world.node.commit([{ kind: "row", id: "a1", gone: true }]);
    expect(tokens(client)).toEqual(["A2"]);
  });

  it("resumes from its cursor when a frame is missing, and hears each event once", async () => {
    const client = await world.openTab();
    const heard: string[] = [];
    client.on("*", (e) => heard.push(e.id));
    const [socket] = world.node.sockets;
    if (!socket) throw new Error("no socket");
    socket.lossy = true;
    world.node.commit([world.node.entry("a1")], ["queue.entry_added"]);
    socket.lossy = false;
    world.node.commit([world.node.entry("a2")], ["queue.entry_added"]);
    expect(tokens(client)).toEqual([]); // the second frame does not continue what is held
    await until("the gap is closed", () => tokens(client).length === 2);
    expect(socket.heard.filter((f) => f.frame === "resume")).toEqual([{ frame: "resume", cursor: "c0" }]);
    expect(heard).toEqual(["event-0-0", "event-1-0"]);
    expect(mode(client)).toBe("realtime");
  });

  it("hears an event once although the node tells it again", async () => {
    const client = await world.openTab();
    const heard: string[] = [];
    client.on("queue.called", (e) => heard.push(e.id));
    world.node.commit([world.node.entry("a1")], ["queue.called"]);
    const again = world.node.since("c0");
    for (const s of world.node.sockets) s.push({ frame: "changes", from: "c1", to: "c1", ...again });
    expect(heard).toEqual(["event-0-0"]);
  });

  it("finds a missing frame by the next beat when no other frame follows", async () => {
    const client = await world.openTab();
    const [socket] = world.node.sockets;
    if (!socket) throw new Error("no socket");
    socket.lossy = true;
    world.node.commit([world.node.entry("a1")]);
    socket.lossy = false;
    world.node.beat();
    expect(mode(client)).not.toBe("realtime");
    await until("the gap is closed", () => tokens(client).length === 1);
    expect(mode(client)).toBe("realtime");
  });

  it("takes a new snapshot after reset and goes on with the same socket", async () => {
    world.node.entry("a1");
    const client = await world.openTab();
    const [socket] = world.node.sockets;
    if (!socket) throw new Error("no socket");
    world.node.rows.delete("row a1");
    world.node.entry("b1");
    socket.live = false;
    socket.push({ frame: "reset", why: "restored" });
    await until("the snapshot is in", () => tokens(client).join() === "B1");
    await until("it resumed", () => socket.live);
    world.node.commit([world.node.entry("b2")]);
    expect(tokens(client)).toEqual(["B1", "B2"]);
    expect(world.node.sockets.size).toBe(1);
    await world.live(5_000);
    expect(mode(client)).toBe("realtime");
  });

  it("comes back at once after 1013, from its cursor", async () => {
    const client = await world.openTab();
    world.node.commit([world.node.entry("a1")]);
    world.node.cutSockets(1013);
    world.node.commit([world.node.entry("a2")]);
    await world.clock.advance(300);
    expect(mode(client)).toBe("realtime");
    expect(tokens(client)).toEqual(["A1", "A2"]);
    const snapshots = world.node.requests.filter((r) => r.includes("/snapshot"));
    expect(snapshots).toHaveLength(1);
  });

  it("stops saying realtime after two silent beats, and says fallback once a poll answered", async () => {
    const client = await world.openTab();
    await world.live(20_000);
    expect(mode(client)).toBe("realtime");
    await world.clock.advance(9_900);
    expect(mode(client)).toBe("realtime");
    world.node.socketsAllowed = false;
    await world.clock.advance(200);
    expect(mode(client)).toBe("fallback");
    expect(dataAgeMs(client.getState(), world.clock.now())).toBeLessThan(1_000);
  });

  it("does not take a beat that was long under way for a fresh one", async () => {
    const client = await world.openTab();
    await world.live(10_000);
    const late = world.node.clocks();
    await world.clock.advance(9_000);
    for (const s of world.node.sockets) s.push({ frame: "beat", cursor: s.sent, uplink: null, ...late });
    expect(dataAgeMs(client.getState(), world.clock.now())).toBe(9_000);
  });

  it("answers beats, so that the node knows it still reads", async () => {
    await world.openTab();
    await world.live(15_000);
    const [socket] = world.node.sockets;
    expect(socket?.heard.filter((f) => f.frame === "pong")).toHaveLength(3);
  });

  it("drops a socket that does not tell what a poll brings", async () => {
    const client = await world.openTab();
    const [socket] = world.node.sockets;
    if (!socket) throw new Error("no socket");
    socket.live = false; // beats come, changes do not
    world.node.commit([world.node.entry("a1")]);
    await world.live(65_000);
    expect(tokens(client)).toEqual(["A1"]);
    expect(world.node.sockets.has(socket)).toBe(false);
  });
});

describe("falling back", () => {
  it("polls the same cursor while the socket is away, and comes back without loss or repeats", async () => {
    const client = await world.openTab();
    const heard: string[] = [];
    client.on("queue.entry_added", (e) => heard.push(e.id));
    const change = (n: number) => world.node.commit([world.node.entry(`a${n}`)], ["queue.entry_added"]);
    change(1);
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    change(2);
    await world.clock.advance(10_000);
    expect(mode(client)).toBe("fallback");
    change(3);
    await world.clock.advance(10_000);
    expect(tokens(client)).toEqual(["A1", "A2", "A3"]);
    change(4);
    world.node.socketsAllowed = true;
    await world.clock.advance(12_000);
    expect(mode(client)).toBe("realtime");
    change(5);
    expect(tokens(client)).toEqual(["A1", "A2", "A3", "A4", "A5"]);
    expect(heard).toEqual([0, 1, 2, 3, 4].map((n) => `event-${n}-0`));
    expect(world.node.requests.filter((r) => r.includes("/snapshot"))).toHaveLength(1);
  });

  it("polls every 5 to 8 s without a socket, every 2 to 3 s on a poor network, every 30 to 60 s with one", async () => {
    await world.openTab();
    const polls = () => world.node.requests.filter((r) => r.includes("/changes")).length;
    const during = async (ms: number, go: (ms: number) => Promise<void>) => {
      const before = polls();
      await go(ms);
      return polls() - before;
    };
    expect(await during(120_000, (ms) => world.live(ms))).toBeLessThanOrEqual(4);
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await world.clock.advance(30_000); // the socket's own attempts are at their slowest by now
    const normal = await during(80_000, (ms) => world.clock.advance(ms));
    expect(normal).toBeGreaterThanOrEqual(10);
    expect(normal).toBeLessThanOrEqual(17);
    world.node.answerDelayMs = 2_000;
    await world.clock.advance(20_000);
    const poor = await during(90_000, (ms) => world.clock.advance(ms));
    expect(poor).toBeGreaterThanOrEqual(18); // 2.5 s between the answer and the next question, 2 s for the answer
    expect(poor).toBeLessThanOrEqual(23);
  });

  it.each([
    ["there is none, as in Node 20", undefined],
    [
      "the page may not open one",
      class {
        constructor() {
          throw new DOMException("An insecure WebSocket may not be initiated", "SecurityError");
        }
      },
    ],
  ])("lives by polls where a socket cannot even be made: %s", async (_, WebSocket) => {
    const client = await world.openTab({ deps: { WebSocket: WebSocket as never } });
    expect(mode(client)).toBe("fallback");
    world.node.commit([world.node.entry("a1")], ["queue.entry_added"]);
    await world.clock.advance(8_500);
    expect(tokens(client)).toEqual(["A1"]);
    expect(mode(client)).toBe("fallback");
  });

  it("asks again from 1 s, three times, when a poll beside a live socket fails", async () => {
    const client = await world.openTab();
    const asked: number[] = [];
    world.node.before = (path) => {
      if (path.includes("/changes")) asked.push(world.clock.now());
      throw { code: "unavailable", message: "", retryable: true, status: 503 };
    };
    await world.live(120_000);
    expect(mode(client)).toBe("realtime");
    const pauses = asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([750, 1_500, 3_000, expect.any(Number)]);
    expect(pauses[3] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(29_000);
  });

  it("claims no fallback before a poll was answered after the socket went", async () => {
    const client = await world.openTab();
    const modes: string[] = [];
    client.subscribe(() => modes.push(client.getState().connection.mode));
    world.node.down();
    await world.clock.advance(2_000);
    expect(new Set(modes)).toEqual(new Set(["unknown", "offline"]));
  });

  it("says offline when nothing answers, knocks on, and is back by itself", async () => {
    const client = await world.openTab();
    world.node.down();
    await world.clock.advance(2_000);
    expect(mode(client)).toBe("offline");
    const before = world.node.requests.length;
    const { dialled } = world.node;
    await world.clock.advance(60_000);
    expect(world.node.dialled).toBe(dialled); // one knock is enough to find out
    const knocks = world.node.requests.length - before;
    expect(knocks).toBeGreaterThanOrEqual(12);
    expect(knocks).toBeLessThanOrEqual(20);
    world.node.line = "up";
    world.node.commit([world.node.entry("a1")]);
    await world.clock.advance(5_500);
    expect(mode(client)).toBe("realtime");
    expect(tokens(client)).toEqual(["A1"]);
  });

  it("says unknown, then offline, when the line swallows everything", async () => {
    const client = await world.openTab();
    world.node.line = "silent";
    await world.clock.advance(10_500);
    expect(mode(client)).toBe("unknown");
    await world.clock.advance(11_000);
    expect(mode(client)).toBe("offline");
  });

  it("does not call a node that answers with errors offline", async () => {
    const client = await world.openTab();
    world.node.socketsAllowed = false;
    world.node.before = () => {
      throw { code: "unavailable", message: "The disk is full.", retryable: true, status: 503 };
    };
    world.node.cutSockets();
    await world.clock.advance(60_000);
    expect(mode(client)).toBe("unknown");
  });

  it("calls a node offline that a proxy does not find, and finds it again", async () => {
    const { fetch } = world.node;
    let gone = false;
    world.node.fetch = async (input, init) =>
      gone ? new Response("<h1>502 Bad Gateway</h1>", { status: 502 }) : fetch(input, init);
    const client = await world.openTab();
    gone = true;
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    await world.clock.advance(10_000);
    expect(mode(client)).toBe("offline");
    const act = client.act("queue.call", { entry: "a1" });
    await act.stored;
    gone = false;
    await world.clock.advance(10_000);
    expect(mode(client)).toBe("fallback");
    expect((await act.settled).status).toBe("applied");
  });

  it("waits as long as bye asks before the next socket, and polls meanwhile", async () => {
    const client = await world.openTab();
    for (const s of world.node.sockets) s.push({ frame: "bye", why: "shutdown", retryAfterMs: 20_000 });
    await world.clock.advance(15_000);
    expect(mode(client)).toBe("fallback");
    expect(world.node.sockets.size).toBe(0);
    await world.clock.advance(7_000);
    expect(mode(client)).toBe("realtime");
  });

  it("takes a new snapshot when a poll says that its history is gone", async () => {
    world.node.entry("a1");
    const client = await world.openTab();
    world.node.socketsAllowed = false;
    world.node.cutSockets();
    world.node.commit([world.node.entry("a2")]);
    world.node.oldestCursor = 1;
    await world.clock.advance(10_000);
    expect(tokens(client)).toEqual(["A1", "A2"]);
    expect(client.getState().cursor).toBe("c1");
  });
});

describe("who may read", () => {
  it("stops for good when the session ended: 401 is terminal", async () => {
    const client = await world.openTab();
    world.node.user = null;
    world.node.cutSockets();
    await world.clock.advance(1_000);
    expect(client.getState().session.status).toBe("signed_out");
    expect(queueOf(client.getState())).toEqual([]);
    const before = world.node.requests.length;
    await world.clock.advance(600_000);
    expect(world.node.requests.length).toBe(before);
    expect(world.clock.pending).toBe(0);
  });

  it("stops when the view is not for this role", async () => {
    world.node.viewForbidden = true;
    const client = await world.openTab();
    expect(client.getState().session.status).toBe("forbidden");
    const before = world.node.requests.length;
    await world.clock.advance(600_000);
    expect(world.node.requests.length).toBe(before);
  });

  it("reads anew after a sign-in, with nothing left of the one before", async () => {
    world.node.user = null;
    const client = await world.openTab();
    expect(client.getState().session.status).toBe("signed_out");
    world.node.entry("a1");
    await expect(client.signIn({ user: "Asha", pin: "wrong" })).rejects.toMatchObject({
      code: "unauthenticated",
    });
    await client.signIn({ user: "Ravi", pin: "1234" });
    await world.clock.advance(200);
    expect(client.getState().session).toMatchObject({
      status: "signed_in",
      kind: "staff",
      user: { name: "Ravi" },
    });
    expect(tokens(client)).toEqual(["A1"]);
    expect(mode(client)).toBe("realtime");
    await client.signOut();
    expect(client.getState().session.status).toBe("signed_out");
    expect(queueOf(client.getState())).toEqual([]);
  });

  it("finds out by itself who is signed in once a node that was away answers", async () => {
    world.node.down();
    const client = await world.openTab();
    expect(client.getState().session.status).toBe("unknown");
    expect(client.getState().connection.mode).toBe("offline");
    world.node.line = "up";
    await world.clock.advance(6_000);
    expect(client.getState().session.status).toBe("signed_in");
    expect(mode(client)).toBe("realtime");
  });
});
