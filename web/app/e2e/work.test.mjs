// A morning's work at the staff screens, with mouse and keys, as the people of a site and of the centre do it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isSettled, isSound, lineOf, sitDown, TABLET, typePin, userOf } from "./desk.mjs";
import { act, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;
let desk;
let guruji;
let admin;
let centre;
let api;
let own;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  const healer = userOf(site, "guruji");
  const at = (screen, user, how) => sitDown(world, { base: site.url, screen, user, ...how });
  [desk, guruji, admin, centre, api] = await Promise.all([
    at("coordinator", userOf(site, "coordinator")),
    at("guruji", healer, { glass: TABLET }),
    at("admin", userOf(site, "admin")),
    sitDown(world, { base: world.describe.hub.url, screen: "centre", user: world.describe.hub.users[0] }),
    signIn(site.url, userOf(site, "coordinator")),
  ]);
  own = (await queueOf(api)).gurujis.find((one) => one.name === healer.name);
});

after(() => world?.stop());

const entries = async () => (await queueOf(api)).gurujis.flatMap((one) => one.entries);
const named = async (name) => (await entries()).filter((one) => one.name === name);

async function must(type, data) {
  const result = await act(api, type, data);
  assert.equal(result.status, "applied", JSON.stringify(result));
  return result.data;
}

/** Single keys are for the page, not for what had the focus last. */
async function press(page, key) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(key);
}

async function go(page, hash) {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}

test("several who came together get their tokens at once, those who were booked among them", async () => {
  await must("appointment.book", {
    person: { name: "Deepa Menon", phone: "+919810001002" },
    guruji: own.id,
    slot: new Date(Date.now() + 600_000).toISOString(),
  });
  await press(desk, "m");
  const panel = desk.getByRole("dialog");
  await panel.getByLabel("Deepa Menon", { exact: false }).check();
  await panel.getByLabel("Others who came with them").fill("Rama Joshi, 98220 12345\nGopal Rao");
  await isSound(desk, "several");
  await panel.getByRole("button", { name: "Give 3 tokens" }).click();
  await panel.getByText("Saved").nth(2).waitFor();
  await panel.getByRole("button", { name: "Done" }).click();
  for (const name of ["Deepa Menon", "Rama Joshi", "Gopal Rao"]) {
    assert.equal((await named(name)).length, 1, name);
    await desk.locator(".line", { hasText: name }).first().waitFor();
  }
});

test("who may be somebody known is asked about in the drawer, and the answer is kept", async () => {
  await must("queue.check_in", {
    guruji: own.id,
    person: { name: "Rama Joshi Patil", phone: "+919822012345" },
  });
  const drawer = desk.locator("aside.drawer");
  const asked = drawer.locator("article", { hasText: "Rama Joshi Patil" });
  await asked.getByText("Same person?").waitFor();
  await isSound(desk, "same person");
  await asked.getByRole("button", { name: "Two people" }).click();
  await asked.waitFor({ state: "detached" });
  await until(
    "the desk is asked no more",
    async () => (await named("Rama Joshi Patil"))[0].alike === undefined,
  );
});

test("a key acts once, never while somebody types, not at all when switched off, and is undone", async () => {
  const [first] = await named("Gopal Rao");
  await lineOf(desk, first.token).click();
  await press(desk, "/");
  await desk.keyboard.type("hn");
  assert.equal((await named("Gopal Rao"))[0].status, "waiting", "a letter in a field is a letter");
  await desk.keyboard.press("Escape");

  await press(desk, "?");
  await desk.getByRole("switch", { name: "Single keys" }).click();
  await desk.keyboard.press("Escape");
  await press(desk, "h");
  await press(desk, "?");
  assert.equal(await desk.getByRole("dialog").count(), 0, "a switched-off key opens nothing");
  await desk.getByRole("button", { name: "Keys and you" }).click();
  await desk.getByRole("switch", { name: "Single keys" }).click();
  await desk.keyboard.press("Escape");
  assert.equal((await named("Gopal Rao"))[0].status, "waiting");

  await press(desk, "h");
  await lineOf(desk, first.token).getByText("On hold").waitFor();
  await isSettled(desk, first.token);
  await press(desk, "u");
  await lineOf(desk, first.token).getByText("On hold").waitFor({ state: "detached" });
  await until("it is taken back", async () => (await named("Gopal Rao"))[0].status === "waiting");
});

test("the queue goes on paper: everybody in their order, and nothing else of the screen", async () => {
  await desk.evaluate(() => {
    window.print = () => document.body.setAttribute("data-printed", "");
  });
  await desk.keyboard.press("Control+p");
  const sheet = desk.locator(".paper .sheet");
  await sheet.waitFor();
  for (const { token, name } of await entries()) {
    const row = sheet.locator("tr", { has: desk.getByText(token, { exact: true }) });
    assert.ok((await row.textContent()).includes(name ?? ""), token);
  }
  const line = (await queueOf(api)).gurujis[0].entries.filter((one) => one.position);
  const places = sheet
    .locator("section")
    .first()
    .locator("tr", { has: desk.locator("td:first-child:not(:empty)") });
  assert.deepEqual(
    await places.locator(".token").allTextContents(),
    line.map((one) => one.token),
    "in their order",
  );
  await isSound(desk, "the sheet");
  await desk.keyboard.press("Enter");
  await desk.locator("body[data-printed]").waitFor();
  await desk.emulateMedia({ media: "print" });
  assert.equal(await desk.locator("header.bar").isVisible(), false);
  assert.equal(await desk.locator(".paper .button").first().isVisible(), false);
  assert.equal(await sheet.isVisible(), true);
  const pdf = (await desk.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.ok(pdf.match(/\/Type\s*\/Page\b/g).length <= 2, "two pages at most");
  await desk.emulateMedia({ media: null });
  await desk.keyboard.press("Escape");
});

test("from the palette one comes to all keys, and from those to the queue on paper", async () => {
  await desk.keyboard.press("Control+k");
  await desk.locator(".palette").waitFor();
  await desk.keyboard.press("?");
  await desk.locator(".keysheet").waitFor();
  await desk.keyboard.press("Escape");
  await desk.keyboard.press("Control+k");
  await desk.locator(".palette").waitFor();
  await desk.keyboard.type("all keys");
  await desk.keyboard.press("Enter");
  await desk.locator(".keysheet").getByRole("button", { name: "Print the queue" }).click();
  await desk.locator(".paper .sheet").waitFor();
  await desk.keyboard.press("Escape");
  assert.equal(await desk.getByRole("dialog").count(), 0);
});

test("whoever leaves the desk signs out from the palette, and comes back by their PIN", async () => {
  await desk.keyboard.press("Control+k");
  await desk.locator(".palette").waitFor();
  await desk.keyboard.type("sign out");
  await desk.keyboard.press("Enter");
  await typePin(desk, userOf(site, "coordinator").pin);
  await desk.locator("header.bar").waitFor();
});

test("a remedy that the centre prepares is given with one tap, and a note is added to afterwards", async () => {
  await go(centre, "remedies");
  await centre.getByLabel("Name", { exact: true }).fill("Mahayograj guggulu");
  await centre.getByLabel("Days").fill("21");
  await centre.getByRole("button", { name: "Save", exact: true }).click();
  await centre.locator(".templates", { hasText: "Mahayograj guggulu" }).waitFor();
  await isSound(centre, "remedies and rules");

  await press(guruji, "n");
  await guruji.locator(".person.coming").waitFor();
  // A press right after the one that called belongs to that one: it is pressed until it counts, as people do.
  await until("they are with the guruji", async () => {
    const start = guruji.locator(".start");
    if (await start.count()) await start.click({ timeout: 2_000 }).catch(() => {});
    return (await guruji.locator(".person .reason").count()) === 1;
  });
  await guruji.getByText("Nothing from before is known here.").waitFor();
  await guruji.getByRole("button", { name: "Mahayograj guggulu" }).click({ timeout: 40_000 });
  await guruji.locator(".remedy .given", { hasText: "21 days" }).waitFor();
  await guruji.getByLabel("Note", { exact: false }).fill("Knee better");
  await isSound(guruji, "somebody with the guruji");
  await press(guruji, "f");
  await guruji.locator(".person .reason").waitFor({ state: "detached" });

  await press(guruji, "v");
  const seen = guruji.getByRole("dialog");
  await seen.locator("summary").first().click();
  await seen.getByText("Knee better").waitFor();
  await seen.getByRole("button", { name: "Add to it" }).click();
  await seen.getByRole("textbox").fill("Walks every morning");
  await seen.getByRole("button", { name: "Add", exact: true }).click();
  await seen.getByText("Walks every morning").waitFor();
  await isSound(guruji, "seen today");
  await guruji.keyboard.press("Escape");
});

test("a guruji on a break says to whom those who wait may go, and in which room they sit", async () => {
  await guruji.getByRole("button", { name: "Break", exact: true }).click();
  const panel = guruji.getByRole("dialog");
  await panel.getByLabel("Room").fill("7");
  await panel.getByRole("button", { name: "Save" }).click();
  const other = (await queueOf(api)).gurujis.find((one) => one.id !== own.id);
  await panel.getByLabel("Those who wait may go to").selectOption(other.id);
  await isSound(guruji, "a break");
  await panel.getByRole("button", { name: "Until I am back" }).click();
  const now = await until("the break has begun", async () => {
    const found = (await queueOf(api)).gurujis.find((one) => one.id === own.id);
    return found.availability === "on_break" && found.room === "7" && found;
  });
  assert.equal(now.offerTo, other.id);
  await guruji.getByRole("button", { name: "I am back" }).click();
});

test("an admin finds who did what, and takes out tables and the report of the day", async () => {
  await go(admin, "audit");
  const rows = admin.locator(".table.audit tbody tr");
  await rows.filter({ hasText: "Add to a note" }).waitFor();
  await admin.getByLabel("What").selectOption("remedy");
  await admin.getByRole("button", { name: "Search" }).click();
  await admin.locator(".table.audit", { hasNotText: "Add to a note" }).waitFor();
  await rows.filter({ hasText: "Remedy for" }).first().waitFor();
  await admin.getByLabel("What").selectOption("note");
  // A look that a socket brought is in the audit within two seconds, and a search tells what was there when it was asked.
  await until("the look at a note is in the audit", async () => {
    await admin.getByRole("button", { name: "Search" }).click();
    await admin.locator(".table.audit, .empty").first().waitFor(); // there may be no look yet
    return (await rows.filter({ hasText: "Had health notes on the screen" }).count()) > 0;
  });
  await admin.locator(".table.audit", { hasNotText: "Remedy for" }).waitFor();
  await isSound(admin, "who did what");

  await go(admin, "reports");
  await isSound(admin, "reports");
  const [table] = await Promise.all([
    admin.waitForEvent("download"),
    admin.getByRole("button", { name: "Take out as CSV: Tokens" }).click(),
  ]);
  assert.match(table.suggestedFilename(), /^entries-.*\.csv$/);
  const report = await admin.getByRole("link", { name: "Open" }).getAttribute("href");
  const cookies = await admin.context().cookies();
  const res = await fetch(new URL(report, site.url), {
    headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") },
  });
  assert.equal(res.status, 200);
  assert.ok(!(await res.text()).includes("Gopal Rao"), "the report of a day names nobody");
});

test("each screen is sound in Hindi on a tablet", async () => {
  for (const [page, hashes] of [
    [desk, [""]],
    [admin, ["box", "reports", "audit", "settings"]],
    [centre, ["", "remedies", "compare", "announcements"]],
  ]) {
    await page.setViewportSize({ width: TABLET[0], height: TABLET[1] });
    // Said after what the profile says at each load, so that it is this that counts.
    await page.addInitScript(() => localStorage.setItem("sangam.lang.staff", "hi"));
    for (const hash of hashes) {
      await go(page, hash);
      await page.reload();
      await page.locator("header.bar").waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.lang), "hi");
      await isSound(page, `${hash || "first page"} in Hindi`);
    }
  }
});

test("a device is switched to dark colours, stays so, and each screen is as sound in them", async () => {
  for (const page of [desk, guruji, admin, centre]) {
    await press(page, "?");
    const dark = page.locator(".keysheet [role=switch]").last();
    await dark.click();
    assert.equal(await dark.getAttribute("aria-checked"), "true");
    await page.reload(); // also ends the change from light to dark, in which no colour is what it will be
    await page.locator("header.bar").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await isSound(page, "in dark colours");
    await press(page, "?");
    await dark.waitFor();
    await isSound(page, "the sheet in dark colours");
    await page.keyboard.press("Escape");
  }
  await press(desk, "?");
  await desk.locator(".keysheet [role=switch]").last().press("Space");
  assert.equal(await desk.evaluate(() => document.documentElement.dataset.theme), undefined);
});
