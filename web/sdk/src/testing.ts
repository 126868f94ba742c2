/**
 * A node in memory for tests of apps: it keeps to the contract, with snapshots, chained frames, polls, beats and
 * actions judged once, so that the real client runs against it, and its lines can be cut, slowed and eaten.
 *
 * It promises what a node promises on the wire. It refuses to know the clinic's rules: what an action does is what
 * the test says in `judge` and commits.
 */
import type { Deps } from "./types.ts";
import type { Change, EventEnvelope, Problem, User, WireAction, WireResult } from "./wire.ts";

export const asha: User = { id: "user-asha", name: "Asha", role: "coordinator" };
export const ravi: User = { id: "user-ravi", name: "Ravi", role: "guruji", gurujiId: "g1" };

/** Time as the node sees it; a test may own it. */
export interface NodeClock {
  /** Ms since 1970. */
  now(): number;
  setTimeout(run: () => void, ms: number): unknown;
}

const realTime: NodeClock = { now: () => Date.now(), setTimeout: (run, ms) => setTimeout(run, ms) };

/** After what runs now, as what comes over a line does. */
const later = (run: () => void) => void (globalThis.setImmediate ?? setTimeout)(run);

export interface Commit {
  at: number;
  changes: Change[];
  events: EventEnvelope[];
}

export class TestNode {
  id = "node-1";
  boot = "boot-1";
  beatMs = 5_000;
  /** `refused`: nothing listens; `silent`: everything is swallowed. */
  line: "up" | "refused" | "silent" = "up";
  socketsAllowed = true;
  /** Whose session a request is; null: nobody's. */
  user: User | null = asha;
  viewForbidden = false;
  answerDelayMs = 0;
  /** A proxy keeps what sockets send this long. */
  frameDelayMs = 0;
  log: Commit[] = [];
  rows = new Map<string, Change>();
  sockets = new Set<TestSocket>();
  /** Method and path of every HTTP request. */
  requests: string[] = [];
  /** Sockets that were tried, whatever became of them. */
  dialled = 0;
  /** Everything that came in as an action, in order of arrival, repeats included. */
  received: { by: string; how: "socket" | "http"; action: WireAction }[] = [];
  answered = new Map<string, WireResult>();
  /** What becomes of an action; applied, when it says nothing else. */
  judge: (action: WireAction) => Partial<WireResult> = () => ({});
  /** Runs before each HTTP answer; may throw the problem to answer with. */
  before: (path: string) => void = () => {};
  /** Older cursors are answered with `reset`. */
  oldestCursor = 0;
  /** False: results on the socket are held back. */
  resultsOnSocket = true;

  constructor(readonly clock: NodeClock = realTime) {
    this.put("guruji", "g1", { id: "g1", name: "Ravi", room: "2", series: "A", availability: "available" });
  }

  /** What a client takes from its surroundings, so that it talks to this node: for `createClient({ deps })`. */
  get deps(): Pick<Deps, "fetch" | "WebSocket" | "indexedDB" | "BroadcastChannel"> {
    return { fetch: this.fetch, WebSocket: this.socketClass(), indexedDB: null, BroadcastChannel: null };
  }

  get head(): string {
    return `c${this.log.length}`;
  }

  /** Puts a row without telling anybody; give what it returns to `commit` for that. */
  put(kind: string, id: string, fields: Record<string, unknown>): Change {
    const change = { kind, id, fields };
    this.rows.set(`${kind} ${id}`, change);
    return change;
  }

  /** As `put`: somebody who waits for the guruji g1, unless `fields` say otherwise. */
  entry(id: string, fields: Record<string, unknown> = {}): Change {
    return this.put("row", id, {
      id,
      guruji: "g1",
      token: id.toUpperCase(),
      status: "waiting",
      generation: 0,
      band: 1,
      order: Number(id.replace(/\D/g, "")) || 0,
      position: null,
      ahead: null,
      checkedInAt: new Date(this.clock.now()).toISOString(),
      wait: null,
      ...fields,
    });
  }

  /** Commits and tells the sockets, except those that lost a frame. */
  commit(changes: Change[], types: string[] = []): void {
    this.append(
      changes,
      types.map((type, i) => ({
        id: `event-${this.log.length}-${i}`,
        type,
        at: this.time(),
        site: "site-1",
        subject: { kind: "entry", id: changes[0]?.id ?? "" },
        data: {},
      })),
    );
  }

  private append(changes: Change[], events: EventEnvelope[]): void {
    const from = this.head;
    for (const c of changes) {
      if (c.gone) this.rows.delete(`${c.kind} ${c.id}`);
      else this.rows.set(`${c.kind} ${c.id}`, c);
    }
    this.log.push({ at: this.clock.now(), changes, events });
    for (const s of this.sockets) if (s.live) this.tell(s, from);
  }

  private tell(s: TestSocket, from: string): void {
    s.sent = this.head;
    s.push({ frame: "changes", from, to: this.head, ...this.since(from) });
  }

  since(cursor: string): Omit<Commit, "at"> {
    const after = this.log.slice(Number(cursor.slice(1)));
    const last = new Map<string, Change>();
    for (const c of after.flatMap((commit) => commit.changes)) last.set(`${c.kind} ${c.id}`, c);
    return { changes: [...last.values()], events: after.flatMap((c) => c.events) };
  }

  time(): string {
    return new Date(this.clock.now()).toISOString();
  }

  clocks() {
    return { serverTime: this.time(), clinicTime: this.time(), clinicSpeed: 1 };
  }

  beat(): void {
    for (const s of this.sockets) {
      if (s.open) s.push({ frame: "beat", cursor: s.sent, uplink: null, ...this.clocks() });
    }
  }

  /** Beats in time from now on, as a node does. Returns how to end it. */
  beating(): () => void {
    let over = false;
    const next = () => {
      if (over) return;
      this.beat();
      this.clock.setTimeout(next, this.beatMs);
    };
    this.clock.setTimeout(next, this.beatMs);
    return () => {
      over = true;
    };
  }

  cutSockets(code = 1006): void {
    for (const s of [...this.sockets]) s.end(code);
  }

  /** Nothing listens any more, until `line` is "up" again. */
  down(): void {
    this.line = "refused";
    this.cutSockets();
  }

  act(action: WireAction, how: "socket" | "http", by = this.user?.id ?? ""): WireResult {
    this.received.push({ by, how, action });
    const key = `${by} ${action.id}`;
    const first = this.answered.get(key);
    if (first) return { ...first, status: "duplicate" };
    const made: WireResult = {
      id: action.id,
      status: "applied",
      seq: String(this.log.length + 1),
      ...this.judge(action),
    };
    if (!(made.status === "rejected" && made.error?.retryable)) this.answered.set(key, made);
    return made;
  }

  fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input), "http://node");
    this.requests.push(`${init.method} ${url.pathname}${url.search}`);
    if (this.line === "refused") throw new TypeError("connection refused");
    if (this.line === "silent" || this.answerDelayMs > 0) {
      await new Promise<void>((resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        if (this.line !== "silent") this.clock.setTimeout(resolve, this.answerDelayMs);
      });
    }
    try {
      this.before(url.pathname);
      const { status, body } = this.route(
        init.method ?? "GET",
        url,
        init.body ? JSON.parse(String(init.body)) : null,
      );
      return new Response(status === 304 ? null : JSON.stringify(body), { status });
    } catch (problem) {
      const p = problem as Problem;
      return new Response(JSON.stringify(p), { status: p.status ?? 500 });
    }
  };

  route(method: string, url: URL, body: Record<string, unknown> | null): { status: number; body?: unknown } {
    const ok = (answer: unknown) => ({ status: 200, body: answer });
    if (url.pathname === "/api/v1/status")
      return ok({ node: this.id, role: "edge", boot: this.boot, version: "1" });
    if (url.pathname === "/api/v1/session" && method === "POST") return this.signIn(body ?? {});
    const { user } = this;
    if (!user) throw problem(401, "unauthenticated", "Sign in first.");
    switch (`${method} ${url.pathname}`) {
      case "GET /api/v1/session":
        return ok({ expiresAt: null, user });
      case "DELETE /api/v1/session":
        this.user = null;
        return ok({});
      case "GET /api/v1/snapshot":
        if (this.viewForbidden) throw problem(403, "forbidden", "Not for you.");
        return ok(this.snapshot());
      case "GET /api/v1/changes": {
        const since = url.searchParams.get("since") ?? "";
        if (Number(since.slice(1)) < this.oldestCursor)
          return ok({ cursor: this.head, changes: [], events: [], more: false, reset: "history_gone" });
        if (since === this.head) return { status: 304 };
        return ok({ cursor: this.head, ...this.since(since), more: false });
      }
      case "POST /api/v1/events":
        return ok(this.postEvent(body as unknown as EventEnvelope));
      case "POST /api/v1/actions": {
        const { actions } = body as unknown as { actions: WireAction[] };
        return ok({ results: actions.map((a) => this.act(a, "http", user.id)) });
      }
    }
    throw problem(404, "not_found", "No such route.");
  }

  private postEvent({ id, type, subject, data }: EventEnvelope): EventEnvelope {
    const known = this.log.flatMap((c) => c.events).find((e) => e.id === id);
    const event = known ?? { id, type, subject, data: data ?? {}, at: this.time(), site: "site-1" };
    if (!known) this.append([], [event]);
    return event;
  }

  /** Devices that asked to be let in, by request. */
  wishes = new Map<string, "open" | "refused" | User>();

  letIn(device: { requestId?: string }): { status: number; body?: unknown } {
    const requestId = device.requestId ?? `wish-${this.wishes.size + 1}`;
    if (!device.requestId) {
      this.wishes.set(requestId, "open");
      return { status: 202, body: { requestId, code: `CODE-${this.wishes.size}` } };
    }
    const wish = this.wishes.get(requestId);
    if (!wish) throw problem(404, "not_found", "Not known any more.");
    if (wish === "open") return { status: 202, body: { requestId } };
    if (wish === "refused") throw problem(403, "forbidden", "Not let in.");
    this.wishes.delete(requestId);
    this.user = wish;
    return { status: 200, body: { token: "device", expiresAt: null, user: wish } };
  }

  signIn(body: Record<string, unknown>): { status: number; body?: unknown } {
    if (body.device) return this.letIn(body.device as { requestId?: string });
    if (body.pin === "wrong") throw problem(401, "unauthenticated", "Wrong PIN.");
    this.user = body.user === "Ravi" ? ravi : asha;
    return { status: 200, body: { token: `token-${this.user.id}`, expiresAt: null, user: this.user } };
  }

  snapshot() {
    const all = [...this.rows.values()];
    const of = (kind: string) =>
      all.filter((c) => c.kind === kind).map((c) => c.fields as Record<string, unknown>);
    const gurujis = of("guruji").map((g) => ({ ...g, entries: of("row").filter((r) => r.guruji === g.id) }));
    const rows = all.filter((c) => c.kind !== "guruji" && c.kind !== "row");
    return { cursor: this.head, at: this.time(), view: { day: "2026-10-02", gurujis, recent: [], rows } };
  }

  socketClass() {
    const node = this;
    return class extends TestSocket {
      constructor(url: string) {
        super(url, node);
      }
    } as unknown as new (
      url: string,
    ) => WebSocket;
  }
}

export function problem(status: number, code: string, message: string, retryable = false): Problem {
  return { status, code, message, retryable };
}

/** A socket as a browser has it, and as the node sees it. */
export class TestSocket {
  readyState = 0;
  open = false;
  live = false;
  /** Frames are eaten on their way: all, or those that carry changes. */
  lossy: boolean | "changes" = false;
  private clearAt = 0;
  sent: string;
  heard: Record<string, unknown>[] = [];
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: ((c: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(
    readonly url: string,
    readonly node: TestNode,
  ) {
    this.sent = new URL(url).searchParams.get("since") ?? "";
    node.dialled++;
    later(() => this.greet());
  }

  greet(): void {
    const { node } = this;
    if (this.readyState === 3 || node.line === "silent") return;
    if (node.line === "refused" || !node.socketsAllowed || !node.user) {
      this.end(1006);
      return;
    }
    this.readyState = 1;
    this.open = true;
    node.sockets.add(this);
    this.push({
      frame: "hello",
      session: `s${node.sockets.size}`,
      node: node.id,
      boot: node.boot,
      cursor: this.sent,
      beatMs: node.beatMs,
      ...node.clocks(),
    });
    this.admit(this.sent);
  }

  admit(since: string): void {
    if (Number(since.slice(1)) < this.node.oldestCursor) {
      this.live = false;
      this.push({ frame: "reset", why: "history_gone" });
      return;
    }
    this.sent = this.node.head;
    if (since !== this.node.head)
      this.push({ frame: "changes", from: since, to: this.node.head, ...this.node.since(since) });
    this.live = true;
  }

  push(frame: Record<string, unknown>): void {
    const { node } = this;
    if (!this.open || this.lossy === true || this.lossy === frame.frame || node.line === "silent") return;
    const data = JSON.stringify(frame);
    const now = node.clock.now();
    // In order, also when the proxy is quicker than before.
    this.clearAt = Math.max(this.clearAt, now + node.frameDelayMs);
    if (this.clearAt === now) this.onmessage?.({ data });
    else node.clock.setTimeout(() => this.onmessage?.({ data }), this.clearAt - now);
  }

  send(text: string): void {
    const frame = JSON.parse(text) as { frame: string; cursor: string; action: WireAction };
    this.heard.push(frame);
    if (this.node.line !== "up") return;
    if (frame.frame === "resume") later(() => this.admit(frame.cursor));
    if (frame.frame === "act") {
      const result = this.node.act(frame.action, "socket");
      if (this.node.resultsOnSocket) later(() => this.push({ frame: "result", ...result }));
    }
  }

  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.open = this.live = false;
    this.node.sockets.delete(this);
    this.onclose?.({ code });
  }

  close(): void {
    this.readyState = 3;
    this.open = this.live = false;
    this.node.sockets.delete(this);
  }
}
