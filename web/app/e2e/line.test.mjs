// The bad days of a line, seen from a desk: the socket drops, the site is frozen or killed, a proxy holds everything back,
// a form is refused, a hundred others look. Never does the desk call old data real-time, and nothing done is lost.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { lineOf, sitDown, typePin } from "./desk.mjs";
import { startEdge } from "./edge.mjs";
import { startLine } from "./line.mjs";
import { act, ask, lines, queueOf, signIn, until } from "./world.mjs";

/** Two beats of a site: what is older is not called real-time. */
const TWO_BEATS_MS = 10_000;

let edge;
let line;
let api;
let desk;
let guruji;

before(async () => {
  edge = await startEdge();
  line = await startLine(edge.port);
  api = await signIn(edge.url, edge.users[0]);
  [guruji] = (await queueOf(api)).gurujis;
  desk = await sitDown(edge, { base: line.url, screen: "coordinator", user: edge.users[0] });
  await says(desk, "Real-time");
});

after(async () => {
  await line?.stop();
  await edge?.stop();
});

const said = (page) => page.locator(".links strong").first().textContent();
const says = (page, word, atMost = 60_000) =>
  until(`the screen says ${word}`, async () => (await said(page))?.startsWith(word), atMost);

const entries = async () => (await queueOf(api)).gurujis.flatMap((one) => one.entries);
const entryOf = async (token) => (await entries()).find((one) => one.token === token);

async function checkIn(name) {
  const result = await act(api, "queue.check_in", { guruji: guruji.id, person: { name } });
  assert.equal(result.status, "applied", JSON.stringify(result));
  return result.data.token;
}

async function press(page, key) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press(key);
}

/** From now on the page notes each moment at which it says real-time without a token that is older than two beats. */
async function watchForLies(page) {
  await page.evaluate((twoBeatsMs) => {
    globalThis.lies = [];
    globalThis.owed = null;
    clearInterval(globalThis.watching);
    globalThis.watching = setInterval(() => {
      if (!globalThis.owed || Date.now() - globalThis.owed.at < twoBeatsMs) return;
      const strong = document.querySelector(".links strong")?.textContent ?? "";
      const there = document.querySelector(".lanes")?.textContent.includes(globalThis.owed.token);
      if (strong.startsWith("Real-time") && !there) globalThis.lies.push(Date.now() - globalThis.owed.at);
    }, 50);
  }, TWO_BEATS_MS);
}
const owe = (page, token) =>
  page.evaluate((owed) => {
    globalThis.owed = { token: owed, at: Date.now() };
  }, token);
const isHonest = async (page, what) => assert.deepEqual(await page.evaluate("lies"), [], `${what}: it lied`);

test("without a socket the desk asks every few seconds and says so; it is live again by itself", async () => {
  line.refuseSockets(true);
  await says(desk, "Fallback");
  const token = await checkIn("Sita");
  await lineOf(desk, token).waitFor({ timeout: 30_000 });
  await lineOf(desk, token).click();
  await press(desk, "h");
  await lineOf(desk, token).getByText("On hold").waitFor();
  await until("it was sent without a socket", async () => (await entryOf(token)).status === "on_hold");
  line.refuseSockets(false);
  await says(desk, "Real-time");
  assert.equal(line.sockets(), 1);
});

test("a line on which nothing comes through and nobody is told is not called real-time", async () => {
  await watchForLies(desk);
  line.swallow(true);
  const token = await checkIn("Gita");
  await owe(desk, token);
  await until("not real-time any more", async () => !(await said(desk)).startsWith("Real-time"));
  await says(desk, "Offline");
  line.swallow(false);
  await lineOf(desk, token).waitFor({ timeout: 60_000 });
  await says(desk, "Real-time");
  await isHonest(desk, "half-open line");
});

test("nor is a site that is frozen, and it is live again once that thaws", async () => {
  await watchForLies(desk);
  edge.freeze();
  try {
    await until("not real-time any more", async () => !(await said(desk)).startsWith("Real-time"));
  } finally {
    edge.thaw();
  }
  const token = await checkIn("Radha");
  await owe(desk, token);
  await lineOf(desk, token).waitFor({ timeout: 60_000 });
  await says(desk, "Real-time");
  await isHonest(desk, "frozen site");
});

test("nor what a proxy holds back for longer than two beats", async () => {
  await watchForLies(desk);
  line.hold(TWO_BEATS_MS + 5_000);
  const token = await checkIn("Uma");
  await owe(desk, token);
  await until("not real-time any more", async () => !(await said(desk)).startsWith("Real-time"));
  line.hold(0);
  await lineOf(desk, token).waitFor({ timeout: 90_000 });
  await says(desk, "Real-time", 90_000);
  await isHonest(desk, "buffering proxy");
});

test("on a slow line without a socket the desk asks more often, and shows what it gets", async () => {
  line.refuseSockets(true);
  line.hold(1_800);
  await until(
    "it asks every 2 s",
    async () => (await desk.locator(".links").first().textContent()).includes("every 2 s"),
    90_000,
  );
  const token = await checkIn("Tara");
  await lineOf(desk, token).waitFor({ timeout: 30_000 });
  line.hold(0);
  line.refuseSockets(false);
  await says(desk, "Real-time", 90_000);
});

test("what the site refuses is taken back, and stays in the drawer until somebody decides", async () => {
  const token = await checkIn("Lila");
  await lineOf(desk, token).click();
  line.hold(4_000); // the desk hears late that somebody else was faster
  const { id, status, generation } = await entryOf(token);
  const called = await act(api, "queue.call", { entry: id }, { status, generation });
  assert.equal(called.status, "applied", JSON.stringify(called));
  await press(desk, "h");
  await lineOf(desk, token).getByText("Will send").waitFor({ timeout: 3_000 });
  await desk.locator(".lane .line.gone", { hasText: token }).waitFor({ timeout: 3_000 }); // shown at once
  const drawer = desk.locator("aside.drawer");
  await drawer.getByText("Refused").waitFor({ timeout: 60_000 });
  line.hold(0);
  await lineOf(desk, token).getByText("Called").waitFor({ timeout: 60_000 });
  assert.deepEqual(
    await entryOf(token).then((one) => [one.status, one.generation]),
    ["called", generation],
    "as who was faster left it",
  );
  await drawer.getByRole("button", { name: "Discard" }).click();
  await drawer.getByText("Refused").waitFor({ state: "detached" });
});

test("the site is killed in the middle of work: what was done meanwhile is applied once, in order", async () => {
  const [first, second] = [await checkIn("Asmita"), await checkIn("Bina")];
  await lineOf(desk, second).waitFor();
  await edge.kill();
  await says(desk, "Offline");
  for (const [token, key] of [
    [first, "h"],
    [second, "h"],
    [first, "h"],
  ]) {
    await lineOf(desk, token).click();
    await press(desk, key);
  }
  await until("three wait", async () => (await desk.locator("aside.drawer article").count()) === 3);
  await until("three are on the disk", async () => (await desk.evaluate(onDisk)) === 3);
  const context = desk.context();
  await desk.close();
  await edge.start();
  desk = await context.newPage();
  await desk.goto(`${line.url}/coordinator`);
  await says(desk, "Real-time", 90_000);
  // A new page lists nothing until it has read its disk: what the site holds is what tells that all was sent.
  await until("all three are applied", async () => {
    const now = [await entryOf(first), await entryOf(second)];
    return now.map((one) => `${one.status} ${one.generation}`).join() === "waiting 2,on_hold 1";
  });
  await until("nothing waits", async () => (await desk.locator("aside.drawer article").count()) === 0);
  const now = [await entryOf(first), await entryOf(second)].map((one) => [one.status, one.generation]);
  assert.deepEqual(now, [
    ["waiting", 2],
    ["on_hold", 1],
  ]);
});

test("two tabs share one socket, replay side by side without doubling, and one goes on when the other closes", async () => {
  const other = await desk.context().newPage();
  await other.goto(`${line.url}/coordinator`);
  await says(other, "Real-time");
  await until("one socket for both", () => line.sockets() === 1);
  const tokens = [await checkIn("Chitra"), await checkIn("Devi")];
  await Promise.all([lineOf(desk, tokens[1]).waitFor(), lineOf(other, tokens[1]).waitFor()]);

  line.unplug(true);
  await Promise.all([says(desk, "Offline"), says(other, "Offline")]);
  for (const [page, token] of [
    [desk, tokens[0]],
    [other, tokens[1]],
  ]) {
    await lineOf(page, token).click();
    await press(page, "h");
  }
  await until("each tab lists both", async () => {
    const counts = await Promise.all(
      [desk, other].map((page) => page.locator("aside.drawer article").count()),
    );
    return counts.join() === "2,2";
  });
  line.unplug(false);
  await until("both are applied", async () => {
    const now = await Promise.all(tokens.map(entryOf));
    return now.every((one) => one.status === "on_hold" && one.generation === 1);
  });
  await Promise.all([says(desk, "Real-time"), says(other, "Real-time")]);
  for (const page of [desk, other])
    await until("nothing waits", async () => (await page.locator("aside.drawer article").count()) === 0);

  await desk.close();
  desk = other;
  const late = await checkIn("Esha");
  await lineOf(desk, late).waitFor();
  await says(desk, "Real-time");
  await until("one socket again", () => line.sockets() === 1);
});

/** In the page: how many actions its browser keeps. */
const onDisk = () =>
  new Promise((counted, failed) => {
    const opened = indexedDB.open("sangam");
    opened.onerror = () => failed(opened.error);
    opened.onsuccess = () => {
      const count = opened.result.transaction("actions").objectStore("actions").count();
      count.onsuccess = () => {
        opened.result.close();
        counted(count.result);
      };
    };
  });

test("what one person did offline waits for them: the next one is told, and sends nothing of it", async () => {
  const tokens = [await checkIn("Fatima"), await checkIn("Gauri"), await checkIn("Hema")];
  await lineOf(desk, tokens[2]).waitFor();
  line.unplug(true);
  await says(desk, "Offline");
  for (const token of tokens) {
    await lineOf(desk, token).click();
    await press(desk, "h");
  }
  await until("three wait", async () => (await desk.locator("aside.drawer article").count()) === 3);
  await until("three are on the disk", async () => (await desk.evaluate(onDisk)) === 3);
  const context = desk.context();
  await desk.close();
  await context.clearCookies(); // the night ends her session
  line.unplug(false);

  const { names } = await ask(`${edge.url}/api/v1/session/names`);
  const sit = async (user) => {
    const page = await context.newPage();
    await page.goto(`${line.url}/coordinator?who=${names.find((one) => one.name === user.name).id}`);
    await page.locator("input[type=password]").waitFor();
    await typePin(page, user.pin);
    await says(page, "Real-time");
    return page;
  };
  const meera = await sit(edge.users[1]);
  await meera.getByText("3 changes of Asha wait for Asha").waitFor();
  const still = await Promise.all(tokens.map(entryOf));
  assert.deepEqual(
    still.map((one) => one.status),
    ["waiting", "waiting", "waiting"],
  );
  await meera.close();
  await context.clearCookies();
  desk = await sit(edge.users[0]);
  await until("hers are applied", async () =>
    (await Promise.all(tokens.map(entryOf))).every((one) => one.status === "on_hold"),
  );
});

test("with 120 others looking and a change every 50 ms the desk stays live and ends with the same queue", async () => {
  const { cursor } = await ask(`${edge.url}/api/v1/snapshot?view=coordinator`, { token: api.token });
  const since = `since=${encodeURIComponent(cursor)}&token=${api.token}`;
  const others = Array.from({ length: 120 }, () => {
    const socket = new WebSocket(`${edge.url.replace("http", "ws")}/ws?${since}`);
    const heard = { at: null, broken: 0, frames: 0 };
    socket.on("message", (text) => {
      const frame = JSON.parse(text);
      if (frame.frame === "hello") heard.at = frame.cursor;
      if (frame.frame !== "changes") return;
      if (heard.at !== frame.from) heard.broken++;
      heard.at = frame.to;
      heard.frames++;
    });
    socket.on("error", () => {});
    return { socket, heard };
  });
  await until("all are greeted", () => others.every(({ heard }) => heard.at !== null));
  await watchForLies(desk);
  const tokens = [];
  for (let i = 0; i < 60; i++) {
    tokens.push(checkIn(`Guest ${i}`));
    await new Promise((resume) => setTimeout(resume, 50));
  }
  const last = (await Promise.all(tokens)).at(-1);
  await owe(desk, last);
  await lineOf(desk, last).waitFor();
  assert.ok((await said(desk)).startsWith("Real-time"));
  await until("everybody stands where the desk stands", () =>
    others.every(({ heard }) => heard.at === others[0].heard.at),
  );
  assert.equal(others.filter(({ heard }) => heard.broken > 0 || heard.frames === 0).length, 0);
  const shown = await desk.locator(".lane [data-line] .token").allTextContents();
  const waiting = lines(await queueOf(api)).map((one) => one.split(" ")[0]);
  assert.deepEqual(shown.map((one) => one.trim()).sort(), waiting.sort());
  await isHonest(desk, "load");
  for (const { socket } of others) socket.terminate();
});
