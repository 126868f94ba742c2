// A whole demo of its own for one test file: bin/sangam in a process, driven by its public doors, and a browser.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const binary =
  process.env.SANGAM_BINARY ?? fileURLToPath(new URL("../../../bin/sangam", import.meta.url));
export const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** Waits until a value is there: tests look as long as a patient person would, and never sleep. */
export async function until(what, look, atMost = 30_000) {
  const end = Date.now() + atMost;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${atMost / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Six neighbouring ports that nobody uses now. */
async function freePorts() {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 20_000);
    const taken = await Promise.all(
      Array.from(
        { length: 6 },
        (_, i) =>
          new Promise((resolve) => {
            const server = createServer();
            server.once("error", () => resolve(true));
            server.listen(base + i, "127.0.0.1", () => server.close(() => resolve(false)));
          }),
      ),
    );
    if (!taken.includes(true)) return base;
  }
}

/** `more`: further flags of `sangam demo`. */
export async function startDemo(more = []) {
  const home = await mkdtemp(join(tmpdir(), "sangam-e2e-"));
  const file = join(home, "demo.json");
  const base = await freePorts();
  const said = [];
  const demo = spawn(
    binary,
    [
      "demo",
      "--idle",
      "--port-base",
      String(base),
      "--data",
      join(home, "data"),
      "--describe",
      file,
      ...more,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  demo.stdout.on("data", (text) => said.push(text));
  demo.stderr.on("data", (text) => said.push(text));
  const ended = new Promise((resolve) => demo.once("exit", resolve));
  const describe = await until(
    "the demo is ready",
    async () => {
      if (demo.exitCode !== null) throw new Error(`the demo ended:\n${said.join("")}`);
      return readFile(file, "utf8").then(JSON.parse, () => null);
    },
    120_000,
  );
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS.split(" ") });
  return {
    describe,
    /** The file that holds it. */
    file,
    browser,
    page: `http://127.0.0.1:${base}`,
    async stop() {
      await browser.close();
      demo.kill("SIGTERM");
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

export async function ask(url, { method = "GET", body, token, origin } = {}) {
  const headers = {};
  if (body) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  if (origin) headers.origin = origin;
  const res = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await res.text();
  if (!res.ok) throw new Error(`${method} ${url}: ${res.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

export async function signIn(base, user) {
  const { token } = await ask(`${base}/api/v1/session`, {
    method: "POST",
    body: { user: user.name, pin: user.pin },
  });
  return { base, token };
}

export const queueOf = async (who, site) =>
  (await ask(`${who.base}/api/v1/snapshot?view=queue${site ? `&site=${site}` : ""}`, { token: who.token }))
    .view;

/** Every entry of a queue as "token status place". */
export const lines = (view) =>
  view.gurujis.flatMap((g) => g.entries.map((e) => `${e.token} ${e.status} ${e.position}`)).sort();

export function uuidv7() {
  const id = randomBytes(16);
  id.writeUIntBE(Date.now(), 0, 6);
  id[6] = (id[6] & 0x0f) | 0x70;
  id[8] = (id[8] & 0x3f) | 0x80;
  return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export async function act(who, type, data, saw) {
  const action = { id: uuidv7(), type, at: new Date().toISOString(), data, saw };
  const body = { actions: [action] };
  const { results } = await ask(`${who.base}/api/v1/actions`, { method: "POST", token: who.token, body });
  return results[0];
}
