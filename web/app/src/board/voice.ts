import type { Client, RecentCall } from "@sangam/sdk";
import { useCallback, useEffect, useRef } from "react";
import type { Lang } from "../words/catalogue.ts";
import { fetchOwnVoices, type OwnVoices } from "./ownVoices.ts";
import { spokenCall } from "./spoken.ts";

/** The bell has died away. */
const AFTER_CHIME_S = 1.7;
const BETWEEN_LANGUAGES_S = 0.5;
/** The clips hold no more than this, and decoded so they are a third of what the sound card would keep. */
const RATE_HZ = 16_000;
/** Decoded clips kept, about 50 kB each: a morning's letters and rooms, and the numbers that come next. */
const KEPT = 100;
/** A word of the ashram's own that lasts longer would keep the next call waiting: the program's is spoken. */
export const LONGEST_S = 7;

type Speak = (call: RecentCall, signal: AbortSignal) => Promise<void>;

/**
 * Speaks a call in each of `langs`, one after another, from the clips that the node serves: those that the ashram
 * recorded, and the program's own where there is none or it cannot be played. Resolves when it is silent again: also when it was aborted, when sound is held back, or when clips did not come; a call is never lost
 * for want of a voice, it is on the board.
 */
export function useVoice(client: Client, langs: readonly Lang[]): Speak {
  const context = useRef<AudioContext | null>(null);
  const kept = useRef(new Map<string, AudioBuffer>());
  const own = useRef<OwnVoices>(new Map());

  useEffect(() => {
    if (typeof AudioContext === "undefined") return;
    const audio = new AudioContext();
    context.current = audio;
    // Held back until somebody touches the screen, as the chime is.
    const touched = () => void audio.resume().catch(() => {});
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, touched);
    return () => {
      for (const touch of ["pointerdown", "keydown"]) removeEventListener(touch, touched);
      context.current = null;
      audio.close().catch(() => {});
    };
  }, []);

  return useCallback(
    async (call, signal) => {
      const audio = context.current;
      if (audio?.state !== "running") return;
      const from = audio.currentTime + AFTER_CHIME_S;
      own.current = await fetchOwnVoices(client, signal).catch(() => own.current);
      const clipOf = (name: string) => fetchClip(name, own.current, kept.current, signal);
      const said = await Promise.all(langs.map((lang) => clipsOf(call, lang, clipOf)));
      if (!signal.aborted) await play(audio, said, from, signal);
    },
    [client, langs],
  );
}

/** The clips of one language; none when one of them did not come, since half a sentence misleads. */
async function clipsOf(
  call: RecentCall,
  lang: Lang,
  clipOf: (name: string) => Promise<AudioBuffer>,
): Promise<AudioBuffer[]> {
  const names = spokenCall(call, lang).map((clip) => `${lang}/${clip}`);
  try {
    // A number may be both token and room: it is fetched once.
    const clips = new Map([...new Set(names)].map((name) => [name, clipOf(name)]));
    return await Promise.all(names.flatMap((name) => clips.get(name) ?? []));
  } catch {
    return [];
  }
}

async function fetchClip(
  name: string,
  own: OwnVoices,
  kept: Map<string, AudioBuffer>,
  signal: AbortSignal,
): Promise<AudioBuffer> {
  const address = own.get(name);
  const mine = address ? await fetchSound(address, kept, signal).catch(() => null) : null;
  if (mine && mine.duration <= LONGEST_S) return mine;
  return fetchSound(`/voices/${name}.mp3`, kept, signal);
}

async function fetchSound(
  address: string,
  kept: Map<string, AudioBuffer>,
  signal: AbortSignal,
): Promise<AudioBuffer> {
  let sound = kept.get(address);
  if (!sound) {
    const answer = await fetch(address, { signal });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const decoder = new OfflineAudioContext(1, 1, RATE_HZ);
    sound = await decoder.decodeAudioData(await answer.arrayBuffer());
  }
  // Set again, it is the youngest; the first of a map is the one unused for longest.
  kept.delete(address);
  kept.set(address, sound);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return sound;
}

/** Plays each list without gaps and a breath between them, no earlier than `fromS`; resolves at the end. */
function play(
  audio: AudioContext,
  said: readonly (readonly AudioBuffer[])[],
  fromS: number,
  signal: AbortSignal,
): Promise<void> {
  let at = Math.max(fromS, audio.currentTime);
  const playing: AudioBufferSourceNode[] = [];
  for (const clips of said) {
    for (const buffer of clips) {
      const source = new AudioBufferSourceNode(audio, { buffer });
      source.connect(audio.destination);
      source.start(at);
      playing.push(source);
      at += buffer.duration;
    }
    if (clips.length > 0) at += BETWEEN_LANGUAGES_S;
  }
  const last = playing.at(-1);
  if (!last) return Promise.resolve();
  return new Promise((resolve) => {
    last.addEventListener("ended", () => resolve());
    signal.addEventListener("abort", () => {
      for (const source of playing) source.stop();
      resolve();
    });
  });
}
