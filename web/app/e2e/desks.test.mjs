// A desk, a guruji, the hall and the centre at the same work: what one does the others see, with and without the line.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lineOf, openPage, sitDown, userOf } from "./desk.mjs";
import { ask, lines, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;
let kiosk;
let board;
let coordinator;
let guruji;
let centre;
let api;
let lane;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  const healer = userOf(site, "guruji");
  const glass = (kind, size) =>
    openPage(world, `${site.url}/${kind}#pair=${site.devices.find((one) => one.kind === kind).pair}`, {
      glass: size,
    });
  [kiosk, board, coordinator, guruji, centre, api] = await Promise.all([
    glass("kiosk", [1080, 1920]),
    glass("board", [1920, 1080]),
    sitDown(world, { base: site.url, screen: "coordinator", user: userOf(site, "coordinator") }),
    sitDown(world, { base: site.url, screen: "guruji", user: healer }),
    sitDown(world, { base: world.describe.hub.url, screen: "centre", user: world.describe.hub.users[0] }),
    signIn(site.url, userOf(site, "coordinator")),
  ]);
  lane = (await queueOf(api)).gurujis.find((one) => one.name === healer.name);
});

after(() => world?.stop());

const order = (path, body) =>
  ask(`${world.page}/demo/sites/${site.id}/${path}`, { method: "POST", body, origin: world.page });
const entries = async () => (await queueOf(api)).gurujis.flatMap((one) => one.entries);

/** Takes a token at the kiosk for the guruji of these tests. */
async function takeToken() {
  const known = new Set((await entries()).map((one) => one.token));
  await kiosk.locator(".healer", { hasText: lane.name }).click();
  const token = (await kiosk.locator(".token").first().textContent()).trim();
  assert.ok(!known.has(token), `${token} was given before`);
  await kiosk.reload();
  await kiosk.locator(".healer").first().waitFor();
  return token;
}

/** Single keys are for the page, not for what had the focus last. */
async function press(page, key) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(key);
}

const openQueue = () => centre.goto(`${world.describe.hub.url}/centre#site=${site.id}&queue`);

test("who takes a token at the kiosk stands at the desk and before the guruji, and is called everywhere", async () => {
  const token = await takeToken();
  await Promise.all([lineOf(coordinator, token).waitFor(), lineOf(guruji, token).waitFor()]);

  await press(guruji, "n");
  await guruji.locator(".coming .token", { hasText: token }).waitFor();
  await board.getByText(token, { exact: true }).first().waitFor();
  await lineOf(coordinator, token).getByText("Called").waitFor();

  await openQueue();
  await lineOf(centre, token).getByText("Called").waitFor();
  assert.equal(await centre.getByText("No name given").count(), 0, "the centre knows no names and says none");

  await guruji.waitForTimeout(800); // a second press within the settling time belongs to the first
  await press(guruji, "Enter");
  await guruji.locator(".person .timer").waitFor();
  await lineOf(coordinator, token).getByText("With guruji").waitFor();
  await lineOf(centre, token).getByText("With guruji").waitFor();
});

test("with the line cut the desk works on and says so, and the centre catches up when it is back", async () => {
  await order("line", { cut: true });
  const token = await takeToken();
  await lineOf(coordinator, token).waitFor();
  await coordinator.getByText("Working locally.").waitFor({ timeout: 40_000 });
  const drawer = coordinator.locator("aside.drawer");
  await drawer.getByText("Centre not heard").waitFor();
  await lineOf(coordinator, token).click();
  await press(coordinator, "h");
  await lineOf(coordinator, token).getByText("On hold").waitFor();
  await centre.getByText("This is how it stood then.", { exact: false }).waitFor({ timeout: 40_000 });
  assert.equal(await lineOf(centre, token).count(), 0, "the centre heard through a cut line");

  await order("line", { cut: false });
  await lineOf(centre, token).getByText("On hold").waitFor({ timeout: 60_000 });
  await coordinator.getByText("The centre hears this site.").waitFor({ timeout: 40_000 });
  await until(
    "nothing waits for the centre",
    async () => (await drawer.getByText("Nothing is waiting").count()) === 1,
  );

  await press(centre, "Escape");
  await centre.locator(".drawer.site").waitFor();
  await press(centre, "Escape");
  await centre.locator(".drawer.site").waitFor({ state: "detached" });
  await centre.getByText("All sites", { exact: true }).waitFor();
});

test("what the desk does while the box is down waits in the drawer, and is applied once when it is back", async () => {
  const token = await takeToken();
  await lineOf(coordinator, token).click();
  await order("node", { stopped: true });
  await coordinator.getByText("Offline.").waitFor({ timeout: 40_000 });

  await press(coordinator, "h");
  await lineOf(coordinator, token).getByText("Will send").waitFor();
  await press(coordinator, "c");
  await coordinator.getByLabel("Name, as they say it").fill("Vimala Joshi");
  await coordinator.keyboard.press("Enter");
  await coordinator.getByText("Whom does Vimala Joshi see?").waitFor();
  await coordinator.locator(".pick", { hasText: lane.name }).click();
  await coordinator.getByRole("button", { name: "Give token" }).click();
  await coordinator.getByText("The token follows").waitFor();
  await coordinator.getByRole("button", { name: "Done" }).click();
  const drawer = coordinator.locator("aside.drawer");
  await until("both wait", async () => (await drawer.locator("article").count()) === 2);

  await order("node", { stopped: false });
  await drawer.getByText("Will send from this screen").waitFor({ state: "detached", timeout: 60_000 });
  const found = await until("the box has both", async () => {
    const now = await entries().catch(() => []);
    return now.some((one) => one.name === "Vimala Joshi") && now;
  });
  assert.equal(
    found.filter((one) => one.name === "Vimala Joshi").length,
    1,
    lines({ gurujis: [{ entries: found }] }).join(),
  );
  const held = found.find((one) => one.token === token);
  assert.deepEqual([held.status, held.generation], ["on_hold", 1], "held once");
  await lineOf(coordinator, found.find((one) => one.name === "Vimala Joshi").token).waitFor();
});

test("what the centre announces stands at the desk until it is read, and the centre sees who has read it", async () => {
  await centre.goto(`${world.describe.hub.url}/centre#announcements`);
  await centre.getByLabel("In a few words").fill("Boil the water today");
  await centre.getByRole("button", { name: "Announce", exact: true }).click();
  await coordinator.getByText("The centre announces: Boil the water today").waitFor({ timeout: 40_000 });
  await coordinator.getByRole("button", { name: "I have read it" }).click();
  await coordinator.getByText("Boil the water today").waitFor({ state: "detached" });
  await centre.getByText("1 person has read it").waitFor({ timeout: 40_000 });
  await centre.getByRole("button", { name: "Withdraw" }).click();
  await centre.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await guruji.getByText("Boil the water today").waitFor({ state: "detached", timeout: 40_000 });
});

test("a site is asked by the centre, and the centre sees that it was done", async () => {
  await centre.goto(`${world.describe.hub.url}/centre#site=${site.id}`);
  await centre.getByRole("button", { name: "Ask the site" }).click();
  await centre.getByRole("dialog").getByRole("button", { name: "Ask", exact: true }).click();
  await coordinator.getByText("No more tokens are given").waitFor({ timeout: 40_000 });
  await centre.locator(".asked li", { hasText: "Done" }).first().waitFor({ timeout: 40_000 });
  await coordinator.getByRole("button", { name: "Give tokens again" }).click();
});
