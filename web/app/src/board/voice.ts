import type { RecentCall } from "@sangam/sdk";
import { useCallback, useEffect, useRef } from "react";
import type { Lang } from "../words/catalogue.ts";
import { spokenCall } from "./spoken.ts";

/** The bell has died away. */
const AFTER_CHIME_S = 1.7;
const BETWEEN_LANGUAGES_S = 0.5;
/** The clips hold no more than this, and decoded so they are a third of what the sound card would keep. */
const RATE_HZ = 16_000;
/** Decoded clips kept, about 50 kB each: a morning's letters and rooms, and the numbers that come next. */
const KEPT = 100;

type Speak = (call: RecentCall, signal: AbortSignal) => Promise<void>;

/**
 * Speaks a call in each of `langs`, one after another, from the clips that the node serves. Resolves when it is
 * silent again: also when it was aborted, when sound is held back, or when clips did not come; a call is never lost
 * for want of a voice, it is on the board.
 */
export function useVoice(langs: readonly Lang[]): Speak {
  const context = useRef<AudioContext | null>(null);
  const kept = useRef(new Map<string, AudioBuffer>());

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
      const said = await Promise.all(langs.map((lang) => clipsOf(call, lang, kept.current, signal)));
      if (!signal.aborted) await play(audio, said, from, signal);
    },
    [langs],
  );
}

/** The clips of one language; none when one of them did not come, since half a sentence misleads. */
async function clipsOf(
  call: RecentCall,
  lang: Lang,
  kept: Map<string, AudioBuffer>,
  signal: AbortSignal,
): Promise<AudioBuffer[]> {
  const paths = spokenCall(call, lang).map((clip) => `/voices/${lang}/${clip}.mp3`);
  try {
    // A number may be both token and room: it is fetched once.
    const clips = new Map([...new Set(paths)].map((path) => [path, fetchClip(path, kept, signal)]));
    return await Promise.all(paths.flatMap((path) => clips.get(path) ?? []));
  } catch {
    return [];
  }
}

async function fetchClip(
  path: string,
  kept: Map<string, AudioBuffer>,
  signal: AbortSignal,
): Promise<AudioBuffer> {
  let clip = kept.get(path);
  if (!clip) {
    const answer = await fetch(path, { signal });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const decoder = new OfflineAudioContext(1, 1, RATE_HZ);
    clip = await decoder.decodeAudioData(await answer.arrayBuffer());
  }
  // Set again, it is the youngest; the first of a map is the one unused for longest.
  kept.delete(path);
  kept.set(path, clip);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return clip;
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
