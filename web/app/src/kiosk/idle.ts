import { useEffect, useRef, useState } from "react";

const TOUCHES = ["pointerdown", "keydown"] as const;

/**
 * Counts down while `on` and calls `clear` at the end; any touch starts it anew. Returns the seconds left.
 */
export function useIdle(on: boolean, seconds: number, clear: () => void): number {
  const [left, setLeft] = useState(seconds);
  const then = useRef(clear);
  then.current = clear;
  useEffect(() => {
    if (!on) return;
    let end = Date.now() + seconds * 1000;
    setLeft(seconds);
    const touched = () => {
      end = Date.now() + seconds * 1000;
      setLeft(seconds);
    };
    const timer = setInterval(() => {
      const rest = Math.ceil((end - Date.now()) / 1000);
      if (rest > 0) setLeft(rest);
      else {
        then.current();
        touched();
      }
    }, 250);
    for (const touch of TOUCHES) addEventListener(touch, touched);
    return () => {
      clearInterval(timer);
      for (const touch of TOUCHES) removeEventListener(touch, touched);
    };
  }, [on, seconds]);
  return left;
}
