import { useEffect, useRef } from "react";

const OFF = "sangam.keys.off";
const TYPING = "input, textarea, select, [contenteditable]";

/** Single keys can be switched off on a device: they get in the way of some ways of typing. */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

export function switchSingleKeys(on: boolean) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Stays as it is: this browser keeps nothing.
  }
}

/**
 * Binds single keys ("n", "/", "?"), "escape", and "Ctrl+K" (also Cmd) while the block is there. Never inside an
 * input, never with another modifier, never under an open panel, and a held key counts once. Escape is no single
 * key: it stays when those are switched off.
 */
export function useKeys(keys: Readonly<Record<string, (() => void) | undefined>>) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.defaultPrevented || event.repeat || event.altKey || event.isComposing) return;
      if (document.getElementById("app")?.hasAttribute("inert")) return;
      const chord = event.ctrlKey || event.metaKey;
      const typing = event.target instanceof Element && event.target.closest(TYPING) !== null;
      const single = !chord && event.key !== "Escape";
      if ((!chord && typing) || (single && !singleKeysOn())) return;
      const act = latest.current[chord ? `Ctrl+${event.key.toUpperCase()}` : event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}
