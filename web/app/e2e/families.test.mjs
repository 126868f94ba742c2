// One person who was known twice, and who belongs to whom: by the admin on their page and by the desk in its panel, on
// the real program, with mouse and keys.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isSound, lineOf, sitDown, TABLET, userOf } from "./desk.mjs";
import { act, ask, queueOf, signIn, startDemo } from "./world.mjs";

let world;
let site;
let api;
let admin;
let desk;
let guruji;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  const at = (screen, role) => sitDown(world, { base: site.url, screen, user: userOf(site, role) });
  [api, admin, desk] = await Promise.all([
    signIn(site.url, userOf(site, "coordinator")),
    at("admin", "admin"),
    at("coordinator", "coordinator"),
  ]);
  guruji = (await queueOf(api)).gurujis[0].id;
});

after(() => world?.stop());

async function must(type, data, saw) {
  const result = await act(api, type, data, saw);
  assert.equal(result.status, "applied", JSON.stringify(result));
  return result.data;
}

const register = async (name, phone) => (await must("person.register", { name, phone })).person;
const known = async (id) => {
  const { people } = await ask(`${site.url}/api/v1/people?q=${id}`, { token: api.token });
  return people[0];
};
const entryOf = async (id) =>
  (await queueOf(api)).gurujis.flatMap((one) => one.entries).find((one) => one.id === id);

const button = (page, name) => page.getByRole("button", { name, exact: true });
const panel = (page) => page.getByRole("dialog").last();
const heading = (page, name) => page.locator(".person-head h3:focus", { hasText: name });

/** So many panels are open. */
const panels = (page, count) =>
  page.waitForFunction((n) => document.querySelectorAll(".over").length === n, count);

/** Opens somebody on the admin's page. */
async function open(name) {
  await admin.evaluate(() => {
    location.hash = "people";
  });
  await admin.locator(".seek input").fill(name);
  await admin.keyboard.press("Enter");
  await button(admin, `Open: ${name}`).first().click();
  await heading(admin, name).waitFor();
}

test("two records of one person are made one by keyboard, and whoever was called keeps their turn", async () => {
  const keep = await register("Sunita Pawar", "9822011111");
  const drop = await register("Suneeta Pavar", "");
  const { entry } = await must("queue.check_in", { guruji, person: { id: drop } });
  const before = await entryOf(entry);
  await must("queue.call", { entry }, { status: before.status, generation: before.generation });

  await open("Suneeta Pavar");
  await button(admin, "Known twice? Merge").focus();
  await admin.keyboard.press("Enter");
  await panel(admin).locator("input[type=search]:focus").waitFor();
  await admin.keyboard.type("nobody of this name");
  await admin.keyboard.press("Enter");
  await admin.getByText("Nobody else is known as “nobody of this name”").waitFor();
  await isSound(admin, "nobody else");
  await panel(admin).locator("input[type=search]").fill("98220 11111");
  await admin.keyboard.press("Enter");
  await button(panel(admin), "This one: Sunita Pawar").focus();
  await admin.keyboard.press("Enter");

  const make = button(panel(admin), "Make them one");
  await panel(admin).locator("input[type=radio]:focus").waitFor();
  assert.ok(await make.isDisabled(), "one press makes them one");
  await panel(admin).getByText("· Called").waitFor();
  // Whoever was known first stays, unless another one is chosen.
  for (const [key, goes] of [
    [null, "Suneeta Pavar"],
    ["ArrowUp", "Sunita Pawar"],
    ["ArrowDown", "Suneeta Pavar"],
  ]) {
    if (key) await admin.keyboard.press(key);
    await panel(admin).getByText(`The second entry under the name ${goes}`, { exact: false }).waitFor();
  }
  await isSound(admin, "both side by side");
  await panel(admin).getByRole("checkbox").focus();
  await admin.keyboard.press("Space");
  await make.focus();
  await admin.keyboard.press("Enter");
  await admin.getByText("They are one person now").waitFor();
  await heading(admin, "Sunita Pawar").waitFor();
  await admin.locator(".table.audit tr", { hasText: "Make two people one" }).waitFor();
  await isSound(admin, "made one");

  const now = await entryOf(entry);
  assert.deepEqual([now.status, now.token], ["called", before.token]);
  assert.equal(now.person, keep);
  assert.equal((await known(keep)).visits.length, 1);
  assert.equal(await known(drop), undefined);
});

test("what cannot be made one says why, and nothing is changed", async () => {
  const [keep, gone, other] = [
    await register("Lata Kulkarni", "9822022221"),
    await register("Lata Kulkarny", "9822022222"),
    await register("Hema Joshi", "9822022223"),
  ];
  await open("Lata Kulkarni");
  await button(admin, "Known twice? Merge").click();
  await panel(admin).locator("input[type=search]").fill("9822022222");
  await admin.keyboard.press("Enter");
  await button(panel(admin), "This one: Lata Kulkarny").click();
  await must("person.merge", { keep: other, drop: gone });
  await panel(admin).getByRole("checkbox").check();
  await button(panel(admin), "Make them one").click();
  await panel(admin).getByText("One of them is no longer here.").waitFor();
  await isSound(admin, "it is refused");
  await admin.keyboard.press("Escape");
  assert.equal((await known(keep)).name, "Lata Kulkarni");
});

test("a relative is joined and taken out again, by name, from either side", async () => {
  await register("Chintu Bhosale", "");
  const mother = await register("Asha Bhosale", "9822033331");
  await open("Chintu Bhosale");
  await admin.getByText("No relatives are known.").waitFor();
  await button(admin, "Add a relative").focus();
  await admin.keyboard.press("Enter");
  await panel(admin).locator("input[type=search]:focus").fill("asha bho");
  await admin.keyboard.press("Enter");
  await button(panel(admin), "This one: Asha Bhosale").click();
  await panel(admin).locator("select:focus").waitFor();
  await button(panel(admin), "Save").click();
  await panel(admin).getByText("Choose what they are to each other").waitFor();
  await isSound(admin, "the relation is missing");
  await panel(admin).getByLabel("What is Asha Bhosale to Chintu Bhosale?").selectOption("parent");
  await panel(admin).getByLabel("Asha Bhosale decides and consents", { exact: false }).check();
  await button(panel(admin), "Save").click();
  const row = admin.locator("section[aria-labelledby=family] tbody tr", { hasText: "Asha Bhosale" });
  await row.getByText("Parent").waitFor();
  await row.getByText("decides for them").waitFor();
  await isSound(admin, "a relative");

  await button(admin, "Open: Asha Bhosale").click();
  await heading(admin, "Asha Bhosale").waitFor();
  await admin
    .locator("section[aria-labelledby=family] tbody tr", { hasText: "Chintu Bhosale" })
    .getByText("Child")
    .waitFor();
  await button(admin, "Remove: Chintu Bhosale").click();
  await isSound(admin, "before taking out");
  await button(panel(admin), "Remove").click();
  await admin.getByText("No relatives are known.").waitFor();
  assert.deepEqual((await known(mother)).family, []);
});

test("the desk opens whoever is chosen, and does for them what is its to do", async () => {
  const father = await register("Mohan Gite", "9822044441");
  await must("queue.check_in", { guruji, person: { name: "Tara Gite", phone: "9822044442" } });
  const { token } = (await queueOf(api)).gurujis
    .flatMap((one) => one.entries)
    .find((one) => one.name === "Tara Gite");
  await lineOf(desk, token).click();
  await desk.evaluate(() => document.activeElement?.blur());
  await desk.keyboard.press("w");
  await heading(desk, "Tara Gite").waitFor();
  await desk.getByText("+91 98220 44442").first().waitFor();
  assert.equal(await desk.getByText("Erase").count(), 0, "the desk is offered to erase");
  await isSound(desk, "a person at the desk");

  await button(desk, "Add a relative").click();
  await desk.keyboard.press("Escape");
  await panels(desk, 1);
  assert.ok(await desk.evaluate(() => document.getElementById("app").hasAttribute("inert")));
  await button(desk, "Add a relative").click();
  await panel(desk).locator("input[type=search]").fill("mohan gite");
  await desk.keyboard.press("Enter");
  await button(panel(desk), "This one: Mohan Gite").click();
  await panel(desk).locator("select").selectOption("parent");
  // Somebody else makes the relative another meanwhile: the family goes with them.
  await must("person.merge", { keep: await register("Mohanrao Gite", ""), drop: father });
  await button(panel(desk), "Save").click();
  await desk
    .locator("section[aria-labelledby=family] tbody tr", { hasText: "Mohanrao Gite" })
    .getByText("Parent")
    .waitFor();
  await desk.keyboard.press("Escape");
  await panels(desk, 0);
  assert.ok(!(await desk.evaluate(() => document.getElementById("app").hasAttribute("inert"))));
});

test("in Hindi on a tablet all of it is sound, and a refusal is told in the panel", async () => {
  const person = await register("Vimal Shirke", "9822055551");
  const other = await register("Vimla Shirke", "9822055552");
  await admin.context().close();
  await desk.context().close();
  const how = { lang: "hi", glass: TABLET };
  desk = await sitDown(world, {
    base: site.url,
    screen: "coordinator",
    user: userOf(site, "coordinator"),
    ...how,
  });
  await desk.keyboard.press("w");
  await desk.locator(".seek input:focus").waitFor();
  await isSound(desk, "nobody is looked for, in Hindi");
  await desk.keyboard.type("vimal shirke");
  await desk.keyboard.press("Enter");
  await button(desk, "खोलें: Vimal Shirke").click();
  await heading(desk, "Vimal Shirke").waitFor();
  await isSound(desk, "a person in Hindi");
  await button(desk, "दो बार दर्ज? मिलाएँ").click();
  await panel(desk).locator("input[type=search]").fill("vimla");
  await desk.keyboard.press("Enter");
  await button(panel(desk), "यही: Vimla Shirke").click();
  await panel(desk).locator("input[type=radio]:focus").waitFor();
  await isSound(desk, "both side by side, in Hindi");
  await desk.keyboard.press("Escape");
  await button(desk, "रिश्तेदार जोड़ें").click();
  await panel(desk).locator("input[type=search]").fill("vimla");
  await desk.keyboard.press("Enter");
  await button(panel(desk), "यही: Vimla Shirke").click();
  await panel(desk).locator("select").selectOption("sibling");
  await isSound(desk, "a relative in Hindi");
  const chief = await signIn(site.url, userOf(site, "admin"));
  const erased = await act(chief, "person.erase", { person: other });
  assert.equal(erased.status, "applied", JSON.stringify(erased));
  await button(panel(desk), "सहेजें").click();
  await desk.getByRole("dialog").getByText("नहीं हो सका").first().waitFor();
  await isSound(desk, "a refusal in the panel");
  assert.deepEqual((await known(person)).family, []);
});
