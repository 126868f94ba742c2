import { beforeEach, describe, expect, it } from "vitest";
import { createServerClient, type ServerClient, SocketEventTypes, serverSettings } from "../src/server.ts";
import { problem } from "../src/testing.ts";
import { World } from "./world.ts";

let world: World;
let app: ServerClient;
let logs: string[];
let keys: string[];

beforeEach(() => {
  world = new World();
  world.node.user = { id: "app-1", name: "Old app", role: "app" };
  logs = [];
  keys = [];
  app = createServerClient({
    baseUrl: "http://node/",
    apiKey: "key-1",
    log: (line) => logs.push(line),
    deps: {
      fetch: (input, init) => {
        keys.push(new Headers(init?.headers).get("Authorization") ?? "");
        return world.node.fetch(input as string, init);
      },
      now: world.clock.now,
      setTimeout: world.clock.setTimeout,
      clearTimeout: world.clock.clearTimeout,
      random: () => 0.5,
    },
  });
});

const entry = "0199c3a0-0000-7000-8000-000000000001";
const posts = () => world.node.requests.filter((r) => r.startsWith("POST")).length;
const told = () => world.node.log.flatMap((c) => c.events);

describe("an event after an app's own commit", () => {
  it("reaches those who read, under the key, with the app's own id beside the node's", async () => {
    const done = await app.emitQueueEvent(
      SocketEventTypes.QUEUE_ENTRY_ADDED,
      "clx8f2k9a0001",
      { status: "WAITING", position: 3 },
      "user-1",
      "guruji-1",
    );
    expect(done.ok).toBe(true);
    expect(told()).toMatchObject([
      {
        type: "queue.entry_added",
        subject: { kind: "entry" },
        data: { id: "clx8f2k9a0001", status: "WAITING", position: 3 },
      },
    ]);
    expect(told()[0]?.subject.id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    await app.emitQueueEvent("queue.entry_updated", "clx8f2k9a0001");
    expect(told()[1]?.subject).toEqual(told()[0]?.subject);
    expect(new Set(keys)).toEqual(new Set(["Bearer key-1"]));
  });

  it("leaves a UUID as it is", async () => {
    await app.emitAppointmentEvent(SocketEventTypes.APPOINTMENT_UPDATED, entry, { status: "BOOKED" });
    expect(told()[0]).toMatchObject({
      subject: { kind: "appointment", id: entry },
      data: { status: "BOOKED" },
    });
  });

  it("is told once although its answer was lost, and it was sent again", async () => {
    let lost = 2;
    world.node.route = new Proxy(world.node.route, {
      apply(route, node, request) {
        const answer = Reflect.apply(route, node, request);
        if (lost-- > 0) throw problem(503, "unavailable", "Busy.", true);
        return answer;
      },
    });
    const emitting = app.emitQueueEvent("queue.entry_added", entry);
    await world.clock.advance(10_000);
    expect(await emitting).toMatchObject({ ok: true });
    expect(posts()).toBe(3);
    expect(told()).toHaveLength(1);
  });

  it("that cannot be told is an answer, not an exception: after 3 more tries", async () => {
    world.node.down();
    const emitting = app.emitQueueEvent("queue.entry_added", entry);
    await world.clock.advance(60_000);
    expect(await emitting).toMatchObject({ ok: false, error: { code: "offline" } });
    expect(posts()).toBe(4);
    expect(logs).toEqual([expect.stringContaining("queue.entry_added was not told: offline")]);
  });

  it("is not tried again when the key is refused", async () => {
    world.node.user = null;
    expect(await app.emitQueueEvent("queue.entry_added", entry)).toMatchObject({
      ok: false,
      error: { code: "unauthenticated" },
    });
    expect(posts()).toBe(1);
  });
});

describe("an action of an app's server", () => {
  it("is judged, and gives its first answer for the same id", async () => {
    world.node.judge = () => ({ data: { entry: "e1", token: "A1" } });
    const first = await app.act("queue.check_in", { person: { name: "Asha" } });
    expect(first).toMatchObject({ status: "applied", data: { token: "A1" } });
    expect((await app.act("queue.check_in", { person: { name: "Asha" } }, { id: first.id })).status).toBe(
      "duplicate",
    );
  });

  it("is asked for again while the node cannot judge it, and is an answer when it is refused", async () => {
    let busy = 2;
    world.node.judge = () =>
      busy-- > 0 ? { status: "rejected", error: problem(503, "unavailable", "Later.", true) } : {};
    const acting = app.act("queue.call", { entry: "e1" });
    await world.clock.advance(10_000);
    expect((await acting).status).toBe("applied");
    world.node.judge = () => ({ status: "rejected", error: problem(409, "stale", "Changed.") });
    expect(await app.act("queue.call", { entry: "e1" })).toMatchObject({
      status: "rejected",
      error: { code: "stale" },
    });
  });
});

describe("who it is", () => {
  it("is asked of the node, for the key and for a session that a request carries", async () => {
    expect((await app.verifyKey())?.role).toBe("app");
    expect((await app.verifySession("token-of-asha"))?.name).toBe("Old app");
    expect(keys).toEqual(["Bearer key-1", "Bearer token-of-asha"]);
    world.node.user = null;
    expect(await app.verifySession("old")).toBeNull();
  });

  it("is set by the environment, and what is missing is named", () => {
    const env = { SOCKET_SERVER_URL: "http://node", SANGAM_API_KEY: "k" };
    expect(serverSettings(env)).toEqual({ baseUrl: "http://node", apiKey: "k" });
    expect(() => serverSettings({ SOCKET_SERVER_URL: "http://node" })).toThrow(/SANGAM_API_KEY/);
    expect(() => serverSettings({})).toThrow(/SOCKET_SERVER_URL/);
  });
});
