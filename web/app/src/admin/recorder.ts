import { useEffect, useRef, useState } from "react";
import { NotKept } from "./voices.ts";

/** Browsers give a microphone only to pages that came over https or from this very machine. */
export const canRecord = () => "MediaRecorder" in globalThis && navigator.mediaDevices !== undefined;

export interface Recorder {
  recording: boolean;
  /** Records until `stop`, or for `longestS`. Rejects with NotKept when there is no microphone, or it is not allowed. */
  record(longestS: number): Promise<Blob>;
  stop(): void;
}

/** A microphone that is open only while somebody speaks into it. */
export function useRecorder(): Recorder {
  const [recording, setRecording] = useState(false);
  const recorder = useRef<MediaRecorder | null>(null);
  const stop = () => {
    if (recorder.current?.state === "recording") recorder.current.stop();
  };
  useEffect(() => stop, []);
  async function record(longestS: number): Promise<Blob> {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {
      throw new NotKept("noMicrophone");
    });
    const open = new MediaRecorder(microphone);
    recorder.current = open;
    const parts: Blob[] = [];
    open.addEventListener("dataavailable", ({ data }) => parts.push(data));
    open.start();
    setRecording(true);
    const late = setTimeout(stop, longestS * 1000);
    await new Promise((resolve) => open.addEventListener("stop", resolve, { once: true }));
    clearTimeout(late);
    for (const track of microphone.getTracks()) track.stop();
    recorder.current = null;
    setRecording(false);
    return new Blob(parts, { type: open.mimeType });
  }
  return { recording, record, stop };
}
