/** Time that moves only when told, and a way to let promises and IndexedDB get on with it meanwhile. */
export class Clock {
  ms = Date.parse("2026-10-02T04:00:00.000Z");
  private timers = new Map<number, { at: number; run: () => void }>();
  private ids = 0;
  /** Looks after every step of time. */
  watch: () => void = () => {};

  now = (): number => this.ms;

  setTimeout = (run: () => void, ms: number): unknown => {
    const id = ++this.ids;
    this.timers.set(id, { at: this.ms + Math.max(0, ms), run });
    return id;
  };

  clearTimeout = (id: unknown): void => {
    this.timers.delete(id as number);
  };

  get pending(): number {
    return this.timers.size;
  }

  /** Moves time on, running every timer on its way in order. */
  async advance(ms: number): Promise<void> {
    const end = this.ms + ms;
    for (;;) {
      await settle();
      const due = [...this.timers]
        .filter(([, t]) => t.at <= end)
        .sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.ms = Math.max(this.ms, due[1].at);
      due[1].run();
      this.watch();
    }
    this.ms = Math.max(this.ms, end);
    await settle();
    this.watch();
  }
}

const turn = () => new Promise<void>((next) => setImmediate(next));

/** Lets everything that needs no time finish: promises, channel messages, IndexedDB requests. */
export async function settle(turns = 25): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}

/** Waits, without moving time, for something that happens by itself. */
export async function until(what: string, holds: () => boolean, turns = 2_000): Promise<void> {
  for (let i = 0; i < turns; i++) {
    if (holds()) return;
    await turn();
  }
  throw new Error(`it never came true that ${what}`);
}
