// Every screen in both languages: no fault of accessibility, nothing beyond the glass, live by a socket; and the desks
// by keyboard alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { atTheDoor, DESK, isSettled, isSound, lineOf, openPage, sitDown, TABLET, userOf } from "./desk.mjs";
import { makeMorning } from "./morning.mjs";
import { lines, queueOf, startDemo, until } from "./world.mjs";

let world;
let site;
let hub;
let api;

before(async () => {
  world = await startDemo();
  [site] = world.describe.sites;
  hub = world.describe.hub;
  api = await makeMorning(site);
});

after(() => world?.stop());

const desk = (screen, role = screen) => ({ base: site.url, screen, user: userOf(site, role) });
/** name -> [who sits there, what is in sight first, keys that open a panel, parts by their address] */
const places = () => ({
  coordinator: [desk("coordinator"), ".lane .line", ["c", "e", "Control+k", "?"]],
  guruji: [desk("guruji"), ".person", ["t"]],
  admin: [desk("admin"), ".health", [], ["#devices", "#staff", "#posters", "#settings", "#apps"]],
  centre: [
    { base: hub.url, screen: "centre", user: hub.users[0] },
    ".sites tbody tr",
    [],
    [`#site=${site.id}`, `#site=${site.id}&queue`, "#announcements", "#compare"],
  ],
});

async function everyPart(name, [who, sees, panels = [], parts = []], how) {
  const said = `${name} in ${how.lang} at ${how.glass[0]}`;
  const page = await sitDown(world, { ...who, ...how });
  await page.locator(sees).first().waitFor();
  await page.locator(".links", { hasText: how.lang === "hi" ? "लाइव" : "Real-time" }).waitFor();
  await isSound(page, said);
  assert.equal(page.sockets.size, 1, `${said}: one socket`);
  for (const key of panels) {
    await page.keyboard.press(key);
    await page.getByRole("dialog").waitFor();
    await isSound(page, `${said}, ${key}`);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  for (const part of parts) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, part);
    await until(`${part} is drawn`, () =>
      page.locator(".page h2, .drawer.site h2, .lane .line, .work-page h2").count(),
    );
    await isSound(page, `${said}, ${part}`);
  }
  await page.context().close();
}

for (const [lang, glass] of [
  ["en", DESK],
  ["hi", TABLET],
]) {
  test(`every screen is sound in ${lang} at ${glass.join(" by ")}`, async () => {
    for (const [name, place] of Object.entries(places())) await everyPart(name, place, { lang, glass });
    const door = await atTheDoor(world, { ...desk("coordinator"), lang, glass });
    await isSound(door, `the door in ${lang}`);
    await door.context().close();
  });
}

test("the kiosk and the board are sound", async () => {
  for (const [kind, sees, glass] of [
    ["kiosk", ".healer", [1080, 1920]],
    ["board", ".token", [1920, 1080]],
  ]) {
    const { pair } = site.devices.find((one) => one.kind === kind);
    const page = await openPage(world, `${site.url}/${kind}#pair=${pair}`, { glass });
    await page.locator(sees).first().waitFor();
    await isSound(page, kind);
    await page.context().close();
  }
});

const entryOf = async (token) =>
  (await queueOf(api)).gurujis.flatMap((one) => one.entries).find((one) => one.token === token);
const statusIs = (token, status) =>
  until(`${token} is ${status}`, async () => (await entryOf(token))?.status === status);

test("a coordinator runs the queue by keyboard alone, and typing is never a command", async () => {
  const page = await sitDown(world, { ...desk("coordinator"), lang: "en" });
  const { keyboard } = page;
  await page.locator(".lane .line").first().waitFor();
  await keyboard.press("3");
  await keyboard.press("n");
  const { gurujis } = await until("somebody is called in the third lane", async () => {
    const view = await queueOf(api);
    return view.gurujis[2].entries.some((one) => one.status === "called") && view;
  });
  const { token } = gurujis[2].entries.find((one) => one.status === "called");
  await lineOf(page, token).getByText("Called").waitFor();
  await page.locator(".selection", { hasText: token }).waitFor();
  assert.ok(
    await page.getByRole("button", { name: "Call again" }).isDisabled(),
    "a call is repeated after a minute",
  );
  await keyboard.press("r");
  await keyboard.press("s");
  await statusIs(token, "no_answer");
  assert.equal(await page.getByText("Refused").count(), 0, "a recall before its time was sent");
  await keyboard.press("h");
  await statusIs(token, "on_hold");
  await keyboard.press("h");
  await statusIs(token, "waiting");
  await isSettled(page, token);
  await keyboard.press("u");
  await statusIs(token, "on_hold");

  const before = lines(await queueOf(api));
  await keyboard.press("/");
  await keyboard.type("nshr?");
  assert.equal(await page.evaluate(() => document.activeElement?.value), "nshr?");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await keyboard.press("Escape");
  await page.evaluate(() => document.activeElement?.blur());
  await keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await keyboard.press("n");
  await keyboard.press("Escape");
  await keyboard.press("Control+k");
  await keyboard.type("rukm");
  await keyboard.press("Escape");
  await keyboard.press("Control+k");
  await keyboard.type("Usha");
  await page.getByRole("option", { name: /Usha Patil/ }).waitFor();
  await keyboard.press("Enter");
  await page.locator(".selection", { hasText: "Usha Patil" }).waitFor();
  assert.deepEqual(lines(await queueOf(api)), before, "typing changed the queue");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a guruji goes through the day by one key, and a note is never a command", async () => {
  const user = site.users.filter((one) => one.role === "guruji").at(-1);
  const page = await sitDown(world, { base: site.url, screen: "guruji", user, glass: TABLET });
  const { keyboard } = page;
  await page.locator(".idle").waitFor();
  const settled = () => page.waitForTimeout(800); // a second press within this time belongs to the first
  await settled();
  await keyboard.press("n");
  const token = (await page.locator(".coming .token").textContent()).trim();
  await settled();
  await keyboard.press("h");
  await statusIs(token, "on_hold");
  await page.locator(".idle").waitFor();
  await settled();
  await keyboard.press("n");
  await page.locator(".coming").waitFor();
  const second = (await page.locator(".coming .token").textContent()).trim();
  assert.notEqual(second, token);
  await settled();
  await keyboard.press("s");
  await statusIs(second, "no_answer");
  await page.locator(".idle").waitFor();
  await settled();
  await keyboard.press("n");
  await page.locator(".coming").waitFor();
  const third = (await page.locator(".coming .token").textContent()).trim();
  await settled();
  await keyboard.press("Enter");
  await page.locator("textarea").waitFor();
  await keyboard.press("/");
  await keyboard.type("nh");
  assert.equal(await page.locator("input[type=search]").inputValue(), "nh");
  await page.locator("textarea").fill("Sleeps badly. New moon. No salt.");
  await statusIs(third, "in_service");
  await page.evaluate(() => document.activeElement?.blur());
  await settled();
  await keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await keyboard.press("Escape");
  await keyboard.press("f");
  await until("it is finished", async () => (await entryOf(third)) === undefined);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
