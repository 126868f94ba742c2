/**
 * Tries this app against a real node in a real browser: SANGAM_BINARY (bin/sangam when left out) as an edge of its
 * own, this app's server beside it, and Chromium at the desk.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = fileURLToPath(new URL(".", import.meta.url));
const binary = process.env.SANGAM_BINARY ?? join(here, "../../../bin/sangam");
const home = await mkdtemp(join(tmpdir(), "sangam-example-"));
const data = join(home, "edge");
const running = [];

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function until(what, look) {
  for (const end = Date.now() + 30_000; ; ) {
    const found = await Promise.resolve(look()).catch(() => null);
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function run(command, args, env = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  child.ended = new Promise((resolve) => child.once("exit", resolve));
  running.push(child);
  return child;
}

const staff = (name, role, pin, more = []) =>
  execFileSync(binary, ["staff", "add", "--data", data, "--name", name, "--role", role, ...more], {
    input: pin,
  });

async function ask(path, body, token) {
  const answer = await fetch(node + path, {
    method: body ? "POST" : "GET",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

const edgePort = await freePort();
const node = `http://127.0.0.1:${edgePort}`;
const startEdge = () =>
  run(binary, ["edge", "--data", data, "--listen", `127.0.0.1:${edgePort}`, "--admin-listen", ""]);
let edge = startEdge();
let browser;
try {
  await until("the edge is ready", async () => (await fetch(`${node}/readyz`)).ok);
  staff("Meera", "admin", "482917");
  staff("Asha", "coordinator", "593028");
  staff("Ravi", "guruji", "604139", ["--room", "2"]);
  const admin = await ask("/api/v1/session", { user: "Meera", pin: "482917" });
  const { key } = await ask(
    "/api/v1/apps",
    { name: "Example", scopes: ["queue.check_in", "events"] },
    admin.token,
  );

  const port = await freePort();
  run(process.execPath, [join(here, "server.mjs")], {
    PORT: String(port),
    SOCKET_SERVER_URL: node,
    SANGAM_API_KEY: key,
    PAPERS_FILE: join(home, "papers.json"),
  });
  const url = `http://127.0.0.1:${port}/`;
  await until("the app is ready", async () => (await fetch(url)).ok);

  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error("page:", error));
  await page.goto(url);
  await page.getByLabel("Name").fill("Asha");
  await page.getByLabel("PIN").fill("593028");
  await page.getByRole("button", { name: "Sign in" }).click();
  const status = page.locator(".status");
  const says = (text) => until(`the page says ${text}`, async () => (await status.textContent()) === text);
  await says("Real-time");
  console.log("ok  signs in and follows live");

  await page.getByLabel("Name").fill("Sita");
  await page.getByRole("button", { name: "Check in" }).click();
  const line = page.locator("ol li");
  await until("Sita is in the queue", async () => (await line.textContent())?.includes("Sita"));
  console.log("ok  the app's server checks somebody in under its key");

  await line.getByRole("button", { name: "Papers ready" }).click();
  await until("the event came back", async () => (await line.textContent())?.includes("papers ready"));
  assert.match(await readFile(join(home, "papers.json"), "utf8"), /ready/);
  console.log("ok  what the app committed is told by emitQueueEvent");

  await line.getByRole("button", { name: "Call" }).click();
  await until("called", async () => (await line.textContent())?.includes(" called"));
  console.log("ok  an action of the page");

  edge.kill("SIGSTOP"); // frozen: the line stands, and nothing comes
  await until("not real-time any more", async () => (await status.textContent()) !== "Real-time");
  edge.kill("SIGCONT");
  await says("Real-time");
  console.log("ok  no green light over a frozen node");

  edge.kill("SIGKILL");
  await edge.ended;
  await says("Offline");
  await line.getByRole("button", { name: "Call" }).click();
  await until("it is kept", async () => (await page.textContent("main"))?.includes("1 waiting"));
  await page.reload(); // what waits outlives the page
  edge = startEdge();
  await says("Real-time");
  await until("it was sent", async () => !(await page.textContent("main"))?.includes("waiting to be sent"));
  console.log("ok  an action made offline is replayed after a reload and a restart of the node");
} finally {
  await browser?.close();
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(running.map((child) => child.ended));
  await rm(home, { recursive: true, force: true });
}
