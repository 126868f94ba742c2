// 500 people in a coordinator's list and ten changes a second: how long the longest frame is, beside a bare list of 500
// lines whose text changes as often.

import { sitDown, userOf } from "../e2e/desk.mjs";
import { startBare } from "./bare.mjs";
import { median, ms, percentile, slow, sum, table, traced } from "./figures.mjs";
import { openDesk } from "./site.mjs";

const PEOPLE = Number(process.env.PEOPLE ?? 500);
const SECONDS = Number(process.env.FOR_SECONDS ?? 15);
const EVERY_MS = 100;

/** In the page: what each frame took, until `stop`. A long animation frame is one of more than 50 ms. */
function watchFrames() {
  const long = [];
  const gaps = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration, blockingDuration } of list.getEntries()) long.push({ duration, blockingDuration });
  });
  observer.observe({ type: "long-animation-frame" });
  let last = performance.now();
  let going = true;
  const tick = (now) => {
    gaps.push(now - last);
    last = now;
    if (going) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  globalThis.stopFrames = () => {
    going = false;
    observer.disconnect();
    return { long, gaps };
  };
}

/** Calls `change` ten times a second and tells what the page's frames were meanwhile. */
async function during(page, change) {
  await page.evaluate(watchFrames);
  const { answer: changes, tasks } = await traced(page, async () => {
    const made = [];
    for (const end = Date.now() + SECONDS * 1000; Date.now() < end; ) {
      const one = change(made.length);
      one.catch(() => {}); // told below, once the site and the browser can be ended
      made.push(one);
      await new Promise((resume) => setTimeout(resume, EVERY_MS));
    }
    await Promise.all(made);
    return made.length;
  });
  const { long, gaps } = await page.evaluate("stopFrames()");
  const busy = sum(tasks) / changes;
  return { changes, busy, tasks, long: long.map((one) => one.duration), gaps };
}

export async function list(world, site) {
  const desk = await openDesk(site);
  await desk.fill(PEOPLE);
  const ids = desk.ids();
  const bare = await startBare(PEOPLE);
  const ours = await sitDown(world, {
    base: site.url,
    screen: "coordinator",
    user: userOf(site, "coordinator"),
  });
  const plain = await world.browser.newPage();
  await plain.goto(bare.url);
  await ours
    .locator("[data-line]")
    .nth(PEOPLE - 1)
    .waitFor();

  // Fifty all over the list are put on hold, one after the other, then back, and so on.
  const ourChange = (n) => desk.toggle(ids[(7 * (n % 50)) % ids.length]);
  const bareChange = async (n) => bare.tell(`${(7 * n) % PEOPLE} change ${n}`);
  const rows = [];
  for (const rate of [1, 4]) {
    for (const [name, page, change] of [
      ["coordinator's list", ours, ourChange],
      ["bare list", plain, bareChange],
    ]) {
      await slow(page, rate);
      const { changes, busy, tasks, long, gaps } = await during(page, change);
      await slow(page, 1);
      rows.push([
        `${name}, ${rate}x slower`,
        changes,
        ms(busy),
        ms(percentile(tasks, 100)),
        tasks.filter((task) => task > 50).length,
        ms(median(gaps)),
        ms(percentile(gaps, 99)),
        long.length,
        ms(Math.max(0, ...long)),
      ]);
    }
  }
  await Promise.all([ours, plain].map((page) => page.context().close()));
  await bare.stop();
  table(
    `A list of ${PEOPLE} waiting people, ten changes a second (bar: no frame of more than 50 ms); tasks by the processor's time, frames by the clock`,
    [
      "",
      "changes",
      "processor a change",
      "longest task",
      "tasks > 50 ms",
      "frame p50",
      "p99",
      "frames > 50 ms",
      "longest",
    ],
    rows,
  );
}
