// The bookings of a day at the desk: made, moved, confirmed, cancelled, refused in words, and checked in by reference.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isSound, sitDown, userOf } from "./desk.mjs";
import { act, ask, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;
let desk;
let api;
let guruji;
let panel;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  const user = userOf(site, "coordinator");
  [desk, api] = await Promise.all([
    sitDown(world, { base: site.url, screen: "coordinator", user }),
    signIn(site.url, user),
  ]);
  [guruji] = (await queueOf(api)).gurujis;
  panel = desk.getByRole("dialog");
});

after(() => world?.stop());

/** Single keys are for the page, not for what had the focus last. */
async function press(key) {
  await desk.evaluate(() => document.activeElement?.blur());
  await desk.keyboard.press(key);
}

const dayOf = async () => (await queueOf(api)).day;
const after1 = (day, days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
const bookingsOf = async (day) =>
  (await ask(`${site.url}/api/v1/bookings?day=${day}`, { token: api.token })).bookings;
const lineOf = (name) => panel.locator("button.booking", { hasText: name });

/** Opens the form and fills it, up to pressing the button that books. */
async function fill({ name, phone, day, time }) {
  await panel.getByRole("button", { name: "Book", exact: true }).click();
  await panel.getByLabel("Name, as they say it").fill(name);
  await panel.getByLabel("Phone, if they have one").fill(phone);
  await panel.locator(".pick", { hasText: guruji.name }).click();
  await panel.locator("input[type=date]").fill(day);
  await panel.locator("input[type=time]").fill(time);
}

/** A few minutes from now as the site's calendar and clock say it. */
function soon() {
  const said = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Asia/Kolkata",
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(Date.now() + 5 * 60_000));
  return { day: said.slice(0, 10), time: said.slice(11) };
}

test("what is booked has a reference, and who gives it is checked in and stands in the queue", async () => {
  const day = await dayOf();
  await press("a");
  await panel.getByText("Nobody is booked for").waitFor();
  await isSound(desk, "no bookings");
  await fill({ name: "Kusum Desai", phone: "98220 55555", ...soon() });
  await isSound(desk, "the form of a booking");
  await desk.keyboard.press("Enter");
  const reference = (await panel.locator(".reference").textContent()).trim();
  assert.match(reference, /^[1-9][0-9]{5}$/);
  await isSound(desk, "a reference");
  await desk.keyboard.press("Enter"); // the main button has the focus

  await lineOf("Kusum Desai").getByText("Booked").waitFor();
  await panel.getByLabel("Name, phone or reference").fill(reference);
  await desk.keyboard.press("Enter");
  await isSound(desk, "a chosen booking");
  await panel.getByRole("button", { name: "Confirm" }).click();
  await lineOf("Kusum Desai").getByText("Confirmed").waitFor();
  await panel.getByRole("button", { name: "Check in" }).click();
  await panel.getByText("Whom does Kusum Desai see?").waitFor();
  await panel.getByRole("button", { name: "Give token" }).click();
  await panel.getByRole("button", { name: "Done" }).click();
  await desk.locator(".line", { hasText: "Kusum Desai" }).first().waitFor();
  const [one] = await bookingsOf(day);
  assert.deepEqual([one.reference, one.status], [reference, "checked_in"]);
});

test("a booking of another day is still there after a reload, moves with its reference, and is cancelled", async () => {
  const day = after1(await dayOf(), 2);
  await press("a");
  await fill({ name: "Harish Nair", phone: "98220 66666", day, time: "10:00" });
  await desk.keyboard.press("Enter");
  const reference = (await panel.locator(".reference").textContent()).trim();
  await desk.reload();
  await desk.locator("header.bar").waitFor();
  await press("a");
  await panel.locator("input[type=date]").fill(day);
  await lineOf("Harish Nair").click();
  await panel.getByRole("button", { name: "Move", exact: true }).click();
  await panel.locator("input[type=date]").fill(after1(day, 1));
  await panel.getByRole("button", { name: "Move to 10:00" }).click();
  assert.equal((await panel.locator(".reference").textContent()).trim(), reference);
  await panel.getByRole("button", { name: "Done" }).click();

  await lineOf("Harish Nair").getByText("Booked").waitFor();
  await panel.getByRole("button", { name: "Cancel booking" }).click();
  await isSound(desk, "is a booking cancelled?");
  await panel.getByRole("button", { name: "Cancel booking" }).click();
  await until("it is cancelled", async () => (await bookingsOf(after1(day, 1)))[0].status === "cancelled");
  await desk.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
});

test("a slot that somebody else took meanwhile is refused in words, where it was asked", async () => {
  const day = after1(await dayOf(), 5);
  await press("a");
  await fill({ name: "Leela Shah", phone: "98220 77777", day, time: "11:00" });
  await desk.route("**/api/v1/bookings?*", (route) => route.abort());
  const taken = await act(api, "appointment.book", {
    person: { name: "Mohan Das" },
    guruji: guruji.id,
    slot: new Date(`${day}T11:00:00+05:30`).toISOString(),
  });
  assert.equal(taken.status, "applied");
  await panel.getByText("This time is taken. Choose another.").waitFor();
  await panel.getByRole("button", { name: "Book 11:00" }).click();
  await panel.getByText("Not booked").waitFor();
  await panel.getByRole("alert").getByText("This time is taken. Choose another.").waitFor();
  await isSound(desk, "a refused booking");
  await panel.getByRole("button", { name: "Change it" }).click();
  assert.equal(await panel.getByLabel("Name, as they say it").inputValue(), "Leela Shah", "nothing is lost");
  await desk.unroute("**/api/v1/bookings?*");
  await panel.locator(".when").getByRole("button").first().click();
  await desk.getByRole("button", { name: /^Book \d/ }).click();
  await panel.locator(".reference").waitFor();
});

test("a booking is repeated, what was not free is left out and told, and they are reminded", async () => {
  const day = after1(await dayOf(), 9);
  const person = { name: "Leela Shah", phone: "98220 77777" };
  const taken = new Date(Date.parse(`${after1(day, 7)}T12:00:00+05:30`)).toISOString();
  assert.equal(
    (await act(api, "appointment.book", { person, guruji: guruji.id, slot: taken })).status,
    "applied",
  );

  await desk.keyboard.press("Escape");
  await press("a");
  await fill({ name: "Meena Rao", phone: "98220 88888", day, time: "12:00" });
  await panel.getByRole("button", { name: "Book 12:00" }).waitFor();
  await panel.getByLabel("Repeats").selectOption("weekly");
  await panel.getByLabel("How many times in all").fill("99");
  await panel.getByText("A number from 2 to 53").waitFor();
  await isSound(desk, "a booking that repeats");
  await panel.getByLabel("How many times in all").fill("3");
  await desk.keyboard.press("Enter");
  await panel.getByText("2 appointments are booked").waitFor();
  await panel.getByText("Not free, and left out").waitFor();
  await isSound(desk, "a series with a gap");
  await panel.getByRole("button", { name: "Done" }).click();
  const names = async (days) => (await bookingsOf(after1(day, days))).map(({ name }) => name);
  assert.deepEqual(
    [await names(0), await names(7), await names(14)],
    [["Meena Rao"], ["Leela Shah"], ["Meena Rao"]],
  );

  await lineOf("Meena Rao").click();
  await panel.getByRole("button", { name: "Reminded" }).click();
  await lineOf("Meena Rao").getByText("Reminded").waitFor();
  const [{ remindedAt }] = await bookingsOf(day);
  assert.ok(Date.parse(remindedAt) > 0, "the box does not know that they were reminded");
  await isSound(desk, "reminded");
  await desk.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
});

test("who is known from another day is found at check-in, and stays one person", async () => {
  const known = async () =>
    (await ask(`${site.url}/api/v1/people?q=Meena%20Rao`, { token: api.token })).people.map((one) => one.id);
  const before = await known();
  await press("c");
  await panel.getByLabel("Name, as they say it").fill("meena");
  const found = panel
    .getByRole("region", { name: "Known at this site" })
    .locator("li", { hasText: "Meena Rao" });
  await found.locator("mark", { hasText: "Meena" }).waitFor();
  await isSound(desk, "somebody of another day");
  await found.getByRole("button", { name: "This one" }).click();
  await panel.getByText("Whom does Meena Rao see?").waitFor();
  await panel.getByRole("button", { name: "Give token" }).click();
  await panel.getByRole("button", { name: "Done" }).click();
  await desk.locator(".line", { hasText: "Meena Rao" }).first().waitFor();
  assert.deepEqual(await known(), before);
  await press("c");
  await panel.getByLabel("Name, as they say it").fill("meena");
  await panel.getByText("Waiting already").waitFor();
  await desk.keyboard.press("Escape");
});

test("what is booked while the box is away waits at the desk, and has its reference when it is back", async () => {
  const stop = (stopped) =>
    ask(`${world.page}/demo/sites/${site.id}/node`, {
      method: "POST",
      body: { stopped },
      origin: world.page,
    });
  const day = after1(await dayOf(), 7);
  await desk.keyboard.press("Escape");
  await stop(true);
  await desk.getByText("Offline.").waitFor({ timeout: 40_000 });
  await press("a");
  await fill({ name: "Nalini Bhat", phone: "98220 88888", day, time: "12:00" });
  await panel.getByText("Not known while the box is not heard", { exact: false }).waitFor();
  await panel.getByRole("button", { name: "Book 12:00" }).click();
  await panel.getByText("The reference follows").waitFor();
  await panel.getByRole("button", { name: "Done" }).click();
  await panel.getByText("The bookings of this day are not known").waitFor();
  await panel.locator(".booking", { hasText: "Nalini Bhat" }).getByText("Will send").waitFor();
  await isSound(desk, "bookings while the box is away");

  await stop(false);
  await lineOf("Nalini Bhat").getByText("Booked").waitFor({ timeout: 60_000 });
  await panel.getByText("The bookings of this day are not known").waitFor({ state: "detached" });
  const [one] = await until("the box has it", () => bookingsOf(day).catch(() => null));
  await lineOf("Nalini Bhat").getByText(one.reference, { exact: true }).first().waitFor();
});
