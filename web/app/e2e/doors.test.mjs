// Ways in: a device by its code, staff by their PIN, and who gets it wrong.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { atTheDoor, isSound, openPage, sitDown, TABLET, typePin, userOf } from "./desk.mjs";
import { startDemo, until } from "./world.mjs";

let world;
let site;
let admin;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  admin = await sitDown(world, {
    base: site.url,
    screen: "admin",
    user: userOf(site, "admin"),
    glass: TABLET,
  });
});

after(() => world?.stop());

test("a kiosk that asks is let in by the code it shows, and starts by itself", async () => {
  const kiosk = await openPage(world, `${site.url}/kiosk?name=Gate`, { glass: [1080, 1920] });
  const shown = (await kiosk.locator("p.code").textContent()).trim();
  await admin.keyboard.press("2");
  const asks = admin.locator(".request", { hasText: shown });
  await asks.getByText("Gate asks to be let in").waitFor();
  await isSound(admin, "a device asks");
  await asks.getByRole("button", { name: "Let it in" }).click();
  await kiosk.locator(".healer").first().waitFor();
  const gate = admin.locator("tr", { hasText: "Gate" });
  await gate.getByText("Live").waitFor();
  await gate.getByText("No token from it yet today").waitFor();
  await kiosk.locator(".healer").first().click();
  await kiosk.locator(".paper .token").waitFor();
  await gate.getByText("Gave 1 token today").waitFor();
  await isSound(admin, "what a device does now");

  await gate.getByRole("button").click();
  await admin.getByRole("dialog").getByRole("button", { name: "Take out" }).click();
  await kiosk.locator("p.code").waitFor();
  await kiosk.context().close();
});

test("a code that an admin made lets one board in, and only one", async () => {
  await admin.keyboard.press("2");
  await admin.getByRole("button", { name: "Add a device" }).click();
  await admin.getByRole("button", { name: "Wall board" }).click();
  await admin.getByLabel("What people call it", { exact: false }).fill("Veranda");
  await admin.keyboard.press("Enter");
  const code = (await admin.locator(".panel.pair .code span[aria-hidden]").textContent()).trim();
  await isSound(admin, "a pair code");
  await admin.getByRole("button", { name: "The device has it" }).click();
  await admin.locator("tr", { hasText: "Veranda" }).waitFor();

  const board = await openPage(world, `${site.url}/board#pair=${code}`, { glass: [1920, 1080] });
  await board.locator(".board").waitFor();
  assert.equal(
    await admin.locator(".request", { hasText: "Wall board" }).count(),
    0,
    "who has a code does not ask as well",
  );
  assert.ok(!board.url().includes(code), "the code stays in no address");
  const second = await openPage(world, `${site.url}/board`, { glass: [1920, 1080] });
  await second.getByRole("button", { name: /जोड़ने का कोड|pair code/ }).click();
  await second.locator("form input").fill(code);
  await second.keyboard.press("Enter");
  await second.locator("[aria-invalid=true]").waitFor();
});

test("the admin's page is told by a socket, as everybody's is", async () => {
  await admin.getByText("Real-time.").waitFor();
  assert.equal(admin.sockets.size, 1, "one socket stays open");
  assert.equal(await admin.getByText("Fallback.").count(), 0);
});

test("a wrong PIN changes nothing, too many make everybody wait, and the right one then opens", async () => {
  const user = site.users.filter((one) => one.role === "coordinator").at(-1);
  const page = await atTheDoor(world, { base: site.url, screen: "coordinator", user });
  await typePin(page, "000000");
  await page.getByText("That PIN does not fit.").waitFor();
  await isSound(page, "a wrong PIN");
  const locked = page.getByText("Too many tries");
  await until("the door is locked", async () => {
    if (await locked.count()) return true;
    const field = page.locator("input[type=password]");
    if ((await field.isEnabled()) && (await field.inputValue()) === "") await typePin(page, "000000");
    return false;
  });
  assert.ok(await page.locator("input[type=password]").isDisabled());
  await page.getByText(/can give you a new PIN/).waitFor();
  await isSound(page, "locked");
  await locked.waitFor({ state: "detached", timeout: 40_000 });
  await typePin(page, user.pin);
  await page.locator("header.bar").waitFor({ timeout: 40_000 });

  await admin.keyboard.press("3");
  const row = admin.locator("tr", { hasText: user.name });
  await row.getByText(/\d wrong PINs? today/).waitFor();
  await row.getByText("Now, Desk").waitFor();
  await isSound(admin, "who signed in");
  await row.getByRole("button", { name: "Sign-ins" }).press("Enter");
  const panel = admin.getByRole("dialog");
  await panel.getByText("At a screen now").waitFor();
  await panel.getByText(/\d wrong PINs?$/).waitFor();
  await isSound(admin, "the sign-ins of one");
  await admin.keyboard.press("Escape");
});
