import type { Act, Change, Client, Outcome, Problem, RecentCall, SnapshotView, State } from "@sangam/sdk";
import { applyChanges, openSnapshot } from "../../sdk/src/rows.ts";
import { CLINIC_NOW, clinicView } from "./fixtures.ts";

interface Sent {
  id: string;
  type: string;
  data: Record<string, unknown>;
  /** Left the device: it can no longer be discarded. */
  left: boolean;
  discarded: boolean;
  answer(data: Record<string, unknown>): void;
  refuse(error: Partial<Problem>): void;
}

/** A client whose node is the test: actions wait until the test answers them. */
export class FakeClient {
  readonly sent: Sent[] = [];
  private state: State;
  private readonly listeners = new Set<() => void>();

  constructor(view: SnapshotView = clinicView()) {
    const opened = openSnapshot({ cursor: "c", at: "", view });
    this.state = {
      session: {
        status: "signed_in",
        user: { id: "d1", name: "Kiosk 1", role: "kiosk" },
        kind: "device",
        node: "n",
      },
      connection: {
        mode: "realtime",
        lastHeardAt: Date.now(),
        beatMs: 5000,
        retryCount: 0,
        slow: false,
        socketId: "s",
        boot: "b",
        answered: 1,
        failed: 0,
      },
      uplink: null,
      clock: { serverOffsetMs: 0, clinicTimeMs: CLINIC_NOW, atServerMs: Date.now(), clinicSpeed: 1 },
      viewName: "kiosk",
      view: opened.view,
      rows: opened.rows,
      patches: [],
      pending: [],
      queueDurable: true,
      tab: { id: "t", leader: true },
      lastUpdate: null,
      cursor: "c",
      eventsFrom: null,
    };
  }

  set(over: Partial<State>) {
    this.state = { ...this.state, ...over };
    for (const changed of this.listeners) changed();
  }

  connect(mode: State["connection"]["mode"]) {
    this.set({ connection: { ...this.state.connection, mode } });
  }

  /** What is shown is whole as of now. */
  hear() {
    this.set({ connection: { ...this.state.connection, lastHeardAt: Date.now() } });
  }

  recent(calls: readonly RecentCall[]) {
    this.change({ kind: "recent", id: "r", fields: { recent: calls } });
  }

  name(entry: string, name: string) {
    this.change({
      kind: "row",
      id: entry,
      fields: { ...this.state.rows.get("row")?.get(entry)?.fields, name },
    });
  }

  private change(change: Change) {
    this.set({ rows: applyChanges(this.state.rows, [change]) });
  }

  of(type: string): Sent[] {
    return this.sent.filter((one) => one.type === type);
  }

  /** As screens see it; what they do not use in these tests is not there. */
  get asClient(): Client {
    const client: Partial<Client> = {
      options: { view: "kiosk", screen: "kiosk" },
      start() {},
      stop() {},
      getState: () => this.state,
      subscribe: (changed) => {
        this.listeners.add(changed);
        return () => this.listeners.delete(changed);
      },
      act: ((type: string, data: Record<string, unknown>) => this.act(type, data)) as Client["act"],
      discard: async (id) => {
        const one = this.sent.find((sent) => sent.id === id);
        if (!one || one.left) return false;
        one.discarded = true;
        return true;
      },
      request: async () => ({ node: "n", role: "edge" }) as never,
    };
    return client as Client;
  }

  private act(type: string, data: Record<string, unknown>): Act {
    const id = `a${this.sent.length + 1}`;
    const settled = new Promise<Outcome>((resolve) => {
      this.sent.push({
        id,
        type,
        data,
        left: false,
        discarded: false,
        answer: (answer) => resolve({ status: "applied", id, data: answer } as Outcome),
        refuse: (error) =>
          resolve({
            status: "rejected",
            id,
            error: { code: "not_allowed", message: "", retryable: false, ...error },
          }),
      });
    });
    return { id, stored: Promise.resolve(true), settled };
  }
}
