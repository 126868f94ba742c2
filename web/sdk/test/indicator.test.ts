import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, dataAgeMs, modeNow, queueOf } from "../src/index.ts";
import { World } from "./world.ts";

let world: World;
let client: Client;
beforeEach(async () => {
  world = new World();
  client = await world.openTab();
});
afterEach(() => world.close());

const deviceNow = () => world.clock.now() + world.skewMs;
const mode = () => modeNow(client.getState(), deviceNow());
const age = () => dataAgeMs(client.getState(), deviceNow()) ?? Number.NaN;
const twoBeats = () => 2 * world.node.beatMs;

function theSocket() {
  const [socket] = world.node.sockets;
  if (!socket) throw new Error("no socket");
  return socket;
}

/** How long ago the oldest commit happened that this client does not show. */
function missingMs(): number {
  const held = Number(client.getState().cursor?.slice(1) ?? 0);
  const missed = world.node.log[held];
  return missed ? world.clock.now() - missed.at : 0;
}

/** Every moment at which the screen would say Real-time over data older than two beats. */
function watchForLies(): string[] {
  const lies: string[] = [];
  const look = () => {
    if (mode() === "realtime" && missingMs() > twoBeats()) lies.push(`${missingMs()} ms behind`);
  };
  client.subscribe(look);
  world.clock.watch = look;
  return lies;
}

describe("Real-time is never said over data older than two beats", () => {
  it("when the other end of the socket is gone without a word", async () => {
    const lies = watchForLies();
    await world.live(10_000);
    theSocket().lossy = true;
    world.node.socketsAllowed = false;
    world.node.commit([world.node.entry("a1")]);
    await world.live(9_900);
    expect(mode()).toBe("realtime");
    await world.clock.advance(200);
    expect(mode()).not.toBe("realtime");
    expect(lies).toEqual([]);
  });

  it("when frames with changes are dropped and beats get through", async () => {
    const lies = watchForLies();
    theSocket().lossy = "changes";
    world.node.commit([world.node.entry("a1")]);
    await world.live(5_000);
    expect(mode()).not.toBe("realtime");
    await world.live(30_000);
    expect(queueOf(client.getState()).map((e) => e.token)).toEqual(["A1"]);
    expect(lies).toEqual([]);
  });

  it("in a tab that was frozen, before and while it works through what piled up", async () => {
    const lies = watchForLies();
    await world.live(5_000);
    const socket = theSocket();
    const held: (() => void)[] = [];
    const push = socket.push.bind(socket);
    socket.push = (frame) => held.push(() => push(frame));
    for (let i = 0; i < 12; i++) {
      world.clock.ms += 5_000; // no timer of the tab runs
      world.node.commit([world.node.entry(`a${i + 1}`)]);
      world.node.beat();
    }
    expect(mode()).toBe("unknown"); // the first look after waking, before anything else ran
    const seen = held.slice(0, 18).map((deliver) => {
      deliver();
      return mode();
    });
    expect(new Set(seen)).toEqual(new Set(["unknown"]));
    for (const deliver of held.slice(18)) deliver();
    expect(mode()).toBe("realtime");
    expect(queueOf(client.getState())).toHaveLength(12);
    expect(lies).toEqual([]);
  });

  it("while the node is frozen, and not right after it thawed", async () => {
    const lies = watchForLies();
    world.node.line = "silent";
    await world.clock.advance(10_100);
    expect(mode()).toBe("unknown");
    await world.clock.advance(60_000);
    expect(mode()).toBe("offline");
    world.node.line = "up";
    world.node.commit([world.node.entry("a1")]);
    await world.live(15_000);
    expect(mode()).toBe("realtime");
    expect(lies).toEqual([]);
  });

  it("behind a proxy that holds frames back", async () => {
    const lies = watchForLies();
    world.node.socketsAllowed = true;
    await world.live(10_000);
    world.node.frameDelayMs = 30_000;
    const modes = new Set<string>();
    for (let i = 0; i < 24; i++) {
      world.node.commit([world.node.entry(`a${i + 1}`)]);
      await world.live(5_000);
      modes.add(mode());
    }
    expect(modes).toContain("fallback");
    expect(lies).toEqual([]);
    expect(queueOf(client.getState()).length).toBeGreaterThan(20); // polls go around what is held back
  });

  it("behind a proxy that held back the very first frame, so that no clock can be trusted", async () => {
    world.node.cutSockets();
    world.node.frameDelayMs = 4_000;
    const lies = watchForLies();
    await world.live(20_000);
    world.node.frameDelayMs = 9_000; // 5 s more than it showed at first
    for (let i = 0; i < 20; i++) {
      world.node.commit([world.node.entry(`a${i + 1}`)]);
      await world.live(5_000);
    }
    expect(lies).toEqual([]);
  });

  it("when this device's clock is set back while the line dies", async () => {
    await world.live(10_000);
    world.node.line = "silent";
    world.skewMs = -3_600_000;
    expect(mode()).not.toBe("realtime");
    await world.clock.advance(11_000);
    expect(client.getState().connection.mode).not.toBe("realtime");
  });

  it.each([-3_600_000, -20_000, 20_000, 3_600_000])(
    "when this device's clock moves by %i ms, and it recovers by itself",
    async (step) => {
      const lies = watchForLies();
      await world.live(10_000);
      world.skewMs += step;
      await world.live(20_000);
      expect(mode()).toBe("realtime");
      expect(age()).toBeLessThanOrEqual(world.node.beatMs);
      world.node.frameDelayMs = 15_000;
      world.node.commit([world.node.entry("a1")]);
      await world.live(60_000);
      expect(lies).toEqual([]);
    },
  );

  it("by hello alone: it proves the line, not what is shown", async () => {
    await world.live(5_000);
    world.node.socketsAllowed = false;
    const before = world.node.before;
    world.node.before = () => {
      throw { code: "unavailable", message: "", retryable: true, status: 503 };
    };
    world.node.cutSockets();
    await world.clock.advance(30_000);
    world.node.commit([world.node.entry("a1")]);
    const lies = watchForLies();
    world.node.socketsAllowed = true;
    world.node.frameDelayMs = 1_000;
    await world.clock.advance(20_000);
    world.node.before = before;
    await world.live(30_000);
    expect(mode()).toBe("realtime");
    expect(lies).toEqual([]);
  });

  it.each(Array.from({ length: 40 }, (_, i) => 1_000 + i))("whatever happens (seed %i)", async (seed) => {
    const random = mulberry(seed);
    const lies = watchForLies();
    const faults: (() => void)[] = [
      () => (world.node.line = "silent"),
      () => world.node.down(),
      () => (world.node.socketsAllowed = false),
      () => world.node.cutSockets(random() < 0.5 ? 1006 : 1013),
      () => (world.node.frameDelayMs = random() * 40_000),
      () => (world.node.answerDelayMs = random() * 15_000),
      () => (world.skewMs += (random() - 0.5) * 120_000),
      () => (world.clock.ms += random() * 60_000),
      () => {
        for (const s of world.node.sockets) s.lossy = random() < 0.5 ? true : "changes";
      },
    ];
    const heal = () => {
      world.node.line = "up";
      world.node.socketsAllowed = true;
      world.node.frameDelayMs = world.node.answerDelayMs = 0;
    };
    for (let i = 0; i < 60; i++) {
      if (random() < 0.25) faults[Math.floor(random() * faults.length)]?.();
      if (random() < 0.2) heal();
      if (random() < 0.6) world.node.commit([world.node.entry(`a${i}`)]);
      await world.live(2_500);
      if (i % 2) world.node.beat();
    }
    expect(lies).toEqual([]);
    heal();
    for (let i = 0; i < 24; i++) await world.live(5_000);
    expect(mode()).toBe("realtime");
    expect(missingMs()).toBe(0);
  });
});

/** A small seeded source of chance, so that a failure can be run again. */
function mulberry(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
