import type { Client, Shape } from "@sangam/sdk";
import { WORDS } from "../../voices/words.mjs";
import { addressOf } from "../screen/door.ts";
import type { Lang } from "../words/catalogue.ts";

/** What the node takes of one clip. */
export const MOST_BYTES = 250_000;
/** A recording: what boards play, and what fits. */
const RATE_HZ = 16_000;
const HEADER_BYTES = 44;
/** Softer than this is no speech. */
const SILENCE = 0.02;
/** Left before and after what is said. */
const BREATH_S = 0.06;

export const GROUPS = ["phrases", "letters", "numbers"] as const;
export type Group = (typeof GROUPS)[number];

/** The clips of a language, in the order in which they are recorded. */
export function clipsOf(lang: Lang): Record<Group, string[]> {
  const groups: Record<Group, string[]> = { phrases: [], letters: [], numbers: [] };
  for (const clip of Object.keys(WORDS[lang])) groups[groupOf(clip)].push(clip);
  return groups;
}

const groupOf = (clip: string): Group =>
  /^\d/.test(clip) ? "numbers" : clip.length === 1 ? "letters" : "phrases";

/** What is to be said for a clip. */
export const wordsOf = (lang: Lang, clip: string) => WORDS[lang][clip] ?? clip;

export interface Named {
  lang: Lang;
  clip: string;
}

/** Which clip a file is for, by its name and folder: hi/17.mp3, hi-17.webm, or 17.wav in the language in hand. */
export function clipOfFile(path: string, inHand: Lang): Named | null {
  const parts = path
    .toLowerCase()
    .replace(/\.[a-z0-9]+$/, "")
    .split("/");
  const file = parts.pop() ?? "";
  const [, before, rest] = /^(hi|mr|en)[-_ ](.+)$/.exec(file) ?? [];
  const folder = parts.pop();
  const lang = (before ?? (folder && Object.hasOwn(WORDS, folder) ? folder : inHand)) as Lang;
  const name = rest ?? file;
  const clip = /^\d+$/.test(name) ? String(Number(name)) : name;
  return Object.hasOwn(WORDS[lang], clip) ? { lang, clip } : null;
}

/** Why a clip was not taken. */
export type Fault = "tooLarge" | "tooLong" | "noSound" | "noClip" | "noMicrophone" | "silent" | "unheard";
export class NotKept extends Error {
  constructor(
    readonly fault: Fault | null,
    said = "",
  ) {
    super(said || (fault ?? ""));
  }
}

const pathOf = ({ lang, clip }: Named) => `/api/v1/voices/${lang}/${clip}`;

async function ask(client: Client, clip: Named, method: "PUT" | "DELETE", body: Blob | null): Promise<void> {
  const answer = await fetch(addressOf(client, pathOf(clip), {}), { method, body }).catch(() => null);
  if (!answer) throw new NotKept("unheard");
  if (answer.ok) return;
  if (answer.status === 413) throw new NotKept("tooLarge");
  if (answer.status === 415) throw new NotKept("noSound");
  const said: Partial<Shape<"Problem">> = await answer.json().catch(() => ({}));
  throw new NotKept(null, said.message);
}

/** Sends a sound for a clip. Rejects with NotKept; the clip is as before then. */
export async function keepVoice(client: Client, clip: Named, sound: Blob, longestS: number): Promise<void> {
  if (sound.size > MOST_BYTES) throw new NotKept("tooLarge");
  if ((await decoded(sound)).duration > longestS) throw new NotKept("tooLong");
  await ask(client, clip, "PUT", sound);
}

/** Lets boards speak the program's clip again. */
export const removeVoice = (client: Client, clip: Named) => ask(client, clip, "DELETE", null);

async function decoded(sound: Blob): Promise<AudioBuffer> {
  try {
    return await new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(await sound.arrayBuffer());
  } catch {
    throw new NotKept("noSound");
  }
}

/** A recording as a file of its own, without the silence around what was said. Rejects with NotKept. */
export async function trimmed(recording: Blob): Promise<Blob> {
  const said = spoken((await decoded(recording)).getChannelData(0));
  if (said.length === 0) throw new NotKept("silent");
  return wavOf(said);
}

/** The part of samples in which somebody speaks, and a breath around it. */
export function spoken(samples: Float32Array): Float32Array {
  const loud = (sample: number) => Math.abs(sample) > SILENCE;
  const first = samples.findIndex(loud);
  if (first < 0) return samples.subarray(0, 0);
  const breath = BREATH_S * RATE_HZ;
  return samples.subarray(Math.max(0, first - breath), samples.findLastIndex(loud) + 1 + breath);
}

/** Samples between -1 and 1 as a WAV file: one channel of 16 bits at 16 kHz. */
export function wavOf(samples: Float32Array): Blob {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + samples.length * 2));
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i++) view.setUint8(at + i, word.charCodeAt(i));
  };
  text(0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // plain samples
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE_HZ, true);
  view.setUint32(28, RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => {
    view.setInt16(HEADER_BYTES + i * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
  });
  return new Blob([view.buffer], { type: "audio/wav" });
}
