// What moves and what does not: rows under a pressed finger, the focus, colours for who asks for less, and whether a
// finger hits what it means.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, lineOf, openPage, sitDown, TABLET, userOf } from "./desk.mjs";
import { makeMorning } from "./morning.mjs";
import { act, ask, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;
let api;

before(async () => {
  world = await startDemo();
  [site] = world.describe.sites;
  api = await makeMorning(site);
});

after(() => world?.stop());

const seat = (screen, how = {}) =>
  sitDown(world, { base: site.url, screen, user: userOf(site, screen), ...how });
const glass = (kind, size, { of = site, ...how } = {}) =>
  openPage(world, `${of.url}/${kind}#pair=${of.devices.find((one) => one.kind === kind).pair}`, {
    glass: size,
    ...how,
  });

async function must(type, data) {
  const result = await act(api, type, data);
  assert.equal(result.status, "applied", JSON.stringify(result));
  return result.data;
}

/** Their place in the line, 1 is next: how many rows stand before theirs. */
const placeOf = (page, token) =>
  lineOf(page, token).evaluate(
    (row) => [...row.closest("ol").querySelectorAll("[data-line]")].indexOf(row) + 1,
  );

/** Resolves when the page's socket has brought an event of this type. */
const hears = (page, type) =>
  new Promise((heard) => {
    for (const socket of page.sockets)
      socket.on("framereceived", ({ payload }) => String(payload).includes(`"${type}"`) && heard());
  });

/** The last of the first lane that waits. */
async function lastInLine() {
  const { entries, id } = (await queueOf(api)).gurujis[0];
  return { ...entries.filter((one) => one.status === "waiting").at(-1), guruji: id };
}

test("rows stand still under a pressed finger and after it, whatever comes before or above them", async () => {
  const page = await seat("coordinator");
  const { token, guruji } = await lastInLine();
  const line = lineOf(page, token);
  await line.waitFor();
  const stood = await line.boundingBox();
  await page.mouse.move(stood.x + 40, stood.y + stood.height / 2);
  await page.mouse.down();
  const heard = hears(page, "emergency.raised");
  await must("queue.check_in", { guruji, person: { name: "Aarav Kale" }, emergency: true });
  await must("emergency.raise", { place: "Hall" });
  await heard;
  await page.waitForTimeout(300);
  assert.deepEqual(await line.boundingBox(), stood, "the row moved under the finger");
  await page.mouse.up();
  await page.locator(".selection", { hasText: token }).waitFor();
  assert.deepEqual(await line.boundingBox(), stood, "the row moved right after the finger");
  await until("the row stands where it belongs", async () => (await line.boundingBox()).y > stood.y);
  await page.getByText("Emergency, raised", { exact: false }).first().waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what one does next shows at once, though the row was just pressed", async () => {
  const page = await seat("coordinator");
  const { token } = await lastInLine();
  await lineOf(page, token).click();
  const took = page.evaluate(
    (of) =>
      new Promise((seen) => {
        let from = 0;
        document.querySelector(".selection").addEventListener("click", () => {
          from = performance.now();
        });
        new MutationObserver(() => {
          const line = [...document.querySelectorAll(".line.gone")].find((one) =>
            one.textContent.includes(of),
          );
          if (from && line) seen(performance.now() - from);
        }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
      }),
    token,
  );
  await page.locator(".selection").getByRole("button", { name: "Hold" }).click();
  assert.ok((await took) < 1000, `the row was held back for ${await took} ms`);
  await page.context().close();
});

test("on a narrow desk what needs somebody lies over the lanes, and a lane keeps its height when it is chosen", async () => {
  const page = await seat("coordinator", { glass: TABLET, lang: "hi" });
  await page.locator(".lane .line").first().waitFor();
  const tops = () =>
    page.locator(".lane .now").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  const stood = await tops();
  assert.equal(new Set(stood).size, 1, `the lanes begin at different heights: ${stood}`);
  for (const key of ["2", "3", "1"]) {
    await page.keyboard.press(key);
    assert.deepEqual(await tops(), stood, `lane ${key} moved what stands in it`);
  }
  await page.locator(".pending-button").click();
  const hidden = await page.locator(".drawer").evaluate((drawer) => {
    const { left, top, width, height } = drawer.getBoundingClientRect();
    return [0.1, 0.3, 0.5, 0.7, 0.9].filter(
      (part) => !drawer.contains(document.elementFromPoint(left + width / 2, top + height * part)),
    );
  });
  assert.deepEqual(hidden, [], "something lies over the drawer");
  await page.context().close();
});

test("the focus stays with its row and with what is typed while the queue changes", async () => {
  const page = await seat("coordinator");
  const { token, guruji } = await lastInLine();
  await lineOf(page, token).focus();
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  const comesFirst = async (name) => {
    const place = await placeOf(page, token);
    await must("queue.check_in", { guruji, person: { name }, emergency: true });
    await until("the row stands one further", async () => (await placeOf(page, token)) === place + 1);
  };
  await comesFirst("Zoya Khan");
  assert.ok((await focused()).includes(token), "the focus left its row");
  await page.keyboard.press("c");
  const name = page.getByLabel("Name, as they say it");
  await name.fill("Deepa");
  await name.evaluate((field) => field.setSelectionRange(2, 2));
  await comesFirst("Om Prakash");
  assert.deepEqual(
    await page.evaluate(() => [document.activeElement.value, document.activeElement.selectionStart]),
    ["Deepa", 2],
  );
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

/** Longest change of anything on the page, in ms. */
const longest = (page) =>
  page.evaluate(() => {
    const ms = (said) => said.split(",").map((one) => Number.parseFloat(one) * (/ms/.test(one) ? 1 : 1000));
    return [...document.querySelectorAll("*")].reduce((most, element) => {
      const times = [null, "::before", "::after"].flatMap((part) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element, part);
        return [...ms(transitionDuration), ...ms(animationDuration)];
      });
      return Math.max(most, ...times);
    }, 0);
  });

test("nothing takes longer than 200 ms to change, and no time at all for who asks for less motion", async () => {
  const pages = await Promise.all([
    glass("kiosk", [1080, 1920]),
    glass("board", [1920, 1080]),
    ...["coordinator", "guruji", "admin"].map((screen) => seat(screen)),
  ]);
  for (const page of pages) {
    const what = new URL(page.url()).pathname;
    await page.locator(".healer, .token, .health, .person, .idle").first().waitFor();
    assert.ok((await longest(page)) <= 200, `${what} moves longer`);
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await longest(page), 0, `${what} moves all the same`);
    await page.context().close();
  }
});

const LEAST = 44;

/** What a finger may press and is smaller than it. A label that is pressed for its tick is what counts. */
const small = (page) =>
  page.evaluate((least) => {
    const seen = (element) => element.checkVisibility({ visibilityProperty: true });
    return [...document.querySelectorAll("button, a[href], input, select, textarea, summary, [role=option]")]
      .filter((element) => seen(element) && !element.closest("[inert], [aria-hidden=true]"))
      .map((element) => element.closest("label, .field") ?? element)
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width > 1 && (width < least - 0.5 || height < least - 0.5))
      .map(([element, { width, height }]) => {
        const said = element.getAttribute("aria-label") ?? element.textContent.trim();
        return `${said} (${Math.round(width)}x${Math.round(height)})`;
      });
  }, LEAST);

/** Fields whose placeholder is longer than they are. */
const cut = (page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    const ruler = document.createElement("span");
    ruler.style.cssText = "position: fixed; visibility: hidden; white-space: pre";
    document.body.append(ruler);
    const fields = [...document.querySelectorAll("input[placeholder]")].filter((field) => {
      ruler.style.font = getComputedStyle(field, "::placeholder").font;
      ruler.textContent = field.placeholder;
      return ruler.getBoundingClientRect().width > field.clientWidth;
    });
    ruler.remove();
    return fields.map((field) => field.placeholder);
  });

for (const lang of ["en", "hi"]) {
  test(`on a tablet a finger hits what it means, in ${lang}`, async () => {
    const how = { glass: TABLET, touch: true, lang };
    for (const [screen, sees, hashes, keys] of [
      ["coordinator", ".lane .line", [], ["c", "a", "m", "e", "Control+k", "?"]],
      ["guruji", ".person, .idle", [], ["?"]],
      ["admin", ".health", ["#devices", "#staff", "#settings", "#voices", "#people"], []],
    ]) {
      const page = await seat(screen, how);
      await page.locator(sees).first().waitFor();
      assert.deepEqual(await small(page), [], screen);
      assert.deepEqual(await cut(page), [], `${screen}: what a field says is cut`);
      for (const key of keys) {
        await page.keyboard.press(key);
        await page.getByRole("dialog").waitFor();
        assert.deepEqual(await small(page), [], `${screen}, ${key}`);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      for (const hash of hashes) {
        await page.evaluate((to) => {
          location.hash = to;
        }, hash);
        await page.locator(".page h2").first().waitFor();
        assert.deepEqual(await small(page), [], `${screen}${hash}`);
      }
      await page.context().close();
    }
  });
}

test("on a phone and at the kiosk a finger hits what it means", async () => {
  const { data } = await act(api, "queue.check_in", { guruji: (await queueOf(api)).gurujis[1].id });
  const phone = await openPage(world, `${site.url}${data.link}`, { glass: [320, 640], touch: true });
  await phone.locator(".card.mine").waitFor();
  assert.deepEqual(await small(phone), []);
  await phone.context().close();
  const kiosk = await glass("kiosk", [1080, 1920], { of: world.describe.sites[1], touch: true });
  await kiosk.locator(".healer").first().waitFor();
  assert.deepEqual(await small(kiosk), []);
  await kiosk.locator(".asides .button").first().click();
  await kiosk.locator(".pad").waitFor();
  assert.deepEqual(await small(kiosk), []);
  await kiosk.context().close();
});

test("whatever people and places are called, no screen is wider than its glass", async () => {
  const long = "w".repeat(120);
  const admin = await signIn(site.url, userOf(site, "admin"));
  const named = await act(admin, "setting.update", { name: "name", value: long.slice(0, 80) });
  assert.equal(named.status, "applied", JSON.stringify(named));
  const [{ id: guruji }] = (await queueOf(api)).gurujis;
  const { link } = await must("queue.check_in", { guruji, person: { name: long }, reason: long });
  await must("emergency.raise", { place: long.slice(0, 100), note: long });
  const fits = async (page, sees, what) => {
    await page.locator(sees).first().waitFor();
    await page.locator(".brand", { hasText: long.slice(0, 80) }).waitFor();
    const [width, wide] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(width <= wide, `${what}: ${width} px on a glass of ${wide}`);
    await page.context().close();
  };
  for (const size of [DESK, TABLET]) {
    const desk = await seat("coordinator", { glass: size });
    await desk.getByRole("searchbox").fill(long.repeat(2)); // nobody is called that
    await fits(desk, `.notice:has-text("${long}${long}")`, `coordinator, ${size}`);
    await fits(await seat("admin", { glass: size }), ".health", `admin, ${size}`);
  }
  await fits(await openPage(world, `${site.url}${link}`, { glass: [390, 844] }), ".card.mine", "phone");
  // The codes of the demo let somebody in once, and others of these tests came by them.
  const another = async (kind, size, how) => {
    const body = { kind, name: `Another ${kind}` };
    const { code } = await ask(`${site.url}/api/v1/devices`, { method: "POST", token: admin.token, body });
    return openPage(world, `${site.url}/${kind}#pair=${code}`, { glass: size, ...how });
  };
  await fits(await another("board", [1920, 1080]), ".now", "board");
  await fits(await another("kiosk", [1080, 1920], { touch: true }), ".healer", "kiosk");
});
