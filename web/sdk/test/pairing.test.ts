import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { User } from "../src/index.ts";
import { settle } from "./clock.ts";
import { World } from "./world.ts";

const kiosk: User = { id: "device-1", name: "Kiosk 1", role: "kiosk", device: "device-1" };
const device = { kind: "kiosk", name: "Kiosk 1" };
const options = { view: "kiosk", screen: "kiosk" } as const;

let world: World;
beforeEach(() => {
  world = new World();
  world.node.user = null;
});
afterEach(() => world.close());

describe("a device that asks to be let in", () => {
  it("is signed in once an admin approved it, and asks at an easy pace until then", async () => {
    const client = await world.openTab(options);
    const pairing = await client.pairDevice(device);
    expect(pairing.code).toBe("CODE-1");
    const asked = () => world.node.requests.filter((r) => r.startsWith("POST")).length;
    const before = asked();
    await world.clock.advance(30_000);
    expect(asked() - before).toBeGreaterThanOrEqual(10);
    expect(asked() - before).toBeLessThanOrEqual(15);
    world.node.wishes.set(pairing.requestId, kiosk);
    await world.clock.advance(3_000);
    expect((await pairing.approved).name).toBe("Kiosk 1");
    expect(client.getState().session).toMatchObject({ status: "signed_in", kind: "device" });
  });

  it("goes on with its open request after a reload, with the code an admin may be looking at", async () => {
    const first = await world.openTab(options);
    const asked = await first.pairDevice(device);
    world.crash(first);
    const second = await world.openTab(options);
    const again = await second.pairDevice(device);
    expect([again.requestId, again.code]).toEqual([asked.requestId, asked.code]);
    expect(world.node.wishes.size).toBe(1);
    world.node.wishes.set(asked.requestId, kiosk);
    await world.clock.advance(3_000);
    expect((await again.approved).name).toBe("Kiosk 1");
  });

  it("shows its code again even while the node is away, and is let in when it is back", async () => {
    const first = await world.openTab(options);
    const asked = await first.pairDevice(device);
    world.crash(first);
    world.node.down();
    const second = await world.openTab(options);
    const again = await second.pairDevice(device);
    expect(again.code).toBe(asked.code);
    world.node.line = "up";
    world.node.wishes.set(asked.requestId, kiosk);
    await world.clock.advance(6_000);
    expect((await again.approved).name).toBe("Kiosk 1");
  });

  it.each(["refused", "forgotten"])("asks anew after a request that was %s", async (how) => {
    const first = await world.openTab(options);
    const asked = await first.pairDevice(device);
    if (how === "refused") world.node.wishes.set(asked.requestId, "refused");
    else world.node.wishes.delete(asked.requestId);
    const code = how === "refused" ? "forbidden" : "not_found";
    const refused = expect(asked.approved).rejects.toMatchObject({ code });
    await world.clock.advance(4_000);
    await refused;
    world.node.wishes.set("wish-x", "open");
    const again = await first.pairDevice(device);
    expect(again.requestId).not.toBe(asked.requestId);
  });

  it("asks under another name as another device, and stops asking when cancelled", async () => {
    const client = await world.openTab(options);
    const one = await client.pairDevice(device);
    const cancelled = expect(one.approved).rejects.toMatchObject({ code: "aborted" });
    one.cancel();
    await cancelled;
    const two = await client.pairDevice({ kind: "kiosk", name: "Gate" });
    expect(two.requestId).not.toBe(one.requestId);
    const before = world.node.requests.length;
    const ended = expect(two.approved).rejects.toMatchObject({ code: "aborted" });
    two.cancel();
    await ended;
    await settle();
    await world.clock.advance(10_000);
    expect(world.node.requests.slice(before).filter((r) => r.startsWith("POST"))).toEqual([]);
  });
});
