import { useEffect, useState } from "react";

/** This browser's clock, refreshed every `periodMs`: for ages and countdowns, which must move by themselves. */
export function useNow(periodMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
