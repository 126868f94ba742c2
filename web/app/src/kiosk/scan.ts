import { useEffect, useRef } from "react";

/** Readers of codes are keyboards: they type faster than anybody, and press Enter. */
const FASTEST_HAND_MS = 80;
const LEAST = 16;
const MOST = 512;
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/**
 * The appointment that a code names: its id, alone or within an address. Null when there is none in it.
 */
export function appointmentIn(code: string): string | null {
  return ID.exec(code)?.[0].toLowerCase() ?? null;
}

/** Calls `onCode` with what a reader typed; its keys press nothing on the page. */
export function useScan(onCode: (code: string) => void) {
  const latest = useRef(onCode);
  latest.current = onCode;
  useEffect(() => {
    let typed = "";
    let at = 0;
    function pressed(event: KeyboardEvent) {
      const now = Date.now();
      const fast = now - at < FASTEST_HAND_MS;
      at = now;
      if (!fast) typed = "";
      if (event.key === "Enter" && typed.length >= LEAST) {
        event.preventDefault();
        latest.current(typed);
        typed = "";
      } else if (event.key.length === 1 && typed.length < MOST) {
        typed += event.key;
        if (typed.length > 2) event.preventDefault();
      }
    }
    addEventListener("keydown", pressed, { capture: true });
    return () => removeEventListener("keydown", pressed, { capture: true });
  }, []);
}
