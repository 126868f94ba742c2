import { type RefObject, useEffect, useRef, useState } from "react";

const FROZEN_MS = 1500;

/**
 * Keeps a list as it stood while a finger is down inside `within`, and for 1.5 s after: rows do not move
 * under it. What stands `above` them keeps its height as long. Returns the list to draw.
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
    const down = () => {
      clearTimeout(timer);
      hold(above?.current);
      setFrozen(true);
    };
    const up = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        letGo(above?.current);
        setFrozen(false);
      }, FROZEN_MS);
    };
    place.addEventListener("pointerdown", down);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, up);
    return () => {
      clearTimeout(timer);
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
