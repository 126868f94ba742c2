import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Client, modeNow, queueOf } from "../src/index.ts";
import { settle } from "./clock.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const tokens = (c: Client) => queueOf(c.getState()).map((e) => e.token);
const leads = (c: Client) => c.getState().tab.leader;
const mode = (c: Client) => modeNow(c.getState(), world.clock.now());

interface Wire {
  onmessage: ((m: { data: unknown }) => void) | null;
  postMessage(data: unknown): void;
}

const asChannel = (channel: unknown) => channel as new (name: string) => BroadcastChannel;

describe("tabs of one view", () => {
  it("share one socket, and all see the same rows, events and mode", async () => {
    world.node.entry("a1");
    const one = await world.openTab();
    const two = await world.openTab();
    const three = await world.openTab();
    expect(world.node.sockets.size).toBe(1);
    expect([leads(one), leads(two), leads(three)]).toEqual([true, false, false]);
    const heard: string[] = [];
    for (const c of [one, two, three]) c.on("queue.called", (e) => heard.push(e.id));
    world.node.commit([world.node.entry("a2")], ["queue.called"]);
    await settle();
    for (const c of [one, two, three]) {
      expect(tokens(c)).toEqual(["A1", "A2"]);
      expect(mode(c)).toBe("realtime");
    }
    expect(heard).toEqual(["event-0-0", "event-0-0", "event-0-0"]);
  });

  it("go on from where they stand when the leading tab closes", async () => {
    const one = await world.openTab();
    const two = await world.openTab();
    world.node.commit([world.node.entry("a1")]);
    await settle();
    one.stop();
    world.node.commit([world.node.entry("a2")]);
    await world.clock.advance(400);
    expect(leads(two)).toBe(true);
    expect(mode(two)).toBe("realtime");
    expect(tokens(two)).toEqual(["A1", "A2"]);
    expect(world.node.requests.filter((r) => r.includes("/snapshot"))).toHaveLength(1);
  });

  it("find out within seconds that the leading tab died without a word", async () => {
    // The first tab's words stop, as those of a frozen tab do.
    let frozen = false;
    const Channel = world.channelClass() as unknown as new (name: string) => Wire;
    class Freezing extends Channel {
      override postMessage(data: unknown): void {
        if (!frozen) super.postMessage(data);
      }
    }
    const one = await world.openTab({
      deps: { BroadcastChannel: asChannel(Freezing) },
    });
    const two = await world.openTab();
    frozen = true;
    await world.live(5_000);
    expect(leads(two)).toBe(true);
    world.node.commit([world.node.entry("a1")]);
    await settle();
    expect(tokens(two)).toEqual(["A1"]);
    frozen = false;
    await world.live(5_000);
    expect([leads(one), leads(two)]).toEqual([false, true]); // the newer term wins
    expect(world.node.sockets.size).toBe(1);
    await settle();
    expect(tokens(one)).toEqual(["A1"]);
  });

  it("do not listen to themselves, whatever a channel echoes", async () => {
    const Channel = world.channelClass() as unknown as new (name: string) => Wire;
    class Echoing extends Channel {
      override postMessage(data: unknown): void {
        super.postMessage(data);
        const copy = structuredClone(data);
        setImmediate(() => this.onmessage?.({ data: copy }));
      }
    }
    const client = await world.openTab({ deps: { BroadcastChannel: asChannel(Echoing) } });
    const other = await world.openTab();
    await world.live(20_000);
    expect([leads(client), leads(other)]).toEqual([true, false]); // it still says that it leads, and is heard
    const seen: number[] = [];
    client.subscribe(() => seen.push(client.getState().pending.length));
    world.node.judge = () => ({
      status: "rejected",
      error: { code: "closed", message: "", retryable: false },
    });
    const act = client.act("note.write", { name: "x" });
    await act.settled;
    expect(await client.discard(act.id)).toBe(true);
    await settle();
    expect(seen.at(-1)).toBe(0); // its own words do not bring the action back
    expect(world.node.dialled).toBe(1);
  });

  it("ask for the whole again when a word of the leader went missing", async () => {
    let deaf = false;
    const Channel = world.channelClass() as unknown as new (name: string) => Wire;
    class Losing extends Channel {
      override postMessage(data: unknown): void {
        if (!deaf) super.postMessage(data);
      }
    }
    await world.openTab({ deps: { BroadcastChannel: asChannel(Losing) } });
    const two = await world.openTab();
    deaf = true;
    world.node.commit([world.node.entry("a1")]);
    deaf = false;
    world.node.commit([world.node.entry("a2")]);
    await settle();
    expect(tokens(two)).toEqual(["A1", "A2"]);
  });

  it("that stand alone copy no change for nobody, until another one comes", async () => {
    const said: string[] = [];
    const Channel = world.channelClass() as unknown as new (name: string) => Wire;
    class Noted extends Channel {
      override postMessage(data: unknown): void {
        said.push((data as { say: string }).say);
        super.postMessage(data);
      }
    }
    await world.openTab({ deps: { BroadcastChannel: asChannel(Noted) } });
    world.node.commit([world.node.entry("a1")], ["queue.called"]);
    await world.live(20_000);
    expect(new Set(said)).toEqual(new Set(["who", "lead"]));
    const two = await world.openTab();
    world.node.commit([world.node.entry("a2")], ["queue.called"]);
    await settle();
    expect(tokens(two)).toEqual(["A1", "A2"]);
    expect(said).toContain("msg");
  });

  it("with other views or other people keep to themselves", async () => {
    const desk = await world.openTab();
    const queue = await world.openTab({ view: "queue" });
    expect([leads(desk), leads(queue)]).toEqual([true, true]);
    expect(world.node.sockets.size).toBe(2);
  });

  it("stand alone where there are no channels, or when told to", async () => {
    const one = await world.openTab({ crossTab: false });
    const two = await world.openTab({ deps: { BroadcastChannel: null } });
    expect([leads(one), leads(two)]).toEqual([true, true]);
    expect([mode(one), mode(two)]).toEqual(["realtime", "realtime"]);
  });

  it("do not call realtime what a sleeping follower last heard long ago", async () => {
    await world.openTab();
    const two = await world.openTab();
    expect(two.getState().connection.mode).toBe("realtime");
    expect(modeNow(two.getState(), world.clock.now() + 11_000)).toBe("unknown");
  });
});
