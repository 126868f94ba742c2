// @vitest-environment happy-dom
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@sangam/sdk";
import { asha, TestNode } from "@sangam/sdk/testing";
import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Providers } from "../app/providers.tsx";
import QueuePage from "../app/queue/page.tsx";

const entry = "0199c3a0-0000-7000-8000-000000000001";
let node: TestNode;
let client: Client;
let root: HTMLElement;
let home: string;
let stopBeating: () => void;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sangam-page-"));
  vi.stubEnv("SOCKET_SERVER_URL", "http://node");
  vi.stubEnv("SANGAM_API_KEY", "key");
  vi.stubEnv("PAPERS_FILE", join(home, "papers.json"));
  node = new TestNode();
  node.entry(entry, { token: "A1", name: "Sita" });
  vi.stubGlobal("fetch", node.fetch); // the app's server asks the same node
  stopBeating = node.beating();
  client = createClient({ baseUrl: "http://node", view: "coordinator", screen: "desk", deps: node.deps });
  root = document.createElement("div");
  document.body.append(root);
  render(
    <Providers client={client}>
      <QueuePage />
    </Providers>,
    root,
  );
});

afterEach(async () => {
  render(null, root);
  root.remove();
  stopBeating();
  vi.unstubAllGlobals();
  await rm(home, { recursive: true, force: true });
});

const shows = (text: string) => vi.waitFor(() => expect(root.textContent).toContain(text), 5_000);
const press = (name: string) =>
  [...root.querySelectorAll("button")].find((button) => button.textContent === name)?.click();

it("follows the queue, calls somebody, and shows what the node refuses until a person decides", async () => {
  await shows("Real-time");
  await shows("A1 Sita WAITING");
  node.judge = () => {
    node.commit([node.entry(entry, { token: "A1", name: "Sita", status: "called" })], ["queue.called"]);
    return {};
  };
  press("Call");
  await shows("called");
  node.judge = () => ({
    status: "rejected",
    error: { code: "stale", message: "Somebody else was faster.", retryable: false },
  });
  press("Call");
  await shows("Somebody else was faster.");
  press("Discard");
  await vi.waitFor(() => expect(root.textContent).not.toContain("faster"));
});

it("commits what is the app's own first, then tells every desk", async () => {
  await shows("A1 Sita");
  press("Papers ready");
  await shows("papers ready");
  expect(JSON.parse(await readFile(join(home, "papers.json"), "utf8"))).toEqual({ [entry]: "ready" });
});

it("stands by its own commit when the node is away, and says that what is shown may be old", async () => {
  await shows("Real-time");
  vi.spyOn(console, "warn").mockImplementation(() => {});
  node.user = null; // the key is refused: told once, not tried again
  press("Papers ready");
  await vi.waitFor(async () => expect(await readFile(join(home, "papers.json"), "utf8")).toContain("ready"));
  node.user = asha;
  node.down();
  await shows("What you see may be old.");
});
