import { useEffect, useState } from "react";
import { every } from "./ticks.ts";

/**
 * This browser's clock as the block is drawn, which is again every `periodMs`: for ages and countdowns, which must move
 * by themselves. In a tab that was frozen anything may draw the block before its timer runs, so the timer tells nothing.
 */
export function useNow(periodMs: number): number {
  const [, draw] = useState(0);
  useEffect(() => every(periodMs, () => draw((times) => times + 1)), [periodMs]);
  return Date.now();
}
