import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Desk } from "./page.ts";

const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

let home: string;
let server: Server;
let origin: string;
let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "sangam-browser-"));
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      rollupOptions: { input: fileURLToPath(new URL("./page.ts", import.meta.url)) },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  if (!result || !("output" in result)) throw new Error("nothing was built");
  const { code } = result.output[0];
  server = createServer((request, response) => {
    const script = request.url === "/page.js";
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(script ? code : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
  // A name on the LAN without a certificate, which a browser does not call secure.
  origin = `http://desk.test:${(server.address() as AddressInfo).port}`;
  await open(2_000_000);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((down) => server?.close(down));
  await rm(home, { recursive: true, force: true });
});

/** `bytes`: how much room the browser gives, from before the first write, since it asks about that only now and then. */
async function open(bytes?: number): Promise<void> {
  browser = await chromium.launchPersistentContext(join(home, "profile"), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...flags.split(" "), "--host-resolver-rules=MAP desk.test 127.0.0.1"],
  });
  page = browser.pages()[0] ?? (await browser.newPage());
  if (bytes) await room(bytes);
  await page.goto(origin);
  await page.waitForFunction("globalThis.desk");
}

/** Runs in the page. */
const desk = <T>(run: (desk: Desk) => T | Promise<T>): Promise<T> =>
  page.evaluate(`(${run})(globalThis.desk)`) as Promise<T>;

async function room(bytes?: number): Promise<void> {
  const devtools = await browser.newCDPSession(page);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, ...(bytes && { quotaSize: bytes }) });
}

describe("in a browser, on a plain-HTTP name", () => {
  it("is live without anything that a browser keeps for secure pages", async () => {
    expect(await desk((d) => d.has())).toEqual({
      secure: false,
      randomUUID: false,
      subtle: false,
      locks: false,
    });
    await desk((d) => d.start(true));
    await page.waitForFunction("desk.mode() === 'realtime'");
    expect(await desk((d) => d.write("first", 10))).toBe(true);
    await page.waitForFunction("desk.waiting() === 0");
  }, 30_000);

  it("loses nothing to a disk that is full, and replays in order after a restart of the browser", async () => {
    await desk((d) => d.down());
    await page.waitForFunction("desk.mode() === 'offline'");
    expect(await desk((d) => d.write("kept", 10))).toBe(true);
    expect(await desk((d) => d.write("in memory", 5_000_000))).toBe(false);
    expect(await desk((d) => d.disk())).toEqual({
      queueDurable: false,
      queueTrouble: "QuotaExceededError",
    });
    await room();
    expect(await desk((d) => d.write("last", 10))).toBe(true);
    expect(await desk((d) => d.disk())).toMatchObject({ queueDurable: true });

    await browser.close();
    await open();
    await desk((d) => d.start(false)); // who is signed in is remembered, and so is what waits
    await page.waitForFunction("desk.waiting() === 3");
    await desk((d) => d.up());
    await page.waitForFunction("desk.waiting() === 0");
    expect(await desk((d) => d.received())).toEqual(["kept", "in memory", "last"]);
  }, 60_000);

  it("keeps 2,000 actions through a restart of the browser, and sends them all in order", async () => {
    await desk((d) => d.down());
    await page.waitForFunction("desk.mode() === 'offline'");
    const kept = await desk((d) =>
      Promise.all(Array.from({ length: 2_000 }, (_, i) => d.write(`action ${i}`, 10))),
    );
    expect(kept.filter((stored) => !stored)).toEqual([]);

    await browser.close();
    await open();
    await desk((d) => d.start(false));
    await page.waitForFunction("desk.waiting() === 2000");
    await desk((d) => d.up());
    await page.waitForFunction("desk.waiting() === 0", null, { timeout: 120_000 });
    expect(await desk((d) => d.received())).toEqual(Array.from({ length: 2_000 }, (_, i) => `action ${i}`));
  }, 240_000);
});
