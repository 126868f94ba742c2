// A backup from the admin's first page: what is missing is told, and what is taken is locked and counts.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { DESK, isSound, sitDown, TABLET } from "./desk.mjs";
import { startEdge } from "./edge.mjs";

/** The public half of a key of age that nobody kept. */
const KEY = "age1wtajq4t9my8e8gedxqjpcwq6qtu04e6qh4y709ysc40tl7qlqgjqttqd42";

let open;
let locked;

before(async () => {
  open = await startEdge();
  locked = await startEdge(["--backup-recipient", KEY]);
});
after(async () => {
  await open?.stop();
  await locked?.stop();
});

async function atTheBox(site, how) {
  const user = site.users.find(({ role }) => role === "admin");
  const page = await sitDown(site, { base: site.url, screen: "admin", user, ...how });
  await page.locator(".health").waitFor();
  return page;
}

test("a box without a key says what to do", async () => {
  const page = await atTheBox(open, { glass: TABLET, lang: "hi" });
  await page.getByRole("button", { name: "अभी बैकअप बनाएँ" }).click();
  await page.getByText("--backup-recipient age1…").waitFor();
  await isSound(page, "no key");
  await page.context().close();
});

test("a backup is taken by keyboard, is locked, and is the last one from then on", async () => {
  const page = await atTheBox(locked, { glass: DESK });
  await page.getByText("None is known").waitFor();
  await page.getByRole("button", { name: "Make a backup now" }).focus();
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  await page.getByText("Keep the file away from the box.").waitFor();
  assert.match(file.suggestedFilename(), /^sangam-\d{4}-\d\d-\d\d\.tar\.age$/);
  const content = await readFile(await file.path());
  assert.ok(content.toString("latin1").startsWith("age-encryption.org/v1"));
  await page.getByText("The last one is").waitFor();
  await isSound(page, "a backup was taken");
  await page.context().close();
});

test("a backup that is cut short is told, and nothing is kept", async () => {
  const page = await atTheBox(locked, { glass: TABLET });
  await page.route("**/api/v1/backup*", (route) => route.abort());
  await page.getByRole("button", { name: "Make a backup now" }).click();
  await page.getByText("No backup was taken").waitFor();
  await isSound(page, "a backup was cut short");
  await page.context().close();
});
