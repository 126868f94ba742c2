// Action -> painted: a key pressed at one desk until another desk's glass shows it, beside a bare page that paints
// what a bare socket brings. Taken in turns, so that both meet the same machine.

import { sitDown } from "../e2e/desk.mjs";
import { until } from "../e2e/world.mjs";
import { startBare } from "./bare.mjs";
import { ms, percentile, slow, sum, table, traced } from "./figures.mjs";
import { openDesk } from "./site.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 8);
const IN_A_ROUND = 10;
const WAITING = 40;

/** In the page: the next time `look` gives something else, and that is on the glass. */
function nextPaint(look) {
  const read = new Function(`return ${look}`);
  const before = read();
  return new Promise((painted) => {
    const observer = new MutationObserver(() => {
      if (read() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        // The first task after the frame's callbacks runs when its layout and paint are done.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => painted(performance.timeOrigin + performance.now());
        port2.postMessage(null);
      });
    });
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  });
}

/** From the press of a key on one page until another has painted what came of it. */
async function press(from, key, on, look) {
  await from.evaluate(() => {
    addEventListener(
      "keydown",
      (event) => {
        globalThis.pressedAt = performance.timeOrigin + event.timeStamp;
      },
      { capture: true, once: true },
    );
  });
  const painted = on.evaluate(nextPaint, look);
  await on.evaluate("1"); // the watch is in place
  await from.keyboard.press(key);
  const at = await painted;
  return at - (await from.evaluate("pressedAt"));
}

export async function latency(world, site) {
  const desk = await openDesk(site);
  await desk.fill(WAITING);
  const [here, there] = await Promise.all(
    site.users
      .filter((user) => user.role === "coordinator")
      .map((user) => sitDown(world, { base: site.url, screen: "coordinator", user })),
  );
  const bare = await startBare(1);
  const [from, to] = await Promise.all([world.browser.newPage(), world.browser.newPage()]);
  for (const page of [from, to]) {
    await page.goto(bare.url);
    await page.locator("[data-open]").waitFor();
  }

  const [id] = desk.ids();
  await here.locator(`[data-line="${id}"]`).click();
  const look = `document.querySelector('[data-line="${id}"]')?.classList.contains("gone")`;
  const settled = () =>
    until(
      "nothing waits to be sent",
      async () => (await here.locator(`[data-line="${id}"] [data-icon=send]`).count()) === 0,
    );

  const taken = { ours: [], bare: [] };
  for (let round = -1; round < ROUNDS; round++) {
    await slow(there, 6);
    for (let i = 0; i < IN_A_ROUND; i++) {
      const took = await press(here, "h", there, look);
      if (round >= 0) taken.ours.push(took); // the first round warms up
      await settled();
    }
    await slow(there, 1);
    await slow(to, 6);
    for (let i = 0; i < IN_A_ROUND; i++) {
      const took = await press(from, "ab"[i % 2], to, "document.querySelector('li').textContent");
      if (round >= 0) taken.bare.push(took);
    }
    await slow(to, 1);
  }
  // The same unslowed, for what the other page itself does of it.
  const busy = {};
  for (const [name, page, once] of [
    ["ours", there, () => press(here, "h", there, look).then(settled)],
    ["bare", to, (i) => press(from, "cd"[i % 2], to, "document.querySelector('li').textContent")],
  ]) {
    const { tasks } = await traced(page, async () => {
      for (let i = 0; i < IN_A_ROUND; i++) await once(i);
    });
    busy[name] = sum(tasks) / IN_A_ROUND;
  }
  await Promise.all([here, there, from, to].map((page) => page.context().close()));
  await bare.stop();

  const row = (name, series, busyMs) => [
    name,
    series.length,
    ...[50, 95, 99].map((p) => ms(percentile(series, p))),
    ms(busyMs),
  ];
  table(
    `Action -> painted on another dashboard that is 6 times slower, ${WAITING} waiting (bar: p95 < 100 ms)`,
    ["", "presses", "p50", "p95", "p99", "its processor a press, unslowed"],
    [
      row("key at a desk -> another desk", taken.ours, busy.ours),
      row("key -> bare page of a bare socket", taken.bare, busy.bare),
    ],
  );
}
