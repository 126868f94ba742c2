import { type RefObject, useEffect, useRef, useState } from "react";

const FROZEN_MS = 1500;

/**
 * Keeps a list as it stood while a finger is down inside `within`, and for 1.5 s after or until something else is
 * pressed: rows do not move under it. What stands `above` them keeps its height as long. Returns the list to draw.
 */
export function useSteady<T>(
  list: T,
  within: RefObject<HTMLElement | null>,
  above?: RefObject<HTMLElement | null>,
): T {
  const [frozen, setFrozen] = useState(false);
  const shown = useRef(list);
  if (!frozen) shown.current = list;

  useEffect(() => {
    const place = within.current;
    if (!place) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pressed = false;
    const down = () => {
      pressed = true;
      clearTimeout(timer);
      hold(above?.current);
      setFrozen(true);
    };
    const thaw = () => {
      letGo(above?.current);
      setFrozen(false);
    };
    const up = () => {
      if (!pressed) return;
      pressed = false;
      clearTimeout(timer);
      timer = setTimeout(thaw, FROZEN_MS);
    };
    // What one does next is not held back by the finger that chose for whom.
    const elsewhere = (event: Event) => {
      if (pressed || (event.type === "pointerdown" && place.contains(event.target as Node))) return;
      clearTimeout(timer);
      thaw();
    };
    for (const next of ["pointerdown", "keydown"]) addEventListener(next, elsewhere, true);
    place.addEventListener("pointerdown", down);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, up);
    return () => {
      clearTimeout(timer);
      for (const next of ["pointerdown", "keydown"]) removeEventListener(next, elsewhere, true);
      place.removeEventListener("pointerdown", down);
      for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, up);
    };
  }, [within, above]);

  return shown.current;
}

function hold(block: HTMLElement | null | undefined) {
  if (!block) return;
  const height = block.offsetHeight;
  if (height === 0) block.style.display = "none";
  else block.style.blockSize = `${height}px`;
  block.style.overflow = "hidden";
}

function letGo(block: HTMLElement | null | undefined) {
  if (block) block.style.display = block.style.blockSize = block.style.overflow = "";
}
