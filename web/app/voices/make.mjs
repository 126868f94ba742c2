// Speaks the clips of the called tokens into web/public/voices with espeak-ng, and packs them with ffmpeg:
//   node web/app/voices/make.mjs

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WORDS } from "./words.mjs";

const run = promisify(execFile);
const into = fileURLToPath(new URL("../../public/voices", import.meta.url));
const VOICES = { hi: "hi", mr: "mr", en: "en-gb" };
const WORDS_A_MINUTE = "130";
// Silence at both ends would make a call of ten clips limp.
const EDGE = "silenceremove=start_periods=1:start_threshold=-45dB,areverse";
const PACKED = `-af ${EDGE},${EDGE},apad=pad_dur=0.03 -ac 1 -ar 22050 -b:a 32k -write_xing 0 -id3v2_version 0`;

const work = await mkdtemp(join(tmpdir(), "voices-"));
const waiting = Object.entries(WORDS).flatMap(([lang, words]) =>
  Object.entries(words).map(([name, text]) => ({ lang, name, text })),
);
const count = waiting.length;

async function speak({ lang, name, text }) {
  const wav = join(work, `${lang}-${name}.wav`);
  await run("espeak-ng", ["-v", VOICES[lang], "-s", WORDS_A_MINUTE, "-w", wav, text]);
  const mp3 = join(into, lang, `${name}.mp3`);
  await run("ffmpeg", ["-y", "-v", "error", "-i", wav, ...PACKED.split(" "), "-bitexact", mp3]);
}

async function speakAll() {
  for (let one = waiting.pop(); one; one = waiting.pop()) await speak(one);
}

try {
  for (const lang of Object.keys(WORDS)) {
    await rm(join(into, lang), { recursive: true, force: true });
    await mkdir(join(into, lang), { recursive: true });
  }
  await Promise.all(Array.from({ length: availableParallelism() }, speakAll));
  console.log(`${count} clips in web/public/voices`);
} finally {
  await rm(work, { recursive: true, force: true });
}
