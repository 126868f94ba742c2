// What a hall, a desk and the centre live through on a bad day, in a real browser on the real program.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { act, ask, lines, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;
let desk;
let centre;
let kiosk;
let board;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  desk = await signIn(
    site.url,
    site.users.find((one) => one.role === "coordinator"),
  );
  centre = await signIn(world.describe.hub.url, world.describe.hub.users[0]);
  const glass = async (kind, width, height) => {
    const context = await world.browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${site.url}/${kind}#pair=${site.devices.find((one) => one.kind === kind).pair}`);
    return page;
  };
  kiosk = await glass("kiosk", 1080, 1920);
  board = await glass("board", 1920, 1080);
  await kiosk.locator(".healer").first().waitFor();
});

after(() => world?.stop());

const order = (path, body) =>
  ask(`${world.page}/demo/sites/${site.id}/${path}`, { method: "POST", body, origin: world.page });

/** Takes a token at the kiosk and returns it as the desk sees it. */
async function takeToken() {
  const known = new Set(lines(await queueOf(desk)).map((line) => line.split(" ")[0]));
  await kiosk.locator(".healer").first().click();
  const token = await until("the desk sees the token", async () => {
    const fresh = lines(await queueOf(desk)).map((line) => line.split(" ")[0]);
    return fresh.find((one) => !known.has(one));
  });
  await kiosk.getByText(token, { exact: true }).first().waitFor();
  await kiosk.reload();
  await kiosk.locator(".healer").first().waitFor();
  return token;
}

async function callNext() {
  const view = await queueOf(desk);
  const guruji = view.gurujis.find((one) => one.entries.some((e) => e.status === "waiting"));
  const result = await act(desk, "queue.call_next", { guruji: guruji.id });
  assert.equal(result.status, "applied", JSON.stringify(result));
  return result.data.token;
}

test("a tap at the kiosk is a token at the desk and at the centre, and a call is on the board", async () => {
  await takeToken();
  const called = await callNext();
  await board.getByText(called, { exact: true }).first().waitFor();
  await until("the centre shows the same queue", async () => {
    const [here, there] = [await queueOf(desk), await queueOf(centre, site.id)];
    return lines(here).join() === lines(there).join() && lines(there).some((line) => line.startsWith(called));
  });
});

test("with the line cut the hall goes on, and the centre catches up by itself", async () => {
  await order("line", { cut: true });
  const tokens = [await takeToken(), await takeToken()];
  const called = await callNext();
  await board.getByText(called, { exact: true }).first().waitFor();
  const there = lines(await queueOf(centre, site.id));
  assert.ok(
    !there.some((line) => tokens.includes(line.split(" ")[0])),
    `the centre heard through a cut line: ${there}`,
  );
  await order("line", { cut: false });
  await until(
    "the centre shows the same queue",
    async () => lines(await queueOf(desk)).join() === lines(await queueOf(centre, site.id)).join(),
    60_000,
  );
});

test("what is done while the box is down is applied once when it is back", async () => {
  const before = lines(await queueOf(desk)).length;
  await order("node", { stopped: true });
  await until(
    "the kiosk notices",
    async () => !(await kiosk.getByText("K1-", { exact: false }).count()),
    1_000,
  );
  await kiosk.locator(".healer").first().click();
  const slip = kiosk.locator(".token").first();
  await slip.waitFor();
  const token = (await slip.textContent()).trim();
  await order("node", { stopped: false });
  const found = await until(
    "the token is in the queue",
    async () => {
      const now = await queueOf(desk).then(lines, () => []);
      return now.filter((line) => line.startsWith(`${token} `) || now.length > before).length > 0 && now;
    },
    60_000,
  );
  assert.equal(found.length, before + 1, `one more entry, not ${found.length - before}: ${found}`);
});
