import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/**
 * A live list moves its rows, and a browser drops the focus of what is moved. This gives it back to the same line
 * (`data-line`) without scrolling; a line that is gone keeps nobody.
 */
export function useKeptFocus(within: RefObject<HTMLElement | null>) {
  const held = useRef<string | null>(null);
  useEffect(() => {
    const place = within.current;
    if (!place) return;
    const into = (event: FocusEvent) => {
      held.current = (event.target as HTMLElement).dataset.line ?? null;
    };
    // Focus that goes to another element says where; focus that is lost to a move goes nowhere.
    const out = (event: FocusEvent) => {
      if (event.relatedTarget) held.current = null;
    };
    const away = () => {
      held.current = null;
    };
    place.addEventListener("focusin", into);
    place.addEventListener("focusout", out);
    addEventListener("pointerdown", away, true);
    return () => {
      place.removeEventListener("focusin", into);
      place.removeEventListener("focusout", out);
      removeEventListener("pointerdown", away, true);
    };
  }, [within]);

  useLayoutEffect(() => {
    if (!held.current || document.activeElement !== document.body) return;
    lineOf(within.current, held.current)?.focus({ preventScroll: true });
  });
}

export function lineOf(within: HTMLElement | null, id: string): HTMLElement | null {
  return within?.querySelector<HTMLElement>(`[data-line="${CSS.escape(id)}"]`) ?? null;
}

/** The line to which an arrow key leads: along its list, or to the same height of the next one. */
export function lineBeside(within: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const lanes = [...within.querySelectorAll<HTMLElement>(".lane")]
    .map((lane) => [...lane.querySelectorAll<HTMLElement>("[data-line]")])
    .filter((lines) => lines.length > 0);
  const lane = lanes.findIndex((lines) => lines.includes(from));
  const at = lanes[lane]?.indexOf(from) ?? -1;
  switch (key) {
    case "ArrowDown":
      return lanes[lane]?.[at + 1] ?? null;
    case "ArrowUp":
      return lanes[lane]?.[at - 1] ?? null;
    case "ArrowLeft":
    case "ArrowRight": {
      const next = lanes[lane + (key === "ArrowRight" ? 1 : -1)];
      return next?.[Math.min(at, next.length - 1)] ?? null;
    }
  }
  return null;
}
