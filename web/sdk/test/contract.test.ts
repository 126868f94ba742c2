import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { catalogue } from "../gen/catalogue.mjs";
import type { ActionData, EventOf, Problem, ServerFrame, User } from "../src/index.ts";

describe("what crosses the wire", () => {
  it("is named as the node's own document names it; if not, run npm --prefix web run gen", async () => {
    const kept = await readFile(new URL("../src/catalogue.gen.ts", import.meta.url), "utf8");
    expect(kept).toBe(await catalogue());
  });

  it("has its shapes from that document, and takes words made up later", () => {
    const checkIn: ActionData<"queue.check_in"> = { person: { name: "Asha" }, credit: "elderly" };
    // @ts-expect-error: no such field
    const wrong: ActionData<"queue.check_in"> = { persons: [] };
    const user: User = { id: "u", name: "Asha", role: "healer_of_2030" };
    const problem: Problem = { code: "made_up_later", message: "", retryable: false };
    const frame: ServerFrame = { frame: "bye", why: "shutdown", retryAfterMs: 1_000 };
    // @ts-expect-error: a frame has all its fields
    const half: ServerFrame = { frame: "hello", session: "s" };
    const event: EventOf<"queue.called">["type"] = "queue.called";
    const token: EventOf<"queue.called">["data"]["token"] = "A012";
    expect([checkIn, wrong, user, problem, frame, half, event, token]).toHaveLength(8);
  });
});
