// Eight hours of a clinic's day in one tab, faster than they pass: what the page holds after a forced collection, every
// tenth of the way. The day begins and ends with an empty queue.

import { spawn } from "node:child_process";
import { openPage, sitDown, userOf } from "../e2e/desk.mjs";
import { binary, queueOf, signIn, until } from "../e2e/world.mjs";
import { table } from "./figures.mjs";

export const SPEED = Number(process.env.SPEED ?? 300);
const VISITS = process.env.VISITS ?? "300";

async function holds(page) {
  page.devtools ??= await page.context().newCDPSession(page);
  const { devtools } = page;
  await devtools.send("HeapProfiler.enable");
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage"); // what finalizers let go of
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners, documents } = await devtools.send("Memory.getDOMCounters");
  return { heap: usedSize, nodes, listeners: jsEventListeners, documents };
}

const cell = ({ heap, nodes, listeners }) => `${(heap / 1e6).toFixed(2)} MB, ${nodes}, ${listeners}`;

export async function day(world, site) {
  const { pair } = site.devices.find((one) => one.kind === "board");
  const pages = {
    coordinator: await sitDown(world, {
      base: site.url,
      screen: "coordinator",
      user: userOf(site, "coordinator"),
    }),
    guruji: await sitDown(world, { base: site.url, screen: "guruji", user: userOf(site, "guruji") }),
    board: await openPage(world, `${site.url}/board#pair=${pair}`, { glass: [1920, 1080] }),
  };
  const who = await signIn(site.url, userOf(site, "coordinator"));
  const inQueue = async () => (await queueOf(who)).gurujis.reduce((sum, one) => sum + one.entries.length, 0);
  const said = [];
  const replay = spawn(
    binary,
    ["replay", "--describe", world.file, "--generate", VISITS, "--seed", "7"].concat([
      "--speed",
      String(SPEED),
      "--gurujis",
      "6",
      "--settle",
      "5s",
    ]),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  for (const stream of [replay.stdout, replay.stderr]) stream.on("data", (text) => said.push(String(text)));
  const ended = new Promise((resolve) => replay.once("exit", resolve));

  const rows = [];
  const began = Date.now();
  const dayMs = (8 * 3_600_000) / SPEED;
  async function note(when) {
    const waiting = await inQueue();
    const cells = [];
    for (const page of Object.values(pages)) cells.push(cell(await holds(page)));
    rows.push([when, waiting, ...cells]);
  }
  for (let tenth = 0; replay.exitCode === null; tenth++) {
    await until(
      "the next tenth of the day",
      () => replay.exitCode !== null || Date.now() - began >= (tenth * dayMs) / 10,
      10 * dayMs,
    );
    if (replay.exitCode === null) await note(`${(0.8 * tenth).toFixed(1)} h`);
  }
  await ended;
  await note("after");
  const pageFaults = Object.values(pages).flatMap((page) => page.complaints);
  await Promise.all(Object.values(pages).map((page) => page.context().close()));
  table(
    `${VISITS} visits in a day at ${SPEED} times its speed: heap after a forced collection, DOM nodes, listeners (bar: flat)`,
    ["of the day", "in the queue", ...Object.keys(pages)],
    rows,
  );
  if (pageFaults.length > 0) throw new Error(pageFaults.join("\n"));
  if (replay.exitCode !== 0)
    console.log(`\nthe replay ended with ${replay.exitCode}: ${said.join("").trim().split("\n").at(-1)}`);
}
