import type {
  Act,
  Change,
  Client,
  Fields,
  Outcome,
  Problem,
  RecentCall,
  SnapshotView,
  State,
  User,
} from "@sangam/sdk";
import { applyChanges, openSnapshot } from "../../sdk/src/rows.ts";
import { CLINIC_NOW, clinicView, staff } from "./fixtures.ts";

const coordinator: User = { id: "u1", name: "Ashwini Sathe", role: "coordinator" };

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

interface Refusal {
  code: string;
  message: string;
  retryAfterMs?: number;
}

/** A client whose node is the test: actions wait until the test answers them. */
export class FakeClient {
  readonly sent: Sent[] = [];
  readonly tried: { user: string; pin: string }[] = [];
  /** How often everything was asked for anew. */
  refetched = 0;
  readonly asked: { path: string; body: unknown }[] = [];
  /** What the node answers on these paths. */
  readonly answers: Record<string, unknown> = { "/api/v1/sites": { sites: [] } };
  private refusal: Refusal | null = null;
  private setup = false;
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

  /** Nobody is signed in; who tries is refused so, or let in. */
  static signedOut(refusal: Refusal | null = null): FakeClient {
    const client = new FakeClient();
    client.refusal = refusal;
    client.set({ session: { ...client.state.session, status: "signed_out", user: null } });
    return client;
  }

  /** A node that waits for its first admin. */
  static awaitingSetup(refusal: Refusal | null = null): FakeClient {
    const client = FakeClient.signedOut(refusal);
    client.setup = true;
    return client;
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

  row(id: string, fields: Fields) {
    this.change({ kind: "row", id, fields });
  }

  place(id: string, fields: Fields) {
    this.change({ kind: "place", id, fields });
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
      refetch: async () => void this.refetched++,
      signIn: async (who) => {
        this.tried.push(who);
        return this.letIn(coordinator);
      },
      adoptSession: async ({ user }) => this.letIn(user),
      request: async (_, path, body) => this.request(path, body) as never,
    };
    return client as Client;
  }

  private letIn(user: User): User {
    if (this.refusal) throw this.refusal;
    this.set({ session: { ...this.state.session, status: "signed_in", user, kind: "staff" } });
    return user;
  }

  private request(path: string, body: unknown): unknown {
    this.asked.push({ path, body });
    if (path.endsWith("/status")) return { node: "n", role: "edge", version: "0", setup: this.setup };
    if (path.endsWith("/names")) return { names: staff };
    if (this.refusal) throw this.refusal;
    if (path in this.answers) return this.answers[path];
    return { user: coordinator };
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
