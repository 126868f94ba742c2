/** One timer for each period, however many look at the clock: all of them are drawn again in one task. */
const timers = new Map<number, { heard: Set<() => void>; timer: ReturnType<typeof setInterval> }>();

/** Calls `heard` every `periodMs` until the answer is called. The first time may come sooner. */
export function every(periodMs: number, heard: () => void): () => void {
  let known = timers.get(periodMs);
  if (!known) {
    const all = new Set<() => void>();
    const timer = setInterval(() => {
      for (const one of [...all]) one();
    }, periodMs);
    known = { heard: all, timer };
    timers.set(periodMs, known);
  }
  const { heard: all, timer } = known;
  all.add(heard);
  return () => {
    all.delete(heard);
    if (all.size > 0 || timers.get(periodMs)?.timer !== timer) return;
    clearInterval(timer);
    timers.delete(periodMs);
  };
}
