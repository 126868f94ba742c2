// What a person may ask of the clinic, done for them by the site's admin on the real program: told, corrected, agreed to
// and taken back, taken out, erased.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { isSound, sitDown, TABLET, userOf } from "./desk.mjs";
import { act, queueOf, signIn, startDemo } from "./world.mjs";

let world;
let site;
let desk;
let admin;
let guruji;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  [desk, admin] = await Promise.all([
    signIn(site.url, userOf(site, "coordinator")),
    sitDown(world, { base: site.url, screen: "admin", user: userOf(site, "admin") }),
  ]);
  guruji = (await queueOf(desk)).gurujis[0].id;
  await must("person.register", { name: "Revati Apte", phone: "9822044556", birthYear: 1958, place: "Wai" });
  await must("person.register", { name: "Revati Oak", phone: "9822077889" });
});

after(() => world?.stop());

async function must(type, data) {
  const result = await act(desk, type, data);
  assert.equal(result.status, "applied", JSON.stringify(result));
  return result.data;
}

const page = () => admin.locator("main.page");
const button = (name) => admin.getByRole("button", { name, exact: true });
const fact = (label) => page().locator(".facts > div", { has: admin.getByText(label, { exact: true }) });

async function find(text) {
  await admin.locator(".seek input").fill(text);
  await admin.keyboard.press("Enter");
}

test("somebody is found by name or number, and what is kept is told without what ails them", async () => {
  const person = { name: "Revati Oak", phone: "9822077889" };
  await must("queue.check_in", { guruji, person, reason: "fever" });
  await admin.keyboard.press("4");
  await admin.getByText("Find who is asking").waitFor();
  await isSound(admin, "nobody is looked for");
  await find("r");
  await admin.getByText("Two letters of a name", { exact: false }).waitFor();
  await find("nobody at all");
  await admin.getByText("Nobody is known as “nobody at all”").waitFor();
  await find("revati");
  await button("Open: Revati Oak").waitFor();
  await isSound(admin, "two are found");
  await find("9822 0445");
  await button("Open: Revati Apte").waitFor();
  assert.equal(await button("Open: Revati Oak").count(), 0, "another number is another person");

  await button("Open: Revati Apte").focus();
  await admin.keyboard.press("Enter");
  await fact("Phone").getByText("+91 98220 44556").waitFor();
  await fact("Year of birth").getByText("1958").waitFor();
  await page().locator("h3:focus", { hasText: "Revati Apte" }).waitFor();
  await isSound(admin, "a person");
  await find("revati oak");
  await button("Open: Revati Oak").click();
  await fact("Phone").getByText("+91 98220 77889").waitFor();
  assert.equal(await page().getByText("fever").count(), 0, "an admin is told why they came");
});

test("what is kept is corrected, consent is recorded and taken back, and it is told who did it", async () => {
  await find("revati apte");
  await button("Open: Revati Apte").click();
  await button("Correct").click();
  await isSound(admin, "correcting");
  const phone = admin.getByRole("dialog").locator("input[type=tel]");
  await phone.fill("12");
  await admin.keyboard.press("Enter");
  await admin.getByText("This is not a telephone number").waitFor();
  await phone.fill("98220 99001");
  await admin.getByLabel("Further numbers").fill("98220 44556, 02026 123456");
  await admin.getByLabel("Language").selectOption("mr");
  await button("Save").click();
  await fact("Phone").getByText("+91 98220 99001").waitFor();
  await fact("Language").getByText("मराठी").waitFor();
  await fact("Further numbers").getByText("+91 98220 44556").waitFor();

  await button("Record consent: Messages to their phone").click();
  await isSound(admin, "consenting");
  await admin.getByLabel("Version of the notice").fill("2026-2");
  await admin.keyboard.press("Enter");
  const messages = page().locator("tr", { hasText: "Messages to their phone" });
  await messages.getByText("Agreed").waitFor();
  await messages.getByText("Notice 2026-2").waitFor();
  await button("Take back: Messages to their phone").click();
  await admin.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await messages.getByText("Taken back").waitFor();

  const done = page().locator(".table.audit tr");
  await done.filter({ hasText: "Record a consent" }).nth(1).waitFor();
  await done.filter({ hasText: "Change a person’s details" }).first().waitFor();
  await isSound(admin, "a person who was corrected");
});

test("all that is kept comes as a file, as far as an admin may see it", async () => {
  const [taken] = await Promise.all([
    admin.waitForEvent("download"),
    button("Take out: All that is kept about them").click(),
  ]);
  assert.match(taken.suggestedFilename(), /^person-[0-9a-f]{8}-\d{4}-\d\d-\d\d\.json$/);
  const told = JSON.parse(await readFile(await taken.path(), "utf8"));
  const [person] = told.records.filter((one) => one.kind === "person");
  assert.equal(person.fields.name, "Revati Apte");
  assert.equal(person.fields.consent.length, 2, "what they agreed to and took back");
  const [bundle] = await Promise.all([
    admin.waitForEvent("download"),
    button("Take out: The same for another system").click(),
  ]);
  assert.equal(JSON.parse(await readFile(await bundle.path(), "utf8")).resourceType, "Bundle");
});

test("whoever is in the queue is not erased, whoever is not is erased for good after one more word", async () => {
  await find("revati oak");
  await button("Open: Revati Oak").click();
  await button("Erase: Revati Oak").click();
  const panel = admin.getByRole("dialog");
  const erase = panel.getByRole("button", { name: "Erase" });
  assert.ok(await erase.isDisabled(), "one press erases");
  await isSound(admin, "before erasing");
  await panel.getByRole("checkbox").check();
  await erase.click();
  await panel.getByText("They have a place in the queue", { exact: false }).waitFor();
  await isSound(admin, "it is refused");
  await admin.keyboard.press("Escape");
  await fact("Phone").getByText("+91 98220 77889").waitFor();

  await find("revati apte");
  await button("Open: Revati Apte").click();
  await button("Erase: Revati Apte").click();
  await panel.getByRole("checkbox").check();
  await erase.click();
  await admin.getByText("It is erased", { exact: true }).waitFor();
  assert.ok(!(await admin.content()).includes("Apte"), "the page still names them");
  await isSound(admin, "erased");
  await find("revati apte");
  await admin.getByText("Nobody is known as “revati apte”").waitFor();
  const kept = await admin.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    const all = [JSON.stringify({ ...localStorage })];
    for (const name of names) {
      const db = await new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
      });
      for (const store of db.objectStoreNames)
        all.push(
          await new Promise((resolve) => {
            const reading = db.transaction(store).objectStore(store).getAll();
            reading.onsuccess = () => resolve(JSON.stringify(reading.result));
          }),
        );
      db.close();
    }
    return all.join("");
  });
  assert.ok(!/apte/i.test(kept), "this browser still knows who was erased");
});

test("in Hindi on a tablet the page is sound, and while the box is away it says what it cannot do", async () => {
  await admin.context().close();
  const user = userOf(site, "admin");
  admin = await sitDown(world, { base: site.url, screen: "admin", user, lang: "hi", glass: TABLET });
  await admin.keyboard.press("4");
  await admin.getByText("जो माँग रहे हैं, उन्हें खोजें").waitFor();
  await isSound(admin, "nobody is looked for, in Hindi");
  await find("revati");
  await button("खोलें: Revati Oak").click();
  await fact("फ़ोन").waitFor();
  await isSound(admin, "a person in Hindi");
  await button("सुधारें").click();
  await isSound(admin, "correcting in Hindi");
  await admin.keyboard.press("Escape");
  await button("मिटाएँ: Revati Oak").click();
  await isSound(admin, "before erasing in Hindi");
  await admin.keyboard.press("Escape");

  await admin.context().setOffline(true);
  await admin.getByText("केवल मशीन से संपर्क होने पर").waitFor();
  assert.ok(await button("मिटाएँ: Revati Oak").isDisabled(), "it offers to erase while the box is away");
  await button("सुधारें").click();
  await admin.getByLabel("स्थान").fill("Satara");
  await admin.keyboard.press("Enter");
  await page().locator(".person-head").getByText("भेजा जाएगा").waitFor();
  await isSound(admin, "away, in Hindi");
  await find("revati");
  await admin.getByText("लोग मशीन पर खोजे जाते हैं", { exact: false }).waitFor();
  await admin.context().setOffline(false);
  await admin.getByText("केवल मशीन से संपर्क होने पर").waitFor({ state: "detached" });
  await admin.locator(".pending-button .chip").waitFor({ state: "detached" }); // what was saved meanwhile is at the site
  await find("revati");
  await page().locator("tr", { hasText: "Revati Oak" }).getByText("Satara").waitFor();
});
