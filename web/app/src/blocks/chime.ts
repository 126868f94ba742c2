import { useCallback, useEffect, useRef, useState } from "react";

/** Strikes of a small bell: two falling notes, then silence. Made here, so that it needs no file and no line. */
const NOTES = [
  { hz: 987.8, atS: 0 },
  { hz: 784, atS: 0.32 },
] as const;
const LASTS_S = 1.6;
const LOUD = 0.5;

export interface Chime {
  /** False while the browser holds sound back until somebody touches the screen. */
  on: boolean;
  turnOn(): void;
  ring(): void;
}

/** A chime that says whether it can be heard. Any touch of the screen turns it on. */
export function useChime(): Chime {
  const audio = useRef<AudioContext | null>(null);
  const [on, setOn] = useState(false);

  const turnOn = useCallback(() => {
    audio.current?.resume().catch(() => {});
  }, []);

  useEffect(() => {
    if (typeof AudioContext === "undefined") return;
    const context = new AudioContext();
    audio.current = context;
    const look = () => setOn(context.state === "running");
    look();
    context.addEventListener("statechange", look);
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, turnOn);
    return () => {
      for (const touch of ["pointerdown", "keydown"]) removeEventListener(touch, turnOn);
      context.removeEventListener("statechange", look);
      audio.current = null;
      context.close().catch(() => {});
    };
  }, [turnOn]);

  const ring = useCallback(() => {
    const context = audio.current;
    if (context?.state === "running") for (const note of NOTES) strike(context, note.hz, note.atS);
  }, []);

  return { on, turnOn, ring };
}

/** A bell: a fundamental and one overtone, struck hard and dying away. */
function strike(context: AudioContext, hz: number, atS: number) {
  const from = context.currentTime + atS;
  for (const [times, share] of [
    [1, 1],
    [2.76, 0.25],
  ] as const) {
    const tone = new OscillatorNode(context, { frequency: hz * times });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUD * share, from + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + LASTS_S / times);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + LASTS_S);
  }
}
