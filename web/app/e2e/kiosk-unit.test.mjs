// What deploy/kiosk starts: Chromium with the flags of its unit, ended and started again.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startEdge } from "./edge.mjs";
import { FLAGS } from "./world.mjs";

const UNIT = new URL("../../../deploy/kiosk/sangam-kiosk.service", import.meta.url);
/** What a machine without a screen or a disk of its own has elsewhere. */
const OF_THE_MACHINE = ["ozone-platform", "user-data-dir", "disk-cache-dir"];
let site;
let home;
let flags;
let screen;

before(async () => {
  home = await mkdtemp(join(tmpdir(), "sangam-kiosk-"));
  flags = (await readFile(UNIT, "utf8")).match(/ --[^\s\\]+/g).map((flag) => flag.trim());
  site = await startEdge();
});
after(async () => {
  await screen?.close();
  await site?.stop();
  await rm(home, { recursive: true, force: true });
});

const nameOf = (flag) => flag.slice(2).split("=")[0];

async function startScreen(path) {
  screen = await chromium.launchPersistentContext(home, {
    executablePath: "/usr/bin/chromium",
    args: [...FLAGS.split(" "), ...flags.filter((flag) => !OF_THE_MACHINE.includes(nameOf(flag)))],
    viewport: null,
  });
  const page = screen.pages()[0];
  // Opened by the page itself: what a test opens counts as touched.
  await page.addInitScript(() => {
    globalThis.sound = new AudioContext();
  });
  await page.goto(`http://localhost:${site.port}${path}`);
  return page;
}

test("Chromium knows every flag of the unit", async () => {
  const program = await readFile("/usr/lib/chromium/chromium");
  assert.ok(flags.length > 10, flags.join(" "));
  const unknown = flags.map(nameOf).filter((name) => !program.includes(`${name}\0`));
  assert.deepEqual(unknown, []);
});

test("a board sounds without a touch", async () => {
  const page = await startScreen("/board");
  await page.waitForFunction(() => globalThis.sound.state === "running");
  await screen.close();
});

test("what a kiosk is and what stands beside it outlasts the browser", async () => {
  let page = await startScreen("/kiosk?with=printer,reader&phones=http://sangam.local:8080");
  const code = await page.locator(".code").textContent();
  await screen.close();
  page = await startScreen("/kiosk");
  assert.equal(await page.locator(".code").textContent(), code);
  const kept = await page.evaluate(() => [
    localStorage.getItem("sangam.kiosk.with"),
    localStorage.getItem("sangam.kiosk.phones"),
  ]);
  assert.deepEqual(kept, ["printer,reader", "http://sangam.local:8080"]);
});
