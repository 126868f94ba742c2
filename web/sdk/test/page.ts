/** What the browser's test drives: a client with everything the browser has, and a node in the same page. */
import { createClient, pendingOf } from "../src/index.ts";
import { TestNode } from "../src/testing.ts";

const node = new TestNode();
node.beating();
const { fetch, WebSocket } = node.deps;
const client = createClient({
  baseUrl: "http://node",
  view: "coordinator",
  screen: "desk",
  deps: { fetch, WebSocket },
  polling: { offline: [100, 200] },
});

/** Text that a disk cannot pack. */
function noise(bytes: number): string {
  let text = "";
  while (text.length < bytes) text += Math.random().toString(36);
  return text;
}

const desk = {
  start: (up: boolean) => {
    node.line = up ? "up" : "refused";
    client.start();
  },
  up: () => {
    node.line = "up";
  },
  down: () => node.down(),
  mode: () => client.getState().connection.mode,
  waiting: () => pendingOf(client.getState()).waiting.length,
  received: () => node.received.map((r) => r.action.data.name),
  disk: () => {
    const { queueDurable, queueTrouble } = client.getState();
    return { queueDurable, queueTrouble };
  },
  write: (name: string, bytes: number) => client.act("note.write", { name, body: noise(bytes) }).stored,
  has: () => ({
    secure: isSecureContext,
    randomUUID: "randomUUID" in crypto,
    subtle: "subtle" in crypto,
    locks: "locks" in navigator,
  }),
};

export type Desk = typeof desk;
Object.assign(globalThis, { desk });
