// People at staff screens: they sign in with their name and PIN like everybody, and look.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ask, until } from "./world.mjs";

export const DESK = [1440, 900];
export const TABLET = [1024, 768];
const axe = readFile(
  fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)),
  "utf8",
);

/** What the browser itself says of a box that is away. */
const LINE = /^(Failed to load resource|WebSocket connection to)/;

/**
 * A page of its own browser profile: two people never share a sign-in. `watch` is given the page before it goes
 * anywhere.
 */
export async function openPage(
  world,
  url,
  { glass = DESK, lang = "en", keeps = false, touch = false, watch } = {},
) {
  const context = await world.browser.newContext({
    viewport: { width: glass[0], height: glass[1] },
    hasTouch: touch,
    // Each new profile would fetch and keep all screens anew; one test is about that.
    serviceWorkers: keeps ? "allow" : "block",
  });
  await context.addInitScript((said) => localStorage.setItem("sangam.lang.staff", said), lang);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.complaints = [];
  page.sockets = new Set();
  page.on("websocket", (socket) => {
    page.sockets.add(socket);
    socket.on("close", () => page.sockets.delete(socket));
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (said) => {
    if (said.type() === "error" && !LINE.test(said.text())) page.complaints.push(said.text());
  });
  await watch?.(page);
  await page.goto(url);
  return page;
}

/** Opens a staff screen to where the PIN is asked for. `names`: where this program finds the site, if not at `base`. */
export async function atTheDoor(world, { base, names: from = base, screen, user, ...how }) {
  const { names } = await ask(`${from}/api/v1/session/names`);
  const known = names.find((one) => one.name === user.name);
  const page = await openPage(world, `${base}/${screen}${known ? `?who=${known.id}` : ""}`, how);
  if (!known) {
    await page.locator("input[autocomplete=username]").first().fill(user.name);
    await page.keyboard.press("Enter");
  }
  await page.locator("input[type=password]").waitFor();
  return page;
}

export async function typePin(page, pin) {
  await page.locator("input[type=password]").fill(pin);
  await page.keyboard.press("Enter");
}

/** Opens a staff screen and signs in. */
export async function sitDown(world, who) {
  const page = await atTheDoor(world, who);
  await typePin(page, who.user.pin);
  await page.locator("header.bar").waitFor();
  return page;
}

export const userOf = (site, role) => site.users.find((one) => one.role === role);

/** The line of a token in a list of people, as its status and whatever else stands there. */
export const lineOf = (page, token) =>
  page.locator(".line", { has: page.getByText(token, { exact: true }) }).first();

/** The page knows that the site has what was done to them: only then can it be undone. */
export const isSettled = (page, token) =>
  until(`${token} is settled`, async () => {
    return (await lineOf(page, token).locator("[data-icon=send]").count()) === 0;
  });

/** No fault of accessibility, nothing wider than the glass, and the page complained about nothing. */
export async function isSound(page, what) {
  const { violations } = await page.evaluate(`(() => { ${await axe}; return axe.run(); })()`);
  const said = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(said, [], `${what}: axe`);
  const [width, glass] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width <= glass, `${what}: ${width} px on a glass of ${glass}`);
  assert.deepEqual(page.complaints, [], `${what}: complaints of the page`);
}
