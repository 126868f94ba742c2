import { createClient, queueOf } from "@sangam/sdk";
import { legacyStatus } from "@sangam/sdk/legacy";
import { createServerClient, type Emitted, SocketEventTypes, serverSettings } from "@sangam/sdk/server";
import { TestNode } from "@sangam/sdk/testing";

const node = new TestNode();
node.entry("a1", { token: "A1" });
const client = createClient({
  baseUrl: "http://node",
  view: "coordinator",
  screen: "desk",
  deps: node.deps,
});
client.on("queue.called", (event) => console.log(event.data.token satisfies string | undefined));
// @ts-expect-error nobody can hear what has no name
client.on("queue.enter_added", () => {});
client.start();
await new Promise<void>((live) => {
  client.subscribe(() => client.getState().connection.mode === "realtime" && live());
});
console.log(queueOf(client.getState()).map((e) => `${e.token} ${legacyStatus(e.status)}`));
client.stop();

const settings = serverSettings({ SOCKET_SERVER_URL: "http://node", SANGAM_API_KEY: "key" });
const app = createServerClient({ ...settings, deps: { fetch: node.fetch } });
const told: Emitted = await app.emitQueueEvent(SocketEventTypes.QUEUE_ENTRY_UPDATED, "e1", {
  papers: "ready",
});
console.log(told.ok);
