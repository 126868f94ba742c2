import { describe, expect, it } from "vitest";
import { createClient, queueOf } from "../src/index.ts";
import { TestNode } from "../src/testing.ts";

describe("the node for tests of apps", () => {
  it("runs the real client in real time: snapshot, live change, action, events, and a cut line", async () => {
    const node = new TestNode();
    node.beatMs = 200;
    node.entry("a1");
    const client = createClient({
      baseUrl: "http://node",
      view: "coordinator",
      screen: "desk",
      deps: node.deps,
      polling: { offline: [100, 200] },
    });
    const state = (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!holds()) return;
          end();
          resolve();
        };
        const end = client.subscribe(look);
        queueMicrotask(look);
      });
    const mode = () => client.getState().connection.mode;
    const tokens = () => queueOf(client.getState()).map((e) => e.token);
    const heard: string[] = [];
    client.on("queue.called", (e) => heard.push(e.subject.id));
    const stopBeating = node.beating();
    client.start();
    try {
      await state(() => mode() === "realtime");
      expect(tokens()).toEqual(["A1"]);
      node.judge = (action) => {
        node.commit([node.entry("a1", { status: "called" })], ["queue.called"]);
        return { data: { entry: action.data.entry, token: "A1", status: "called" } };
      };
      expect(await client.act("queue.call", { entry: "a1" }).settled).toMatchObject({ status: "applied" });
      expect(queueOf(client.getState())[0]?.status).toBe("called");
      expect(heard).toEqual(["a1"]);
      node.down();
      await state(() => mode() === "offline");
      node.line = "up";
      node.commit([node.entry("a2")]);
      await state(() => mode() === "realtime" && tokens().length === 2);
    } finally {
      client.stop();
      stopBeating();
    }
  }, 20_000);
});
