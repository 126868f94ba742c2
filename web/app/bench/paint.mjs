// What a screen costs to open: its first paint on a kiosk with a slow processor and a slow line, beside a page that
// holds one sentence; and the bytes each screen takes over the line.

import { createServer } from "node:http";
import { openPage, sitDown, userOf } from "../e2e/desk.mjs";
import { kB, median, ms, narrow, percentile, slow, sum, table, traced } from "./figures.mjs";

const RUNS = Number(process.env.RUNS ?? 7);
const LINE = { mbit: 10, latencyMs: 20 };

/** In the page: ms from the start of the navigation until the first paint with something on it. */
const firstPaint = () =>
  new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const paint = list.getEntries().find((one) => one.name === "first-contentful-paint");
      if (paint) resolve(paint.startTime);
    }).observe({ type: "paint", buffered: true });
  });

/** Opens it anew with an empty cache, as after a night switched off: first paint, and when `sight` is there. */
async function openAgain(page, sight) {
  await page.devtools.send("Network.clearBrowserCache");
  await page.reload({ waitUntil: "commit" });
  const painted = await page.evaluate(firstPaint);
  await page.locator(sight).first().waitFor();
  return { painted, ready: await page.evaluate("performance.now()") };
}

async function startSentence() {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html").end("<!doctype html><p class=healer>One sentence.</p>");
  });
  await new Promise((up) => server.listen(0, "127.0.0.1", up));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

export async function paint(world, site) {
  const pair = (kind) => site.devices.find((one) => one.kind === kind).pair;
  const sentence = await startSentence();
  const kiosk = await openPage(world, `${site.url}/kiosk#pair=${pair("kiosk")}`, { glass: [1080, 1920] });
  await kiosk.locator(".healer").first().waitFor();
  await kiosk.goto(`${site.url}/kiosk`);
  const plain = await openPage(world, sentence.url, { glass: [1080, 1920] });
  const taken = { kiosk: [], plain: [] };
  for (let i = -1; i < RUNS; i++) {
    for (const [name, page] of Object.entries({ kiosk, plain })) {
      await narrow(page, LINE);
      await slow(page, 6);
      const took = await openAgain(page, ".healer");
      await slow(page, 1);
      if (i >= 0) taken[name].push(took);
    }
  }
  const busy = {};
  for (const [name, page] of Object.entries({ kiosk, plain })) {
    const { tasks } = await traced(page, () => openAgain(page, ".healer"), "firstContentfulPaint");
    busy[name] = sum(tasks);
  }
  sentence.stop();
  await Promise.all([kiosk, plain].map((page) => page.context().close()));
  const row = (name, runs, busyMs) => {
    const painted = runs.map((one) => one.painted);
    const ready = runs.map((one) => one.ready);
    return [
      name,
      runs.length,
      ms(median(painted)),
      ms(percentile(painted, 100)),
      ms(median(ready)),
      ms(busyMs),
    ];
  };
  table(
    `A kiosk 6 times slower on ${LINE.mbit} Mbit/s and ${LINE.latencyMs} ms, nothing cached (bar: first paint < 1.5 s)`,
    [
      "",
      "runs",
      "first paint p50",
      "slowest",
      "ready for a tap p50",
      "its processor to the first paint, unslowed",
    ],
    [row("kiosk", taken.kiosk, busy.kiosk), row("one sentence, for comparison", taken.plain, busy.plain)],
  );
}

/** Bytes of each kind that came over the line until nothing more came. */
async function weigh(open) {
  const bytes = { screen: 0, fonts: 0, answers: 0 };
  const kinds = new Map();
  const context = { watch: null };
  const page = await open(async (fresh) => {
    fresh.devtools = await fresh.context().newCDPSession(fresh);
    await fresh.devtools.send("Network.enable");
    fresh.devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
      const kind =
        type === "Font" ? "fonts" : new URL(response.url).pathname.startsWith("/api/") ? "answers" : "screen";
      kinds.set(requestId, kind);
    });
    fresh.devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const kind = kinds.get(requestId);
      if (kind) bytes[kind] += encodedDataLength;
    });
    context.watch = fresh;
  });
  await page.waitForLoadState("networkidle");
  await page.context().close();
  return bytes;
}

export async function payload(world, site) {
  const { hub } = world.describe;
  const device = (kind, glass) => (watch) =>
    openPage(world, `${site.url}/${kind}#pair=${site.devices.find((one) => one.kind === kind).pair}`, {
      glass,
      watch,
    });
  const seat = (base, screen, user) => (watch) => sitDown(world, { base, screen, user, watch });
  const screens = {
    kiosk: device("kiosk", [1080, 1920]),
    board: device("board", [1920, 1080]),
    patient: (watch) => openPage(world, `${site.url}/patient`, { glass: [390, 844], watch }),
    guruji: seat(site.url, "guruji", userOf(site, "guruji")),
    coordinator: seat(site.url, "coordinator", userOf(site, "coordinator")),
    admin: seat(site.url, "admin", userOf(site, "admin")),
    centre: seat(hub.url, "centre", hub.users[0]),
  };
  const rows = [];
  for (const [name, open] of Object.entries(screens)) {
    const { screen, fonts, answers } = await weigh(open);
    rows.push([name, kB(screen), kB(fonts), kB(answers)]);
  }
  table(
    "Bytes over the line from the address to a screen at work, sign-in and panels included (bar: 60 kB without fonts)",
    ["screen", "page, scripts, styles", "fonts", "answers"],
    rows,
  );
}
