import { useEffect, useState } from "react";

/**
 * This browser's clock as the block is drawn, which is again every `periodMs`: for ages and countdowns, which must move
 * by themselves. In a tab that was frozen anything may draw the block before its timer runs, so the timer tells nothing.
 */
export function useNow(periodMs: number): number {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((times) => times + 1), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return Date.now();
}
