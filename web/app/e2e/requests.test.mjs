// The centre asks a site, the site decides, and the centre sees what became of it: on the real program, over a line that
// is cut in between.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isSound, sitDown, TABLET, userOf } from "./desk.mjs";
import { act, ask, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;
let api;
let centre;

const sit = (how) => {
  const { hub } = world.describe;
  return sitDown(world, { base: hub.url, screen: "centre", user: hub.users[0], ...how });
};

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  [api, centre] = await Promise.all([signIn(site.url, userOf(site, "admin")), sit()]);
  await open(centre);
});

after(() => world?.stop());

async function open(page) {
  await page.evaluate((id) => {
    location.hash = `site=${id}`;
  }, site.id);
  await page.locator(".drawer.site .asked, .drawer.site .note").first().waitFor();
}

const gurujis = async () => (await queueOf(api)).gurujis;
const panel = () => centre.getByRole("dialog");
const button = (name) => centre.getByRole("button", { name, exact: true });
const line = (what) => centre.locator(".asked li", { hasText: what }).first();

/** Opens the panel on one kind of request. */
async function begin(kind) {
  await button("Ask the site").click();
  await panel().getByRole("radio", { name: kind }).check();
}
/** Of whom, or of what. */
const choice = () => panel().locator("select").first();
const send = () => panel().getByRole("button", { name: "Ask", exact: true }).click();

test("a room is asked for by keyboard, and the site has it", async () => {
  const [guruji] = await gurujis();
  await centre.getByText("Nothing was asked of it yet.").waitFor();
  await isSound(centre, "nothing was asked");
  await button("Ask the site").focus();
  await centre.keyboard.press("Enter");
  await panel().locator("input[type=radio]:focus").waitFor();
  for (let i = 0; i < 3; i++) await centre.keyboard.press("ArrowDown");
  await panel().getByLabel("Room", { exact: true }).waitFor();
  await centre.keyboard.press("Enter");
  await panel().getByText("Choose one").waitFor();
  await isSound(centre, "nobody is chosen");
  await choice().selectOption(guruji.id);
  await panel().getByLabel("Room", { exact: true }).fill("19");
  await centre.keyboard.press("Enter");
  await line(`${guruji.name}: room 19`).getByText("Done").waitFor();
  await line(`${guruji.name}: room 19`).getByText(world.describe.hub.users[0].name).waitFor();
  assert.equal((await gurujis())[0].room, "19");
  await isSound(centre, "done");
});

test("what the site knows better is refused, and the centre is told why", async () => {
  const [guruji] = await gurujis();
  await begin("Another room for a guruji");
  await choice().selectOption(guruji.id);
  await panel().getByLabel("Room", { exact: true }).fill("20");
  const moved = await act(api, "guruji.set_room", { guruji: guruji.id, room: "4" });
  assert.equal(moved.status, "applied", JSON.stringify(moved));
  await send();
  const refused = line(`${guruji.name}: room 20`);
  await refused.getByText("Refused").waitFor();
  await refused.getByText("This has changed since you looked.").waitFor();
  assert.equal((await gurujis())[0].room, "4");
  await isSound(centre, "refused");
});

test("each of the others is done, and said as one says it", async () => {
  const [guruji] = await gurujis();
  const asks = [
    [
      "Give tokens, or stop",
      async () => panel().getByLabel("Why").fill("The hall is full"),
      "Stop giving tokens",
    ],
    [
      "Give tokens, or stop",
      async () => panel().getByRole("button", { name: "Give tokens again" }).click(),
      "Give tokens again",
    ],
    ["A break of a guruji", async () => choice().selectOption(guruji.id), `Break of ${guruji.name} until`],
    [
      "A break of a guruji",
      async () => {
        await choice().selectOption(guruji.id);
        await panel().getByRole("button", { name: "Here and free" }).click();
      },
      `${guruji.name} is back`,
    ],
    [
      "Change a setting",
      async () => {
        await choice().selectOption("slotMinutes");
        await panel().getByLabel("New value").fill("3");
        await send();
        await panel().getByText("A number from 5 to 480").waitFor();
        await isSound(centre, "a value that cannot be");
        await panel().getByLabel("New value").fill("30");
      },
      "Length of an appointment, minutes: 30",
    ],
    ["Open or close the day", async () => {}, "Close the day"],
    [
      "Open or close the day",
      async () => panel().getByRole("button", { name: "Open the day" }).click(),
      "Open the day",
    ],
  ];
  for (const [kind, fill, said] of asks) {
    await begin(kind);
    await fill();
    await isSound(centre, kind);
    await send();
    await line(said).getByText("Done").waitFor();
  }
  await button("Show all 9").click();
  await until("all are listed", async () => (await centre.locator(".asked li").count()) === 9);

  const other = userOf(site, "coordinator");
  await begin("Who may sign in");
  await choice().selectOption({ label: other.name });
  await panel().getByText("They are signed out at the site", { exact: false }).waitFor();
  await send();
  await line(`${other.name} may no longer sign in`).getByText("Done").waitFor();
  await assert.rejects(signIn(site.url, other), /40[13]/);
});

test("while the site is not heard a request waits, and is done when it is", async () => {
  const order = (cut) =>
    ask(`${world.page}/demo/sites/${site.id}/line`, { method: "POST", body: { cut }, origin: world.page });
  const [, guruji] = await gurujis();
  await order(true);
  await centre.locator(".drawer.site .notice.rest").waitFor({ timeout: 60_000 });
  await begin("A break of a guruji");
  await panel().getByText("The site is not heard just now").waitFor();
  await choice().selectOption(guruji.id);
  await panel().locator("select").last().selectOption("10080");
  await isSound(centre, "asking a silent site");
  await send();
  const asked = line(`Break of ${guruji.name}`);
  await asked.getByText("Waits for the site").waitFor();
  await isSound(centre, "it waits");
  assert.equal((await gurujis())[1].availability, "available");
  await order(false);
  await asked.getByText("Done").waitFor({ timeout: 90_000 });
  assert.equal((await gurujis())[1].availability, "on_break");
});

test("in Hindi on a tablet each form is sound", async () => {
  await centre.context().close();
  centre = await sit({ lang: "hi", glass: TABLET });
  await open(centre);
  await isSound(centre, "what was asked, in Hindi");
  await button("आश्रम से कहें").click();
  for (const kind of [
    "टोकन देना, या रोकना",
    "दिन खोलना, या बंद करना",
    "गुरुजी का विश्राम",
    "गुरुजी का कमरा बदलना",
    "सेटिंग बदलना",
    "कौन साइन इन कर सकते हैं",
    "उपकरण हटाना",
  ]) {
    await panel().getByRole("radio", { name: kind }).check();
    await isSound(centre, `${kind}, in Hindi`);
  }
  await panel().getByRole("radio", { name: "सेटिंग बदलना" }).check();
  await choice().selectOption("closedWeekdays");
  await isSound(centre, "weekdays, in Hindi");
});
