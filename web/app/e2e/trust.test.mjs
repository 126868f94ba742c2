// A device on the LAN that came to trust the site: what browsers keep from plain http is there, and nothing else moved.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { isSound, openPage, sitDown, userOf } from "./desk.mjs";
import { freePort, startEdge } from "./edge.mjs";
import { FLAGS, until } from "./world.mjs";

const NAME = "sangam.local";
let home;
let httpsPort;
let site;
let device;

before(async () => {
  home = await mkdtemp(join(tmpdir(), "sangam-device-"));
  httpsPort = await freePort();
  site = await startEdge(["--https-listen", `127.0.0.1:${httpsPort}`, "--site-name", "Nirmal Dham"]);
});
after(async () => {
  await device?.close();
  await site?.stop();
  await rm(home, { recursive: true, force: true });
});

/** A browser of another machine, as far as it can tell: the box has a name there, and it has trust of its own. */
async function startDevice() {
  await device?.close();
  device = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [...FLAGS.split(" "), `--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
    env: { ...process.env, HOME: home },
  });
  return device;
}

/** What an admin's hand does in the settings of the system: it is told to trust a file. */
function trust(file) {
  const store = join(home, ".pki", "nssdb");
  execFileSync("mkdir", ["-p", store]);
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "sangam", "-i", file]);
}

test("an admin is told what a device has to trust, and the page that tells how hands it out", async () => {
  const browser = await startDevice();
  const plain = `http://${NAME}:${site.port}`;
  const admin = await sitDown(
    { browser },
    { base: plain, names: site.url, screen: "admin", user: userOf(site, "admin") },
  );
  await admin.getByRole("button", { name: "Let a device trust it" }).click();
  const fingerprint = (await admin.locator(".fingerprint").textContent()).trim();
  assert.equal(await admin.locator(".panel a").getAttribute("href"), `${plain}/trust`);
  await isSound(admin, "the panel");
  const said = await admin.evaluate(() => ({
    secure: isSecureContext,
    worker: "serviceWorker" in navigator,
    microphone: navigator.mediaDevices !== undefined,
  }));
  assert.deepEqual(said, { secure: false, worker: false, microphone: false }, "over plain http");

  for (const lang of ["hi", "en"]) {
    const page = await openPage({ browser }, `${plain}/trust`, { glass: [390, 844] });
    await page.locator(`article[lang=${lang}] code`, { hasText: fingerprint }).waitFor();
    await isSound(page, `the page in ${lang}`);
    if (lang === "en") {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.locator("article[lang=en] a[download]").click(),
      ]);
      await download.saveAs(join(home, "sangam.crt"));
    }
    await page.context().close();
  }
  const root = await readFile(join(home, "sangam.crt"));
  const sum = createHash("sha256").update(root).digest("hex").toUpperCase();
  assert.equal(fingerprint.replaceAll(" ", ""), sum);
});

test("over https a device that was not told refuses, and one that was is live and starts without the box", async () => {
  const secure = `https://${NAME}:${httpsPort}`;
  let browser = await startDevice();
  const stranger = await browser.newPage();
  await assert.rejects(stranger.goto(secure), /ERR_CERT_AUTHORITY_INVALID/);

  trust(join(home, "sangam.crt"));
  browser = await startDevice();
  const desk = await sitDown(
    { browser },
    { base: secure, names: site.url, screen: "coordinator", user: userOf(site, "coordinator"), keeps: true },
  );
  await until("it is live", () => [...desk.sockets].some((socket) => socket.url().startsWith("wss://")));
  const can = await desk.evaluate(() => ({
    secure: isSecureContext,
    microphone: navigator.mediaDevices !== undefined,
  }));
  assert.deepEqual(can, { secure: true, microphone: true });
  await isSound(desk, "the desk over https");
  await until("the screens are kept", () =>
    desk.evaluate(() => caches.match("/coordinator").then((page) => page !== undefined)),
  );
  await site.kill();
  await desk.reload();
  await desk.locator(".empty h1").waitFor();
  await site.start();
  await desk.locator("header.bar").waitFor({ timeout: 60_000 });

  // Whoever had signed in over https signs in over plain http beside it.
  const beside = await desk.context().newPage();
  await beside.goto(`http://${NAME}:${site.port}/coordinator`);
  await beside.locator(".signin").waitFor();
  assert.equal(await desk.locator("header.bar").count(), 1);
});

test("from a screen over https other devices are sent to plain http", async () => {
  const browser = await startDevice();
  const secure = `https://${NAME}:${httpsPort}`;
  const desk = await sitDown(
    { browser },
    { base: secure, names: site.url, screen: "admin", user: userOf(site, "admin") },
  );
  await desk.getByText("This browser starts without the box").waitFor();
  await desk.getByRole("button", { name: "Let a device trust it" }).click();
  assert.equal(await desk.locator(".panel a").getAttribute("href"), `http://${NAME}:${site.port}/trust`);
});
