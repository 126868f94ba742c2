// The ashram's own voices: an admin sends and records clips, and the board speaks them from the next call on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { DESK, isSound, openPage, sitDown, TABLET, userOf } from "./desk.mjs";
import { act, FLAGS, queueOf, signIn, startDemo, until } from "./world.mjs";

let world;
let site;

before(async () => {
  world = await startDemo();
  [site] = world.describe.sites;
});
after(() => world?.stop());

/** A WAV file of one tone: 8,000 samples of 16 bits a second. */
function tone(seconds) {
  const samples = Math.round(8_000 * seconds);
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  for (const [at, value] of [
    [16, 16],
    [24, 8_000],
    [28, 16_000],
    [40, samples * 2],
  ])
    file.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ])
    file.writeUInt16LE(value, at);
  file.write("data", 36);
  for (let i = 0; i < samples; i++) file.writeInt16LE(8_000 * Math.sin(i / 3), 44 + i * 2);
  return file;
}

const file = (name, buffer) => ({ name, mimeType: "audio/wav", buffer });

const atVoices = async (how = {}) => {
  const page = await sitDown(how.world ?? world, {
    base: site.url,
    screen: "admin",
    user: userOf(site, "admin"),
    ...how,
  });
  await page.keyboard.press("0");
  await page.locator(".clips").first().waitFor();
  return page;
};

test("clips are sent as files, what is none is told, and the board speaks them from the next call on", async () => {
  const { pair } = site.devices.find((one) => one.kind === "board");
  const played = [];
  const board = await openPage(world, `${site.url}/board#pair=${pair}`, {
    glass: [1920, 1080],
    watch: async (page) => {
      await page.exposeFunction("heard", (seconds) => played.push(seconds));
      await page.addInitScript(() => {
        const { start } = AudioBufferSourceNode.prototype;
        AudioBufferSourceNode.prototype.start = function (...at) {
          window.heard(this.buffer.duration);
          return start.apply(this, at);
        };
      });
    },
  });
  await board.locator(".board").waitFor();
  await board.mouse.click(5, 5); // sound is held back until somebody touches the screen

  const page = await atVoices({ glass: DESK });
  await page.getByText("0 of 132 recorded").waitFor();
  await isSound(page, "voices");
  await page
    .locator("input[type=file]")
    .setInputFiles([
      file("token.wav", tone(0.75)),
      file("hi-17.wav", tone(0.5)),
      file("mr_17.wav", tone(0.5)),
      file("hello.wav", tone(0.5)),
      file("18.mp3", Buffer.from("<!doctype html>")),
      file("19.wav", tone(9)),
      file("20.wav", tone(20)),
    ]);
  await page.getByText("3 clips are kept").waitFor();
  const faults = await page.locator(".notice li").allTextContents();
  assert.deepEqual(faults, [
    "hello.wav: named after no clip",
    "18.mp3: no sound that boards can play",
    "19.wav: longer than 7 seconds",
    "20.wav: larger than 250 kB",
  ]);
  await page.getByText("2 of 132 recorded").waitFor();
  await isSound(page, "voices with faults");

  const desk = await signIn(site.url, userOf(site, "coordinator"));
  const { gurujis } = await queueOf(desk);
  const did = async (type, data) => {
    const { status, error } = await act(desk, type, data);
    assert.equal(status, "applied", `${type}: ${error?.message}`);
  };
  const callFor = async ({ id }) => {
    played.length = 0;
    await did("queue.check_in", { guruji: id, person: { name: "Usha Patil" } });
    await did("queue.call_next", { guruji: id });
    await until("the call is spoken", () => played.length > 3, 60_000);
  };
  await callFor(gurujis[0]);
  assert.equal(played[0].toFixed(2), "0.75", "the first word is not the ashram's own");

  await page.getByRole("button", { name: "टोकन नंबर" }).click();
  await page.getByText("The ashram’s own").waitFor();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("1 of 132 recorded").waitFor();
  await callFor(gurujis[1]);
  assert.notEqual(played[0].toFixed(2), "0.75", "the board speaks what was removed");
  assert.deepEqual(board.complaints, []);
  await board.context().close();
  await page.context().close();
});

test("a clip is recorded by keyboard, and Next leads to the one after it", async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [...FLAGS.split(" "), "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
  const page = await atVoices({ world: { ...world, browser }, glass: TABLET, lang: "hi" });
  await page.getByRole("button", { name: "English" }).click();
  await page.getByText("131 में से 0 रिकॉर्ड हुए").waitFor();
  await page.getByRole("button", { name: "please come to the desk" }).click();
  const record = page.getByRole("button", { name: "रिकॉर्ड करें" });
  await record.focus();
  await page.keyboard.press("Enter");
  await page.getByText("अब बोलें।").waitFor();
  await isSound(page, "recording");
  await page.waitForTimeout(2_500); // the device beeps once a second
  await page.keyboard.press("Enter");
  await page.getByText("रखा गया: please come to the desk").waitFor();
  await page.getByText("131 में से 1 रिकॉर्ड हुए").waitFor();
  await isSound(page, "recorded");
  await page.getByRole("button", { name: "अगला" }).click();
  await page.getByRole("heading", { name: "please look at the board" }).waitFor();
  await browser.close();
});

test("without a microphone the page says where recording works, and files are sent all the same", async () => {
  const page = await atVoices({
    watch: (opened) =>
      opened.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "mediaDevices")),
  });
  await page.getByText("This browser does not record here").waitFor();
  await isSound(page, "no microphone");
  await page.locator("input[type=file]").setInputFiles([file("z.wav", tone(0.5))]);
  await page.getByText("1 clip is kept").waitFor();
  await page.context().close();
});
