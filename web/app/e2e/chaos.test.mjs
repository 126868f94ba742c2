// Two desks and a guruji work on while lines are cut, the site is killed, and pages are loaded anew, all at random. At the
// end nothing waits, and every desk shows what the site has. CHAOS_SEED and CHAOS_STEPS play another one, or a longer one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sitDown, userOf } from "./desk.mjs";
import { startEdge } from "./edge.mjs";
import { act, queueOf, signIn, until } from "./world.mjs";

const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 1e9) + 1);
const STEPS = Number(process.env.CHAOS_STEPS ?? 50);
/** What a desk does with a chosen person, and a guruji with whoever is there; most of it fits only now and then. */
const DESK = ["h", "h", "l", "s", "x", "b", "u"];
const GURUJI = ["n", "Enter", "h", "s", "u"];

let state = SEED % 2_147_483_647;
function chance() {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}
const pick = (list) => list[Math.floor(chance() * list.length)];

let site;
let up = true;
before(async () => {
  site = await startEdge();
});
after(() => site?.stop());

/** Everybody of a queue, as token and where they stand. */
const NOW = new Set(["called", "in_service"]);
const WAITS = new Set(["waiting", "no_answer"]);
const standing = ({ gurujis }) =>
  gurujis
    .flatMap(({ entries }) => entries)
    .map(({ token, status }) => `${token} ${NOW.has(status) ? "now" : WAITS.has(status) ? "waits" : "aside"}`)
    .sort();
/** The same as a desk shows it, but for those who ended, of whom it keeps the last. */
const shown = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("button.line[data-line]")].map((line) => ({
      token: line.querySelector(".token").textContent,
      where: line.classList.contains("gone") ? "aside" : line.classList.contains("now") ? "now" : "waits",
      waits: line.querySelector("[data-icon=send]") !== null,
    })),
  );

test(`whatever fails meanwhile, desks end with what the site has (seed ${SEED})`, async () => {
  const admin = await signIn(site.url, userOf(site, "admin"));
  await act(admin, "staff.create", { name: "Seva", role: "guruji", pin: "864201" });
  const api = await signIn(site.url, userOf(site, "coordinator"));
  const { gurujis } = await queueOf(api);
  for (let i = 0; i < 12; i++) {
    const came = await act(api, "queue.check_in", {
      guruji: gurujis[i % gurujis.length].id,
      person: { name: `Devotee ${i}` },
    });
    assert.equal(came.status, "applied");
  }
  const seat = (screen, user) => sitDown(site, { base: site.url, screen, user });
  const desks = await Promise.all(
    site.users.filter(({ role }) => role === "coordinator").map((user) => seat("coordinator", user)),
  );
  const pages = [...desks, await seat("guruji", userOf(site, "guruji"))];
  const cut = new Set();
  const done = [];

  async function step(page) {
    const who = pages.indexOf(page);
    const roll = chance();
    if (roll < 0.1) {
      const off = !cut.delete(page);
      if (off) cut.add(page);
      await page.context().setOffline(off);
      return `${who} ${off ? "offline" : "online"}`;
    }
    if (roll < 0.15) {
      await (up ? site.kill() : site.start());
      up = !up;
      return up ? "started" : "killed";
    }
    if (roll < 0.19 && up && !cut.has(page)) {
      await page.reload();
      await page.locator("header.bar").waitFor();
      return `${who} loaded anew`;
    }
    await page.keyboard.press("Escape"); // whatever panel the last one opened
    if (page === pages.at(-1)) {
      const key = pick(GURUJI);
      await page.keyboard.press(key);
      return `${who} ${key}`;
    }
    const line = pick(await page.locator("button.line[data-line]").all());
    // It may be gone the moment before it is pressed.
    const chosen = await line?.click({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (!chosen) return `${who} nobody`;
    const key = pick(DESK);
    await page.keyboard.press(key);
    return `${who} ${key}`;
  }

  for (let i = 0; i < STEPS; i++) {
    const page = pick(pages);
    done.push(await step(page));
    await page.waitForTimeout(50 + chance() * 400); // people are no faster
  }
  if (!up) await site.start();
  for (const page of cut) await page.context().setOffline(false);

  const after = await signIn(site.url, userOf(site, "coordinator"));
  for (const [i, desk] of desks.entries()) {
    let has;
    let want;
    const agrees = until(
      `desk ${i} shows what the site has`,
      async () => {
        want = standing(await queueOf(after));
        const tokens = new Set(want.map((one) => one.split(" ")[0]));
        const all = await shown(desk);
        has = all.filter(({ token }) => tokens.has(token)).map(({ token, where }) => `${token} ${where}`);
        return !all.some(({ waits }) => waits) && JSON.stringify(has.sort()) === JSON.stringify(want);
      },
      90_000,
    );
    await agrees.catch((error) =>
      assert.fail(`${error.message}\nsite ${want}\ndesk ${has}\nafter ${done.join(", ")}`),
    );
  }
  for (const page of pages) {
    assert.deepEqual(page.complaints, [], `after ${done.join(", ")}`);
    await page.locator(".links", { hasText: "Real-time" }).waitFor();
  }
});
