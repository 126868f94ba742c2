import { useEffect } from "react";

const AGAIN_MS = 6000;
const TIMES = 8;
const SHAKE_MS = [400, 200, 400];

/**
 * Rings and shakes the phone when `call` becomes another one (a recall is another), and again until somebody touches
 * it, for three quarters of a minute. Null: not called.
 */
export function useAttention(call: string | null, ring: () => void) {
  useEffect(() => {
    if (call === null) return;
    let times = 0;
    const strike = () => {
      ring();
      navigator.vibrate?.(SHAKE_MS);
      if (++times >= TIMES) clearInterval(timer);
    };
    const timer = setInterval(strike, AGAIN_MS);
    const seen = () => clearInterval(timer);
    strike();
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, seen);
    return () => {
      seen();
      for (const touch of ["pointerdown", "keydown"]) removeEventListener(touch, seen);
    };
  }, [call, ring]);
}
