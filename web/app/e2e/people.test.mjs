// What people in the hall meet: kiosk, board and their own phone, on the real program, in three languages, by touch and
// by keyboard.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isSound, openPage, sitDown, userOf } from "./desk.mjs";
import { act, ask, queueOf, signIn, startDemo, until } from "./world.mjs";

const KIOSK = [1080, 1920];
const WALL = [1920, 1080];
const PHONE = [390, 844];
const LANGS = { hi: "हिन्दी", mr: "मराठी", en: "English" };

let world;
let site;
let desk;
let kiosk;

before(async () => {
  world = await startDemo();
  site = world.describe.sites[0];
  desk = await signIn(site.url, userOf(site, "coordinator"));
  const { pair } = site.devices.find((one) => one.kind === "kiosk");
  kiosk = await openPage(world, `${site.url}/kiosk?with=printer,reader#pair=${pair}`, { glass: KIOSK });
  await kiosk.evaluate(() => {
    window.printed = 0;
    window.print = () => window.printed++;
  });
  await kiosk.locator(".healer").first().waitFor();
});

after(() => world?.stop());

const entries = async () => (await queueOf(desk)).gurujis.flatMap((one) => one.entries);
const gurujis = async () => (await queueOf(desk)).gurujis;

async function done(type, data, saw) {
  const result = await act(desk, type, data, saw);
  assert.equal(result.status, "applied", `${type}: ${JSON.stringify(result)}`);
  return result.data;
}

/** Checks somebody in and calls them: the token. */
async function call(guruji) {
  const { entry } = await done("queue.check_in", { guruji });
  const { status, generation } = (await entries()).find((one) => one.id === entry);
  return (await done("queue.call", { entry }, { status, generation })).token;
}

const phoneOf = (link) => openPage(world, `${site.url}${link}`, { glass: PHONE });

test("the kiosk asks, answers and prints in each language, and forgets", async () => {
  for (const [lang, name] of Object.entries(LANGS)) {
    await kiosk.getByRole("button", { name }).click();
    await isSound(kiosk, `kiosk asks in ${lang}`);
    for (const n of [0, 1]) {
      await kiosk.locator(".asides .button").nth(n).click();
      await kiosk.locator(".when h1").waitFor();
      await isSound(kiosk, `kiosk aside ${n} in ${lang}`);
      await kiosk.locator(".done").click();
    }
    const printed = await kiosk.evaluate(() => window.printed);
    await kiosk.locator(".healer").last().click();
    const token = (await kiosk.locator(".paper .token").textContent()).trim();
    await isSound(kiosk, `kiosk slip in ${lang}`);
    assert.ok((await entries()).some((one) => one.token === token && one.status === "waiting"));
    await until("it prints", () => kiosk.evaluate((was) => window.printed > was, printed));
    assert.equal((await kiosk.locator(".on-paper .token").textContent()).trim(), token);
    await kiosk.locator(".done").click();
    await kiosk.getByText("आप किनसे मिलना चाहते हैं?").waitFor();
    assert.ok(!(await kiosk.content()).includes(token), "nothing of the last person stays");
  }
});

test("a slip is one page of 80 mm paper, with its code", async () => {
  await kiosk.locator(".healer").first().click();
  await kiosk.locator(".on-paper .qr").waitFor({ state: "attached" });
  const pdf = (await kiosk.pdf({ preferCSSPageSize: true })).toString("latin1");
  const [width] = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)/.exec(pdf).slice(1).map(Number);
  assert.ok(Math.abs(width - (80 / 25.4) * 72) < 1, `${width} pt wide`);
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1, "one page");
  await kiosk.locator(".done").click();
});

/** A reader types a code at once: it waits for no key to be seen before the next one. */
const read = (code) => Promise.all([...code, "Enter"].map((key) => kiosk.keyboard.press(key)));

test("an appointment is checked in by its code, once", async () => {
  const [guruji] = await gurujis();
  const { appointment: code } = await done("appointment.book", {
    guruji: guruji.id,
    person: { name: "Asha Deshpande", phone: "+919800001234" },
    slot: new Date(Date.now() + 120_000).toISOString(),
  });
  await read(code);
  const token = (await kiosk.locator(".paper .token").textContent()).trim();
  const mine = (await entries()).find((one) => one.token === token);
  assert.deepEqual([mine.name, mine.why], ["Asha Deshpande", ["appointment"]]);
  await kiosk.locator(".done").click();
  await read(code);
  await kiosk.getByText("इस कोड से अभी टोकन नहीं मिलेगा").waitFor();
  await isSound(kiosk, "a code that was used");
  await kiosk.locator(".done").click();
});

test("a booking is checked in by the telephone number it was made with", async () => {
  const [, guruji] = await gurujis();
  await done("appointment.book", {
    guruji: guruji.id,
    person: { name: "Vitthal Shinde", phone: "98220 54321" },
    slot: new Date(Date.now() + 120_000).toISOString(),
  });
  await kiosk.locator(".asides .button").first().click();
  for (const digit of "9822054321") await kiosk.locator(".pad").getByRole("button", { name: digit }).click();
  await isSound(kiosk, "a number is typed");
  await kiosk.getByRole("button", { name: "मेरा टोकन लें" }).click();
  const token = (await kiosk.locator(".paper .token").textContent()).trim();
  const mine = (await entries()).find((one) => one.token === token);
  assert.deepEqual([mine.name, mine.why], ["Vitthal Shinde", ["appointment"]]);
  await kiosk.locator(".done").click();
});

/** Notes when each clip of a call sounds, before anything of the page runs. */
function listen() {
  window.spoken = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (at) {
    window.spoken.push({ from: at, to: at + this.buffer.duration });
    start.call(this, at);
  };
}

test("two calls at once are spoken one after another, each in three languages", async () => {
  const { pair } = site.devices.find((one) => one.kind === "board");
  const board = await openPage(world, `${site.url}/board#pair=${pair}`, { glass: WALL });
  await board.locator(".board").waitFor();
  await board.addInitScript(listen);
  const clips = [];
  board.on("response", (answer) => {
    if (answer.url().includes("/voices/")) clips.push(`${answer.status()} ${new URL(answer.url()).pathname}`);
  });
  await board.goto(`${site.url}/board?lang=en`);
  await board.locator(".board").waitFor();
  await board.mouse.click(10, 10);
  await board.getByText("Sound on").waitFor();
  const [one, two] = await gurujis();
  for (const token of [await call(one.id), await call(two.id)])
    await board.locator(".now.lit .token", { hasText: token }).waitFor({ timeout: 40_000 });
  // Token, letter, number, room and its number, and in Hindi and Marathi "come".
  const spoken = await until("both are spoken", async () => {
    const heard = await board.evaluate("spoken");
    return heard.length >= 34 && heard;
  });
  spoken.reduce((before, clip) => {
    assert.ok(clip.from >= before.to - 1e-6, "never over each other");
    assert.ok(clip.to - clip.from > 0.1, "a clip has a sound");
    return clip;
  });
  for (const lang of Object.keys(LANGS))
    assert.ok(clips.includes(`200 /voices/${lang}/token.mp3`), `${clips}`);
  assert.equal(new Set(clips).size, clips.length, "each clip is fetched once");
  for (const lang of Object.keys(LANGS)) {
    await board.goto(`${site.url}/board?lang=${lang}`);
    await board.locator(".now .token").waitFor();
    await isSound(board, `board in ${lang}`);
  }
  await board.context().close();
});

test("a kiosk whose box is off starts all the same, says so, and goes on when the box is back", async () => {
  const [, other] = world.describe.sites;
  const { pair } = other.devices.find((one) => one.kind === "kiosk");
  const gate = await openPage(world, `${other.url}/kiosk#pair=${pair}`, { glass: KIOSK, keeps: true });
  await gate.locator(".healer").first().waitFor();
  await until("the screens are kept", () =>
    gate.evaluate(() => caches.match("/kiosk").then((page) => page !== undefined)),
  );
  const order = (stopped) =>
    ask(`${world.page}/demo/sites/${other.id}/node`, {
      method: "POST",
      body: { stopped },
      origin: world.page,
    });
  await order(true);
  await gate.reload();
  await gate.locator(".empty h1").waitFor();
  await gate.getByText("ऑफ़लाइन।").waitFor();
  await isSound(gate, "started without the box");
  const answered = await gate.evaluate(() => fetch("/api/v1/status").then(Boolean, () => false));
  assert.equal(answered, false, "an answer of the node comes from the node alone");
  await order(false);
  await gate.locator(".healer").first().waitFor({ timeout: 60_000 });
  await gate.context().close();
});

test("a link opens one entry and no other, in each language, and an old one opens nothing", async () => {
  const [, , guruji] = await gurujis();
  await done("queue.check_in", { guruji: guruji.id, person: { name: "Ramesh Kulkarni" } });
  const { entry, token, link } = await done("queue.check_in", { guruji: guruji.id });
  const phone = await phoneOf(link);
  await phone.locator(".card.mine .token", { hasText: token }).waitFor();
  assert.ok(!phone.url().includes("t="), "the link stays in no address");
  for (const lang of Object.keys(LANGS)) {
    await phone.locator(`.choice [lang=${lang}]`).click();
    await isSound(phone, `phone in ${lang}`);
  }
  const seen = await phone.evaluate(async () => {
    const headers = { "Sangam-Screen": "patient" };
    return (await fetch("/api/v1/snapshot?view=patient", { headers })).json();
  });
  assert.deepEqual(
    seen.view.gurujis.flatMap((one) => one.entries.map((each) => each.id)),
    [entry],
  );
  assert.ok(!JSON.stringify(seen).includes("Ramesh"));
  const old = await phoneOf(`${link.slice(0, -4)}AAAA`);
  for (const lang of Object.keys(LANGS)) {
    await old.evaluate((said) => localStorage.setItem("sangam.lang.patient", said), lang);
    await old.reload();
    await old.locator(".empty h1").waitFor();
    await isSound(old, `an old link in ${lang}`);
  }
  await old.context().close();
  await phone.context().close();
});

test("a phone shouts when it is their turn, and leaving can be taken back, by keyboard too", async () => {
  const [, , guruji] = await gurujis();
  const { entry, link } = await done("queue.check_in", { guruji: guruji.id });
  const phone = await phoneOf(link);
  await phone.locator(".choice [lang=en]").click();
  const statusOf = async () => (await entries()).find((one) => one.id === entry)?.status;

  await phone.getByRole("button", { name: "I cannot wait" }).focus();
  await phone.keyboard.press("Enter");
  await phone.getByRole("dialog").waitFor();
  await isSound(phone, "asked whether to leave");
  await phone.getByRole("button", { name: "Leave the queue" }).focus();
  await phone.keyboard.press("Enter");
  await phone.getByText("You are leaving the queue").waitFor();
  await isSound(phone, "leaving");
  // The keyboard stands on the way back already.
  await phone.keyboard.press("Enter");
  await phone.getByRole("button", { name: "I cannot wait" }).waitFor();
  assert.equal(await statusOf(), "waiting");

  const { status, generation } = (await entries()).find((one) => one.id === entry);
  await done("queue.call", { entry }, { status, generation });
  await phone.getByRole("alert").getByText("It is your turn").waitFor();
  for (const lang of Object.keys(LANGS)) {
    await phone.locator(`.choice [lang=${lang}]`).click();
    await isSound(phone, `their turn in ${lang}`);
  }
  await phone.getByRole("button", { name: "I cannot come" }).click();
  await phone.getByRole("dialog").getByRole("button", { name: "Leave the queue" }).click();
  await phone.getByText("You are no longer in the queue").waitFor();
  assert.ok(!["waiting", "called"].includes(await statusOf()), "the desk sees that they left");
  await isSound(phone, "left");
  await phone.context().close();
});

test("whoever needs help calls the staff from their phone, at any time, in each language", async () => {
  const [, , guruji] = await gurujis();
  const { entry, token, link } = await done("queue.check_in", { guruji: guruji.id });
  const staff = await sitDown(world, {
    base: site.url,
    screen: "coordinator",
    user: userOf(site, "coordinator"),
  });
  const phone = await phoneOf(link);
  const status = async (type) => {
    const { status, generation } = (await entries()).find((one) => one.id === entry);
    await done(type, { entry }, { status, generation });
  };
  await phone.locator(".choice [lang=en]").click();
  await phone.getByRole("button", { name: "I need help" }).focus();
  await phone.keyboard.press("Enter");
  await phone.getByLabel("Where you are", { exact: false }).fill("by the well");
  await isSound(phone, "asked whether to call");
  await phone.keyboard.press("Enter");
  await phone.getByText("The staff have been called.", { exact: false }).waitFor();
  const told = staff.getByRole("alert").filter({ hasText: token });
  await told.getByText("by the well").waitFor();
  await isSound(phone, "help is called");
  await told.getByRole("button", { name: "It is resolved" }).click();
  await told.waitFor({ state: "detached" });
  assert.equal((await entries()).find((one) => one.id === entry).status, "waiting", "they keep their place");

  await status("queue.call");
  await phone.getByRole("alert").getByText("It is your turn").waitFor();
  for (const [lang, again, call] of [
    ["mr", "पुन्हा बोलावा", "बोलावा"],
    ["hi", "फिर बुलाएँ", "बुलाएँ"],
  ]) {
    await phone.locator(`.choice [lang=${lang}]`).click();
    await phone.getByRole("button", { name: again }).click();
    await isSound(phone, `help while called, in ${lang}`);
    await phone.getByRole("dialog").getByRole("button", { name: call, exact: true }).click();
    await told.first().waitFor();
    await phone.locator(".called .notice").waitFor();
    await isSound(phone, `help is called while called, in ${lang}`);
  }
  await status("queue.start");
  await phone.getByText("आप गुरुजी के साथ हैं").waitFor();
  await phone.getByRole("button", { name: "फिर बुलाएँ" }).waitFor();
  await isSound(phone, "with the guruji");

  await phone.context().setOffline(true);
  await phone.getByText("फ़ोन आश्रम से जुड़ा नहीं है").waitFor();
  await phone.getByRole("button", { name: "फिर बुलाएँ" }).click();
  await phone.getByRole("dialog").getByRole("button", { name: "बुलाएँ", exact: true }).click();
  await phone.getByText("अभी किसी को पता नहीं", { exact: false }).waitFor();
  await isSound(phone, "nobody knows yet");
  await phone.getByRole("button", { name: "नहीं, सब ठीक है" }).click();
  await phone.getByText("अभी किसी को पता नहीं", { exact: false }).waitFor({ state: "detached" });
  await phone.context().close();
  await staff.context().close();
});

test("who waits for a guruji on a break may go to the one who is offered, with token and time", async () => {
  const [one, , three] = await gurujis();
  const { entry, token, link } = await done("queue.check_in", { guruji: three.id });
  const phone = await phoneOf(link);
  await phone.locator(".choice [lang=mr]").click();
  await done("guruji.set_availability", { guruji: three.id, availability: "on_break", offerTo: one.id });
  await phone.getByRole("button", { name: "दुसऱ्या गुरुजींकडे जा" }).waitFor();
  await isSound(phone, "another guruji is offered");
  await phone.getByRole("button", { name: "दुसऱ्या गुरुजींकडे जा" }).click();
  await phone.locator(".card.mine").getByText(one.name).waitFor();
  await phone.locator(".card.mine .token", { hasText: token }).waitFor();
  const { entries: queue } = (await gurujis()).find(({ id }) => id === one.id);
  assert.ok(queue.some(({ id }) => id === entry));
  await isSound(phone, "with the other guruji");
  await done("guruji.set_availability", { guruji: three.id, availability: "available" });
  await phone.context().close();
});
