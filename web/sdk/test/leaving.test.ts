// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client } from "../src/index.ts";
import { World } from "./world.ts";

let world: World;
let client: Client;
beforeEach(async () => {
  world = new World();
  world.node.entry("a1");
  client = await world.openTab();
});
afterEach(() => world.close());

/** Whether the browser is told to ask before the page goes. */
function asks(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  dispatchEvent(event);
  return event.defaultPrevented;
}

describe("a page that is closed", () => {
  it("goes without a word when nothing is under way", () => expect(asks()).toBe(false));

  it("asks until what was done is on disk, and no longer", async () => {
    world.node.down();
    await world.clock.advance(5_000);
    const { stored } = client.act("note.write", { name: "1" });
    expect(asks()).toBe(true);
    expect(await stored).toBe(true);
    await world.clock.advance(0);
    expect(asks()).toBe(false);
  });

  it("asks while the disk takes nothing", async () => {
    await world.close();
    world.disk = null;
    client = await world.openTab();
    world.node.down();
    await world.clock.advance(5_000);
    await client.act("note.write", { name: "1" }).stored;
    expect(asks()).toBe(true);
  });
});
