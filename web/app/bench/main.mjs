// Measures the screens in Chromium against the real program, each figure beside a yardstick of the same run:
//   node web/app/bench/main.mjs [latency] [list] [day] [paint] [payload]

import { startDemo } from "../e2e/world.mjs";
import { day, SPEED } from "./day.mjs";
import { latency } from "./latency.mjs";
import { list } from "./list.mjs";
import { paint, payload } from "./paint.mjs";

/** Each part with a site of its own; a day runs on the clinic's own, faster clock. */
const parts = {
  latency: { run: latency },
  list: { run: list },
  day: { run: day, more: ["--speed", String(SPEED)] },
  paint: { run: paint },
  payload: { run: payload },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}
for (const [name, { run, more = [] }] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const world = await startDemo(["--sites", "1", ...more]);
  try {
    await run(world, world.describe.sites[0]);
  } finally {
    await world.stop();
  }
}
