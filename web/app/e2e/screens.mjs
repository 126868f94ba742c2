// Takes the pictures of docs/screens from the real program in Chromium (make screens):
//   node web/app/e2e/screens.mjs [--all DIR] [part of a name]...
// With --all, every staff screen in both languages on desk and tablet, and panels as well, into DIR, to be looked at.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atTheDoor, DESK, openPage, sitDown, TABLET, userOf } from "./desk.mjs";
import { makeMorning, moreArrive } from "./morning.mjs";
import { withPalette } from "./palette.mjs";
import { act, ask, queueOf, signIn, startDemo, until } from "./world.mjs";

const args = process.argv.slice(2);
const all = args[0] === "--all" ? args.splice(0, 2)[1] : null;
const into = all ?? fileURLToPath(new URL("../../../docs/screens", import.meta.url));
await mkdir(into, { recursive: true });

const world = await startDemo();
const { hub, sites } = world.describe;
const [site, cut] = sites;
const deviceOf = (kind) => site.devices.find((one) => one.kind === kind);
const order = (of, path, body) =>
  ask(`${world.page}/demo/sites/${of.id}/${path}`, { method: "POST", body, origin: world.page });

const seat = (base, screen, user) => (how) => sitDown(world, { base, screen, user, ...how });
const coordinator = seat(site.url, "coordinator", userOf(site, "coordinator"));
const guruji = seat(site.url, "guruji", userOf(site, "guruji"));
const admin = seat(site.url, "admin", userOf(site, "admin"));
const centre = seat(hub.url, "centre", hub.users[0]);

const pressed = (open, key, sees) => async (how) => {
  const page = await open(how);
  await page.keyboard.press(key);
  await page.locator(sees).first().waitFor();
  return page;
};
const opened = (open, does) => async (how) => {
  const page = await open(how);
  await does(page);
  return page;
};
const atHash = (open, hash, sees) =>
  opened(open, async (page) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await page.locator(sees).first().waitFor();
  });

const [KNOWN, TWIN] = [
  { name: "Usha Patil", phone: "98220 12345", birthYear: 1961, place: "Nashik" },
  { name: "Ushatai Patil", phone: "98220 54321", birthYear: 1961 },
];

/** Somebody with a family, who is known a second time and is booked; and what the centre asked of their site. */
async function makeKnown(desk) {
  const must = async (who, type, data) => {
    const result = await act(who, type, data);
    if (result.status !== "applied") throw new Error(`${type}: ${JSON.stringify(result)}`);
    return result.data;
  };
  const register = async (person) => (await must(desk, "person.register", person)).person;
  const [person, twin] = [await register(KNOWN), await register(TWIN)];
  const [son, sister] = [await register({ name: "Mahesh Patil" }), await register({ name: "विमल शिंदे" })];
  await must(desk, "person.link_family", { person, relative: son, relation: "child", proxy: true });
  await must(desk, "person.link_family", { person, relative: sister, relation: "sibling", guardian: true });
  await must(desk, "person.record_consent", { person, purpose: "care", notice: "1" });
  const { gurujis } = await queueOf(desk);
  for (const [i, one] of [twin, person, sister, son].entries())
    await must(desk, "appointment.book", {
      person: { id: one },
      guruji: gurujis[i % 3].id,
      slot: new Date(Date.now() + (i + 1) * 600_000).toISOString(),
    });
  const chief = await signIn(hub.url, hub.users[0]);
  const request = (type, data, saw) =>
    must(chief, "request.send", { site: site.id, type, data, ...(saw ? { saw } : {}) });
  await request("setting.update", { name: "slotMinutes", value: 30 });
  await request("guruji.set_room", { guruji: gurujis[2].id, room: "9" }, { room: "12" });
}

async function openPerson(page) {
  await page.keyboard.press("4");
  await page.locator(".seek input").fill(KNOWN.phone);
  await page.keyboard.press("Enter");
  await page.locator(".table .button").first().click();
  await page.locator(".person-head").waitFor();
}

/** name -> [open, what must be in sight] */
const seen = {
  coordinator: [coordinator, ".lane .line"],
  guruji: [guruji, ".person"],
  admin: [admin, ".health"],
  centre: [centre, ".sites"],
};
const more = {
  "coordinator-checkin": [pressed(coordinator, "c", ".panel"), ".panel"],
  "coordinator-find": [pressed(coordinator, "Control+k", ".palette"), ".palette"],
  "coordinator-paper": [pressed(coordinator, "Control+p", ".paper .sheet"), ".paper .sheet"],
  "coordinator-several": [pressed(coordinator, "m", ".panel"), ".panel"],
  "coordinator-keys": [pressed(coordinator, "?", ".keysheet"), ".keysheet"],
  "coordinator-emergency": [pressed(coordinator, "e", ".panel"), ".panel"],
  "coordinator-chosen": [pressed(coordinator, "1", "[data-line][aria-current]"), ".selection .button"],
  "guruji-called": [
    seat(site.url, "guruji", site.users.filter((one) => one.role === "guruji")[1]),
    ".person",
  ],
  "admin-devices": [atHash(admin, "devices", ".table, .empty"), ".page"],
  "admin-code": [
    opened(admin, async (page) => {
      await page.keyboard.press("2");
      await page.locator(".page > header .button").click();
      await page.locator(".panel input").fill("Kiosk, gate");
      await page.keyboard.press("Enter");
      await page.locator(".panel.pair").waitFor();
    }),
    ".panel.pair",
  ],
  "admin-staff": [atHash(admin, "staff", ".table"), ".table"],
  "admin-reports": [atHash(admin, "reports", ".takings"), ".takings"],
  "admin-audit": [atHash(admin, "audit", ".audit"), ".audit"],
  "coordinator-bookings": [pressed(coordinator, "a", ".panel .booking"), ".panel .booking"],
  "admin-people": [opened(admin, (page) => openPerson(page)), ".person-head"],
  "admin-merge": [
    opened(admin, async (page) => {
      await openPerson(page);
      await page.locator(".person-head .button").first().click();
      await page.locator(".panel input").fill(TWIN.phone);
      await page.keyboard.press("Enter");
      await page.locator(".finds .button").first().click();
    }),
    ".panel.merge",
  ],
  "admin-voices": [atHash(admin, "voices", ".page table, .page .card"), ".page"],
  "centre-ask": [
    opened(centre, async (page) => {
      await page.evaluate((id) => {
        location.hash = `site=${id}`;
      }, site.id);
      await page.locator(".asked li").first().waitFor();
      await page.locator(".site section:has(.asked) .actions .button").first().click();
      await page.locator(".kinds input").nth(2).check();
      await page.locator(".panel select").first().selectOption({ index: 1 });
    }),
    ".panel.asking",
  ],
  "centre-remedies": [atHash(centre, "remedies", ".work-page"), ".work-page"],
  "centre-site": [atHash(centre, `site=${cut.id}`, ".drawer.site"), ".drawer.site"],
  "centre-queue": [atHash(centre, `site=${site.id}&queue`, ".lane .line"), ".lane"],
  signin: [
    (how) =>
      atTheDoor(world, { base: site.url, screen: "coordinator", user: userOf(site, "coordinator"), ...how }),
    ".pad",
  ],
};

/** Pages and panels that are in the documents too. */
const PANELS = {
  "coordinator-bookings": { glass: DESK, lang: "en" },
  "coordinator-paper": { glass: TABLET, lang: "hi" },
  "admin-staff": { glass: DESK, lang: "en" },
  "admin-people": { glass: DESK, lang: "en" },
  "admin-merge": { glass: TABLET, lang: "hi" },
  "admin-voices": { glass: DESK, lang: "en" },
  "centre-ask": { glass: TABLET, lang: "hi" },
};

const wanted = (name) => args.length === 0 || args.some((part) => name.includes(part));

async function snap(page, name) {
  await page.evaluate(() => document.fonts.ready);
  // Fonts, colours and the first beat settle; a picture is no test.
  await page.waitForTimeout(1200);
  await writeFile(join(into, `${name}.png`), withPalette(await page.screenshot()));
  console.log(`${name}.png`);
}

async function shoot(name, open, sees, how) {
  if (!wanted(name)) return;
  const page = await open(how);
  try {
    await page.locator(sees).first().waitFor({ timeout: 60_000 });
    await snap(page, name);
  } finally {
    await page.context().close();
  }
}

const glass = (kind, width, height) => () =>
  openPage(world, `${site.url}/${kind}#pair=${deviceOf(kind).pair}`, { glass: [width, height] });

/** A kiosk is let in by its code once, so one stands for all its pictures. */
async function kioskPictures() {
  if (!wanted("kiosk")) return;
  const kiosk = await openPage(
    world,
    `${site.url}/kiosk?with=printer,reader#pair=${deviceOf("kiosk").pair}`,
    {
      glass: [1080, 1920],
    },
  );
  await kiosk.locator(".healer").first().waitFor();
  await snap(kiosk, "kiosk");
  await kiosk.locator(".choice [lang=en]").click();
  await kiosk.locator(".asides .button").first().click();
  await kiosk.locator(".pad").waitFor();
  await snap(kiosk, "kiosk-booking-en");
  await kiosk.locator(".done").click();
  await kiosk.locator(".choice [lang=mr]").click();
  await kiosk.locator(".healer").nth(1).click();
  await kiosk.locator(".paper .token").waitFor();
  await snap(kiosk, "kiosk-slip-mr");
  await kiosk.context().close();
}

/** Somebody who came last, with their phone, in a language. */
async function phonesOf(desk) {
  const { gurujis } = await queueOf(desk);
  const { data } = await act(desk, "queue.check_in", { guruji: gurujis[2].id });
  const phone =
    (lang, width = 390, height = 844) =>
    async () => {
      const page = await openPage(world, `${site.url}${data.link}`, { glass: [width, height] });
      await page.locator(`.choice [lang=${lang}]`).click();
      return page;
    };
  const call = async () => {
    const { entries } = (await queueOf(desk)).gurujis[2];
    const { status, generation } = entries.find((one) => one.id === data.entry);
    await act(desk, "queue.call", { entry: data.entry }, { status, generation });
  };
  return { phone, call };
}

try {
  const desk = await makeMorning(site);
  const away = await makeMorning(cut);
  await makeKnown(desk);
  await until("all of it is at the centre", async () => {
    const { uplink } = await ask(`${cut.url}/api/v1/status`, { token: away.token });
    return uplink.backlog.records === 0;
  });
  await order(cut, "line", { cut: true });
  await moreArrive(away);
  if (all) {
    const every = { ...seen, ...more };
    for (const lang of ["en", "hi"]) {
      for (const [name, [open, sees]] of Object.entries(every)) {
        await shoot(`${name}-desk-${lang}`, open, sees, { glass: DESK, lang });
        await shoot(`${name}-tablet-${lang}`, open, sees, { glass: TABLET, lang });
      }
    }
  } else {
    await shoot("demo", () => openPage(world, `${world.page}/demo`), "main", {});
    // A desk is best seen at work: somebody chosen, and the line away.
    const cutOff = seat(cut.url, "coordinator", userOf(cut, "coordinator"));
    seen.coordinator = [pressed(cutOff, "1", "[data-line][aria-current]"), ".drawer article .chip.rest"];
    for (const [name, [open, sees]] of Object.entries(seen)) {
      await shoot(name, open, sees, { glass: name === "guruji" ? TABLET : DESK, lang: "en" });
      await shoot(`${name}-hi`, open, name === "coordinator" ? ".selection .button" : sees, {
        glass: TABLET,
        lang: "hi",
      });
    }
    for (const [name, how] of Object.entries(PANELS)) await shoot(name, ...more[name], how);
  }
  await shoot("board", glass("board", 1920, 1080), ".token", {});
  await kioskPictures();
  const { phone, call } = await phonesOf(desk);
  await shoot("phone", phone("hi"), ".card.mine", {});
  await shoot("phone-320-en", phone("en", 320, 568), ".card.mine", {});
  await call();
  await shoot("phone-called-mr", phone("mr"), ".turn.called", {});
} finally {
  await world.stop();
}
