/** Named timers: setting one again moves it, and none outlives `clear`. */
import type { Deps } from "./types.ts";

export interface Timers<N extends string> {
  set(name: N, ms: number, run: () => void): void;
  has(name: N): boolean;
  cancel(name: N): void;
  clear(): void;
}

export function createTimers<N extends string>(deps: Deps): Timers<N> {
  const running = new Map<N, unknown>();
  function cancel(name: N): void {
    if (running.has(name)) deps.clearTimeout(running.get(name));
    running.delete(name);
  }
  return {
    set(name, ms, run) {
      cancel(name);
      const fire = () => {
        running.delete(name);
        run();
      };
      running.set(name, deps.setTimeout(fire, ms));
    },
    has: (name) => running.has(name),
    cancel,
    clear() {
      for (const name of [...running.keys()]) cancel(name);
    },
  };
}
